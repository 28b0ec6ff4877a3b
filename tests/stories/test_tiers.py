"""A run has the model of the tier that its order names, or that the router chooses; its page tells which and why."""

from tests.fakes.models import Answer, Call, FakeModels
from tests.stories.library import SHELL_FILES
from tests.stories.models import WORK, claude
from tests.stories.scene import Scene
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.run import Phase
from yantra_bot.models.catalogue import DEFAULT_MODELS, TIERS, VendorId

OWN = TIERS[VendorId.ANTHROPIC]


def page(scene: Scene) -> str:
    return render(scene.runs()[0], scene.steps())


async def test_an_order_may_name_a_tier(scene: Scene) -> None:
    """Every call of the run goes to its model."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**claude(models)):
        models.will(*WORK)
        await scene.comment("@yantra implement --model premium")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {OWN["premium"]}
    assert f"premium: {OWN['premium']}" in page(scene)
    assert "The order names the tier." in page(scene)


async def test_the_router_chooses_where_the_operator_wants_it(scene: Scene) -> None:
    """The issue's words decide; the choice is a step, with its reason on the page."""
    scene.work_in(SHELL_FILES)
    scene.issue.title, scene.issue.body = "Fix the typo in the README", "`recieve` should be `receive`."
    async with FakeModels() as models, scene.server(**claude(models), model_router=True, model_fast="claude-haiku-4-5"):
        models.will(*WORK)
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {"claude-haiku-4-5"}
    assert "fast: claude-haiku-4-5" in page(scene)
    assert "It is like" in page(scene)


async def test_without_the_router_nothing_is_chosen(scene: Scene) -> None:
    """The usual model answers, and the run has no step for it."""
    scene.work_in(SHELL_FILES)
    scene.issue.title = "Migrate the whole code base to TypeScript"
    async with FakeModels() as models, scene.server(**claude(models)):
        models.will(*WORK)
        await scene.comment("@yantra implement")
        await scene.ending()
    assert {seen.body["model"] for seen in models.seen} == {DEFAULT_MODELS[VendorId.ANTHROPIC]}
    assert not [step for step in scene.steps() if step.name.startswith("choose model")]


async def test_a_question_is_routed_by_its_own_words(scene: Scene) -> None:
    """Not by the issue that it is asked on."""
    cited = {"path": "calc.py", "line": 2, "quote": "    return first - second"}
    answer = Call("answer", {"text": "It subtracts its arguments [1].", "citations": [cited]})
    async with FakeModels() as models, scene.server(**claude(models), model_router=True):
        models.will(Answer(calls=(answer,)))
        await scene.comment("@yantra explain Which file is `add` in?")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {OWN["fast"]}
