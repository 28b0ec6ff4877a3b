"""Reads what a diagnosis rests on: rules, deployments, pods, logs, numbers, the past of the code, what was learnt.

Every read of the outside is a step. None of them has to succeed: what cannot be read is told as a gap.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from yantra_bot.deploy.observing import observe
from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.diagnosing import (
    MOST_WORDS,
    Alike,
    Inspection,
    Learnt,
    Moved,
    PodTrouble,
    Question,
    Shipped,
)
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.lessons import Moment
from yantra_bot.domain.lessons import Question as Asked
from yantra_bot.domain.log_redaction import redact_log
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.workload import PodState
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.monitor.findings import cut, one_line
from yantra_bot.runs.beside import GENERATIONS
from yantra_bot.runs.codec import StepBug, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.lazy import LazyCluster
from yantra_bot.runs.deploying.reading import CLUSTER_TRIES
from yantra_bot.runs.diagnosing.kit import DiagnosisKit
from yantra_bot.runs.diagnosing.shipped import began_at, find_shipped
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.memory_rules import MemoryRules
from yantra_bot.runs.rules import PATH, parse_rules
from yantra_bot.runs.workshop import Workshop

PROBLEMS: Final = (UserError, Permanent, Transient, StepBug)
MOST_ALERTS: Final = 10
MOST_PODS: Final = 3
LOG_LINES: Final = 120
MOST_LINES: Final = 400
EARLIER_SECONDS: Final = 300.0
"""So long before a deployment numbers are read, to be compared with those of now."""
RECALL: Final = "recall fixes"
"""The step that asks the memory of mistakes."""
LOG_SECONDS: Final = 300.0
"""So long before the failure logs are read."""
_MOST_LINE: Final = 500
_OFFLINE: Final = "{what} could not be read: {why}"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the service lives, by the default branch's own rules; what could not be read is at its default."""

    watch: Watch
    environment: Environment | None = None
    service: str = ""
    """Name of its Deployment."""
    memory: MemoryRules = field(default_factory=MemoryRules)
    branch: str = ""
    """The default branch."""


@dataclass(frozen=True, slots=True)
class Told:
    """The incident as it was stored, with its newest alerts."""

    incident: Incident
    alerts: tuple[Alert, ...]


class Reading:
    """Reads for one diagnosis. `gaps` collects what could not be read."""

    def __init__(self, context: RunContext, workshop: Workshop, kit: DiagnosisKit) -> None:
        order = context.order
        self._context, self._workshop, self._kit, self._order = context, workshop, kit, order
        self._forge = workshop.forge(order.repository, order.installation_id)
        self._remote = workshop.remote(order.repository, order.installation_id)
        self.gaps: list[str] = []

    async def told(self) -> Told:
        """Return the incident. Raises UserError where there is none."""

        async def read() -> Told:
            records, number = self._workshop.records, self._order.incident
            incident = records.incident(number)
            if incident is None or incident.repository_id != self._order.repository.id:
                raise UserError(f"There is no incident {number} of this repository.")
            kept = tuple(one.alert for one in records.incident_alerts(number, MOST_ALERTS))
            first = (incident.first,) if incident.first is not None else ()
            return Told(replace(incident, diagnosis=None), kept or first)

        return await self._context.step("read incident", read, Told, stoppable=True)

    async def ground(self, incident: Incident) -> Ground:
        """Return where the service lives."""

        async def read() -> Ground:
            rules = parse_rules(await self._forge.read_file(PATH))
            branch = (await self._forge.facts()).default_branch
            environment = rules.deploy.environments.get(incident.environment)
            service = rules.deploy.service or self._order.repository.name
            return Ground(rules.monitor.of(incident.environment), environment, service, rules.memory, branch)

        nothing = Ground(Watch(incident.environment))
        return await self._try("read watch rules", read, Ground, nothing, what=PATH, tries=GITHUB_TRIES)

    async def shipped(self, told: Told) -> Shipped:
        """Return what our records know of what serves."""
        incident, repository = told.incident, self._order.repository.id

        async def read() -> Shipped:
            records = self._workshop.records
            history = records.deployments(repository, incident.environment)
            good = records.good_releases(repository, incident.environment)
            return find_shipped(incident, told.alerts, history, good)

        return await self._try("read deployments", read, Shipped, Shipped(), what="The deployments")

    async def pods(self, ground: Ground) -> tuple[PodTrouble, ...]:
        """Return what is wrong with pods of the service, with the end of what they wrote."""
        environment = ground.environment
        if environment is None:
            return ()

        async def read() -> tuple[PodTrouble, ...]:
            cluster = LazyCluster(self._kit.clusters, self._order.repository, environment)
            workload = await observe(cluster, ground.service)
            failing = [pod for pod in (workload.pods if workload is not None else ()) if _is_failing(pod)]
            return tuple([await self._read_pod(cluster, pod) for pod in failing[:MOST_PODS]])

        kind, what = tuple[PodTrouble, ...], f"The pods in {environment.name}"
        return await self._try("read pods", read, kind, (), what=what, tries=CLUSTER_TRIES)

    async def _read_pod(self, cluster: LazyCluster, pod: PodState) -> PodTrouble:
        trouble = pod.trouble
        said = f"{trouble.kind} {trouble.reason} {trouble.message}" if trouble is not None else ""
        container = (trouble.container if trouble is not None else "") or next(iter(pod.containers), "")
        log = ""
        if container:
            # What ended a container stands in the log of the one before.
            log = await cluster.log(pod.name, container, lines=LOG_LINES, is_previous=pod.restarts > 0)
        return PodTrouble(pod.name, cut(redact_log(said)), pod.restarts, redact_log(log))

    async def lines(self, told: Told, ground: Ground) -> tuple[str, ...]:
        """Return the newest lines that the service wrote since right before it failed, oldest first."""
        logs, environment = self._kit.logs, ground.environment
        if environment is None:
            return ()
        since = began_at(told.incident, told.alerts) - LOG_SECONDS

        async def read() -> tuple[str, ...]:
            if logs is None:
                return ()
            rule, order = ground.watch.logs, self._order
            place = (order.repository, environment, rule)
            found = await logs.read(*place, since=since, limit=MOST_LINES, target=ground.service)
            return tuple(redact_log(one.text)[:_MOST_LINE] for one in found[-MOST_LINES:])

        kind = tuple[str, ...]
        return await self._try("read logs", read, kind, (), what="The logs", request=str(since), tries=2)

    async def numbers(self, shipped: Shipped, ground: Ground) -> tuple[Moved, ...]:
        """Return the numbers that the rules ask for, before the deployment and now."""
        metrics, environment = self._kit.metrics, ground.environment
        queries = {str(name): query for name, query in ground.watch.queries.items()}
        if environment is None or not shipped.began_at or not queries:
            return ()
        earlier = shipped.began_at - EARLIER_SECONDS

        async def read() -> tuple[Moved, ...]:
            found: list[Moved] = []
            if metrics is None:
                return ()
            for name, query in ground.watch.queries.items():
                place = (name, query, self._order.repository, environment)
                found.append(
                    Moved(
                        str(name),
                        *[await metrics.value(*place, at=at, service=ground.service) for at in (earlier, None)],
                    )
                )
            return tuple(found)

        asked = encode(queries, dict[str, str])
        return await self._try("read metrics", read, tuple[Moved, ...], (), what="The metrics", request=asked)

    async def inspect(self, question: Question, ground: Ground) -> Inspection:
        """Return what the past of the code says; `serves` may be empty: then the default branch is taken for it."""

        async def look() -> Inspection:
            serves = question.serves
            if not serves:
                serves = await self._forge.branch_head(ground.branch) or "" if ground.branch else ""
            if not serves:
                raise UserError("it is not known which commit serves")
            past = await self._remote.past(serves, depth=GENERATIONS)
            asked = replace(question, serves=serves)
            return await self._kit.inspector(self._order.run_id, self._order.repository, past, asked)

        request = encode(question, Question)
        what = "The past of the code"
        return await self._try("inspect past", look, Inspection, Inspection(), what=what, request=request, tries=3)

    async def alike(self, incident: Incident, error: str) -> tuple[Alike, ...]:
        """Return earlier incidents that had the same cause or threw the same error, newest first."""

        async def read() -> tuple[Alike, ...]:
            others = self._workshop.records.incidents(incident.repository_id, 200)
            found = [one for one in others if one.id != incident.id and _is_alike(one, incident, error)]
            return tuple(
                Alike(one.id, cut(one.title), one.opened_at, one.issue, cut(one.note or str(one.state)))
                for one in found[:3]
            )

        kind = tuple[Alike, ...]
        return await self._try("read earlier incidents", read, kind, (), what="Earlier incidents", request=error)

    async def lessons(self, text: str, ground: Ground) -> tuple[Learnt, ...]:
        """Return lessons of the memory of mistakes that fit what is thrown."""
        memory, rules = self._workshop.memory, ground.memory
        if memory is None or not rules.enabled or not text:
            return ()
        asked = Asked(
            text[:4_000],
            Moment.FAILURE,
            self._order.repository.id,
            now=self._order.accepted_at,
            categories_off=frozenset(rules.categories_off),
            most=3,
        )

        async def recall() -> tuple[Learnt, ...]:
            found = await memory.recall(asked)
            return tuple(
                Learnt(one.lesson.id, cut(one.lesson.failed), cut(one.lesson.worked), one.similarity, one.lesson.source)
                for one in found.reminders
            )

        return await self._try(RECALL, recall, tuple[Learnt, ...], (), what="The memory of mistakes", request=text)

    async def _try(
        self,
        name: str,
        work: Callable[[], Awaitable[T]],
        kind: Any,
        otherwise: T,
        *,
        what: str,
        request: str = "",
        tries: int = 1,
    ) -> T:
        """Take a step; where it cannot be done, say so and go on without."""
        try:
            return await self._context.step(name, work, kind, request=request, stoppable=True, tries=tries)
        except PROBLEMS as problem:
            self.gaps.append(_OFFLINE.format(what=what, why=one_line(str(problem))[:300]))
            return otherwise


def say_words(alerts: Sequence[Alert], lines: Sequence[str], *, has_trace: bool) -> str:
    """Return what is looked for in the code: the alerts' words, and those of the log where nothing is thrown."""
    said = [f"{one.name} {one.summary}\n{' '.join(value for _, value in one.labels)}" for one in alerts]
    if not has_trace:
        said += [*(one.text for one in alerts), *lines[-40:]]
    return redact_log("\n".join(said))[:MOST_WORDS]


def _is_failing(pod: PodState) -> bool:
    return not pod.is_leaving and (pod.trouble is not None or pod.restarts > 0 or not pod.is_ready)


def _is_alike(one: Incident, other: Incident, error: str) -> bool:
    if one.service == other.service and one.cause and one.cause == other.cause:
        return True
    return bool(error) and one.diagnosis is not None and one.diagnosis.error == error
