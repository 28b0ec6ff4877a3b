"""What a task asks for, point by point, out of its text; and whether what is said to answer a point is there. Pure.

A point is a line or a sentence of a person, never a guess: where a text lists none and demands nothing, there are none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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
    text = _COMMENT.sub("", _FENCED.sub("\n", text))
    is_acceptance = False
    paragraph: list[str] = []
    for row in [*text.splitlines(), ""]:
        line = "" if row.lstrip().startswith(">") else row
        heading, box, item = _HEADING.match(line), _BOX.match(line), _ITEM.match(line)
        is_continued = bool(paragraph) and line.strip() and not (heading or box or item)
        if not is_continued:
            yield from _demands(" ".join(paragraph))
            paragraph = []
        if box:
            yield from [box[2]] if box[1] == " " else []
        elif heading:
            is_acceptance = _ACCEPTANCE.search(next(part for part in heading.groups() if part)) is not None
        elif item and is_acceptance:
            yield item[1]
        elif line.strip():
            paragraph.append(item[1] if item else line.strip())


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
    for answer in answers:
        found = evidence.find_places(answer) or evidence.find_tests(answer)
        if found:
            return PointState(point, ", ".join(found[:MOST_EVIDENCE]))
    if answers:
        return PointState(point, reason=f"what is named for it is not in the change: {_short(answers[0])[:120]}")
    return PointState(point, reason="nothing was named for it")
