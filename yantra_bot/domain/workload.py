"""A Deployment of Kubernetes as it was observed, with the pods of its newest version. Pure values.

What is read of a cluster is untrusted text: names, reasons and messages are shown as data.
"""

from dataclasses import dataclass
from enum import StrEnum


class TroubleKind(StrEnum):
    """Why a pod does not get on."""

    CRASHES = "CrashLoopBackOff"
    NO_IMAGE = "ImagePullBackOff"
    BAD_CONFIG = "CreateContainerConfigError"
    OUT_OF_MEMORY = "OOMKilled"
    UNSCHEDULABLE = "Unschedulable"
    EVICTED = "Evicted"
    EXITED = "Error"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a pod, in the cluster's words."""

    kind: TroubleKind
    container: str
    reason: str
    message: str
    is_final: bool
    """Whether it does not pass by itself: waiting longer would only cost time."""


@dataclass(frozen=True, slots=True)
class PodState:
    """One pod. Times are Unix time in seconds."""

    name: str
    ip: str
    """Empty while it has none."""
    phase: str
    is_ready: bool
    is_leaving: bool
    restarts: int
    created_at: float
    ports: tuple[tuple[str, int], ...] = ()
    """Names (may be empty) and numbers of its containers' ports."""
    trouble: Trouble | None = None
    containers: tuple[str, ...] = ()
    ready_at: float = 0.0
    """Since when it is ready, by the cluster's clock; 0 where it is not, or nobody says."""


@dataclass(frozen=True, slots=True)
class VersionState:
    """One ReplicaSet: a version of the workload."""

    name: str
    revision: int
    template_hash: str
    """The cluster's `pod-template-hash`."""
    images: tuple[str, ...]
    wanted: int
    existing: int
    ready: int
    available: int
    commit: str = ""
    """What its pods were made of, by our annotation; empty where none says it. Untrusted text."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the Deployment; `status` is True, False or Unknown."""

    status: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class WorkloadState:
    """One Deployment, as the cluster says at one moment."""

    name: str
    generation: int
    observed_generation: int
    mark: str
    """The run that applied it last, by our annotation; empty: none of ours."""
    is_paused: bool
    wanted: int
    """`spec.replicas`: an autoscaler may change it."""
    updated: int
    ready: int
    available: int
    unavailable: int
    existing: int
    """`status.replicas`, old ones counted."""
    progressing: Condition | None
    new: VersionState | None
    """The ReplicaSet of the present template; None while the controller has not made it."""
    old: tuple[VersionState, ...] = ()
    """Others, the newest first, also those that were scaled to zero."""
    pods: tuple[PodState, ...] = ()
    """Of the new version alone, evicted ones too."""
    at: float = 0.0
    digest: str = ""
    """Of the specification without its number of replicas: it moves when somebody changes more than that."""

    @property
    def is_seen(self) -> bool:
        """Whether the status is of the present specification: an older one says nothing."""
        return self.observed_generation >= self.generation

    @property
    def is_whole(self) -> bool:
        """Whether every replica is of the present version and available, and no old one is left."""
        return (
            self.is_seen
            and self.new is not None
            and self.updated == self.wanted
            and self.available == self.wanted
            and self.existing == self.wanted
        )
