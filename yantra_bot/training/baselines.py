"""What the network has to beat: the same symbols read without a graph, by their size alone, or not at all.

The trees are scikit-learn's, imported when they are grown. Each baseline learns from the same samples of the same
projects as the network, and is asked about the same ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final, Protocol, Self

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.batch import Floats, InnerGraph, Ints
from yantra_bot.scoring.calibration import Scores, Truths
from yantra_bot.scoring.layout import BY_NAME, STRUCTURE
from yantra_bot.training.samples import Labelled
from yantra_bot.training.samples.stored import SOUND

BAG: Final = 512
"""Buckets of the kinds and words of a function's inner nodes, half of them for each."""
ROUNDS: Final = 150
SIZE: Final = tuple(
    BY_NAME["structure"].start + STRUCTURE.index(name)
    for name in ("lines", "branches, inner functions left out (cyclomatic complexity less one)")
)
_SPREAD: Final = 2_654_435_761


@dataclass(frozen=True, slots=True)
class Table:
    """n samples without a graph, with what is true of them; the labels are those of `Labelled`."""

    features: Floats
    """[n, 978] of the symbol itself."""
    bags: Floats
    """[n, 512] how often kinds and words occur inside of it, dampened."""
    bugs: Ints
    imports: Floats
    outcomes: Ints
    projects: Ints
    files: Ints
    symbols: Ints

    @classmethod
    def of(cls, batches: Iterable[Labelled]) -> Self:
        """Lay batches one behind the other. Raises ValueError where there is none."""
        parts = list(batches)
        return cls(
            features=np.concatenate([one.batch.symbols.features[one.batch.symbols.scored] for one in parts]),
            bags=np.stack([bag_of(inner) for one in parts for inner in one.batch.inner]),
            bugs=np.concatenate([one.bugs for one in parts]),
            imports=np.concatenate([one.imports for one in parts]),
            outcomes=np.concatenate([one.outcomes for one in parts]),
            projects=np.concatenate([one.projects for one in parts]),
            files=np.concatenate([one.files for one in parts]),
            symbols=np.concatenate([one.symbols for one in parts]),
        )

    def only(self, chosen: Truths) -> Self:
        """Return some of the samples."""
        return type(self)(**{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    @property
    def is_faulty(self) -> Truths:
        """Tell which samples have a fault."""
        return self.bugs != SOUND


def bag_of(inner: InnerGraph) -> Floats:
    """Return [512], the kinds and words of inner nodes counted in buckets: without their edges."""
    half = BAG // 2
    places = [_buckets(inner.kinds, half), _buckets(inner.words, half) + half]
    return np.log1p(np.bincount(np.concatenate(places), minlength=BAG)).astype(np.float32)


def _buckets(values: Ints, count: int) -> npt.NDArray[np.int64]:
    return ((values.astype(np.int64) * _SPREAD) >> 7) % count


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
    """Gradient boosting over the symbol's own features, some of them, or with the bag of its inner nodes."""

    seed: int = 0
    has_bags: bool = False
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
            early_stopping=False, random_state=self.seed,
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
        own = table.features[:, list(self.columns)] if self.columns else table.features
        return np.concatenate((own, table.bags), axis=1) if self.has_bags else own


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
    """Return all baselines by what they read, the strongest first."""
    return {
        "boosting, features and inner nodes without edges": Boosted(seed, has_bags=True, rounds=rounds),
        "boosting, the 978 features": Boosted(seed, rounds=rounds),
        "lines and complexity": Boosted(seed, columns=SIZE, rounds=rounds),
        "random order": RandomOrder(seed),
    }
