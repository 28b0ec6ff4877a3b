"""Many questions to a model at once, and conversations that go on side by side, round by round.

Free of effects: asking is handed in. What one of them fails by is its own: the others keep their answers, in order.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from yantra_bot.agent.budget import BudgetSpent
from yantra_bot.agent.loop import Answered, Ask
from yantra_bot.agent.purse import Purse
from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.errors import ContextOverflow, Permanent, Transient

AT_ONCE: Final = 8
"""SPEC 6: so many calls are under way at most."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What one call came to: an answer, or why there is none."""

    answered: Answered | None
    problem: str = ""
    is_too_long: bool = False

    def take(self) -> Answered:
        """Return the answer; raise ContextOverflow or Permanent where there is none."""
        if self.answered is None:
            raise (ContextOverflow if self.is_too_long else Permanent)(self.problem)
        return self.answered


AskAll = Callable[[Sequence[ModelRequest], Purse], Awaitable[Sequence[Tried]]]
"""Makes the calls of one round, and returns what each came to, in order."""
Job = Callable[[Ask], Awaitable[None]]


async def try_one(ask: Ask, request: ModelRequest, purse: Purse) -> Tried:
    """Ask once the purse allows it; return what came of it."""
    try:
        admitted = await purse.admit(request)
    except BudgetSpent as end:
        return Tried(None, str(end))
    answered: Answered | None = None
    try:
        answered = await ask(admitted.request)
    except (BudgetSpent, Permanent, Transient) as problem:
        return Tried(None, str(problem), isinstance(problem, ContextOverflow))
    finally:
        purse.settle(admitted, answered.answer if answered is not None else None)
    return Tried(answered)


async def ask_many(
    requests: Sequence[ModelRequest], ask: Callable[[int, ModelRequest], Awaitable[Answered]], purse: Purse
) -> tuple[Tried, ...]:
    """Ask all, AT_ONCE at a time, each when the purse allows it; return what each came to, in the order of requests.

    `ask` is given the place of the request among them. A bug of one, or being cancelled, ends all.
    """
    room = asyncio.Semaphore(AT_ONCE)

    async def one(at: int, request: ModelRequest) -> Tried:
        async with room:
            return await try_one(partial(ask, at), request, purse)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(at, request)) for at, request in enumerate(requests)]
    return tuple(task.result() for task in tasks)


async def go_on_together(
    jobs: Sequence[Job], ask_round: Callable[[Sequence[ModelRequest]], Awaitable[Sequence[Tried]]]
) -> None:
    """Run conversations side by side: whenever each of them waits for an answer, all are asked in one round.

    The rounds and the order in them follow from the jobs alone, never from time: a run told again asks the same.
    Raises what a job or a round raises; the other jobs are then given up.
    """
    waiting: dict[int, tuple[ModelRequest, asyncio.Future[Answered]]] = {}
    stirred = asyncio.Event()

    def asking(number: int) -> Ask:
        async def ask(request: ModelRequest) -> Answered:
            answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
            waiting[number] = (request, answer)
            stirred.set()
            return await answer

        return ask

    tasks = [asyncio.ensure_future(job(asking(number))) for number, job in enumerate(jobs)]
    for task in tasks:
        task.add_done_callback(lambda _: stirred.set())
    try:
        while not all(task.done() for task in tasks):
            await stirred.wait()
            stirred.clear()
            if sum(not task.done() for task in tasks) > len(waiting) or not waiting:
                continue
            asked = [waiting.pop(number) for number in sorted(waiting)]
            for (_, answer), tried in zip(asked, await ask_round([request for request, _ in asked]), strict=True):
                _hand_over(answer, tried)
        for task in tasks:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _hand_over(answer: "asyncio.Future[Answered]", tried: Tried) -> None:
    try:
        answer.set_result(tried.take())
    except Permanent as problem:
        answer.set_exception(problem)
