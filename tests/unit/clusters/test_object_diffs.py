"""What people are shown of a change: the fields that change, cut, and no value that is named like a secret."""

from tests.fakes.cluster.manifests import merged
from tests.fakes.cluster.world import deployment
from yantra_bot.clusters.object_diffs import describe

LIVE = merged(
    deployment("a"),
    {
        "metadata.generation": 3,
        "metadata.managedFields": [{"manager": "x"}],
        "metadata.annotations": {"yantra.dev/run": "1", "deployment.kubernetes.io/revision": "2", "a": "b"},
        "status": {"replicas": 2},
        "spec.template.spec.containers.0.env": [
            {"name": "MODE", "value": "x"},
            {"name": "DB_PASSWORD", "value": "old"},
        ],
    },
)
ENV = "spec.template.spec.containers.0.env"


def test_noise_is_left_out() -> None:
    """Generations, owners of fields, status, and the run itself change with every deployment."""
    after = merged(LIVE, {"metadata.generation": 4, "metadata.annotations.yantra.dev/run": "1", "status": {}})
    after["metadata"]["annotations"] = {"yantra.dev/run": "2", "deployment.kubernetes.io/revision": "3", "a": "b"}
    assert describe(LIVE, after).lines == ()


def test_items_are_told_by_their_names_and_secrets_are_hidden() -> None:
    """What was there and what comes; what is new or gone is nothing on one side."""
    after = merged(LIVE, {ENV: [{"name": "DB_PASSWORD", "value": "new"}, {"name": "ADDED", "value": "1"}]})
    lines = describe(LIVE, after).lines
    place = "spec.template.spec.containers[main].env"
    assert f'{place}[MODE]: {{"name": "MODE", "value": "x"}} → nothing' in lines
    assert f"{place}[DB_PASSWORD].value: (hidden) → (hidden)" in lines
    assert f'{place}[ADDED]: nothing → {{"name": "ADDED", "value": "1"}}' in lines
    assert not any("old" in line or "new" in line for line in lines)


def test_much_is_cut() -> None:
    """Many fields, and long values; each is one line."""
    config = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {f"k{n}": "a" for n in range(100)}}
    after = {**config, "data": {f"k{n}": "line\n" * 1000 for n in range(100)}}
    lines = describe(config, after).lines
    assert (len(lines), lines[-1]) == (61, "… and 40 more fields")
    assert all("\n" not in line and len(line) < 400 for line in lines)
