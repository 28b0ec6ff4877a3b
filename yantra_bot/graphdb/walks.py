"""Walks along the edges of a view to the surest path for each symbol, with the path to print.

`GraphView.reach` finds the shortest paths; a long chain of sure calls is worth more than one guess, so this finds the
path whose multiplied confidence is highest among those of at most so many edges. It makes no object for an edge.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.domain.graph import Edge, EdgeKind
from yantra_bot.graphdb.arrays import Floats, Mask
from yantra_bot.graphdb.view import Direction, GraphView, Kinds, Rows

IMPACT_KINDS: Final = frozenset(
    {
        EdgeKind.CALLS,
        EdgeKind.USES,
        EdgeKind.INHERITS,
        EdgeKind.IMPLEMENTS,
        EdgeKind.RETURNS,
        EdgeKind.TESTS,
        EdgeKind.REQUESTS,
    }
)
"""Along these a change of behaviour travels from the needed symbol to the one that needs it. Who is only handed a
function and never calls it does not notice."""
USE_KINDS: Final = IMPACT_KINDS | {EdgeKind.DATA_FLOW}
"""By these a symbol is not dead."""
DEPENDANT_KINDS: Final = USE_KINDS | {EdgeKind.IMPORTS}
"""Along these the removal of a symbol is felt."""


@dataclass(frozen=True, slots=True)
class Level:
    """What one more edge found: symbols in ascending rows, the edge to each, and the confidence of its path."""

    symbols: Rows
    edges: Rows
    confidences: Floats


@dataclass(frozen=True, slots=True)
class Walk:
    """What was reached, the surest first, then the nearest, without the starts. One row in each array a symbol."""

    starts: Rows
    direction: Direction
    symbols: Rows
    confidences: Floats
    depths: Rows
    levels: tuple[Level, ...]

    def __len__(self) -> int:
        return len(self.symbols)

    def path_to(self, view: GraphView, symbol: int) -> list[Edge]:
        """Return the edges of the surest path from a start to the symbol, empty when it was not reached."""
        path: list[Edge] = []
        number = next((at for at in reversed(range(len(self.levels))) if _place(self.levels[at], symbol) >= 0), -1)
        while number >= 0:
            level = self.levels[number]
            row = level.edges[[_place(level, symbol)]]
            path.append(view.edge(int(row[0])))
            symbol = int((view.sources(row) if self.direction is Direction.OUT else view.targets(row))[0])
            number -= 1
        return path[::-1]

    def depth_of(self, symbol: int) -> int:
        """Return how many edges its surest path has; 0 for what was not reached."""
        found = np.flatnonzero(self.symbols == symbol)
        return int(self.depths[found[0]]) if len(found) else 0


def walk(
    view: GraphView,
    starts: Rows | list[int],
    direction: Direction,
    *,
    kinds: Kinds = IMPACT_KINDS,
    depth: int = 3,
    least: float = 0.0,
    through: Mask | None = None,
) -> Walk:
    """Return all that paths of at most `depth` edges and of at least that confidence lead to.

    `through` says for each row whether a path may go on behind it; None: it may everywhere.
    """
    begin: Rows = np.unique(np.asarray(starts, np.int64))
    best = np.zeros(view.row_count, np.float32)
    best[begin] = np.inf
    hops = np.zeros(view.row_count, np.int64)
    frontier, sure = begin, np.ones(len(begin), np.float32)
    levels: list[Level] = []
    while len(frontier) and len(levels) < depth:
        level = _improve(view, frontier, sure, best, direction, kinds, least)
        if not len(level.symbols):
            break
        levels.append(level)
        best[level.symbols], hops[level.symbols] = level.confidences, len(levels)
        frontier, sure = level.symbols, level.confidences
        if through is not None:
            frontier, sure = frontier[through[frontier]], sure[through[frontier]]
    return _finish(begin, direction, best, hops, levels)


def _improve(
    view: GraphView, frontier: Rows, sure: Floats, best: Floats, direction: Direction, kinds: Kinds, least: float
) -> Level:
    """Return the symbols next to the frontier that it reaches by a surer path than any before."""
    edges = view.edges_of(frontier, direction, kinds)
    near, far = view.sources(edges), view.targets(edges)
    if direction is Direction.IN:
        near, far = far, near
    product = view.confidences(edges) * sure[np.searchsorted(frontier, near)]
    better = product > best[far]
    if least > 0:
        better &= product >= np.float32(least)
    edges, far, product = edges[better], far[better], product[better]
    top = best.copy()
    top[far] = 0
    np.maximum.at(top, far, product)
    won = product == top[far]
    edges, far, product = edges[won], far[won], product[won]
    order = np.lexsort((edges, far))
    edges, far, product = edges[order], far[order], product[order]
    first = np.ones(len(far), np.bool_)
    first[1:] = far[1:] != far[:-1]
    return Level(far[first].astype(np.int64), edges[first], product[first])


def _finish(starts: Rows, direction: Direction, best: Floats, hops: Rows, levels: list[Level]) -> Walk:
    found = [level.symbols for level in levels]
    symbols = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    order = np.lexsort((symbols, hops[symbols], -best[symbols]))
    symbols = symbols[order]
    return Walk(starts, direction, symbols, best[symbols], hops[symbols], tuple(levels))


def _place(level: Level, symbol: int) -> int:
    at = int(np.searchsorted(level.symbols, symbol))
    return at if at < len(level.symbols) and level.symbols[at] == symbol else -1
