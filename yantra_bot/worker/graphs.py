"""Control's side of the stored graphs: one folder a repository, each brought up to date by a worker of its own.

A worker is handed a copy of the graph and what it makes of it is copied back as bytes: no worker can reach the folder
that graphs are kept in, and control opens none of them. A worker that dies half-way leaves the graph as it was.
"""

import asyncio
import os
from functools import partial
from pathlib import Path

import structlog
from pydantic import TypeAdapter

from yantra_bot.domain.beside import NOTHING_BESIDE, Beside
from yantra_bot.domain.graph import KeptGraph
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import YantraError
from yantra_bot.graphdb.columns_file import COLUMNS
from yantra_bot.graphdb.store_exchange import (
    FACTS,
    MAX_BYTES,
    hand_out,
    hand_out_beside,
    revision_of,
    take_beside,
    take_in,
)
from yantra_bot.ports import TestCommand
from yantra_bot.validation.selection.recording import FILE as RECORDING
from yantra_bot.validation.selection.recording import MAX_KEPT
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.employed import finish
from yantra_bot.worker.protocol import GRAPH_FOLDER, RECORDING_FOLDER, ProtocolError
from yantra_bot.worker.tasks import Keep
from yantra_bot.worker.work import Work

_MOST = 2**40
_KEPT: TypeAdapter[KeptGraph] = TypeAdapter(KeptGraph)


class GraphWorkers:
    """Implements the port GraphKeeper, with workers. `folder` is control's alone."""

    def __init__(self, workers: WorkerFactory, folder: Path, *, processes: int = 0) -> None:
        """`processes` is how many parse at once; 0: half of the processors, so that runs have the others."""
        self._workers = workers
        self._folder = folder
        self._processes = processes or max(1, (os.cpu_count() or 1) // 2)

    def kept(self, repository: Repository) -> str:
        return revision_of(self.store_of(repository))

    def store_of(self, repository: Repository) -> Path:
        """Return where the graph of a repository lies; the number survives a rename."""
        return self._folder / str(repository.id)

    def hand_out(self, repository: Repository, folder: Path, account: int | None) -> None:
        hand_out_beside(self.store_of(repository), folder / GRAPH_FOLDER, account, (FACTS, COLUMNS))

    def _take_columns(self, folder: Path, store: Path, account: int | None) -> None:
        try:
            take_beside(folder, COLUMNS, store, account, most=MAX_BYTES)
        except YantraError as problem:
            structlog.get_logger().warning("graph.columns_not_taken", reason=str(problem), cure="runs make their own")

    def take_recording(self, repository: Repository, folder: Path, account: int | None) -> None:
        left = folder / RECORDING_FOLDER
        try:
            if left.exists():
                take_beside(left, RECORDING, self.store_of(repository), account, most=MAX_KEPT)
        except (YantraError, OSError) as problem:
            structlog.get_logger().warning(
                "recording.not_taken", reason=str(problem), cure="none needed: the next run of the tests makes one anew"
            )

    async def keep(
        self,
        repository: Repository,
        commit: str,
        mirror: Path,
        *,
        past: Path | None = None,
        beside: Beside = NOTHING_BESIDE,
    ) -> KeptGraph:
        store = self.store_of(repository)

        def furnish(folder: Path, account: int | None) -> None:
            hand_out(store, folder / GRAPH_FOLDER, account)

        worker = await self._workers.employ(
            Work(f"graph-{repository.id}", mirror, TestCommand(), furnish, past, keeps_graph=True, has_shelf=False)
        )
        try:
            order = Keep(commit, repository.full_name, self._processes, beside)
            kept = await worker.order(order, _KEPT, patience=worker.config.patience.keep)
            async with worker.ending_if_wrong():
                check_kept(kept, commit)
            taking = partial(take_in, worker.folder / GRAPH_FOLDER, store, commit, worker.account)
            await finish(asyncio.to_thread(taking))
            await finish(asyncio.to_thread(self._take_columns, worker.folder / GRAPH_FOLDER, store, worker.account))
            return kept
        finally:
            await finish(worker.end())


def check_kept(kept: KeptGraph, commit: str) -> None:
    """Raise ProtocolError for an answer that is none to what was asked."""
    counts = (kept.parsed, kept.removed, kept.files, kept.symbols, kept.edges, kept.unresolved, kept.problems)
    if kept.commit != commit or not all(0 <= count < _MOST for count in counts):
        raise ProtocolError("It says that it kept another graph than the one it was asked for.")
