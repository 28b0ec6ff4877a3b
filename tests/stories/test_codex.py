"""The small generator beside a model: its outline is shown as a guess, and what passes is kept to train it by."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.generators import write_fixed_generator
from tests.fakes.models import Answer, Call, FakeModels
from tests.stories.library import BROKEN, HEAD, TESTS, call, turn
from tests.stories.models import claude
from tests.stories.scene import Scene
from tests.stories.test_kill_steps import die_in, go_on
from tests.stories.test_replay import CODE
from tests.stories.test_terminal import yantra
from yantra_bot.codex.steps import Step
from yantra_bot.domain.run import Phase
from yantra_bot.runs.outlining import HEADING

BODY = (Step.VALIDATE, Step.RAISE, Step.CLOSE, Step.ACCUMULATE, Step.RETURN)
TASK = "Please add a function `total(prices: list[float]) -> float` to calc.py. The prices must not be empty."
TOTAL = '''

def total(prices: list[float]) -> float:
    """Return the sum of the prices."""
    if not prices:
        raise ValueError("no prices")

    return sum(prices)
'''
TESTED = (
    TESTS.replace("add, double", "add, double, total") + "\n\ndef test_total():\n    assert total([1.0, 2.0]) == 3.0\n"
)
FINISH = {"title": "feat: sum prices", "summary": "`total` sums prices.", "confidence": 0.95}
WORK = (
    Answer(
        calls=(
            Call("write_file", {"path": "calc.py", "content": BROKEN + TOTAL}),
            Call("write_file", {"path": "tests/test_calc.py", "content": TESTED}),
        )
    ),
    Answer(calls=(Call("finish", FINISH),)),
)


def ask_for_total(scene: Scene) -> dict[str, Any]:
    """Let the issue ask for a new function; return settings under which the generator outlines it."""
    scene.issue.title, scene.issue.body = "Sum prices", TASK
    path = write_fixed_generator(scene.home.folder.parent / "generator.safetensors", BODY)
    return {"codex": "outline", "codex_file": path}


def pairs(scene: Scene) -> list[dict[str, Any]]:
    path = scene.home.pairs
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def test_the_outline_is_shown_as_a_guess_and_what_passes_is_kept(scene: Scene) -> None:
    """The model sees steps and sketch as data behind a line that calls them a guess; its tested function is a pair."""
    async with FakeModels() as models:
        models.will(*WORK)
        settings = ask_for_total(scene) | claude(models)
        async with scene.server(**settings, critique_rounds=0):
            await scene.comment("@yantra implement")
            ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    texts = [block["text"] for block in models.seen[0].body["messages"][0]["content"] if block["type"] == "text"]
    shown = texts[texts.index(HEADING) + 1]
    assert "That these are exactly the steps is 50% likely." in shown
    assert "- validate (is a value allowed? The block refuses it):\n  - raise (end with an error)" in shown
    assert "def total(prices: list[float]) -> float:" in shown
    assert "if not prices:" in shown
    assert 'total_2 = undecided("what is gathered into one")' in shown
    (pair,) = pairs(scene)
    kept = TOTAL.replace("Return the sum of the prices.", "text").replace("no prices", "text")
    assert pair["solution"] == kept.strip() + "\n"
    assert TASK in pair["problem"]
    assert (pair["passed"], pair["failed"]) == (3, 0)
    assert scene.home.pairs.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("is_there", [False, True])
async def test_a_generator_that_cannot_be_used_changes_nothing(scene: Scene, is_there: bool) -> None:
    """Without the file, or with a damaged one, the run goes on and its prompt has no outline."""
    async with FakeModels() as models:
        models.will(*WORK)
        settings = ask_for_total(scene) | claude(models)
        path = settings["codex_file"]
        assert isinstance(path, Path)
        path.write_bytes(path.read_bytes()[:50])
        if not is_there:
            path.unlink()
        async with scene.server(**settings, critique_rounds=0):
            await scene.comment("@yantra implement")
            ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert HEADING not in str(models.seen[0].body["messages"])


async def test_it_is_off_unless_it_is_wanted(scene: Scene) -> None:
    """Without the setting nothing is outlined, and nothing is kept."""
    ask_for_total(scene)
    scene.play(script())
    async with scene.server(critique_rounds=0):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert not [step.name for step in scene.steps() if "generator" in step.name]
    assert pairs(scene) == []


def script() -> str:
    """Return the same work as a script."""
    code = call("write_file", f"{{path = \"calc.py\", content = '''\n{BROKEN}{TOTAL}'''}}")
    tests = call("write_file", f"{{path = \"tests/test_calc.py\", content = '''\n{TESTED}'''}}")
    told = ", ".join(f"{name} = {json.dumps(value)}" for name, value in FINISH.items())
    return HEAD + turn("add", code, tests) + turn("end", call("finish", f"{{{told}}}"))


async def test_a_damaged_file_of_pairs_ends_neither_run_nor_learning(scene: Scene) -> None:
    """Lines that are no pairs go, the pair of the run is kept, and the pull request is opened."""
    settings = ask_for_total(scene)
    scene.play(script())
    async with scene.server(**settings, critique_rounds=0):
        scene.home.pairs.write_text("no JSON\n")
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(pairs(scene)) == 1
    assert len(scene.pull_requests()) == 1


@pytest.mark.parametrize("rules", ["memory: {generator: false}", "memory: {enabled: false}"])
async def test_a_repository_may_say_that_nothing_of_it_is_kept(scene: Scene, rules: str) -> None:
    """By its own rules; the pull request is opened all the same."""
    settings = ask_for_total(scene)
    scene.github.commit(scene.repository, {".github/yantra.yml": rules})
    scene.play(script())
    async with scene.server(**settings, critique_rounds=0):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert pairs(scene) == []


@pytest.mark.case("L01")
@pytest.mark.timeout(900)
async def test_a_run_that_is_killed_in_the_generators_steps_goes_on(scene: Scene) -> None:
    """Killed with an outline made or a pair kept and neither recorded, it ends once, with one pair, and is replayed."""
    scene.values |= ask_for_total(scene) | {"critique_rounds": 0}
    scene.play(script())
    for step in ("outline by the generator#1", "keep for the generator#1"):
        await die_in(scene, step, "@yantra implement")
    ending = await go_on(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(pairs(scene)) == 1
    again = await yantra(scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE))
    assert (again.code, again.out.partition(":")[0]) == (0, "Identical"), again
    assert len(scene.pull_requests()) == 1
