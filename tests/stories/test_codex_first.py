"""The small generator goes first, where its setting says so: its own code where tests confirm it, else the model's."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.generators import write_fixed_generator
from tests.fakes.github.git_repository import run_git
from tests.stories.library import BROKEN, HEAD, call, turn
from tests.stories.scene import Scene
from tests.stories.test_codex import FINISH, TASK, TOTAL, pairs
from tests.stories.test_kill_steps import die_in, go_on
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from tests.unit.scoring.score_files import write_model
from yantra_bot.codex.steps import Step
from yantra_bot.domain.run import Phase
from yantra_bot.runs.going_first import FARED, OFFER
from yantra_bot.runs.records import Records

SUM = (Step.DEFAULT, Step.ITERATE, Step.ACCUMULATE, Step.CLOSE, Step.RETURN)
SORT = (Step.SORT, Step.RETURN)
OPEN = (Step.COMPUTE, Step.RETURN)
SURE, UNSURE = 2.0, 0.0
"""Logits: 0.88 and 0.5."""
WANTED = "import calc\n\n\ndef test_double():\n    assert calc.double(2) == 4\n"
ASKS = WANTED + "\n\ndef test_total():\n    assert calc.total([1.0, 2.0]) == 3.0\n"


def ask(scene: Scene, body: tuple[Step, ...], *, sureness: float = SURE, tests: str = ASKS) -> None:
    """Let an issue ask for a function that a test of the repository wants, of a generator that answers `body`."""
    files = {"calc.py": BROKEN, "tests/test_calc.py": tests, "conftest.py": "", "README.md": "# calc\n"}
    scene.work_in(files, name="octo/sums", script=script())
    scene.issue.title, scene.issue.body = "Sum prices", TASK
    path = write_fixed_generator(scene.home.folder.parent / "generator.safetensors", body, confidence=sureness)
    scene.values |= {"codex": "first", "codex_file": path, "critique_rounds": 0}


def script() -> str:
    """Return what the model writes where it is asked."""
    code = call("write_file", f"{{path = \"calc.py\", content = '''\n{BROKEN}{TOTAL}'''}}")
    told = ", ".join(f"{name} = {json.dumps(value)}" for name, value in FINISH.items())
    return HEAD + turn("add", code) + turn("end", call("finish", f"{{{told}}}"))


def steps(scene: Scene) -> list[str]:
    return [step.name.partition("#")[0] for step in scene.steps()]


def outcomes(scene: Scene) -> list[bool]:
    path = scene.home.generator_outcomes
    told: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"outcomes": []}
    return [one["passed"] for one in told["outcomes"]]


async def test_what_it_wrote_is_delivered_where_the_tests_that_failed_pass(scene: Scene) -> None:
    """No model is asked, the pull request says who wrote it, the outcome counts, and it does not learn from itself."""
    ask(scene, SUM)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 0
    (opened,) = scene.pull_requests()
    assert "What and why (the generator's words)" in opened.body
    assert "The small generator wrote it from the words of the task alone" in opened.body
    assert "for price in prices:\n        total_2 += price\n    return total_2" in patch(scene)
    assert outcomes(scene) == [True]
    assert pairs(scene) == []
    assert scene.home.generator_outcomes.stat().st_mode & 0o077 == 0


async def test_the_model_does_it_where_the_tests_still_fail(scene: Scene) -> None:
    """Its change is gone before the model begins, the failure counts against it, and the model's answer is kept."""
    ask(scene, SORT)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 2
    assert "ordered" not in patch(scene)
    assert "return sum(prices)" in patch(scene)
    assert outcomes(scene) == [False]
    assert len(pairs(scene)) == 1
    (opened,) = scene.pull_requests()
    assert "What and why (the model's words)" in opened.body
    assert "1 attempt." in opened.body


@pytest.mark.parametrize(("body", "sureness", "tests"), [(OPEN, SURE, ASKS), (SUM, UNSURE, ASKS), (SUM, SURE, WANTED)])
async def test_it_declines_where_it_cannot_know(
    scene: Scene, body: tuple[Step, ...], sureness: float, tests: str
) -> None:
    """A hole, too little confidence, or no test that fails before: the model does it, and nothing counts."""
    ask(scene, body, sureness=sureness, tests=tests)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 2
    assert (OFFER in steps(scene)) == (tests == ASKS)
    assert FARED not in steps(scene)
    assert outcomes(scene) == []


@pytest.mark.case("L01")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("body", [SUM, SORT])
async def test_a_run_that_is_killed_while_it_goes_first_goes_on(scene: Scene, body: tuple[Step, ...]) -> None:
    """Killed with code offered or its outcome kept and neither recorded, it ends once, counts once, and is replayed."""
    ask(scene, body)
    for step in (OFFER, FARED):
        await die_in(scene, f"{step}#1", "@yantra implement")
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert outcomes(scene) == [body == SUM]
    assert ending.spent.model_calls == (0 if body == SUM else 2)
    again = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE))
    assert (again.code, again.out.partition(":")[0]) == (0, "Identical"), again
    assert len(scene.pull_requests()) == 1


async def test_a_score_is_not_judged_by_its_own_attempt(scene: Scene, tmp_path: Path) -> None:
    """It is recorded; what counts for the run is what came of the model's change."""
    ask(scene, SORT)
    async with scene.server(score_file=write_model(tmp_path / "model.safetensors")):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    with closing(Records.open(scene.home.records)) as records:
        scored = records.scores_of_run(scene.runs()[0].order.run_id)
        counted = records.scored_past(scene.repository.id, scored[0].score.model).outcomes
    assert [one.number for one in scored] == [0, 1]
    assert [(one.score, one.is_bad) for one in counted] == [(scored[1].score.faulty, False)]


def patch(scene: Scene) -> str:
    """Return `calc.py` as the pull request has it."""
    (opened,) = scene.pull_requests()
    return str(run_git(scene.repository.git_dir, "show", f"{opened.pull.head_sha}:calc.py"))
