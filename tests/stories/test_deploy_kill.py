"""kill -9 in each step of a deployment and of a roll-back, after its work and before its record: it ends once."""

import contextlib
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from tests.stories.held import holding
from tests.stories.process import Server, serving
from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from tests.stories.slack_town import Town
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.steps import Moment

ORDER = "@yantra deploy staging"
BACK_BY_HAND = "@yantra rollback staging"


async def die_in(scene: Scene, step: str, order: str, *, runs: int = 1) -> None:
    """Kill the server as soon as a step has done its work; order first where the run of that number is not there."""

    async def ask() -> None:
        if len(scene.runs()) < runs:
            await scene.comment(order)

    await die_after(scene, step, ask)


async def die_after(scene: Scene, step: str, act: Callable[[], Awaitable[object]]) -> None:
    """Have something done while a server runs that is killed in a step."""
    ended = len([run for run in scene.runs() if run.ending])
    async with holding(scene, Moment.AFTER_WORK, step) as server:
        await act()
        await scene.until(lambda: is_held(scene, server, step, ended=ended))
        os.kill(server.process.pid, signal.SIGKILL)
        await server.process.wait()


def is_held(scene: Scene, server: Server, step: str, *, ended: int) -> bool:
    """Tell whether the server stands still in a step; a run that ends before is no reason to wait."""
    over = [run.ending.reason for run in scene.runs() if run.ending]
    assert len(over) <= ended, f"it ended before {step}: {over[0]}, {[one.name for one in scene.steps()]}"
    return server.log.read_text().endswith(f"Held in {step}\n")


async def go_on(scene: Scene, *, runs: int = 1) -> Ending:
    async with serving(scene):
        return await scene.ending(of=runs)


READING = (
    *("read deploy rules#1", "find commit#1", "read commit#1", "find image#1", "read manifests#1", "compare#1"),
    *("look before#1", "judge#1", "judge#2", "judge#3"),
)
SHIPPING = (
    *(
        "claim target#1",
        "look before#2",
        "heed words#1",
        "begin record#1",
        "begin deployment#1",
        "tell forge#1",
    ),
    *("show deployment#3", "apply stage#1", "watch stage#1", "end record#1", "publish#1", "tell forge#2"),
    "show deployment#5",
)
BACK = (
    *("apply stage#1", "watch stage#1", "show deployment#5", "apply stage#2", "watch stage#2", "end record#1"),
    *("publish#1", "tell forge#2"),
)
AFTER = ("lock environment#1", "block commit#1", "make revert#1", "push revert#1", "open revert#1", "keep mistake#1")
RETURNING = ("find way back#1", "judge#1", "apply stage#1", "watch stage#1", "open revert#1")


@pytest.mark.case("L01", "H15")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("steps", [READING, SHIPPING], ids=["reading", "shipping"])
async def test_a_deployment_that_is_killed_in_one_step_after_another_serves_once(
    scene: Scene, yard: Shipyard, steps: tuple[str, ...]
) -> None:
    """What was applied is found as applied, and nothing is told or begun twice."""
    await yard.lay_out()
    for step in steps:
        await die_in(scene, step, ORDER)
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(yard.repository.deployments) == 1
    assert len(scene.said()) == 1
    assert len(await yard.serving()) == 1


@pytest.mark.case("L01", "H13")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("steps", [BACK, AFTER], ids=["back", "after"])
async def test_a_roll_back_that_is_killed_in_one_step_after_another_ends_once(
    scene: Scene, yard: Shipyard, steps: tuple[str, ...]
) -> None:
    """The version before serves, the revert is open once, the commit blocked and the environment locked."""
    await yard.lay_out()
    async with scene.server():
        assert (await yard.deploy()).phase is Phase.COMPLETE
    (before,) = await yard.serving()
    await yard.release({"app.py": "VERSION = 2\n"}, fate="crash")
    for step in steps:
        await die_in(scene, step, ORDER, runs=2)
    ending = await go_on(scene, runs=2)
    assert ending.phase is Phase.ROLLED_BACK, ending.reason
    assert await yard.serving() == [before]
    assert len(scene.pull_requests(yard.repository)) == 1
    assert [one.statuses[-1].state for one in yard.repository.deployments] == ["success", "failure"]
    with contextlib.closing(scene.records()) as records:
        assert len(records.environment_locks(yard.repository.id)) == 1
        assert len(records.blocked_commits(yard.repository.id, "staging")) == 1


@pytest.mark.case("L01")
@pytest.mark.timeout(900)
async def test_a_way_back_by_hand_that_is_killed_goes_on(scene: Scene, yard: Shipyard) -> None:
    """The version before serves, and git follows once."""
    await yard.lay_out()
    async with scene.server():
        await yard.deploy()
        (before,) = await yard.serving()
        await yard.release({"app.py": "VERSION = 2\n"})
        await yard.deploy(of=2)
    for step in RETURNING:
        await die_in(scene, step, BACK_BY_HAND, runs=3)
    ending = await go_on(scene, runs=3)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert await yard.serving() == [before]
    assert len(scene.pull_requests(yard.repository)) == 1


@pytest.mark.case("L01")
@pytest.mark.timeout(900)
async def test_an_approval_that_is_killed_around_counts_once(scene: Scene, yard: Shipyard) -> None:
    """Asking, hearing and counting are done again, and the deployment is the one that was approved."""
    commit = await yard.lay_out(staging="      approval: {count: 1}\n")
    await die_in(scene, "ask for approval#1", ORDER)

    async def approve() -> None:
        await scene.until(lambda: "Waiting for approval" in "".join(scene.said()))
        await yard.order("@yantra approve staging", by="bob")

    await die_after(scene, "await approval#1", approve)
    await die_in(scene, "count approvals#1", ORDER)
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert commit[:12] in ending.reason
    with contextlib.closing(scene.records()) as records:
        (run,) = scene.runs()
        assert [one.person.login for one in records.deployment_approvals(run.order.run_id)] == ["bob"]


@pytest.mark.case("L01")
@pytest.mark.timeout(900)
async def test_a_way_back_to_an_older_version_that_is_killed_goes_on(scene: Scene, yard: Shipyard) -> None:
    """It is found in the cluster by its image."""
    first = await yard.lay_out()
    async with scene.server():
        for number in range(1, 4):
            assert (await yard.deploy(of=number)).phase is Phase.COMPLETE
            if number == 1:
                (before,) = await yard.serving()
            await yard.release({"app.py": f"VERSION = {number + 1}\n"})
    await die_in(scene, "find versions#1", f"{BACK_BY_HAND} --ref {first}", runs=4)
    ending = await go_on(scene, runs=4)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert await yard.serving() == [before]


@pytest.mark.case("L01", "G05")
@pytest.mark.timeout(900)
async def test_who_deployed_is_told_once_after_a_kill(scene: Scene, yard: Shipyard, town: Town) -> None:
    """In the thread of the one message."""
    await yard.lay_out()
    await yard.release(fate="crash")
    scene.values |= town.settings

    async def order() -> None:
        await town.link()
        await town.say("deploy shop staging")

    await die_after(scene, "tell deployer#1", order)
    ending = await go_on(scene)
    assert ending.phase is Phase.ESCALATED, ending.reason
    (message,) = [one for one in town.slack.said(town.channel) if not one.thread_ts]
    assert "It is held as it is" in message.shown
