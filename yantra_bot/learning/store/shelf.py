"""What of the lessons is held in memory: their vectors, and the columns that a question is filtered by, as arrays.

Measured: a product of one array takes 12 ms at 100 000 lessons, LanceDB's own search 181 ms; an index of it takes two
minutes to build and misses a fifth. Rows are only ever added: one that changes leaves its old row behind, so that a
search goes on with the arrays it began with. This module reads no file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yantra_bot.domain.lessons import Category, Question, Standing

Floats = NDArray[np.float32]
SHOWN: Final = (Standing.ACTIVE, Standing.DOUBTFUL)
_FIRST_ROOM: Final = 256
_GATHERED: Final = 0.25
"""Share of rows below which those are copied together first: a product over all would read more."""
_CATEGORIES: Final = {str(one): number for number, one in enumerate(Category)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson, for the search."""

    id: str
    stamp: int
    repository: int
    language: str
    category: str
    standing: str
    is_shared: bool
    aliases: tuple[str, ...]
    vector: Floats | None
    """A unit vector of the sentence model in use; None where the lesson has none by it."""


@dataclass(frozen=True, slots=True)
class View:
    """The shelf at one moment: rows up to `count` stay as they are."""

    ids: list[str]
    rows: dict[str, int]
    """Of each lesson; it goes on with the shelf, so that a row may be beyond `count`."""
    count: int
    is_there: NDArray[np.bool_]
    is_known: NDArray[np.bool_]
    repositories: NDArray[np.int64]
    languages: NDArray[np.int32]
    categories: NDArray[np.int8]
    is_shown: NDArray[np.bool_]
    is_shared: NDArray[np.bool_]
    vectors: Floats


class Shelf:
    """The entries, by id. Not thread-safe, but for views: those stay as they are."""

    def __init__(self, dimension: int) -> None:
        """`dimension` is that of the vectors, 0 where there is no sentence model."""
        self.dimension = dimension
        self.aliases: dict[str, str] = {}
        """The lesson that answers to an id of another one, which was merged into it."""
        self._languages: dict[str, int] = {}
        self._stamps: dict[str, int] = {}
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._view = self._make_view(_FIRST_ROOM)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def missing(self) -> int:
        """How many lessons have no vector."""
        view = self._view
        return int((view.is_there & ~view.is_known)[: view.count].sum())

    def stamps(self) -> dict[str, int]:
        """Return the stamp of each lesson by its id."""
        return self._stamps

    def put(self, entries: Sequence[Entry]) -> None:
        """Add entries; those of the same ids are replaced."""
        self.remove(one.id for one in entries if one.id in self._rows)
        self._make_room(len(entries))
        view = self._view
        for row, one in enumerate(entries, view.count):
            self._ids.append(one.id)
            self._rows[one.id] = row
            self._stamps[one.id] = one.stamp
            self.aliases.update(dict.fromkeys(one.aliases, one.id))
        part, numbers = slice(view.count, view.count + len(entries)), self._languages
        view.is_there[part] = True
        view.is_known[part] = [one.vector is not None for one in entries]
        view.repositories[part] = [one.repository for one in entries]
        view.languages[part] = [numbers.setdefault(one.language, len(numbers)) for one in entries]
        view.categories[part] = [_CATEGORIES[one.category] for one in entries]
        view.is_shown[part] = [one.standing in SHOWN for one in entries]
        view.is_shared[part] = [one.is_shared for one in entries]
        if vectors := [one.vector for one in entries if one.vector is not None]:
            view.vectors[part][view.is_known[part]] = np.stack(vectors)
        self._view = replace(view, count=view.count + len(entries))

    def remove(self, ids: Iterable[str]) -> None:
        """Take entries away; ids that are not there pass."""
        gone = [one for one in ids if one in self._rows]
        if not gone:
            return
        is_there = self._view.is_there.copy()
        for one in gone:
            is_there[self._rows.pop(one)] = False
            del self._stamps[one]
        lost = set(gone)
        self.aliases = {alias: owner for alias, owner in self.aliases.items() if owner not in lost}
        self._view = replace(self._view, is_there=is_there)

    def view(self) -> View:
        """Return the shelf as it is now; it stays so."""
        return self._view

    def fits(self, view: View, question: Question) -> NDArray[np.bool_]:
        """Return which rows of a view a question may be answered with, [count]."""
        part = slice(0, view.count)
        fits: NDArray[np.bool_] = view.repositories[part] == question.repository
        if question.takes_shared:
            fits |= view.is_shared[part]
        fits &= view.is_there[part] & view.is_shown[part]
        if question.languages:
            known = [self._languages[one] for one in ("", *question.languages) if one in self._languages]
            fits &= np.isin(view.languages[part], known)
        if question.categories_off:
            fits &= ~np.isin(view.categories[part], [_CATEGORIES[str(one)] for one in question.categories_off])
        return fits

    def _make_room(self, more: int) -> None:
        room, count = len(self._view.is_there), self._view.count
        if count + more <= room and count <= 2 * len(self._rows) + _FIRST_ROOM:
            return
        old, kept = self._view, np.fromiter(self._rows.values(), np.int64, len(self._rows))
        new = self._make_view(max(_FIRST_ROOM, 2 * (len(kept) + more)))
        for name in ("is_there", "is_known", "repositories", "languages", "categories", "is_shown", "is_shared"):
            getattr(new, name)[: len(kept)] = getattr(old, name)[kept]
        new.vectors[: len(kept)] = old.vectors[kept]
        self._ids = [self._ids[row] for row in kept.tolist()]
        self._rows = {one: row for row, one in enumerate(self._ids)}
        self._view = replace(new, ids=self._ids, rows=self._rows, count=len(kept))

    def _make_view(self, room: int) -> View:
        flags = [np.zeros(room, np.bool_) for _ in range(4)]
        return View(
            self._ids, self._rows, 0, flags[0], flags[1], np.zeros(room, np.int64), np.zeros(room, np.int32),
            np.zeros(room, np.int8), flags[2], flags[3], np.zeros((room, self.dimension), np.float32),
        )  # fmt: skip


def meanings(view: View, rows: NDArray[np.int64], query: Floats) -> Floats:
    """Return the cosine of each row with a unit vector, float32 [rows]; NaN where a row has no vector."""
    if len(rows) < _GATHERED * view.count:
        found: Floats = view.vectors[rows] @ query
    else:
        found = (view.vectors[: view.count] @ query)[rows]
    return np.where(view.is_known[rows], found, np.float32(np.nan))


def nearest(cosines: Floats, most: int) -> NDArray[np.int64]:
    """Return the places of the highest cosines, highest first; those that are none are left out."""
    known = np.flatnonzero(~np.isnan(cosines))
    if len(known) > most:
        known = known[np.argpartition(-cosines[known], most - 1)[:most]]
    ordered: NDArray[np.int64] = known[np.argsort(-cosines[known], kind="stable")]
    return ordered


def alike(view: View, rows: NDArray[np.int64], least: float) -> Iterable[tuple[int, int, float]]:
    """Yield every two of these rows, (earlier, later, cosine), that are at least so alike."""
    known = rows[view.is_known[rows]]
    block = 512
    for start in range(0, len(known), block):
        own = view.vectors[known[start : start + block]]
        rest = known[start:]
        for begin in range(0, len(rest), 8 * block):
            cosines = own @ view.vectors[rest[begin : begin + 8 * block]].T
            for one, other in np.argwhere(cosines >= least).tolist():
                if begin + other > one:
                    yield int(known[start + one]), int(rest[begin + other]), float(cosines[one, other])
