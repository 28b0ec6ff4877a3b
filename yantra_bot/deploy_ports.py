"""Protocols of shipping: what the story of a deployment needs of clusters, registries, checks and the forge.

Expected failures are the classes of `errors`: Transient where another try may help, Permanent where it does not,
UserError where the repository's own rules or manifests are wrong. A part of `ports`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from yantra_bot.domain.environment import DeployRules, Environment, HealthRule, Release
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.rollout import Adjustment, Before, Manifest, Sample
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.errors import Permanent


class ChangedByOthers(Permanent):
    """Somebody else changed an object since we read it, or owns a field that we would set. Cure: look at it first."""


class Gone(Permanent):
    """What was to be gone back to, or changed, does not exist (any more)."""


@dataclass(frozen=True, slots=True)
class ObjectDiff:
    """What a change would do to one object, as the cluster itself says by a dry run."""

    kind: str
    name: str
    lines: tuple[str, ...]
    """Changed fields, as `spec.replicas: 2 → 3`, cut; nothing where nothing changes. Untrusted text."""
    is_new: bool = False


class Cluster(Protocol):
    """One namespace of one cluster, with rights for it alone. Reads poll; nothing watches."""

    name: str
    namespace: str

    async def read(self, kind: str, name: str) -> Manifest | None:
        """Return an object, with who set which field (what is ours is gone back to by it); None where there is none."""

    async def select(self, kind: str, labels: Mapping[str, str]) -> Sequence[Manifest]:
        """Return the objects of a kind with these labels."""

    async def diff(self, manifests: Sequence[Manifest]) -> Sequence[ObjectDiff]:
        """Return what applying would change, by a dry run on the server. Raises UserError for what it refuses."""

    async def apply(self, manifest: Manifest, *, mark: str) -> Manifest:
        """Apply one object under our name, with the run as annotation; return it. Raises ChangedByOthers."""

    async def scale(self, name: str, replicas: int) -> None:
        """Have a Deployment have so many replicas."""

    async def route(self, service: str, selector: Mapping[str, str]) -> None:
        """Have a Service choose the pods with exactly these labels."""

    async def restore(self, name: str, replica_set: str, *, mark: str) -> None:
        """Have a Deployment run an earlier version's pods again. Raises Gone where that ReplicaSet is no more."""

    async def adjust(self, name: str, adjustment: Adjustment, *, mark: str) -> None:
        """Have a Deployment's pods be made with this, which replaces them. Raises Gone, and ChangedByOthers."""

    async def remove(self, kind: str, name: str) -> None:
        """Delete an object; none there is no error."""

    async def log(self, pod: str, container: str, *, lines: int, is_previous: bool) -> str:
        """Return a container's last lines, up to 16 kB; empty where there are none."""


class Clusters(Protocol):
    """The clusters that the operator configured."""

    def names(self) -> tuple[str, ...]:
        """Return what environments may name."""

    def open(self, repository: Repository, environment: Environment) -> Cluster:
        """Return the environment's namespace. Raises UserError where the operator does not allow it."""


class HealthChecks(Protocol):
    """Asks a version whether it is well."""

    async def sample(
        self, rule: HealthRule, workload: WorkloadState, *, environment: Environment, commit: str, before: Before
    ) -> Sequence[Sample]:
        """Return one sample of each check of the rule; a check that could not be made is one too, and never a pass."""


class Registry(Protocol):
    """Image registries that the operator allowed."""

    async def find(self, rules: DeployRules, commit: str) -> str:
        """Return the digest of the image that was built of a commit.

        Raises UserError where the registry is not allowed, there is no such image, or its label names another commit.
        """


@dataclass(frozen=True, slots=True)
class Manifests:
    """What a commit says is to be in its environment: parsed by a worker, judged by nobody yet."""

    objects: tuple[Manifest, ...]
    is_generated: bool
    notes: tuple[str, ...] = ()


class ManifestReader(Protocol):
    """Has manifests read by a worker, which holds no key and reaches no network."""

    async def __call__(
        self, run_id: str, repository: Repository, mirror: Path, commit: str, environment: Environment
    ) -> Manifests:
        """Return the objects, as they stand in the repository. Raises UserError with file, line and cure."""


class Prepare(Protocol):
    """Makes of read manifests what is applied, or says why not: pure."""

    def __call__(
        self, manifests: Manifests, release: Release, environment: Environment, *, service: str
    ) -> tuple[Manifest, ...]:
        """Return the objects with the image by digest, namespace and our labels; raises UserError by policy."""


class DeploymentState(StrEnum):
    """What the forge shows of a deployment, in its own words."""

    QUEUED = "queued"
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    INACTIVE = "inactive"


class CommitStanding(StrEnum):
    """What all checks of a commit say together."""

    GREEN = "green"
    RED = "red"
    RUNNING = "running"
    NONE = "none"
    """There are no checks: nothing is proven."""


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """What the forge says of a commit that may be deployed."""

    commit: str
    standing: CommitStanding
    failing: tuple[str, ...]
    """Names of checks that fail or still run."""
    is_on_protected_branch: bool
    branch: str
    """The protected branch that holds it; empty where none does."""
    title: str
    author: str
    reverted_by: str = ""
    """The commit of that branch which takes it back; empty: none says so."""


@dataclass(frozen=True, slots=True)
class Reverted:
    """A commit that takes changes back, on top of a branch's head."""

    commit: str
    """Empty where there are conflicts, or where nothing is left to take back."""
    base: str
    conflicts: tuple[str, ...] = ()
    """Files that were changed again since; where there are any, `commit` is empty."""
    taken_back: tuple[str, ...] = ()
    """The commits whose changes it takes back, newest first, as `abc1234 title`."""


class Shipping(Protocol):
    """A repository's deployments on its forge."""

    async def resolve(self, ref: str) -> str:
        """Return the commit of a branch, a tag, a commit id or its beginning. Raises UserError."""

    async def commit_facts(self, commit: str) -> CommitFacts:
        """Return whether a commit may be deployed, as the forge says now. Our own checks do not count."""

    async def begin(self, release: Release, environment: Environment, *, mark: str, description: str) -> int:
        """Create the deployment, or find the one with this mark; return its number."""

    async def tell(self, deployment: int, state: DeploymentState, *, description: str, log_url: str) -> None:
        """Add a status, unless it is the present one."""


OnNews = Callable[[Sequence[WorkloadState], Sequence[Sample], str], None]
"""Takes what was seen just now and one sentence about it, for the message that updates; must not wait."""
