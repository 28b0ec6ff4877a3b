"""What a second look at a change came to: objections, claims that do not hold, points of the task. Pure values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ObjectionKind(StrEnum):
    """SPEC 5: what may be wrong with a change or with what is said of it."""

    LOGICAL = "logical"
    FACTUAL = "factual"
    INCOMPLETE = "incomplete"
    UNCLEAR = "unclear"
    MISSING_CONTEXT = "missing context"


class Weight(StrEnum):
    """How grave an objection is, the gravest first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that the second look holds against a change. All of its text is a model's."""

    kind: ObjectionKind
    weight: Weight
    message: str
    place: str = ""
    """`path` or `path:line` of the change that it speaks of; empty where it speaks of none."""
    note: str = ""
    """Why it counts for less than its model said, in our words; empty where it counts in full."""

    @property
    def is_serious(self) -> bool:
        return self.weight is not Weight.MINOR


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something that people said and the change, or somebody else, says the opposite of."""

    message: str
    said: str = ""
    """Whose words they are and the words themselves, which were found in the thread."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a task asks for, as its text has it. `number` counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class PointState:
    """A point and what answers it. `evidence` was found in the change; empty where the point is open."""

    point: Point
    evidence: str = ""
    reason: str = ""
    """Why it is open."""

    @property
    def is_open(self) -> bool:
        return not self.evidence


@dataclass(frozen=True, slots=True)
class FalseClaim:
    """Something that the model's summary says and that does not hold."""

    sentence: str
    """The sentence of the summary, as it stands there."""
    claim: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scrutiny:
    """All that a change was held against before it was handed over."""

    rounds: int = 0
    """How often a model looked again."""
    corrections: int = 0
    """How often the change went back because of it."""
    problem: str = ""
    """Why a look that was meant to be had was not had, or not to its end."""
    objections: tuple[Objection, ...] = ()
    """Of the last look."""
    contradictions: tuple[Contradiction, ...] = ()
    points: tuple[PointState, ...] = ()
    false_claims: tuple[FalseClaim, ...] = ()
    claims: int = 0
    """How many claims of the summary were checked."""

    @property
    def serious(self) -> tuple[Objection, ...]:
        return tuple(one for one in self.objections if one.is_serious)

    @property
    def open_points(self) -> tuple[PointState, ...]:
        return tuple(one for one in self.points if one.is_open)


NOTHING_SEEN: Final = Scrutiny()
"""Of a change that nobody looked at again."""
