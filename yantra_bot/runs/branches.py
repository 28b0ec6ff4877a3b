"""A part of a run that goes on beside it: a durable workflow of its own, whose steps stand in the same run's record.

Part of the one door to the durable engine (DBOS), beside `engine.py`. Responsible for a branch being begun once, going
on after a kill, and its steps never being taken for the run's own: they have other numbers and names. It must never end
a run: what goes wrong in a branch is its own.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from yantra_bot.domain.run import Order
from yantra_bot.errors import YantraError
from yantra_bot.runs.codec import StepBug, decode, describe_bug, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.presence import Presence
from yantra_bot.runs.steps import StepCall, StepRunner

T = TypeVar("T")

BRANCH: Final = "yantra-branch"
"""Kind of the workflow."""
FIRST_STEP: Final = 100_000
"""Steps of a branch are numbered from here on."""
PREFIX: Final = "beside/"
MAX_STARTS: Final = 5

BranchStory = Callable[[RunContext, str], Awaitable[None]]
"""What a branch does with the text that it was begun with; it leaves what it comes to in the records."""

_log = structlog.get_logger()


class BranchContext(RunContext):
    """A run's durable side for what goes on beside it."""

    def __init__(self, order: Order, runner: StepRunner, take: Callable[[StepCall], Awaitable[str]]) -> None:
        super().__init__(order, runner, take)
        self._steps = FIRST_STEP

    async def step(self, name: str, work: Callable[[], Awaitable[T]], result: Any, **how: Any) -> T:
        """Do `work` once for all time, under a name of its own."""
        return await super().step(f"{PREFIX}{name}", work, result, **how)


class Branches:
    """The branches of all runs of one engine; at most one of each run."""

    def __init__(self, runner: StepRunner, presence: Presence, take: Callable[[StepCall], Awaitable[str]]) -> None:
        self._runner, self._presence, self._take = runner, presence, take
        self.story: BranchStory | None = None
        self._workflow = self._make()

    def register(self) -> None:
        """Make the workflow known to the engine, before its launch."""
        from dbos import DBOS

        DBOS.workflow(name=BRANCH, max_recovery_attempts=MAX_STARTS)(self._workflow)

    async def begin(self, order: Order, text: str) -> None:
        """Begin the branch of a run; again is nothing."""
        payload = encode((order, text), tuple[Order, str])
        # In a context of its own: within a step, the engine begins nothing.
        start = asyncio.get_running_loop().create_task(self._start(order, payload), context=contextvars.Context())
        await start

    async def _start(self, order: Order, payload: str) -> None:
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(f"{order.run_id}-branch"):
            await DBOS.start_workflow_async(self._workflow, payload)

    def _make(self) -> Callable[[str], Coroutine[Any, Any, str]]:
        async def branch(payload: str) -> str:
            order, text = decode(payload, tuple[Order, str])
            with self._presence.work(f"{order.run_id} branch"):
                await self._go(order, text)
            return ""

        return branch

    async def _go(self, order: Order, text: str) -> None:
        if self.story is None:
            return
        try:
            await self.story(BranchContext(order, self._runner, self._take), text)
        except YantraError as problem:
            _log.warning("a branch of a run came to nothing", run_id=order.run_id, problem=str(problem))
        except StepBug as problem:
            _log.error("a branch of a run failed", run_id=order.run_id, evidence=describe_bug(problem))
