"""What lies around failing functions in the graph of what serves: what feeds them, and how near everything else is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.view import Direction, GraphView

CALLABLES: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA, NodeKind.TEST})
LINKS: Final = frozenset(
    {EdgeKind.CALLS, EdgeKind.USES, EdgeKind.RETURNS, EdgeKind.DATA_FLOW, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS}
    | {EdgeKind.REQUESTS}
)
_FEEDS: Final = frozenset({EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.DATA_FLOW})
_BACK: Final = 0.3
"""What a link is worth against its direction: who calls a failing function hands its arguments in."""
_STAY: Final = 0.6
_STEPS: Final = 14
_DECAY: Final = 0.65
_DEPTH: Final = 4
Floats = npt.NDArray[np.float64]


@dataclass
class Surroundings:
    """One graph, asked for one failure."""

    view: GraphView
    _callables: dict[str, list[tuple[int, int, int]]] = field(default_factory=dict)

    def function_at(self, path: str, line: int, name: str = "") -> int | None:
        """Return the row of the innermost function around a line; of the module where it stands in none."""
        spans = self.functions(path)
        inside = [one for one in spans if one[0] <= line <= one[1]]
        last = name.replace("::", ".").rpartition(".")[2]
        named = [one for one in inside if self.view.name(one[2]) == last] or (
            [] if inside or not last else [one for one in spans if self.view.name(one[2]) == last]
        )
        chosen = min(named or inside, key=lambda one: one[1] - one[0], default=None)
        if chosen is not None:
            return self._named_around(chosen[2])
        return next((row for row in self.view.in_file(path) if self.view.symbol(row).kind is NodeKind.MODULE), None)

    def _named_around(self, row: int) -> int:
        """Return the function that a lambda stands in."""
        symbol = self.view.symbol(row)
        while symbol.kind is NodeKind.LAMBDA and symbol.parent:
            above = self.view.index_of(symbol.parent)
            if above is None:
                break
            row, symbol = above, self.view.symbol(above)
        return row

    def functions(self, path: str) -> list[tuple[int, int, int]]:
        """Return (first line, last line, row) of each function of a file."""
        if path not in self._callables:
            rows = [row for row in self.view.in_file(path) if self.view.symbol(row).kind in CALLABLES]
            found = [(self.view.symbol(row).span, row) for row in rows]
            self._callables[path] = [(span.line, span.end_line, row) for span, row in found]
        return self._callables[path]

    def feeds(self, starts: Mapping[int, float]) -> dict[int, float]:
        """Return how directly each symbol feeds a failing function: what it calls, what writes the values it reads.

        `starts` are rows with what they count; what is one step away has that times _DECAY, and so on.
        """
        best: dict[int, float] = {}
        layer = dict(starts)
        for _ in range(_DEPTH):
            found: dict[int, float] = {}
            for row, worth in layer.items():
                for other, share in self._fed_by(row):
                    value = worth * share
                    if value > max(best.get(other, 0.0), found.get(other, 0.0)):
                        found[other] = value
            best |= found
            layer = found
        return {row: value for row, value in best.items() if row not in starts}

    def _fed_by(self, row: int) -> Iterable[tuple[int, float]]:
        edges = self.view.edges_out(row, _FEEDS)
        targets = self.view.targets(edges)
        for other, sure in zip(targets.tolist(), self.view.confidences(edges).tolist(), strict=True):
            yield other, _DECAY * sure
            if self.view.node_kinds[other] == NODE_CODES[NodeKind.VARIABLE]:
                yield from self._who_sets(other)

    def _who_sets(self, variable: int) -> Iterable[tuple[int, float]]:
        """Yield functions that may set a variable: the one that it is first set in, and others that use it."""
        symbol = self.view.symbol(variable)
        first = self.function_at(symbol.path, symbol.span.line) if symbol.path else None
        if first is not None:
            yield first, _DECAY * 0.9
        for other in self.view.neighbours(variable, Direction.IN, {EdgeKind.USES, EdgeKind.DATA_FLOW})[:40]:
            yield other, _DECAY * 0.5

    def nearness(self, starts: Mapping[int, float]) -> Floats:
        """Return for each row how much of a walk from the starts comes by it; the highest beside them is 1."""
        count = self.view.row_count
        seeds = np.zeros(count)
        for row, worth in starts.items():
            seeds[row] = worth
        total = seeds.sum()
        edges = self.view.all_edges(LINKS)
        if not total or not len(edges):
            return seeds
        seeds /= total
        sources, targets = self.view.sources(edges).astype(np.int64), self.view.targets(edges).astype(np.int64)
        sure = self.view.confidences(edges).astype(np.float64)
        quiet = np.isin(self.view.node_kinds, [NODE_CODES[NodeKind.TEST], NODE_CODES[NodeKind.EXTERNAL]])
        sure = np.where(quiet[sources] | quiet[targets], 0.0, sure)
        begin, end = np.concatenate([sources, targets]), np.concatenate([targets, sources])
        weights = np.concatenate([sure, sure * _BACK])
        leaving = np.maximum(np.bincount(begin, weights=weights, minlength=count), 1e-9)
        share = weights / leaving[begin]
        at = seeds
        for _ in range(_STEPS):
            at = (1 - _STAY) * seeds + _STAY * np.bincount(end, weights=at[begin] * share, minlength=count)
        at = np.maximum(at - (1 - _STAY) * seeds, 0.0)
        level: Floats = at / max(float(at.max()), 1e-12)
        return level
