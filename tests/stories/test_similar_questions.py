"""A question that asks the same as an earlier one, in other words, is answered without a model; any other is not."""

import asyncio

import pytest

from tests.fakes.sentence_models import make_model
from tests.stories import processes
from tests.stories.library import BROKEN
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.test_crash import CrashEverywhere, crash_and_go_on
from tests.stories.test_explain import ANSWER, HEAD, turn
from tests.stories.test_kill import at_request, at_step
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.steps import Moment

ASKED = "Where is `add` called?"
SAME = "Hi, could you tell me in which file we call `add()`, please?"
OTHER = "Where is `double` called?"
AGAIN = "Answered from an earlier question"
ONE_TURN = HEAD + turn("answer", ANSWER)


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The scene, with such answers switched on and a sentence model."""
    scene.play(ONE_TURN)
    scene.values |= {
        "similar_questions": True,
        "embedding_model_folder": str(make_model(scene.folder / "sentences")),
    }
    return scene


async def ask(scene: Scene, text: str, *, number: int) -> Ending:
    """Ask, and return how the run ended that is the scene's `number`th."""
    await scene.comment(f"@yantra explain {text}")
    ending = await scene.ending(of=number)
    assert ending.phase is Phase.COMPLETE, ending.reason
    return ending


async def test_asked_twice_in_other_words_it_is_paid_once(scene: Scene) -> None:
    """The second answer says which question it answers, and names the place that it looked up again."""
    async with scene.server():
        first = await ask(scene, ASKED, number=1)
        second = await ask(scene, SAME, number=2)
        third = await ask(scene, f"{SAME} --fresh", number=3)
    assert [first.spent.model_calls, second.spent.model_calls, third.spent.model_calls] == [1, 0, 1]
    said = scene.said()
    assert [AGAIN in one for one in said] == [False, True, False]
    assert "`Where is 'add' called?`" in said[1]
    assert "ask again with `--fresh`" in said[1]
    assert "[1] `calc.py:2` `return first - second`" in said[1]
    assert [step.name for step in scene.steps(1) if step.name.startswith("tools")] == ["tools#1"]


async def test_another_question_is_paid(scene: Scene) -> None:
    """One word makes it another one."""
    asked = (ASKED, OTHER, "Where is `add` not called?")
    async with scene.server():
        calls = [(await ask(scene, text, number=number)).spent.model_calls for number, text in enumerate(asked, 1)]
    assert calls == [1] * len(asked)
    assert AGAIN not in "".join(scene.said())


async def test_after_a_push_it_is_paid(scene: Scene) -> None:
    """An answer about another commit is never given, though its line still stands there."""
    async with scene.server():
        await ask(scene, ASKED, number=1)
        await scene.github.push(scene.repository, {"calc.py": BROKEN + "\n\nTHREE = 3\n"}, by="alice")
        second = await ask(scene, SAME, number=2)
        third = await ask(scene, ASKED, number=3)
    assert [second.spent.model_calls, third.spent.model_calls] == [1, 0]


async def test_what_names_no_code_is_known_where_it_was_asked_alone(scene: Scene) -> None:
    """On another issue the same words may mean something else; so they may after somebody has said more."""
    asked, same = "Where do we subtract numbers?", "In which file are numbers subtracted?"
    other = scene.github.add_issue(scene.repository, title="Another one", by="alice")
    async with scene.server():
        first = await ask(scene, asked, number=1)
        second = await ask(scene, same, number=2)
        await scene.comment(f"@yantra explain {asked}", on=other)
        third = await scene.ending(of=3)
        await scene.comment("I mean complex numbers.")
        fourth = await ask(scene, same, number=4)
    assert [one.spent.model_calls for one in (first, second, third, fourth)] == [1, 0, 1, 1]


async def test_without_the_setting_every_question_is_paid(scene: Scene) -> None:
    """It is for the operator to switch on."""
    async with scene.server(similar_questions=False):
        await ask(scene, ASKED, number=1)
        second = await ask(scene, SAME, number=2)
    assert second.spent.model_calls == 1
    assert not [step for step in scene.steps() if "kept answer" in step.name]


async def test_a_run_that_was_given_an_earlier_answer_is_told_again(scene: Scene) -> None:
    """A replay needs neither the cache nor a sentence model: the step has what was found."""
    async with scene.server():
        await ask(scene, ASKED, number=1)
        await ask(scene, SAME, number=2)
    for run in scene.runs():
        said = await yantra(scene, "runs", "replay", run.order.run_id)
        assert said.out.startswith("Identical"), said


MOMENTS = {
    "found": at_step("find kept answer#1"),
    "its places are looked up": at_step("tools#1"),
    "said, not recorded": at_request("POST", "*/comments", after_effect=True),
}


@pytest.mark.case("L01")
@pytest.mark.parametrize("name", MOMENTS)
async def test_a_kill_answers_once_and_pays_nothing(scene: Scene, name: str) -> None:
    """Whatever it falls into: one answer more, and no call."""
    async with serving(scene) as server:
        await ask(scene, ASKED, number=1)
        await scene.until(lambda: len(scene.said()) == 1)
        has_come = MOMENTS[name](scene)
        await asyncio.gather(
            scene.comment(f"@yantra explain {SAME}"), scene.until(lambda: len(scene.runs()) == 2 and has_come())
        )
        assert processes.remaining(await server.kill()) == []
    async with serving(scene):
        ending = await scene.ending(of=2)
        await scene.until(lambda: len(scene.said()) == 2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.spent.model_calls == 0
    assert [AGAIN in one for one in scene.said()] == [False, True]


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_an_answer_is_kept_once_whatever_dies(scene: Scene) -> None:
    """A crash in each kind of step of the first question; the second one has its answer for nothing."""
    crashes = CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, lambda: scene.comment(f"@yantra explain {ASKED}"))
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {"find kept answer", "keep answer"} <= set(crashes.died)
    async with scene.server():
        again = await ask(scene, SAME, number=2)
    assert again.spent.model_calls == 0
    assert [AGAIN in one for one in scene.said()] == [False, True]
