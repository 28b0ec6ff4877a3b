"""A stored run is told again by the present code, offline, and what differs is named."""

import json
import shutil
from pathlib import Path

import yantra_bot
from tests.stories.library import SHELL_FILES
from tests.stories.scene import Scene
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Phase

PROMPTS = Path("yantra_bot/agent/prompts.py")
CODE = Path(yantra_bot.__path__[0]).parent


async def play(scene: Scene) -> str:
    """Let one run be told to its end; return its id."""
    scene.work_in(SHELL_FILES)
    async with scene.server():
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending
    return scene.runs()[0].order.run_id


def change_the_prompt(scene: Scene) -> Path:
    """Return a folder with a copy of the product whose first prompt says something else."""
    code = scene.folder / "code"
    shutil.copytree(CODE / "yantra_bot", code / "yantra_bot", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("artefacts.lock", ".artefacts", "pyproject.toml"):
        if (CODE / name).exists():
            (code / name).symlink_to(CODE / name)
    text = (code / PROMPTS).read_text()
    assert 'SYSTEM = """\\\n' in text
    (code / PROMPTS).write_text(text.replace('SYSTEM = """\\\n', 'SYSTEM = """\\\nTake your time.\n', 1))
    return code


async def test_a_run_is_told_again_bit_for_bit_and_a_changed_prompt_is_found(scene: Scene) -> None:
    """Identical with the same code; with another prompt each request of the model differs, with its lines."""
    run_id = await play(scene)
    before, asked = scene.steps(), dict(scene.github.world.requests_used)
    said = await yantra(scene, "runs", "replay", run_id, PYTHONPATH=str(CODE))
    assert (said.code, said.err) == (0, ""), said
    assert (
        said.out == f"Identical: {len(before)} steps were answered by the record, and phases and ending are the same.\n"
    )
    other = await yantra(scene, "runs", "replay", run_id, PYTHONPATH=str(change_the_prompt(scene)))
    assert (other.code, other.err) == (1, ""), other
    first, _, last = other.out.partition("model#2")
    assert "model#1 is asked for with another request" in first
    assert "+  Take your time." in first
    assert "2 differences; " in last
    for_programs = await yantra(scene, "runs", "replay", run_id, "--json", PYTHONPATH=str(CODE))
    assert (for_programs.code, for_programs.err) == (0, ""), for_programs
    same = {"run_id": run_id, "is_identical": True, "steps": len(before), "differences": [], "problem": None}
    assert json.loads(for_programs.out) == {"schema": 1, "runs": [same]}
    assert (scene.steps(), dict(scene.github.world.requests_used)) == (before, asked)


async def test_a_transcript_has_every_request_and_answer_in_order(scene: Scene) -> None:
    """JSON Lines from the order to the ending."""
    run_id = await play(scene)
    said = await yantra(scene, "runs", "transcript", run_id, PYTHONPATH=str(CODE))
    assert said.code == 0, said
    lines = [json.loads(line) for line in said.out.splitlines()]
    types = [line["type"] for line in lines]
    assert (types[0], types[-1]) == ("order", "ending")
    assert types.count("model_request") == types.count("model_answer") == scene.runs()[0].spent.model_calls
    assert types.count("tool_call") == types.count("tool_result") > 0
    assert {"tests", "phase", "step"} <= set(types)
    assert lines[-1]["pull_request"]["number"]
    assert [line["at"] for line in lines if line["type"] == "phase"] == [phase.at for phase in scene.runs()[0].phases]
