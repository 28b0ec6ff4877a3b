"""A head start: a quick plan is followed at once, and a second look changes only what is not begun."""

import asyncio

import pytest
from aiohttp import web

from tests.fakes.models import Answer, Call, FakeModels
from tests.stories import processes
from tests.stories.library import FINISH, HEAD, SHELL_FILES, SHELL_FIX, call, turn
from tests.stories.models import EDIT, END, compatible
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


class LateRefiner(FakeModels):
    """A model that plans, follows its plan to the end, and looks at the plan again only when `is_free` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.is_free = asyncio.Event()
        self.is_looking = asyncio.Event()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        text = (await request.read()).decode()
        if "made in a hurry" in text:
            self.is_looking.set()
            await self.is_free.wait()
            return await self._say(request, PLAN_CALL)
        if "Follow this plan" not in text:
            return await self._say(request, PLAN_CALL)
        await self.is_looking.wait()  # so that there is a second look that the run has to wait for
        if '"tool_call_id"' not in text:
            return await self._say(request, EDIT.calls[0], *(Call("step_done", {"step": 1, "achieved": "seen"}),))
        return await self._say(request, *TICKS, *END.calls)

    async def _say(self, request: web.Request, *calls: Call) -> web.StreamResponse:
        self.steps.insert(0, Answer(calls=calls))
        return await super()._serve(request)


PLAN_CALL = Call("plan", {"goal": "add adds", "confidence": 0.8, "steps": [
    {"title": title, "expects": expects, "needs": needs, "turns": 1} for title, expects, needs in BETTER
]})  # fmt: skip
TICKS = [Call("step_done", {"step": number, "achieved": "done"}) for number in (2, 3)]


def late_settings(scene: Scene, models: FakeModels) -> None:
    """Let a model answer that is no replay, and nobody look at the change again."""
    scene.values |= {**compatible(models), "critique_rounds": 0}
    del scene.values["replay_script"]


async def test_a_run_that_is_over_first_waits_for_the_second_look_and_counts_it(scene: Scene) -> None:
    """The pull request is open while the second look goes on; the ending has its call, and the replay is identical."""
    async with LateRefiner() as models:
        scene.work_in(SHELL_FILES)
        late_settings(scene, models)
        async with scene.server():
            await scene.comment("@yantra implement --head-start")
            await scene.until(lambda: any(step.name == "await refinement#1" for step in scene.steps()))
            assert scene.runs()[0].ending is None
            models.is_free.set()
            ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    asked = [step for step in scene.steps() if step.name.startswith(("model#", "beside/model#"))]
    assert ending.spent.model_calls == len(asked) == scene.runs()[0].spent.model_calls == 4
    assert ending.spent.input_tokens == scene.runs()[0].spent.input_tokens
    told = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE))
    assert told.out.startswith("Identical: "), told


@pytest.mark.case("L01")
async def test_a_kill_while_a_run_waits_for_the_second_look_ends_once(scene: Scene) -> None:
    """Server and models die while the run is over and waits: the look is asked for once more, and counted once."""
    async with LateRefiner() as models:
        scene.work_in(SHELL_FILES)
        late_settings(scene, models)
        async with serving(scene) as server:
            await scene.comment("@yantra implement --head-start")
            await scene.until(lambda: any(step.name == "await refinement#1" for step in scene.steps()))
            assert processes.remaining(await server.kill()) == []
        models.is_free.set()
        async with serving(scene):
            ending = await scene.ending()
            await scene.until(lambda: "Done" in "".join(scene.said()))
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == scene.runs()[0].spent.model_calls == 4
    assert len(scene.pull_requests()) == 1


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
