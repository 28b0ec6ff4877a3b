"""Draws what is around the symbols that are scored: some callers, callees, parents and children, and some of theirs.

What is drawn for a symbol depends on it, on the graph and on the seed, and not on what else is scored beside it: each
neighbour has a lot of its own for each seed, the smallest lots are taken, and each scored symbol has surroundings of
its own, which nothing joins to those of another. Pure, all symbols at once; used and trained from alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind
from yantra_bot.graphdb.arrays import NONE
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import SymbolGraph
from yantra_bot.scoring.features import SymbolFeatures

Rows = npt.NDArray[np.int64]

FAN: Final = (10, 5)
"""How many neighbours of a scored symbol, and of each of those."""
JOINED: Final = frozenset({
    EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.DEFINES, EdgeKind.RETURNS,
})  # fmt: skip
"""Edges that make neighbours of two symbols, both ways. Imports join whole files and are features already."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Symbols around those that are scored: for each scored one its own, one behind the other."""

    rows: Rows
    """[n] of the graph, rising around each scored symbol; two that share a neighbour have it twice."""
    edges: npt.NDArray[np.int32]
    """[2, m] places in `rows`: from, to, as the code graph has it. Two symbols are joined once."""
    scored: npt.NDArray[np.int32]
    """[s] places in `rows`, in the order that was asked."""


class Neighbours:
    """Who is beside whom in a graph, ready to draw from."""

    def __init__(self, pairs: npt.NDArray[np.integer], is_inside: npt.NDArray[np.bool_]) -> None:
        """`pairs`: [2, m] from, to. `is_inside`: [n] whether each symbol is one of the repository."""
        sources, targets = pairs.astype(np.int64)
        self._count = len(is_inside)
        low, high = np.minimum(sources, targets), np.maximum(sources, targets)
        _, first = np.unique(low * self._count + high, return_index=True)
        first = first[low[first] != high[first]]
        sources, targets = sources[first], targets[first]
        near, far = np.concatenate((sources, targets)), np.concatenate((targets, sources))
        order = np.lexsort((far, near))
        self._far = far[order]
        self._is_out = np.repeat([True, False], len(sources))[order]
        self._starts = np.searchsorted(near[order], np.arange(self._count + 1))
        self._is_inside = is_inside

    @classmethod
    def of(cls, view: GraphView) -> "Neighbours":
        """Return those of a view."""
        return cls(joined_pairs(view), view.paths != NONE)

    def around(self, rows: Sequence[int] | Rows, *, fan: Sequence[int] = FAN, seed: int = 0) -> Surroundings:
        """Draw at most `fan[0]` neighbours of each symbol, `fan[1]` of each of those, and so on.

        A symbol from outside of the repository is drawn, and nothing is drawn from it: half the code calls `len`.
        Raises IndexError for a row that the graph has not.
        """
        scored = np.asarray(rows, np.int64)
        own = np.arange(len(scored), dtype=np.int64) * self._count
        # A symbol in the surroundings of the i-th scored one is told by i x count + its row.
        starts = known = frontier = own + scored
        sources, targets = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for most in fan:
            near, far, is_out = self._draw(frontier[self._is_inside[frontier % self._count]], most, seed)
            sources.append(np.where(is_out, near, far))
            targets.append(np.where(is_out, far, near))
            frontier = np.setdiff1d(far, known)
            known = np.union1d(known, frontier)
        pairs = np.unique(np.stack((np.concatenate(sources), np.concatenate(targets))), axis=1)
        places = np.searchsorted(known, pairs).astype(np.int32)
        return Surroundings(known % self._count, places, np.searchsorted(known, starts).astype(np.int32))

    def _draw(self, frontier: Rows, most: int, seed: int) -> tuple[Rows, Rows, npt.NDArray[np.bool_]]:
        """Return at most `most` pairs of each symbol of the frontier: itself, its neighbour, who points at whom."""
        rows = frontier % self._count
        counts = self._starts[rows + 1] - self._starts[rows]
        ends = np.cumsum(counts)
        places = np.repeat(self._starts[rows] - ends + counts, counts) + np.arange(ends[-1] if len(ends) else 0)
        near, far = np.repeat(frontier, counts), self._far[places]
        order = np.lexsort((far, _lots(near % self._count, far, seed), near))
        rank = np.arange(len(near)) - np.repeat(ends - counts, counts)
        chosen = order[rank < most]
        return near[chosen], near[chosen] // self._count * self._count + far[chosen], self._is_out[places[chosen]]


def ego_graphs(view: GraphView, rows: Sequence[int] | Rows, fan: Sequence[int] = FAN, *, seed: int = 0) -> Surroundings:
    """Return what is around some symbols; who asks of one view more than once keeps `Neighbours`."""
    return Neighbours.of(view).around(rows, fan=fan, seed=seed)


def joined_pairs(view: GraphView) -> npt.NDArray[np.int64]:
    """Return [2, m] from, to, of all edges that make neighbours."""
    edges = view.all_edges(JOINED)
    return np.stack((view.sources(edges), view.targets(edges))).astype(np.int64)


def symbol_graph(features: SymbolFeatures, around: Surroundings) -> SymbolGraph:
    """Return the arrays that the network reads. Files of all symbols around are parsed, each once."""
    rows, places = np.unique(around.rows, return_inverse=True)
    return SymbolGraph(features.of(rows)[places], around.edges, around.scored)


def _lots(near: Rows, far: Rows, seed: int) -> npt.NDArray[np.uint64]:
    """Return a number for each pair that looks drawn by chance and is the same each time (splitmix64)."""
    mixed = np.full(len(near), seed, np.uint64)
    for part in (near, far):
        mixed = (mixed ^ part.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
