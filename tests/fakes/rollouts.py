"""Manifests, checks and whole deployments on a `RolloutWorld`, for tests and benchmarks of roll-outs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.rollout_world import Fate, Look, RolloutWorld, TickingClock
from yantra_bot.deploy.strategies import remember, stages, undo
from yantra_bot.deploy.watching import Watching, watch
from yantra_bot.domain.environment import Environment, HealthRule, HttpCheck, MetricCheck, Strategy
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act, Before, Manifest, Sample, Stage, Watched
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.errors import YantraError

OLD, NEW = "shop@sha256:old", "shop@sha256:new"
COMMIT = "a" * 40


def deployment(image: str, *, name: str = "shop", replicas: int = 3, **spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "web", "image": image, "ports": [{"name": "http", "containerPort": 8080}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    wanted = {"replicas": replicas, "selector": {"matchLabels": dict(labels)}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": wanted}


def service(name: str = "shop") -> dict[str, Any]:
    spec = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": "http"}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def environment(*, strategy: Strategy | None = None, health: HealthRule | None = None, **more: Any) -> Environment:
    return Environment(
        name="staging",
        cluster="main",
        namespace="shop",
        strategy=strategy or Strategy(hold_seconds=10),
        health=health or HealthRule(http=(HttpCheck(),), interval_seconds=5, start_seconds=10, deadline_seconds=120),
        **more,
    )


Answer = Callable[[str, str, float], tuple[Verdict, str]]
"""What a check says: by its name, the image of what is asked, and the time."""


@dataclass(slots=True)
class AnsweredChecks:
    """Checks whose answers a function gives, each pod asked for itself. Implements `HealthChecks`."""

    clock: TickingClock
    answer: Answer = lambda check, image, now: (Verdict.PASS, "200")
    problem: YantraError | None = None

    async def sample(
        self, rule: HealthRule, workload: WorkloadState, *, environment: Environment, commit: str, before: Before
    ) -> Sequence[Sample]:
        if self.problem is not None:
            raise self.problem
        now = self.clock.now()
        image = workload.new.images[0] if workload.new else ""
        found = []
        for check in rule.http:
            for pod in workload.pods:
                verdict, detail = self.answer(f"http {check.path}", image, now)
                found.append(Sample(f"http {check.path}", verdict, detail, now, pod=pod.name))
        for name in (*(f"url {one.url}" for one in rule.urls), *(one.name for one in rule.metrics)):
            verdict, detail = self.answer(name, image, now)
            found.append(Sample(name, verdict, detail, now))
        return found


@dataclass(slots=True)
class Deploying:
    """A namespace with a version that serves, and what is deployed to it."""

    env: Environment
    fate: Fate = lambda image, number, age: Look()
    answer: Answer = lambda check, image, now: (Verdict.PASS, "200")
    manifests: Sequence[Manifest] = (deployment(NEW), service())
    was: Sequence[Manifest] = (deployment(OLD), service())
    clock: TickingClock = field(default_factory=TickingClock)
    news: list[str] = field(default_factory=list)
    ended: list[Watched] = field(default_factory=list)
    after_changes: Callable[[RolloutWorld], None] = lambda world: None
    before: Before = field(default_factory=Before)
    reached: int = -1
    is_promoted: Callable[[], bool] = lambda: False
    world: RolloutWorld = field(init=False)
    checks: AnsweredChecks = field(init=False)

    def __post_init__(self) -> None:
        self.world = RolloutWorld(self.clock, self.fate)
        self.checks = AnsweredChecks(self.clock, self.answer)

    async def deploy(self) -> Watched:
        """Go through the stages, up to the first that does not go on; return how that one ended."""
        for one in self.was:
            await self.world.apply(one, mark="run-0")
        await self.clock.sleep(60)
        await self.world.read("Deployment", "shop")
        self.before = await remember(self.world, self.env, self.manifests, at=self.clock.now())
        for number, stage in enumerate(stages(self.env, self.manifests, self.before)):
            self.reached = number
            found = await self.follow(stage)
            if found.action.act is not Act.GO_ON:
                break
        return self.ended[-1]

    async def go_back(self) -> Watched:
        """Undo what was reached; return how the last stage of it ended."""
        for stage in undo(self.env, self.manifests, self.before, self.reached):
            await self.follow(stage)
        return self.ended[-1]

    async def follow(self, stage: Stage) -> Watched:
        began = self.clock.now()
        await self.world.make(stage.changes, mark="run-1")
        self.after_changes(self.world)
        watching = Watching(
            environment=self.env,
            cluster=self.world,
            checks=self.checks,
            clock=self.clock,
            mark="run-1",
            commit=COMMIT,
            before=self.before,
            began=began,
            known=self.ended[-1].workloads if self.ended else self.before.workloads,
            is_promoted=self.is_promoted,
        )
        found = await watch(stage, watching, lambda states, samples, said: self.news.append(said))
        self.ended.append(found)
        return found


def bad(look: Look) -> Fate:
    """Return the fate of a new version that looks so, beside an old one that is well."""
    return lambda image, number, age: look if image == NEW else Look()


def aged(looks: Mapping[float, Look]) -> Fate:
    """Return the fate of a new version that looks from each age on as given, beside an old one that is well."""

    def fate(image: str, number: int, age: float) -> Look:
        found = [look for since, look in looks.items() if age >= since]
        return found[-1] if image == NEW else Look()

    return fate


METRIC = MetricCheck("error rate", 'rate(errors{pod=~"{pods}"}[1m])', most=0.05)
