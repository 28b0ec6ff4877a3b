"""A race: who is taken, when, and what the other one cost. Nothing waits: clock and answers are the test's own."""

import asyncio
from dataclasses import dataclass, field

import pytest

from yantra_bot.agent.racing import CANCELLED, Won, race
from yantra_bot.domain.abandoned import ABANDONED
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Text, Usage
from yantra_bot.domain.race import FIRST_LOOK, Kind, Race, set_bar, usual_seconds
from yantra_bot.errors import Permanent, Transient

LONG = "word " * 20


def answer(name: str, text: str = LONG) -> ModelAnswer:
    return ModelAnswer(name, (Text(text),), StopReason.END_TURN, Usage(10, 5), 0.25, f"id-{name}", 1.0)


@dataclass
class Clock:
    """A clock whose sleepers are woken by a test."""

    time: float = 0.0
    asleep: list["asyncio.Future[None]"] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        assert seconds == FIRST_LOOK
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.asleep.append(future)
        await future


class Track:
    """A race that goes on as a test wants it."""

    def __init__(self, sure: float | None = 0.9, *, bar: float = 0.8) -> None:
        self.clock = Clock()
        self.quick: asyncio.Future[ModelAnswer] = asyncio.get_running_loop().create_future()
        self.strong: asyncio.Future[ModelAnswer] = asyncio.get_running_loop().create_future()
        self.work = asyncio.ensure_future(
            race(
                ("quick", lambda: self.call(self.quick)),
                ("strong", lambda: self.call(self.strong)),
                lambda _: sure,
                bar=bar,
                clock=self.clock,
            )
        )

    async def call(self, future: "asyncio.Future[ModelAnswer]") -> ModelAnswer:
        try:
            return await future
        except asyncio.CancelledError:
            ABANDONED.get()(Usage(100, 7), 0.5)
            raise

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def look(self) -> None:
        """Let the first moment of looking come."""
        await self.settle()
        self.clock.time += FIRST_LOOK
        self.clock.asleep[0].set_result(None)
        await self.settle()

    async def end(self) -> Won:
        async with asyncio.timeout(60):
            return await self.work


async def test_a_sure_quick_answer_is_taken_at_the_first_look() -> None:
    """The strong call is cancelled, and what it cost so far is told."""
    track = Track()
    track.quick.set_result(answer("quick"))
    await track.settle()
    assert not track.work.done()
    await track.look()
    won = await track.end()
    assert (won.took_quick, won.answer.model, won.confidence, won.seconds) == (True, "quick", 0.9, FIRST_LOOK)
    assert track.strong.cancelled()
    assert won.lost is not None
    assert (won.lost.model, won.lost.cost_usd, won.lost.request_id) == ("strong", 0.5, CANCELLED)
    assert won.lost.usage == Usage(100, 7, is_estimate=True)


async def test_later_it_is_looked_at_when_it_ends() -> None:
    """As soon as it is there."""
    track = Track()
    await track.look()
    assert not track.work.done()
    track.quick.set_result(answer("quick"))
    assert (await track.end()).took_quick


@pytest.mark.parametrize(("sure", "text"), [(0.8, LONG), (None, LONG), (0.99, "x" * 50)])
async def test_an_unsure_a_wrong_and_a_short_one_is_not_taken(sure: float | None, text: str) -> None:
    """Not above the bar, no answer to what was asked, not longer than 50 characters: the strong one is waited for."""
    track = Track(sure)
    track.quick.set_result(answer("quick", text))
    await track.look()
    assert not track.work.done()
    track.strong.set_result(answer("strong"))
    won = await track.end()
    assert (won.took_quick, won.answer.model) == (False, "strong")
    assert won.lost == answer("quick", text)


async def test_the_strong_answer_is_preferred_where_it_is_there() -> None:
    """Before the first look, and at the same moment."""
    early = Track()
    early.strong.set_result(answer("strong"))
    won = await early.end()
    assert not won.took_quick
    assert won.lost is not None
    assert early.quick.cancelled()
    both = Track()
    both.quick.set_result(answer("quick"))
    both.strong.set_result(answer("strong"))
    assert not (await both.end()).took_quick


async def test_where_the_strong_one_fails_any_quick_answer_is_better_than_none() -> None:
    """And where that is none, the strong one's failure is what ends the call."""
    track = Track(0.3)
    track.strong.set_exception(Transient("busy"))
    track.quick.set_result(answer("quick"))
    assert (await track.end()).took_quick
    lost = Track(None)
    lost.strong.set_exception(Transient("busy"))
    lost.quick.set_exception(Permanent("no"))
    with pytest.raises(Transient, match="busy"):
        await lost.end()


async def test_where_the_quick_one_fails_the_strong_one_answers() -> None:
    """A failed call costs what its vendor told, which is nothing here."""
    track = Track()
    track.quick.set_exception(Permanent("no"))
    await track.look()
    track.strong.set_result(answer("strong"))
    won = await track.end()
    assert (won.took_quick, won.lost) == (False, None)


async def test_a_stop_leaves_nothing_running() -> None:
    """Both calls are given up."""
    track = Track()
    await track.settle()
    track.work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await track.work
    assert track.quick.cancelled()
    assert track.strong.cancelled()


def raced(fared: bool | None, kind: Kind = Kind.PLAN) -> Race:
    return Race(
        kind, "q", "s", took_quick=True, bar=0.8, confidence=0.9, seconds=1, saved_seconds=2, lost_usd=0.1, fared=fared
    )


def test_the_bar_rises_with_quick_answers_that_turned_out_badly() -> None:
    """By those of the same kind; a few say nothing, and unknown ones neither; it has a top and a bottom."""
    assert set_bar([], Kind.PLAN) == 0.8
    assert set_bar([raced(False)] * 4, Kind.PLAN) == 0.8
    assert set_bar([raced(True)] * 20, Kind.PLAN) == 0.8
    assert set_bar([raced(False), *[raced(True)] * 4], Kind.PLAN) == 0.85
    assert set_bar([raced(False)] * 20, Kind.PLAN) == 0.95
    assert set_bar([raced(False, Kind.QUESTION)] * 20, Kind.PLAN) == 0.8
    assert set_bar([raced(None)] * 20, Kind.PLAN) == 0.8


def test_how_long_a_model_takes_is_known_from_several_calls() -> None:
    """The one in the middle."""
    assert usual_seconds([1, 2, 3, 4]) is None
    assert usual_seconds([9, 1, 2, 3, 4]) == 3


def test_a_race_is_told_in_a_sentence() -> None:
    """Who was taken, why, and what the other cost."""
    assert raced(None).line == (
        "Raced: q was taken after 1.0 s, about 2.0 s sooner; q had a confidence of 0.90, and the bar was 0.80. "
        "s cost 0.1000 USD."
    )
