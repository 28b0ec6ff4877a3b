"""The tables of the store and their versions: how a new store is begun and one of an older layout brought up to date.

A store of a newer layout is refused: what it means is not known here. Every step may be cut short and done again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from yantra_bot.errors import SettingsError
from yantra_bot.learning.store.engine import Database, Table
from yantra_bot.learning.store.trouble import detail, tell_damage

NEWEST: Final = 2
"""1: counts were those of the occurrences that are stored. 2: what is known from elsewhere counts too (an import, a
merged lesson), and a lesson answers to the ids of those that were merged into it."""

_TEXTS: Final = (
    ("repository", pa.int64()),
    ("language", pa.string()),
    ("family", pa.string()),
    ("category", pa.string()),
    ("severity", pa.string()),
    ("tried", pa.string()),
    ("failed", pa.string()),
    ("worked", pa.string()),
    ("wrong_example", pa.string()),
    ("right_example", pa.string()),
    ("nodes", pa.string()),
    ("signature", pa.string()),
    ("source", pa.string()),
    ("is_shared", pa.bool_()),
)
MISTAKES: Final = pa.schema(
    [
        ("id", pa.string()),
        *_TEXTS,
        ("first_seen", pa.float64()),
        ("last_seen", pa.float64()),
        ("frequency", pa.int64()),
        ("shown", pa.int64()),
        ("helped", pa.int64()),
        ("standing", pa.string()),
        ("texts_at", pa.float64()),
        ("is_fixed", pa.bool_()),
        ("words", pa.string()),
        ("model", pa.string()),
        ("vector", pa.binary()),
        ("stamp", pa.int64()),
        ("known_frequency", pa.int64()),
        ("known_shown", pa.int64()),
        ("known_helped", pa.int64()),
        ("aliases", pa.string()),
    ]
)
"""One row a lesson. `vector` is in half precision, by the sentence model whose digest is `model`; `aliases` are ids, a
blank between."""
FIXES: Final = pa.schema(
    [
        ("id", pa.string()),
        ("lesson", pa.string()),
        *_TEXTS,
        ("run", pa.string()),
        ("file", pa.string()),
        ("is_fixed", pa.bool_()),
        ("at", pa.float64()),
    ]
)
"""One row an occurrence: what was wrong there, and what put it right."""
SHOWINGS: Final = pa.schema(
    [
        ("id", pa.string()),
        ("lesson", pa.string()),
        ("run", pa.string()),
        ("has_helped", pa.bool_()),
        ("at", pa.float64()),
    ]
)
"""One row for each run that was shown a lesson."""
LAYOUT: Final = pa.schema([("version", pa.int64()), ("at", pa.float64())])
"""One row for each version that the store has had; it is written when the tables are as it says."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The open tables."""

    mistakes: Table
    fixes: Table
    showings: Table

    def all(self) -> tuple[Table, ...]:
        return self.mistakes, self.fixes, self.showings


def read_version(database: Database) -> int:
    """Return the layout that a store has, 0 where none was wholly begun. Raises SettingsError for a newer one."""
    layout = database.open("layout", LAYOUT)
    return 0 if layout is None else _version_of(layout, database)


def find_tables(database: Database) -> Tables:
    """Return the tables of a store of the newest layout. Raises SettingsError where one of them is missing."""
    mistakes, fixes, showings = (database.open(name, schema) for name, schema in _SCHEMAS.items())
    if mistakes is None or fixes is None or showings is None:
        raise tell_damage(database.place, "a table is missing")
    return Tables(mistakes, fixes, showings)


def make_tables(database: Database, *, now: float) -> Tables:
    """Return the tables, begun or brought up to date where they are not. The writer's lock is held."""
    version = read_version(database)
    if version == NEWEST:
        return find_tables(database)
    if version == 0:
        tables = Tables(*(database.open(name, one) or database.create(name, one) for name, one in _SCHEMAS.items()))
    else:
        tables = find_tables(database)
    for number in range(max(version, 1), NEWEST):
        _MIGRATIONS[number](tables)
    tables.mistakes.index(texts=["words"], ids=["id"])
    tables.fixes.index(texts=[], ids=["id", "lesson"])
    tables.showings.index(texts=[], ids=["id", "lesson"])
    layout = database.open("layout", LAYOUT) or database.create("layout", LAYOUT)
    layout.append([{"version": NEWEST, "at": now}])
    return tables


def _version_of(layout: Table, database: Database) -> int:
    """Return the newest version that a store has had, 0 where it was not wholly begun."""
    layout.version()
    version = max(layout.read().column("version").to_pylist(), default=0)
    if version > NEWEST:
        problem = SettingsError("The memory of mistakes was written by a newer Yantra.")
        said = f"its layout is {version}, this one knows {NEWEST}"
        raise detail(problem, database.place, said, "install that Yantra, or set YANTRA_MEMORY_URL to another place.")
    return int(version)


def _count_what_is_known(tables: Tables) -> None:
    """Bring layout 1 to 2. Its lessons were counted from their occurrences alone, so that nothing else is known."""
    columns = {f"known_{name}": "cast(0 as bigint)" for name in ("frequency", "shown", "helped")}
    if "aliases" not in tables.mistakes.columns():
        tables.mistakes.add_columns({**columns, "aliases": "''"})


_SCHEMAS: Final = {"mistakes": MISTAKES, "fixes": FIXES, "showings": SHOWINGS}
_MIGRATIONS: Final[dict[int, Callable[[Tables], None]]] = {1: _count_what_is_known}
