"""An answer to a question about the code, and the places that prove it. Pure values."""

from dataclasses import dataclass, field

from yantra_bot.domain.proof import Factor
from yantra_bot.domain.run import Spent


@dataclass(frozen=True, slots=True)
class Citation:
    """A place that an answer rests on: the text of a line, as it was read there."""

    path: str
    line: int
    quote: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer, or why there is none."""

    text: str = ""
    citations: tuple[tuple[int, Citation], ...] = ()
    """Those that were found there, by their number in the text."""
    unknown: str = ""
    """What of the question the code does not tell."""
    confidence: float = 0.0
    """In [0, 1], by SPEC 5: as far as its parts can be measured."""
    factors: tuple[Factor, ...] = ()
    """What the confidence is made of, each with its reason."""
    missing: int = 0
    """How many places it named that are not there."""
    tries: int = 0
    """How many answers were looked up until this one."""
    spent: Spent = field(default_factory=Spent)
    problem: str = ""
    """Why there is no answer; empty where there is one."""
