"""The durable hand-over from the doors to control: what was acknowledged is on disk, once.

One thread owns the file. It commits together what one turn of the event loop brought and what queued up during the
last commit, so a lone delivery waits for nobody and a burst shares its disk flushes. No timer is involved, nothing is
acted on, and no body is looked into.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from yantra_bot.domain.events import Delivery
from yantra_bot.errors import Transient, YantraError
from yantra_bot.ports import Clock
from yantra_bot.webhooks.inbox_store import Handled, InboxFull, InboxStore, Put, Write

_DAY = 86_400.0
_PRUNE_EVERY = 3_600.0
_PRUNE_ROWS = 2_000
_LARGEST_BATCH = 256
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class InboxLimits:
    """How much the inbox holds."""

    file_bytes: int = 4 * 1024**3
    """Size of the file; beyond it deliveries are refused and the sender tries again."""
    queue_rows: int = 10_000
    """Deliveries that wait in memory for their commit."""
    queue_bytes: int = 256 * 1024**2
    """Bytes of their bodies; a single larger body is still taken when nothing else waits."""
    keep_bodies_days: float = 7
    """How long the body of a handled delivery is kept, packed by zlib, for looking into what went wrong."""
    keep_keys_days: float = 400
    """How long a handled delivery is recognised when somebody sends it again."""


@dataclass(slots=True)
class _Job:
    """Work for the thread, with the future that waits for it. `size` counts against `queue_bytes`."""

    work: Write | Callable[[InboxStore], Any]
    future: "asyncio.Future[Any]"
    size: int


class SqliteInbox:
    """The inbox in one SQLite file, shared by any number of processes on one machine.

    Every method raises Transient while the disk is full, the file is locked or too much waits already; nothing is lost
    by trying again.
    """

    def __init__(self, store: InboxStore, *, clock: Clock, limits: InboxLimits) -> None:
        """Start the thread. Use `open_inbox` unless the store is open already; needs a running event loop."""
        self._store = store
        self._clock = clock
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._gathered: list[_Job] = []
        self._jobs: queue.SimpleQueue[list[_Job] | None] = queue.SimpleQueue()
        self._waiting_rows = 0
        self._waiting_bytes = 0
        self._is_closed = False
        self._pruned_at = 0.0
        self._thread = threading.Thread(target=self._serve, name="inbox", daemon=True)
        self._thread.start()

    async def put(self, delivery: Delivery) -> bool:
        """Store durably, then return; False when the same delivery or the same content is there already.

        The `sequence` of `delivery` is ignored. Once this has returned, a crash or a power cut loses nothing.
        """
        size = len(delivery.body)
        is_full = self._waiting_rows >= self._limits.queue_rows or (
            self._waiting_rows and self._waiting_bytes + size > self._limits.queue_bytes
        )
        if is_full:
            raise Transient("Too many deliveries wait to be stored.", retry_after=5)
        return bool(await self._submit(Put(delivery), size))

    async def pending(self, limit: int) -> Sequence[Delivery]:
        """Return the oldest deliveries that are not handled yet, in order of arrival.

        While there are none this costs no query until some process has written, so it may be asked often.
        """
        return await self._run(lambda store: store.pending(limit))

    async def handled(self, sequence: int, outcome: str) -> None:
        """Mark one as acted on; `outcome` is a few words for the record. Again changes nothing."""
        await self._submit(Handled(sequence, outcome, self._clock.now()), 0)

    async def waiting(self) -> int:
        """Return how many deliveries are not handled yet."""
        return await self._run(lambda store: store.waiting())

    async def prune(self) -> int:
        """Forget what is past its time; return how many rows that touched. Runs by itself once an hour of writing."""
        return await self._run(lambda _store: self._prune())

    async def check(self) -> None:
        """Return when the file can be written now; the cheapest proof of it."""
        await self._run(lambda store: store.write([]))

    async def aclose(self) -> None:
        """Store what waits, then let go of the file. Safe to call twice."""
        if not self._is_closed:
            self._is_closed = True
            self._hand_over()
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def _run(self, work: Callable[[InboxStore], Result]) -> Result:
        result: Result = await self._submit(work, 0)
        return result

    def _submit(self, work: Write | Callable[[InboxStore], Any], size: int) -> "asyncio.Future[Any]":
        if self._is_closed:
            raise Transient("The inbox is closed.", retry_after=5)
        future = self._loop.create_future()
        self._waiting_rows += 1
        self._waiting_bytes += size
        if not self._gathered:
            self._loop.call_soon(self._hand_over)
        self._gathered.append(_Job(work, future, size))
        return future

    def _hand_over(self) -> None:
        """Event loop: give the thread what this turn brought, at once, so that it wakes and flushes once."""
        if self._gathered:
            self._jobs.put(self._gathered)
            self._gathered = []

    def _serve(self) -> None:
        """Thread: take what has queued up, do it, answer, until closed."""
        is_open = True
        while is_open:
            batch, is_open = self._take_batch()
            answers = self._do(batch)
            try:
                self._loop.call_soon_threadsafe(self._deliver, batch, answers)
            except RuntimeError:  # the event loop is gone, and with it everybody who could put or wait
                is_open = False
        self._store.close()

    def _take_batch(self) -> tuple[list[_Job], bool]:
        """Wait for a job, then take all that are there; False with the last batch."""
        batch: list[_Job] = []
        jobs = self._jobs.get()
        while jobs is not None:
            batch += jobs
            if len(batch) >= _LARGEST_BATCH or self._jobs.empty():
                return batch, True
            jobs = self._jobs.get()
        return batch, False

    def _do(self, batch: list[_Job]) -> list[Any]:
        """Return an answer a job, in order: a value, or the exception to raise. Writes come first, in one commit."""
        writes = [job.work for job in batch if not callable(job.work)]
        answers = self._write(writes) if writes else []
        written, is_healthy = iter(answers), not any(isinstance(answer, Exception) for answer in answers)
        if writes and is_healthy and self._clock.now() - self._pruned_at > _PRUNE_EVERY:
            self._attempt(self._prune)
        return [self._attempt(job.work, self._store) if callable(job.work) else next(written) for job in batch]

    def _write(self, writes: list[Write]) -> list[Any]:
        answer = self._attempt(self._store.write, writes)
        if isinstance(answer, InboxFull) and self._make_room():
            answer = self._attempt(self._store.write, writes)
        if isinstance(answer, list):
            return answer
        is_everybodys_problem = isinstance(answer, YantraError) and not isinstance(answer, InboxFull)
        if len(writes) == 1 or is_everybodys_problem:
            return [answer] * len(writes)
        # One row that cannot be stored, or is too large for what is left, must not take the others with it.
        return [answer for write in writes for answer in self._write([write])]

    def _make_room(self) -> bool:
        now = self._clock.now()
        freed = self._attempt(lambda: self._store.prune(bodies_before=now, rows_before=0, limit=_PRUNE_ROWS))
        return isinstance(freed, int) and freed > 0

    def _prune(self) -> int:
        now = self._pruned_at = self._clock.now()
        return self._store.prune(
            bodies_before=now - self._limits.keep_bodies_days * _DAY,
            rows_before=now - self._limits.keep_keys_days * _DAY,
            limit=_PRUNE_ROWS,
        )

    @staticmethod
    def _attempt(work: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return work(*arguments)
        except Exception as error:  # noqa: BLE001 (it is handed to whoever waits for it; the thread has to live on)
            return error

    def _deliver(self, batch: list[_Job], answers: list[Any]) -> None:
        """Event loop: resolve the futures of a batch."""
        for job, answer in zip(batch, answers, strict=True):
            self._waiting_rows -= 1
            self._waiting_bytes -= job.size
            if job.future.done():
                continue
            if isinstance(answer, BaseException):
                job.future.set_exception(answer)
            else:
                job.future.set_result(answer)


async def open_inbox(path: Path, *, clock: Clock, limits: InboxLimits | None = None) -> SqliteInbox:
    """Open the inbox at `path`, or create it, readable by its owner alone.

    Raises SettingsError when something else is there or a newer version wrote it, Transient when the disk refuses.
    """
    limits = limits or InboxLimits()
    store = await asyncio.to_thread(InboxStore, path, max_bytes=limits.file_bytes)
    return SqliteInbox(store, clock=clock, limits=limits)
