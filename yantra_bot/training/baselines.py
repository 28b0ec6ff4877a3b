"""What the network has to beat: the same functions read without a network, by their size alone, or not at all.

The trees and the lines are scikit-learn's, imported when they learn. Each baseline learns from the same samples of the
same projects as the network, and is asked about the same ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.calibration import Scores, Truths
from yantra_bot.scoring.inner import WORDS
from yantra_bot.scoring.layout import BY_NAME, STRUCTURE
from yantra_bot.training.tables import SIZES, Table

ROUNDS: Final = 150
SIZE: Final = tuple(BY_NAME["structure"].start + STRUCTURE.index(name) for name in SIZES[:2])
TREES, BAGS, FEATURES, LINEAR, SIZED, CHANCE = (
    "boosting, everything without a network",
    "boosting, features and inner nodes without edges",
    "boosting, the 978 features",
    "logistic regression, pairs and triples of nodes",
    "logistic regression, all sizes",
    "random order",
)


class Baseline(Protocol):
    """Learns from samples and says of others how likely something is."""

    def fit(self, table: Table, truths: Truths) -> None:
        """Learn; `truths` [n]."""
        ...

    def score(self, table: Table) -> Scores:
        """Return [n], higher for likelier."""
        ...


@dataclass(slots=True)
class Boosted:
    """Gradient boosting over the symbol's own features, some of them, or with what is inside of it and beside it."""

    seed: int = 0
    has_bags: bool = False
    has_grams: bool = False
    """Whether it reads pairs and triples of inner nodes, and the mean features of the symbols around."""
    columns: tuple[int, ...] = ()
    """The only features that it reads; all of them where none is named."""
    rounds: int = ROUNDS
    _trees: Any = field(default=None, init=False)

    def fit(self, table: Table, truths: Truths) -> None:
        """Grow the trees; where all samples are of one kind there is nothing to tell apart."""
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits

        trees = HistGradientBoostingClassifier(
            max_iter=self.rounds, learning_rate=0.08, max_leaf_nodes=31, l2_regularization=1.0, max_features=0.3,
            early_stopping=False, random_state=self.seed, max_bins=64 if self.has_grams else 255,
        )  # fmt: skip
        self._trees = None
        if 0 < truths.sum() < len(truths):
            # Threads that wait for each other by spinning are many times slower where others use the cores too.
            with threadpool_limits(1):
                self._trees = trees.fit(self._read(table), truths)

    def score(self, table: Table) -> Scores:
        """Return the probability that the trees tell; a half of all where there are none."""
        if self._trees is None:
            return np.full(len(table.bugs), 0.5)
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            said: Scores = self._trees.predict_proba(self._read(table))[:, 1]
        return said

    def _read(self, table: Table) -> Floats:
        parts: list[npt.NDArray[Any]] = [table.features[:, list(self.columns)] if self.columns else table.features]
        parts += [table.bags] * self.has_bags + [table.grams, table.beside] * self.has_grams
        return np.concatenate(parts, axis=1, dtype=np.float32)


@dataclass(slots=True)
class Linear:
    """Logistic regression over what `read` takes of a table, each column brought to the same spread."""

    read: Callable[[Table], Floats]
    strength: float = 1.0
    """The inverse of how much is regularised."""
    _line: Any = field(default=None, init=False)

    def fit(self, table: Table, truths: Truths) -> None:
        """Fit; where all samples are of one kind there is nothing to tell apart."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import MaxAbsScaler
        from threadpoolctl import threadpool_limits

        self._line = None
        if 0 < truths.sum() < len(truths):
            line = make_pipeline(MaxAbsScaler(), LogisticRegression(C=self.strength, max_iter=300))
            with threadpool_limits(1):
                self._line = line.fit(self._sparse(table), truths)

    def score(self, table: Table) -> Scores:
        """Return the probability that the line tells; a half of all where there is none."""
        if self._line is None:
            return np.full(len(table.bugs), 0.5)
        said: Scores = self._line.predict_proba(self._sparse(table))[:, 1]
        return said

    def _sparse(self, table: Table) -> Any:
        from scipy.sparse import csr_array

        return csr_array(self.read(table).astype(np.float32))


@dataclass(slots=True)
class RandomOrder:
    """Knows nothing."""

    seed: int = 0

    def fit(self, table: Table, truths: Truths) -> None:
        """Learn nothing."""

    def score(self, table: Table) -> Scores:
        """Return numbers by chance."""
        return np.random.default_rng(self.seed).random(len(table.bugs))


def make_baselines(seed: int, *, rounds: int = ROUNDS) -> dict[str, Baseline]:
    """Return all baselines by what they read, those that read most first."""
    return {
        TREES: Boosted(seed, has_bags=True, has_grams=True, rounds=rounds),
        BAGS: Boosted(seed, has_bags=True, rounds=rounds),
        FEATURES: Boosted(seed, rounds=rounds),
        LINEAR: Linear(_nodes, strength=0.1),
        SIZED: Linear(_sizes),
        CHANCE: RandomOrder(seed),
    }


def _nodes(table: Table) -> Floats:
    return np.concatenate((table.bags, table.grams), axis=1, dtype=np.float32)


def _sizes(table: Table) -> Floats:
    return table.sizes


@dataclass(slots=True)
class LookUp:
    """Which modules go with a word, counted and not trained: a function is told by its most telling words."""

    _shares: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32), init=False)
    """[words, modules] the share of the functions with a word that use a module."""

    def fit(self, table: Table) -> None:
        """Count. A word that few functions have counts for what is usual of all."""
        usual = table.imports.mean(axis=0)
        used = np.tile(2 * usual, (WORDS, 1))
        there = np.full((WORDS, 1), 2.0, np.float32)
        for words, modules in zip(table.words, table.imports, strict=True):
            used[words] += modules
            there[words] += 1
        self._shares = np.asarray(used / there, np.float32)

    def score(self, table: Table) -> Scores:
        """Return [n, modules], the greatest share that any of a function's words tells."""
        found = np.zeros((len(table.words), self._shares.shape[1]))
        for row, words in enumerate(table.words):
            if len(words):
                found[row] = self._shares[words].max(axis=0)
        return found
