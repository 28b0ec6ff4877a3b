"""A run is warned by what an earlier one did wrong, and the memory of that outlives everything that goes wrong."""

import contextlib
from typing import Any

import pytest

from tests.fakes.github.state import Issue
from tests.stories.library import BROKEN, FINISH, FIX, HEAD, ISSUE_BODY, ISSUE_TITLE, call, turn
from tests.stories.pulls import Pulls
from tests.stories.scene import Scene
from tests.stories.test_crash import CrashEverywhere, crash_and_go_on
from tests.stories.test_terminal import yantra
from yantra_bot.app.memory import open_mistakes
from yantra_bot.clock import SystemClock
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.lessons import Category, Lesson, Standing
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.memory_outbox import NEVER
from yantra_bot.runs.steps import Moment
from yantra_bot.settings import Settings

MADE_BEFORE = '{shown = ["Mistakes that were made before", "TypeError"]}'
WRONG = call("edit_file", '{path = "calc.py", search = "first - second", replace = "first + str(second)"}')
RIGHT = call("edit_file", '{path = "calc.py", search = "str(second)", replace = "second"}')
HEEDED = call(
    "finish",
    '{title = "fix: add its arguments", summary = "add used minus.", confidence = 0.95, heeded = ["1", "7", "x"]}',
)
SCRIPT = (
    HEAD
    + turn("warned", FIX, when=MADE_BEFORE)
    + turn("warned-end", HEEDED, when=MADE_BEFORE)
    + turn("wrong", WRONG)
    + turn("sure", FINISH)
    + turn("right", RIGHT, when='{last = ["attempt 2 of 3"]}', text="Hypothesis: numbers are added, not words.")
    + turn("end", FINISH)
)
"""Joins a number and a word unless it was told not to."""


@pytest.fixture
def scene(scene: Scene) -> Scene:
    scene.play(SCRIPT)
    return scene


def another_issue(scene: Scene) -> Issue:
    return scene.github.add_issue(scene.repository, title=ISSUE_TITLE, body=ISSUE_BODY, by="alice")


async def stored(scene: Scene) -> None:
    """Wait until the memory has heard everything that was kept for it."""

    def is_heard() -> bool:
        with contextlib.closing(scene.records()) as records:
            return not records.told_memory(now=NEVER / 2, limit=1)

    await scene.until(is_heard)


def lessons(scene: Scene, **changed: Any) -> list[Lesson]:
    store = open_mistakes(Settings(**{**scene.values, **changed}), scene.home, SystemClock())
    assert store is not None
    try:
        return list(store.lessons())
    finally:
        store.close()


async def learn(scene: Scene) -> Ending:
    """Order the first run, which makes the mistake and mends it."""
    await scene.comment("@yantra implement")
    ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    await stored(scene)
    return ending


async def test_the_second_run_is_warned_by_the_first_ones_failure(scene: Scene) -> None:
    """It makes the mistake no more; the comment, the pull request and the page say what it was warned of, and where
    that was learnt, and the memory knows that it helped."""
    async with scene.server():
        first = await learn(scene)
        (lesson,) = lessons(scene)
        other = another_issue(scene)
        await scene.comment("@yantra implement", on=other)
        second = await scene.ending(of=2)
        await stored(scene)
    assert second.phase is Phase.COMPLETE, second.reason
    assert (first.spent.model_calls, second.spent.model_calls) == (4, 2)
    assert lesson.category is Category.TYPE
    assert "TypeError" in lesson.failed
    assert ("str(second)" in lesson.wrong, "first + second" in lesson.right) == (True, True)
    assert [node.name for node in lesson.nodes] == ["calc.py::add"]
    (comment,) = scene.said(other)
    assert "Reminded of a mistake that was made before: type error at calc.py:2: TypeError" in comment
    assert f"[learnt here]({lesson.source}), `{lesson.id}`): heeded, and not made again" in comment
    warned, plain = sorted(scene.pull_requests(), key=lambda one: -one.number)
    assert "### Earlier mistakes that the run was reminded of" in warned.body
    assert "Earlier mistakes" not in plain.body
    page = render(scene.runs()[0], scene.steps())
    assert "shown to the model" in page
    assert lesson.id in page
    (after,) = lessons(scene)
    assert (after.shown, after.helped, after.frequency) == (1, 1, 1)


async def test_runs_that_learn_and_are_warned_are_told_again(scene: Scene) -> None:
    """A replay needs no memory: what was recalled is in the record, and nothing is learnt a second time."""
    async with scene.server():
        await learn(scene)
        await scene.comment("@yantra implement", on=another_issue(scene))
        await scene.ending(of=2)
        await stored(scene)
    before = lessons(scene)
    for run in scene.runs():
        said = await yantra(scene, "runs", "replay", run.order.run_id)
        assert said.out.startswith("Identical"), said
    assert lessons(scene) == before


async def test_a_mistake_that_is_made_again_in_spite_of_it_is_counted(scene: Scene) -> None:
    """The reminder did not help, and says so; what is learnt is the same lesson."""
    scene.play(SCRIPT.replace(MADE_BEFORE, '{shown = ["no such words"]}'))
    async with scene.server():
        await learn(scene)
        other = another_issue(scene)
        await scene.comment("@yantra implement", on=other)
        ending = await scene.ending(of=2)
        await stored(scene)
    assert ending.phase is Phase.COMPLETE, ending.reason
    (comment,) = scene.said(other)
    assert ": made again all the same" in comment
    (lesson,) = lessons(scene)
    assert (lesson.shown, lesson.helped, lesson.frequency) == (1, 0, 2)


async def test_a_repository_that_wants_no_memory_has_none(scene: Scene) -> None:
    """Nothing is learnt, nothing is asked, and nothing of it is said."""
    scene.github.commit(scene.repository, {".github/yantra.yml": "memory: {enabled: false}\n"})
    async with scene.server():
        await learn(scene)
    assert lessons(scene) == []
    assert not [step for step in scene.steps() if step.name.startswith(("recall", "learn"))]
    assert "memory" not in "".join(scene.said())


async def test_a_kind_of_mistakes_that_is_switched_off_is_not_learnt(scene: Scene) -> None:
    """By the maintainers' own word."""
    scene.github.commit(scene.repository, {".github/yantra.yml": "memory: {categories_off: [type]}\n"})
    async with scene.server():
        await learn(scene)
    assert lessons(scene) == []


async def test_without_a_memory_that_can_be_read_the_run_goes_on_and_says_so(scene: Scene) -> None:
    """A damaged memory ends no run; what was learnt meanwhile is kept for it, until somebody has mended it."""
    async with scene.server():
        await learn(scene)
    for path in scene.home.memory.rglob("*.manifest"):
        path.write_bytes(b"no manifest")
    other = another_issue(scene)
    async with scene.server():
        await scene.comment("@yantra implement", on=other)
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    (comment,) = scene.said(other)
    assert "The memory of mistakes did not help, or not with all of it" in comment
    assert "Reminded of a mistake" not in comment
    with contextlib.closing(scene.records()) as records:
        assert records.told_memory(now=NEVER * 2, limit=5)


async def change_the_code(scene: Scene) -> None:
    """Let somebody change the function that the lesson is about."""
    code = BROKEN.replace("second):", "second, third=0):")
    await scene.github.push(scene.repository, {"calc.py": code}, by="alice")


async def test_what_is_about_code_that_is_another_one_now_is_asked_about(scene: Scene) -> None:
    """Nobody is warned of it until somebody who may write says that it still holds."""
    async with scene.server():
        await learn(scene)
        await change_the_code(scene)
    scene.play(SCRIPT.replace(WRONG, FIX))
    other, third = another_issue(scene), another_issue(scene)
    async with scene.server():
        await scene.comment("@yantra implement", on=other)
        await scene.ending(of=2)
        await stored(scene)
        (doubted,) = lessons(scene)
        said = scene.said(other)
        (asked,) = [one for one in other.comments if "Does it still hold?" in one.body]
        for who in ("eve", "alice"):  # one who may read, and one who may write
            scene.github.state.add_reaction(asked.reactions, user=scene.github.add_user(who), content="+1")
        await scene.until(lambda: lessons(scene)[0].standing is Standing.ACTIVE)
        await scene.comment("@yantra implement", on=third)
        await scene.ending(of=3)
    assert (doubted.standing, doubted.shown) == (Standing.DOUBTFUL, 0)
    assert not [one for one in said if "Reminded of a mistake" in one]
    assert [one for one in scene.said(third) if "Reminded of a mistake" in one]


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_a_warned_run_that_crashes_in_each_kind_of_step_is_warned_of_the_same(scene: Scene) -> None:
    """What was recalled is recorded: nothing is told or counted twice."""
    async with scene.server():
        await learn(scene)
    other = another_issue(scene)
    crashes = CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, lambda: scene.comment("@yantra implement", on=other), of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert {"recall", "look symbols up", "learn"} <= {name.partition("#")[0] for name in crashes.died}
    async with scene.server():
        await stored(scene)
    (lesson,) = lessons(scene)
    assert (lesson.shown, lesson.helped, lesson.frequency) == (1, 1, 1)


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_a_question_about_a_lesson_outlives_a_crash_in_each_kind_of_step(scene: Scene) -> None:
    """It is asked once, and the lesson is doubted once."""
    async with scene.server():
        await learn(scene)
        await change_the_code(scene)
    scene.play(SCRIPT.replace(WRONG, FIX))
    other, crashes = another_issue(scene), CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, lambda: scene.comment("@yantra implement", on=other), of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "ask about lesson" in {name.partition("#")[0] for name in crashes.died}
    assert len([one for one in scene.said(other) if "Does it still hold?" in one]) == 1
    async with scene.server():
        await stored(scene)
    assert [one.standing for one in lessons(scene)] == [Standing.DOUBTFUL]


@pytest.fixture
def pulls(scene: Scene) -> Pulls:
    scene.values["review_pull_requests"] = True
    return Pulls(scene)


async def test_a_remark_that_a_commit_settled_is_remembered_where_the_same_is_found_again(pulls: Pulls) -> None:
    """The next pull request that does the same is told that it was done here before, and where that was."""
    scene = pulls.scene
    async with scene.server():
        await pulls.open()
        await pulls.ending()
        assert "made here before" not in pulls.remarks[0].body
        await pulls.fix()
        await pulls.ending(of=2)
        await stored(scene)
        (lesson,) = lessons(scene)
        await pulls.open(branch="again")
        await pulls.ending(of=3)
    assert (lesson.category, lesson.standing) == (Category.API, Standing.ACTIVE)
    (remark,) = pulls.remarks
    assert "This kind of mistake was made here before" in remark.body
    assert f"[told here]({lesson.source})" in remark.body


async def test_what_a_stranger_settles_in_a_pull_request_of_their_own_teaches_nothing(pulls: Pulls) -> None:
    """Who may not write would choose what later runs are shown."""
    scene = pulls.scene
    async with scene.server():
        await pulls.open(by="eve")
        await pulls.ending()
        await pulls.fix()
        await pulls.ending(of=2)
        await scene.quiet()
    assert len(pulls.remarks) == 1
    assert lessons(scene) == []


async def test_what_somebody_declined_is_doubted(pulls: Pulls) -> None:
    """A lesson of a remark that was right once is left aside after somebody who may write said no to the same."""
    scene = pulls.scene
    async with scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.fix()
        await pulls.ending(of=2)
        await pulls.open(branch="again")
        await pulls.ending(of=3)
        pulls.github.thumb_down(pulls.remarks[0], by="alice")
        await pulls.push_on()
        await pulls.ending(of=4)
        await stored(scene)
    assert [one.standing for one in lessons(scene)] == [Standing.DOUBTFUL]


@pytest.mark.case("L01")
@pytest.mark.timeout(600)
async def test_a_review_that_remembers_outlives_a_crash_in_each_kind_of_step(pulls: Pulls) -> None:
    """It says the same once, and what it teaches is learnt once."""
    scene = pulls.scene
    async with scene.server():
        await pulls.open()
        await pulls.ending()
        await pulls.fix()
        await pulls.ending(of=2)
        await stored(scene)
    crashes = CrashEverywhere(Moment.AFTER_WORK, is_by_kind=True)
    ending = await crash_and_go_on(scene, crashes, lambda: pulls.open(branch="again"), of=3)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "recall mistakes" in {name.partition("#")[0] for name in crashes.died}
    assert [("made here before" in one.body) for one in pulls.remarks] == [True]
    assert [one.frequency for one in lessons(scene)] == [1]
