"""Re-ranking by a cross-encoder: a model that reads query and text together and says how well they fit.

Optional in every way: without ONNX Runtime or without a model there is none, and why is said once in words. It is slow
(a forward pass a pair), so it is asked about the first few hits of a search, never about all chunks.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yantra_bot.errors import UserError
from yantra_bot.retrieval.embedding.bert import cut_batches
from yantra_bot.retrieval.embedding.folder import CONFIG, LETTERS, VOCABULARY, find_graph, read_json
from yantra_bot.retrieval.embedding.onnx_door import OnnxModel, is_installed
from yantra_bot.retrieval.embedding.wordpiece import WordPiece, read_vocabulary

Floats = NDArray[np.float32]

LIMIT = 256
"""Tokens of query and text together that are read; their time grows with them."""


class Reranker:
    """A cross-encoder of one folder: model.onnx and vocab.txt, the other published files where they are there.

    Thread-safe. Raises UserError, saying the cure, when the folder holds none or it is unfit.
    """

    def __init__(self, folder: Path, *, limit: int = LIMIT) -> None:
        graph = find_graph(folder)
        if graph is None:
            raise UserError(f"There is no model.onnx in {folder}. Cure: put a cross-encoder's ONNX export there.")
        config, letters = read_json(folder / CONFIG, needed=False), read_json(folder / LETTERS, needed=False)
        positions = config.get("max_position_embeddings")
        self.limit = min(limit, positions) if type(positions) is int and positions > 3 else limit
        self._words = WordPiece(read_vocabulary(folder / VOCABULARY), lowers=letters.get("do_lower_case") is not False)
        self._model = OnnxModel(graph)
        self.name = folder.name
        self.score("", [""])  # an unfit model is noticed here, not at the first search

    def score(self, query: str, texts: Sequence[str]) -> Floats:
        """Return how well each text fits the query, float32 [texts]; larger fits better, compare within one query."""
        pairs = [self._words.encode_pair(query, text, self.limit) for text in texts]
        sequences, types = [tokens for tokens, _ in pairs], [kinds for _, kinds in pairs]
        found = np.empty(len(texts), np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(sequences[index]))
        for batch in cut_batches(order, sequences):
            answers = self._model.ask(
                [sequences[index] for index in batch],
                padding=self._words.padding,
                types=[types[index] for index in batch],
            )
            found[batch] = read_scores(answers)
        return found


def read_scores(answers: Floats) -> Floats:
    """Return one number a pair of what a model answered: a score, or "fits not" and "fits". Raises UserError."""
    flat = answers.reshape(len(answers), -1)
    match flat.shape[1]:
        case 1:
            return flat[:, 0]
        case 2:
            return flat[:, 1] - flat[:, 0]
        case count:
            raise UserError(f"The re-ranking model gives {count} numbers a pair. Cure: use one that gives 1 or 2.")


def find_reranker(folder: Path | None) -> tuple[Reranker | None, str]:
    """Return the re-ranking model of a folder, or None, and a sentence for people that says which it is and why."""
    if folder is None:
        return None, "No re-ranking model is set: hits stay in the order of the search."
    if not is_installed():
        return None, "Re-ranking is off: ONNX Runtime is not installed. Cure: `pip install yantra-bot[onnx]`."
    try:
        reranker = Reranker(folder)
    except UserError as problem:
        return None, f"Re-ranking is off. {problem}"
    return reranker, f"The first hits are ranked anew by {reranker.name}."
