"""Watches a stage until there is something to do: looks at the cluster each second, and asks the checks meanwhile.

It changes nothing in the cluster, and begins anew after a kill: what it is handed and what it sees is all it knows.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from yantra_bot.deploy import health as judging
from yantra_bot.deploy.health import KUBERNETES, Health
from yantra_bot.deploy.observing import observe
from yantra_bot.deploy.rollout import Progress, advance, changed_by, miss, reconcile
from yantra_bot.deploy_ports import Cluster, HealthChecks, OnNews
from yantra_bot.domain.environment import Environment, HealthRule
from yantra_bot.domain.log_redaction import redact_log
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act, Action, Before, Sample, Stage, Watched
from yantra_bot.domain.workload import PodState, WorkloadState
from yantra_bot.errors import YantraError
from yantra_bot.ports import Clock

LOOK_EVERY: Final = 1.0
"""Seconds between two looks at the cluster."""
LOOK_SECONDS: Final = 20.0
"""What one look may take."""
LOG_LINES: Final = 20
LONGEST_LINE: Final = 200


@dataclass(frozen=True, slots=True)
class Watching:
    """What a stage is watched with and for. Times are Unix time in seconds."""

    environment: Environment
    cluster: Cluster
    checks: HealthChecks
    clock: Clock
    mark: str
    """The run, as it stands in the annotation of what it applied."""
    commit: str
    """What the new version has to be where it tells; empty where nobody knows."""
    before: Before
    began: float
    """When the first change of the stage was made: its deadline counts from here, also after a kill."""
    known: Sequence[WorkloadState] = ()
    """Deployments as they were last seen, of which the stage changes no more than the number of replicas."""
    is_promoted: Callable[[], bool] = lambda: False
    """Whether a person wants it to go on: then what may be promoted is not waited for, but asked about at once."""


async def watch(stage: Stage, watching: Watching, on_news: OnNews) -> Watched:
    """Return how the stage ended; it always does, by its deadline at the latest. May be cancelled at any moment."""
    if not stage.watched:
        return Watched(Action(Act.GO_ON, "Nothing has to be watched."), (), seen_at=watching.clock.now())
    one = _Watch(stage, watching, on_news)
    try:
        return await one.run()
    finally:
        await one.close()


def rule_of(environment: Environment, stage: Stage) -> HealthRule:
    """Return by what a stage is judged.

    On the way back metrics are left out, since they still count the bad version's errors for a while, and what is known
    to be good is believed after two samples: people wait for it.
    """
    rule = environment.health
    if not stage.is_undo:
        return rule
    return replace(
        rule, metrics=(), healthy_samples=min(2, rule.healthy_samples), interval_seconds=min(2.0, rule.interval_seconds)
    )


@dataclass(slots=True)
class _Round:
    """One round of samples that is being asked for."""

    task: "asyncio.Task[Sequence[Sample]]"
    was_whole: bool
    losses: int


@dataclass(slots=True)
class _Watch:
    """One stage that is watched."""

    stage: Stage
    by: Watching
    on_news: OnNews
    health: Health = field(default_factory=Health)
    round: _Round | None = None
    asked_at: float = float("-inf")
    ready: dict[str, float] = field(default_factory=dict)
    """Since when each pod was ready when it was first seen so; by the cluster's clock, unless that is ahead."""
    told: object = None
    progress: Progress = field(init=False)
    rule: HealthRule = field(init=False)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.rule = rule_of(self.by.environment, self.stage)
        is_empty = set(self.stage.watched) <= self.stage.emptied
        self.names = () if is_empty else judging.names_of_checks(self.rule, is_shared=self.stage.is_shared)
        changed = changed_by(self.stage)
        first = {state.name: state for state in self.by.known if state.name not in changed}
        self.progress = Progress(began=self.by.began, first=first)

    async def run(self) -> Watched:
        while True:
            await self._look()
            self._take()
            now = self.by.clock.now()
            judgement = judging.judge(self.health, self.rule, self.names)
            action = reconcile(self.stage, self.rule, self.progress, judgement, mark=self.by.mark, now=now)
            self._tell(action)
            if action.act is not Act.WAIT:
                return await self._end(action, now)
            if action.is_promotable and self.by.is_promoted():
                return await self._end(replace(action, act=Act.ASK), now)
            self._ask(now)
            await self.by.clock.sleep(min(LOOK_EVERY, self.rule.interval_seconds))

    async def close(self) -> None:
        """End what is still being asked."""
        if self.round is not None:
            self.round.task.cancel()
            with suppress(asyncio.CancelledError, YantraError):
                await self.round.task

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                found = await asyncio.gather(
                    *(observe(self.by.cluster, name, at=self.by.clock.now()) for name in self.stage.watched)
                )
        except (YantraError, TimeoutError) as problem:
            said = str(problem) or f"no answer within {LOOK_SECONDS:.0f} s"
            self.progress = miss(self.progress, said, self.by.clock.now())
        else:
            was = self.progress.whole_since
            seen = dict(zip(self.stage.watched, found, strict=True))
            self.progress = advance(self.progress, self.stage, self.rule, seen, self.by.clock.now())
            now = self.by.clock.now()
            for pod in self._pods():
                if pod.is_ready:
                    self.ready.setdefault(pod.name, min(now, pod.ready_at or now))
            if was is not None and self.progress.whole_since != was:
                self.health = judging.lose(self.health)

    def _ask(self, now: float) -> None:
        """Begin a round of samples where one is due; the cluster is looked at meanwhile."""
        states = self._asked()
        if self.round is not None or not states or now < self.asked_at + self.rule.interval_seconds:
            return
        self.asked_at = now
        by = self.by
        sampling = by.checks.sample(
            self.rule, together(states), environment=by.environment, commit=by.commit, before=by.before
        )
        task = asyncio.ensure_future(sampling)
        self.round = _Round(task, self.progress.whole_since is not None, self.progress.losses)

    def _take(self) -> None:
        """Take in what a round said, if it is over. A version that was not whole all the while gets no good samples."""
        if self.round is None or not self.round.task.done():
            return
        ended, self.round = self.round, None
        now = self.by.clock.now()
        is_whole = ended.was_whole and self.progress.whole_since is not None and ended.losses == self.progress.losses
        try:
            samples = [*ended.task.result()]
        except YantraError as problem:
            others = [name for name in self.names if name != KUBERNETES]
            samples = [Sample(name, Verdict.ERROR, str(problem), now) for name in others]
        if is_whole:
            samples.append(Sample(KUBERNETES, Verdict.PASS, "every replica is new and available", now))
        start = self.rule.start_seconds
        self.health = judging.note(
            self.health,
            samples,
            self.names,
            now=now,
            is_whole=is_whole,
            young=frozenset(name for name, ready in self.ready.items() if now - ready < start),
            unready=frozenset(pod.name for pod in self._pods() if not pod.is_ready),
            is_starting=now - self.by.began < start,
        )

    def _tell(self, action: Action) -> None:
        """Say what is new; nothing where nothing is."""
        states, samples = self._states(), self.health.last()
        news = (
            action,
            [replace(one, at=0.0) for one in states],
            [(one.check, one.pod, one.verdict) for one in samples],
        )
        if news != self.told:
            self.told = news
            try:
                self.on_news(states, samples, action.reason)
            except Exception:  # noqa: BLE001 (whatever showing it raises: a version is watched on, seen or not)
                structlog.get_logger().exception("roll_out_not_shown")

    async def _end(self, action: Action, now: float) -> Watched:
        log = await self._log() if action.act is Act.ROLL_BACK else ()
        final = [
            self.progress.troubles.get((pod.name, pod.trouble.kind), now)
            for pod in self._pods()
            if pod.trouble is not None and pod.trouble.is_final
        ]
        return Watched(action, self._states(), self.health.last(), min([now, *final]), log)

    async def _log(self) -> tuple[str, ...]:
        """Return the last lines of the pod that fares worst; none where it says none, which stops nothing."""
        pods = sorted(self._pods(), key=lambda pod: (pod.trouble is None, pod.is_ready, -pod.restarts))
        if not pods or not pods[0].containers:
            return ()
        pod = pods[0]
        container = pod.trouble.container if pod.trouble is not None and pod.trouble.container else pod.containers[0]
        for is_previous in (True, False) if pod.restarts else (False,):
            with suppress(YantraError, TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    text = await self.by.cluster.log(pod.name, container, lines=LOG_LINES, is_previous=is_previous)
                if text.strip():
                    return tuple(line[:LONGEST_LINE] for line in redact_log(text).splitlines()[-LOG_LINES:])
        return ()

    def _states(self) -> tuple[WorkloadState, ...]:
        return tuple(state for state in self.progress.seen.values() if state is not None)

    def _asked(self) -> list[WorkloadState]:
        return [state for state in self._states() if state.name not in self.stage.emptied]

    def _pods(self) -> list[PodState]:
        return [pod for state in self._asked() for pod in state.pods]


def together(states: Sequence[WorkloadState]) -> WorkloadState:
    """Return one workload with the pods of all: checks ask every pod that has what they ask for."""
    return replace(states[0], pods=tuple(pod for state in states for pod in state.pods))
