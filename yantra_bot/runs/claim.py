"""The durable engine's own database: claimed by one process; a file is private, and made fit for the engine.

Responsible for what the engine's library takes for granted and does not do itself. It must never read or write a table.
"""

import fcntl
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Protocol

from yantra_bot.errors import SettingsError
from yantra_bot.runs.schema import create_private, wrap_storage_errors

KNOWS_SUBSECONDS = (3, 42, 0)
"""Since this version SQLite knows `unixepoch('subsec')`, which DBOS uses on Python 3.12 and newer, and else gets NULL.
Debian 12 has 3.40."""


SERVER_LOCK = 0x59414E54
"""Number of the advisory lock (`YANT`) that the one control process holds in a PostgreSQL database."""


class Held(Protocol):
    """What keeps a lock for as long as it is open."""

    def close(self) -> None: ...


class Claim:
    """The right to use the database, until `close` or the end of the process."""

    def __init__(self, lock: Held) -> None:
        self._lock = lock

    def close(self) -> None:
        """Give the claim back. Safe to call twice."""
        self._lock.close()
        teach_subseconds(False)


def claim_database(url: str) -> Claim:
    """Take the engine's SQLite file or PostgreSQL database for this process.

    Two control processes would each take the other's runs for their own that were interrupted, and do them again.
    Raises SettingsError for any other URL, and when another process has the database or it cannot be reached.
    """
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return Claim(_lock_server(url))
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


def _lock_server(url: str) -> Held:
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    driver = "postgresql+psycopg://" + url.partition("://")[2]
    try:
        engine = create_engine(driver, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        connection = engine.connect()
        is_ours = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": SERVER_LOCK}).scalar_one()
    except SQLAlchemyError as problem:
        reason = getattr(problem, "orig", None) or type(problem).__name__
        raise SettingsError(f"The engine's database cannot be opened: {reason}. Correct its URL.") from None
    if not is_ours:
        connection.close()
        raise SettingsError("Another Yantra process works with this database. Stop it, or give this one its own.")
    return connection


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
