"""A batch as the few flat arrays that both networks compute from, numpy's and torch's: so they cannot differ in it.

Means over neighbours are *bags*: the rows that are averaged stand one behind the other, with where each bag begins.
"""

from dataclasses import dataclass

import numpy as np

from yantra_bot.scoring.batch import Batch, Floats, InnerGraph, Ints
from yantra_bot.scoring.inner import RELATIONS

CHANNELS = 2 * RELATIONS
"""Each relation and its reverse."""
LONG = 32
"""Rows of a bag: those of a longer one are summed by themselves, since few are."""


@dataclass(frozen=True, slots=True)
class Bags:
    """Rows to be averaged: bag i has `rows[starts[i]:starts[i + 1]]`; an empty bag averages to zero."""

    rows: Ints
    starts: Ints


@dataclass(frozen=True, slots=True)
class Packed:
    """A batch of s scored symbols among n, with N inner nodes. An inner graph that is absent has no node."""

    features: Floats
    """[n, 978], finite."""
    symbol_edges: Ints
    """[2, m] from, to; both directions."""
    scored: Ints
    """[s]"""
    kinds: Ints
    """[N]"""
    words: Bags
    """N bags of words."""
    messages: Bags
    """N x CHANNELS bags of rows node x CHANNELS + channel."""
    owners: Ints
    """[N] which scored symbol each node belongs to, ascending."""
    owner_starts: Ints
    """[s + 1] where the nodes of each scored symbol begin."""


def pack(batch: Batch) -> Packed:
    """Lay the inner graphs one behind the other and sort what is averaged."""
    sizes = np.array([len(one) for one in batch.inner], np.int32)
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    edges = batch.symbols.edges
    return Packed(
        features=batch.symbols.features,
        symbol_edges=np.concatenate((edges, edges[::-1]), axis=1),
        scored=batch.symbols.scored,
        kinds=_joined([one.kinds for one in batch.inner]),
        words=_join_words(batch.inner),
        messages=_join_messages(batch.inner, starts),
        owners=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        owner_starts=starts,
    )


class Sums:
    """Bags made ready to be summed, more than once if need be.

    A row is added to many sums at once: first of all bags their first rows, then their second ones, and so on. Numpy's
    own `reduceat` takes rows of hundreds of numbers ten times slower. Each sum is made in the order of its rows.
    """

    def __init__(self, bags: Bags) -> None:
        counts = np.diff(bags.starts)
        order = np.argsort(-counts, kind="stable")
        self._count, self._filled = len(counts), order[: np.count_nonzero(counts)]
        self._counts = counts[self._filled]
        starts = bags.starts[:-1][self._filled]
        long = int(np.count_nonzero(self._counts > LONG))
        ends = starts[:long] + self._counts[:long]
        self._long = [bags.rows[one:end] for one, end in zip(starts[:long].tolist(), ends.tolist(), strict=True)]
        short, begins = self._counts[long:], starts[long:]
        self._turns = [bags.rows[begins[short > turn] + turn] for turn in range(int(short.max(initial=0)))]

    def sums(self, values: Floats) -> Floats:
        """Return the sum of the values' rows for each bag, zero for an empty one."""
        return self._place(self._add(values), values)

    def means(self, values: Floats) -> Floats:
        """Return the mean of the values' rows for each bag, zero for an empty one."""
        return self._place(np.asarray(self._add(values) / self._counts[:, None].astype(np.float32), np.float32), values)

    def _add(self, values: Floats) -> Floats:
        found = np.empty((len(self._filled), values.shape[1]), np.float32)
        for place, rows in enumerate(self._long):
            found[place] = values[rows].sum(axis=0)
        rest = found[len(self._long) :]
        for turn, rows in enumerate(self._turns):
            if turn:
                rest[: len(rows)] += values[rows]
            else:
                rest[:] = values[rows]
        return found

    def _place(self, found: Floats, values: Floats) -> Floats:
        placed = np.zeros((self._count, values.shape[1]), np.float32)
        placed[self._filled] = found
        return placed


def mean_bags(values: Floats, bags: Bags) -> Floats:
    """Return the mean of the values' rows for each bag, zero for an empty one."""
    return Sums(bags).means(values)


def take_bags(bags: Bags, which: Ints) -> Bags:
    """Return some bags, in the order of their numbers `which`."""
    counts = np.diff(bags.starts)[which]
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    places = np.repeat(bags.starts[which] - starts[:-1], counts) + np.arange(starts[-1])
    return Bags(bags.rows[places], starts)


def bags_of(rows: Ints, bags: Ints, count: int) -> Bags:
    """Sort rows into `count` bags by the number of each row's bag."""
    order = np.argsort(bags, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(bags, minlength=count)))).astype(np.int32)
    return Bags(rows[order].astype(np.int32), starts)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int32), *parts])


def _join_words(inner: tuple[InnerGraph, ...]) -> Bags:
    counts = _joined([np.diff(one.word_starts) for one in inner])
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return Bags(_joined([one.words for one in inner]), starts)


def _join_messages(inner: tuple[InnerGraph, ...], starts: Ints) -> Bags:
    sources = _joined([one.edges[0] + start for one, start in zip(inner, starts, strict=False)])
    targets = _joined([one.edges[1] + start for one, start in zip(inner, starts, strict=False)])
    relations = _joined([one.edges[2] for one in inner])
    rows = np.concatenate((sources * CHANNELS + relations, targets * CHANNELS + relations + RELATIONS))
    bags = np.concatenate((targets * CHANNELS + relations, sources * CHANNELS + relations + RELATIONS))
    return bags_of(rows, bags, int(starts[-1]) * CHANNELS)
