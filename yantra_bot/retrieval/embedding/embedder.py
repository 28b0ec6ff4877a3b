"""Texts to vectors of meaning: what every sentence model gives, and the one that is computed here.

`load_embedder` chooses the engine. An embedder computes on this machine only: it knows no network and no key.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yantra_bot.errors import UserError
from yantra_bot.retrieval.embedding.bert import Bert, cut_batches
from yantra_bot.retrieval.embedding.blas import use_one_thread
from yantra_bot.retrieval.embedding.folder import CURE, VOCABULARY, WEIGHTS, ModelFolder, read_folder
from yantra_bot.retrieval.embedding.onnx_door import OnnxModel, is_installed
from yantra_bot.retrieval.embedding.wordpiece import WordPiece, read_vocabulary
from yantra_bot.safetensors import Tensors

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
        self._weights = tensors.path
        self.name = f"{folder.path.name} (numpy)"
        self.digest = folder.digest(folder.path / WEIGHTS)
        self.dimension, self.limit = folder.shape.width, folder.limit

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        most = min(limit or self.limit, self.limit)
        sequences = [self._words.encode(text, most) for text in texts]
        with np.errstate(all="ignore"):  # damaged weights may overflow; what comes of it is looked at below
            vectors = self._bert.encode(sequences)
        if not np.isfinite(vectors).all():
            raise UserError(f"The weights {self._weights} give vectors that are no numbers. {CURE}")
        return vectors

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        vector: Floats = self.embed([text], limit=limit)[0]
        return vector


class OnnxEmbedder:
    """A BERT sentence model computed with ONNX Runtime. Raises UserError, saying the cure, when the model is unfit.

    Its output is one vector a text, or one a token, which are pooled here. A model of whole numbers (int8) gives a text
    another vector in another batch: do not use one where vectors are kept.
    """

    def __init__(self, folder: ModelFolder, graph: Path, *, threads: int = 0) -> None:
        self._words = load_words(folder)
        self._model = OnnxModel(graph, threads=threads)
        self._pools_first = folder.pools_first
        self.name = f"{folder.path.name} (ONNX Runtime)"
        beside = (graph.with_name(graph.name + "_data"), graph.with_name(graph.name + ".data"))
        self.digest = folder.digest(graph, *(path for path in beside if path.is_file()))
        self.dimension, self.limit = folder.shape.width, folder.limit
        width = self.embed([""]).shape[1]
        if width != self.dimension:
            raise UserError(f"{graph} gives {width} numbers a text, config.json says {self.dimension}. {CURE}")

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        most = min(limit or self.limit, self.limit)
        sequences = [self._words.encode(text, most) for text in texts]
        order = sorted(range(len(texts)), key=lambda index: len(sequences[index]))
        found: Floats | None = None
        for batch in cut_batches(order, sequences):
            pooled = self._embed_batch([sequences[index] for index in batch])
            if found is None:
                found = np.empty((len(texts), pooled.shape[1]), np.float32)
            found[batch] = pooled
        return np.empty((0, self.dimension), np.float32) if found is None else found

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        vector: Floats = self.embed([text], limit=limit)[0]
        return vector

    def _embed_batch(self, sequences: Sequence[Sequence[int]]) -> Floats:
        answers = self._model.ask(sequences, padding=self._words.padding)
        if answers.ndim == 3:
            counts = [1 if self._pools_first else len(one) for one in sequences]
            answers = np.stack([rows[:count].mean(axis=0) for rows, count in zip(answers, counts, strict=True)])
        if answers.ndim != 2:
            raise UserError(f"The model {self.name} gives neither a vector a text nor one a token. {CURE}")
        size = np.linalg.norm(answers, axis=1, keepdims=True)
        unit: Floats = (answers / np.maximum(size, 1e-12)).astype(np.float32)
        return unit


def load_words(folder: ModelFolder) -> WordPiece:
    """Return the tokenizer of a model. Raises UserError when its vocabulary is not the model's."""
    words = WordPiece(read_vocabulary(folder.path / VOCABULARY), lowers=folder.lowers)
    if words.size > folder.shape.vocabulary:
        raise UserError(
            f"{folder.path / VOCABULARY} has {words.size} entries, the model knows {folder.shape.vocabulary}. {CURE}"
        )
    return words


def load_embedder(folder: Path, *, threads: int = 0) -> Embedder:
    """Return the sentence model of a folder: by ONNX Runtime where both it and an ONNX file are there, else by numpy.

    `threads` bounds those of ONNX Runtime, 0 for all; numpy has one from then on, in the whole process. Raises
    UserError, saying the cure, when there is no model or it is unfit.
    """
    model = read_folder(folder)
    if model.graph is not None and (is_installed() or not (folder / WEIGHTS).exists()):
        return OnnxEmbedder(model, model.graph, threads=threads)
    use_one_thread()
    return NumpyEmbedder(model)
