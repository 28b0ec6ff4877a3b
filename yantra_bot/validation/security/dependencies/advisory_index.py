"""Keeps an index of an export of the OSV database: what it says of each package, in one SQLite file.

The export is a folder of JSON files, or of zip files of them. Files that are as they were, by size and time of change,
are not read again. A record is data from elsewhere: each is read for itself, and one that is wrong is left out. A new
index is written beside the old and takes its place when it is whole: whoever reads the old one goes on with it.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from yantra_bot.errors import UserError
from yantra_bot.validation.security.dependencies.archives import read_members
from yantra_bot.validation.security.dependencies.declared import Ecosystem, normalise

MAX_RECORD_BYTES = 4_000_000
_FORMAT = "1"
"""Of what is kept; another one is built anew."""
_BEGIN = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
CREATE TABLE IF NOT EXISTS mark (value TEXT);
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, path BLOB UNIQUE, stamp TEXT);
CREATE TABLE IF NOT EXISTS affected (ecosystem TEXT, name TEXT, file INTEGER, body TEXT);
CREATE INDEX IF NOT EXISTS by_name ON affected (ecosystem, name);
CREATE TEMPORARY TABLE here (path BLOB PRIMARY KEY, stamp TEXT);
"""
_FORGET = (
    "DELETE FROM mark",
    "DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM here WHERE here.path = files.path AND here.stamp = files.stamp)",
    "DELETE FROM affected WHERE file NOT IN (SELECT id FROM files)",
    "DELETE FROM here WHERE path IN (SELECT path FROM files)",
)
_Row = tuple[str, str, str]


def refresh(export: Path, index: Path) -> None:
    """Bring the index up to the export; where that is gone, it goes too. Raises UserError, OSError, sqlite3.Error."""
    if not export.is_dir():
        index.unlink(missing_ok=True)
        raise UserError(f"{export} is no folder. Cure: set YANTRA_ADVISORIES_FOLDER to a folder with an export of OSV.")
    mark, old = _mark_export(export), _mark_of(index)
    if mark == old:
        return
    index.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=index.parent)
    os.close(number)
    draft = Path(name)
    try:
        if old.partition(" ")[0] == _FORMAT:
            shutil.copyfile(index, draft)
        _bring_up(export, draft, mark)
        draft.chmod(0o644)
        draft.replace(index)
    finally:
        draft.unlink(missing_ok=True)


def _mark_export(export: Path) -> str:
    """Return what changes whenever a file of the export does, in whatever order they are listed."""
    total = 0
    for path, stamp in _list_files(export):
        total += int.from_bytes(hashlib.blake2b(path + f"\0{stamp}".encode(), digest_size=16).digest())
    return f"{_FORMAT} {total:x}"


def _mark_of(index: Path) -> str:
    """Return the mark of the export that an index was made of, empty where there is none that can be read."""
    if index.is_file():
        with suppress(sqlite3.Error), closing(open_index(index)) as base:
            return str((base.execute("SELECT value FROM mark").fetchone() or ("",))[0])
    return ""


def open_index(index: Path) -> sqlite3.Connection:
    """Open an index for reading; nobody writes into one that is in its place. Raises sqlite3.Error."""
    return sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _list_files(export: Path) -> Iterator[tuple[bytes, str]]:
    """Give the path of each file of the export, and what tells whether it has changed."""
    folders = [os.fsencode(export)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.endswith((b".json", b".zip")):
                    with suppress(OSError):  # it has vanished, or is a link to nothing
                        facts = entry.stat()
                        yield entry.path, f"{facts.st_size} {facts.st_mtime_ns}"


def _bring_up(export: Path, draft: Path, mark: str) -> None:
    with closing(sqlite3.connect(draft, isolation_level=None)) as base:
        base.executescript(_BEGIN)
        base.executemany("INSERT INTO here VALUES (?, ?)", _list_files(export))
        for statement in _FORGET:
            base.execute(statement)
        for path, stamp in base.execute("SELECT path, stamp FROM here"):
            file = base.execute("INSERT INTO files (path, stamp) VALUES (?, ?)", (path, stamp)).lastrowid
            rows = ((ecosystem, name, file, body) for ecosystem, name, body in _read_file(Path(os.fsdecode(path))))
            base.executemany("INSERT INTO affected VALUES (?, ?, ?, ?)", rows)
        base.execute("INSERT INTO mark VALUES (?)", (mark,))
        base.execute("COMMIT")


def _read_file(path: Path) -> Iterator[_Row]:
    try:
        for data in read_members(path, ".json", MAX_RECORD_BYTES) if path.suffix == ".zip" else _read_one(path):
            yield from _read_record(data)
    except ValueError as problem:
        raise UserError(f"{path} cannot be read: {problem}. Cure: fetch the export of OSV anew.") from problem


def _read_one(path: Path) -> Iterator[bytes]:
    if path.stat().st_size <= MAX_RECORD_BYTES:
        yield path.read_bytes()


def _read_record(data: bytes) -> Iterator[_Row]:
    """Give each package that a record is about, with what is used of it."""
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(record, dict) or record.get("withdrawn") or not isinstance(record.get("affected"), list):
        return
    head = _read_head(record)
    for affected in record["affected"]:
        package = affected.get("package") if isinstance(affected, dict) else None
        if isinstance(package, dict) and (key := _read_key(package)) is not None:
            listed = {word: affected[word] for word in ("versions", "ranges") if isinstance(affected.get(word), list)}
            yield (*key, json.dumps(head | listed))


def _read_key(package: dict[str, Any]) -> tuple[str, str] | None:
    word = str(package.get("ecosystem", "")).partition(":")[0]
    name = str(package.get("name", "")).encode("utf-8", "replace").decode()
    return (word, normalise(Ecosystem(word), name)) if word in set(Ecosystem) else None


def _read_head(record: dict[str, Any]) -> dict[str, Any]:
    special, aliases = record.get("database_specific"), record.get("aliases")
    severity = special.get("severity", "") if isinstance(special, dict) else ""
    return {
        "id": str(record.get("id", ""))[:60],
        "aliases": [str(one)[:60] for one in aliases[:5]] if isinstance(aliases, list) else [],
        "summary": " ".join(str(record.get("summary") or record.get("details") or "").split())[:300],
        "severity": str(severity).upper()[:20],
    }
