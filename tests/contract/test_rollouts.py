"""Roll-outs on a real control plane: each ends as it has to, by rolling replacement, canary and blue-green alike."""

import asyncio
from pathlib import Path

import pytest

from tests.fakes.cluster.world import ClusterWorld
from tests.fakes.rollout_stage import NEW, OLD, RealRollout, environment_of, in_all_strategies, make
from yantra_bot.deploy.strategies import remember
from yantra_bot.deploy_ports import Gone
from yantra_bot.domain.environment import StrategyKind
from yantra_bot.domain.rollout import Act, Apply, Manifest

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("fate", ["ready", "slow"])
async def test_a_good_version_serves_alone_at_the_end(real_cluster: ClusterWorld, tmp_path: Path, fate: str) -> None:
    """Also one that takes its time to start."""
    for rollout, found in await ended(await in_all_strategies(real_cluster, tmp_path, fate)):
        assert (found, rollout.ended[-1].action) == (Act.GO_ON, rollout.ended[-1].action)
        await real_cluster.until(rollout.serving, lambda images: images == {NEW})


@pytest.mark.case("H08")
@pytest.mark.case("H09")
@pytest.mark.case("H10")
@pytest.mark.parametrize(
    ("fate", "said"),
    [
        ("crash", "CrashLoopBackOff"),
        ("latecrash", "CrashLoopBackOff"),
        ("nopull", "ImagePullBackOff"),
        ("badconfig", "CreateContainerConfigError"),
        ("oom", "OOMKilled"),
        ("notready", "ProgressDeadlineExceeded"),
        ("flap", ""),
        ("ready status=503", "HTTP 503"),
    ],
)
async def test_a_bad_version_is_gone_back_from(
    real_cluster: ClusterWorld, tmp_path: Path, fate: str, said: str
) -> None:
    """With the reason in the cluster's words, and the old version serves alone again."""
    rollouts = await in_all_strategies(real_cluster, tmp_path, fate, hold=20, progressDeadlineSeconds=10)
    for rollout, found in await ended(rollouts):
        last = rollout.ended[-1]
        assert (found, last.action) == (Act.ROLL_BACK, last.action)
        assert said in f"{last.action.reason} {last.action.evidence}"
        if fate == "crash":
            assert "RuntimeError: giving up" in last.log
    backs = await asyncio.gather(*(rollout.go_back() for rollout in rollouts))
    for rollout, back in zip(rollouts, backs, strict=True):
        assert (back.action.act, back.action) == (Act.GO_ON, back.action)
        await real_cluster.until(rollout.serving, lambda images: images == {OLD})


@pytest.mark.case("H14")
async def test_what_somebody_else_changes_is_left(real_cluster: ClusterWorld) -> None:
    """Nothing of it is overwritten."""
    rollout = await RealRollout.begin(
        real_cluster, environment_of(StrategyKind.ROLLING, real_cluster.namespace), "notready"
    )
    deploying = asyncio.ensure_future(rollout.deploy())
    await real_cluster.until(lambda: asyncio.sleep(0, list(rollout.news)), len)
    template = {"spec": {"containers": [{"name": "main", "image": "registry.test/other@sha256:" + "3" * 64}]}}
    await real_cluster.change(f"{real_cluster.apps}/deployments/shop", {"spec": {"template": template}})
    found = await deploying
    assert (found.action.act, found.action) == (Act.LEAVE, found.action)


@pytest.mark.case("H17")
async def test_a_paused_deployment_asks(real_cluster: ClusterWorld) -> None:
    """Nothing is rolled out, so nothing can be said."""
    rollout = await RealRollout.begin(
        real_cluster, environment_of(StrategyKind.ROLLING, real_cluster.namespace), "ready", paused=True
    )
    found = await rollout.deploy()
    assert (found.action.act, "paused" in found.action.reason) == (Act.ASK, True)


@pytest.mark.case("H12")
async def test_a_version_that_is_no_more_cannot_be_gone_back_to(real_cluster: ClusterWorld) -> None:
    """It is a clear failure, and is not tried again and again."""
    rollout = await RealRollout.begin(
        real_cluster, environment_of(StrategyKind.ROLLING, real_cluster.namespace), "crash"
    )
    assert (await rollout.deploy()).action.act is Act.ROLL_BACK
    (old,) = [one.new for one in rollout.before.workloads]
    assert old is not None
    await rollout.cluster.remove("ReplicaSet", old.name)
    with pytest.raises(Gone, match=old.name):
        await rollout.go_back()


async def test_after_going_back_the_next_versions_are_deployed(real_cluster: ClusterWorld, tmp_path: Path) -> None:
    """What went back is as it was, with all that belongs to it, and nothing stands in the way of what comes next."""
    rollouts = await in_all_strategies(real_cluster, tmp_path, "crash")
    for rollout in rollouts:
        await make(rollout.cluster, [Apply(one) for one in OTHERS], mark="run-0")
        rollout.others = tuple(changed(one) for one in OTHERS)
        rollout.before = await remember(rollout.cluster, rollout.environment, rollout.manifests, at=0.0)
    for rollout, found in await ended(rollouts):
        assert (found, rollout.ended[-1].action) == (Act.ROLL_BACK, rollout.ended[-1].action)

    async def go_on(rollout: RealRollout) -> None:
        back = await rollout.go_back()
        assert (back.action.act, back.action) == (Act.GO_ON, back.action)
        config = await rollout.cluster.read("ConfigMap", "settings")
        assert config is not None
        assert config["data"] == {"level": "1", "old": "yes"}
        for number, image in enumerate(("3", "4")):
            digest = "registry.test/shop@sha256:" + image * 64
            found = await rollout.deploy_next(digest, mark=f"run-{2 + number}")
            assert (found.action.act, found.action) == (Act.GO_ON, found.action)
            await rollout.world.until(rollout.serving, lambda images, digest=digest: images == {digest})

    await asyncio.gather(*map(go_on, rollouts))


def changed(manifest: Manifest) -> Manifest:
    """Return an object as the bad version has it."""
    return {**manifest, "data": {"level": "2"}} if manifest["kind"] == "ConfigMap" else manifest


CPU = {"type": "Utilization", "averageUtilization": 80}
OTHERS: tuple[Manifest, ...] = (
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"level": "1", "old": "yes"}},
    {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "shop"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"},
            "minReplicas": 2,
            "maxReplicas": 4,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": CPU}}],
        },
    },
    {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "shop"},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "shop"}}},
    },
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "shop"},
        "spec": {"podSelector": {"matchLabels": {"app": "shop"}}, "policyTypes": ["Ingress"], "ingress": [{}]},
    },
)


async def ended(rollouts: list[RealRollout]) -> list[tuple[RealRollout, Act]]:
    found = await asyncio.gather(*(rollout.deploy() for rollout in rollouts))
    return [(rollout, one.action.act) for rollout, one in zip(rollouts, found, strict=True)]
