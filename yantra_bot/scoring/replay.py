"""What was seen in use and how it ended, to learn from: a bounded number, on disk, numbers alone.

Each is a file of arrays that is read without pickle. Each is written whole or not at all; a damaged one is left
out. A file's name says what came of it, so that they are counted and chosen without being read.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from yantra_bot.errors import UserError
from yantra_bot.scoring.batch import Batch, InnerGraph, SymbolGraph
from yantra_bot.scoring.numbers import is_one_symbol
from yantra_bot.scoring.whole import write_whole

MOST: Final = 1_000
SOUND: Final = 0.9
"""Code is learned from as sound where more than this share of its tests passed."""
MAX_BYTES: Final = 8 * 1024 * 1024
_INNER: Final = tuple(one.name for one in fields(InnerGraph))
_UNKNOWN: Final = -1
_FORMAT: Final = 2
"""Of a file and its name; files of another format are left out."""


class Kind(StrEnum):
    """What came of an experience."""

    PASSED = "passed"
    NEARLY = "nearly"
    """More than nine of ten tests passed, and not all."""
    FAILED = "failed"
    SOUND = "sound"
    """No test was run; it is known to hold no fault."""
    FAULTY = "faulty"
    """It is known to hold a fault, whatever the tests said."""


@dataclass(frozen=True, slots=True)
class Experience:
    """One symbol that was scored, with what came of it."""

    batch: Batch
    """With one scored symbol."""
    pass_share: float | None
    """Of the tests that ran on it; None where none did."""
    is_faulty: bool | None = None
    """Whether it held a fault; None where nobody knows."""
    number: int = 0
    """Counts up in a buffer; given by it."""

    @property
    def kind(self) -> Kind:
        """What came of it, in a word."""
        if self.is_faulty or self.pass_share is None:
            return Kind.FAULTY if self.is_faulty else Kind.SOUND
        if self.pass_share >= 1:
            return Kind.PASSED
        return Kind.NEARLY if self.pass_share > SOUND else Kind.FAILED


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """An experience in a buffer, as its file is named."""

    number: int
    kind: Kind

    @property
    def is_success(self) -> bool:
        """Whether it may be learned from as code without a fault, by its tests."""
        return self.kind in (Kind.PASSED, Kind.NEARLY)

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{self.number:012}-{self.kind}-{_FORMAT}.npz"


class ReplayBuffer:
    """A folder of experiences. One process writes; any may read."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._most = folder, most

    def put(self, one: Experience) -> int:
        """Keep an experience and forget the oldest beyond the bound; return its number.

        Raises UserError for one that is not of one symbol or holds what is no number, OSError where there is no room.
        """
        _check(one)
        entries = self.entries()
        entry = Entry(entries[-1].number + 1 if entries else 1, one.kind)
        write_whole(self._folder / entry.name, _to_bytes(one))
        for old in entries[: max(0, len(entries) + 1 - self._most)]:
            (self._folder / old.name).unlink(missing_ok=True)
        return entry.number

    def entries(self, *, after: int = 0) -> list[Entry]:
        """Return those with higher numbers by the names of their files alone, the oldest first."""
        found = (_entry(path) for path in self._folder.glob("*.npz"))
        return sorted(one for one in found if one is not None and one.number > after)

    def read(self, entries: Iterable[Entry] | None = None) -> Iterator[Experience]:
        """Give these experiences, or all, one at a time in their order; damaged ones are left out."""
        for entry in self.entries() if entries is None else entries:
            one = _read(self._folder / entry.name, entry.number)
            if one is not None:
                yield one


def _entry(path: Path) -> Entry | None:
    match path.stem.split("-"):
        case [number, kind, form] if number.isdecimal() and kind in list(Kind) and form == str(_FORMAT):
            return Entry(int(number), Kind(kind))
    return None


def join(experiences: Sequence[Experience]) -> Batch:
    """Return several experiences as one batch, their symbols in the same order."""
    graphs = [one.batch.symbols for one in experiences]
    starts = np.cumsum([0, *(len(graph.features) for graph in graphs)])[:-1]
    symbols = SymbolGraph(
        np.concatenate([graph.features for graph in graphs]),
        np.concatenate(
            [graph.edges + start for graph, start in zip(graphs, starts, strict=True)], axis=1, dtype=np.int32
        ),
        np.concatenate([graph.scored + start for graph, start in zip(graphs, starts, strict=True)], dtype=np.int32),
    )
    return Batch(symbols, tuple(inner for one in experiences for inner in one.batch.inner))


def _check(one: Experience) -> None:
    is_share = one.pass_share is None or 0 <= one.pass_share <= 1
    if not is_one_symbol(one.batch) or not is_share or (one.pass_share is None and one.is_faulty is None):
        raise UserError("This is no experience of one symbol. Cure: none; it is not learned from.")


def _to_bytes(one: Experience) -> bytes:
    symbols, inner = one.batch.symbols, one.batch.inner[0]
    known = _UNKNOWN if one.is_faulty is None else int(one.is_faulty)
    share = _UNKNOWN if one.pass_share is None else one.pass_share
    arrays = {f"inner_{name}": getattr(inner, name) for name in _INNER}
    arrays |= {"features": symbols.features, "edges": symbols.edges, "scored": symbols.scored}
    arrays |= {"outcome": np.array([share, known], np.float64)}
    held = io.BytesIO()
    np.savez_compressed(held, allow_pickle=False, **arrays)
    return held.getvalue()


def _read(path: Path, number: int) -> Experience | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            inner = InnerGraph(**{name: held[f"inner_{name}"] for name in _INNER})
            symbols = SymbolGraph(held["features"], held["edges"], held["scored"])
            share, known = (float(value) for value in held["outcome"])
        is_faulty = None if known == _UNKNOWN else known == 1
        one = Experience(Batch(symbols, (inner,)), None if share == _UNKNOWN else share, is_faulty, number)
        _check(one)
    except Exception:  # noqa: BLE001 (damaged bytes lead the loader to errors of many kinds: zlib's, tokenize's, its own)
        return None
    return one
