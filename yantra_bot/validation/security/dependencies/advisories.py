"""Looks versions up in a local export of the OSV database: JSON files, or zip files of them, below one folder.

The records are data from elsewhere: each is read for itself, and one that is wrong is left out.
"""

import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yantra_bot.errors import UserError
from yantra_bot.validation.security.dependencies.declared import Ecosystem, normalise
from yantra_bot.validation.security.dependencies.versions import first_fixed, is_affected

MAX_RECORD_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Pinned:
    """One version of a package."""

    ecosystem: Ecosystem
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Advisory:
    """A known weakness of a version. `severity` is the database's own word in capitals, empty where it has none."""

    pinned: Pinned
    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: str
    fixed: str


def find_advisories(folder: Path, wanted: Collection[Pinned]) -> list[Advisory]:
    """Return what is known of these versions. Raises UserError where there is no such folder."""
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder. Cure: set YANTRA_ADVISORIES_FOLDER to a folder with an export of OSV.")
    if not wanted:
        return []
    needles = {one.name.encode() for one in wanted} | {one.name.lower().encode() for one in wanted}
    by_name: dict[tuple[str, str], list[Pinned]] = {}
    for one in wanted:
        by_name.setdefault((one.ecosystem, normalise(one.ecosystem, one.name)), []).append(one)
    found: dict[tuple[str, Pinned], Advisory] = {}
    for data in _records(folder):
        if any(needle in data for needle in needles):
            for advisory in _read_record(data, by_name):
                found.setdefault((advisory.id, advisory.pinned), advisory)
    return sorted(found.values(), key=lambda one: (one.pinned.name, one.id))


def _records(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*.json")):
        if path.is_file() and path.stat().st_size <= MAX_RECORD_BYTES:
            yield path.read_bytes()
    for path in sorted(folder.rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.filename.endswith(".json") and info.file_size <= MAX_RECORD_BYTES:
                    yield archive.read(info)


def _read_record(data: bytes, by_name: Mapping[tuple[str, str], list[Pinned]]) -> Iterator[Advisory]:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(record, dict) or record.get("withdrawn") or not isinstance(record.get("affected"), list):
        return
    for affected in record["affected"]:
        package = affected.get("package") if isinstance(affected, dict) else None
        for pinned in by_name.get(_key(package), ()) if isinstance(package, dict) else ():
            if is_affected(pinned.ecosystem, pinned.version, affected):
                yield _make(record, affected, pinned)


def _key(package: Mapping[str, Any]) -> tuple[str, str]:
    word = str(package.get("ecosystem", "")).partition(":")[0]
    name = str(package.get("name", ""))
    return (word, normalise(Ecosystem(word), name)) if word in set(Ecosystem) else ("", name)


def _make(record: Mapping[str, Any], affected: Mapping[str, Any], pinned: Pinned) -> Advisory:
    special = record.get("database_specific")
    severity = special.get("severity", "") if isinstance(special, dict) else ""
    aliases = record.get("aliases")
    return Advisory(
        pinned,
        str(record.get("id", ""))[:60],
        tuple(str(one)[:60] for one in aliases[:5]) if isinstance(aliases, list) else (),
        " ".join(str(record.get("summary") or record.get("details") or "").split())[:300],
        str(severity).upper(),
        first_fixed(pinned.ecosystem, pinned.version, affected),
    )
