"""What a request shows by its words alone: which occur, in which pairs, how it begins. Pure."""

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BUCKETS: Final = 4096
"""Words share a number now and then; measured: twice as many route no better."""
_WORD: Final = re.compile(r"[^\W\d_]+|\d+|[?!%`/]")
_BEGINNING: Final = 5
LONGEST: Final = 4_000
"""Characters of a request that are looked at."""


def split(text: str) -> Iterator[str]:
    """Yield what occurs in a text: words, pairs of neighbours, the first word, beginnings of long words."""
    words = ["0" if word.isdigit() else word for word in _WORD.findall(text[:LONGEST].lower())]
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))
    yield from (f"^{word}" for word in words[:1])
    yield from (f"{word[:_BEGINNING]}*" for word in words if len(word) > _BEGINNING)


def count(text: str) -> Floats:
    """Return a unit vector, float32 [BUCKETS], of what occurs; zeros for a text without words."""
    found = np.zeros(BUCKETS, np.float32)
    for one in set(split(text)):
        found[zlib.crc32(one.encode("utf-8", "surrogatepass")) % BUCKETS] += 1
    return _unit(found)


class Words:
    """Weighs what occurs by how rare it is among the examples."""

    def __init__(self, examples: Sequence[str]) -> None:
        counts = np.stack([count(text) for text in examples])
        self._rarity = np.log((1 + len(examples)) / (1 + (counts > 0).sum(axis=0))).astype(np.float32)
        self.vectors: Floats = np.stack([_unit(row * self._rarity) for row in counts])

    def __call__(self, text: str) -> Floats:
        """Return the weighed unit vector of a text."""
        return _unit(count(text) * self._rarity)


def _unit(vector: Floats) -> Floats:
    size = float(np.linalg.norm(vector))
    unit: Floats = vector if size == 0 else (vector / size).astype(np.float32)
    return unit
