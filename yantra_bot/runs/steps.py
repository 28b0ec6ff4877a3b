"""One step of a run: done once, its outcome stored as a value before anything else happens.

Responsible for the order of things: look for a finished record, store that the work begins, do it (raced against a
stop, retried when that may help), store the result. It must never know which engine calls it, and never let an
exception out that is neither an interruption nor a bug of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import structlog

from yantra_bot.domain.run import Outcome, Phase
from yantra_bot.errors import Permanent, Stopped, Transient, YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.codec import Failure, FailureKind, describe_bug, encode_failure, encode_value, to_failure
from yantra_bot.runs.records import Records
from yantra_bot.runs.schema import StorageUnavailable

T = TypeVar("T")

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
CANCEL_SECONDS = 10.0
"""How long work may take to clean up after it was stopped; then it is left behind."""
STORAGE_WAIT_SECONDS = 0.05
LONGEST_STORAGE_WAIT_SECONDS = 5.0

_log = structlog.get_logger()


class Moment(StrEnum):
    """Where in a step something can be watched, or a test can kill the process."""

    BEFORE_WORK = "before-work"
    AFTER_WORK = "after-work"
    AFTER_RECORD = "after-record"
    AFTER_STEP = "after-step"


Probe = Callable[[str, str, Moment], None]
"""Called with run id, the step's unique name and the moment."""


@dataclass(frozen=True, slots=True)
class StepCall:
    """A step as the story asked for it. `name` is unique in its run, `number` counts the run's steps from 1."""

    run_id: str
    number: int
    name: str
    work: Callable[[], Awaitable[Any]]
    result: Any
    request: str = ""
    stoppable: bool = False
    tries: int = 1


class StepRunner:
    """Performs the steps of all runs of one process."""

    def __init__(self, records: Records, clock: Clock, *, probe: Probe | None = None) -> None:
        self._records = records
        self._clock = clock
        self._probe = probe
        self._stops: dict[str, asyncio.Event] = {}

    def stop(self, run_id: str) -> None:
        """Wake the stoppable step that is in flight, if there is one."""
        self._stop_signal(run_id).set()

    def forget(self, run_id: str) -> None:
        """Drop what is kept of a run that has ended or was put aside."""
        self._stops.pop(run_id, None)

    def now(self) -> float:
        return self._clock.now()

    def publish(self, outcome: Outcome) -> None:
        self._records.publish(outcome)

    async def enter_phase(self, run_id: str, phase: Phase, ordinal: int) -> None:
        """Store a run's transition; the same ordinal again (a replay) changes nothing."""
        await self.persist(lambda: self._records.phase(run_id, phase, self._clock.now(), ordinal=ordinal))

    def watch(self, run_id: str, name: str, moment: Moment) -> None:
        if self._probe is not None:
            self._probe(run_id, name, moment)

    async def perform(self, call: StepCall) -> str:
        """Return the step's envelope: from the record when it was finished before, else by doing the work."""
        finished = await self.finished(call)
        if finished is not None:
            return finished
        at = self._clock.now()
        await self.persist(
            lambda: self._records.begin_step(call.run_id, call.number, call.name, request=call.request, at=at)
        )
        self.watch(call.run_id, call.name, Moment.BEFORE_WORK)
        with structlog.contextvars.bound_contextvars(run_id=call.run_id, step=call.name):
            envelope = await self._attempt(call)
        self.watch(call.run_id, call.name, Moment.AFTER_WORK)
        at = self._clock.now()
        await self.persist(lambda: self._records.finish_step(call.run_id, call.number, envelope, at=at))
        self.watch(call.run_id, call.name, Moment.AFTER_RECORD)
        return envelope

    async def finished(self, call: StepCall) -> str | None:
        """Return the envelope of this very step if its record is complete and whole."""
        try:
            return await self.persist(
                lambda: self._records.finished_step(call.run_id, call.number, call.name, request=call.request)
            )
        except (KeyError, Permanent) as problem:
            _log.error(
                "a step's record is damaged: it is done again", run_id=call.run_id, step=call.name, why=str(problem)
            )
            return None

    async def persist(self, use: Callable[[], T]) -> T:
        """Use the records, waiting for as long as they are unavailable: what was paid for is never thrown away."""
        wait = STORAGE_WAIT_SECONDS
        while True:
            try:
                return use()
            except StorageUnavailable as problem:
                if wait >= LONGEST_STORAGE_WAIT_SECONDS:
                    _log.error("waiting for the records", problem=str(problem))
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_STORAGE_WAIT_SECONDS)

    async def _attempt(self, call: StepCall) -> str:
        try:
            if call.stoppable:
                return await self._race(call)
            return encode_value(await self._retry(call), call.result)
        except YantraError as problem:
            return encode_failure(to_failure(problem))
        except Exception as problem:  # noqa: BLE001 (a bug: kept as a value, with its evidence)
            name = type(problem).__name__
            _log.error("a step raised an unexpected error", run_id=call.run_id, step=call.name, error=name)
            return encode_failure(Failure(FailureKind.BUG, name, evidence=describe_bug(problem)))

    async def _retry(self, call: StepCall) -> Any:
        # A stop cuts the wait short: work that must not begin any more says so when it is asked again.
        stop = self._stop_signal(call.run_id)
        return await self.repeat(call.work, tries=call.tries, about=f"{call.run_id} {call.name}", stop=stop)

    async def repeat(
        self, work: Callable[[], Awaitable[T]], *, tries: int, about: str, stop: asyncio.Event | None = None
    ) -> T:
        """Do work up to `tries` times, again on Transient, after the time that it names or as soon as `stop` is set."""
        wait = FIRST_WAIT_SECONDS
        for _ in range(tries - 1):
            try:
                return await work()
            except Transient as problem:
                _log.info("work is tried again", about=about, problem=str(problem))
                await self._sleep(wait if problem.retry_after is None else max(0.0, problem.retry_after), stop)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        return await work()

    async def _sleep(self, seconds: float, stop: asyncio.Event | None) -> None:
        if stop is None or stop.is_set():
            await self._clock.sleep(seconds)
            return
        waits = [asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(stop.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _race(self, call: StepCall) -> str:
        """Do the work unless the run is stopped first. Work that is done when the stop arrives keeps its result."""
        signal = self._stop_signal(call.run_id)
        by = await self.persist(lambda: self._records.stop_requested(call.run_id))
        if by is not None or signal.is_set():
            raise Stopped(self._stop_reason(by))
        work = asyncio.ensure_future(self._retry(call))
        stopped = asyncio.ensure_future(signal.wait())
        try:
            await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return encode_value(work.result(), call.result)
        finally:
            stopped.cancel()
            await self._put_down(work, call)
        by = await self.persist(lambda: self._records.stop_requested(call.run_id))
        raise Stopped(self._stop_reason(by))

    @staticmethod
    async def _put_down(work: "asyncio.Future[Any]", call: StepCall) -> None:
        if work.done():
            return
        work.cancel()
        await asyncio.wait({work}, timeout=CANCEL_SECONDS)
        if not work.done():
            _log.error("stopped work does not end; it is left behind", run_id=call.run_id, step=call.name)
        elif not work.cancelled() and work.exception() is not None:
            _log.warning("stopped work failed while it cleaned up", run_id=call.run_id, problem=repr(work.exception()))

    @staticmethod
    def _stop_reason(by: str | None) -> str:
        return f"{by} stopped this run." if by else "This run was stopped."

    def _stop_signal(self, run_id: str) -> asyncio.Event:
        return self._stops.setdefault(run_id, asyncio.Event())
