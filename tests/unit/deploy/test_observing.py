"""Reading a Deployment, its versions and pods out of the cluster's JSON."""

import copy
from typing import Any

import pytest

from tests.fakes.rollouts import NEW, OLD, deployment
from yantra_bot.deploy.observing import digest_of, owned_by, present, read_workload
from yantra_bot.deploy.troubles import trouble_of
from yantra_bot.domain.workload import TroubleKind


def live(image: str = NEW, **spec: Any) -> dict[str, Any]:
    found = deployment(image, **spec)
    found["metadata"] |= {"uid": "d", "generation": 4, "annotations": {"yantra.dev/run": "run-9"}}
    found["status"] = {"observedGeneration": 3, "replicas": 3, "updatedReplicas": 1, "conditions": [CONDITION]}
    return found


CONDITION = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out"}


def replica_set(name: str, image: str, revision: int, *, owner: str = "d", born: str = "1") -> dict[str, Any]:
    template = copy.deepcopy(deployment(image)["spec"]["template"])
    template["metadata"]["labels"]["pod-template-hash"] = name
    template["metadata"]["creationTimestamp"] = None
    return {
        "metadata": {
            "name": name,
            "uid": name,
            "labels": template["metadata"]["labels"],
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [{"uid": owner, "controller": True}],
            "creationTimestamp": born,
        },
        "spec": {"replicas": 1, "template": template},
        "status": {"replicas": 1, "readyReplicas": 1, "availableReplicas": 1},
    }


def pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "web"}]}, "status": status}


def container(state: dict[str, Any], *, restarts: int = 0, last: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": "web", "restartCount": restarts, "state": state, "lastState": last or {}}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"waiting": {"reason": reason, "message": message}}


LEAK = {"terminated": {"reason": "OOMKilled"}}


def test_a_deployment_is_read_with_its_versions() -> None:
    """The present one by its template, the others the newest first; what leaves something out is no error."""
    state = read_workload(live(), [replica_set("a", OLD, 1), replica_set("b", NEW, 3), replica_set("c", "x", 2)], [])
    assert (state.generation, state.observed_generation, state.is_seen, state.mark) == (4, 3, False, "run-9")
    assert state.new is not None
    assert (state.new.name, state.new.images, state.new.template_hash) == ("b", (NEW,), "b")
    assert [one.name for one in state.old] == ["c", "a"]
    assert state.progressing is not None
    assert state.progressing.reason == "ProgressDeadlineExceeded"
    bare = read_workload({"metadata": {"name": "shop"}, "spec": {}}, [], [])
    assert (bare.wanted, bare.new, bare.pods) == (1, None, ())


def test_a_version_says_of_which_commit_it_is() -> None:
    """By the annotation of its pods' template; nobody's is of none, and the ReplicaSet's own says nothing."""
    old, new = replica_set("a", OLD, 1), replica_set("b", NEW, 2)
    old["spec"]["template"]["metadata"]["annotations"] = {"yantra.dev/commit": "c0ffee"}
    new["metadata"]["annotations"]["yantra.dev/commit"] = "deadbeef"
    state = read_workload(live(), [old, new], [])
    assert state.new is not None
    assert (state.new.commit, state.old[0].commit) == ("", "c0ffee")


@pytest.mark.case("H16")
def test_the_present_version_is_known_by_its_template_and_not_by_its_number() -> None:
    """Numbers lag; among equals the oldest is taken, as the controller does; none is none."""
    old, new = replica_set("a", OLD, 9), replica_set("b", NEW, 1, born="2")
    assert present(live(), [old, new]) is new
    assert present(live(), [old]) is None
    twin = replica_set("t", NEW, 5, born="0")
    assert present(live(), [new, twin]) is twin


def test_strangers_with_the_same_labels_are_left_out() -> None:
    """A version belongs to the Deployment that controls it."""
    own, other = replica_set("a", OLD, 1), replica_set("b", OLD, 1, owner="somebody")
    assert owned_by(live(), [own, other]) == [own]


def test_a_change_of_the_number_alone_is_no_change_of_the_specification() -> None:
    """An autoscaler moves the one; the other is somebody's work."""
    assert digest_of(live(replicas=2)) == digest_of(live(replicas=7))
    assert digest_of(live()) != digest_of(live(minReadySeconds=1))
    assert digest_of(live()) != digest_of(live(OLD))


@pytest.mark.case("H09")
@pytest.mark.parametrize(
    ("status", "kind", "is_final"),
    [
        ({"containerStatuses": [container(waiting("CrashLoopBackOff"), restarts=2)]}, TroubleKind.CRASHES, True),
        ({"initContainerStatuses": [container(waiting("CrashLoopBackOff"))]}, TroubleKind.CRASHES, True),
        ({"containerStatuses": [container(waiting("ImagePullBackOff", "Back-off"))]}, TroubleKind.NO_IMAGE, False),
        ({"containerStatuses": [container(waiting("ErrImagePull", "code = NotFound"))]}, TroubleKind.NO_IMAGE, True),
        ({"containerStatuses": [container(waiting("ErrImagePull", "denied"))]}, TroubleKind.NO_IMAGE, True),
        ({"containerStatuses": [container(waiting("ErrImagePull", "i/o timeout"))]}, TroubleKind.NO_IMAGE, False),
        ({"containerStatuses": [container(waiting("InvalidImageName"))]}, TroubleKind.NO_IMAGE, True),
        ({"containerStatuses": [container(waiting("CreateContainerConfigError"))]}, TroubleKind.BAD_CONFIG, False),
        (
            {"containerStatuses": [container({"terminated": {"reason": "OOMKilled", "exitCode": 137}}, restarts=1)]},
            TroubleKind.OUT_OF_MEMORY,
            True,
        ),
        (
            {
                "containerStatuses": [
                    container({"running": {}}, restarts=1, last={"terminated": {"reason": "OOMKilled"}})
                ]
            },
            TroubleKind.OUT_OF_MEMORY,
            False,
        ),
        ({"containerStatuses": [container({"terminated": {"exitCode": 1}})]}, TroubleKind.EXITED, False),
        (
            {"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]},
            TroubleKind.UNSCHEDULABLE,
            False,
        ),
        ({"phase": "Failed", "reason": "Evicted"}, TroubleKind.EVICTED, False),
    ],
)
def test_trouble_is_named_and_final_where_waiting_does_not_end_it(
    status: dict[str, Any], kind: TroubleKind, is_final: bool
) -> None:
    """In the cluster's own words."""
    found = trouble_of(pod(**status))
    assert found is not None
    assert (found.kind, found.is_final) == (kind, is_final)


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"containerStatuses": [container({"running": {}})]},
        {"containerStatuses": [container({"running": {}}, restarts=1, last={"terminated": {"exitCode": 1}})]},
        {"containerStatuses": [container(waiting("ContainerCreating"))]},
        {"initContainerStatuses": [container({"terminated": {"exitCode": 0, "reason": "Completed"}})]},
    ],
)
def test_what_is_usual_is_no_trouble(status: dict[str, Any]) -> None:
    """Starting, running, running again, done."""
    assert trouble_of(pod(**status)) is None


def test_long_messages_are_cut_and_what_is_final_comes_first() -> None:
    """A pod's words are a stranger's."""
    crashing = container(waiting("CrashLoopBackOff", "x" * 10_000), last={"terminated": {"exitCode": 3}})
    found = trouble_of(pod(containerStatuses=[container(waiting("ImagePullBackOff")), crashing]))
    assert found is not None
    assert (found.kind, len(found.message)) == (TroubleKind.CRASHES, 500)
