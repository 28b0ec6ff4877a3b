"""A crash at every single step of one run, one after the other: it still ends once."""

import pytest

from tests.crash.harness import Crash
from tests.stories.library import SHELL_FILES
from tests.stories.scene import Scene
from tests.stories.test_scrutiny import CORRECTED
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.steps import Moment


class CrashEverywhere:
    """A probe that dies once at each step, at one moment of it."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.died: list[str] = []

    def __call__(self, run_id: str, name: str, moment: Moment) -> None:
        if moment is self.moment and name not in self.died:
            self.died.append(name)
            raise Crash(name)


async def crash_and_go_on(scene: Scene, crashes: CrashEverywhere, **settings: int) -> Ending:
    """Order a run, and start the server again after each of its crashes until it has ended."""
    async with scene.server(probe=crashes, **settings):
        await scene.comment("@yantra implement")
        await scene.until(lambda: crashes.died)
    while not scene.runs()[0].ending:
        before = len(crashes.died)
        async with scene.server(probe=crashes, **settings):
            await scene.until(lambda count=before: len(crashes.died) > count or scene.runs()[0].ending)
    ending = scene.runs()[0].ending
    assert ending is not None
    return ending


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("moment", [Moment.AFTER_WORK, Moment.AFTER_RECORD])
async def test_a_run_that_crashes_at_every_step_ends_once(scene: Scene, moment: Moment) -> None:
    """Whether the result was recorded or not, each restart goes on where the run was, and nothing is done twice."""
    crashes = CrashEverywhere(moment)
    ending = await crash_and_go_on(scene, crashes)
    assert ending.phase is Phase.COMPLETE, ending.reason
    steps = scene.steps()
    assert {step.name for step in steps} == set(crashes.died)
    assert (len(scene.pull_requests()), len(scene.said()), len(scene.repository.check_runs)) == (1, 1, 1)
    assert len(scene.branches()) == 1
    assert ending.spent.model_calls == 3
    if moment is Moment.AFTER_RECORD:
        assert {step.starts for step in steps} == {1}


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_second_looks_and_a_correction_outlive_a_crash_at_every_step(scene: Scene) -> None:
    """Each look is paid once, the correction is asked for once, and what was found is told once."""
    scene.work_in(SHELL_FILES, script=CORRECTED)
    crashes = CrashEverywhere(Moment.AFTER_RECORD)
    ending = await crash_and_go_on(scene, crashes, critique_rounds=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 6
    assert {step.starts for step in scene.steps()} == {1}
    (opened,) = scene.pull_requests()
    assert "2 times, and it was corrected 1 time." in opened.body
    assert (len(scene.said()), len(scene.branches()), len(scene.repository.check_runs)) == (1, 1, 1)
