"""What control asks of a worker's review before it believes it. Pure.

Whoever breaks into a worker can answer anything. These rules keep it from naming other commits, paths that are none and
texts without an end; what it says is rendered as a stranger's word all the same.
"""

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Final

from yantra_bot.domain.reviewed import Reviewed, ReviewWork
from yantra_bot.domain.scores import JudgedScore
from yantra_bot.worker.protocol import ProtocolError
from yantra_bot.worker.score_check import check_score

MAX_FINDINGS: Final = 5_000
MAX_STRING: Final = 400_000
MAX_CHARACTERS: Final = 16_000_000
"""Of all texts of a review."""
MAX_PATH: Final = 8_192
MAX_NUMBER: Final = 2**53


def check_reviewed(reviewed: Reviewed, work: ReviewWork) -> Reviewed:
    """Return it; raise ProtocolError for what cannot be the answer to what was asked."""
    review = reviewed.review
    if (review.base, review.head) != (work.base, work.head) or review.rules != work.rules:
        raise ProtocolError("It reviewed another change than the one it was asked for.")
    if len(review.findings) > MAX_FINDINGS:
        raise ProtocolError("It found more than can be.")
    paths = [file.path for file in review.files] + [finding.path for finding in review.findings]
    paths += [one.path for finding in review.findings for one in finding.evidence if one.path]
    paths += [line.path for finding in review.findings if finding.fix for line in finding.fix.replacements]
    for path in (*paths, *(reviewed.changed_since or ())):
        _check_path(path)
    total = 0
    for leaf in _leaves(reviewed):
        if isinstance(leaf, str):
            total += len(leaf)
            if len(leaf) > MAX_STRING or total > MAX_CHARACTERS:
                raise ProtocolError("A review has more text than it may.")
        elif isinstance(leaf, float | int) and not (math.isfinite(leaf) and abs(leaf) < MAX_NUMBER):
            raise ProtocolError("A review has a number that is none.")
    if not all(0 <= one.confidence <= 1 and 0 <= one.line < 2**31 for one in review.findings):
        raise ProtocolError("A finding's numbers are none that can be.")
    _check_learned(review.learned)
    return reviewed


def _check_learned(learned: JudgedScore | None) -> None:
    """Refuse a score that judges itself: what it is worth, control says."""
    if learned is not None:
        check_score(learned.change)
        if learned != JudgedScore(learned.change):
            raise ProtocolError("A review judges its own score.")


def _check_path(path: str) -> None:
    """Refuse what leads out of a repository; names in one may be odd, and a review names them all the same."""
    is_inside = path and not path.startswith("/") and ".." not in path.split("/")
    if not is_inside or "\0" in path or len(path) > MAX_PATH:
        raise ProtocolError(f"A review names a path that is none: {path[:80]!a}.")


def _leaves(value: object) -> Iterator[object]:
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name))
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _leaves(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(key)
            yield from _leaves(one)
    elif value is not None and not isinstance(value, bool | Enum):
        yield value
