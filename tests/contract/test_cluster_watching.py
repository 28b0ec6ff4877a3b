"""What watching a service asks of a cluster, on the fake and on a real control plane alike."""

from dataclasses import replace

import pytest

from tests.fakes.cluster.world import SHOP, ClusterWorld, deployment
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.cluster_events import KubernetesEvents
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.clusters.pod_logs import PodLogs
from yantra_bot.clusters.probes import Probes
from yantra_bot.clusters.reach import Reach
from yantra_bot.clusters.service_probes import ServiceProber
from yantra_bot.domain.environment import Environment, HttpCheck
from yantra_bot.domain.monitoring import LogRule, Watch
from yantra_bot.domain.proof import Verdict
from yantra_bot.errors import Transient, UserError

OLD, NEW = "registry.test/shop@sha256:" + "1" * 64, "registry.test/shop@sha256:" + "2" * 64
CRASH = "registry.test/crash@sha256:" + "3" * 64
WATCH = Watch("staging", probes=(HttpCheck(port="http"),))


def clusters(world: ClusterWorld) -> KubernetesClusters:
    return KubernetesClusters([f"main={world.kubeconfig}"], [f"acme/shop=main/{world.namespace}"], world.scratch)


def place(world: ClusterWorld) -> Environment:
    return Environment("staging", "main", world.namespace)


def prober(world: ClusterWorld) -> ServiceProber:
    clock = SystemClock()
    return ServiceProber(clusters(world), Probes(Reach.read(("127.0.0.0/8",), ()), clock), clock)


async def test_every_pod_of_a_service_is_asked(world: ClusterWorld) -> None:
    """With the time that its answer took; a Deployment that is not there has no samples."""
    await world.open().apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    probed = await prober(world).probe(SHOP, place(world), WATCH, target="shop")
    assert [sample.verdict for sample in probed.samples] == [Verdict.PASS] * 2
    assert all(sample.seconds is not None and sample.seconds > 0 for sample in probed.samples)
    assert probed.workload is not None
    assert {sample.pod for sample in probed.samples} == {pod.name for pod in probed.workload.pods}
    nothing = await prober(world).probe(SHOP, place(world), WATCH, target="other")
    assert (nothing.samples, nothing.workload) == ((), None)


async def test_pods_of_the_version_before_serve_too(world: ClusterWorld) -> None:
    """A new version that does not come up does not hide the old one, which answers."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    await world.decree({"2" * 20: "crash"})
    await cluster.apply(deployment(NEW), mark="run-2")

    async def look() -> list[Verdict]:
        probed = await prober(world).probe(SHOP, place(world), WATCH, target="shop")
        assert probed.workload is not None
        return [sample.verdict for sample in probed.samples] if len(probed.workload.pods) > 2 else []

    assert Verdict.PASS in await world.until(look, lambda found: Verdict.PASS in found)


async def test_pods_tell_what_they_wrote(world: ClusterWorld) -> None:
    """Each line with its time and its pod; nothing of longer ago, and nothing of another service."""
    await world.open().apply(deployment(CRASH), mark="run-1")
    logs, clock = PodLogs(clusters(world), SystemClock()), SystemClock()

    async def look() -> list[str]:
        try:
            lines = await logs.read(SHOP, place(world), LogRule(), since=clock.now() - 3_000, limit=100)
        except Transient:  # pods that have not begun have written nothing that could be read
            return []
        assert all(line.at > 1.6e9 for line in lines)
        return [line.text for line in lines]

    found = await world.until(look, lambda lines: lines.count("RuntimeError: giving up") == 2)
    assert sum(line.endswith(" starting") for line in found) == 2
    assert len(await logs.read(SHOP, place(world), LogRule(), since=clock.now() - 3_000, limit=1)) == 1
    with pytest.raises(UserError, match="no Deployment other"):
        await logs.read(SHOP, place(world), LogRule(), since=0, limit=9, target="other")


async def test_warnings_are_read_and_nothing_else(world: ClusterWorld) -> None:
    """As the cluster tells them: about what, why, how often."""
    await world.open().apply(deployment(OLD), mark="run-1")
    about = {"kind": "Pod", "name": "shop-1", "namespace": world.namespace}
    event = {"involvedObject": about, "reason": "BackOff", "message": "Back-off restarting", "type": "Warning"}
    times = {"count": 7, "firstTimestamp": "2026-11-29T10:00:00Z", "lastTimestamp": "2026-11-29T10:05:00Z"}
    path = f"{world.core}/events"
    await world.create(path, {"metadata": {"name": "one"}, **event, **times})
    await world.create(path, {"metadata": {"name": "two"}, **event, **times, "type": "Normal", "reason": "Pulled"})

    async def look() -> list[tuple[str, str, int, float]]:
        found = await KubernetesEvents(clusters(world)).warnings(SHOP, place(world))
        assert all(one.is_warning for one in found)
        return [(one.reason, one.name, one.count, one.at) for one in found]

    assert ("BackOff", "shop-1", 7, 1_795_946_700.0) in await look()


async def test_another_repository_is_let_see_nothing(world: ClusterWorld) -> None:
    """What is watched where is the operator's word."""
    stranger, where = replace(SHOP, name="other"), place(world)
    with pytest.raises(UserError, match="YANTRA_DEPLOY_TARGETS"):
        await prober(world).probe(stranger, where, WATCH, target="shop")
    with pytest.raises(UserError, match="YANTRA_DEPLOY_TARGETS"):
        await PodLogs(clusters(world), SystemClock()).read(stranger, where, LogRule(), since=0, limit=1)
    with pytest.raises(UserError, match="YANTRA_DEPLOY_TARGETS"):
        await KubernetesEvents(clusters(world)).warnings(stranger, where)
