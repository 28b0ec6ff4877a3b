"""What a healing action means for a Deployment: bounded, computed once, and refused where it could not help."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.deploy.adjusting import amend_template
from yantra_bot.domain.healing import HealingPlan
from yantra_bot.domain.incidents import HealingKind
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.rollout import Adjustment
from yantra_bot.errors import UserError
from yantra_bot.monitor.healing import RESTARTED, is_as_before, is_done, plan_healing
from yantra_bot.monitor.quantities import read_quantity, write_cores, write_memory

WATCH = Watch("production")
LIMITS = {"limits": {"memory": "512Mi", "cpu": "1"}, "requests": {"memory": "256Mi", "cpu": "500m"}}


def deployment(replicas: int | None = 3, **more: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {} if replicas is None else {"replicas": replicas}
    containers = [{"name": "main", "resources": LIMITS}, {"name": "beside"}]
    spec |= {"template": {"metadata": {}, "spec": {"containers": containers}}, **more}
    return copy.deepcopy({"kind": "Deployment", "metadata": {"name": "shop"}, "spec": spec})


def plan(kind: HealingKind, live: Any = None, *, scalers: Any = (), watch: Watch = WATCH) -> HealingPlan:
    return plan_healing(kind, live or deployment(), scalers=scalers, watch=watch, run_id="run-1")


@pytest.mark.parametrize(("replicas", "after"), [(None, 2), (1, 2), (2, 3), (3, 5), (4, 6), (7, 10), (9, 10)])
def test_more_pods_are_half_as_many_again(replicas: int | None, after: int) -> None:
    """Rounded up, and never more than is allowed; a number that nobody wrote is one."""
    found = plan(HealingKind.SCALE_OUT, deployment(replicas))
    assert found.replicas == (replicas or 1, after)
    assert found.said == f"{replicas or 1} → {after} replicas"


@given(st.integers(1, 999), st.integers(1, 1_000))
def test_more_pods_are_more_and_never_too_many(replicas: int, most: int) -> None:
    """Whatever there is, and whatever is allowed."""
    try:
        found = plan(HealingKind.SCALE_OUT, deployment(replicas), watch=Watch("production", most_replicas=most))
    except UserError:
        assert replicas >= most
    else:
        assert found.replicas is not None
        assert replicas < found.replicas[1] <= most
        assert found.replicas[1] * 2 >= min(replicas * 3, most * 2)


def test_more_for_each_pod_is_memory_and_cores_in_proportion() -> None:
    """Of the containers that have a limit of memory; up to what is allowed."""
    found = plan(HealingKind.SCALE_UP)
    assert found.resources == {
        "main": {"limits": {"memory": "768Mi", "cpu": "1500m"}, "requests": {"memory": "384Mi", "cpu": "750m"}}
    }
    assert found.resources_before == {"main": LIMITS}
    assert found.said == "main: 512Mi → 768Mi of memory"
    bounded = plan(HealingKind.SCALE_UP, watch=Watch("production", most_memory="640Mi"))
    assert bounded.resources["main"]["limits"] == {"memory": "640Mi", "cpu": "1250m"}


def test_a_restart_is_marked_by_its_run() -> None:
    """So that the same run restarts once, however often it is told."""
    found = plan(HealingKind.RESTART)
    assert (found.annotations, found.said) == ({RESTARTED: "run-1"}, "its 3 pods are replaced")
    assert not found.can_be_undone


SCALER = {"metadata": {"name": "auto"}, "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "shop"}}}


@pytest.mark.parametrize(
    ("kind", "live", "scalers", "watch", "said"),
    [
        (HealingKind.SCALE_OUT, deployment(), [SCALER], WATCH, "The autoscaler auto sets how many replicas shop has"),
        (HealingKind.SCALE_OUT, deployment(10), [], WATCH, "has 10 replicas, and `most_replicas` is 10"),
        (HealingKind.SCALE_OUT, deployment(0), [], WATCH, "has 0 replicas on purpose"),
        (HealingKind.RESTART, deployment(0), [], WATCH, "has 0 replicas on purpose"),
        (HealingKind.RESTART, deployment(paused=True), [], WATCH, "is paused"),
        (HealingKind.SCALE_UP, deployment(paused=True), [], WATCH, "is paused"),
        (HealingKind.SCALE_UP, deployment(), [], Watch("production", most_memory="512Mi"), "raise `most_memory`"),
        (HealingKind.ROLL_BACK, deployment(), [], WATCH, "is nothing that is done to a Deployment"),
    ],
)
def test_what_could_not_help_is_refused(kind: Any, live: Any, scalers: Any, watch: Watch, said: str) -> None:
    """With what a person could do."""
    with pytest.raises(UserError, match=said):
        plan(kind, live, scalers=scalers, watch=watch)


def test_an_autoscaler_of_another_deployment_is_in_nobodys_way() -> None:
    """Nor is one in the way of what it does not set."""
    other = {"metadata": {"name": "auto"}, "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "bank"}}}
    assert plan(HealingKind.SCALE_OUT, scalers=[other]).replicas == (3, 5)
    assert plan(HealingKind.RESTART, scalers=[SCALER]).annotations


@pytest.mark.parametrize("kind", [HealingKind.SCALE_OUT, HealingKind.SCALE_UP, HealingKind.RESTART])
def test_what_was_done_is_known_again(kind: HealingKind) -> None:
    """Before, after and undone are told apart; what somebody else made of it is neither."""
    before, found = deployment(), plan(kind)
    after = deployment(found.replicas[1] if found.replicas else 3)
    amend_template(after, after, Adjustment(found.annotations, found.resources))
    assert (is_as_before(found, before), is_done(found, before)) == (True, False)
    assert (is_as_before(found, after), is_done(found, after)) == (False, True)
    if kind is HealingKind.SCALE_OUT:
        theirs = deployment(4)
        assert not is_as_before(found, theirs)
        assert not is_done(found, theirs)
    if kind is HealingKind.SCALE_UP:
        undone = deployment()
        amend_template(undone, undone, Adjustment(resources=found.resources_before))
        assert is_as_before(found, undone)


def test_sizes_are_compared_by_what_they_mean() -> None:
    """A cluster writes them its own way."""
    found = plan(HealingKind.SCALE_UP)
    same = {"limits": {"memory": "0.5Gi", "cpu": "1000m"}, "requests": {"memory": "268435456", "cpu": "0.5"}}
    live = deployment()
    live["spec"]["template"]["spec"]["containers"][0]["resources"] = same
    assert is_as_before(found, live)


@given(st.integers(1, 2**30), st.sampled_from(["", "Ki", "Mi", "k", "M"]))
def test_a_size_that_is_written_is_never_more_than_it_was(number: int, unit: str) -> None:
    """And at most one mebibyte, or a thousandth of a core, less."""
    value = read_quantity(f"{number}{unit}")
    assert value is not None
    again = read_quantity(write_memory(value))
    assert again is not None
    assert value - 2**20 < again <= value
    cores = read_quantity(write_cores(value))
    assert cores is not None
    assert value - Decimal("0.001") < cores <= value


@pytest.mark.parametrize("text", ["", "1e3", "-1", "5 Mi", "1.Mi", "ten", "1" * 40, None])
def test_what_is_no_size_is_none(text: Any) -> None:
    """Nothing is guessed at."""
    assert read_quantity(text) is None
