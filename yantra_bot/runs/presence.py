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
        self._tasks: set[asyncio.Task[Any]] = set()
        self.runs: dict[str, RunContext] = {}
        self.is_leaving = False

    @contextmanager
    def task(self) -> Iterator[None]:
        """Count the current task as durable work. Raises Interrupted when the process is ending."""
        task = asyncio.current_task()
        if self.is_leaving or task is None:
            raise Interrupted
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    @contextmanager
    def run(self, context: RunContext) -> Iterator[None]:
        """Count the current task as this run."""
        run_id = context.order.run_id
        with self.task():
            self.runs[run_id] = context
            try:
                yield
            except (Interrupted, asyncio.CancelledError):
                with suppress(StorageUnavailable):  # put aside in good order: this launch does not count
                    self._records.forget_launches(run_id)
                raise
            finally:
                del self.runs[run_id]
                context.left.set()

    async def leave(self, grace_seconds: float) -> None:
        """Put everything aside without a result, waiting at most so long."""
        self.is_leaving = True
        for context in self.runs.values():
            context.interrupt()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace_seconds)
            if late:
                _log.error("runs did not stop in time; they resume at the next launch", count=len(late))
