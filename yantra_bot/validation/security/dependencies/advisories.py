"""Looks versions up in an index of an export of the OSV database."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yantra_bot.errors import UserError
from yantra_bot.validation.security.dependencies.advisory_index import open_index, refresh
from yantra_bot.validation.security.dependencies.declared import Ecosystem, normalise
from yantra_bot.validation.security.dependencies.versions import first_fixed, is_affected


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


@dataclass(frozen=True, slots=True)
class Advisories:
    """An index of an export of OSV."""

    index: Path
    export: Path | None = None
    """The folder that the index is brought up to before it is asked; without one, somebody else does that."""


def find_advisories(advisories: Advisories, wanted: Collection[Pinned]) -> list[Advisory]:
    """Return what is known of these versions. Raises UserError where there is no export, or no index of it."""
    try:
        if advisories.export is not None:
            refresh(advisories.export, advisories.index)
        with closing(open_index(advisories.index)) as base:
            found = {(one.id, one.pinned): one for pinned in wanted for one in _look_up(base, pinned)}
    except (OSError, sqlite3.Error) as problem:
        raise UserError(
            f"The index of advisories cannot be used ({problem}). Cure: see that YANTRA_ADVISORIES_FOLDER is a folder "
            f"with an export of OSV, and delete {advisories.index}: it is made anew."
        ) from problem
    return sorted(found.values(), key=lambda one: (one.pinned.name, one.id))


def _look_up(base: sqlite3.Connection, pinned: Pinned) -> Iterator[Advisory]:
    key = (pinned.ecosystem, normalise(pinned.ecosystem, pinned.name))
    for (body,) in base.execute("SELECT body FROM affected WHERE ecosystem = ? AND name = ?", key):
        known: dict[str, Any] = json.loads(body)
        if is_affected(pinned.ecosystem, pinned.version, known):
            yield Advisory(
                pinned,
                known["id"],
                tuple(known["aliases"]),
                known["summary"],
                known["severity"],
                first_fixed(pinned.ecosystem, pinned.version, known),
            )
