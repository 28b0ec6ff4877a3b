"""A head start: a quick plan is followed at once, and a second look changes only what is not begun."""

import pytest

from tests.stories import processes
from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.plans import FOLLOWING, PLAN, done, plan_call, plan_of
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_kill import Moment, answered, at_step
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Phase

BETTER = (("See it fail", "twice", ""), ("Mend add at its root", "add adds", "1"), ("Run all tests", "all pass", "2"))
REFINED = "{shown = ['A second look at the plan']}"
NOT_YET = "{shown = ['Follow this plan'], not_shown = ['A second look at the plan']}"
READ = call("read_file", '{path = "calc.sh"}')


def wait(number: int) -> str:
    """Return a turn that lets time go by, since the refinement takes as long as the machine lets it take."""
    return turn(
        f"wait-{number}", call("run_command", f"{{argv = ['sh', '-c', 'sleep 1; echo {number}']}}"), when=NOT_YET
    )


SCRIPT = HEAD + "".join((
    turn("refine", plan_call(BETTER), when="{shown = ['made in a hurry']}"),
    PLAN,
    turn("look", done(1, "seen"), when=REFINED),
    turn("fix", SHELL_FIX, done(2, "add uses plus"), when=REFINED),
    turn("end", done(3, "all pass"), FINISH, when=REFINED),
    *(wait(number) for number in range(30)),
))  # fmt: skip


def check(scene: Scene) -> None:
    """Hold that the first step stayed, the others were refined, and all was ticked."""
    said = plan_of(scene)
    assert "- [x] **1. See it fail**: seen" in said
    assert "- [x] **2. Mend add at its root**: add uses plus" in said
    assert "- [x] **3. Run all tests**: all pass" in said
    assert "Refined while the first steps were under way: steps 2 to 3." in said
    assert "A head start by `replay`" in said
    assert Phase.AWAITING_APPROVAL not in [one.phase for one in scene.runs()[0].phases]


async def test_what_is_not_begun_is_refined_while_the_first_step_is_under_way(scene: Scene) -> None:
    """Nobody is asked; the refinement's cost is the run's; and the run is replayed bit for bit."""
    scene.work_in(SHELL_FILES, script=SCRIPT)
    async with scene.server():
        await scene.comment("@yantra implement --head-start")
        ending = await scene.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
    check(scene)
    asked = [step for step in scene.steps() if step.name.startswith(("model#", "beside/model#"))]
    assert ending.spent.model_calls == len(asked) == scene.runs()[0].spent.model_calls
    told = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE))
    assert told.out.startswith("Identical: "), told


async def test_a_refinement_that_comes_to_nothing_leaves_the_plan(scene: Scene) -> None:
    """Two answers that are no plan: the comment says so, and the quick plan is followed to its end."""
    bad = plan_call(BETTER[:1] * 2)
    script = HEAD + "".join((
        turn("bad", bad, when="{shown = ['made in a hurry']}"),
        turn("worse", bad, when="{shown = ['made in a hurry']}"),
        PLAN,
        turn("look", done(1), when=FOLLOWING),
        *(turn(f"wait-{number}", READ, when=FOLLOWING) for number in range(6)),
        turn("fix", SHELL_FIX, done(2), when=FOLLOWING),
        turn("end", done(3), FINISH, when=FOLLOWING),
    ))  # fmt: skip
    scene.work_in(SHELL_FILES, script=script)
    async with scene.server():
        await scene.comment("@yantra implement --head-start")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "Not refined: The model made no plan that can be followed" in plan_of(scene)
    assert "- [x] **2. Mend add**" in plan_of(scene)


MOMENTS = {
    "beginning": at_step("begin refinement#1"),
    "refining": at_step("beside/model#1"),
    "merging": at_step("merge plan#1"),
}


@pytest.mark.case("L01")
@pytest.mark.parametrize("name", MOMENTS)
async def test_a_kill_leaves_one_refinement_that_is_merged_once(scene: Scene, name: str) -> None:
    """Whatever dies: the plan is refined once, merged once, and no answered call is paid for twice."""
    scene.work_in(SHELL_FILES, script=SCRIPT)
    moment: Moment = MOMENTS[name]
    async with serving(scene) as server:
        await scene.comment("@yantra implement --head-start")
        await scene.until(moment(scene))
        paid = answered(scene)
        assert processes.remaining(await server.kill()) == []
    async with serving(scene):
        ending = await scene.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        await scene.until(lambda: "Done" in "".join(scene.said()))
    assert paid.items() <= answered(scene).items()
    check(scene)
    assert [step.name for step in scene.steps()].count("beside/leave refined plan#1") == 1
