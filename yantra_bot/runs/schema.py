"""The records' SQLite file: opening, migrating, transactions, and what its failures mean.

Responsible for the file being ours, of a version we know, in WAL mode, and for turning SQLite's exceptions into
`StorageUnavailable`. It must never know what a run is, and it must never wait long: it is used on the event loop.
"""

import functools
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from yantra_bot.errors import SettingsError, Transient

APPLICATION_ID = 0x59414E54
"""Marks the file as ours (`YANT`), in SQLite's header."""

LOCK_WAIT_SECONDS = 0.1
"""How long a statement waits for another process's lock: longer would hold up the whole event loop."""

Parameters = Sequence[Any] | Mapping[str, Any]


class StorageUnavailable(Transient):
    """The records cannot be read or written now. Cure: free space on their disk, or end what holds their lock."""


@functools.cache
def load_statements() -> Mapping[str, str]:
    """Return the statements of `records.sql` by name; migrations are named `migration N`."""
    text = resources.files("yantra_bot.runs").joinpath("records.sql").read_text(encoding="utf-8")
    statements: dict[str, str] = {}
    for part in text.split("-- :: ")[1:]:
        name, _, body = part.partition("\n")
        statements[name.strip()] = body.strip()
    return statements


def _split(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def wrap_storage_errors(path: Path) -> Iterator[None]:
    """Raise StorageUnavailable for what may pass; leave programming errors alone."""
    try:
        yield
    except sqlite3.OperationalError as problem:
        name = getattr(problem, "sqlite_errorname", "")
        if name == "SQLITE_ERROR":
            raise
        raise StorageUnavailable(
            f"The records at {path.name} cannot be used now ({problem}). "
            "Free space on their disk, or end the process that holds their lock; work goes on by itself."
        ) from problem
    except sqlite3.DatabaseError as problem:
        if getattr(problem, "sqlite_errorname", "") not in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
            raise
        raise SettingsError(f"The records at {path} are damaged ({problem}). Restore them from a backup.") from problem


class Database:
    """One connection, used by one thread at a time. Every method is short: a lookup < 1 ms, a save < 5 ms."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._statements = load_statements()
        self._lock = threading.RLock()
        with wrap_storage_errors(path):
            self._connection = self._connect(read_only)
            try:
                self._set_up(read_only)
                self._check_version(read_only)
            except BaseException:
                self._connection.close()
                raise

    def _connect(self, read_only: bool) -> sqlite3.Connection:
        if not read_only:
            create_private(self.path)
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
            uri=True,
            timeout=LOCK_WAIT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        return connection

    def _set_up(self, read_only: bool) -> None:
        if not read_only:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")

    def _check_version(self, read_only: bool) -> None:
        scripts = [self._statements[name] for name in self._statements if name.startswith("migration ")]
        version = self._version()
        if version > len(scripts):
            raise SettingsError(
                f"The records at {self.path} have schema {version}, and this version of Yantra knows {len(scripts)}. "
                "Install the newer version again, or restore the records from a backup made before the upgrade."
            )
        if read_only:
            return
        with self.write() as connection:
            for number, script in enumerate(scripts[self._version() :], start=self._version() + 1):
                for statement in _split(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number}")
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")

    def _version(self) -> int:
        mark = self._connection.execute("PRAGMA application_id").fetchone()[0]
        if mark not in (0, APPLICATION_ID):
            raise SettingsError(
                f"The file {self.path} belongs to another program. Choose another path for the records."
            )
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Hold one transaction; committed at the end, rolled back on any exception."""
        with self._lock, wrap_storage_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def run(self, name: str, parameters: Parameters = ()) -> int:
        """Run one named statement in its own transaction; return how many rows it changed."""
        with self._lock, wrap_storage_errors(self.path):
            return self._connection.execute(self._statements[name], parameters).rowcount

    def rows(self, name: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        with self._lock, wrap_storage_errors(self.path):
            return self._connection.execute(self._statements[name], parameters).fetchall()

    def row(self, name: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        found = self.rows(name, parameters)
        return found[0] if found else None

    def statement(self, name: str) -> str:
        """Return a named statement, for use inside `write`."""
        return self._statements[name]

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        with self._lock:
            self._connection.close()


def create_private(path: Path) -> None:
    """Create a file that only its owner reads, and the folders above it, unless they are there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
