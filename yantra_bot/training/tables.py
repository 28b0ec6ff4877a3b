"""Samples as arrays without a graph, for what reads none: a function's own numbers, and what it has inside."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.batch import FEATURES, Floats, InnerGraph, Ints, SymbolGraph
from yantra_bot.scoring.calibration import Truths
from yantra_bot.scoring.inner import Relation
from yantra_bot.scoring.layout import BY_NAME, STRUCTURE
from yantra_bot.scoring.network import IMPORTS
from yantra_bot.training.samples import Labelled
from yantra_bot.training.samples.stored import SOUND

BAG: Final = 512
"""Buckets of the kinds and words of a function's inner nodes, half of them for each."""
GRAMS: Final = 6_144
"""Buckets of what stands beside what: a kind in a kind, a word in a kind, and three of a row."""
_SMALL: Final = 1_024
"""Of these for each of the two kinds of pairs; the others are for triples."""
SIZES: Final = ("lines", "branches, inner functions left out (cyclomatic complexity less one)", "nodes", "words")
_BRANCHES: Final = BY_NAME["structure"].start + STRUCTURE.index(SIZES[1])
_SPREAD: Final = 2_654_435_761


@dataclass(frozen=True, slots=True)
class Table:
    """n samples without a graph, with what is true of them; the labels are those of `Labelled`."""

    features: Floats
    """[n, 978] of the symbol itself."""
    beside: npt.NDArray[np.float16]
    """[n, 978] mean features of the symbols that it is joined to; 0 without one."""
    bags: npt.NDArray[np.float16]
    """[n, 512] how often kinds and words occur inside of it, dampened."""
    grams: npt.NDArray[np.float16]
    """[n, 6144] the same of pairs and triples, each with its bucket."""
    sizes: Floats
    """[n, 4] `SIZES`, dampened."""
    words: tuple[Ints, ...]
    """Of each sample its different words."""
    bugs: Ints
    imports: Floats
    outcomes: Ints
    projects: Ints
    files: Ints
    symbols: Ints

    @classmethod
    def of(cls, batches: Iterable[Labelled]) -> Self:
        """Lay batches one behind the other. Raises ValueError where there is none."""
        parts = [cls._of(one) for one in batches]
        if not parts:
            message = "There is no sample to lay out."
            raise ValueError(message)
        return cls(**{
            one.name: _join([getattr(part, one.name) for part in parts]) for one in fields(cls)
        })  # fmt: skip

    @classmethod
    def _of(cls, one: Labelled) -> Self:
        inner, graph = one.batch.inner, one.batch.symbols
        features = graph.features[graph.scored]
        counts = np.array([(len(each), len(each.words)) for each in inner], np.float64).reshape(-1, 2)
        return cls(
            features=features,
            beside=beside_of(graph).astype(np.float16),
            bags=np.stack([bag_of(each) for each in inner]).astype(np.float16),
            grams=np.stack([grams_of(each) for each in inner]).astype(np.float16),
            sizes=np.column_stack((np.log1p(one.lines), features[:, _BRANCHES], np.log1p(counts))).astype(np.float32),
            words=tuple(np.unique(each.words) for each in inner),
            bugs=one.bugs, imports=one.imports, outcomes=one.outcomes,
            projects=one.projects, files=one.files, symbols=one.symbols,
        )  # fmt: skip

    @classmethod
    def of_features(cls, features: Floats) -> Self:
        """Return rows of features, [n, 978], as samples of which nothing else is known."""
        count = len(features)
        none = np.zeros(count, np.int32)
        return cls(
            features=features,
            beside=np.zeros((count, FEATURES), np.float16),
            bags=np.zeros((count, BAG), np.float16),
            grams=np.zeros((count, GRAMS), np.float16),
            sizes=np.zeros((count, len(SIZES)), np.float32),
            words=(none[:0],) * count,
            bugs=none, imports=np.zeros((count, IMPORTS), np.float32), outcomes=none - 1,
            projects=none, files=none, symbols=none,
        )  # fmt: skip

    def only(self, chosen: Truths) -> Self:
        """Return some of the samples."""
        rows = np.flatnonzero(chosen)
        words = tuple(self.words[row] for row in rows.tolist())
        others = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name != "words"}
        return type(self)(**others, words=words)

    @property
    def is_faulty(self) -> Truths:
        """Tell which samples have a fault."""
        return self.bugs != SOUND


def _join(parts: list[Any]) -> Any:
    return sum(parts, ()) if isinstance(parts[0], tuple) else np.concatenate(parts)


def bag_of(inner: InnerGraph) -> Floats:
    """Return [512], the kinds and words of inner nodes counted in buckets: without their edges."""
    half = BAG // 2
    return _count([_buckets(inner.kinds, half), _buckets(inner.words, half) + half], BAG)


def grams_of(inner: InnerGraph) -> Floats:
    """Return [6144] counts in buckets: kind in kind, word in kind, and word, kind and the kind around it.

    Three of a row are the kinds of a node and of what is around it with the node's first word.
    """
    sources, targets, relations = inner.edges.astype(np.int64)
    is_child = relations == Relation.CHILD
    around = np.full(len(inner), -1, np.int64)
    around[targets[is_child]] = inner.kinds[sources[is_child]]
    kinds = inner.kinds.astype(np.int64)
    of_words = np.repeat(np.arange(len(inner)), np.diff(inner.word_starts))
    words = inner.words.astype(np.int64)
    pairs = kinds * 4_099 + around
    named = words * 4_099 + kinds[of_words]
    triples = named * 4_099 + around[of_words]
    rest = GRAMS - 2 * _SMALL
    places = [
        _buckets(pairs, _SMALL), _buckets(named, _SMALL) + _SMALL, _buckets(triples, rest) + 2 * _SMALL,
    ]  # fmt: skip
    return _count(places, GRAMS)


def beside_of(graph: SymbolGraph) -> Floats:
    """Return [s, 978], the mean features of what each scored symbol is joined to."""
    sources, targets = np.concatenate((graph.edges, graph.edges[::-1]), axis=1)
    found = np.zeros((len(graph.scored), FEATURES), np.float32)
    for row, place in enumerate(graph.scored.tolist()):
        near = sources[targets == place]
        if len(near):
            found[row] = graph.features[near].mean(axis=0)
    return found


def _count(places: list[npt.NDArray[np.int64]], buckets: int) -> Floats:
    return np.log1p(np.bincount(np.concatenate(places), minlength=buckets)).astype(np.float32)


def _buckets(values: npt.NDArray[np.integer[Any]], count: int) -> npt.NDArray[np.int64]:
    mixed = (values.astype(np.uint64) * np.uint64(_SPREAD)) >> np.uint64(7)
    return (mixed % np.uint64(count)).astype(np.int64)
