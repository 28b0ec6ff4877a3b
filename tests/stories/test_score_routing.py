"""Where a learned score has earned it, a run on code in which changes go wrong has a stronger model, or is refused."""

import contextlib
from pathlib import Path

import pytest

from tests.fakes.models import Answer, Call, FakeModels
from tests.stories.held import holding
from tests.stories.library import NEW_TEST
from tests.stories.models import END, claude
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_learned_score import earn, earn_before, page
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from tests.unit.scoring.score_files import write_model
from yantra_bot.domain.run import Phase
from yantra_bot.domain.tiers import ScoreRouting
from yantra_bot.models.catalogue import DEFAULT_MODELS, TIERS, VendorId
from yantra_bot.runs.steps import Moment

USUAL = DEFAULT_MODELS[VendorId.ANTHROPIC]
STRONGER = TIERS[VendorId.ANTHROPIC]["premium"]
FIX = Answer(
    calls=(
        Call("edit_file", {"path": "calc.py", "search": "first - second", "replace": "first + second"}),
        Call("write_file", {"path": "tests/test_calc.py", "content": NEW_TEST}),
    )
)
STEP = "choose model by learned score#1"
PAST = 80
"""Tasks that the score was judged by."""
SURE = 12.0
"""Added to what the model says: it is sure of a fault, or with the other sign of none."""


@pytest.mark.parametrize(
    ("shift", "is_earned", "model"),
    [(SURE, True, STRONGER), (-SURE, True, USUAL), (SURE, False, USUAL)],
    ids=["goes wrong", "goes well", "not earned"],
)
async def test_a_stronger_model_works_where_changes_go_wrong(
    scene: Scene, tmp_path: Path, shift: float, is_earned: bool, model: str
) -> None:
    """From its first call on, and comment and page say why; else the usual one, and the page says that.

    A replay has the model that the record says. What came of the run counts for scores before a change, unless another
    model than the usual one worked on it.
    """
    file = write_model(tmp_path / "model.safetensors", shift=shift)
    if is_earned:
        earn_before(scene, scene.repository, file)
    async with (
        FakeModels() as models,
        scene.server(**claude(models), score_file=file, score_routing=ScoreRouting.STRONGER),
    ):
        models.will(FIX, END)
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {model}
    why = "of tasks on code like add go well here"
    assert (why in ending.reason) is (model == STRONGER)
    assert (why in page(scene)) is (model == STRONGER)
    assert ("The learned score chooses no model here" in page(scene)) is not is_earned
    assert [step.name for step in scene.steps() if step.name == STEP] == [STEP]
    run_id = scene.runs()[0].order.run_id
    with contextlib.closing(scene.records()) as records:
        known = records.target_past(scene.repository.id, records.newest_score_model(scene.repository.id))
    counted = len(known.outcomes) - (PAST if is_earned else 0)
    assert counted == (0 if model == STRONGER else 1)
    if model == STRONGER:
        again = await yantra(scene, "runs", "replay", run_id, PYTHONPATH=str(CODE))
        assert (again.code, again.out.split(":")[0]) == (0, "Identical"), again


async def test_such_a_run_is_refused_where_the_operator_chose_that(scene: Scene, tmp_path: Path) -> None:
    """Before a model is asked, with the reason and the cure; who names a model is served."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn_before(scene, scene.repository, file)
    async with FakeModels() as models, scene.server(**claude(models), score_file=file, score_routing="refuse"):
        await scene.comment("@yantra implement")
        refused = await scene.ending()
        assert refused.phase is Phase.FAILED
        assert "The operator has such tasks refused. Cure: " in refused.reason
        assert not models.seen
        models.will(FIX, END)
        await scene.comment("@yantra implement --model premium")
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason


async def test_what_a_score_has_earned_on_changes_chooses_no_model(scene: Scene, tmp_path: Path) -> None:
    """It was judged on code as it was changed, and is asked here of code as it is."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn(scene, scene.repository, file)
    async with FakeModels() as models, scene.server(**claude(models), score_file=file, score_routing="stronger"):
        models.will(FIX, END)
        await scene.comment("@yantra implement")
        await scene.ending(of=2)
    assert {seen.body["model"] for seen in models.seen} == {USUAL}
    assert "The learned score chooses no model here: No outcome of a scored task is known here yet" in page(scene)


@pytest.mark.case("L01")
async def test_a_choice_by_the_score_is_made_again_after_a_kill(scene: Scene, tmp_path: Path) -> None:
    """Killed after it was made and before its record: the stronger model works on it all the same."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn_before(scene, scene.repository, file)
    async with FakeModels() as models:
        given = {**scene.values, **claude(models), "score_file": str(file), "score_routing": "stronger"}
        scene.values = {key: value for key, value in given.items() if value is not None}
        models.will(FIX, END)
        async with holding(scene, Moment.AFTER_WORK, STEP) as server:
            await scene.comment("@yantra implement")
            await scene.until(lambda: server.log.read_text().endswith(f"Held in {STEP}\n"))
            server.process.kill()
            await server.process.wait()
        async with serving(scene):
            ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {STRONGER}
    assert {step.name: step.starts for step in scene.steps()}[STEP] == 2


async def test_without_the_setting_the_score_changes_no_model(scene: Scene, tmp_path: Path) -> None:
    """It is earned and says that changes go wrong: the usual model works, and no step is taken."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn_before(scene, scene.repository, file)
    async with FakeModels() as models, scene.server(**claude(models), score_file=file):
        models.will(FIX, END)
        await scene.comment("@yantra implement")
        await scene.ending()
    assert {seen.body["model"] for seen in models.seen} == {USUAL}
    assert STEP not in {step.name for step in scene.steps()}


async def test_a_follow_up_on_such_code_has_the_stronger_model_too(scene: Scene, tmp_path: Path) -> None:
    """A check of the bot's own pull request fails: who mends it is chosen as for an order, and it replays."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn_before(scene, scene.repository, file)
    scene.values |= {"follow_up_quiet_seconds": 0.1, "review_pull_requests": False}
    noted = Answer(
        calls=(Call("edit_file", {"path": "calc.py", "search": "return first", "replace": "return +first"}),)
    )
    async with FakeModels() as models, scene.server(**claude(models), score_file=file, score_routing="stronger"):
        models.will(FIX, END, noted, END)
        await scene.comment("@yantra implement")
        await scene.ending()
        (own,) = scene.pull_requests()
        output = {"title": "Lint", "summary": "the function add of calc.py has no comment", "text": None}
        await scene.github.end_check(scene.repository, own.pull.head_sha, "lint", "failure", output=output)
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "of tasks on code like add go well here" in ending.reason
    assert {seen.body["model"] for seen in models.seen} == {STRONGER}
    assert STEP in {step.name for step in scene.steps()}
    again = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE))
    assert (again.code, again.out.split(":")[0]) == (0, "Identical"), again
