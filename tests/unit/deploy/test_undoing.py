"""What goes back: which commit that is, and what of a bad version may not stay."""

import asyncio

import pytest

from tests.fakes.rollout_world import Look
from tests.fakes.rollouts import NEW, OLD, Deploying, bad, deployment, environment, service
from yantra_bot.deploy.strategies import undo
from yantra_bot.deploy.undoing import commit_of, versions_of
from yantra_bot.domain.environment import Release, Strategy, StrategyKind
from yantra_bot.domain.rollout import Act, Apply, Before, Manifest, Remove, Restore, Scale
from yantra_bot.domain.workload import VersionState, WorkloadState
from yantra_bot.errors import UserError


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


CONFIG: Manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "jobs"}, "data": {}}
CRASHES = Look(False, 2, "CrashLoopBackOff", "")


@pytest.mark.parametrize("kind", list(StrategyKind))
def test_a_deployment_that_the_bad_version_brought_goes_with_it(kind: StrategyKind) -> None:
    """Together with what it needs, which goes after it; the way back names it, and the old one serves."""
    play = Deploying(
        environment(strategy=Strategy(kind, (50,), hold_seconds=1)),
        fate=lambda image, number, age: CRASHES if image == "jobs" else Look(),
        manifests=(CONFIG, deployment(NEW), service(), deployment("jobs", name="worker")),
    )
    assert asyncio.run(play.deploy()).action.act is Act.ROLL_BACK
    assert "worker" in play.world.deployments
    stages = undo(play.env, play.manifests, play.before, play.reached)
    assert stages[-1].name == "back to the version before, without worker"
    gone = [(one.kind, one.name) for one in stages[-1].changes if isinstance(one, Remove)]
    assert gone.index(("Deployment", "worker")) < gone.index(("ConfigMap", "jobs"))
    assert asyncio.run(play.go_back()).action.act is Act.GO_ON
    assert "worker" not in play.world.deployments
    assert ("ConfigMap", "jobs") not in play.world.objects
    assert play.world.serving_images("shop") == {OLD}


def test_what_no_service_chooses_goes_back_where_only_the_switched_one_is_new() -> None:
    """Blue-green: a worker that served serves again, and the new pair goes with its Service."""
    where = environment(strategy=Strategy(StrategyKind.BLUE_GREEN, hold_seconds=1))
    play = Deploying(
        where,
        fate=bad(CRASHES),
        manifests=(deployment("web"), service(), deployment(NEW, name="worker")),
        was=(deployment(OLD, name="worker"),),
    )
    assert asyncio.run(play.deploy()).action.act is Act.ROLL_BACK
    assert play.reached == 1
    assert asyncio.run(play.go_back()).action.act is Act.GO_ON
    assert list(play.world.deployments) == ["worker"]
    assert play.world.serving_images("worker") == {OLD}
    assert ("Service", "shop") not in play.world.objects


def test_what_was_there_and_served_nothing_has_no_pods_afterwards() -> None:
    """It cannot be restored, and may not run on with the bad version; what was at zero goes back to zero."""
    before = Before((workload("shop", version("shop-1", "a")), workload("odd", None), _at_zero("idle")))
    manifests = (deployment(NEW), deployment(NEW, name="odd"), deployment(NEW, name="idle", replicas=0))
    (back,) = undo(environment(), manifests, before, 0)
    expected = (Restore("shop", "shop-1"), Scale("odd", 0), Restore("idle", "idle-1"), Scale("idle", 0))
    assert back.changes == expected
    assert back.emptied == {"odd", "idle"}
    assert not [one for one in back.changes if isinstance(one, Apply)]


def _at_zero(name: str) -> WorkloadState:
    return WorkloadState(name, 1, 1, "run-0", False, 0, 0, 0, 0, 0, 0, None, version(f"{name}-1", "a", pods=0))


NOW, TO = Release("b" * 40, "shop", "sha256:new"), Release("a" * 40, "shop", "sha256:old")


def of_image(name: str, image: str, commit: str = "") -> VersionState:
    return VersionState(name, 1, name, (image,), 3, 3, 3, 3, commit=commit)


def test_an_older_release_is_gone_back_to_everywhere_or_nowhere() -> None:
    """One Deployment without that version, and nothing is restored; the missing one and the cure are named."""
    shop = workload("shop", of_image("shop-2", NEW), of_image("shop-1", OLD))
    lacking = workload("worker", of_image("worker-2", NEW), of_image("worker-1", "other"))
    strange = workload("cache", of_image("cache-1", "redis"))
    with pytest.raises(UserError, match=r"of worker any more.*deploy staging --ref aaaaaaaaaaaa") as raised:
        versions_of((shop, lacking, strange), environment(), now=NOW, to=TO)
    assert "shop" not in str(raised.value)
    having = workload("worker", of_image("worker-2", NEW), of_image("worker-1", OLD))
    found = versions_of((shop, having, strange), environment(), now=NOW, to=TO)
    assert found == (Restore("shop", "shop-1"), Restore("worker", "worker-1"))


def test_of_several_versions_with_the_image_it_is_the_commits_own() -> None:
    """A configuration that another commit had beside the same image is not taken."""
    versions = of_image("shop-4", OLD, "c" * 40), of_image("shop-3", OLD, TO.commit)
    found = versions_of((workload("shop", of_image("shop-5", NEW), *versions),), environment(), now=NOW, to=TO)
    assert found == (Restore("shop", "shop-3"),)


def test_of_two_colours_the_one_that_has_pods_goes_back() -> None:
    """The other, at zero, neither counts as missing nor is restored."""
    blue = WorkloadState("shop-blue", 1, 1, "run-0", False, 0, 0, 0, 0, 0, 0, None, of_image("b-1", NEW))
    green = workload("shop-green", of_image("g-2", NEW), of_image("g-1", OLD))
    assert versions_of((blue, green), environment(), now=NOW, to=TO) == (Restore("shop-green", "g-1"),)
    with pytest.raises(UserError, match="shop-green"):
        versions_of((blue, workload("shop-green", of_image("g-2", NEW))), environment(), now=NOW, to=TO)
