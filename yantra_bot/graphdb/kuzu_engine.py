"""The one door to the graph's engine: ladybug, or the kuzu release that it goes on from. Same API, same Cypher.

It opens a file, runs statements, moves tables in and out by Arrow, and names the engine's failures by their meaning.
It knows nothing of symbols. The engine is imported here and only when a file is opened.
"""

import ctypes
import importlib
import importlib.util  # the kuzu release uses it as well, without importing it
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pyarrow as pa

from yantra_bot.errors import UserError
from yantra_bot.graphdb.store_errors import EngineConfined, PoolFull, StoreDamaged, StoreFull

MEBIBYTE: Final = 1 << 20
READING_POOL: Final = 128 * MEBIBYTE
_LARGEST_FILE: Final = 1 << 34
"""Bytes of address space the engine reserves; its own default of 8 TiB is refused under a memory limit."""
_SHARE_OF_LIMIT: Final = 4
"""Where this process may not have much memory, the engine reserves this part of what it may have."""
_THREADS: Final = 2
_FULL: Final = (
    "No space left",
    "File too large",
    "Disk quota",
    "Cannot write to file",
    "post-commit checkpoint failed",
)
"""The last one is said where pages that the disk had no room for are missed when they are read again."""
_CONFINED: Final = ("Mmap for size", "temporarily unavailable", "Cannot allocate memory", "bad_alloc", "MemoryError")
"""No pool would be the right one: this process may not have that much."""
_CHUNK_ROWS: Final = 500_000
"""Rows of an answer that room is taken for at once, at most."""
_TIMED_OUT: Final = "Interrupted"


class EngineName(StrEnum):
    """Which engine keeps the graph."""

    LADYBUG = "ladybug"
    KUZU = "kuzu"


class Session:
    """An open file of the engine, with one connection. Not for several threads."""

    def __init__(self, database: Any, connection: Any) -> None:
        self._database = database
        self._connection = connection

    def run(self, cypher: str, parameters: Mapping[str, object] | None = None) -> Any:
        """Run one statement and return the engine's result."""
        try:
            return self._connection.execute(cypher, dict(parameters or {}))
        except (RuntimeError, ValueError, OverflowError) as failed:
            raise named(failed) from failed

    def copy(self, table: str, rows: pa.Table) -> None:
        """Load rows into a table, the columns in its order; those of a relation are led by its two ends' keys."""
        if rows.num_rows:
            self.run(f"COPY `{table}` FROM $rows", {"rows": rows})

    def arrow(self, cypher: str) -> pa.Table:
        """Return all rows of a query."""
        result = self.run(cypher)
        try:
            # Left to itself the engine takes room for millions of rows each time, and dies where it may not have it.
            return result.get_as_arrow(min(max(result.get_num_tuples(), 1), _CHUNK_ROWS))
        except RuntimeError as failed:
            raise named(failed) from failed
        finally:
            result.close()

    def rows(self, cypher: str, parameters: Mapping[str, object], limit: int) -> tuple[list[str], list[list[Any]]]:
        """Return the names of a query's columns and its first rows."""
        result = self.run(cypher, parameters)
        try:
            found: list[list[Any]] = []
            while len(found) < limit and result.has_next():
                found.append(result.get_next())
            return result.get_column_names(), found
        except RuntimeError as failed:
            raise named(failed) from failed
        finally:
            result.close()

    def limit_time(self, seconds: float) -> None:
        """Interrupt every later statement that runs longer; it fails with TimeoutError."""
        self._connection.set_query_timeout(max(1, round(seconds * 1000)))

    def close(self) -> None:
        """Write what is in the log into the file, and let go of it."""
        try:
            self._connection.close()
            self._database.close()
        except RuntimeError as failed:
            raise named(failed) from failed


@contextmanager
def open_session(path: Path, engine: EngineName, *, read_only: bool, pool: int = READING_POOL) -> Iterator[Session]:
    """Open a file of the engine; one that is not there is made unless `read_only`.

    Raises StoreDamaged for what the engine cannot open, StoreFull, UserError when the engine is not installed.
    """
    module = _load(engine)
    try:
        database = module.Database(
            str(path), buffer_pool_size=pool, max_num_threads=_THREADS, max_db_size=largest_file(), read_only=read_only
        )
        connection = module.Connection(database, num_threads=_THREADS)
    except (RuntimeError, OSError, IndexError) as failed:
        raise _opening_failure(failed, path) from failed
    session = Session(database, connection)
    try:
        yield session
    except BaseException:
        with _quiet():
            session.close()
        raise
    else:
        session.close()
    finally:
        _give_back_memory()


def largest_file() -> int:
    """Return how many bytes a file may have at most: a power of two, for which this process can get address space.

    The kernel counts what the engine reserves, all of it writable, against the limit of a process's data.
    """
    limits = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    shares = (limit // _SHARE_OF_LIMIT for limit in limits if limit != resource.RLIM_INFINITY)
    return 1 << min(_LARGEST_FILE, *shares, _LARGEST_FILE).bit_length() - 1


def preload() -> None:
    """Load the default engine with what it loads when it is first used: for a process that cannot later."""
    for name in (EngineName.LADYBUG.value, f"{EngineName.LADYBUG.value}._lbug", "numpy.ma", "pyarrow.compute"):
        importlib.import_module(name)


def _load(engine: EngineName) -> ModuleType:
    if importlib.util.find_spec(engine.value) is None:
        raise UserError(
            f"The graph's engine {engine.value} is not installed: pip install 'yantra-bot[{engine.value}]', or set the "
            f"engine to {EngineName.LADYBUG.value}."
        )
    loaded = [other.value for other in EngineName if other is not engine and other.value in sys.modules]
    if loaded:  # two of one family share the names of their symbols: the second one would crash the process
        raise UserError(f"The engines {engine.value} and {loaded[0]} cannot be used in one process. Start it again.")
    if engine is EngineName.KUZU:
        import kuzu

        return kuzu  # type: ignore[no-any-return]  # it has no types, and need not be installed
    import ladybug

    return ladybug


def _opening_failure(failed: Exception, path: Path) -> Exception:
    known = named(failed)
    if isinstance(known, StoreFull | PoolFull | EngineConfined):
        return known
    return StoreDamaged(f"{path} cannot be opened as a graph: {_first_line(failed)}")


def _give_back_memory() -> None:
    """Return what the engine and Arrow freed to the system: hundreds of megabytes after a large graph."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; others need none
    if trim is not None:
        trim(0)


@contextmanager
def _quiet() -> Iterator[None]:
    """Let a failure pass that comes after the one that is told."""
    try:
        yield
    except Exception:  # noqa: BLE001  # whatever closing says after a failure, the failure itself is what counts
        return


def named(failed: Exception) -> Exception:
    """Return the engine's failure as one of ours: by the words of its message, since it raises RuntimeError alone."""
    text = str(failed)
    if any(sign in text for sign in _FULL):
        reason = _first_line(failed).rpartition("IO exception: ")[2]
        return StoreFull(f"No space is left for the graph: {reason}. Free some and run this again.")
    if any(sign in text for sign in _CONFINED):
        return EngineConfined(
            f"The graph's engine gets less memory than it needs ({_first_line(failed)}). Raise what a process may have "
            "(ulimit -v, or the container's limit), or close what else needs memory."
        )
    if "buffer pool is full" in text or "Buffer manager exception" in text:
        return PoolFull(f"The graph's engine ran out of its memory: {_first_line(failed)}")
    if _TIMED_OUT in text:
        return TimeoutError(text)
    if text.startswith(("Parser exception", "Binder exception", "Catalog exception", "Conversion exception")):
        return UserError(f"The query cannot be run. {text.strip()}")
    return StoreDamaged(f"The graph's engine failed: {_first_line(failed)}")


def _first_line(failed: Exception) -> str:
    return str(failed).strip().splitlines()[0][:300] if str(failed).strip() else type(failed).__name__
