"""What goes back: which commit that is, and what of a bad version may not stay."""

import pytest

from tests.fakes.rollouts import NEW, deployment, service
from yantra_bot.deploy.undoing import commit_of
from yantra_bot.domain.rollout import Before
from yantra_bot.domain.workload import VersionState, WorkloadState


def version(name: str, commit: str, *, pods: int = 3) -> VersionState:
    return VersionState(name, 1, name, ("image",), pods, pods, pods, pods, commit=commit)


def workload(name: str, new: VersionState | None, *old: VersionState) -> WorkloadState:
    return WorkloadState(name, 1, 1, "run-0", False, 3, 3, 3, 3, 0, 3, None, new, old)


def test_the_commit_gone_back_to_is_what_the_versions_say() -> None:
    """The one that serves counts, not the present one that has no pods; a new Deployment is not gone back to."""
    manifests = (deployment(NEW), deployment(NEW, name="worker"), service())
    shop = workload("shop", version("shop-2", "b", pods=0), version("shop-1", "a"))
    assert commit_of(Before((shop,)), manifests) == "a"
    assert commit_of(Before((shop, workload("worker", version("worker-1", "a")))), manifests) == "a"
    assert commit_of(Before((shop, workload("worker", version("worker-1", "c")))), manifests) == ""
    assert commit_of(Before((shop, workload("worker", version("worker-1", "")))), manifests) == ""
    assert commit_of(Before((workload("shop", None),)), manifests) == ""
    assert commit_of(Before(), manifests) == ""


@pytest.mark.parametrize(
    ("selector", "commit"),
    [
        ({"app": "shop", "yantra.dev/colour": "green"}, "g"),
        ({"yantra.dev/colour": "blue"}, "b"),
        ({"app": "shop"}, "p"),
    ],
)
def test_with_two_colours_it_is_the_one_that_is_chosen(selector: dict[str, str], commit: str) -> None:
    """The other, which may still have pods, is not gone back to."""
    beside = [("shop", "p"), ("shop-blue", "b"), ("shop-green", "g")]
    before = Before(tuple(workload(name, version(name, of)) for name, of in beside), selectors={"shop": selector})
    assert commit_of(before, (deployment(NEW), service())) == commit
