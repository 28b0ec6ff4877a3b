"""Where a learned score has earned it, a run on code in which changes go wrong has a stronger model, or is refused."""

from pathlib import Path

import pytest

from tests.fakes.models import Answer, Call, FakeModels
from tests.stories.held import holding
from tests.stories.library import NEW_TEST
from tests.stories.models import END, claude
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_learned_score import earn, page
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
    """From its first call on, and comment and page say why; else the usual one, and the page says that."""
    file = write_model(tmp_path / "model.safetensors", shift=shift)
    if is_earned:
        earn(scene, scene.repository, file)
    async with (
        FakeModels() as models,
        scene.server(**claude(models), score_file=file, score_routing=ScoreRouting.STRONGER),
    ):
        models.will(FIX, END)
        await scene.comment("@yantra implement")
        ending = await scene.ending(of=2 if is_earned else 1)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {model}
    why = "of changes of code like add go well here"
    assert (why in ending.reason) is (model == STRONGER)
    assert (why in page(scene)) is (model == STRONGER)
    assert ("The learned score was not asked" in page(scene)) is not is_earned
    assert [step.name for step in scene.steps() if step.name == STEP] == [STEP]


async def test_such_a_run_is_refused_where_the_operator_chose_that(scene: Scene, tmp_path: Path) -> None:
    """Before a model is asked, with the reason and the cure; who names a model is served."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn(scene, scene.repository, file)
    async with FakeModels() as models, scene.server(**claude(models), score_file=file, score_routing="refuse"):
        await scene.comment("@yantra implement")
        refused = await scene.ending(of=2)
        assert refused.phase is Phase.FAILED
        assert "The operator has such tasks refused. Cure: " in refused.reason
        assert not models.seen
        models.will(FIX, END)
        await scene.comment("@yantra implement --model premium")
        ending = await scene.ending(of=3)
    assert ending.phase is Phase.COMPLETE, ending.reason


@pytest.mark.case("L01")
async def test_a_choice_by_the_score_is_made_again_after_a_kill(scene: Scene, tmp_path: Path) -> None:
    """Killed after it was made and before its record: the stronger model works on it all the same."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn(scene, scene.repository, file)
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
            ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {seen.body["model"] for seen in models.seen} == {STRONGER}
    assert {step.name: step.starts for step in scene.steps()}[STEP] == 2


async def test_without_the_setting_the_score_changes_no_model(scene: Scene, tmp_path: Path) -> None:
    """It is earned and says that changes go wrong: the usual model works, and no step is taken."""
    file = write_model(tmp_path / "model.safetensors", shift=SURE)
    earn(scene, scene.repository, file)
    async with FakeModels() as models, scene.server(**claude(models), score_file=file):
        models.will(FIX, END)
        await scene.comment("@yantra implement")
        await scene.ending(of=2)
    assert {seen.body["model"] for seen in models.seen} == {USUAL}
    assert STEP not in {step.name for step in scene.steps()}
