"""A deployment as it is told: what is deployed where, what it changes, where it stands, how it ended. Pure values.

What comes from commits, manifests and clusters is untrusted text; whoever shows it makes it harmless.
"""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.environment import Release
from yantra_bot.domain.run import Ending, Order


class StageState(StrEnum):
    """Where a stage of a roll-out stands."""

    WAITS = "waits"
    RUNS = "runs"
    WELL = "well"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class ShownStage:
    """One stage, for people."""

    name: str
    state: StageState = StageState.WAITS
    note: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes of one object; no lines where nothing does. Untrusted text."""

    name: str
    """Kind and name, such as `Deployment web`."""
    lines: tuple[str, ...] = ()
    is_new: bool = False


class Asked(StrEnum):
    """What a person is asked."""

    APPROVAL = "approval"
    """Before anything changes."""
    GO_ON = "go on"
    """While a roll-out holds still."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question to people, and until when it waits for an answer, in Unix time."""

    what: Asked
    why: str
    due: float
    given: tuple[str, ...] = ()
    """Who has approved so far."""
    needed: int = 1
    people: tuple[str, ...] = ()
    """Who may; empty: everybody with write access."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What people are told of a deployment at one moment."""

    order: Order
    service: str
    environment: str
    page_url: str
    handle: str
    is_rollback: bool = False
    release: Release | None = None
    title: str = ""
    """Subject of the commit."""
    before: str = ""
    """What served before: a commit or an image; empty: nothing did, or it is not known yet."""
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    stages: tuple[ShownStage, ...] = ()
    now: str = ""
    """One sentence about this moment."""
    details: tuple[str, ...] = ()
    """What was seen just now: replicas, samples."""
    asking: Asking | None = None
    approved_by: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """Why it was judged as it was."""
    log: tuple[str, ...] = ()
    """Last lines of the pod that failed."""
    aftermath: tuple[str, ...] = ()
    """What was done after a roll-back: sentences of ours."""
    ending: Ending | None = None
