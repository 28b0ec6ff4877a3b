"""The durable engine's own database file: claimed by one process, private, and made fit for the engine.

Responsible for what the engine's library takes for granted and does not do itself. It must never read or write a table.
"""

import fcntl
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from yantra_bot.errors import SettingsError
from yantra_bot.runs.schema import create_private, wrap_storage_errors

KNOWS_SUBSECONDS = (3, 42, 0)
"""Since this version SQLite knows `unixepoch('subsec')`, which DBOS uses on Python 3.12 and newer, and else gets NULL.
Debian 12 has 3.40."""


class Claim:
    """The right to use the file, until `close` or the end of the process."""

    def __init__(self, lock: IO[bytes]) -> None:
        self._lock = lock

    def close(self) -> None:
        """Give the claim back. Safe to call twice."""
        self._lock.close()
        teach_subseconds(False)


def claim_database(url: str) -> Claim | None:
    """Take the engine's SQLite file for this process; None for PostgreSQL, which needs no such thing.

    Raises SettingsError for any other URL, and when another process has the file.
    """
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return None
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.is_absolute():
        raise SettingsError(
            "The engine's database is neither sqlite:////absolute/path nor postgresql://user@host/name. "
            "Correct the setting of the database URL."
        )
    create_private(path)
    claim = Claim(_lock(path))
    try:
        with wrap_storage_errors(path), closing(sqlite3.connect(path, timeout=30.0)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        teach_subseconds(sqlite3.sqlite_version_info < KNOWS_SUBSECONDS)
    except BaseException:
        claim.close()
        raise
    return claim


def _lock(path: Path) -> IO[bytes]:
    lock = path.with_name(f"{path.name}.lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise SettingsError(
            f"Another Yantra process works with {path}. Stop it, or give this one a state folder of its own."
        ) from None
    return lock


def teach_subseconds(should_know: bool) -> None:
    """Give every SQLite connection of the engine a `unixepoch('subsec')`, or stop doing so."""
    from sqlalchemy import Engine, event

    if should_know and not event.contains(Engine, "connect", _add_unixepoch):
        event.listen(Engine, "connect", _add_unixepoch)
    elif not should_know and event.contains(Engine, "connect", _add_unixepoch):
        event.remove(Engine, "connect", _add_unixepoch)


def _add_unixepoch(connection: Any, record: object) -> None:
    connection.create_function("unixepoch", 1, lambda _: time.time())
