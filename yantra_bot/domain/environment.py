"""Where a repository is deployed to, as its `.github/yantra.yml` says: environments and their rules. Pure values.

What an environment may name is narrowed by the operator: a cluster is a name of the operator's, and never an address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StrategyKind(StrEnum):
    """How the new version takes over."""

    ROLLING = "rolling"
    CANARY = "canary"
    BLUE_GREEN = "blue-green"


@dataclass(frozen=True, slots=True)
class Strategy:
    """How the new version takes over, and how long each stage of it is watched."""

    kind: StrategyKind = StrategyKind.ROLLING
    steps: tuple[int, ...] = (10, 50)
    """Of a canary: shares of the replicas that are new, in percent, rising; the whole comes after the last."""
    hold_seconds: float = 30.0
    """How long each step is watched when it is whole, in seconds; blue-green: before and after the switch."""
    is_paused_between: bool = False
    """Whether a person promotes each step."""


@dataclass(frozen=True, slots=True)
class HttpCheck:
    """A request to each of the new pods, by the address that the cluster reports."""

    path: str = "/health"
    port: int | str = 0
    """Number or name of a container's port; 0: the first that the pod names."""
    status: int = 200
    body: str = ""
    """Text that the answer has to contain; empty: any."""
    scheme: str = "http"
    version_header: str = ""
    """Header whose value has to be the deployed commit, where a service tells it; empty: not looked at."""
    timeout_seconds: float = 3.0


@dataclass(frozen=True, slots=True)
class UrlCheck:
    """A request to an address of the service, as its users make it. It may be answered by old pods, too."""

    url: str
    status: int = 200
    body: str = ""
    version_header: str = ""
    """Header whose value has to be the deployed commit; without one, the check proves nothing of the new version."""
    timeout_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class MetricCheck:
    """A query of the operator's Prometheus that answers one number."""

    name: str
    query: str
    """PromQL. `{version}`, `{pods}` (a regular expression of the new pods' names) and `{namespace}` are filled in."""
    most: float | None = None
    """Above it, the check fails."""
    most_ratio: float | None = None
    """Above this multiple of what the same query says of the version before, the check fails."""
    least_before: float = 0.0
    """Values of the version before below it are taken for it, so that a ratio of almost nothing condemns nobody."""


@dataclass(frozen=True, slots=True)
class HealthRule:
    """When a version counts as healthy: SPEC 11."""

    http: tuple[HttpCheck, ...] = ()
    urls: tuple[UrlCheck, ...] = ()
    metrics: tuple[MetricCheck, ...] = ()
    interval_seconds: float = 10.0
    """Between two samples."""
    healthy_samples: int = 3
    """Good samples in a row, of every check, that it takes."""
    failing_samples: int = 3
    """Bad samples of one check, in a row, that condemn; fewer may be noise."""
    start_seconds: float = 30.0
    """After a pod was first ready, and after a stage began, in which a bad sample does not count."""
    deadline_seconds: float = 300.0
    """By then it has to be whole and healthy, from the first change on."""
    silence_samples: int = 3
    """Samples in a row that say nothing, after which a person is asked."""


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who has to agree before anything changes."""

    count: int = 0
    """How many people; 0: nobody is asked."""
    people: tuple[str, ...] = ()
    """Logins that count; empty: everybody with write access."""
    excludes_requester: bool = True
    """Whether who asked for the deployment may not be among them."""


@dataclass(frozen=True, slots=True)
class FreezeWindow:
    """A time each week, or once, in which nothing is deployed; roll-backs are never held up."""

    begins: str
    """`Fri 16:00`, or a day and time such as `2026-12-23 12:00`."""
    ends: str
    zone: str = "UTC"
    """Name of a time zone, such as Europe/Berlin."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """One place that a repository is deployed to."""

    name: str
    cluster: str
    """A name that the operator gave to a cluster."""
    namespace: str
    manifests: str = ""
    """File or folder of the repository with manifests; empty: they are generated."""
    chart: str = ""
    """Folder of a Helm chart, instead of manifests."""
    values: str = ""
    """File with the chart's values for this environment."""
    after: str = ""
    """The environment that the same commit has to be healthy in first; empty: none."""
    approval: ApprovalRule = ApprovalRule()
    health: HealthRule = HealthRule()
    strategy: Strategy = Strategy()
    freezes: tuple[FreezeWindow, ...] = ()
    takes_pull_requests: bool = False
    """Whether a pull request's head may be deployed to it."""
    zeroes_first: bool = False
    """Whether a first deployment that fails is scaled to zero: there is nothing to go back to. Else it is held."""
    takes_over: bool = False
    """Whether fields that somebody else set (kubectl, Helm) are taken over, of objects that were never applied here."""
    port: int = 8080
    """Port that generated manifests expose."""
    replicas: int = 2
    """Of generated manifests."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Of the container, in generated manifests; no secrets: these stay in the cluster."""

    @property
    def is_production(self) -> bool:
        """Whether the forge is to be told that it is."""
        return self.name in ("production", "prod", "live")


@dataclass(frozen=True, slots=True)
class DeployRules:
    """What a repository's rules say of deployments."""

    service: str = ""
    """The name that people deploy it by; empty: the repository's."""
    image: str = ""
    """Repository of the image that is built of each commit, with the registry's host; empty: nothing is deployed."""
    tag: str = "{commit}"
    """Tag of a commit's image: `{commit}` is its full id, `{short}` the first seven signs."""
    environments: Mapping[str, Environment] = field(default_factory=dict)
    """By name, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Release:
    """What is deployed: a commit, and the image that was built of it."""

    commit: str
    image: str
    """Repository of the image, with the registry's host."""
    digest: str
    """`sha256:…`, of the image's manifest."""
    branch: str = ""
    pull_request: int = 0
    """The pull request whose head it is; 0: a commit of a protected branch."""

    @property
    def reference(self) -> str:
        """The image as pods name it."""
        return f"{self.image}@{self.digest}"
