"""Groups of symbols that belong together, by the Louvain method: each moves to where it is joined most, then groups do.

Blondel et al. 2008, over undirected weights, resolution 1. No chance is in it: the same graph gives the same groups.
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.graphdb.arrays import NONE
from yantra_bot.graphdb.ranking import REFERENCES, Pairs, Places, Values
from yantra_bot.graphdb.view import GraphView, Kinds

_LEAST_GAIN: Final = 1e-9
_MOST_LEVELS: Final = 20


@dataclass(frozen=True, slots=True)
class _Weights:
    """An undirected graph: each join in both directions, sorted by source; a loop holds what is inside a group."""

    sources: Places
    targets: Places
    weights: Values
    count: int


def find_communities(view: GraphView, *, kinds: Kinds = REFERENCES) -> Places:
    """Return the group of each row, from 0 for the largest; -1 for rows that no edge touches."""
    return group_pairs(Pairs.of(view, kinds))


def group_pairs(pairs: Pairs) -> Places:
    """Return the group of each row that pairs join, from 0 for the largest; -1 for rows that none touches."""
    ends, nodes = np.unique(np.concatenate((pairs.sources, pairs.targets)), return_inverse=True)
    near, far = nodes[: len(pairs.sources)], nodes[len(pairs.sources) :]
    joins = np.concatenate((near, far)), np.concatenate((far, near)), np.concatenate((pairs.weights, pairs.weights))
    graph = _merged(*joins, len(ends))
    groups = np.arange(len(ends))
    for _ in range(_MOST_LEVELS):
        moved = _move(graph)
        groups = moved[groups]
        count = int(moved.max(initial=-1)) + 1
        if count == graph.count:
            break
        graph = _merged(moved[graph.sources], moved[graph.targets], graph.weights, count)
    found = np.full(pairs.count, NONE, np.int64)
    found[ends] = _by_size(groups)
    return found


def measure_modularity(view: GraphView, groups: Places, *, kinds: Kinds = REFERENCES) -> float:
    """Return how much more of the weight is inside the groups than by chance, -0.5 to 1."""
    pairs = Pairs.of(view, kinds)
    total = float(pairs.weights.sum())
    if total == 0:
        return 0.0
    inside = float(pairs.weights[groups[pairs.sources] == groups[pairs.targets]].sum())
    sums = np.bincount(groups[pairs.sources], pairs.weights, int(groups.max()) + 1)
    sums = sums + np.bincount(groups[pairs.targets], pairs.weights, int(groups.max()) + 1)
    return inside / total - float(((sums / (2 * total)) ** 2).sum())


def _merged(sources: Places, targets: Places, weights: Values, count: int) -> _Weights:
    """Add up the weights between equal ends."""
    packed, place = np.unique(sources.astype(np.int64) * count + targets, return_inverse=True)
    return _Weights(
        packed // max(count, 1),
        packed % max(count, 1),
        np.bincount(place, weights, len(packed)).astype(np.float64),
        count,
    )


def _move(graph: _Weights) -> Places:
    """Move single nodes to the neighbouring group that gains most, until none gains; return groups numbered from 0."""
    starts = np.searchsorted(graph.sources, np.arange(graph.count + 1)).tolist()
    targets, weights = graph.targets.tolist(), graph.weights.tolist()
    strength: list[float] = np.bincount(graph.sources, graph.weights, graph.count).tolist()
    total = sum(strength) or 1.0
    group, sums = list(range(graph.count)), strength.copy()
    waiting, queued = deque(range(graph.count)), [True] * graph.count
    while waiting:
        node = waiting.popleft()
        queued[node] = False
        joins: dict[int, float] = defaultdict(float)
        for place in range(starts[node], starts[node + 1]):
            if targets[place] != node:
                joins[group[targets[place]]] += weights[place]
        own, weight = group[node], strength[node] / total
        sums[own] -= strength[node]
        best, most = own, joins.get(own, 0.0) - weight * sums[own] + _LEAST_GAIN
        for other, join in joins.items():
            gain = join - weight * sums[other]
            if gain > most:
                best, most = other, gain
        sums[best] += strength[node]
        if best == own:
            continue
        group[node] = best
        for neighbour in targets[starts[node] : starts[node + 1]]:
            if not queued[neighbour] and group[neighbour] != best:
                queued[neighbour] = True
                waiting.append(neighbour)
    return np.unique(np.array(group, np.int64), return_inverse=True)[1]


def _by_size(groups: Places) -> Places:
    """Number the groups anew: the largest is 0; of equal ones the one that comes first."""
    _, first, numbers, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[numbers]
