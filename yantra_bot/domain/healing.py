"""What is done to a Deployment so that it gets well without a change of code, and what came of it. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yantra_bot.domain.incidents import HealingKind
from yantra_bot.domain.proof import Verdict

Resources = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By container: `limits` and `requests`, each with quantities by name."""


@dataclass(frozen=True, slots=True)
class HealingPlan:
    """What is changed, from what to what: enough to do it, to know it again, and to undo it."""

    kind: HealingKind
    target: str
    """Name of the Deployment."""
    said: str
    """For people: `3 → 5 replicas`."""
    replicas: tuple[int, int] | None = None
    """Before and after."""
    resources_before: Resources = field(default_factory=dict)
    resources: Resources = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_be_undone(self) -> bool:
        return self.kind is not HealingKind.RESTART


@dataclass(frozen=True, slots=True)
class Healing:
    """A healing action as it was judged, done and verified: the note `healing` of its run."""

    plan: HealingPlan | None = None
    """None: it was refused before there was one."""
    refused: tuple[str, ...] = ()
    """Why nothing was done; each one sentence with its cure."""
    is_dry: bool = False
    applied_at: float = 0.0
    """Unix time in seconds; 0: nothing was changed."""
    verdict: Verdict | None = None
    """Whether it helped; None: that was not looked at."""
    seen: tuple[str, ...] = ()
    """What was seen while it was verified, the last first; untrusted text."""
    is_undone: bool = False
    undo_problem: str = ""
    """Why it could not be undone; empty: it was, or did not have to be."""


@dataclass(frozen=True, slots=True)
class Healed:
    """One action that was done to a service, as it is remembered."""

    run_id: str
    service: str
    environment: str
    kind: HealingKind
    target: str
    at: float
    verdict: Verdict | None = None
    """None while it is verified."""
    is_undone: bool = False
