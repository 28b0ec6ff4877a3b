"""Compares a text with chunks by their embeddings: kept ones, and where that is allowed new ones.

The nearest of all chunks are only named once all of them have a vector: before, the first embedded would be favoured.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.embedding.embedder import Embedder
from yantra_bot.retrieval.embedding.semantic import Floats, SemanticIndex, name_vectors
from yantra_bot.retrieval.embedding.texts import describe
from yantra_bot.retrieval.embedding.vectors import VectorCache

TOKENS: Final = 96
"""How much of a chunk is read; measured: 256 tokens cost almost three times the time and find hardly more."""
QUERY_TOKENS: Final = 128
LEAST_KNOWN: Final = 0.95
"""Of all chunks; a commit's few new ones do not keep the others from being found."""


class Meaning:
    """How near chunks are to a text. `fills`: chunks without a vector are embedded now, for all who ask later."""

    def __init__(self, embedder: Embedder, cache: VectorCache, *, fills: bool) -> None:
        self._embedder, self._cache, self._fills = embedder, cache, fills
        self._index = SemanticIndex(cache)
        self._shown: Sequence[Chunk] = ()
        self._asked: tuple[str, Floats] | None = None

    @classmethod
    def name(cls, embedder: Embedder) -> str:
        """Return the name of the cache that its vectors are kept under."""
        return name_vectors(embedder, TOKENS)

    def __call__(self, text: str, chunks: Sequence[Chunk]) -> npt.NDArray[np.float32] | None:
        """Return the cosine of each chunk with the text; NaN for one without a vector, None where none has one."""
        known, vectors = self._cache.find([chunk.digest for chunk in chunks])
        if self._fills and not known.all():
            missing = np.flatnonzero(~known).tolist()
            made = self._embedder.embed([describe(chunks[row], TOKENS) for row in missing], limit=TOKENS)
            self._cache.add([chunks[row].digest for row in missing], made)
            vectors[missing], known[missing] = made, True
        if not known.any():
            return None
        near = vectors @ self._embed(text)
        return np.where(known, near, np.float32(np.nan)).astype(np.float32)

    def nearest(self, text: str, chunks: Sequence[Chunk], limit: int) -> list[int]:
        """Return the rows of the chunks nearest to a text; none as long as more than a few of them have no vector."""
        if len(self._cache) < LEAST_KNOWN * len(chunks):
            return []
        if self._shown is not chunks or self._index.missing:
            self._index.show(chunks)
            self._shown = chunks
        if len(self._index.missing) > (1 - LEAST_KNOWN) * len(chunks):
            return []
        return [row for row, _ in self._index.search(self._embed(text), limit)]

    def _embed(self, text: str) -> Floats:
        if self._asked is None or self._asked[0] != text:
            self._asked = text, self._embedder.embed_query(text, limit=QUERY_TOKENS)
        return self._asked[1]
