"""A model's own programs in a question: run in the sandbox, refused where the risk is high, kept, counted."""

from tests.stories.library import HEAD, call, turn
from tests.stories.scene import Scene
from tests.stories.test_explain import ANSWER, LOOK
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Phase
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.codec import decode_envelope

COUNTS = call("run_python", '{code = "import calc\\nprint(calc.add(44, 2))"}')
BREAKS = call("run_python", '{code = "1 / 0"}')
REACHES = call("run_python", '{code = "import ctypes"}')


async def test_a_question_is_computed_and_every_program_is_kept(scene: Scene) -> None:
    """Risk, exit code and time stand in the record; `yantra runs programs` tells how many succeeded."""
    first = turn("try", LOOK, COUNTS, BREAKS, REACHES, when="{shown = ['What does add do']}")
    scene.play(HEAD + first + turn("answer", ANSWER, when="{last = ['42', 'ZeroDivisionError', 'ctypes reaches']}"))
    async with scene.server():
        await scene.comment("@yantra explain What does add do?")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    (batch,) = [
        decode_envelope(step.envelope or "", ToolBatch)
        for step in scene.steps()
        if step.name.startswith("tools#") and "run_python" in str(step.request)
    ]
    kept = [(one.argv, one.risk, one.exit_code, bool(one.refusal)) for one in batch.executions]
    python = ("python", "-")
    assert kept == [(python, "low", 0, False), (python, "low", 1, False), (python, "high", None, True)]
    said = await yantra(scene, "runs", "programs")
    assert said.code == 0, said
    assert "all           1 of 2 succeeded (50%), 1 refused" in said.out
    assert "high risk     0 of 0 succeeded, 1 refused" in said.out
