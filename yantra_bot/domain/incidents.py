"""An incident: what is wrong with one service for one reason, what was found out, what is done. Pure values.

Alerts come and go; the incident is what people see. What it holds of alerts, logs and commits is untrusted text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.repository import Actor

MOST_EVIDENCE: Final = 40
MOST_SUSPECTS: Final = 5


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    """Told; what is behind it is being looked for."""
    DIAGNOSED = "diagnosed"
    """What is to be done is decided next."""
    WAITING = "waiting"
    """A person is to agree to `proposal`, or to act."""
    HEALING = "healing"
    """A healing action is at work, and then verified."""
    ROLLING_BACK = "rolling back"
    FIXING = "fixing"
    """A hot-fix is being written."""
    STAGING = "staging"
    """The hot-fix goes through the environment before."""
    SHIPPING = "shipping"
    """The hot-fix waits for approval, or rolls out."""
    WATCHING = "watching"
    """What was shipped or done is watched by the query that fired."""
    MERGING = "merging"
    ESCALATED = "escalated"
    """A person has to go on."""
    RESOLVED = "resolved"
    """It is over; the same again within the cooldown opens it again."""

    @property
    def is_over(self) -> bool:
        return self is IncidentState.RESOLVED


class HealingKind(StrEnum):
    """What can be done without a change of code."""

    SCALE_UP = "scale up"
    """More resources for each pod."""
    SCALE_OUT = "scale out"
    """More pods."""
    RESTART = "restart"
    ROLL_BACK = "roll back"
    PAGE = "page"
    """Nothing by itself: people are called."""


class Policy(StrEnum):
    """What the bot may do by itself."""

    SUGGEST = "suggest"
    """It says what it would do."""
    APPROVE = "approve"
    """It asks, and does it when somebody with write access agrees."""
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that is known, and where it can be looked up. `id` is `e1`, `e2`, …: what a model's claims name."""

    id: str
    kind: str
    """`alert`, `deploy`, `commit`, `frame`, `path`, `metric`, `log`, `event`, `incident`, `lesson`, `owner`."""
    text: str
    """One line or a few; untrusted where it quotes."""
    link: str = ""
    """A page, a commit, `path:line`; empty: none."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A commit that may have brought it, the likeliest first."""

    commit: str
    title: str
    author: str
    score: float
    """0 to 1; says nothing but the order."""
    functions: tuple[str, ...] = ()
    """Qualified names of changed functions that may be at fault, the likeliest first."""
    places: tuple[str, ...] = ()
    """`path:line` of each function."""
    path: tuple[str, ...] = ()
    """From the failing frame to the change, each a function with file and line."""
    why: str = ""
    """One sentence of ours."""
    pull_request: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found out, with nothing but evidence."""

    cause: str
    """One sentence of ours: what is likely behind it."""
    suspects: tuple[Suspect, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    deploy_run: str = ""
    """Our own deployment that it began after, soon enough to be its cause; empty: none."""
    deploy_commit: str = ""
    serves: str = ""
    """The commit that serves, as far as our records tell; empty: unknown."""
    error: str = ""
    """Name of the error that is thrown, and where, such as `KeyError in shop/cart.py:12`; empty: nothing throws."""
    trace: str = ""
    """The stack trace as it was found, cut, secrets hidden; untrusted. Empty: none."""
    owners: tuple[str, ...] = ()
    lesson: str = ""
    """Id of a lesson whose fix is known; empty: none."""
    narrative: str = ""
    """A model's wording, each claim of which names evidence that exists; empty without one."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the bot would do next, and by which policy."""

    action: HealingKind | None
    """None: a hot-fix."""
    policy: Policy
    why: str
    target: str = ""
    """Name of the Deployment; for a roll-back nothing."""
    is_dry: bool = False

    @property
    def is_hot_fix(self) -> bool:
        return self.action is None


class Do(StrEnum):
    """The moves there are in an incident."""

    WAIT = "wait"
    DIAGNOSE = "diagnose"
    PROPOSE = "propose"
    HEAL = "heal"
    ROLL_BACK = "roll back"
    FIX = "fix"
    MARK = "mark"
    """Say on the hot-fix's pull request that nothing fires any more, and leave it to people."""
    STAGE = "stage"
    SHIP = "ship"
    WATCH = "watch"
    UNDO = "undo"
    MERGE = "merge"
    ESCALATE = "escalate"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Move:
    """One move, and why: a sentence for people, empty where there is nothing to say."""

    do: Do
    why: str = ""
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident, as stored. Times are Unix time in seconds."""

    id: str
    """24 hexadecimal signs."""
    repository_id: int
    service: str
    environment: str
    title: str
    """Of the first alert; untrusted, one line."""
    severity: Severity
    state: IncidentState
    opened_at: float
    changed_at: float
    is_firing: bool = True
    """Whether any of its alerts fires now."""
    last_fired_at: float = 0.0
    ended_at: float | None = None
    """When the last of its alerts was resolved; None while one fires."""
    alerts: int = 1
    """Different alerts, by their fingerprints, those that are not kept counted."""
    heard: int = 1
    """How often something was heard of it."""
    flaps: int = 0
    """How often it fired again after it was resolved."""
    opened_again: int = 0
    """How often it was opened again after it was over."""
    cause: str = ""
    """Key of what it is grouped by: an error's fingerprint, or the name of its alert."""
    first: Alert | None = None
    """The alert that opened it, with its text."""
    issue: int = 0
    """Number of its issue; 0: none yet."""
    issue_shows: str = ""
    """Which end or opening again its issue was closed or opened for last; what people do to it then is theirs."""
    diagnosis: Diagnosis | None = None
    proposal: Proposal | None = None
    proposed_at: float = 0.0
    """Words of people count from then on."""
    agreed_by: str = ""
    """Login of who agreed to the proposal."""
    runs: tuple[tuple[str, str], ...] = ()
    """What was begun for it, oldest first: `diagnose`, `heal`, `roll back`, `fix`, `stage`, `ship`, `undo`; run ids."""
    runs_before: int = 0
    """How many of `runs` were begun before it was opened again."""
    pull_request: int = 0
    fixed_commit: str = ""
    """The hot-fix as it was shipped."""
    watched_since: float = 0.0
    news: tuple[tuple[float, str], ...] = ()
    """What happened, oldest first: sentences of ours."""
    note: str = ""
    """Why it stands where it stands: one sentence."""
    version: int = 0
    """Counts how often it was stored; 0: never. Who stores it says which version they read."""
    is_told: bool = False
    """Whether its end was told everywhere; until then it is looked after."""
    cooldown_seconds: float | None = None
    """How long after its end the same opens it again, by the rules as they were last read; None: not read yet."""

    @property
    def runs_now(self) -> tuple[tuple[str, str], ...]:
        """What was begun since it was opened, or opened again: what came before speaks of another time."""
        return self.runs[self.runs_before :]

    def run_of(self, what: str) -> str:
        """Return the newest run of a kind that was begun since it was opened (again); empty: none was."""
        return next((run_id for name, run_id in reversed(self.runs_now) if name == what), "")

    def was_begun(self, what: str) -> bool:
        """Tell whether a run of a kind was ever begun for it: no action is repeated."""
        return any(name == what for name, _ in self.runs)

    @property
    def source(self) -> AlertSource | None:
        return None if self.first is None else self.first.source


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """One alert of an incident, as it was heard last."""

    alert: Alert
    first_at: float
    last_at: float
    heard: int = 1


class IncidentWord(StrEnum):
    """What people may say to an incident."""

    APPROVE = "approve"
    REJECT = "reject"
    PAGE = "page"
    """Call people, whatever the policy says."""
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class SaidOfIncident:
    """What somebody said of an incident; rights were looked at when it was heard."""

    number: int
    """Rises with each word of any incident."""
    word: IncidentWord
    by: Actor
    at: float


@dataclass(frozen=True, slots=True)
class Silence:
    """A time in which incidents of a service are recorded, and nothing is said or done."""

    service: str
    until: float
    by: str
    reason: str = ""
