"""The inbox's SQLite file: its schema, its statements, and which failures mean "try again later".

One instance is used by one thread. A body is stored as it came, and packed once its delivery is handled: packing costs
as much as all the rest of taking a delivery in.
"""

import fcntl
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yantra_bot.domain.events import Delivery
from yantra_bot.errors import Permanent, SettingsError, Transient, YantraError

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x59_4E_54_52
_SCHEMA = """
create table delivery (
    sequence    integer primary key autoincrement,
    source      text    not null,
    delivery_id text    not null,
    content_key text    not null unique,
    event       text    not null,
    body        blob    not null,
    received_at real    not null,
    handled_at  real,
    outcome     text,
    unique (source, delivery_id)
);
create index delivery_pending on delivery (sequence) where handled_at is null;
create index delivery_handled on delivery (handled_at) where handled_at is not null;
"""
_PUT = "insert into delivery (source, delivery_id, content_key, event, body, received_at) values (?, ?, ?, ?, ?, ?)"
_ONE_MORE = ", (?, ?, ?, ?, ?, ?)"
_PENDING = """select sequence, delivery_id, content_key, source, event, body, received_at
    from delivery where handled_at is null order by sequence limit ?"""
_HANDLED = """update delivery set handled_at = ?, outcome = ?, body = pack(body)
    where sequence = ? and handled_at is null"""
_EMPTY = """update delivery set body = x'' where sequence in (
    select sequence from delivery where handled_at <= ? and length(body) > 0 order by handled_at limit ?)"""
_FORGET = "delete from delivery where sequence in (select sequence from delivery where handled_at <= ? limit ?)"
_READ_BYTES = 64 * 1024 * 1024
_WAIT_SECONDS = 3.0
"""For a lock. Who comes while others wait for one waits twice, and GitHub hangs up after ten seconds."""
_WAL_BYTES = 64 * 1024 * 1024
_GOES_AWAY = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_PERM,
})  # fmt: skip


class InboxFull(Transient):
    """The file has reached its limit, or the disk is full. Cure: make room on the disk; senders try again."""


@dataclass(frozen=True, slots=True)
class Put:
    """Store a delivery; answers whether it is new."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Handled:
    """Mark one as acted on at Unix time `at`; answers whether it was pending."""

    sequence: int
    outcome: str
    at: float


Write = Put | Handled


class InboxStore:
    """One connection. Raises Transient for what may go away by itself, Permanent for a damaged file."""

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        """Open the file, creating it if needed, readable by its owner alone.

        `max_bytes` bounds what deliveries may fill it to. Raises SettingsError when something else is there, or a
        newer version wrote it.
        """
        self._path = path
        with self._wrapped("open"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(path):
                self._db = _connect(path)
                try:
                    _prepare(self._db, path)
                    self._most_pages = max(max_bytes // self._db.execute("pragma page_size").fetchone()[0], 16)
                except BaseException:
                    self._db.close()
                    raise
        self._is_drained = False
        self._drained_at = -1

    def write(self, batch: Sequence[Write]) -> list[bool]:
        """Store a batch durably in one transaction, all or nothing; answers in order."""
        self._is_drained = False
        # Marking as handled rewrites a row and has to work in a full file too: it is what makes room.
        is_filling = not any(isinstance(write, Handled) for write in batch)
        self._bound(self._most_pages if is_filling else self._most_pages + self._most_pages // 4)
        puts = [write.delivery for write in batch if isinstance(write, Put)]
        if puts and len(puts) == len(batch) and self._put_new(puts):
            return [True] * len(puts)
        with self._transaction():
            return [self._apply(write) for write in batch]

    def pending(self, limit: int) -> list[Delivery]:
        """Return the oldest deliveries that are not handled, bodies included; fewer when those are very large.

        After an empty answer no query is made until some connection has committed: asking costs one page header.
        """
        with self._wrapped("read"):
            version = self._db.execute("pragma data_version").fetchone()[0]
            if self._is_drained and version == self._drained_at:
                return []
            found = list(_unpack(self._db.execute(_PENDING, (limit,))))
        self._is_drained, self._drained_at = not found, version
        return found

    def waiting(self) -> int:
        """Return how many deliveries are not handled yet."""
        with self._wrapped("read"):
            return int(self._db.execute("select count(*) from delivery where handled_at is null").fetchone()[0])

    def prune(self, *, bodies_before: float, rows_before: float, limit: int) -> int:
        """Drop bodies of deliveries handled before one Unix time, and whole rows handled before another.

        A row without a body still recognises its delivery when it comes again. Touches at most `limit` rows of each
        kind and returns how many, so that a large backlog never stalls what comes in.
        """
        with self._transaction():
            emptied = self._db.execute(_EMPTY, (bodies_before, limit)).rowcount
            return emptied + self._db.execute(_FORGET, (rows_before, limit)).rowcount

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        self._db.close()

    def _bound(self, pages: int) -> None:
        with self._wrapped("write"):
            self._db.execute(f"pragma max_page_count = {pages}")

    def _put_new(self, puts: Sequence[Delivery]) -> bool:
        """Store all in one statement, or none and answer False where one of them is known already.

        A statement that is its own transaction lets go of the interpreter once, for the flush. Each time more, it would
        have to be won back from a busy event loop, which can take a switch interval, 5 ms.
        """
        with self._wrapped("write"):
            try:
                self._db.execute(_PUT + _ONE_MORE * (len(puts) - 1), [value for row in puts for value in _values(row)])
            except sqlite3.IntegrityError:
                return False
        return True

    def _apply(self, write: Write) -> bool:
        match write:
            case Put(row):
                return self._db.execute(f"{_PUT} on conflict do nothing", _values(row)).rowcount == 1
            case Handled(sequence, outcome, at):
                return self._db.execute(_HANDLED, (at, outcome, sequence)).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._wrapped("write"):
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    @contextmanager
    def _wrapped(self, doing: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _translate(error, doing, self._path) from error
        except OSError as error:
            raise Transient(f"Cannot {doing} the inbox {self._path.name}: {error.strerror}.", retry_after=30) from error


def _unpack(rows: Iterable[tuple[Any, ...]]) -> Iterator[Delivery]:
    """Yield deliveries up to a bound of memory, and at least one."""
    size = 0
    for row in rows:
        found = Delivery(*row)
        size += len(found.body)
        if size > _READ_BYTES and size > len(found.body):
            return
        yield found


def _values(row: Delivery) -> tuple[str, str, str, str, bytes, float]:
    return row.source, row.delivery_id, row.content_key, row.event, row.body, row.received_at


def _translate(error: sqlite3.DatabaseError, doing: str, path: Path) -> YantraError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return InboxFull(f"The inbox {path.name} or its disk is full.", retry_after=60)
    if code == sqlite3.SQLITE_NOTADB:
        return _foreign(path)
    if code in _GOES_AWAY:
        return Transient(f"Cannot {doing} the inbox {path.name}: {error}.", retry_after=30)
    return Permanent(
        f"Cannot {doing} the inbox {path.name}: {error}. Cure: if it is damaged, move it away and restart."
    )


def _foreign(path: Path) -> SettingsError:
    return SettingsError(f"{path} is no inbox of Yantra. Cure: move it away, or set another YANTRA_STATE_FOLDER.")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time create or upgrade the file: switching to WAL does not wait for others by itself."""
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _connect(path: Path) -> sqlite3.Connection:
    # Created by us with O_EXCL for its mode. A file that exists is never opened and closed here: closing any descriptor
    # of it would drop the locks that SQLite holds on it in this process.
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return sqlite3.connect(
        path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
    )


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    application = db.execute("pragma application_id").fetchone()[0]
    version = db.execute("pragma user_version").fetchone()[0]
    is_empty = db.execute("select count(*) from sqlite_schema").fetchone()[0] == 0
    if application != _APPLICATION_ID and not (is_empty and application == 0):
        raise _foreign(path)
    if version > SCHEMA_VERSION:
        raise SettingsError(
            f"{path} was written by a newer Yantra (schema {version}, this one knows {SCHEMA_VERSION}). "
            "Cure: install that version again, or set YANTRA_STATE_FOLDER to another folder."
        )
    if db.execute("pragma journal_mode = wal").fetchone()[0] != "wal":
        raise SettingsError(f"{path} cannot be in WAL mode. Cure: set YANTRA_STATE_FOLDER to a folder on a local disk.")
    db.create_function("pack", 1, zlib.compress, deterministic=True)
    db.execute("pragma synchronous = full")
    db.execute(f"pragma journal_size_limit = {_WAL_BYTES}")
    if is_empty:
        tags = f"pragma application_id = {_APPLICATION_ID}; pragma user_version = {SCHEMA_VERSION};"
        db.executescript(f"begin immediate; {_SCHEMA} {tags} commit;")
