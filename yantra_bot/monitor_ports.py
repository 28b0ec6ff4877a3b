"""Protocols of watching production: logs, the queries that alerts fire by, incidents on the forge. A part of `ports`.

Expected failures are the classes of `errors`: Transient where another try may help, Permanent where it does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.diagnosing import Inspection, Question
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import LogRule, MetricName, Watch
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.rollout import Sample
from yantra_bot.domain.workload import WorkloadState


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that a service wrote; `text` is untrusted, cut, secrets hidden."""

    at: float
    """Unix time in seconds."""
    pod: str
    text: str


class LogSource(Protocol):
    """Where a service's lines are read: its pods, Loki, CloudWatch, Cloud Logging."""

    async def read(
        self,
        repository: Repository,
        environment: Environment,
        rule: LogRule,
        *,
        since: float,
        limit: int,
        target: str = "",
    ) -> Sequence[LogLine]:
        """Return the lines since a time, oldest first, the newest `limit` where there are more.

        `target` is the name of its Deployment; empty: the repository's. Lines may be older by what clocks differ, and
        some may come twice. Raises Transient where they cannot be had now, UserError where they never can.
        """


@dataclass(frozen=True, slots=True)
class ClusterEvent:
    """An event of Kubernetes: untrusted words of the cluster."""

    kind: str
    """Of the object that it is about, such as Pod."""
    name: str
    reason: str
    message: str
    is_warning: bool
    at: float
    count: int = 1


class AlertQueries(Protocol):
    """The queries that alerts fire by, as the operator's Prometheus itself knows them: never as an alert tells."""

    async def query_of(self, alert: Alert) -> str:
        """Return the expression of the rule that has the alert's name; empty where there is none, or several."""

    async def sample(self, alert: Alert) -> Sample:
        """Return whether the alert's own condition holds now: PASS where it does not, FAIL where it does.

        INCONCLUSIVE where it has no data (empty, NaN), ERROR where Prometheus cannot be asked. Never raises for these.
        """


class Metrics(Protocol):
    """Numbers of a service that were not measured by ourselves."""

    async def value(
        self,
        name: MetricName,
        query: str,
        repository: Repository,
        environment: Environment,
        *,
        at: float | None = None,
        service: str = "",
    ) -> float | None:
        """Return the number now, or at a time; None where there is no data. Raises Transient where none can be had.

        `service` is what `{service}` stands for; empty: the repository's name.
        """


@dataclass(frozen=True, slots=True)
class Probed:
    """What asking a service showed."""

    samples: tuple[Sample, ...]
    """One of each check and pod."""
    workload: WorkloadState | None = None
    """Its Deployment with the pods of all versions; None where only addresses were asked."""
    problem: str = ""
    """Why its pods could not be asked, though its addresses were."""


class ServiceProbes(Protocol):
    """Asks a service whether it is well, as its users and its pods' own checks do."""

    async def probe(self, repository: Repository, environment: Environment, watch: Watch, *, target: str) -> Probed:
        """Ask once. `target` is the name of its Deployment.

        Raises Transient where the cluster cannot be asked now, UserError where the operator does not allow it.
        """


class ClusterEvents(Protocol):
    """What a cluster says of a namespace by itself."""

    async def warnings(self, repository: Repository, environment: Environment) -> Sequence[ClusterEvent]:
        """Return the newest warnings, a bounded number. Raises Transient, Permanent, UserError."""


@dataclass(frozen=True, slots=True)
class UnheardComment:
    """A comment as the forge's list has it; `body` is untrusted."""

    id: int
    issue_number: int
    is_pull_request: bool
    body: str
    author: Actor
    updated_at: str
    """ISO 8601, as the forge writes it."""
    at: float
    """When it was written, Unix time in seconds."""
    is_edited: bool = False
    is_seen: bool = False
    """Whether somebody reacted with eyes: the bot does to every command that it takes."""


class IncidentForge(Protocol):
    """What incidents do on the forge."""

    async def open_issue(self, *, tag: str, title: str, body: str, labels: Sequence[str]) -> int:
        """Open an issue, or find the one with this tag; return its number."""

    async def update_issue(self, number: int, *, tag: str, body: str) -> None:
        """Write its text anew, where it has this tag; people's own words are left alone."""

    async def close_issue(self, number: int) -> None:
        """Close it; one that is closed stays so."""

    async def reopen_issue(self, number: int) -> None:
        """Open it again."""

    async def merge(self, number: int, *, head: str, title: str, message: str) -> str:
        """Merge a pull request whose head is still `head`; return the merge's commit, also where it was merged before.

        Raises UserError, with the cure, for what the forge refuses: rules of the branch, conflicts, another head.
        """


class Inspector(Protocol):
    """Has the past of a service's code looked at by workers, which hold no key and reach no network."""

    async def __call__(self, run_id: str, repository: Repository, past: Path, question: Question) -> Inspection:
        """Return which commits may have brought a failure; `past` is a bare repository that has what led to it.

        Raises UserError and Permanent for what another try would not change, Transient.
        """
