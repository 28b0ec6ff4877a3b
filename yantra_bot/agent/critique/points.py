"""What a task asks for, point by point, out of its text; and whether what is said to answer a point is there. Pure.

A point is a line or a sentence of a person, never a guess: where a text lists none and demands nothing, there are none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import Final

from yantra_bot.agent.critique.evidence import Evidence
from yantra_bot.domain.scrutiny import Point, PointState

MAX_POINTS: Final = 12
MAX_TEXT: Final = 300
LEAST_WORDS: Final = 2
MOST_EVIDENCE: Final = 3
_FENCED: Final = re.compile(r"^ *(```|~~~).*?(?:^ *\1[^\S\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BOX: Final = re.compile(r"^\s*[-*+]\s+\[([ xX])\]\s+(.+)$")
_ITEM: Final = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+(.+)$")
_HEADING: Final = re.compile(r"^\s*(?:#{1,6}\s+(.+?)#*|\*\*([^*]+)\*\*:?|([^\s#>*+-][^\n]{0,60}):)\s*$")
_ACCEPTANCE: Final = re.compile(
    r"acceptance|accepted when|requirements?\b|definition of done|done when|must[- ]haves?|success criteria"
    r"|akzeptanz|abnahme|anforderung|fertig,? wenn|crit[èe]res? d'acceptation|exigences"
    r"|criterios? de aceptaci[oó]n|requisitos|crit[ée]rios? de aceita[çc][ãa]o",
    re.IGNORECASE,
)
_DEMAND: Final = re.compile(
    r"\b(?:should|must|shall|has to|have to|needs? to|ought to"
    r"|soll|sollen|sollte|sollten|muss|müssen|darf nicht|dürfen nicht"
    r"|doit|doivent|devrait|devraient|debe|deben|debería|deberían|deve|devem|deveria)\b",
    re.IGNORECASE,
)
_REQUEST: Final = re.compile(
    r"\b(?:please|bitte|s'il (?:te|vous) pla[iî]t|por favor|to ?do|the following|folgendes?)\b", re.IGNORECASE
)
"""In what leads a list in: each of its items is asked for."""
_KEPT: Final = r"(?:api|apis|interfaces?|behaviou?r|signatures?|output|tests?|schnittstellen?|verhalten)"
_HOLDS: Final = re.compile(
    rf"\b(?:no|not|nothing|never|without|keine?|nicht)\b.*\b{_KEPT}\b.*\b(?:chang|break|touch|alter|affect|ändern)"
    rf"|\b(?:not|never|without|nicht|ohne)\b.*\b(?:chang|break|touch|alter|affect|ändern)\w*\b.*\b{_KEPT}\b"
    rf"|\b{_KEPT}\b.*\bnot\b.*\b(?:chang|break)"
    rf"|\b{_KEPT}\b.*\b(?:stays?|remains?|kept?|bleib\w*)\b.*\b(?:same|as|unchanged|identical|compatible|gleich|wie)\b"
    r"|\btests?\b.*\b(?:should|must|shall|need to|have to|sollen|müssen)\b.*\bpass",
    re.IGNORECASE,
)
"""What is to stay as it is: no line of a change can show that, and no test that the change brings."""
_DOUBT: Final = re.compile(
    r"^\s*(?:should|must|shall)\s+(?:we|i|this|it|that)\b|\b(?:i|you|we) should (?:note|mention|add that)\b"
    r"|\bshould be able to reproduce\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[^\s])")
_WORD: Final = re.compile(r"\w+")


def extract_points(*texts: str) -> tuple[Point, ...]:
    """Return what the texts of a task ask for, in their order, at most MAX_POINTS."""
    found = dict.fromkeys(_short(point) for text in texts for point in _find(text))
    kept = [text for text in found if len(_WORD.findall(text)) >= LEAST_WORDS]
    return tuple(Point(number, text) for number, text in enumerate(kept[:MAX_POINTS], start=1))


def _find(text: str) -> Iterator[str]:
    is_accepted = is_asked = False
    for kind, told in _read_blocks(_COMMENT.sub("", _FENCED.sub("\n", text))):
        if kind is _Kind.HEADING:
            is_accepted = _ACCEPTANCE.search(told) is not None
        if kind in (_Kind.HEADING, _Kind.TEXT):
            is_asked = told.endswith(":") and _REQUEST.search(told) is not None
        if kind is _Kind.OPEN_BOX or (kind is _Kind.ITEM and (is_accepted or is_asked)):
            yield told
        elif kind in (_Kind.ITEM, _Kind.TEXT):
            yield from _demands(told)


class _Kind(Enum):
    HEADING = auto()
    OPEN_BOX = auto()
    TICKED_BOX = auto()
    ITEM = auto()
    TEXT = auto()


def _read_blocks(text: str) -> Iterator[tuple[_Kind, str]]:
    """Yield headings, items of lists and paragraphs, each with the lines that go on with it."""
    kind, lines = _Kind.TEXT, list[str]()
    for row in [*text.splitlines(), ""]:
        line = "" if row.lstrip().startswith(">") else row
        found = _begin(line)
        if found is None and line.strip() and lines and kind is not _Kind.HEADING:
            lines.append(line.strip())
            continue
        if lines:
            yield kind, " ".join(lines)
        kind, first = found or (_Kind.TEXT, line.strip())
        lines = [first] if first else []


def _begin(line: str) -> tuple[_Kind, str] | None:
    """Return what a line begins, None where it may go on with what stands above it."""
    if _HEADING.match(line):
        return _Kind.HEADING, line.strip()
    if box := _BOX.match(line):
        return _Kind.OPEN_BOX if box[1] == " " else _Kind.TICKED_BOX, box[2]
    item = _ITEM.match(line)
    return (_Kind.ITEM, item[1]) if item else None


def _demands(paragraph: str) -> Iterator[str]:
    """Yield the sentences of a paragraph that demand something."""
    for sentence in _SENTENCE.split(paragraph):
        is_question = sentence.rstrip().endswith("?")
        if _DEMAND.search(sentence) and not is_question and not _DOUBT.search(sentence):
            yield sentence


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT else f"{line[: MAX_TEXT - 1]}…"


def show_points(points: Sequence[Point]) -> str:
    """Return points as a numbered list, for a model."""
    return "\n".join(f"{point.number}. {point.text}" for point in points)


def judge_points(
    points: Sequence[Point], answers: Sequence[Mapping[int, str]], unmet: Mapping[int, str], evidence: Evidence
) -> tuple[PointState, ...]:
    """Return each point with the evidence that is there, or why it is open.

    `answers` name evidence by the point's number, the best source first; `unmet` is what a second look says is open.
    """
    return tuple(
        _judge(point, [one[point.number] for one in answers if point.number in one], unmet, evidence)
        for point in points
    )


def _judge(point: Point, answers: Sequence[str], unmet: Mapping[int, str], evidence: Evidence) -> PointState:
    if point.number in unmet:
        return PointState(point, reason=unmet[point.number] or "the second look says that it is not answered")
    if _HOLDS.search(point.text) and evidence.nothing_broke:
        return PointState(point, "nothing that passed before the change fails after it")
    for answer in answers:
        found = evidence.find_places(answer) or evidence.find_tests(answer)
        if found:
            return PointState(point, ", ".join(found[:MOST_EVIDENCE]))
    if answers:
        named = _short(answers[0])[:120]
        is_file = evidence.difference.find(named) is not None
        why = (
            "only a file is named for it, no line and no test"
            if is_file
            else "what is named for it is not in the change"
        )
        return PointState(point, reason=f"{why}: {named}")
    return PointState(point, reason="nothing was named for it")
