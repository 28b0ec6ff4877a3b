"""Texts to vectors of meaning: what every sentence model gives, and the one that is computed here.

`load_embedder` chooses the engine. An embedder computes on this machine only: it knows no network and no key.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yantra_bot.errors import UserError
from yantra_bot.retrieval.embedding.bert import Bert
from yantra_bot.retrieval.embedding.folder import CURE, VOCABULARY, WEIGHTS, ModelFolder, read_folder
from yantra_bot.retrieval.embedding.safetensors import Tensors
from yantra_bot.retrieval.embedding.wordpiece import WordPiece, read_vocabulary

Floats = NDArray[np.float32]


class Embedder(Protocol):
    """A sentence model. Thread-safe."""

    name: str
    """For people: the model's folder and the engine."""
    digest: str
    """Two embedders of one digest give the same vectors, up to rounding."""
    dimension: int
    limit: int
    """Tokens of a text that are read at most; the rest is left out."""

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        """Return unit vectors, float32 [texts, dimension]; `limit` reads fewer tokens of each. Any text has one."""
        ...

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        """Return the unit vector, float32 [dimension], of one text that is searched for."""
        ...


class NumpyEmbedder:
    """A BERT sentence model computed with numpy. Raises UserError, saying the cure, when the model is unfit."""

    def __init__(self, folder: ModelFolder) -> None:
        tensors = Tensors(folder.path / WEIGHTS)
        self._words = load_words(folder)
        prefix = "bert." if "bert.embeddings.word_embeddings.weight" in tensors else ""
        self._bert = Bert(tensors, folder.shape, prefix=prefix, pools_first=folder.pools_first)
        self.name = f"{folder.path.name} (numpy)"
        self.digest = folder.digest(WEIGHTS)
        self.dimension, self.limit = folder.shape.width, folder.limit

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        most = min(limit or self.limit, self.limit)
        return self._bert.encode([self._words.encode(text, most) for text in texts])

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        vector: Floats = self.embed([text], limit=limit)[0]
        return vector


def load_words(folder: ModelFolder) -> WordPiece:
    """Return the tokenizer of a model. Raises UserError when its vocabulary is not the model's."""
    words = WordPiece(read_vocabulary(folder.path / VOCABULARY), lowers=folder.lowers)
    if words.size > folder.shape.vocabulary:
        raise UserError(
            f"{folder.path / VOCABULARY} has {words.size} entries, the model knows {folder.shape.vocabulary}. {CURE}"
        )
    return words


def load_embedder(folder: Path) -> Embedder:
    """Return the sentence model of a folder. Raises UserError, saying the cure, when there is none or it is unfit."""
    return NumpyEmbedder(read_folder(folder))
