"""Why a run goes on with the bot's own pull request: checks that fail on its head, or what people said of it. Pure.

All that checks and people say is data, whatever it says; it is cut where it is read.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OWN_BRANCHES: Final = "yantra/"
"""How the names of the branches begin that runs push to."""


class Cause(StrEnum):
    """What a follow-up answers."""

    CHECKS = "checks"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Follows:
    """What a run follows up: the pull request stands at `head`; `issue_number` is what it was opened for (0: none)."""

    cause: Cause
    head: str
    issue_number: int = 0


class CheckKind(StrEnum):
    """The two ways in which a forge tells of a check."""

    RUN = "check run"
    STATUS = "commit status"


@dataclass(frozen=True, slots=True)
class CheckState:
    """A check at a commit as it stands now. `app` is the slug of the App that reports it; empty where none is told."""

    kind: CheckKind
    id: int
    name: str
    app: str = ""
    is_own: bool = False
    is_done: bool = True
    is_failing: bool = False
    conclusion: str = ""
    title: str = ""
    text: str = ""
    """Summary and text of its report, cut."""


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that failed, with all that can be read of why; every text is cut and holds no secret."""

    name: str
    conclusion: str
    title: str = ""
    text: str = ""
    annotations: tuple[str, ...] = ()
    """Each as `path:line: level: message`."""
    log: str = ""
    """The end of its job's log, where it is a job of the forge's own runner."""
    gap: str = ""
    """What could not be read, and why; empty where all could be."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The failing checks of a commit, and which of them fail on the base branch too."""

    failed: tuple[FailedCheck, ...] = ()
    on_base: tuple[str, ...] = ()
