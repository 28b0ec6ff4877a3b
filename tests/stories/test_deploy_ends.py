"""How deployments end that do not serve: each as written, told once, with what is done about it."""

import pytest

from tests.stories.scene import Scene
from tests.stories.shipyard import Shipyard, quick_health
from yantra_bot.domain.run import Phase


async def served_once(scene: Scene, yard: Shipyard) -> str:
    """Deploy a good commit to staging; return the image that serves."""
    ending = await yard.deploy()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (image,) = await yard.serving()
    return image


@pytest.mark.case("H09", "H10", "H08")
@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        ("nopull", "ImagePullBackOff"),
        ("notready", "not whole within 15 s"),
        ("flap after=1", "not "),
        ("ready status=500", "500"),
        ("oom", "OOMKilled"),
    ],
)
async def test_what_is_bad_is_gone_back_from(scene: Scene, yard: Shipyard, fate: str, reason: str) -> None:
    """The version before serves again, whatever is wrong with the new one, and the reason is quoted."""
    # What comes and goes is told apart from what is well by more samples than a node that is busy stays as it was.
    rules = quick_health(deadline=45, good=12) if fate.startswith("flap") else quick_health(deadline=15)
    good = await yard.lay_out(health=rules)
    async with scene.server():
        before = await served_once(scene, yard)
        bad = await yard.release(fate=fate)
        ending = await yard.deploy(of=2)
        assert ending.phase is Phase.ROLLED_BACK, ending.reason
        assert f"{good[:12]} serves again" in ending.reason
        assert await yard.serving() == [before]
    told = [one for one in scene.said() if "Rolled back" in one]
    assert len(told) == 1
    assert reason in told[0]
    assert bad[:12] in told[0]
    assert [one.state for one in yard.repository.deployments[-1].statuses][-1] == "failure"


@pytest.mark.case("H20")
async def test_after_a_roll_back_git_and_cluster_agree(scene: Scene, yard: Shipyard) -> None:
    """The commit is blocked, the environment locked with the reason, a revert open; unlocking lets the next one in."""
    await yard.lay_out()
    await yard.release({"app.py": "VERSION = 2\n", "kept.txt": "kept\n"})
    async with scene.server():
        await served_once(scene, yard)
        bad = await yard.release({"app.py": "VERSION = 3\n"}, fate="crash")
        await yard.deploy(of=2)
        (pull,) = scene.pull_requests(yard.repository)
        assert pull.title.startswith("revert: ")
        assert "CrashLoopBackOff" in pull.body
        assert pull.pull is not None
        assert yard.read("app.py", pull.pull.head_sha) == "VERSION = 2"
        assert yard.read("kept.txt", pull.pull.head_sha) == "kept"
        await yard.order("@yantra deploy staging")
        assert "is locked after a roll-out that failed" in (await scene.ending(of=3)).reason
        await yard.order("@yantra unlock staging")
        await scene.reply("`staging` is unlocked.")
        await yard.order("@yantra deploy staging")
        assert f"{bad[:7]} is kept from staging" in (await scene.ending(of=4)).reason
        merged = await scene.github.merge(pull, by="alice")
        await yard.build(merged)
        ending = await yard.deploy(of=5)
        assert ending.phase is Phase.COMPLETE, ending.reason


@pytest.mark.case("H14")
async def test_what_somebody_else_changes_is_left_to_them(scene: Scene, yard: Shipyard) -> None:
    """Nothing is overwritten; the run says so and ends."""
    await yard.lay_out()
    async with scene.server():
        await served_once(scene, yard)
        await yard.release(fate="slow after=600")
        await yard.order("@yantra deploy staging")
        await scene.until(scene.in_step("watch stage"))
        await yard.change_as_somebody_else()
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert "left everything as it is" in ending.reason
    assert await yard.is_as_somebody_left_it()


@pytest.mark.case("H15")
async def test_a_second_deployment_is_refused_while_one_is_at_work(scene: Scene, yard: Shipyard) -> None:
    """It is told which one is at work, and nothing is begun; the first goes back when somebody says so."""
    await yard.lay_out()
    async with scene.server():
        before = await served_once(scene, yard)
        await yard.release(fate="slow after=600")
        await yard.order("@yantra deploy staging")
        await scene.until(scene.in_step("watch stage"))
        await yard.order("@yantra deploy staging", by="bob")
        await scene.reply("Another deployment")
        await yard.order("@yantra abort staging", by="bob")
        ending = await scene.ending(of=2)
        assert ending.phase is Phase.ROLLED_BACK, ending.reason
        assert "bob ended it" in ending.reason
        assert await yard.serving() == [before]
        # Nobody found the version bad: it may be deployed again.
        await yard.redecree("ready")
        ending = await yard.deploy(of=3)
    assert ending.phase is Phase.COMPLETE, ending.reason


@pytest.mark.case("H12")
async def test_a_first_version_that_is_bad_is_held(scene: Scene, yard: Shipyard) -> None:
    """There is nothing to go back to: it is said, and a person has to look."""
    await yard.lay_out()
    await yard.release(fate="crash")
    async with scene.server():
        ending = await yard.deploy()
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert "It is held as it is" in ending.reason


@pytest.mark.case("H13")
async def test_a_roll_back_that_fails_keeps_the_lock(scene: Scene, yard: Shipyard) -> None:
    """The version before does not come up either: one state, said once, and nothing is tried in circles."""
    await yard.lay_out(health=quick_health(deadline=15))
    async with scene.server():
        await served_once(scene, yard)
        await yard.release(fate="crash")
        await yard.redecree("crash", every=True)
        ending = await yard.deploy(of=2)
        assert ending.phase is Phase.ROLLBACK_FAILED, ending.reason
        assert "Going back failed" in ending.reason
        await yard.order("@yantra deploy staging")
        assert "is locked" in (await scene.ending(of=3)).reason
        # Once the version before can start again, it is gone back to by hand: the lock is no obstacle to that.
        await yard.redecree("ready", every=True)
        await yard.order("@yantra rollback staging")
        ending = await scene.ending(of=4)
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert len(await yard.serving()) == 1


@pytest.mark.case("H12")
async def test_a_version_that_the_cluster_lost_is_not_gone_back_to(scene: Scene, yard: Shipyard) -> None:
    """By hand, to a version whose ReplicaSet is gone: what serves goes on serving, and a person is told."""
    await yard.lay_out()
    async with scene.server():
        await served_once(scene, yard)
        await yard.release()
        await yard.deploy(of=2)
        (now,) = await yard.serving()
        await yard.forget_old_versions()
        await yard.order("@yantra rollback staging")
        ending = await scene.ending(of=3)
        assert ending.phase is Phase.ROLLBACK_FAILED, ending.reason
        assert "What served still serves" in ending.reason
        assert await yard.serving() == [now]


async def test_a_person_goes_back_by_hand(scene: Scene, yard: Shipyard) -> None:
    """The version before serves again, and git follows: blocked, locked with the reason, a revert opened."""
    good = await yard.lay_out()
    async with scene.server():
        before = await served_once(scene, yard)
        await yard.release({"app.py": "VERSION = 2\n"})
        await yard.deploy(of=2)
        await yard.order("@yantra rollback staging prices are wrong")
        ending = await scene.ending(of=3)
        assert ending.phase is Phase.COMPLETE, ending.reason
        assert ending.reason.startswith(f"{good[:12]} serves again in staging")
        assert await yard.serving() == [before]
        (pull,) = scene.pull_requests(yard.repository)
        assert "prices are wrong" in pull.body
        await yard.order("@yantra lock staging --info")
        await scene.reply("prices are wrong")
