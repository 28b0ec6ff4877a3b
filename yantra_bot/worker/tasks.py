"""Orders to workers of one purpose: keep a graph, review a change, check one. Pure; `protocol` says how they travel."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yantra_bot.domain.beside import NOTHING_BESIDE, Beside
from yantra_bot.domain.checks import NO_SETTINGS, CheckKind, CheckSettings
from yantra_bot.domain.reviewed import ReviewWork


@dataclass(frozen=True, slots=True)
class Keep:
    """Bring the graph in the worker's folder to `commit`, with `processes` parsing at once. The talk is data."""

    commit: str
    repository: str
    processes: int
    beside: Beside = NOTHING_BESIDE
    kind: Literal["keep"] = "keep"


@dataclass(frozen=True, slots=True)
class Review:
    """Review a change. The tree, where code may run, was laid out and prepared before."""

    work: ReviewWork
    scanner: Path | None = None
    """Folder of semgrep's engine, which the sandbox's user can read; None where there is none."""
    advisories: Path | None = None
    """Index of an export of OSV, which the worker's account can read."""
    kind: Literal["review"] = "review"


@dataclass(frozen=True, slots=True)
class Check:
    """Check the tree as it is now. `settings` say what the repository's maintainers want of it."""

    what: CheckKind
    settings: CheckSettings = NO_SETTINGS
    kind: Literal["check"] = "check"


@dataclass(frozen=True, slots=True)
class Validate:
    """Ask the guide what the code graph shows of the tree as it is edited."""

    kind: Literal["validate"] = "validate"
