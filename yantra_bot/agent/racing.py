"""A quick and a strong model are asked the same at once; the quick answer is taken where it is good and sure enough.

Free of effects but for the calls that are handed in, and the clock. Nothing is left running behind a race.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.abandoned import ABANDONED
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Usage
from yantra_bot.domain.race import FIRST_LOOK, LEAST_LENGTH
from yantra_bot.errors import YantraError
from yantra_bot.ports import Clock

CANCELLED: Final = "cancelled"
"""Stands for the vendor's request id where a call was given up."""

Call = Callable[[], Awaitable[ModelAnswer]]
Judge = Callable[[ModelAnswer], float | None]
"""Returns how sure an answer is, in [0, 1]; None for one that is no answer to what was asked."""


@dataclass(frozen=True, slots=True)
class Won:
    """What came of a race: the answer that is taken, and the other model's call, if it cost anything."""

    answer: ModelAnswer
    took_quick: bool
    confidence: float | None
    lost: ModelAnswer | None
    seconds: float


class _Runner:
    """One of the two calls."""

    def __init__(self, model: str, call: Call, clock: Clock) -> None:
        self._model, self._clock, self._began = model, clock, clock.now()
        self._heard: list[tuple[Usage, float | None]] = []
        self.task = asyncio.ensure_future(self._run(call))

    async def _run(self, call: Call) -> ModelAnswer:
        ABANDONED.set(lambda usage, cost: self._heard.append((usage, cost)))  # of this task alone
        return await call()

    @property
    def answer(self) -> ModelAnswer | None:
        """The answer, if it is there."""
        return self.task.result() if self.task.done() and self._problem is None else None

    @property
    def _problem(self) -> BaseException | None:
        return asyncio.CancelledError() if self.task.cancelled() else self.task.exception()

    @property
    def has_failed(self) -> bool:
        """Whether there will be no answer. Raises what is no failure of a vendor."""
        problem = self._problem if self.task.done() else None
        if problem is not None and not isinstance(problem, YantraError):
            raise problem
        return problem is not None

    async def give_up(self) -> ModelAnswer | None:
        """End the call; return what it cost, as an answer without words, or None where that is nothing."""
        if self.answer is not None:
            return self.answer
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        if not self._heard:
            return None
        known = [cost for _, cost in self._heard if cost is not None]
        return ModelAnswer(
            self._model,
            (),
            StopReason.OTHER,
            _add_up([usage for usage, _ in self._heard]),
            sum(known) if len(known) == len(self._heard) else None,
            CANCELLED,
            self._clock.now() - self._began,
        )


async def race(quick: tuple[str, Call], strong: tuple[str, Call], judge: Judge, *, bar: float, clock: Clock) -> Won:
    """Return the strong model's answer, or the quick one's where that is there before and is surer than `bar`.

    Each is a model's name and its call. Nothing is judged before FIRST_LOOK seconds are over, unless the strong answer
    is there. Where the strong model fails, any answer to what was asked is better than none; raises its error else.
    """
    began = clock.now()
    first, second = _Runner(*quick, clock), _Runner(*strong, clock)
    look = asyncio.ensure_future(clock.sleep(FIRST_LOOK))
    try:
        await asyncio.wait({look, second.task}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({first.task, second.task}, return_when=asyncio.FIRST_COMPLETED)
        sure = _look(first, judge)
        if second.answer is None and (sure is None or sure <= bar):
            await asyncio.wait({second.task})
        if second.has_failed:
            await asyncio.wait({first.task})
            sure = _look(first, judge)
            if sure is None:
                second.task.result()
        taken = first if second.answer is None else second
        assert taken.answer is not None, "who is taken has answered"  # noqa: S101 (narrows a type)
        seconds = clock.now() - began
        lost = await (first if taken is second else second).give_up()
        return Won(taken.answer, taken is first, sure, lost, seconds)
    finally:
        for task in (look, first.task, second.task):
            task.cancel()
        await asyncio.gather(look, first.task, second.task, return_exceptions=True)


def _look(runner: _Runner, judge: Judge) -> float | None:
    """Return how sure the answer is that a model gave; None where it has none that could be taken."""
    if runner.has_failed or runner.answer is None or _length(runner.answer) <= LEAST_LENGTH:
        return None
    return judge(runner.answer)


def _length(answer: ModelAnswer) -> int:
    return len(answer.text) + sum(len(json.dumps(call.arguments, ensure_ascii=False)) for call in answer.tool_calls)


def _add_up(used: list[Usage]) -> Usage:
    return Usage(
        sum(one.input for one in used),
        sum(one.output for one in used),
        sum(one.cache_read for one in used),
        sum(one.cache_write for one in used),
        is_estimate=True,
    )
