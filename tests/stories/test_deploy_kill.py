"""kill -9 in each step of a deployment and of a roll-back, after its work and before its record: it ends once."""

import pytest

from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard
from tests.stories.test_kill_steps import die_in, go_on
from yantra_bot.domain.run import Phase

ORDER = "@yantra deploy staging"
READING = (
    *("read deploy rules#1", "find commit#1", "read commit#1", "find image#1", "read manifests#1", "compare#1"),
    *("judge#1", "judge#2", "judge#3"),
)
SHIPPING = (
    *("claim target#1", "look before#1", "read last release#1", "begin record#1", "begin deployment#1", "tell forge#1"),
    *("show deployment#3", "apply stage#1", "watch stage#1", "end record#1", "publish#1", "tell forge#2"),
    "show deployment#5",
)
BACK = (
    *("apply stage#1", "watch stage#1", "show deployment#5", "apply stage#2", "watch stage#2", "end record#1"),
    *("publish#1", "tell forge#2"),
)
AFTER = ("block commit#1", "lock environment#1", "make revert#1", "push revert#1", "open revert#1", "keep mistake#1")
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
        await die_in(scene, step, ORDER)
    ending = await go_on(scene)
    assert ending.phase is Phase.ROLLED_BACK, ending.reason
    assert await yard.serving() == [before]
    assert len(scene.pull_requests(yard.repository)) == 1
    assert [one.statuses[-1].state for one in yard.repository.deployments] == ["success", "failure"]
    with scene.records() as records:
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
        await die_in(scene, step, "@yantra rollback staging")
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert await yard.serving() == [before]
    assert len(scene.pull_requests(yard.repository)) == 1
