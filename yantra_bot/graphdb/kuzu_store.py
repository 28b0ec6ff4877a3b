"""One repository's graph on disk, in a folder: saved whole, changed by differences, loaded into a view, or queried.

Every write makes a new file, a whole graph or a changed copy of the one before, which then takes the old one's place:
measured, the engine's own log may not be read again after a torn write, and ends the process on a full disk. Any number
of processes may use a folder: one writes at a time, readers wait for it, and each call opens and closes the engine. A
crash leaves the old or the new graph, never half of one. What cannot be read raises StoreDamaged; `save` replaces it.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from yantra_bot.domain.graph import Graph
from yantra_bot.errors import UserError
from yantra_bot.graphdb import store_files
from yantra_bot.graphdb.arrow_in import read_graph
from yantra_bot.graphdb.compact import compact
from yantra_bot.graphdb.cypher_guard import check_reading
from yantra_bot.graphdb.kuzu_engine import READING_POOL, EngineName, Session, open_session
from yantra_bot.graphdb.overlay import Diff
from yantra_bot.graphdb.schema import SCHEMA_VERSION
from yantra_bot.graphdb.store_changes import size_of, statements_of
from yantra_bot.graphdb.store_child import Build, Change, run_apart
from yantra_bot.graphdb.store_errors import PoolFull, StoreDamaged, StoreFull
from yantra_bot.graphdb.store_head import Head, read_head, sum_of, sync_folder, write_head
from yantra_bot.graphdb.store_lock import hold
from yantra_bot.graphdb.store_records import Records, read_records
from yantra_bot.graphdb.view import GraphView

log = structlog.get_logger()

_LOCK: Final = "lock"
_PATIENCE: Final = 30.0
"""Seconds to wait for another process."""
_LARGEST_DIFF: Final = 4_000
"""Statements: above that, saving the whole graph is faster than changing it."""


Write = Callable[[Build | Change, int], None]
"""Does a job that writes, under the lock with this descriptor."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a query."""

    columns: list[str]
    rows: list[list[Any]]
    cut: bool
    """Whether there are more rows than were asked for."""


class GraphStore:
    """The graph in a folder."""

    def __init__(self, folder: Path, engine: EngineName, patience: float, *, force: bool, write: Write) -> None:
        self._folder = folder
        self._write = write
        self._engine = engine
        self._patience = patience
        self._force = force

    @classmethod
    def open(
        cls,
        folder: Path,
        engine: EngineName = EngineName.LADYBUG,
        *,
        patience: float = _PATIENCE,
        force: bool = False,
        write: Write = run_apart,
    ) -> "GraphStore":
        """Open the store of a folder, which is made when it is not there. Opens no engine yet.

        `patience` is how many seconds to wait for another process. Raises StoreNewer for the graph of a newer schema;
        with `force` it counts as damaged, so that a new graph may replace it. `write` says where the engine writes: in
        a process of its own, unless this one is made to die for it.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as refused:
            why = "it is no folder" if isinstance(refused, FileExistsError) else refused.strerror
            raise UserError(f"No graph can be kept in {folder}: {why}. Name another folder.") from refused
        store = cls(folder, engine, patience, force=force, write=write)
        try:
            store._head()
        except StoreDamaged as damaged:
            log.warning("graph.damaged", folder=str(folder), reason=str(damaged))
        return store

    def generation(self) -> int:
        """Return the number that grows with every write; 0 where there is no graph. Costs one small file."""
        head = self._in_use()
        return head.generation if head else 0

    def revision(self) -> str:
        """Return the commit that the graph is of; empty where it is of a folder, and where there is none."""
        head = self._in_use()
        return head.revision if head else ""

    def load(self) -> GraphView | None:
        """Load the whole graph; None where there is none. Raises StoreDamaged, StoreBusy."""
        with self._reading() as opened:
            if opened is None:
                return None
            head, session = opened
            return GraphView(read_graph(session.arrow), generation=head.generation)

    def save(self, graph: Graph | GraphView, records: Sequence[Records] = (), *, revision: str = "") -> int:
        """Replace what is there, damaged or not, by a whole graph. Return its generation. Raises StoreFull, StoreBusy.

        The graph as it was is in use until the new one is complete. Records that others keep are carried over, save
        for tables that `records` replaces. `revision` is the commit that the graph is of.
        """
        columns = compact(graph) if isinstance(graph, Graph) else graph.columns
        with self._writing() as lock:
            names = {one.table.name for one in records}
            kept = [one for one in self._records_kept() if one.table.name not in names]
            build = partial(Build, engine=self._engine, graph=columns, records=[*kept, *records])
            generation = self._replace(build, lock, revision=revision)
        log.info("graph.saved", symbols=len(columns.symbols), edges=len(columns.edges), generation=generation)
        return generation

    def apply(self, diff: Diff) -> int:
        """Change the graph by a difference, in one transaction. Return the new generation.

        Raises StoreDamaged when there is no graph to change, StoreFull, StoreBusy; the graph is then as it was.
        """
        with self._writing() as lock:
            head = self._head()
            if head is None:
                raise StoreDamaged(f"There is no graph in {self._folder} to change.")
            return self._change(head, diff, lock)

    def follow(self, view: GraphView, diff: Diff) -> int:
        """Bring the store to where `view` is, by the difference that led there, or by a whole new graph.

        `view.generation` is that of the store before the difference. Where another process wrote since, where the
        difference is large, and where the store is damaged, the whole graph is written. Return the new generation.
        """
        if size_of(diff) <= _LARGEST_DIFF:
            try:
                with self._writing() as lock:
                    head = self._head()
                    if head is not None and head.generation == view.generation:
                        return self._change(head, diff, lock)
            except StoreDamaged as damaged:
                log.warning("graph.rebuilt", folder=str(self._folder), reason=str(damaged))
        return self.save(view)

    def query(
        self, cypher: str, parameters: Mapping[str, object] | None = None, *, limit: int = 1000, seconds: float = 10.0
    ) -> Answer:
        """Run one reading statement of Cypher and return its first rows.

        Raises UserError for what does more than read, is no Cypher, or takes longer; StoreDamaged, StoreBusy.
        """
        statement = check_reading(cypher)
        with self._reading() as opened:
            if opened is None:
                raise UserError(f"There is no graph in {self._folder} yet: run `yantra graph build`.")
            session = opened[1]
            session.limit_time(seconds)
            try:
                columns, rows = session.rows(statement, parameters or {}, limit + 1)
            except (TimeoutError, PoolFull) as too_much:
                message = f"The query took more than {seconds:g} s or too much memory. Narrow it."
                raise UserError(message) from too_much
        return Answer(columns, rows[:limit], cut=len(rows) > limit)

    def save_records(self, records: Sequence[Records]) -> int:
        """Replace tables that others keep beside the code, each as a whole. Return the new generation.

        Raises StoreDamaged when there is no graph to keep them with, StoreFull, StoreBusy; all is then as it was.
        """
        with self._writing() as lock:
            head = self._head()
            if head is None:
                raise StoreDamaged(f"There is no graph in {self._folder} to keep records with.")
            source, engine = self._verified(head), self._engine
            change = partial(Change, engine=engine, source=source, records=records)
            return self._replace(change, lock, revision=head.revision)

    def load_records(self, *names: str) -> list[Records]:
        """Return the tables that others keep, those named or all, nodes first. Raises StoreDamaged, StoreBusy."""
        with self._reading() as opened:
            return read_records(opened[1], names or None) if opened else []

    def _head(self) -> Head | None:
        head = read_head(self._folder, force=self._force)
        if head is not None and head.schema != SCHEMA_VERSION:
            raise StoreDamaged(f"The graph in {self._folder} is of schema {head.schema}, this one is {SCHEMA_VERSION}.")
        if head is not None and head.engine != self._engine.value:
            raise StoreDamaged(f"The graph in {self._folder} is one of {head.engine}, not of {self._engine.value}.")
        return head

    def _in_use(self) -> Head | None:
        try:
            return self._head()
        except StoreDamaged:
            return None

    @contextmanager
    def _writing(self) -> Iterator[int]:
        """Be the only one; gives the lock's descriptor, which each child that writes inherits."""
        with hold(self._folder / _LOCK, exclusive=True, patience=self._patience) as lock:
            try:
                yield lock
            except OSError as refused:
                raise StoreFull(f"The graph in {self._folder} cannot be written: {refused.strerror}.") from refused

    @contextmanager
    def _reading(self) -> Iterator[tuple[Head, Session] | None]:
        """Open the graph, among other readers."""
        with hold(self._folder / _LOCK, exclusive=False, patience=self._patience):
            head = self._head()
            if head is None:
                yield None
                return
            with self._session(head) as session:
                yield head, session

    # What follows runs under the lock.

    @contextmanager
    def _session(self, head: Head) -> Iterator[Session]:
        path = self._verified(head)
        pool = max(READING_POOL, 2 * path.stat().st_size)
        with open_session(path, self._engine, read_only=True, pool=pool) as session:
            yield session

    def _replace(self, job_for: Callable[[Path], Build | Change], lock: int, *, revision: str = "") -> int:
        """Let a new file be written and take the old one's place. Where that fails the old one stays in use."""
        old = self._in_use()
        # The number of a graph whose head is lost is not known either: the clock's is larger than any count of writes.
        generation = old.generation + 1 if old else int(time.time()) if self._has_leftovers() else 1
        fresh = self._folder / store_files.NAME.format(generation=generation)
        kept = old.file if old else None
        store_files.remove_all_but(self._folder, keep=kept)
        try:
            job = job_for(fresh)
            self._write(job, lock)
            sync_folder(self._folder)
            head = Head(fresh.name, job.engine.value, generation, sum_of(fresh), revision=revision)
            write_head(self._folder, head)
        except BaseException:
            store_files.remove_all_but(self._folder, keep=kept)
            raise
        store_files.remove_all_but(self._folder, keep=fresh.name)
        return generation

    def _change(self, head: Head, diff: Diff, lock: int) -> int:
        source, engine, statements = self._verified(head), self._engine, list(statements_of(diff))
        return self._replace(lambda fresh: Change(fresh, engine, source, statements), lock)

    def _records_kept(self) -> list[Records]:
        """Return what others keep in the graph that is about to be replaced."""
        try:
            head = self._head()
            if head is None:
                return []
            with self._session(head) as session:
                return read_records(session)
        except (StoreDamaged, PoolFull) as damaged:
            log.warning("graph.records_lost", folder=str(self._folder), reason=str(damaged))
            return []

    def _verified(self, head: Head) -> Path:
        """Return the file in use. Raises StoreDamaged when it is not as the last write left it."""
        path = self._folder / head.file
        try:
            whole = head.checksum == sum_of(path)
        except OSError as refused:
            raise StoreDamaged(f"The graph in {self._folder} cannot be read: {refused.strerror}.") from refused
        if not whole:
            raise StoreDamaged(f"{path} was changed or damaged since the graph was written.")
        return path

    def _has_leftovers(self) -> bool:
        return any(path.name != _LOCK for path in self._folder.iterdir())
