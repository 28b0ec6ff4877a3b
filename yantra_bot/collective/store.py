"""What the service keeps, in one SQLite file: patterns by anonymous id, seals that were given, versions, change log.

No address, no enrolment beside a pattern: what could tie an id to somebody is never written.
"""

import json
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from yantra_bot.collective.pattern import EMBEDDING, Pattern
from yantra_bot.collective.updates import Change
from yantra_bot.errors import Transient

WEEKS_KEPT: Final = 4
"""Of patterns; older ones are deleted."""
CHANGES_KEPT: Final = 500
LAYOUT: Final = 3
"""Of the file. Patterns of layout 1 are deleted: their embeddings have four digits, which nobody may keep.
Versions have a secret since 3."""
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS patterns (
    week INTEGER NOT NULL, client TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL, embedding BLOB NOT NULL,
    steps TEXT NOT NULL, language TEXT NOT NULL, complexity INTEGER NOT NULL, is_passing INTEGER NOT NULL,
    PRIMARY KEY (week, client, digest)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS patterns_at ON patterns (at);
CREATE TABLE IF NOT EXISTS seals (week INTEGER, enrolled TEXT, asked TEXT NOT NULL, PRIMARY KEY (week, enrolled));
CREATE TABLE IF NOT EXISTS seal_keys (week INTEGER PRIMARY KEY, pem BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS versions (
    version INTEGER PRIMARY KEY, at REAL NOT NULL, weights BLOB NOT NULL, stage TEXT NOT NULL,
    patterns INTEGER NOT NULL, secret BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS changes (version INTEGER NOT NULL, at INTEGER NOT NULL, said TEXT NOT NULL);
"""
FIRST, ALL, GONE = "first", "all", "withdrawn"
"""Stages of a version: with the first tenth, with all, with nobody."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the central model as it is kept."""

    version: int
    at: float
    weights: bytes
    stage: str
    patterns: int
    """Patterns that there were in all when it was made."""
    secret: bytes
    """By which the first tenth is drawn."""


class Store:
    """The service's file. Each call is one transaction; several processes may hold it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as database:
            layout = database.execute("PRAGMA user_version").fetchone()[0]
            if layout < LAYOUT - 1:
                database.execute("DROP TABLE IF EXISTS patterns")
            if layout < LAYOUT and database.execute("PRAGMA table_info(versions)").fetchall():
                database.execute("ALTER TABLE versions ADD COLUMN secret BLOB NOT NULL DEFAULT x''")
                database.execute("UPDATE versions SET secret = randomblob(32)")
            database.executescript(_SCHEMA)
            database.execute(f"PRAGMA user_version = {LAYOUT}")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self._path, timeout=10)
            try:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("PRAGMA synchronous=FULL")
                with database:
                    yield database
            finally:
                database.close()
        except sqlite3.Error as error:
            raise Transient(f"The patterns cannot be kept ({error}). Cure: make room, or wait.") from error

    def add(self, week: int, client: str, patterns: Sequence[Pattern], *, at: float, most: int) -> int:
        """Store what is new of a client's patterns, `most` of a week in all; return how many were new."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            held = database.execute(
                "SELECT count(*) FROM patterns WHERE week=? AND client=?", (week, client)
            ).fetchone()[0]
            before = database.total_changes
            for one in patterns:
                if held + database.total_changes - before >= most:
                    break
                row = (week, client, one.digest, at, np.asarray(one.embedding, "i1").tobytes(), json.dumps(one.steps))
                database.execute(
                    "INSERT OR IGNORE INTO patterns VALUES (?,?,?,?,?,?,?,?,?)",
                    (*row, one.language, one.complexity, one.is_passing),
                )
            return database.total_changes - before

    def weeks(self, *, since: float = 0.0) -> dict[int, int]:
        """Return of how many clients there are patterns that came after a moment, by week."""
        with self._open() as database:
            return dict(
                database.execute(
                    "SELECT week, count(DISTINCT client) FROM patterns WHERE at > ? GROUP BY week", (since,)
                ).fetchall()
            )

    def read(self, week: int, *, since: float = 0.0) -> dict[str, list[Pattern]]:
        """Return a week's patterns that came after a moment, by client, the oldest first.

        One week's and never several: within one an enrolment has one id, over eight it has eight.
        """
        with self._open() as database:
            rows = database.execute(
                "SELECT client, embedding, steps, language, complexity, is_passing FROM patterns "
                "WHERE week = ? AND at > ? ORDER BY at, digest",
                (week, since),
            ).fetchall()
        found: defaultdict[str, list[Pattern]] = defaultdict(list)
        for client, embedding, steps, language, complexity, is_passing in rows:
            levels = tuple(np.frombuffer(embedding, "i1", EMBEDDING).tolist())
            found[client].append(Pattern(levels, tuple(json.loads(steps)), language, complexity, bool(is_passing)))
        return dict(found)

    def count(self) -> int:
        """Return how many patterns there are."""
        with self._open() as database:
            return int(database.execute("SELECT count(*) FROM patterns").fetchone()[0])

    def forget(self, before_week: int) -> None:
        """Delete what is of weeks before this one."""
        with self._open() as database:
            for table in ("patterns", "seals", "seal_keys"):
                database.execute(f"DELETE FROM {table} WHERE week < ?", (before_week,))  # noqa: S608 (a literal above)

    def grant(self, week: int, enrolled: str, asked: str) -> bool:
        """Return whether who is enrolled may have this sealed: one a week, and the same one again."""
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO seals VALUES (?,?,?)", (week, enrolled, asked))
            row = database.execute("SELECT asked FROM seals WHERE week=? AND enrolled=?", (week, enrolled)).fetchone()
            return bool(row[0] == asked)

    def seal_pem(self, week: int, make: Callable[[], bytes]) -> bytes:
        """Return the week's seal key; made when it is first asked for, and never twice."""
        with self._open() as database:
            row = database.execute("SELECT pem FROM seal_keys WHERE week=?", (week,)).fetchone()
            if row is None:
                database.execute("INSERT OR IGNORE INTO seal_keys VALUES (?,?)", (week, make()))
                row = database.execute("SELECT pem FROM seal_keys WHERE week=?", (week,)).fetchone()
            return bytes(row[0])

    def versions(self) -> list[Version]:
        """Return the versions, the newest first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT version, at, weights, stage, patterns, secret FROM versions ORDER BY version DESC"
            )
            return [Version(*row) for row in rows]

    def release(self, weights: bytes, *, stage: str, at: float, patterns: int, said: str) -> int:
        """Keep a new version and its entry in the change log; return its number."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            number = database.execute("SELECT coalesce(max(version), 0) + 1 FROM versions").fetchone()[0]
            database.execute(
                "INSERT INTO versions VALUES (?,?,?,?,?,?)",
                (number, at, weights, stage, patterns, secrets.token_bytes(32)),
            )
            database.execute("INSERT INTO changes VALUES (?,?,?)", (number, int(at), said))
            return int(number)

    def move(self, version: int, stage: str, *, at: float, said: str) -> None:
        """Move a version to another stage, and say why in the change log."""
        with self._open() as database:
            database.execute("UPDATE versions SET stage=? WHERE version=?", (stage, version))
            database.execute("INSERT INTO changes VALUES (?,?,?)", (version, int(at), said))

    def note(self, version: int, *, at: float, said: str) -> None:
        """Say something of a version in the change log."""
        with self._open() as database:
            database.execute("INSERT INTO changes VALUES (?,?,?)", (version, int(at), said))
            database.execute(
                "DELETE FROM changes WHERE rowid NOT IN (SELECT rowid FROM changes ORDER BY rowid DESC LIMIT ?)",
                (CHANGES_KEPT,),
            )

    def changes(self, most: int) -> list[Change]:
        """Return the change log, the newest first."""
        with self._open() as database:
            rows = database.execute("SELECT version, at, said FROM changes ORDER BY rowid DESC LIMIT ?", (most,))
            return [Change(version=version, at=at, said=said) for version, at, said in rows]
