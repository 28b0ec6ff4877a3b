"""Deployments as GitHub shows them: each is there once, and of an environment one is active."""

import pytest

from tests.fakes.forge_bench import Bench
from tests.fakes.github.state_commits import Deployment
from yantra_bot.deploy_ports import DeploymentState, Shipping
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.errors import Permanent

STAGING, PRODUCTION = Environment("staging", "main", "s"), Environment("production", "main", "p")
URL = "https://yantra.example/runs/1"


@pytest.fixture
def shipping(bench: Bench) -> Shipping:
    assert bench.forge.shipping is not None
    return bench.forge.shipping


@pytest.fixture
def release(bench: Bench) -> Release:
    return Release(bench.head() or "", "ghcr.io/octo/demo", "sha256:" + "1" * 64, "main")


def of(bench: Bench, number: int) -> Deployment:
    return next(one for one in bench.there.deployments if one.id == number)


async def deploy(shipping: Shipping, release: Release, mark: str, environment: Environment = PRODUCTION) -> int:
    number = await shipping.begin(release, environment, mark=mark, description="to be deployed")
    await shipping.tell(number, DeploymentState.SUCCESS, description="healthy", log_url=URL)
    return number


async def test_a_deployment_is_shown_with_what_it_is(bench: Bench, shipping: Shipping, release: Release) -> None:
    """GitHub is told to merge nothing and to judge nothing, since that is done."""
    number = await shipping.begin(release, PRODUCTION, mark="run-1", description="by ann\n" + "x" * 200)
    one = of(bench, number)
    assert (one.sha, one.environment, one.is_production, one.is_transient) == (
        release.commit,
        "production",
        True,
        False,
    )
    assert one.payload == {"yantra_run": "run-1", "image": release.reference}
    assert (len(one.description), one.description[:8], one.creator.login) == (140, "by ann x", "yantra[bot]")
    (made,) = bench.fake.writes("/deployments")
    assert (made.body["auto_merge"], made.body["required_contexts"]) == (False, [])
    assert made.token_permissions == {"deployments": "write", "metadata": "read"}


@pytest.mark.case("K01")
async def test_a_deployment_whose_answer_was_lost_is_found_again(
    bench: Bench, shipping: Shipping, release: Release
) -> None:
    """By its mark; another run's is another deployment."""
    bench.fake.faults.drop("POST", "/deployments", after_effect=True)
    number = await shipping.begin(release, PRODUCTION, mark="run-1", description="")
    assert await shipping.begin(release, PRODUCTION, mark="run-1", description="again") == number
    assert len(bench.there.deployments) == 1
    assert await shipping.begin(release, PRODUCTION, mark="run-2", description="") != number
    assert await shipping.begin(release, STAGING, mark="run-1", description="") != number


async def test_a_strangers_deployment_with_our_mark_is_not_ours(
    bench: Bench, shipping: Shipping, release: Release
) -> None:
    """Anybody who may write can write a mark, and any payload at all."""
    ann = bench.fake.permit(bench.there, "ann", "write")
    for payload in ({"yantra_run": "run-1"}, "text"):
        bench.there.deployments.append(
            Deployment(bench.fake.state.new_large_id(), release.commit, "main", "deploy", "production", "", payload,
                       ann, bench.fake.state.timestamp(), False, True)
        )  # fmt: skip
    number = await shipping.begin(release, PRODUCTION, mark="run-1", description="")
    assert of(bench, number).creator.login == "yantra[bot]"


async def test_the_same_status_is_told_once(bench: Bench, shipping: Shipping, release: Release) -> None:
    """Also when its answer was lost; another word is another status."""
    number = await shipping.begin(release, PRODUCTION, mark="run-1", description="")
    bench.fake.faults.drop("POST", f"/deployments/{number}/statuses", after_effect=True)
    for state in (DeploymentState.IN_PROGRESS, DeploymentState.IN_PROGRESS, DeploymentState.FAILURE):
        await shipping.tell(number, state, description="10 %", log_url=URL)
    await shipping.tell(number, DeploymentState.FAILURE, description="rolled back", log_url=URL)
    told = [(one.state, one.description, one.log_url) for one in of(bench, number).statuses]
    assert told == [("in_progress", "10 %", URL), ("failure", "10 %", URL), ("failure", "rolled back", URL)]


@pytest.mark.parametrize("environment", [STAGING, PRODUCTION])
async def test_of_an_environment_the_newest_success_is_active(
    bench: Bench, shipping: Shipping, release: Release, environment: Environment
) -> None:
    """What succeeded before it is not any more; what failed, and other environments, stay as they were."""
    other = await deploy(shipping, release, "run-0", Environment("qa", "main", "q"))
    first = await deploy(shipping, release, "run-1", environment)
    failed = await shipping.begin(release, environment, mark="run-2", description="")
    await shipping.tell(failed, DeploymentState.FAILURE, description="", log_url=URL)
    second = await deploy(shipping, release, "run-3", environment)
    await shipping.tell(second, DeploymentState.SUCCESS, description="healthy", log_url=URL)
    states = {number: of(bench, number).state for number in (other, first, failed, second)}
    assert states == {other: "success", first: "inactive", failed: "failure", second: "success"}
    assert [one.state for one in of(bench, first).statuses] == ["success", "inactive"]


async def test_an_old_word_that_is_told_again_ends_nothing_newer(
    bench: Bench, shipping: Shipping, release: Release
) -> None:
    """A run that is told again after a kill."""
    first = await deploy(shipping, release, "run-1")
    second = await deploy(shipping, release, "run-2")
    await shipping.tell(first, DeploymentState.SUCCESS, description="healthy", log_url=URL)
    assert of(bench, second).state == "success"


async def test_an_app_without_the_permission_loses_only_that(
    bench: Bench, shipping: Shipping, release: Release
) -> None:
    """It is told which; checks and branches are read as before."""
    bench.installation.permissions.pop("deployments")
    with pytest.raises(Permanent, match="its permissions are not accepted yet"):
        await shipping.begin(release, PRODUCTION, mark="run-1", description="")
    assert (await shipping.commit_facts(release.commit)).branch == "main"
