"""Compares a text with chunks by their embeddings: kept ones, and where that is allowed new ones."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.embedding.embedder import Embedder
from yantra_bot.retrieval.embedding.semantic import name_vectors
from yantra_bot.retrieval.embedding.texts import describe
from yantra_bot.retrieval.embedding.vectors import VectorCache

TOKENS: Final = 96
"""How much of a chunk is read; measured: 256 tokens cost almost three times the time and find hardly more."""
QUERY_TOKENS: Final = 128


class Meaning:
    """How near chunks are to a text. `fills`: chunks without a vector are embedded now, for all who ask later."""

    def __init__(self, embedder: Embedder, cache: VectorCache, *, fills: bool) -> None:
        self._embedder, self._cache, self._fills = embedder, cache, fills

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
        near = vectors @ self._embedder.embed_query(text, limit=QUERY_TOKENS)
        return np.where(known, near, np.float32(np.nan)).astype(np.float32)
