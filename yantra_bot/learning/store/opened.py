"""An open store: its tables, and the shelf that is kept as they are. Writers hold the lock and have the newest version.

A shelf is brought up to date by stamps: what others have written is read, nothing else.
"""

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yantra_bot.domain.lessons import Standing
from yantra_bot.learning.store.engine import Table, among, parts
from yantra_bot.learning.store.joining import count
from yantra_bot.learning.store.layout import Tables
from yantra_bot.learning.store.rows import Row, stamp, text_to_embed
from yantra_bot.learning.store.shelf import Entry, Floats, Shelf, View, alike
from yantra_bot.learning.store.stats import StoreStats
from yantra_bot.retrieval.embedding.embedder import Embedder

_LIGHT: Final = ("id", "stamp", "repository", "language", "category", "standing", "is_shared", "aliases", "model")
NO_MODEL: Final = "There is no sentence model: past mistakes are searched by their words alone. Cure: `make setup`."
MOST_FILES: Final = 20
"""Measured with 1,000 lessons: a search takes 24 ms, 50 ms after 25 writes, 140 ms after 100."""
_MANY: Final = 2_000
"""Changed lessons from which on all are read anew."""


class Opened:
    """Tables and shelf. Thread-safe for readers; writers take turns."""

    def __init__(self, tables: Tables, embedder: Embedder | None, *, problem: str = "") -> None:
        """`problem` is why there is no sentence model, where somebody named one."""
        self.tables, self.embedder, self.problem = tables, embedder, problem
        self._state = threading.Lock()
        self.shelf = Shelf(embedder.dimension if embedder is not None else 0)
        self.is_untidy = False
        """Whether there were many writes since the tables' files were joined: every search opens each of them."""
        self._version = -1

    def view(self) -> View:
        """Return what is searched, as it is stored by now."""
        with self._state:
            self._refresh()
            return self.shelf.view()

    def catch_up(self) -> None:
        """Go to the newest version of every table: a writer begins with it."""
        self.view()
        self.tables.fixes.version()
        self.tables.showings.version()

    def name_owner(self, lesson: str) -> str:
        """Return the lesson that answers to an id."""
        return self.shelf.aliases.get(lesson, lesson)

    def recount(self, rows: Iterable[Row]) -> list[Row]:
        """Return lessons' rows counted anew from all that is stored of them."""
        rows = list(rows)
        owners = {alias: row["id"] for row in rows for alias in (row["id"], *row["aliases"].split())}
        fixes = _group(self.tables.fixes, owners, ("lesson", "at"))
        showings = _group(self.tables.showings, owners, ("lesson", "has_helped"))
        return [count(row, fixes.get(row["id"], []), showings.get(row["id"], [])) for row in rows]

    def write(self, rows: Sequence[Row], old: Collection[Row], *, dropped: Collection[str] = ()) -> None:
        """Store lessons' rows, embedded where their texts have changed; `old` are those that were stored before."""
        before = {row["id"]: text_to_embed(row) for row in old}
        fresh = [
            row if before.get(row["id"]) == text_to_embed(row) else row | {"model": "", "vector": None} for row in rows
        ]
        sealed = [stamp(row) for row in self.embed(fresh)]
        with self._state:
            self._refresh()
            self.tables.mistakes.upsert(sealed, dropped=dropped)
            self.shelf.remove(dropped)
            self.shelf.put([self._entry(row) for row in sealed])
            self._version = self.tables.mistakes.version()
            self.is_untidy = any(table.files() > MOST_FILES for table in self.tables.all())

    def forget(self, lessons: Collection[str]) -> None:
        """Delete lessons' rows; the rest of what is stored of them is deleted already."""
        with self._state:
            self._refresh()
            for part in parts(lessons):
                self.tables.mistakes.delete(among("id", part))
            self.shelf.remove(lessons)
            self._version = self.tables.mistakes.version()

    def embed(self, rows: Sequence[Row]) -> list[Row]:
        """Return rows with their vectors; as they are where there is no sentence model."""
        if self.embedder is None:
            return list(rows)
        digest = self.embedder.digest
        wanted = [place for place, row in enumerate(rows) if row["model"] != digest]
        done = list(rows)
        if wanted:
            vectors = self.embedder.embed([text_to_embed(rows[place]) for place in wanted])
            for place, vector in zip(wanted, vectors, strict=True):
                done[place] = rows[place] | {"model": digest, "vector": vector.astype(np.float16).tobytes()}
        return done

    @property
    def lacks_vectors(self) -> bool:
        """Whether there are lessons that the sentence model has not read, as far as is known."""
        return self.embedder is not None and self.shelf.missing > 0

    def without_vector(self) -> list[str]:
        """Return the lessons that the sentence model has still to read."""
        view = self.view()
        return [view.ids[row] for row in np.flatnonzero((view.is_there & ~view.is_known)[: view.count]).tolist()]

    def alike(self, least: float) -> Iterator[tuple[str, str, float]]:
        """Yield pairs of lessons of one repository whose cosine is at least so high."""
        view = self.view()
        there = np.flatnonzero(view.is_there[: view.count])
        for repository in np.unique(view.repositories[there]).tolist():
            for one, other, cosine in alike(view, there[view.repositories[there] == repository], least):
                yield view.ids[one], view.ids[other], cosine

    def stats(self, *, size: int) -> StoreStats:
        """Return what is stored; `size` is in bytes."""
        self.catch_up()
        standings = Counter(self.tables.mistakes.read(columns=("standing",))["standing"].to_pylist())
        return StoreStats(
            lessons=standings.total(),
            by_standing={Standing(name): number for name, number in sorted(standings.items())},
            occurrences=self.tables.fixes.count(),
            showings=self.tables.showings.count(),
            without_vector=self.shelf.missing,
            size=size,
            problem=self.describe_problem(),
        )

    def describe_problem(self) -> str:
        """Return why less is found than is there, for a person; empty where all is found."""
        if self.embedder is None:
            return self.problem or NO_MODEL
        missing = self.shelf.missing
        return f"{missing} past mistakes are found by their words alone until they are embedded." if missing else ""

    def tidy(self) -> None:
        """Join small files and drop old versions of every table."""
        for table in self.tables.all():
            table.tidy()
        self.is_untidy = False
        with self._state:
            self._refresh()

    def _refresh(self) -> None:
        version = self.tables.mistakes.version()
        if version == self._version:
            return
        stored = self.tables.mistakes.read(columns=("id", "stamp"))
        stamps = dict(zip(stored["id"].to_pylist(), stored["stamp"].to_pylist(), strict=True))
        known = self.shelf.stamps()
        changed = [one for one, number in stamps.items() if known.get(one) != number]
        self.shelf.remove([one for one in known if one not in stamps])
        if len(changed) > _MANY:
            self._load()
        else:
            for part in parts(changed):
                self._put(self.tables.mistakes.read(among("id", part), self._columns))
        self._version = version

    def _load(self) -> None:
        self.shelf = Shelf(self.shelf.dimension)
        self._put(self.tables.mistakes.read(columns=self._columns))

    @property
    def _columns(self) -> tuple[str, ...]:
        return (*_LIGHT, "vector") if self.embedder is not None else _LIGHT

    def _put(self, found: pa.Table) -> None:
        for batch in found.to_batches(max_chunksize=10_000):
            self.shelf.put([self._entry(row) for row in batch.to_pylist()])

    def _entry(self, row: Row) -> Entry:
        return Entry(
            id=row["id"],
            stamp=row["stamp"],
            repository=row["repository"],
            language=row["language"],
            category=row["category"],
            standing=row["standing"],
            is_shared=row["is_shared"],
            aliases=tuple(row["aliases"].split()),
            vector=self._vector(row),
        )

    def _vector(self, row: Row) -> Floats | None:
        if self.embedder is None or row["model"] != self.embedder.digest or row["vector"] is None:
            return None
        halves: NDArray[np.float16] = np.frombuffer(row["vector"], np.float16)
        return halves.astype(np.float32) if len(halves) == self.embedder.dimension else None


def take_vector(row: Row, ready: Row | None) -> Row:
    """Return a stored row with the vector that was computed of it, where its text is still what was read."""
    if ready is None or text_to_embed(ready) != text_to_embed(row):
        return row
    return row | {"model": ready["model"], "vector": ready["vector"]}


def _group(table: Table, owners: dict[str, str], columns: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of lessons by the lesson that they count for."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in table.find("lesson", owners, columns):
        grouped.setdefault(owners[row["lesson"]], []).append(row)
    return grouped
