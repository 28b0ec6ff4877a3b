"""`@yantra stop` at every moment: it is answered, the run ends Stopped once, and nothing more is written."""

from pathlib import Path

import pytest

from tests.fakes.models import FakeModels, Silence
from tests.stories import processes
from tests.stories.library import ISSUE_TITLE, SHELL_FILES, SHELL_TEST
from tests.stories.models import compatible
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

SLOW_TEST = SHELL_TEST + 'test "$(add 2 3)" != 5 || sleep 600\n'
"""Sleeps as soon as the library is mended."""


async def test_a_run_that_waits_in_the_queue_ends_without_waiting_for_its_turn(scene: Scene) -> None:
    """The run before it goes on, and its issue is free again at once."""
    scene.work_in(SHELL_FILES)
    second = scene.github.add_issue(scene.repository, title=ISSUE_TITLE, by="alice")
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(Silence())
        await scene.comment("@yantra implement")
        await scene.meet(models.hung)
        await scene.comment("@yantra implement", on=second)
        await scene.until(lambda: len(scene.runs()) == 2)
        await scene.comment("@yantra stop", on=second)
        await scene.until(lambda: scene.runs()[0].ending)
        assert scene.runs()[0].phase is Phase.STOPPED
        assert scene.runs()[1].ending is None
        await scene.comment("@yantra stop")
        await scene.ending(of=2)
        await scene.until(models.left.is_set)
        await scene.until(lambda: len(scene.said(second)) == 2)
    assert len(models.seen) == 1
    assert [run.phase for run in scene.runs()] == [Phase.STOPPED, Phase.STOPPED]


async def test_a_model_call_is_cut_off(scene: Scene) -> None:
    """The connection to the vendor is closed; who stopped it is told; a second stop finds nothing to stop."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(Silence(after_headers=True))
        await scene.comment("@yantra implement")
        await scene.meet(models.hung)
        await scene.comment("@yantra stop")
        ending = await scene.ending()
        await models.left.wait()
        await scene.comment("@yantra stop")
        await scene.reply("nothing to stop")
    assert (ending.phase, ending.reason) == (Phase.STOPPED, "alice stopped this run.")
    assert [word in one for word, one in zip(("Stopped", "Stopping", "nothing to"), scene.said(), strict=True)] == [
        True
    ] * 3
    assert scene.branches() == []


async def test_tests_are_killed(scene: Scene) -> None:
    """A test that sleeps is ended with its sandbox; nothing is pushed."""
    scene.work_in(SHELL_FILES | {"test.sh": SLOW_TEST})
    async with scene.server():
        before = processes.family()
        await scene.comment("@yantra implement")
        await scene.until(scene.in_step("test"))
        await scene.until(lambda: any("sleep" in processes.command_of(pid) for pid, _ in processes.family()))
        sleeping = processes.family() - before
        await scene.comment("@yantra stop")
        ending = await scene.ending()
        assert processes.remaining(sleeping) == []
    assert ending.phase is Phase.STOPPED
    assert scene.branches() == []
    assert scene.pull_requests() == []


@pytest.mark.case("B22")
async def test_a_push_that_has_begun_is_finished_and_nothing_follows_it(scene: Scene) -> None:
    """The branch is there and is named; there is no pull request; stopping twice changes nothing."""
    scene.work_in(SHELL_FILES)
    gate = Path(scene.folder, "gate")
    hook = scene.repository.git_dir / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {gate}.reached\nuntil test -e {gate}; do sleep 0.02; done\n")
    hook.chmod(0o755)
    async with scene.server():
        await scene.comment("@yantra implement")
        await scene.until(Path(f"{gate}.reached").exists)
        await scene.comment("@yantra stop")
        await scene.comment("@yantra stop")
        await scene.until(lambda: len([one for one in scene.said() if "Stopping" in one]) == 2)
        gate.touch()
        ending = await scene.ending()
    assert ending.phase is Phase.STOPPED
    assert ending.branch == "yantra/1-add-subtracts"
    assert scene.branches() == ["yantra/1-add-subtracts"]
    assert scene.pull_requests() == []
    assert "Branch: `yantra/1-add-subtracts`" in scene.said()[0]


@pytest.mark.case("B22")
async def test_who_may_not_write_may_not_stop(scene: Scene) -> None:
    """The run goes on; the person is told why, once."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(Silence())
        await scene.comment("@yantra implement")
        await scene.meet(models.hung)
        await scene.comment("@yantra stop", by="eve")
        await scene.reply("Only people with write access")
        assert scene.runs()[0].stop_by is None
        assert not models.left.is_set()
        await scene.comment("@yantra stop")
        await scene.ending()


@pytest.mark.case("B22")
async def test_a_pull_request_that_waits_for_github_is_not_opened_after_a_stop(scene: Scene) -> None:
    """GitHub asks to come back in a minute; the stop ends the wait at once, and nothing is opened."""
    scene.work_in(SHELL_FILES)
    fault = scene.github.faults.answer("POST", "*/pulls", 502, headers={"Retry-After": "60"}, times=2)
    async with scene.server():
        await scene.comment("@yantra implement")
        await scene.until(lambda: fault.hits == 2)
        await scene.comment("@yantra stop")
        ending = await scene.ending()
    assert (ending.phase, ending.reason) == (Phase.STOPPED, "alice stopped this run.")
    assert ending.branch == "yantra/1-add-subtracts"
    assert scene.pull_requests() == []
