"""The looks that a sweep takes at what runs left: each returns what it found, having begun what follows from it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.run import Order, Phase
from yantra_bot.domain.sweeping import Found, LeftOver
from yantra_bot.errors import Transient, YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.deploying.orders import environment_of
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.records import Records
from yantra_bot.runs.resuming import place_of

T = TypeVar("T")
Look = Callable[[], Awaitable[Sequence[Found]]]
GRACE_SECONDS: Final = 300.0
"""What is younger may be just about to be done by whoever began it."""
SILENT_SECONDS: Final = 3 * 3_600.0
"""A run that takes no step for so long, and waits for nobody, has no progress."""
SILENT: Final = "without progress since"
"""The note under which it is kept that a run was found so, so that it is said once."""
_VERDICTS: Final = {
    Phase.COMPLETE: Verdict.PASS,
    Phase.ROLLED_BACK: Verdict.FAIL,
    Phase.ESCALATED: Verdict.INCONCLUSIVE,
    Phase.ROLLBACK_FAILED: Verdict.ERROR,
}
"""How a roll-out ended, by how its story ended; every other end of a run that had begun one is none of its story's."""


class Partly(Transient):
    """A look was taken in part. Cure: as the message says of what stood in the way; the next sweep looks again."""

    def __init__(self, found: Sequence[Found], problem: YantraError) -> None:
        super().__init__(str(problem))
        self.found = tuple(found)


async def look_at_each(items: Iterable[T], look: Callable[[T], Awaitable[Found | None]]) -> Sequence[Found]:
    """Return what is found of each; raise Partly, with what was found, where one of them could not be looked at."""
    found: list[Found] = []
    problem: YantraError | None = None
    for item in items:
        try:
            one = await look(item)
        except YantraError as trouble:
            problem = trouble
        else:
            found += [] if one is None else [one]
    if problem is not None:
        raise Partly(found, problem)
    return found


class RunsLook:
    """Looks for runs that are in no queue, and for such as make no progress."""

    def __init__(self, engine: Engine, records: Records, clock: Clock) -> None:
        self._engine, self._records, self._clock = engine, records, clock

    async def __call__(self) -> Sequence[Found]:
        now = self._clock.now()
        waiting = {*self._records.waiting_runs(), *self._records.decided_runs()}
        old = [one for one in self._records.active() if one.installation_id and one.accepted_at <= now - GRACE_SECONDS]
        return await look_at_each([one for one in old if one.run_id not in waiting], self._look)

    async def _look(self, order: Order) -> Found | None:
        kind, partition = place_of(order)
        # A kill may have fallen between a run's row and its place in the queue; one that is known stays as it is.
        if await self._engine.enqueue(kind, order, partition=partition):
            said = f"Run {order.run_id} was in no queue, and has its place now."
            return Found(LeftOver.RUN, said, order.run_id)
        return self._silent(order, self._clock.now())

    def _silent(self, order: Order, now: float) -> Found | None:
        """Return that a run makes no progress, once; steps have limits of their own, so that nothing is ended here."""
        since = self._records.last_step_at(order.run_id)
        if since is None or since > now - SILENT_SECONDS or SILENT in self._records.notes(order.run_id):
            return None
        hours = f"{(now - since) / 3_600:.0f} hours"
        self._records.note(order.run_id, SILENT, str(since))
        self._records.log(order.run_id, f"No step was begun or ended for {hours}. `stop` ends it.")
        self._records.flush_log(order.run_id)
        return Found(LeftOver.RUN, f"Run {order.run_id} has taken no step for {hours}; its page says so.", order.run_id)


class RolloutsLook:
    """Looks for roll-outs whose run has ended without ending them.

    Where the story knew how it ended, and only could not keep it, that is what is kept: it was told, and what served
    serves. Only of a run that ended without its story nobody knows how far it came.
    """

    def __init__(self, records: Records, abandon: Callable[[Order, str], Awaitable[None]]) -> None:
        """`abandon` is what is done of a run that ended without its story."""
        self._records, self._abandon = records, abandon

    async def __call__(self) -> Sequence[Found]:
        return await look_at_each(self._records.rollouts_of_nobody(), self._end)

    async def _end(self, order: Order) -> Found:
        ending, at = self._records.ending_and_time(order.run_id)
        verdict = None if ending is None else _VERDICTS.get(ending.phase)
        if ending is not None and at is not None and verdict is not None:
            environment = environment_of(order)
            self._records.end_deployment(order.run_id, environment, verdict, reason=ending.reason, at=at)
            said = f"How the roll-out of run {order.run_id} ended was not kept: it is now, as its run ended."
            return Found(LeftOver.ROLL_OUT, said, order.run_id)
        await self._abandon(order, "Its run ended, and its roll-out did not.")
        said = f"The roll-out of run {order.run_id} had no end: it is told as one that nobody knows the end of."
        return Found(LeftOver.ROLL_OUT, said, order.run_id)


class LocksLook:
    """Looks for locks of issues that nobody would ever free."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock

    async def __call__(self) -> Sequence[Found]:
        freed = self._records.free_locks_of_nobody(before=self._clock.now() - GRACE_SECONDS)
        said = "held an issue, and is at work no more: the issue is free."
        return [Found(LeftOver.LOCK, f"Run {run_id} {said}", run_id) for run_id in freed]


class PlacesLook:
    """Looks for folders and processes of workers whose control process died."""

    def __init__(self, clear: Callable[[], Awaitable[int]]) -> None:
        self._clear = clear

    async def __call__(self) -> Sequence[Found]:
        count = await self._clear()
        said = f"{count} folders of workers that died, with what still ran there, are cleared."
        return [Found(LeftOver.PLACE, said)] if count else []


class HoldsLook:
    """Looks for commits that mirrors hold for runs that have ended: they keep a mirror from being cleaned."""

    def __init__(
        self,
        records: Records,
        holds: Callable[[], Awaitable[Mapping[str, Sequence[str]]]],
        release: Callable[[str, str], Awaitable[None]],
    ) -> None:
        """`holds` returns the runs by the name of the mirror; `release` lets go of one, by both."""
        self._records, self._holds, self._release = records, holds, release

    async def __call__(self) -> Sequence[Found]:
        held = [(mirror, run_id) for mirror, run_ids in (await self._holds()).items() for run_id in run_ids]
        return await look_at_each(held, self._look)

    async def _look(self, held: tuple[str, str]) -> Found | None:
        mirror, run_id = held
        ending, _ = self._records.ending_and_time(run_id)
        if ending is None:  # it is at work, or of somebody else who shares the mirror
            return None
        await self._release(mirror, run_id)
        return Found(LeftOver.HOLD, f"Run {run_id} has ended: its commit is let go of.", run_id)


class DeliveriesLook:
    """Tells what was asked for again since the last sweep; asking has a loop of its own, by the forge's pace."""

    def __init__(self, take_asked: Callable[[], int]) -> None:
        self._take_asked = take_asked

    async def __call__(self) -> Sequence[Found]:
        count = self._take_asked()
        said = f"{count} deliveries that nobody heard were asked for again."
        return [Found(LeftOver.DELIVERY, said)] if count else []


def problem_of(problem: Exception) -> str:
    """Return what is told of a look that could not be taken."""
    return str(problem) if isinstance(problem, YantraError) else f"a bug: {type(problem).__name__}"
