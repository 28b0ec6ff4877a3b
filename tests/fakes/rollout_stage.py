"""Whole roll-outs on a cluster that is really there: what serves, what is deployed, watched and gone back from."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.cluster.world import ClusterWorld, deployment, service
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.checks import Checks
from yantra_bot.clusters.kubernetes_door import KubernetesNamespace
from yantra_bot.clusters.probes import Probes
from yantra_bot.clusters.prometheus import Prometheus
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.clusters.reach import Reach
from yantra_bot.deploy.strategies import remember, stages, undo
from yantra_bot.deploy.watching import Watching, watch
from yantra_bot.domain.environment import Environment, HealthRule, HttpCheck, Strategy, StrategyKind
from yantra_bot.domain.rollout import (
    Act,
    Apply,
    Before,
    Change,
    Manifest,
    Remove,
    Restore,
    Route,
    Scale,
    Stage,
    Watched,
)

OLD, NEW = "registry.test/shop@sha256:" + "1" * 64, "registry.test/shop@sha256:" + "2" * 64
COMMIT = "c0ffee" + "0" * 34
RULE = HealthRule(
    http=(HttpCheck(port="http"),), interval_seconds=1, start_seconds=3, deadline_seconds=120, silence_samples=10
)


def environment_of(kind: StrategyKind, namespace: str, *, rule: HealthRule = RULE, hold: float = 3) -> Environment:
    strategy = Strategy(kind, (50,), hold_seconds=hold)
    return Environment("staging", "main", namespace, health=rule, strategy=strategy)


async def make(cluster: KubernetesNamespace, changes: Sequence[Change], *, mark: str) -> None:
    """Do what a stage says."""
    for one in changes:
        match one:
            case Apply(manifest):
                await cluster.apply(manifest, mark=mark)
            case Scale(name, replicas):
                await cluster.scale(name, replicas)
            case Route(name, selector):
                await cluster.route(name, selector)
            case Restore(name, replica_set):
                await cluster.restore(name, replica_set, mark=mark)
            case Remove(kind, name):
                await cluster.remove(kind, name)


@dataclass(slots=True)
class RealRollout:
    """One namespace in which OLD serves, and a deployment of NEW to it."""

    world: ClusterWorld
    environment: Environment
    new: Manifest = field(default_factory=lambda: deployment(NEW))
    others: tuple[Manifest, ...] = ()
    before: Before = field(default_factory=Before)
    reached: int = -1
    mark: str = "run-1"
    ended: list[Watched] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    changed_at: list[float] = field(default_factory=list)
    """When the last change of each stage was made."""
    cluster: KubernetesNamespace = field(init=False)
    checks: Checks = field(init=False)

    def __post_init__(self) -> None:
        self.cluster = self.world.open()
        clock = SystemClock()
        self.checks = Checks(Probes(Reach.read(("127.0.0.0/8",), ()), clock), Prometheus(PrometheusDoor(""), clock))

    @classmethod
    async def begin(cls, world: ClusterWorld, environment: Environment, fate: str, **spec: Any) -> "RealRollout":
        """Have OLD serve, and NEW meet its fate."""
        new = deployment(NEW)
        new["spec"] |= spec
        found = cls(world, environment, new)
        await world.decree({"2" * 20: fate})
        await make(found.cluster, [Apply(deployment(OLD)), Apply(service())], mark="run-0")
        await world.until_whole("shop")
        found.before = await remember(found.cluster, environment, found.manifests, at=0.0)
        return found

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        return self.new, service(), *self.others

    async def deploy_next(self, image: str, *, mark: str) -> Watched:
        """Deploy another version, as another run does."""
        self.new, self.mark, self.ended = deployment(image), mark, []
        self.before = await remember(self.cluster, self.environment, self.manifests, at=0.0)
        return await self.deploy()

    async def deploy(self) -> Watched:
        """Go through the stages, up to the first that does not go on."""
        for number, stage in enumerate(stages(self.environment, self.manifests, self.before)):
            self.reached = number
            if (found := await self.follow(stage)).action.act is not Act.GO_ON:
                return found
        return self.ended[-1]

    async def go_back(self) -> Watched:
        for stage in undo(self.environment, self.manifests, self.before, self.reached):
            await self.follow(stage)
        return self.ended[-1]

    async def follow(self, stage: Stage) -> Watched:
        clock = SystemClock()
        began = clock.now()
        await make(self.cluster, stage.changes, mark=self.mark)
        self.changed_at.append(clock.now())
        watching = Watching(
            environment=self.environment,
            cluster=self.cluster,
            checks=self.checks,
            clock=clock,
            mark=self.mark,
            commit="",
            before=self.before,
            began=began,
            known=self.ended[-1].workloads if self.ended else self.before.workloads,
        )
        self.ended.append(await watch(stage, watching, lambda states, samples, said: self.news.append(said)))
        return self.ended[-1]

    async def serving(self) -> set[str]:
        """Return the images of the ready pods that the Service chooses."""
        found = await self.cluster.read("Service", "shop")
        assert found is not None
        pods = await self.cluster.select("Pod", found["spec"]["selector"])
        ready = [
            one
            for one in pods
            if not one["metadata"].get("deletionTimestamp")
            and any(status["ready"] for status in one["status"].get("containerStatuses", ()))
        ]
        return {str(one["spec"]["containers"][0]["image"]) for one in ready}


async def in_all_strategies(
    world: ClusterWorld, scratch: Path, fate: str, *, hold: float = 3, **spec: Any
) -> list[RealRollout]:
    """Return a roll-out of each strategy, each in a namespace of its own."""
    worlds = [world, *[await ClusterWorld(world.kubeconfig, scratch / str(number)).make() for number in range(2)]]
    begun = (
        RealRollout.begin(place, environment_of(kind, place.namespace, hold=hold), fate, **spec)
        for place, kind in zip(worlds, StrategyKind, strict=True)
    )
    return list(await asyncio.gather(*begun))
