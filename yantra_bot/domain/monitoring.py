"""What is watched, and what may be done about it: the part `monitor:` of a repository's rules. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yantra_bot.domain.alerts import Severity
from yantra_bot.domain.environment import HttpCheck, UrlCheck
from yantra_bot.domain.incidents import HealingKind, Policy


class MetricName(StrEnum):
    """What is collected of a service; units in the text."""

    P50 = "p50_ms"
    P95 = "p95_ms"
    P99 = "p99_ms"
    THROUGHPUT = "requests_per_second"
    ERROR_RATE = "error_rate"
    """Share of requests that fail, 0 to 1."""
    CPU = "cpu"
    """Share of its limit, 0 to 1; so are the next two."""
    MEMORY = "memory"
    DISK = "disk"
    UP = "up"
    """1 where it answers, 0 where it does not."""


@dataclass(frozen=True, slots=True)
class WatchRule:
    """One rule: what is wrong when, and what helps. SPEC 12."""

    name: str
    metric: MetricName
    above: float | None = None
    below: float | None = None
    severity: Severity = Severity.WARNING
    action: HealingKind = HealingKind.PAGE
    for_seconds: float = 60.0
    """How long it has to hold before it counts."""
    alerts: tuple[str, ...] = ()
    """Names of other senders' alerts, `*` as wildcard, for which `action` helps as well."""


@dataclass(frozen=True, slots=True)
class MonitorQueries:
    """PromQL for what probes do not measure; `{namespace}` and `{service}` are filled in. Empty: not collected."""

    queries: Mapping[MetricName, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogRule:
    """Which lines of the pods' logs count, and from how many on."""

    is_watched: bool = True
    threshold: int = 5
    """So many like lines within one look start an incident."""
    loki: str = ""
    """A LogQL selector, such as `{namespace="shop"}`; empty: the pods' own logs."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How one environment is watched, and what may be done there by itself."""

    environment: str
    owners: tuple[str, ...] = ()
    """Logins or @org/team, called by name; empty: those of CODEOWNERS."""
    scale: Policy = Policy.SUGGEST
    restart: Policy = Policy.SUGGEST
    roll_back: Policy = Policy.SUGGEST
    hot_fix: Policy = Policy.SUGGEST
    is_dry: bool = False
    """Whether all of it is only said, as it would be done."""
    actions_an_hour: int = 3
    hot_fixes_a_day: int = 2
    cooldown_minutes: float = 30.0
    """After an incident: the same again opens it again, and no action is repeated."""
    watch_minutes: float = 10.0
    """How long a hot-fix, or a healing action, is watched by the alert's own query."""
    most_replicas: int = 10
    most_memory: str = "2Gi"
    """Up to which a pod's memory is raised, as a quantity of Kubernetes."""
    rules: tuple[WatchRule, ...] = ()
    queries: Mapping[MetricName, str] = field(default_factory=dict)
    probes: tuple[HttpCheck, ...] = ()
    urls: tuple[UrlCheck, ...] = ()
    logs: LogRule = LogRule()

    def policy(self, action: HealingKind | None) -> Policy:
        """Return what may be done of an action, or of a hot-fix (None), without asking."""
        match action:
            case None:
                return self.hot_fix
            case HealingKind.SCALE_UP | HealingKind.SCALE_OUT:
                return self.scale
            case HealingKind.RESTART:
                return self.restart
            case HealingKind.ROLL_BACK:
                return self.roll_back
            case HealingKind.PAGE:
                return Policy.SUGGEST


@dataclass(frozen=True, slots=True)
class MonitorRules:
    """What a repository's rules say of being watched; every environment of `deploy:` has a Watch."""

    watches: Mapping[str, Watch] = field(default_factory=dict)

    def of(self, environment: str) -> Watch:
        return self.watches.get(environment, Watch(environment))
