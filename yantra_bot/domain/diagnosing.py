"""What is asked about a service that fails, and what its code's past says to it. Pure values."""

from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.faults import Fault, Frame
from yantra_bot.domain.incidents import Suspect

MOST_COMMITS: Final = 60
"""Commits that are looked at, the newest first."""
MOST_WORDS: Final = 20_000
"""Characters of the words that are looked for."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which of the commits that came into production last may have brought what is seen there."""

    serves: str
    """The commit that serves, or that is taken for it."""
    good: str = ""
    """The commit that served well before it; empty: unknown."""
    faults: tuple[Fault, ...] = ()
    """Errors with their traces, what caused others before those; their texts are untrusted."""
    words: str = ""
    """What alerts and logs say, without any trace: untrusted, cut."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A function that what is seen points to: one of the trace, or one that speaks the same words."""

    name: str
    place: str
    """`path:line`."""
    is_frame: bool = True


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the past of the code says. Names and texts are a stranger's."""

    suspects: tuple[Suspect, ...] = ()
    """The likeliest first, at most MOST_SUSPECTS."""
    frames: tuple[Frame, ...] = ()
    """Those of the trace that lie in the repository, with their paths there, outermost first."""
    anchors: tuple[Anchor, ...] = ()
    owners: tuple[str, ...] = ()
    """Of the files of the first suspect and of the deepest frame, as CODEOWNERS at `serves` names them."""
    commits: int = 0
    """How many were looked at."""
    gaps: tuple[str, ...] = ()
    """What was not looked at, and why: sentences of ours."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What our records know of what serves, as far as it concerns a failure."""

    serves: str = ""
    """Commit; empty: unknown."""
    good: str = ""
    """The commit that served well before it; empty: unknown."""
    run_id: str = ""
    """The deployment that brought what serves, or that is under way."""
    commit: str = ""
    """Of that deployment."""
    by: str = ""
    began_at: float = 0.0
    is_rollback: bool = False
    is_cause: bool = False
    """Whether the failure began after that deployment, soon enough for it to be the cause."""
    problem: str = ""
    """What is not known, and why: a sentence of ours."""


@dataclass(frozen=True, slots=True)
class PodTrouble:
    """What is wrong with one pod, and the end of what it wrote; words of the cluster, cut, secrets hidden."""

    name: str
    trouble: str
    restarts: int
    log: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """One number of the service before the deployment and now; None where there is no data."""

    name: str
    before: float | None
    now: float | None


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier incident that this one is like."""

    id: str
    title: str
    opened_at: float
    issue: int
    note: str
    """How it ended, in our words."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A lesson of the memory of mistakes that fits. Its texts are sanitised."""

    id: str
    failed: str
    worked: str
    similarity: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known of a failure before anybody words it."""

    shipped: Shipped = Shipped()
    faults: tuple[Fault, ...] = ()
    trace: str = ""
    """The trace as it was found, cut, secrets hidden."""
    pods: tuple[PodTrouble, ...] = ()
    lines: tuple[str, ...] = ()
    """Lines of logs that speak of errors, oldest first; cut, secrets hidden."""
    numbers: tuple[Moved, ...] = ()
    inspection: Inspection = Inspection()
    alike: tuple[Alike, ...] = ()
    lessons: tuple[Learnt, ...] = ()
    owners: tuple[str, ...] = ()
    """Those whom the rules name; empty: those of the code."""
    gaps: tuple[str, ...] = ()
    """What could not be looked at, and why: sentences of ours."""
