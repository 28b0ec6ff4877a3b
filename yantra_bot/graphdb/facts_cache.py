"""Facts of files, kept on disk by path and content, so that an unchanged file is never parsed again.

A cache that cannot be read is a cache that is empty, and one that cannot be written keeps nothing: everything in it can
be computed anew. So neither is ever an error.
"""

import marshal
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields
from operator import attrgetter
from pathlib import Path

import structlog

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import Body, FileFacts, SymbolFacts

log = structlog.get_logger()

FACTS_VERSION = 10
"""To be raised whenever a frontend says something else about the same bytes."""

_symbol_fields = attrgetter(*(field.name for field in fields(SymbolFacts)))

_SCHEMA = "CREATE TABLE IF NOT EXISTS facts (path TEXT PRIMARY KEY, digest TEXT NOT NULL, data BLOB NOT NULL) STRICT"


def pack(facts: FileFacts) -> bytes:
    """Return facts as bytes, for another process or for the cache."""
    symbols = [_symbol_fields(symbol) for symbol in facts.symbols]
    bodies = [
        (one.owner, one.parent, int(one.flags), one.params, one.ops, one.values, one.names, one.exports)
        for one in facts.bodies
    ]
    return marshal.dumps((facts.path, str(facts.language), symbols, bodies, facts.package, facts.problems))


def unpack(data: bytes) -> FileFacts:
    """Return the facts that `pack` wrote. The data must be our own."""
    path, language, symbols, bodies, package, problems = marshal.loads(data)  # noqa: S302 (our own file)
    return FileFacts(
        path,
        Language(language),
        [SymbolFacts(*symbol) for symbol in symbols],
        [Body(*body) for body in bodies],
        package,
        problems,
    )


class FactsCache:
    """One SQLite file. Writers wait for each other; a damaged file is begun anew.

    Where the file cannot be (a full disk, no right to write), a cache in memory takes its place, and a warning says so.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._open_or_begin_anew()
        except (sqlite3.DatabaseError, OSError) as refused:
            log.warning("graph.facts_not_kept", path=str(path), reason=str(refused))
            self._open(":memory:")

    def _open_or_begin_anew(self) -> None:
        try:
            self._open(str(self._path))
        except sqlite3.OperationalError:  # no damage: it may not be opened or written, or another process holds it
            raise
        except sqlite3.DatabaseError:
            self._database.close()
            self._path.unlink(missing_ok=True)
            self._open(str(self._path))

    def _open(self, name: str) -> None:
        self._database = sqlite3.connect(name, timeout=10.0, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if version != FACTS_VERSION:
            self._database.execute("DROP TABLE IF EXISTS facts")
            self._database.execute(f"PRAGMA user_version={FACTS_VERSION}")
        self._database.execute(_SCHEMA)

    def digests(self) -> dict[str, str]:
        """Return the content hash of each file that is kept, by path."""
        return dict(self._database.execute("SELECT path, digest FROM facts"))

    def load(self, paths: Iterable[str]) -> dict[str, FileFacts]:
        """Return the facts of files; those that are missing or damaged are left out."""
        found: dict[str, FileFacts] = {}
        for path in paths:
            row = self._database.execute("SELECT data FROM facts WHERE path = ?", (path,)).fetchone()
            if row is not None:
                with suppress(ValueError, EOFError, TypeError):
                    found[path] = unpack(row[0])
        return found

    def save(self, changed: Iterable[tuple[str, str, bytes]], removed: Iterable[str]) -> None:
        """Keep (path, digest, packed facts) of changed files and forget removed ones, all or nothing."""
        try:
            with self._transaction():
                self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", changed)
                self._database.executemany("DELETE FROM facts WHERE path = ?", ((path,) for path in removed))
        except sqlite3.OperationalError as refused:
            log.warning("graph.facts_not_kept", path=str(self._path), reason=str(refused))

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


class _Transaction:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self._database.execute("COMMIT" if kind is None else "ROLLBACK")
        except sqlite3.OperationalError:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            if kind is None:
                raise
