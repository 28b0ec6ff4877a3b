"""What a risk is scored by: facts that were measured on a change. Pure values; None is what could not be known."""

from dataclasses import dataclass

from yantra_bot.domain.findings import Severity


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What was measured on a change."""

    lines: int
    """Added and removed, in the code that was looked at: tests and documents do not count."""
    files: int
    """Of code."""
    commits: int | None = None
    """How many commits of the last `days` days before the base changed that file of it which changed most often."""
    busiest: str = ""
    """That file."""
    days: int = 90
    complexity_before: int | None = None
    """Sum of the cyclomatic complexities of the functions that the change touches, in the base."""
    complexity_after: int | None = None
    """The same, in the head."""
    fan_in: int | None = None
    """How many other symbols need a changed one directly, tests left out."""
    changed: int = 0
    """Functions, methods and classes whose behaviour changed or that are new, tests left out."""
    untested: int | None = None
    """How many of them no known test reaches."""
    security: int | None = None
    """How many security findings there are."""
    worst: Severity | None = None
    """The gravest of them."""
