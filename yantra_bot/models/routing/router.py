"""Chooses a tier: a request is like the example requests of it, by meaning and by words.

Two opinions are added: a ridge regression over all examples, and the nearest ones. Without a sentence model the words
alone decide, which are right less often. What is like nothing is balanced. It reads no setting and asks no model.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np

from yantra_bot.domain.tiers import Route, Tier
from yantra_bot.models.routing.features import Floats, Words
from yantra_bot.retrieval.embedding.embedder import Embedder

TOKENS: Final = 128
"""How much of a request is embedded."""
NEAREST: Final = 15
WORDS_AMONG_NEAREST: Final = 0.5
OPINION_OF_NEAREST: Final = 0.5
RIDGE: Final = 1.0
LEAST_LIKENESS: Final = 0.15
"""Of the nearest example, cosine: a request that is like none is unknown."""
LONGEST_SHOWN: Final = 80
_TIERS: Final = tuple(Tier)


@dataclass(frozen=True, slots=True)
class Example:
    """A request and the tier that it belongs to."""

    text: str
    tier: Tier


def load_examples() -> tuple[Example, ...]:
    """Return the examples that ship."""
    text = resources.files("yantra_bot.models.routing").joinpath("examples.jsonl").read_text(encoding="utf-8")
    return tuple(Example(row["text"], Tier(row["tier"])) for row in map(json.loads, text.splitlines()))


class Router:
    """Learns the examples at its making, which takes seconds of processor time with a sentence model. Thread-safe."""

    def __init__(self, examples: Sequence[Example], embedder: Embedder | None = None) -> None:
        self._examples, self._embedder = tuple(examples), embedder
        texts = [one.text for one in self._examples]
        self._words = Words(texts)
        parts = [self._words.vectors]
        self._meanings: Floats | None = None if embedder is None else embedder.embed(texts, limit=TOKENS)
        if self._meanings is not None:
            parts.append(self._meanings)
        wanted = np.array([[1 if one.tier is tier else -1 for tier in _TIERS] for one in self._examples], np.float32)
        self._is_of = (wanted + 1) / 2
        # A tier is not likelier for having more examples.
        worth = self._is_of @ (len(wanted) / len(_TIERS) / np.maximum(self._is_of.sum(axis=0), 1))
        self._votes = self._is_of * worth[:, None]
        self._weights = _fit(np.hstack(parts), wanted, worth)

    @property
    def knows_meaning(self) -> bool:
        """Whether a sentence model takes part."""
        return self._meanings is not None

    def route(self, text: str) -> Route:
        """Return the tier of a request."""
        began = time.perf_counter()
        words = self._words(text)
        likeness, vector = self._words.vectors @ words, words
        if self._embedder is not None and self._meanings is not None:
            meaning = self._embedder.embed_query(text, limit=TOKENS)
            likeness = self._meanings @ meaning + WORDS_AMONG_NEAREST * likeness
            vector = np.hstack([words, meaning])
        if not text.strip() or float(likeness.max()) < LEAST_LIKENESS:
            return Route(Tier.BALANCED, "It is like no example.", time.perf_counter() - began)
        score = np.append(vector, 1) @ self._weights + OPINION_OF_NEAREST * self._ask_nearest(likeness)
        tier = _TIERS[int(score.argmax())]
        return Route(tier, self._explain(tier, likeness), time.perf_counter() - began)

    def _ask_nearest(self, likeness: Floats) -> Floats:
        """Return the share of each tier among the nearest, weighed by likeness."""
        nearest = np.argsort(-likeness)[:NEAREST]
        shares = np.maximum(likeness[nearest], 0) ** 2 @ self._votes[nearest]
        found: Floats = (shares / max(float(shares.sum()), 1e-9)).astype(np.float32)
        return found

    def _explain(self, tier: Tier, likeness: Floats) -> str:
        of_tier = self._is_of[:, _TIERS.index(tier)]
        near = self._examples[int((likeness * of_tier).argmax())].text
        line = " ".join(near.split())
        shown = line if len(line) <= LONGEST_SHOWN else f"{line[: LONGEST_SHOWN - 1]}…"
        return f'It is like "{shown}".'


def _fit(vectors: Floats, wanted: Floats, worth: Floats) -> Floats:
    """Return the weights of a ridge regression, a constant as the last row. `worth`: how much each example counts."""
    known = np.hstack([vectors, np.ones((len(vectors), 1), np.float32)])
    # There are fewer examples than numbers, so that the smaller system is solved.
    dual = np.linalg.solve(known @ known.T + np.diag(RIDGE / worth), wanted)
    weights: Floats = (known.T @ dual).astype(np.float32)
    return weights
