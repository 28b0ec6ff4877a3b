"""Control's side of reviews: each is done by a worker of its own, which starts from a copy of the stored graph.

The copy is never taken back: what a review makes of it is nobody's. What a worker answers is checked before it is
believed; that it is true nobody can tell.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.proof import EnvironmentReport
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.reviewed import Reviewed, ReviewWork
from yantra_bot.errors import UserError
from yantra_bot.graphdb.store_exchange import hand_out
from yantra_bot.ports import OnLine, TestCommand
from yantra_bot.sandbox.mirror import find_past
from yantra_bot.validation.security.dependencies import Advisories, refresh
from yantra_bot.validation.selection.recording import FILE as RECORDING
from yantra_bot.worker import protocol
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.employed import Employed, finish
from yantra_bot.worker.graphs import GraphWorkers
from yantra_bot.worker.protocol import GRAPH_FOLDER, Opened
from yantra_bot.worker.review_check import check_reviewed
from yantra_bot.worker.score_check import check_model
from yantra_bot.worker.tasks import Review
from yantra_bot.worker.work import Work

_OPENED: TypeAdapter[Opened] = TypeAdapter(Opened)
_PREPARED: TypeAdapter[EnvironmentReport] = TypeAdapter(EnvironmentReport)
_REVIEWED: TypeAdapter[Reviewed] = TypeAdapter(Reviewed)


class ReviewWorkers:
    """Implements the port Reviewer, with workers."""

    def __init__(
        self,
        workers: WorkerFactory,
        graphs: GraphWorkers,
        *,
        find_scanner: Callable[[], Path | None] = lambda: None,
        advisories: Advisories | None = None,
    ) -> None:
        """`find_scanner` tells where semgrep's engine is for a sandbox; it may take a while, and is asked once.

        `advisories` is an export of OSV and the place of its index, which workers can read.
        """
        self._advisories = advisories
        self._workers = workers
        self._graphs = graphs
        self._find_scanner = find_scanner
        self._scanner: Path | None = None
        self._looking, self._refreshing = asyncio.Lock(), asyncio.Lock()
        self._has_looked = False

    async def __call__(
        self, run_id: str, repository: Repository, mirror: Path, work: ReviewWork, tests: TestCommand, on_line: OnLine
    ) -> Reviewed:
        furnish = partial(_furnish, self._graphs.store_of(repository))
        scanner, index = await self._where_is_scanner(), await self._bring_up_index()
        worker = await self._workers.employ(Work(run_id, mirror, tests, furnish, find_past(mirror), reviews=True))
        try:
            if work.may_execute and (work.rules.runs_tests or work.rules.runs_tools):
                await self._prepare(worker, work, on_line)
            patience = worker.config.patience.review
            if work.may_execute and work.rules.runs_tests:
                # On the head, those that fail once more, and on the base, which is prepared for it.
                patience += 3 * tests.timeout_seconds + worker.config.patience.open + worker.config.patience.prepare
            reviewed = await worker.order(Review(work, scanner, index), _REVIEWED, patience=patience, on_line=on_line)
            async with worker.ending_if_wrong():
                learned = reviewed.review.learned
                check_model(None if learned is None else learned.change, worker.config.score)
                return check_reviewed(reviewed, work)
        finally:
            await finish(worker.end())

    async def _where_is_scanner(self) -> Path | None:
        async with self._looking:
            if not self._has_looked:
                self._scanner = await asyncio.to_thread(self._find_scanner)
                self._has_looked = True
            return self._scanner

    async def _bring_up_index(self) -> Path | None:
        """Return the index of advisories as it is now. Where it cannot be made, the review says so."""
        known = self._advisories
        if known is None or known.export is None:
            return None
        async with self._refreshing:
            try:
                await asyncio.to_thread(refresh, known.export, known.index)
            except (UserError, OSError, sqlite3.Error) as problem:
                structlog.get_logger().warning("the index of advisories is not up to date", problem=str(problem))
        return known.index

    async def _prepare(self, worker: Employed, work: ReviewWork, on_line: OnLine) -> None:
        """Lay out the head and install what it declares, for what runs there."""
        patience = worker.config.patience
        await worker.order(protocol.Open(work.head, Changeset()), _OPENED, patience=patience.open)
        await worker.order(protocol.Prepare(), _PREPARED, patience=patience.prepare, on_line=on_line)


def _furnish(store: Path, folder: Path, account: int | None) -> None:
    hand_out(store, folder / GRAPH_FOLDER, account, beside=(RECORDING,))
