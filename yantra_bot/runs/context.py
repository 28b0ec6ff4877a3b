"""A run as its story sees it: numbered steps, phases, a recorded clock.

Responsible for a story meaning the same on replay: names and numbers come from the order of the calls alone. It must
never let a story that was interrupted take one more step.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from yantra_bot.domain.run import Ending, Order, Outcome, Phase
from yantra_bot.runs.codec import decode_envelope
from yantra_bot.runs.steps import Moment, StepCall, StepRunner

T = TypeVar("T")


class Interrupted(BaseException):
    """The run is put aside without a result, and resumes at the next launch. No story may catch it."""


class Parked(Interrupted):
    """The run waits for a person: it is put aside, and holds nothing, until it is woken. No story may catch it."""


class RunContext:
    """A run's durable side, as its story sees it. Steps are taken one after another, never at the same time."""

    def __init__(self, order: Order, runner: StepRunner, take: Callable[[StepCall], Awaitable[str]]) -> None:
        self.order = order
        self._runner = runner
        self._take_durably = take
        self._steps = 0
        self._phases = 0
        self._names: dict[str, int] = {}
        self._is_interrupted = False

    async def step(
        self,
        name: str,
        work: Callable[[], Awaitable[T]],
        result: Any,
        *,
        request: str = "",
        stoppable: bool = False,
        tries: int = 1,
    ) -> T:
        """Do `work` once for all time and return its value as `result` (a type that pydantic can encode).

        Raises the errors of the policy as `work` raised them, Stopped when the run was stopped (only if `stoppable`).
        `tries` > 1 repeats the work on Transient, after the time it names. `request` identifies what is asked: the
        record of a finished step is only used for the same request.
        """
        self._steps += 1
        self._names[name] = self._names.get(name, 0) + 1
        unique = f"{name}#{self._names[name]}"
        call = StepCall(self.order.run_id, self._steps, unique, work, result, request, stoppable, max(1, tries))
        value: T = decode_envelope(await self._take(call), result)
        return value

    async def _take(self, call: StepCall) -> str:
        if self._is_interrupted:
            raise Interrupted
        try:
            envelope = await self._take_durably(call)
        except BaseException:
            # Whatever the story still does on its way out is no part of the run: its order would differ on replay.
            self._is_interrupted = True
            raise
        self._runner.watch(call.run_id, call.name, Moment.AFTER_STEP)
        return envelope

    def interrupt(self) -> None:
        """Let the run take no further step: it is put aside."""
        self._is_interrupted = True

    async def phase(self, phase: Phase) -> None:
        """Store a transition before it takes effect; on replay nothing changes."""
        if self._is_interrupted:
            raise Interrupted
        self._phases += 1
        await self._runner.enter_phase(self.order.run_id, phase, self._phases)

    async def now(self) -> float:
        """Return the recorded Unix time in seconds."""

        async def read() -> float:
            return self._runner.now()

        return await self.step("now", read, float)

    async def publish(self, outcome: Outcome) -> None:
        """Tell the subscribers of an outcome, as a step."""

        async def tell() -> None:
            self._runner.publish(outcome)

        await self.step("publish", tell, type(None))


Story = Callable[[RunContext], Awaitable[Ending]]
OnAbandoned = Callable[[Order, str], Awaitable[None]]
