"""The chunks of a tree by their meaning: one unit vector each, searched by cosine over all of them.

A plain array is faster than an index up to some hundred thousand chunks, and exact. A chunk without a vector yet is
simply not found; `missing` says how many those are. This module computes no vector and never blocks on one.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.embedding.embedder import Embedder
from yantra_bot.retrieval.embedding.texts import RECIPE
from yantra_bot.retrieval.embedding.vectors import VectorCache

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows as they were at one moment: a search goes on with its own while chunks come and go."""

    digests: tuple[str, ...]
    vectors: Floats
    """[rows, dimension]; zero where there is none yet."""
    known: NDArray[np.bool_]


class SemanticIndex:
    """Vectors of the chunks of one tree, row by row in the order of `show`. Thread-safe."""

    def __init__(self, cache: VectorCache) -> None:
        self.cache = cache
        self._lock = threading.Lock()
        self._now = Snapshot((), np.zeros((0, cache.dimension), np.float32), np.zeros(0, np.bool_))

    def show(self, chunks: Sequence[Chunk]) -> None:
        """Make these the index's chunks, row 0 first. Costs no embedding: what has no vector is missing until filled.

        Vectors of chunks that stay are taken over, others looked up in the cache.
        """
        digests = tuple(chunk.digest for chunk in chunks)
        with self._lock:
            old = self._now
            rows = {digest: row for row, digest in enumerate(old.digests) if old.known[row]}
            places = np.fromiter((rows.get(digest, -1) for digest in digests), np.int64, len(digests))
            known = places >= 0
            vectors = np.zeros((len(digests), self.cache.dimension), np.float32)
            vectors[known] = old.vectors[places[known]]
            new = np.flatnonzero(~known)
            if len(new):
                self.cache.refresh()
                found, values = self.cache.find([digests[row] for row in new])
                vectors[new], known[new] = values, found
            self._now = Snapshot(digests, vectors, known)

    def fill(self, digests: Sequence[str], vectors: Floats) -> None:
        """Give vectors, [digests, dimension], to all rows of these digests; digests that are no longer shown pass."""
        values = dict(zip(digests, vectors, strict=True))
        with self._lock:
            now = self._now
            rows = [row for row, digest in enumerate(now.digests) if digest in values]
            if rows:
                # In place: a search that runs meanwhile sees a row empty or full, and an empty one scores 0.
                now.vectors[rows] = [values[now.digests[row]] for row in rows]
                now.known[rows] = True

    @property
    def missing(self) -> list[int]:
        """Rows that have no vector yet."""
        missing: list[int] = np.flatnonzero(~self._now.known).tolist()
        return missing

    def __len__(self) -> int:
        return len(self._now.digests)

    def search(self, query: Floats, limit: int) -> list[tuple[int, float]]:
        """Return the rows nearest to a unit vector with their cosines, best first, equals in the order of rows."""
        now = self._now
        scores = np.where(now.known, now.vectors @ query, np.float32(-2.0))
        count = min(limit, len(scores))
        if count <= 0:
            return []
        # Whole ties at the border are sorted too, so that the order does not depend on the partition.
        border = -np.partition(-scores, count - 1)[count - 1]
        rows = np.flatnonzero(scores >= border)
        best = rows[np.lexsort((rows, -scores[rows]))][:count]
        return [(row, score) for row, score in zip(best.tolist(), scores[best].tolist(), strict=True) if score > -2.0]

    def scores(self, query: Floats) -> Floats:
        """Return the cosine of every row with a unit vector, float32 [rows]; 0 where a row has no vector yet."""
        scores: Floats = self._now.vectors @ query
        return scores


def name_vectors(embedder: Embedder, tokens: int) -> str:
    """Return the name under which an embedder's vectors of chunks, `tokens` read of each, are kept."""
    return f"{embedder.digest} recipe {RECIPE} tokens {tokens}"
