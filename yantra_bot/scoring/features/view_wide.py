"""What the features of symbols take from the graph of one view alone, whatever is read of its files."""

from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.arrays import EDGE_CODES, NODE_KINDS, NONE
from yantra_bot.graphdb.ranking import Pairs
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.features.flat import Ints
from yantra_bot.scoring.features.graph import measure_graph, nesting_of
from yantra_bot.scoring.features.pieces import Pieces
from yantra_bot.scoring.features.words import bucket
from yantra_bot.scoring.layout import BY_NAME

_FUNCTIONS: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA, NodeKind.TEST})
_IS_FUNCTION: Final = np.array([kind in _FUNCTIONS for kind in NODE_KINDS])
_USES: Final = frozenset(EdgeKind) - {EdgeKind.DEFINES, EdgeKind.TESTS, EdgeKind.DATA_FLOW}


class GraphFeatures:
    """Computes what concerns the whole view once, when first needed."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._modules: dict[int, str] = {}
        self._imports: dict[int, list[int]] = {}

    @cached_property
    def table(self) -> Floats:
        """[rows of the view, 44] the group `graph`."""
        return measure_graph(self._view, nesting_of(self._view))

    def in_file(self, path: int) -> Pieces:
        """Return the symbols of a file, by its number."""
        order, starts, spans = self._files
        rows = order[starts[path] : starts[path + 1]]
        return Pieces(rows, spans[:, rows], _IS_FUNCTION[self._view.node_kinds[rows]])

    @cached_property
    def _files(self) -> tuple[Ints, Ints, npt.NDArray[np.int32]]:
        """Return the living rows file by file, where those of each begin, and the spans of all rows."""
        view = self._view
        rows = np.flatnonzero(view.alive & (view.paths != NONE))
        order = rows[np.argsort(view.paths[rows], kind="stable")]
        starts = np.searchsorted(view.paths[order], np.arange(int(view.paths.max(initial=NONE)) + 2))
        return order, starts, view.spans(np.arange(view.row_count))

    @cached_property
    def _references(self) -> tuple[Pairs, Ints]:
        pairs = Pairs.of(self._view, _USES)
        return pairs, pairs.starts

    def used(self, row: int) -> list[int]:
        """Return the features of the modules of other files that a symbol refers to."""
        pairs, starts = self._references
        ends = pairs.targets[starts[row] : starts[row + 1]]
        paths = self._view.paths
        return self._module_columns("imports used", ends[(paths[ends] != paths[row]) | (paths[row] == NONE)])

    def imported(self, row: int) -> list[int]:
        """Return the features of the modules that a symbol's file imports."""
        path = int(self._view.paths[row])
        if path not in self._imports:
            edges = self._view.edges_at([path]) if path != NONE else np.zeros(0, np.int64)
            ends = self._view.targets(edges[self._view.edge_kinds(edges) == EDGE_CODES[EdgeKind.IMPORTS]])
            self._imports[path] = self._module_columns("imports of the file", np.unique(ends))
        return self._imports[path]

    def _module_columns(self, group: str, rows: npt.NDArray[np.integer]) -> list[int]:
        """Return the features of the modules that some symbols belong to, each module once."""
        start, size = BY_NAME[group].start, BY_NAME[group].size
        return [start + bucket(name, size) for name in sorted({self._module(row) for row in rows.tolist()})]

    def _module(self, row: int) -> str:
        """Return the module of an external symbol, the first part of its name, or the path of a symbol's file."""
        if row not in self._modules:
            path = int(self._view.paths[row])
            self._modules[row] = self._view.path_of(path) if path != NONE else _outermost(self._view.key(row))
        return self._modules[row]


def _outermost(key: str) -> str:
    """Return `os` of `::os.path.join`, and the whole path of a package that is named by one, as Go does."""
    name = key.removeprefix("::")
    return name.rpartition(".")[0] or name if "/" in name else name.partition(".")[0]
