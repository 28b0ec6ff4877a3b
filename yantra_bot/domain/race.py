"""Two models that are asked the same at once: when the quick one's answer is taken, and how that turned out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

FIRST_LOOK: Final = 0.2
"""Seconds: before that nothing is in a hurry, and an answer of the strong model is preferred."""
LEAST_LENGTH: Final = 50
"""Characters that an answer has to be longer than."""
LOWEST_BAR, HIGHEST_BAR = 0.8, 0.95
"""SPEC 6: the quick answer's confidence has to be above 0.8; what turned out badly raises that."""
LOOKED_BACK: Final = 20
"""Earlier races that the bar is set by."""
FEW: Final = 5
"""Fewer say nothing."""
FORGIVEN: Final = 0.1
"""Share of quick answers that may turn out badly before the bar rises."""


class Kind(StrEnum):
    """What is asked in a race."""

    PLAN = "plan"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Racers:
    """Who is asked, and how sure the quick one has to be."""

    quick: str
    strong: str
    bar: float
    usual_seconds: float | None = None
    """How long the strong one usually takes; None: not known."""


@dataclass(frozen=True, slots=True)
class Race:
    """How a race went."""

    kind: Kind
    quick: str
    strong: str
    took_quick: bool
    bar: float
    confidence: float | None
    """Of the quick answer; None where there was none, or it was not one that could be taken."""
    seconds: float
    saved_seconds: float | None
    """What waiting for the strong one would have taken longer, by how long it usually takes; None: not known."""
    lost_usd: float | None
    """What the other model cost, as far as it is known."""
    fared: bool | None = None
    """Whether a quick answer that was taken turned out well; None: nobody knows yet, or it was not taken."""

    @property
    def line(self) -> str:
        """Return the race in a sentence, for the run's page."""
        winner, loser = (self.quick, self.strong) if self.took_quick else (self.strong, self.quick)
        sure = "no answer to be taken" if self.confidence is None else f"a confidence of {self.confidence:.2f}"
        cost = "an unknown sum" if self.lost_usd is None else f"{self.lost_usd:.4f} USD"
        saved = "" if self.saved_seconds is None else f", about {self.saved_seconds:.1f} s sooner"
        return (
            f"Raced: {winner} was taken after {self.seconds:.1f} s{saved}; {self.quick} had {sure}, and the bar was "
            f"{self.bar:.2f}. {loser} cost {cost}."
        )


def set_bar(earlier: Sequence[Race], kind: Kind) -> float:
    """Return how sure a quick answer has to be, by how those of its kind turned out, the newest first."""
    fared = [one.fared for one in earlier if one.kind is kind and one.fared is not None][:LOOKED_BACK]
    if len(fared) < FEW:
        return LOWEST_BAR
    bad = fared.count(False) / len(fared)
    return round(min(HIGHEST_BAR, LOWEST_BAR + max(0.0, bad - FORGIVEN) / 2), 3)


def usual_seconds(earlier: Sequence[float]) -> float | None:
    """Return how long a model usually takes; None for too few calls to tell."""
    return median(earlier) if len(earlier) >= FEW else None
