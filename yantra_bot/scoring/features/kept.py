"""Keeps what was read off sources, by their content: what did not change is read once, whatever view it stands in."""

import hashlib
from collections import OrderedDict
from threading import Lock
from typing import Final

import numpy as np
from tree_sitter import Tree

from yantra_bot.scoring.batch import FEATURES, Floats
from yantra_bot.scoring.features.flat import Ints
from yantra_bot.scoring.features.pieces import Pieces
from yantra_bot.scoring.features.texts import read_texts

MOST_NUMBERS: Final = 5_500_000
"""Of all files together: 32 MB. What was not asked for longest goes first."""


class _Rows:
    """What was read of some of a file's pieces, without the zeros, which five of six numbers are."""

    def __init__(self, places: Ints, found: Floats) -> None:
        """`places`: rising."""
        self._places = places
        flat = np.flatnonzero(found)
        self._values, self._columns = found.ravel()[flat], (flat % FEATURES).astype(np.uint16)
        self._starts = np.searchsorted(flat, np.arange(len(found) + 1) * FEATURES).tolist()

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def numbers(self) -> int:
        return len(self._values)

    def take(self, wanted: Ints) -> Floats | None:
        """Return the rows of some pieces; None where one of them was not read."""
        rows = np.searchsorted(self._places, wanted)
        if rows.max(initial=-1) >= len(self._places) or not np.array_equal(self._places[rows], wanted):
            return None
        found = np.zeros((len(wanted), FEATURES), np.float32)
        for place, row in enumerate(rows.tolist()):
            piece = slice(self._starts[row], self._starts[row + 1])
            found[place, self._columns[piece]] = self._values[piece]
        return found


class KeptTexts:
    """Reads the pieces of files, each once or twice as long as there is room. Several threads may ask."""

    def __init__(self, most: int = MOST_NUMBERS) -> None:
        """`most`: how many numbers other than 0 are kept."""
        self._most = most
        self._kept: OrderedDict[bytes, _Rows] = OrderedDict()
        self._numbers = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many pieces are kept."""
        with self._lock:
            return sum(map(len, self._kept.values()))

    def read(self, path: str, source: bytes, pieces: Pieces, wanted: Ints, tree: Tree | None = None) -> Floats:
        """Return what `read_texts` does of some of a file's pieces, by their places among these: [len(wanted), 978].

        Most files are asked for a piece or two. The first time these alone are read; the second time all.
        """
        key = _key(path, source, pieces)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        told = None if kept is None else kept.take(wanted)
        if told is not None:
            return told
        places = np.unique(wanted) if kept is None else np.arange(len(pieces.rows))
        some = pieces.take(places)
        found = read_texts(path, source, *some.bounds(source), some.is_function, tree)
        self._keep(key, _Rows(places, found))
        return found[np.searchsorted(places, wanted)]

    def _keep(self, key: bytes, rows: _Rows) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._numbers -= 0 if before is None else before.numbers
            if rows.numbers <= self._most:
                self._kept[key] = rows
                self._numbers += rows.numbers
            while self._numbers > self._most:
                self._numbers -= self._kept.popitem(last=False)[1].numbers


def _key(path: str, source: bytes, pieces: Pieces) -> bytes:
    """Return a hash of all that the features depend on; of the path that is its ending, which tells the grammar."""
    digest = hashlib.sha256(path.rpartition("/")[2].encode() + b"\0")
    for part in (pieces.spans, pieces.is_function):
        digest.update(np.ascontiguousarray(part).data)
    digest.update(source)
    return digest.digest()


TEXTS: Final = KeptTexts()
"""Of this process."""
