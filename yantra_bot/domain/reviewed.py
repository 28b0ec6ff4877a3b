"""What a worker is asked to review, and what it answers. Pure values that travel as JSON."""

from dataclasses import dataclass

from yantra_bot.domain.findings import RuleInfo
from yantra_bot.domain.proof import EnvironmentReport
from yantra_bot.domain.review import Review, ReviewRules


@dataclass(frozen=True, slots=True)
class ReviewWork:
    """One review for a worker. `base` is where the head parted from its base branch, or that branch's head."""

    base: str
    head: str
    rules: ReviewRules
    may_execute: bool
    """Whether code of the head may run, in the sandbox."""
    has_merge_base: bool = True
    since: str = ""
    """The head that was reviewed last; empty where none was."""
    briefs_model: bool = False
    """Whether what a model is to read is to be put together."""
    finds_similar: bool = False
    """Whether a learned score, where there is one, is to say which code is similar: it is shown."""
    parts: tuple[str, ...] = ()
    """The parts of the review that are wanted; empty: all."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A worker's answer."""

    review: Review
    changed_since: tuple[str, ...] | None = None
    """The paths that differ from the head that was reviewed last; None where that is not known."""
    rules: tuple[RuleInfo, ...] = ()
    """What is told of the rules of the findings."""
    environment: EnvironmentReport | None = None
    """How the repository's dependencies were installed; None where nothing was to run."""
