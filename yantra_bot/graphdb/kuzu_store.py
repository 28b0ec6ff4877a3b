"""One repository's graph on disk, in a folder: saved whole, changed by differences, loaded into a view, or queried.

A whole graph goes into a new file that then takes the old one's place; a difference is one transaction in place. Any
number of processes may use a folder: one writes at a time, readers wait for it, and each call opens and closes the
engine, so that nobody holds a file that another one replaces. A crash leaves the old or the new graph, never half of
either. What cannot be read raises StoreDamaged, and `save` replaces it.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from yantra_bot.graphdb.store_errors import PoolFull, StoreDamaged, StoreFull
from yantra_bot.graphdb.store_head import Head, read_head, sum_of, sync_folder, write_head
from yantra_bot.graphdb.store_lock import hold
from yantra_bot.graphdb.store_records import Records, read_records, write_records
from yantra_bot.graphdb.view import GraphView

log = structlog.get_logger()

_LOCK: Final = "lock"
_PATIENCE: Final = 30.0
"""Seconds to wait for another process."""
_LARGEST_DIFF: Final = 4_000
"""Statements: above that, saving the whole graph is faster than changing it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a query."""

    columns: list[str]
    rows: list[list[Any]]
    cut: bool
    """Whether there are more rows than were asked for."""


class GraphStore:
    """The graph in a folder."""

    def __init__(self, folder: Path, engine: EngineName, patience: float, *, force: bool) -> None:
        self._folder = folder
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
    ) -> "GraphStore":
        """Open the store of a folder, which is made when it is not there. Opens no engine yet.

        `patience` is how many seconds to wait for another process. Raises StoreNewer for the graph of a newer schema;
        with `force` it counts as damaged, so that a new graph may replace it.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as refused:
            raise UserError(f"No graph can be kept in {folder}: {refused.strerror}.") from refused
        store = cls(folder, engine, patience, force=force)
        try:
            store._head()
        except StoreDamaged as damaged:
            log.warning("graph.damaged", folder=str(folder), reason=str(damaged))
        return store

    def generation(self) -> int:
        """Return the number that grows with every write; 0 where there is no graph. Costs one small file."""
        head = self._in_use()
        return head.generation if head else 0

    def load(self) -> GraphView | None:
        """Load the whole graph; None where there is none. Raises StoreDamaged, StoreBusy."""
        with self._locked(exclusive=False):
            head = self._head()
            if head is None:
                return None
            with self._reading(head) as session:
                return GraphView(read_graph(session.arrow), generation=head.generation)

    def save(self, graph: Graph | GraphView) -> int:
        """Replace what is there, damaged or not, by a whole graph. Return its generation. Raises StoreFull, StoreBusy.

        The graph as it was is in use until the new one is complete. Records that others keep are carried over.
        """
        columns = compact(graph) if isinstance(graph, Graph) else graph.columns
        with self._writing():
            records = self._records_kept()
            generation = self._replace(
                lambda fresh: store_files.build(fresh, self._engine, columns, records), self._engine
            )
        log.info("graph.saved", symbols=len(columns.symbols), edges=len(columns.edges), generation=generation)
        return generation

    def apply(self, diff: Diff) -> int:
        """Change the graph in place, in one transaction. Return the new generation.

        Raises StoreDamaged when there is no graph to change, StoreFull, StoreBusy; the graph is then as it was.
        """
        with self._writing():
            head = self._head()
            if head is None:
                raise StoreDamaged(f"There is no graph in {self._folder} to change.")
            return self._change(head, diff)

    def follow(self, view: GraphView, diff: Diff) -> int:
        """Bring the store to where `view` is, by the difference that led there, or by a whole new graph.

        `view.generation` is that of the store before the difference. Where another process wrote since, where the
        difference is large, and where the store is damaged, the whole graph is written. Return the new generation.
        """
        if size_of(diff) <= _LARGEST_DIFF:
            try:
                with self._writing():
                    head = self._head()
                    if head is not None and head.generation == view.generation:
                        return self._change(head, diff)
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
        with self._locked(exclusive=False):
            head = self._head()
            if head is None:
                raise UserError(f"There is no graph in {self._folder} yet: run `yantra graph build`.")
            with self._reading(head) as session:
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

        def write(fresh: Path) -> None:
            shutil.copyfile(self._verified(head), fresh)
            with open_session(fresh, EngineName(head.engine), read_only=False) as session:
                write_records(session, records)

        with self._writing():
            head = self._settled_head()
            return self._replace(write, EngineName(head.engine))

    def load_records(self, *names: str) -> list[Records]:
        """Return the tables that others keep, those named or all, nodes first. Raises StoreDamaged, StoreBusy."""
        with self._locked(exclusive=False):
            head = self._head()
            if head is None:
                return []
            with self._reading(head) as session:
                return read_records(session, names or None)

    # What follows runs under the lock.

    def _head(self) -> Head | None:
        head = read_head(self._folder, force=self._force)
        if head is not None and head.schema != SCHEMA_VERSION:
            raise StoreDamaged(f"The graph in {self._folder} is of schema {head.schema}, this one is {SCHEMA_VERSION}.")
        if head is not None and head.engine not in set(EngineName):
            raise StoreDamaged(f"The graph in {self._folder} is of an engine named {head.engine}.")
        return head

    def _settled_head(self) -> Head:
        """Return the head of a graph whose file is complete without the engine's log."""
        head = self._head()
        if head is not None and head.checksum is None:
            self._change(head, Diff())
            head = self._head()
        if head is None:
            raise StoreDamaged(f"There is no graph in {self._folder}.")
        return head

    def _replace(self, write: Callable[[Path], None], engine: EngineName) -> int:
        """Let a new file be written and take the old one's place. Where that fails the old one stays in use."""
        old = self._in_use()
        # The number of a graph whose head is lost is not known either: the clock's is larger than any count of writes.
        generation = old.generation + 1 if old else int(time.time()) if self._has_leftovers() else 1
        fresh = self._folder / store_files.NAME.format(generation=generation)
        kept = old.file if old else None
        store_files.remove_all_but(self._folder, keep=kept)
        try:
            write(fresh)
            sync_folder(self._folder)
            write_head(self._folder, Head(fresh.name, engine.value, generation, sum_of(fresh)))
        except BaseException:
            store_files.remove_all_but(self._folder, keep=kept)
            raise
        store_files.remove_all_but(self._folder, keep=fresh.name)
        return generation

    def _change(self, head: Head, diff: Diff) -> int:
        """Change the file in use between two heads: the first one says that a write is at work."""
        path = self._verified(head)
        head = replace(head, generation=head.generation + 1, checksum=None)
        write_head(self._folder, head)
        store_files.change(path, EngineName(head.engine), statements_of(diff))
        if store_files.settled(path):
            write_head(self._folder, replace(head, checksum=sum_of(path)))
        return head.generation

    def _records_kept(self) -> list[Records]:
        """Return what others keep in the graph that is about to be replaced."""
        try:
            head = self._head()
            if head is None:
                return []
            with self._reading(head) as session:
                return read_records(session)
        except (StoreDamaged, PoolFull) as damaged:
            log.warning("graph.records_lost", folder=str(self._folder), reason=str(damaged))
            return []

    @contextmanager
    def _reading(self, head: Head) -> Iterator[Session]:
        path = self._verified(head)
        pool = max(READING_POOL, 2 * path.stat().st_size)
        with open_session(path, EngineName(head.engine), read_only=True, pool=pool) as session:
            yield session

    def _verified(self, head: Head) -> Path:
        """Return the file in use. Raises StoreDamaged when it is not as the last write left it."""
        path = self._folder / head.file
        try:
            whole = head.checksum in (None, sum_of(path)) and path.stat().st_size > 0
        except OSError as refused:
            raise StoreDamaged(f"The graph in {self._folder} cannot be read: {refused.strerror}.") from refused
        if not whole:
            raise StoreDamaged(f"{path} was changed or damaged since the graph was written.")
        return path

    def _has_leftovers(self) -> bool:
        return any(path.name != _LOCK for path in self._folder.iterdir())

    def _in_use(self) -> Head | None:
        try:
            return self._head()
        except StoreDamaged:
            return None

    @contextmanager
    def _locked(self, *, exclusive: bool) -> Iterator[None]:
        with hold(self._folder / _LOCK, exclusive=exclusive, patience=self._patience):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._locked(exclusive=True):
            try:
                yield
            except OSError as refused:
                raise StoreFull(f"The graph in {self._folder} cannot be written: {refused.strerror}.") from refused
