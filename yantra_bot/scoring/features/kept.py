"""Keeps what was read off sources, by their content: what did not change is read once, whatever view it stands in."""

import hashlib
from collections import OrderedDict
from pathlib import PurePosixPath
from threading import Lock
from typing import Final

import numpy as np
from tree_sitter import Tree

from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.features.pieces import Pieces
from yantra_bot.scoring.features.texts import read_texts

MOST_ROWS: Final = 8_192
"""Of all files together: 32 MB. What was not asked for longest goes first."""


class KeptTexts:
    """Reads the pieces of files, each once as long as there is room. Several threads may ask."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, Floats] = OrderedDict()
        self._rows = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many rows are kept."""
        return self._rows

    def read(self, path: str, source: bytes, pieces: Pieces, tree: Tree | None = None) -> Floats:
        """Return what `read_texts` does, [s, 978], which must not be written to."""
        key = _key(path, source, pieces)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        found = read_texts(path, source, *pieces.bounds(source), pieces.is_function, tree)
        found.flags.writeable = False
        with self._lock:
            if key not in self._kept and len(found) <= self._most:
                self._kept[key] = found
                self._rows += len(found)
            while self._rows > self._most:
                self._rows -= len(self._kept.popitem(last=False)[1])
        return found


def _key(path: str, source: bytes, pieces: Pieces) -> bytes:
    """Return a hash of all that the features depend on; of the path that is its ending, which tells the grammar."""
    digest = hashlib.sha256(PurePosixPath(path).name.encode() + b"\0")
    for part in (pieces.spans, pieces.is_function):
        digest.update(np.ascontiguousarray(part).data)
    digest.update(source)
    return digest.digest()


TEXTS: Final = KeptTexts()
"""Of this process."""
