"""A crash at every single step of one run, one after the other: it still ends once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.crash.harness import Crash
from tests.stories.library import FINISH, HEAD, SHELL_FILES, call, turn
from tests.stories.own_pulls import OwnPull
from tests.stories.scene import Scene
from tests.stories.test_ends import WRONG
from tests.stories.test_explain import ANSWER, LOOK
from tests.stories.test_fetch import INSIDE
from tests.stories.test_scrutiny import CORRECTED
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.steps import Moment

Begin = Callable[[], Awaitable[object]]


class CrashEverywhere:
    """A probe that dies once at each step, at one moment of it; or once at each kind of step."""

    def __init__(self, moment: Moment, *, is_by_kind: bool = False) -> None:
        self.moment, self.is_by_kind = moment, is_by_kind
        self.died: list[str] = []

    def __call__(self, run_id: str, name: str, moment: Moment) -> None:
        name = name.partition("#")[0] if self.is_by_kind else name
        if moment is self.moment and name not in self.died:
            self.died.append(name)
            raise Crash(name)


async def crash_and_go_on(
    scene: Scene, crashes: CrashEverywhere, begin: Begin | None = None, *, of: int = 1, **settings: Any
) -> Ending:
    """Begin a run, and start the server again after each of its crashes until it has ended as number `of`."""

    def ended() -> Ending | None:
        runs = scene.runs()
        return runs[0].ending if len(runs) == of else None

    async with scene.server(probe=crashes, **settings):
        await (begin() if begin is not None else scene.comment("@yantra implement"))
        await scene.until(lambda: crashes.died)
    while not ended():
        before = len(crashes.died)
        async with scene.server(probe=crashes, **settings):
            await scene.until(lambda count=before: len(crashes.died) > count or ended())
    ending = ended()
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


IN_VAIN = HEAD + turn("wrong", WRONG, INSIDE) + "".join(turn(f"sure-{number}", FINISH) for number in range(3))
ASKED = HEAD + turn("ask", INSIDE) + turn("look", LOOK, when="{last = ['not public']}") + turn("say", ANSWER)
LISTED = {"fetch_hosts": ("localhost",)}


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_a_run_that_is_handed_over_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """Three attempts whose tests fail, with ways out between them: one branch, one question, told once."""
    scene.work_in(SHELL_FILES, script=IN_VAIN)
    scene.issue.body += "\n\n![](https://evil.example.com/x.png)"
    crashes = CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, **LISTED)
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert {"recover", "publish", "read pictures", "fetch page", "read back branch"} <= set(crashes.died)
    assert (scene.pull_requests(), scene.branches()) == ([], [ending.branch])
    assert len(scene.said()) == 1
    assert ending.spent.model_calls == 4


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_what_is_kept_at_the_end_of_a_budget_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """It is looked through for secrets again, and pushed once."""
    look = call("read_file", '{path = "calc.sh"}')
    scene.work_in(SHELL_FILES, script=HEAD + turn("wrong", WRONG) + "".join(turn(f"look-{n}", look) for n in range(9)))
    crashes = CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, budget_steps=2)
    assert ending.phase is Phase.ESCALATED, ending.reason
    assert {"scan", "diff", "authorise", "push", "read back branch", "read back comment"} <= set(crashes.died)
    assert scene.branches() == [ending.branch]
    assert len(scene.said()) == 1


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_a_question_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """One answer, in one comment, whose calls are paid once."""
    scene.play(ASKED)
    crashes = CrashEverywhere(Moment.AFTER_RECORD, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, lambda: scene.comment("@yantra explain What does add do?"), **LISTED)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert set(crashes.died) == {step.name.partition("#")[0] for step in scene.steps()}
    assert "It subtracts its arguments [1]." in "".join(scene.said())
    assert len(scene.said()) == 1
    assert ending.spent.model_calls == 3


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_a_follow_up_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """One commit on top, one line in the pull request's text, one comment."""
    own = OwnPull(scene)
    async with scene.server():
        await own.open()
    first, crashes = own.head, CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, own.fail, of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert set(crashes.died) == {step.name.partition("#")[0] for step in scene.steps()}
    assert own.commits[-2:] == [first, own.head]
    assert own.pull.body.count("- " + own.head[:12]) == 1
    assert len(scene.said(own.pull)) == 1
