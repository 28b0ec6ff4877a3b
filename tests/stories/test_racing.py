"""A quick and a strong model are asked at once: a sure quick answer is taken, and both costs are told."""

import pytest

from tests.fakes.models import Answer, Call, FakeModels, Silence
from tests.stories import processes
from tests.stories.library import SHELL_FILES
from tests.stories.models import EDIT, END, claude
from tests.stories.plans import STEPS, waiting
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_terminal import yantra
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.run import Phase

QUICK, STRONG = "claude-haiku-4-5", "claude-opus-4-8"
CITED = {"path": "calc.py", "line": 2, "quote": "    return first - second"}
SURE = Answer(calls=(Call("answer", {"text": "`add` subtracts its arguments [1].", "citations": [CITED]}),))
ELSEWHERE = {"path": "calc.py", "line": 2, "quote": "    return first + second"}
UNSURE = Answer(calls=(Call("answer", {"text": "`add` adds its arguments [1].", "citations": [ELSEWHERE]}),))
ASKED = "@yantra explain What does `add` do?"


@pytest.fixture
def scene(scene: Scene) -> Scene:
    scene.values |= {"model_racing": True, "model_fast": QUICK, "model_premium": STRONG}
    return scene


def page(scene: Scene) -> str:
    return render(scene.runs()[0], scene.steps())


async def test_a_sure_quick_answer_is_taken_and_the_other_call_is_given_up(scene: Scene) -> None:
    """The strong model's connection is closed; what it cost is estimated and booked; a replay needs neither."""
    async with FakeModels() as models, scene.server(**claude(models)):
        models.by_model = {QUICK: [SURE], STRONG: [Silence()]}
        await scene.comment(ASKED)
        ending = await scene.ending()
        await models.left.wait()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {QUICK, STRONG}
    assert len(models.seen) == ending.spent.model_calls == 2
    assert "Raced: claude-haiku-4-5 was taken" in page(scene)
    assert "subtracts its arguments [1]" in scene.said()[-1]
    assert ending.spent.input_tokens > 2 * 1_000, "the input of both: what was given up is counted here"
    said = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id)
    assert said.out.startswith("Identical"), said


async def test_an_unsure_quick_answer_is_not_taken(scene: Scene) -> None:
    """Its place is nowhere in what was shown: the strong model is waited for, and both are paid."""
    async with FakeModels() as models, scene.server(**claude(models)):
        models.by_model = {QUICK: [UNSURE], STRONG: [SURE]}
        await scene.comment(ASKED)
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 2
    assert "Raced: claude-opus-4-8 was taken" in page(scene)
    assert "subtracts its arguments [1]" in scene.said()[-1]


PLANNED = [{"title": title, "expects": expects, "needs": needs, "turns": 2} for title, expects, needs in STEPS]
PLAN = Answer(calls=(Call("plan", {"goal": "add adds its arguments", "steps": PLANNED, "confidence": 0.9}),))
TICKS = tuple(Call("step_done", {"step": number, "achieved": "it is there"}) for number in (1, 2, 3))
WORK = (Answer(calls=(*EDIT.calls, *TICKS)), END)


async def test_a_plan_is_raced_and_what_is_decided_about_it_is_kept(scene: Scene) -> None:
    """The quick plan is shown and approved; the work is the usual model's; a replay has it from the record."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**claude(models)):
        models.by_model = {QUICK: [PLAN], STRONG: [Silence()]}
        models.will(*WORK)
        await scene.comment("@yantra plan")
        await waiting(scene)
        await scene.comment("@yantra approve")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 2 + len(WORK)
    (told,) = [step for step in scene.steps() if step.name == "race fared#1"]
    assert '"fared":true' in told.request
    said = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id)
    assert said.out.startswith("Identical"), said


async def test_who_names_a_model_races_nobody(scene: Scene) -> None:
    """One call, of that model."""
    async with FakeModels() as models, scene.server(**claude(models)):
        models.by_model = {STRONG: [SURE]}
        await scene.comment(f"{ASKED} --model premium")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert [seen.body["model"] for seen in models.seen] == [STRONG]


@pytest.mark.case("L01")
async def test_a_kill_in_a_race_begins_it_once_more_and_no_more(scene: Scene) -> None:
    """What was begun is asked again, in one step; then the answer stands, and each model was asked twice."""
    async with FakeModels() as models:
        given = {**scene.values, **claude(models)}
        scene.values = {key: value for key, value in given.items() if value is not None}
        models.by_model = {QUICK: [Silence(), SURE], STRONG: [Silence(), Silence()]}
        async with serving(scene) as server:
            await scene.comment(ASKED)
            await scene.until(lambda: len(models.seen) == 2)
            assert processes.remaining(await server.kill()) == []
        async with serving(scene):
            ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert sorted(seen.body["model"] for seen in models.seen) == [QUICK, QUICK, STRONG, STRONG]
    assert ending.spent.model_calls == 2
    assert len(scene.said()) == 1
