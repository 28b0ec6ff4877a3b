"""How much thought a request takes: four tiers of models, and which one a run was given, with the reason."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """From the cheapest to the most thorough. Also what `--model` may say instead of a model's id."""

    FAST = "fast"
    """Small edits in one named place, questions that a look answers."""
    BALANCED = "balanced"
    """The usual task; and everything that nobody can tell."""
    PREMIUM = "premium"
    """Work over many files, designs, migrations."""
    REASONING = "reasoning"
    """Causes that nobody sees, races, proofs."""


class ScoreRouting(StrEnum):
    """What an earned learned score may do to a run whose task points at code in which changes go wrong."""

    OFF = "off"
    STRONGER = "stronger"
    """It has the model of the premium tier from the start."""
    REFUSE = "refuse"
    """It ends before a model is asked, with the reason."""


@dataclass(frozen=True, slots=True)
class Route:
    """The tier of a request. `why` is one sentence for people; `seconds` is the wall time that the choice took."""

    tier: Tier
    why: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model of a run, and how it came to it."""

    model: str
    tier: Tier
    why: str


@dataclass(frozen=True, slots=True)
class ScoreRoute:
    """The model of a run by a learned score. `why` is a sentence for people; empty: nothing was changed."""

    model: str
    why: str = ""
    refuses: bool = False
    note: str = ""
    """For the run's page: what the score said, or why nobody asked it."""


def find_tier(name: str | None) -> Tier | None:
    """Return the tier of this name; None for a model's id."""
    return Tier(name) if name in set(Tier) else None
