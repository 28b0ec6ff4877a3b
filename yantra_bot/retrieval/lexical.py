"""BM25 over rows of words, as arrays. Scores are sums over the words of a query; every row has one."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.retrieval.terms import Ints, Postings

Scores = npt.NDArray[np.float64]
K1: Final = 1.5
B: Final = 0.75


class Lexical:
    """An index of rows. Weight of a word in a row: idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean))."""

    def __init__(self, postings: Postings, rows: int, words: int, *, k1: float = K1, b: float = B) -> None:
        """`rows` and `words` are how many there are; `b` is how much long rows are held back (SPEC 2: 0.75)."""
        order = np.argsort(postings.terms, kind="stable")
        counts = postings.counts[order].astype(np.float64)
        self._rows = postings.rows[order]
        self._starts = np.searchsorted(postings.terms[order], np.arange(words + 1))
        self._count, self._words = rows, words
        lengths = np.bincount(postings.rows, weights=postings.counts, minlength=rows)
        mean = lengths.mean() if rows and lengths.any() else 1.0
        self._weights = counts * (k1 + 1) / (counts + k1 * (1 - b + b * lengths[self._rows] / mean))
        having = np.diff(self._starts)
        self.rarity = np.log1p((rows - having + 0.5) / (having + 0.5))
        """The idf of each word; the highest for one that no row has."""

    def count(self, word: int) -> int:
        """Return how many rows have a word."""
        return int(self._starts[word + 1] - self._starts[word]) if 0 <= word < self._words else 0

    def rows(self, word: int) -> Ints:
        """Return the rows that have a word."""
        return self._rows[self._starts[word] : self._starts[word + 1]] if 0 <= word < self._words else self._rows[:0]

    def score(self, query: Mapping[int, float]) -> Scores:
        """Return the score of every row; `query` has a weight for each word by its number."""
        scores = np.zeros(self._count)
        for word, weight in query.items():
            if 0 <= word < self._words:
                part = slice(self._starts[word], self._starts[word + 1])
                # A row stands once under a word.
                scores[self._rows[part]] += self._weights[part] * (self.rarity[word] * weight)
        return scores

    def cover(self, query: Mapping[int, float]) -> Scores:
        """Return which share of the query's weight, by rarity, each row has at all."""
        found, total = np.zeros(self._count), 0.0
        for word, weight in query.items():
            if 0 <= word < self._words and self._starts[word + 1] > self._starts[word]:
                value = self.rarity[word] * weight
                found[self._rows[self._starts[word] : self._starts[word + 1]]] += value
                total += value
        return found / total if total else found
