"""A recorded run is told again by another story, and each difference is named."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from yantra_bot.clock import SystemClock
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import Permanent, UserError
from yantra_bot.runs.conduct import Conductor
from yantra_bot.runs.context import RunContext, Story
from yantra_bot.runs.records import Records
from yantra_bot.runs.replaying import Replayed, compare_requests, empty_records, replay
from yantra_bot.runs.steps import StepRunner

ORDER = Order(
    "a" * 24, Repository(1, "octo", "calc"), 2, 7, Command(Verb.IMPLEMENT), Actor(3, "ann", False), 4, 1_700_000_000.0
)
DONE = Ending(Phase.COMPLETE, "Done.")


def answers(value: Any) -> Callable[[], Awaitable[Any]]:
    async def work() -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    return work


def story(*steps: tuple[str, str, Any], ending: Ending = DONE, phase: Phase = Phase.CONTEXT_ASSEMBLY) -> Story:
    """Return a story of steps (name, request, answer) whose failures it tells in its ending."""

    async def tell(context: RunContext) -> Ending:
        await context.phase(phase)
        for name, request, answer in steps:
            await context.step(name, answers(answer), int, request=request)
        return ending

    return tell


class Shelf:
    """Records a story, and tells it again by another one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records = Records.open(folder / "records.sqlite")

    async def record(self, told: Story) -> None:
        clock = SystemClock()
        runner = StepRunner(self.records, clock)
        self.records.start_run(ORDER, ORDER.accepted_at)
        await Conductor(self.records, clock, runner).conduct(told, RunContext(ORDER, runner, runner.perform))

    async def replay(self, told: Story) -> Replayed:
        own = empty_records(self.folder)
        record = self.records.run(ORDER.run_id)
        assert record is not None
        try:
            return await replay(told, record, self.records.steps(ORDER.run_id), own=own, clock=SystemClock())
        finally:
            own.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Any:
    made = Shelf(tmp_path)
    yield made
    made.records.close()


NEVER = AssertionError("a replay does no work")


async def test_the_same_story_is_identical_and_does_no_work(shelf: Shelf) -> None:
    """Values come from the record, although the work would answer otherwise."""
    await shelf.record(story(("read", "", 1), ("model", "one", 2)))
    told = await shelf.replay(story(("read", "", NEVER), ("model", "one", NEVER)))
    assert told == Replayed(2, ())


async def test_a_recorded_failure_is_raised_again(shelf: Shelf) -> None:
    """A run that failed by a step fails by it again."""
    await shelf.record(story(("read", "", Permanent("No such branch."))))
    assert await shelf.replay(story(("read", "", NEVER))) == Replayed(1, ())


async def test_a_bug_ends_the_replay_as_it_ended_the_run(shelf: Shelf) -> None:
    """Also an unexpected error is a part of the record."""
    await shelf.record(story(("read", "", KeyError("x"))))
    assert await shelf.replay(story(("read", "", NEVER))) == Replayed(1, ())


async def test_another_request_is_shown_and_still_answered(shelf: Shelf) -> None:
    """The diff names the value; what comes after is compared too."""
    await shelf.record(story(("model", '{"system":"a\\nb"}', 2), ("tools", "x", 3)))
    told = await shelf.replay(story(("model", '{"system":"a\\nc"}', 2), ("tools", "y", 3)))
    assert [(one.step, one.what) for one in told.differences] == [
        (1, "model#1 is asked for with another request"),
        (2, "tools#1 is asked for with another request"),
    ]
    assert told.differences[0].diff[-2:] == ("-  b", "+  c")
    assert told.steps == 2


async def test_steps_left_out_and_taken_late_are_named(shelf: Shelf) -> None:
    """What is left out and what comes in another order are two things."""
    await shelf.record(story(("a", "", 1), ("b", "", 2), ("c", "", 3)))
    told = await shelf.replay(story(("b", "", 2), ("a", "", 1)))
    assert [one.what for one in told.differences] == [
        "the present code takes b#1 where the record has a#1",
        "the present code leaves out c#1",
    ]


async def test_a_new_step_ends_the_replay(shelf: Shelf) -> None:
    """What the record does not have cannot be answered."""
    await shelf.record(story(("a", "", 1)))
    told = await shelf.replay(story(("a", "", 1), ("plan", "", 2)))
    (one,) = told.differences
    assert (one.step, one.what) == (
        2,
        "the present code takes the step plan#1, which the record does not have; the replay ends here",
    )


async def test_another_type_of_result_ends_the_replay(shelf: Shelf) -> None:
    """A record that the present code cannot read is a difference, and no crash."""
    await shelf.record(story(("a", "", 1)))

    async def other(context: RunContext) -> Ending:
        await context.step("a", answers({}), dict[str, str])
        return DONE

    told = await shelf.replay(other)
    assert "cannot read the recorded result of a#1" in told.differences[0].what


async def test_another_ending_and_other_phases_are_differences(shelf: Shelf) -> None:
    """They concern the run as a whole."""
    await shelf.record(story(("a", "", 1)))
    told = await shelf.replay(story(("a", "", 1), ending=Ending(Phase.COMPLETE, "So."), phase=Phase.REVIEWING))
    assert [one.what for one in told.differences] == ["the run ends otherwise", "the run goes through other phases"]
    assert '+reason: "So."' in told.differences[0].diff
    assert "+Reviewing" in told.differences[1].diff


async def test_what_cannot_be_replayed_is_said(shelf: Shelf) -> None:
    """A run that goes on, one without steps, and one that was ended from outside."""
    shelf.records.start_run(ORDER, 1.0)
    with pytest.raises(UserError, match="has not ended"):
        await shelf.replay(story())
    shelf.records.end_run(ORDER.run_id, DONE, 2.0)
    with pytest.raises(UserError, match="no recorded steps"):
        await shelf.replay(story())
    shelf.records.begin_step(ORDER.run_id, 1, "a#1", request="", at=1.5)
    told = await shelf.replay(story(("a", "", 1)))
    assert (told.differences, told.steps) == ((), 0)
    assert "no result of a#1" in told.lacks


def test_requests_that_are_no_json_are_compared_by_their_lines() -> None:
    """Text stays text; lists and numbers have a line each."""
    assert compare_requests("one\ntwo", "one\n2")[-2:] == ["-two", "+2"]
    assert compare_requests('[["a",{}]]', '[["a",{"b":1}]]')[-2:] == ["-[0][1]: {}", "+[0][1].b: 1"]
