"""Which runs are in this process just now, and how they are put aside when it ends.

Responsible for a run that was put aside in good order not being counted as one that died. It must never end a run.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog

from yantra_bot.runs.context import Interrupted, RunContext
from yantra_bot.runs.records import Records
from yantra_bot.runs.schema import StorageUnavailable

_log = structlog.get_logger()


class Presence:
    """The runs, and other durable work, that this process carries."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._busy: dict[str, asyncio.Event] = {}
        self._runs: dict[str, RunContext] = {}
        self.is_leaving = False

    def __contains__(self, run_id: str) -> bool:
        """Say whether a run's task is here, be it only to let the engine note that the run has ended."""
        return run_id in self._tasks.values()

    @contextmanager
    def work(self, key: str) -> Iterator[None]:
        """Know the current task by `key` until it is done. Raises Interrupted when the process is ending."""
        task = asyncio.current_task()
        if self.is_leaving or task is None:
            raise Interrupted
        self._tasks[task] = key
        # The engine writes its own record of the end after this block: the task is what has to be waited for.
        task.add_done_callback(lambda done: self._tasks.pop(done, None))
        left = self._busy[key] = asyncio.Event()
        try:
            yield
        finally:
            del self._busy[key]
            left.set()

    @contextmanager
    def run(self, context: RunContext) -> Iterator[None]:
        """Know the current task as this run."""
        run_id = context.order.run_id
        with self.work(run_id):
            self._runs[run_id] = context
            try:
                yield
            except (Interrupted, asyncio.CancelledError):
                with suppress(StorageUnavailable):  # put aside in good order: this launch does not count
                    self._records.forget_launches(run_id)
                raise
            finally:
                del self._runs[run_id]

    async def left(self, run_id: str) -> None:
        """Wait until a run does nothing here any more."""
        while run_id in self._busy:
            await self._busy[run_id].wait()

    async def gone(self, run_id: str) -> None:
        """Wait until the engine, too, has done with a run, if it is here."""
        while tasks := [task for task, key in self._tasks.items() if key == run_id]:
            await asyncio.wait(tasks)

    async def leave(self, grace_seconds: float) -> None:
        """Put everything aside without a result, waiting at most so long."""
        self.is_leaving = True
        for context in self._runs.values():
            context.interrupt()
        for task, key in self._tasks.items():
            if key in self._busy:
                task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace_seconds)
            if late:
                _log.error("runs did not stop in time; they resume at the next launch", count=len(late))
