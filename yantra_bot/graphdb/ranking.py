"""Which symbols matter: PageRank, sampled betweenness, and the importance of an entity. Pure functions.

They work on arrays made from a view; an answer is an array with one value for each row of it, 0 for rows that are
dead or untouched. Nothing is kept: who ranks again after a change pays again.
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind
from yantra_bot.graphdb.view import GraphView, Kinds

Values = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

REFERENCES: Final = frozenset(EdgeKind) - {EdgeKind.DEFINES, EdgeKind.TESTS, EdgeKind.DATA_FLOW}
"""Edges by which one symbol speaks for another."""
_WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which symbols are joined, each pair once with its surest edge; sorted by source, then target."""

    sources: Places
    targets: Places
    weights: Values
    count: int
    """How many rows the view has."""

    @classmethod
    def of(cls, view: GraphView, kinds: Kinds = REFERENCES) -> Self:
        """Collect the pairs of a view's edges of some kinds. An edge from a symbol to itself joins nothing."""
        edges = view.all_edges(kinds)
        sources, targets = view.sources(edges).astype(np.int64), view.targets(edges).astype(np.int64)
        weights = view.confidences(edges).astype(np.float64)
        order = np.lexsort((-weights, targets, sources))
        sources, targets, weights = sources[order], targets[order], weights[order]
        fresh = np.ones(len(order), np.bool_)
        fresh[1:] = (sources[1:] != sources[:-1]) | (targets[1:] != targets[:-1])
        fresh &= sources != targets
        return cls(sources[fresh], targets[fresh], weights[fresh], view.row_count)

    @property
    def starts(self) -> Places:
        """Where the pairs of each source begin; one element more than there are rows."""
        return np.searchsorted(self.sources, np.arange(self.count + 1))


def rank_symbols(
    view: GraphView,
    *,
    kinds: Kinds = REFERENCES,
    personal: Mapping[int, float] | None = None,
    damping: float = 0.85,
    rounds: int = 60,
    tolerance: float = 1e-9,
) -> Values:
    """Return the PageRank of each row; they sum to 1. What many and important symbols need ranks high.

    `personal` gives the rows a task is about and how much each counts; without it all symbols count alike.
    """
    pairs = Pairs.of(view, kinds)
    home = _home(view, personal)
    if not home.any():
        return home
    strength = np.bincount(pairs.sources, pairs.weights, pairs.count)
    share = pairs.weights / strength[pairs.sources]
    dangling = (strength == 0) & view.alive
    rank = home
    for _ in range(rounds):
        flow = np.bincount(pairs.targets, rank[pairs.sources] * share, pairs.count)
        fresh = damping * (flow + rank[dangling].sum() * home) + (1 - damping) * home
        moved = float(np.abs(fresh - rank).sum())
        rank = fresh
        if moved < tolerance:
            break
    return rank


def _home(view: GraphView, personal: Mapping[int, float] | None) -> Values:
    home = view.alive.astype(np.float64)
    if personal is not None:
        home = np.zeros(view.row_count)
        for row, weight in personal.items():
            home[row] = weight if view.alive[row] else 0.0
    total = home.sum()
    return home / total if total > 0 else np.zeros(view.row_count)


def measure_betweenness(view: GraphView, *, kinds: Kinds = REFERENCES, samples: int = 64, seed: int = 0) -> Values:
    """Estimate, for each row, the share of shortest paths between two other symbols that run through it, 0 to 1.

    From `samples` starts, chosen among the symbols that lead anywhere; from all of them where there are no more.
    """
    pairs = Pairs.of(view, kinds)
    candidates = np.unique(pairs.sources).tolist()
    chosen = candidates if len(candidates) <= samples else random.Random(seed).sample(candidates, samples)  # noqa: S311  # a sample, no secret
    starts, total = pairs.starts, np.zeros(pairs.count)
    for start in chosen:
        total += _dependence(pairs, starts, start)
    others = max((len(view) - 1) * (len(view) - 2), 1)
    return total * (len(candidates) / max(len(chosen), 1)) / others


def _dependence(pairs: Pairs, starts: Places, start: int) -> Values:
    """Return how much the shortest paths from one start depend on each row (Brandes 2001, level by level)."""
    depth = np.full(pairs.count, -1, np.int64)
    paths = np.zeros(pairs.count)
    depth[start], paths[start] = 0, 1.0
    frontier, levels = np.array([start]), []
    while len(frontier):
        pair = _pairs_from(starts, frontier)
        near, far = pairs.sources[pair], pairs.targets[pair]
        onward = depth[far] < 0
        near, far = near[onward], far[onward]
        levels.append((near, far))
        np.add.at(paths, far, paths[near])
        frontier = np.unique(far)
        depth[frontier] = len(levels)
    dependence = np.zeros(pairs.count)
    for near, far in reversed(levels):
        np.add.at(dependence, near, paths[near] / paths[far] * (1 + dependence[far]))
    dependence[start] = 0.0
    return dependence


def _pairs_from(starts: Places, rows: Places) -> Places:
    counts = starts[rows + 1] - starts[rows]
    ends = np.cumsum(counts)
    return np.repeat(starts[rows] - ends + counts, counts) + np.arange(ends[-1])


def weigh_importance(
    *, mentions: int, most_mentions: int, degree: int, largest_degree: int, age: timedelta, betweenness: float
) -> float:
    """Return the importance of an entity, 0 to 1: how often, how well joined, how lately, how central it is.

    0.3 log(mentions)/log(most) + 0.3 degree/largest + 0.2 exp(-age/1 week) + 0.2 betweenness. Where nobody is
    mentioned more than once, mentions tell nothing and count 0.
    """
    often = math.log(max(mentions, 1)) / math.log(most_mentions) if most_mentions > 1 else 0.0
    joined = degree / largest_degree if largest_degree else 0.0
    lately = math.exp(-max(age / _WEEK, 0.0))
    return 0.3 * often + 0.3 * joined + 0.2 * lately + 0.2 * betweenness
