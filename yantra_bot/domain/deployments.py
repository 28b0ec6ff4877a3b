"""What is remembered of deployments: locks, blocked commits, approvals and what was deployed where. Pure values."""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.environment import Release
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor


class LockCause(StrEnum):
    """Why an environment is locked."""

    PERSON = "person"
    """Somebody said so."""
    ROLL_OUT = "roll-out"
    """A roll-out failed: what went wrong is to be looked at first."""


@dataclass(frozen=True, slots=True)
class EnvironmentLock:
    """An environment that nothing is deployed to. Times are Unix time in seconds."""

    environment: str
    cause: LockCause
    by: str
    """Login of who locked it, or the bot's name."""
    reason: str
    """What was said; text of a person, or our own sentence."""
    since: float
    commit: str = ""
    """The commit that it is about; empty: none."""
    run_id: str = ""
    """The run whose roll-out failed; empty for a person's lock."""


@dataclass(frozen=True, slots=True)
class BlockedCommit:
    """A commit that is not deployed to an environment any more: it failed there."""

    environment: str
    commit: str
    reason: str
    by: str
    since: float
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """Exactly what is agreed to: another commit, image or manifest is another deployment."""

    commit: str
    digest: str
    """Of the image."""
    manifests: str
    """Digest of what is to be applied."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody agreed to a deployment. `at` is Unix time in seconds."""

    person: Actor
    pin: Pin
    at: float


@dataclass(frozen=True, slots=True)
class Deployed:
    """One deployment to one environment, under way or over. Times are Unix time in seconds."""

    run_id: str
    environment: str
    cluster: str
    namespace: str
    release: Release
    by: str
    """Login of who asked for it."""
    began_at: float
    is_rollback: bool = False
    verdict: Verdict | None = None
    """How it ended; None: it has not. After a pass it serves, after a fail what served before does; else who knows."""
    ended_at: float | None = None
    reason: str = ""
    """One sentence about how it ended."""
