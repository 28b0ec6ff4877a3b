"""A roll-out as it is planned, watched and judged: changes, stages, samples and what to do next. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.workload import WorkloadState

Manifest = Mapping[str, Any]
"""An object of Kubernetes as JSON."""


@dataclass(frozen=True, slots=True)
class Apply:
    """Have an object be as `manifest` says, by server-side apply under our name."""

    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Scale:
    """Have a Deployment have so many replicas."""

    name: str
    replicas: int


@dataclass(frozen=True, slots=True)
class Route:
    """Have a Service choose the pods with exactly these labels."""

    service: str
    selector: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Restore:
    """Have a Deployment run the pods of an earlier version again, by the name of its ReplicaSet."""

    name: str
    replica_set: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is set in a Deployment's pods' template, and nothing else of it."""

    annotations: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """By container: `limits` and `requests`, each with quantities by name. What is not named stays as it is."""


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete an object of ours."""

    kind: str
    name: str


Change = Apply | Scale | Route | Restore | Remove


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a strategy: changes made together, then watched together."""

    name: str
    """For people, such as `canary 10 %`."""
    changes: tuple[Change, ...]
    watched: tuple[str, ...]
    """Deployments that have to be whole, and whose new pods are asked whether they are well."""
    hold_seconds: float = 0.0
    """How long it has to stay well after it became whole."""
    asks: bool = False
    """Whether a person promotes it when it is well."""
    is_shared: bool = False
    """Whether pods of the version before serve beside it on purpose: an address of the service may reach these."""
    is_undo: bool = False
    """Whether it goes back: what serves is known, and ROLL_BACK says that going back failed."""

    @property
    def emptied(self) -> frozenset[str]:
        """Deployments that the stage scales to zero on purpose."""
        return frozenset(one.name for one in self.changes if isinstance(one, Scale) and not one.replicas)


@dataclass(frozen=True, slots=True)
class Before:
    """What served before the first change, so that it can be gone back to."""

    workloads: tuple[WorkloadState, ...] = ()
    """Deployments that were there."""
    selectors: Mapping[str, Mapping[str, str]] | None = None
    """What each Service that the strategy switches chose."""
    objects: tuple[Manifest, ...] = ()
    """Everything else of the manifests that was there, as it was, without what only the server writes."""
    autoscaled: tuple[str, ...] = ()
    """Deployments whose number of replicas an autoscaler sets."""

    def of(self, name: str) -> WorkloadState | None:
        return next((one for one in self.workloads if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer of one check."""

    check: str
    """Which: `http /health`, `url …`, a metric's name, `kubernetes`."""
    verdict: Verdict
    detail: str
    """What was seen, for people; untrusted text."""
    at: float
    value: float | None = None
    pod: str = ""
    seconds: float | None = None
    """Until its answer was whole; None: nothing was asked that takes time, or no answer came."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all samples together say. `reason` is one sentence; `evidence` are lines for people, untrusted text."""

    verdict: Verdict
    reason: str
    evidence: tuple[str, ...] = ()
    since: float = 0.0
    """Of a pass: since when it is well."""


class Act(StrEnum):
    """What to do next in a stage."""

    WAIT = "wait"
    GO_ON = "go on"
    """The stage is well: the next one, or the end."""
    ASK = "ask"
    """A person has to decide: nothing was measured, or the strategy says so. The roll-out holds still."""
    ROLL_BACK = "roll back"
    LEAVE = "leave"
    """Somebody else changed it: it is left as it is, and told."""


@dataclass(frozen=True, slots=True)
class Action:
    """What to do next, and why."""

    act: Act
    reason: str
    evidence: tuple[str, ...] = ()
    is_promotable: bool = False
    """Of a question, or of waiting: whether a person's word is enough to go on. It is for what was not measured, or is
    to be agreed to; never for what is not whole, is paused, at zero, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Watched:
    """How watching a stage ended."""

    action: Action
    workloads: tuple[WorkloadState, ...]
    samples: tuple[Sample, ...] = ()
    """The last of each check."""
    seen_at: float = 0.0
    """When what decided was first seen."""
    log: tuple[str, ...] = ()
    """Last lines that the failing pod wrote, secrets hidden; untrusted text."""
