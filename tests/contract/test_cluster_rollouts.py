"""How clusters roll out, on the fake and on a real control plane alike: what verdicts are drawn from."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.fakes.cluster.manifests import merged
from tests.fakes.cluster.world import ClusterWorld, deployment

OLD, NEW = "registry.test/shop@sha256:" + "1" * 64, "registry.test/shop@sha256:" + "2" * 64
MAIN = "spec.template.spec.containers.0"


def condition(live: dict[str, Any], kind: str) -> dict[str, Any]:
    found = [one for one in (live.get("status") or {}).get("conditions") or () if one["type"] == kind]
    return dict(found[0]) if found else {"status": "", "reason": ""}


async def read(world: ClusterWorld) -> dict[str, Any]:
    return await world.admin.json("GET", f"{world.apps}/deployments/shop")


async def new_pods(world: ClusterWorld) -> list[dict[str, Any]]:
    found = await world.admin.json("GET", f"{world.core}/pods")
    return [pod for pod in found["items"] if pod["spec"]["containers"][0]["image"] == NEW]


async def until_new_pod(world: ClusterWorld, word: str) -> dict[str, Any]:
    """Wait for a pod of the new version whose status has a word in it."""
    pods = await world.until(
        lambda: new_pods(world), lambda found: any(word in str(pod.get("status")) for pod in found)
    )
    return next(pod for pod in pods if word in str(pod.get("status")))


@pytest.mark.case("H08")
async def test_a_rollout_that_does_not_progress_fails_while_the_service_stays_available(world: ClusterWorld) -> None:
    """`Progressing` is False by its deadline; `Available` stays true of the old pods and says nothing."""
    await world.decree({"2" * 12: "notready"})
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    # Asking without changing anything: a finished roll-out stays finished.
    assert condition(await read(world), "Progressing")["reason"] == "NewReplicaSetAvailable"
    await cluster.apply(merged(deployment(NEW), {"spec.progressDeadlineSeconds": 2}), mark="run-2")
    live = await world.until(lambda: read(world), lambda found: condition(found, "Progressing")["status"] == "False")
    assert condition(live, "Progressing")["reason"] == "ProgressDeadlineExceeded"
    assert condition(live, "Available")["status"] == "True"
    assert live["status"]["availableReplicas"] == 2
    assert live["status"]["observedGeneration"] == live["metadata"]["generation"]


@pytest.mark.case("H09")
@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        ("crash", "CrashLoopBackOff"),
        ("nopull", "ImagePullBackOff"),
        ("badconfig", "CreateContainerConfigError"),
        ("oom", "OOMKilled"),
    ],
)
async def test_a_pod_says_why_it_does_not_get_on(world: ClusterWorld, fate: str, reason: str) -> None:
    """In the words of the container's state; the old pods serve on."""
    await world.decree({"2" * 12: fate})
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    await cluster.apply(deployment(NEW), mark="run-2")
    pod = await until_new_pod(world, reason)
    (container,) = pod["status"]["containerStatuses"]
    assert reason in str(container["state"])
    assert not container["ready"]
    assert (await read(world))["status"]["availableReplicas"] >= 1


@pytest.mark.case("H09")
async def test_a_pod_that_fits_nowhere_says_so(world: ClusterWorld) -> None:
    """The scheduler's word is a condition."""
    large = {"requests": {"cpu": "1000"}}
    await world.open().apply(deployment(NEW, resources=large), mark="run-1")
    pod = await until_new_pod(world, "Unschedulable")
    (said,) = [one for one in pod["status"]["conditions"] if one["type"] == "PodScheduled"]
    assert (said["status"], said["reason"]) == ("False", "Unschedulable")
    assert "nsufficient cpu" in said["message"]


async def test_pods_answer_on_their_own_addresses_as_their_fate_says(world: ClusterWorld) -> None:
    """Status and version are the pod's; who crashes refuses connections."""
    await world.decree({"1" * 12: "ready version=v1", "2" * 12: "ready status=503 version=v2"})
    cluster = world.open()
    await cluster.apply(deployment(OLD, replicas=1), mark="run-1")
    await world.until_whole("shop", 1)
    await cluster.apply(deployment(NEW, replicas=1), mark="run-2")
    await world.until_whole("shop", 1)
    (pod,) = await world.until(lambda: cluster.select("Pod", {"app": "shop"}), lambda found: len(found) == 1)
    async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
        answer = await client.get(f"http://{pod['status']['podIP']}:8080/health")
        assert (answer.status_code, answer.headers["X-Version"]) == (503, "v2")
        await world.decree({"2" * 12: "crash"})
        await until_new_pod(world, "CrashLoopBackOff")
        with pytest.raises(httpx2.TransportError):
            await client.get(f"http://{pod['status']['podIP']}:8080/health")


async def test_revisions_rise_and_the_oldest_are_forgotten(world: ClusterWorld) -> None:
    """Going back makes the old ReplicaSet the newest revision; beyond the limit old ones are gone."""
    cluster = world.open()
    versions = [f"registry.test/shop@sha256:{sign * 64}" for sign in "123"]
    for number, image in enumerate([*versions, versions[1]], 1):
        manifest = merged(deployment(image, replicas=1), {"spec.revisionHistoryLimit": 1})
        await cluster.apply(manifest, mark=f"run-{number}")
        live = await world.until_whole("shop", 1)
        assert live["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == str(number)
        # Clusters before 1.22 forget by time of creation, which counts in seconds: equal ones go by name.
        await asyncio.sleep(1.1)
    sets = await world.until(world.replica_sets, lambda found: len(found) == 2)
    images = {
        one["spec"]["template"]["spec"]["containers"][0]["image"]: one["metadata"]["annotations"][
            "deployment.kubernetes.io/revision"
        ]
        for one in sets
    }
    assert images == {versions[1]: "4", versions[2]: "3"}


@pytest.mark.case("H17")
async def test_a_paused_deployment_rolls_nothing_out(world: ClusterWorld) -> None:
    """Its status is of the present generation, and has no new pods."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    await world.change(f"{world.apps}/deployments/shop", {"spec": {"paused": True}})
    await cluster.apply(deployment(NEW), mark="run-2")
    live = await world.until(
        lambda: read(world), lambda found: found["status"]["observedGeneration"] == found["metadata"]["generation"]
    )
    assert live["status"].get("updatedReplicas") in (None, 0)
    assert await new_pods(world) == []


@pytest.mark.case("H17")
async def test_zero_replicas_are_a_whole_deployment(world: ClusterWorld) -> None:
    """No pods, no trouble."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    await cluster.scale("shop", 0)
    live = await world.until_whole("shop", 0)
    assert condition(live, "Progressing")["status"] == "True"
