"""A sentence model that remembers: texts that it has read before, in this process or an earlier one, cost nothing."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yantra_bot.retrieval.embedding.embedder import Embedder
from yantra_bot.retrieval.embedding.vectors import KEY_BYTES, VectorCache

Floats = NDArray[np.float32]


class KeptEmbedder:
    """An Embedder over another. Its vectors are kept in half precision; those of queries are not kept. Thread-safe."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        """`folder` may be shared with others that keep vectors."""
        self._embedder = embedder
        self._cache = VectorCache(folder, f"{embedder.digest} texts", embedder.dimension)
        self.name, self.digest = embedder.name, embedder.digest
        self.dimension, self.limit = embedder.dimension, embedder.limit

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        """Return unit vectors, float32 [texts, dimension], the same ones whether they were kept or not."""
        keys = [_key(text, limit) for text in texts]
        known, vectors = self._cache.find(keys)
        new = [int(row) for row in np.flatnonzero(~known)]
        if new:
            made = self._embedder.embed([texts[row] for row in new], limit=limit)
            vectors[new] = made.astype(np.float16)
            self._cache.add([keys[row] for row in new], vectors[new])
        return vectors

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        """Return the unit vector, float32 [dimension], of one text that is searched for."""
        return self._embedder.embed_query(text, limit=limit)


def _key(text: str, limit: int | None) -> str:
    digest = hashlib.sha256(f"{limit}\0{text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[: 2 * KEY_BYTES]
