"""What the port Cluster promises, on the fake and on a real control plane alike."""

import pytest

from tests.fakes.cluster.manifests import merged
from tests.fakes.cluster.world import ClusterWorld, deployment, service
from yantra_bot.deploy.owned_fields import has_ours
from yantra_bot.deploy_ports import ChangedByOthers, Gone
from yantra_bot.domain.rollout import Adjustment
from yantra_bot.errors import UserError

OLD, NEW = "registry.test/shop@sha256:" + "1" * 64, "registry.test/shop@sha256:" + "2" * 64


def image_of(live: object) -> str:
    return str(live["spec"]["template"]["spec"]["containers"][0]["image"])  # type: ignore[index] # (JSON)


async def test_an_applied_object_can_be_read_and_carries_the_mark(world: ClusterWorld) -> None:
    """What is applied is there, in the namespace, and says which run did it."""
    cluster = world.open()
    assert await cluster.read("Deployment", "shop") is None
    await cluster.apply(deployment(OLD), mark="run-1")
    live = await cluster.read("Deployment", "shop")
    assert live is not None
    assert (live["kind"], live["metadata"]["namespace"], image_of(live)) == ("Deployment", world.namespace, OLD)
    assert live["metadata"]["annotations"]["yantra.dev/run"] == "run-1"
    assert has_ours(live)


async def test_applying_twice_is_applying_once(world: ClusterWorld) -> None:
    """A step that is done again after a kill changes nothing."""
    cluster = world.open()
    first = await cluster.apply(deployment(OLD), mark="run-1")
    second = await cluster.apply(deployment(OLD), mark="run-1")
    assert second["metadata"]["generation"] == first["metadata"]["generation"] == 1


async def test_a_rollout_makes_pods_that_can_be_selected(world: ClusterWorld) -> None:
    """ReplicaSets and pods are found by labels; a pod has an address and answers there."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    (replica_set,) = await cluster.select("ReplicaSet", {"app": "shop"})
    assert (replica_set["kind"], image_of(replica_set)) == ("ReplicaSet", OLD)
    digest = replica_set["metadata"]["labels"]["pod-template-hash"]
    pods = await cluster.select("Pod", {"app": "shop", "pod-template-hash": digest})
    assert {pod["kind"] for pod in pods} == {"Pod"}
    assert len({pod["status"]["podIP"] for pod in pods}) == 2
    assert await cluster.select("Pod", {"app": "other"}) == ()


async def test_a_dry_run_says_what_would_change_and_changes_nothing(world: ClusterWorld) -> None:
    """The difference is the server's own; what says nothing is left out."""
    cluster = world.open()
    (new,) = await cluster.diff([deployment(OLD)])
    assert (new.is_new, new.kind, new.name) == (True, "Deployment", "shop")
    await cluster.apply(deployment(OLD), mark="run-1")
    (same,) = await cluster.diff([deployment(OLD)])
    assert same.lines == ()
    changed, fresh = await cluster.diff([deployment(NEW, replicas=3), service()])
    assert changed.lines == (
        "spec.replicas: 2 → 3",
        f"spec.template.spec.containers[main].image: {OLD} → {NEW}",
    )
    assert fresh.is_new
    live = await cluster.read("Deployment", "shop")
    assert live is not None
    assert (live["spec"]["replicas"], await cluster.read("Service", "shop")) == (2, None)


@pytest.mark.case("H14")
async def test_a_field_that_somebody_else_sets_is_not_taken(world: ClusterWorld) -> None:
    """The refusal names who sets what; nothing is changed."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.change(f"{world.apps}/deployments/shop", {"spec": {"replicas": 7}})
    with pytest.raises(ChangedByOthers, match=r'\.spec\.replicas: conflict with "kubectl-edit"'):
        await cluster.apply(deployment(NEW), mark="run-2")
    live = await cluster.read("Deployment", "shop")
    assert live is not None
    assert (live["spec"]["replicas"], image_of(live)) == (7, OLD)


async def test_what_kubectl_made_is_taken_over_only_where_the_environment_says_so(world: ClusterWorld) -> None:
    """The first deployment of a service that was deployed by hand before."""
    made = deployment(OLD)
    await world.admin.json(
        "POST", f"{world.apps}/deployments", query={"fieldManager": "kubectl-client-side-apply"}, body=made
    )
    with pytest.raises(ChangedByOthers, match="takes_over"):
        await world.open().apply(deployment(NEW), mark="run-1")
    taking = world.open(takes_over=True)
    assert image_of(await taking.apply(deployment(NEW), mark="run-1")) == NEW
    await world.change(f"{world.apps}/deployments/shop", {"spec": {"replicas": 7}})
    with pytest.raises(ChangedByOthers):
        await taking.apply(deployment(OLD), mark="run-2")


async def test_an_object_of_another_service_is_not_taken(world: ClusterWorld) -> None:
    """Two repositories may share a namespace; what one applied is not the other's, though the name is the bot's."""
    cluster = world.open()
    first, second = (merged(service(), {"metadata.labels": {"yantra.dev/service": one}}) for one in ("shop", "bank"))
    await cluster.apply(first, mark="run-1")
    for call in (cluster.apply(second, mark="run-2"), cluster.diff([second])):
        with pytest.raises(ChangedByOthers, match="belongs to the service shop"):
            await call


async def test_an_earlier_version_is_restored_and_later_applies_do_not_conflict(world: ClusterWorld) -> None:
    """The old ReplicaSet itself serves again, not a third one; the next deployment goes on from there."""
    cluster = world.open()
    settings = [{"name": "MODE", "value": "old"}, {"name": "ONLY_OLD", "value": "1"}]
    await cluster.apply(deployment(OLD, env=settings), mark="run-1")
    await world.until_whole("shop")
    (before,) = await cluster.select("ReplicaSet", {"app": "shop"})
    changed = [{"name": "MODE", "value": "new"}, {"name": "ONLY_NEW", "value": "1"}]
    await cluster.apply(deployment(NEW, env=changed), mark="run-2")
    await world.until_whole("shop")
    await cluster.restore("shop", before["metadata"]["name"], mark="run-2")
    live = await world.until_whole("shop")
    assert image_of(live) == OLD
    assert live["spec"]["template"]["spec"]["containers"][0]["env"] == settings
    sets = {one["metadata"]["name"]: one["spec"]["replicas"] for one in await world.replica_sets()}
    assert (sets[before["metadata"]["name"]], sorted(sets.values())) == (2, [0, 2])
    await cluster.restore("shop", before["metadata"]["name"], mark="run-2")
    again = await cluster.apply(deployment(NEW, env=changed, replicas=3), mark="run-3")
    assert (image_of(again), again["spec"]["replicas"]) == (NEW, 3)
    assert again["spec"]["template"]["spec"]["containers"][0]["env"] == changed


async def test_a_template_is_adjusted_and_keeps_everything_else(world: ClusterWorld) -> None:
    """Again the same changes nothing; what was deployed, with its limits, is otherwise as it was."""
    cluster = world.open()
    made = deployment(OLD, resources={"limits": {"memory": "64Mi", "cpu": "500m"}})
    await cluster.apply(made, mark="run-1")
    before = await world.until_whole("shop")
    more = Adjustment({"yantra.dev/restarted": "run-2"}, {"main": {"limits": {"memory": "96Mi"}}})
    await cluster.adjust("shop", more, mark="run-2")
    live = await world.until_whole("shop")
    (container,) = live["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"] == {"memory": "96Mi", "cpu": "500m"}
    assert image_of(live) == OLD
    assert live["spec"]["template"]["metadata"]["annotations"]["yantra.dev/restarted"] == "run-2"
    assert live["metadata"]["annotations"]["yantra.dev/run"] == "run-2"
    assert live["metadata"]["generation"] > before["metadata"]["generation"]
    await cluster.adjust("shop", more, mark="run-2")
    again = await cluster.read("Deployment", "shop")
    assert again is not None
    assert again["metadata"]["generation"] == live["metadata"]["generation"]
    with pytest.raises(Gone, match="no container other"):
        await cluster.adjust("shop", Adjustment(resources={"other": {"limits": {"memory": "1Gi"}}}), mark="run-2")
    # What is deployed next brings back what it says, and nothing of it is anybody else's.
    deployed = await cluster.apply(made, mark="run-3")
    assert deployed["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] == "64Mi"
    assert "yantra.dev/restarted" not in (deployed["spec"]["template"]["metadata"].get("annotations") or {})


async def test_a_limit_that_somebody_else_set_is_not_taken(world: ClusterWorld) -> None:
    """Who set it is named; nothing is changed."""
    cluster = world.open()
    await cluster.apply(deployment(OLD, resources={"limits": {"memory": "64Mi"}}), mark="run-1")
    theirs = [{"name": "main", "image": OLD, "resources": {"limits": {"memory": "80Mi"}}}]
    await world.change(f"{world.apps}/deployments/shop", {"spec": {"template": {"spec": {"containers": theirs}}}})
    with pytest.raises(ChangedByOthers, match="memory"):
        await cluster.adjust("shop", Adjustment(resources={"main": {"limits": {"memory": "96Mi"}}}), mark="run-2")


@pytest.mark.case("H12")
async def test_a_version_that_is_no_more_cannot_be_restored(world: ClusterWorld) -> None:
    """It is said, and nothing is changed."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    with pytest.raises(Gone, match="is no more"):
        await cluster.restore("shop", "shop-0000000000", mark="run-1")


async def test_a_template_that_somebody_changed_is_not_overwritten_by_a_restore(world: ClusterWorld) -> None:
    """Going back would keep what they set: neither the old version nor theirs, so nothing is done."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await world.until_whole("shop")
    (before,) = await cluster.select("ReplicaSet", {"app": "shop"})
    await cluster.apply(deployment(NEW), mark="run-2")
    theirs = {"spec": {"template": {"metadata": {"annotations": {"restarted": "now"}}}}}
    await world.change(f"{world.apps}/deployments/shop", theirs)
    with pytest.raises(ChangedByOthers, match="somebody else set since"):
        await cluster.restore("shop", before["metadata"]["name"], mark="run-2")
    assert image_of(await cluster.read("Deployment", "shop")) == NEW


async def test_a_deployment_is_scaled_and_applied_again_without_conflict(world: ClusterWorld) -> None:
    """The number is ours before and after."""
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    await cluster.scale("shop", 0)
    live = await cluster.read("Deployment", "shop")
    assert live is not None
    assert (live["spec"]["replicas"], image_of(live)) == (0, OLD)
    again = await cluster.apply(deployment(NEW), mark="run-2")
    assert again["spec"]["replicas"] == 2
    with pytest.raises(Gone):
        await cluster.scale("other", 1)


@pytest.mark.case("H17")
async def test_an_autoscalers_number_is_left_to_it_unless_a_rollout_says_one(world: ClusterWorld) -> None:
    """A manifest without replicas keeps the autoscaler's; scaling to zero goes before it."""
    cluster = world.open()
    await cluster.apply(deployment(OLD, replicas=2), mark="run-1")
    kept = await cluster.apply(deployment(OLD, replicas=None), mark="run-2")
    assert kept["spec"]["replicas"] == 2
    await world.change(f"{world.apps}/deployments/shop", {"spec": {"replicas": 5}}, manager="kube-controller-manager")
    after = await cluster.apply(deployment(NEW, replicas=None), mark="run-3")
    assert (after["spec"]["replicas"], image_of(after)) == (5, NEW)
    await cluster.scale("shop", 0)
    live = await cluster.read("Deployment", "shop")
    assert live is not None
    assert live["spec"]["replicas"] == 0


async def test_a_service_is_routed_to_exactly_these_labels(world: ClusterWorld) -> None:
    """Labels that are left out are gone; those of somebody else stop it."""
    cluster = world.open()
    await cluster.apply(service(app="shop", colour="blue"), mark="run-1")
    await cluster.route("shop", {"app": "shop", "version": "2"})
    live = await cluster.read("Service", "shop")
    assert live is not None
    assert live["spec"]["selector"] == {"app": "shop", "version": "2"}
    await world.change(f"{world.core}/services/shop", {"spec": {"selector": {"theirs": "1"}}})
    # Older servers tell the labels of a selector apart, newer ones have it as a whole.
    with pytest.raises(ChangedByOthers, match=r"theirs|\.spec\.selector"):
        await cluster.route("shop", {"app": "shop", "colour": "blue"})


async def test_what_is_removed_is_gone_and_may_be_removed_again(world: ClusterWorld) -> None:
    """Removing is done again after a kill, too."""
    cluster = world.open()
    await cluster.apply(service(), mark="run-1")
    await cluster.remove("Service", "shop")
    assert await cluster.read("Service", "shop") is None
    await cluster.remove("Service", "shop")


@pytest.mark.case("H05")
async def test_what_the_server_refuses_is_the_repositorys_mistake(world: ClusterWorld) -> None:
    """The dry run says it, in the server's words."""
    wrong = deployment(OLD)
    wrong["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    with pytest.raises(UserError, match="selector"):
        await world.open().diff([wrong])


async def test_versions_are_those_that_the_server_has(world: ClusterWorld) -> None:
    """A budget and an autoscaler of today are applied, in the version that is there."""
    cluster = world.open()
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "shop"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "shop"}}},
    }
    goal = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    autoscaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "shop"},
        "spec": {"minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": target, "metrics": [goal]},
    }
    for manifest in (budget, autoscaler):
        assert (await cluster.apply(manifest, mark="run-1"))["metadata"]["name"] == "shop"
    assert all(not one.lines for one in await cluster.diff([budget, autoscaler]))


async def test_a_containers_last_lines_are_read(world: ClusterWorld) -> None:
    """Also of the instance before, where there was one; of a pod that is gone there are none."""
    await world.decree({"1" * 12: "crash"})
    cluster = world.open()
    await cluster.apply(deployment(OLD), mark="run-1")
    pods = await world.until(
        lambda: cluster.select("Pod", {"app": "shop"}),
        lambda found: len(found) == 2 and all((pod.get("status") or {}).get("containerStatuses") for pod in found),
    )
    name = str(pods[0]["metadata"]["name"])
    assert "giving up" in await cluster.log(name, "main", lines=50, is_previous=True)
    assert await cluster.log(name, "main", lines=1, is_previous=False) == "RuntimeError: giving up\n"
    assert await cluster.log("no-such-pod", "main", lines=5, is_previous=False) == ""
