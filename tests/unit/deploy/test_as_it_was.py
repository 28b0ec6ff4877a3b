"""What is remembered of an object, to be gone back to: what is ours, and nothing that would become ours by it."""

from typing import Any

from yantra_bot.deploy.objects import as_it_was

OURS = {"f:spec": {"f:selector": {}, "f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}}}}}


def live(*, is_ours: bool) -> dict[str, Any]:
    managed = [{"manager": "yantra", "operation": "Apply", "fieldsV1": OURS}] if is_ours else []
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "shop", "uid": "1", "resourceVersion": "9", "managedFields": managed},
        "spec": {
            "selector": {"app": "shop"},
            "ports": [{"port": 80, "protocol": "TCP", "targetPort": 8080}],
            "clusterIP": "10.0.0.7",
            "sessionAffinity": "None",
        },
        "status": {"loadBalancer": {}},
    }


WANTED = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "shop"},
    "spec": {"selector": {"app": "new"}, "ports": [{"port": 81}]},
}


def test_of_what_we_applied_it_is_what_is_ours_with_its_values_of_now() -> None:
    """A Service's address is the cluster's: applied once under our name, the next deployment would unset it."""
    found = as_it_was(live(is_ours=True), WANTED)
    assert found["spec"] == {"selector": {"app": "shop"}, "ports": [{"port": 80, "protocol": "TCP"}]}
    assert set(found["metadata"]) == {"name"}
    assert "status" not in found


def test_of_what_others_made_it_is_what_the_manifest_names() -> None:
    """Everything else stays theirs."""
    found = as_it_was(live(is_ours=False), WANTED)
    assert found["spec"] == {"selector": {"app": "shop"}, "ports": live(is_ours=False)["spec"]["ports"]}
    assert found["metadata"] == {"name": "shop"}
