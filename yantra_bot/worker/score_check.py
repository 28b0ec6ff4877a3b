"""What control asks of a learned score before it believes it. Pure."""

import base64
import re
from dataclasses import astuple
from typing import Final

from yantra_bot.codex.steps import BY_LABEL
from yantra_bot.domain.paths import check_path
from yantra_bot.domain.scores import ChangeScore, Lesson, ScoreModel, SymbolScore
from yantra_bot.errors import UserError
from yantra_bot.scoring.numbers import MAX_BYTES, read_numbers
from yantra_bot.scoring.scorer import LESSONS, MOST, is_number
from yantra_bot.worker.protocol import ProtocolError

MAX_TEXT: Final = 2_000
MAX_PARTS: Final = 64
"""Places, classes, imports, similar symbols of one symbol: each."""
MAX_LINE: Final = 2**31
VERSION_DIGITS: Final = 12
"""Of a file's SHA-256, by which a score names its model."""
MAX_NUMBERS: Final = 4 * (MAX_BYTES // 3 + 2)
"""Characters of a lesson's numbers; what is longer is cut, and is then none."""
MOST_COMPLEX: Final = 5
_ORIGIN: Final = re.compile("[0-9a-f]{16}")


def check_score(score: ChangeScore | None) -> None:
    """Raise ProtocolError for what no model says: too much, no probabilities, no places of a repository."""
    if score is None:
        return
    if len(score.symbols) > MOST or not 0 <= score.left_out < MAX_LINE:
        raise ProtocolError("A score is of more than is scored.")
    if len(score.model) > MAX_PARTS or len(score.problem) > MAX_TEXT:
        raise ProtocolError("A score has more text than it may.")
    if score.size is not None and not all(0 <= count < MAX_LINE for count in astuple(score.size)):
        raise ProtocolError("A score is of a change of a size that cannot be.")
    for one in score.symbols:
        _check_symbol(one)
    if len(score.lessons) > LESSONS or score.shared is not None:
        raise ProtocolError("A score has more to learn from than it may, or says what it cannot know.")
    for lesson in score.lessons:
        _check_lesson(lesson)


def check_model(score: ChangeScore | None, handed: ScoreModel | None) -> None:
    """Raise ProtocolError for a score by another model than the worker was handed: its standing is the model's own."""
    named = "" if score is None else score.model
    if named and (handed is None or handed.digest[: len(named)] != named or len(named) != VERSION_DIGITS):
        raise ProtocolError("A score names another model than the worker was handed.")


def _check_lesson(one: Lesson) -> None:
    if not 1 <= one.complexity <= MOST_COMPLEX or not set(one.steps) <= BY_LABEL.keys() or len(one.steps) > MAX_PARTS:
        raise ProtocolError("A lesson has words or numbers that are on no list.")
    if _ORIGIN.fullmatch(one.origin) is None:
        raise ProtocolError("A lesson is of no file.")
    try:
        read_numbers(base64.b64decode(one.numbers[:MAX_NUMBERS], validate=True))
    except (UserError, ValueError) as problem:
        raise ProtocolError("A lesson has numbers that are none of a symbol.") from problem


def _check_symbol(one: SymbolScore) -> None:
    if not is_number(one):
        raise ProtocolError("A score has a number that is no probability.")
    lists = (one.bugs, one.places, one.imports, one.similar)
    texts = (one.key, one.name, *one.imports, *(near.name for near in one.similar))
    if any(len(found) > MAX_PARTS for found in lists) or any(len(text) > MAX_TEXT for text in texts):
        raise ProtocolError("A score has more text than it may.")
    lines = (one.line, one.end_line, *(place.line for place in one.places), *(near.line for near in one.similar))
    if not all(0 <= line < MAX_LINE for line in lines):
        raise ProtocolError("A score names a line that cannot be.")
    try:
        for path in (one.path, *(near.path for near in one.similar)):
            check_path(path)
    except UserError as problem:
        raise ProtocolError(f"A score names a path that is none: {one.path[:80]!a}.") from problem
