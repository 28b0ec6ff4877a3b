"""What the functions that a function calls name their parameters: from the calls that the code graph knows."""

from typing import Final

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.signatures import Passing, read_signature
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.scoring.inner import Callees

_CALLABLE: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA, NodeKind.TEST})
_CONSTRUCTORS: Final = frozenset({"__init__", "constructor", "<init>"})
_DEPTH: Final = 20


class ResolvedCalls:
    """Gives the callees of functions of one view; each callee's signature is read once."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._known: dict[int, tuple[str, ...]] = {}

    def of(self, row: int) -> Callees:
        """Return what `graph_of` takes: parameters by place, of the calls in a function and in those inside it.

        Where a call may have several targets the surest counts. One that takes nothing, or is not known, is left out.
        """
        view = self._view
        best: dict[tuple[int, int], tuple[float, str, tuple[str, ...]]] = {}
        edges = view.edges_of(np.array(self._with_inner(row)), Direction.OUT, {EdgeKind.CALLS})
        for number, target in zip(edges.tolist(), view.targets(edges).tolist(), strict=True):
            names = self._parameters(target)
            if names:
                edge = view.edge(number)
                told = (-edge.confidence, edge.target, names)
                place = (edge.line, edge.column)
                best[place] = min(best.get(place, told), told)
        return {place: names for place, (_, _, names) in best.items()}

    def _with_inner(self, row: int) -> list[int]:
        found, ring = [row], [row]
        for _ in range(_DEPTH):
            ring = [one for outer in ring for one in self._view.neighbours(outer, Direction.OUT, {EdgeKind.DEFINES})]
            found += ring
            if not ring:
                break
        return list(dict.fromkeys(found))

    def _parameters(self, row: int) -> tuple[str, ...]:
        if row not in self._known:
            self._known[row] = self._read(row)
        return self._known[row]

    def _read(self, row: int) -> tuple[str, ...]:
        """Return the names of what a callable takes by position; a class takes what its constructor takes."""
        view = self._view
        symbol = view.symbol(row)
        if symbol.kind not in _CALLABLE:
            inner = view.neighbours(row, Direction.OUT, {EdgeKind.DEFINES})
            made = next((one for one in inner if view.name(one) in _CONSTRUCTORS), None)
            return () if made is None else self._parameters(made)
        names = []
        for one in read_signature(symbol).parameters:
            if one.passing not in (Passing.ANY, Passing.POSITION):
                break
            names.append(one.name)
        return tuple(names)
