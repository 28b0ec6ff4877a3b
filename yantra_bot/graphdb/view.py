"""The graph as product code asks it: an immutable view in memory of a stored graph, with the changes of one revision.

It answers and never writes: not to the store, not to itself. Symbols and edges are named by ints (rows), valid for
this view and the overlays made from it; a `Symbol` or an `Edge` is made when somebody asks for it. A view is safe to
share between threads. Symbols are answered by `lookup`, edges and walks by `links`, counts by `statistics`.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import Edge, Graph, Problem, Symbol, Unresolved
from yantra_bot.graphdb.arrays import EDGE_CODES, CompactGraph
from yantra_bot.graphdb.compact import compact, unresolved_at
from yantra_bot.graphdb.fold import fold
from yantra_bot.graphdb.links import Direction, Kinds, Links, Reach, Rows
from yantra_bot.graphdb.overlay import Diff
from yantra_bot.graphdb.patch import Patch
from yantra_bot.graphdb.statistics import Statistics, count

__all__ = ["Direction", "GraphView", "Kinds", "Reach", "Rows", "Statistics"]


class GraphView(Links):
    """A graph to ask: the columns of a compact graph, and a patch over them."""

    def __init__(self, base: CompactGraph, *, generation: int = 0, patch: Patch | None = None) -> None:
        super().__init__(base, patch)
        self.generation = generation
        """Of the store it was loaded from; 0 when it comes from no store."""

    @classmethod
    def of(cls, graph: Graph, *, generation: int = 0) -> Self:
        """Make the view of a graph: seconds for a hundred thousand symbols."""
        return cls(compact(graph), generation=generation)

    def with_changes(self, diff: Diff) -> "GraphView":
        """Return a view with a difference over this one, which stays as it is. The store is not touched.

        Rows of this view's symbols and edges mean the same in the new one, as long as they are alive there.
        """
        return GraphView(self._base, generation=self.generation, patch=self._patch.applied(self._base, diff))

    @property
    def overlay_size(self) -> int:
        """How many rows the changes bring or kill; `compacted()` is worth while where that is a tenth of the graph."""
        return len(self._patch) if self._patched else 0

    def compacted(self) -> "GraphView":
        """Return the same graph without an overlay; its rows are others."""
        return GraphView(self.columns, generation=self.generation) if self._patched else self

    @cached_property
    def columns(self) -> CompactGraph:
        """The whole graph in columns, what the store keeps. Free where there is no overlay."""
        return fold(self._base, self._patch) if self._patched else self._base

    @property
    def files(self) -> Mapping[str, str]:
        """The content hash of each file by path."""
        return self._patch.files

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was lost or cut while the files were read."""
        return self._patch.problems

    @property
    def unresolved_count(self) -> int:
        """How many references have no known target."""
        return int(np.count_nonzero(self._patch.unresolved_alive)) + len(self._patch.unresolved)

    @property
    def unresolved_kinds(self) -> npt.NDArray[np.uint8]:
        """The kind of each reference without a target, as its place in `arrays.EDGE_KINDS`."""
        own = np.array([EDGE_CODES[reference.kind] for reference in self._patch.unresolved], np.uint8)
        return np.concatenate((self._base.unresolved.kind[self._patch.unresolved_alive], own))

    def count_unresolved_by_row(self) -> npt.NDArray[np.int64]:
        """Return, for each row, how many references in that symbol have no known target."""
        below = self._base.unresolved.source[self._patch.unresolved_alive]
        rows = (self.index_of(reference.source) for reference in self._patch.unresolved)
        own = np.array([row for row in rows if row is not None], below.dtype)
        return np.bincount(np.concatenate((below, own)), minlength=self.row_count)

    @property
    def unresolved(self) -> Iterator[Unresolved]:
        """Every reference whose target is not known, made one by one."""
        for row in np.flatnonzero(self._patch.unresolved_alive).tolist():
            yield unresolved_at(self._base, row)
        yield from self._patch.unresolved

    def unresolved_from(self, index: int) -> list[Unresolved]:
        """Return the references in a symbol whose target is not known."""
        key = self.key(index)
        rows = np.flatnonzero(self._patch.unresolved_alive & (self._base.unresolved.source == index)).tolist()
        own = [reference for reference in self._patch.unresolved if reference.source == key]
        return [*(unresolved_at(self._base, row) for row in rows), *own]

    def unresolved_named(self, name: str, *, limit: int | None = None) -> list[Unresolved]:
        """Return the references of a name whose target is not known, at most `limit` of them."""
        rows, own = self._unresolved_rows(name)
        return [*(unresolved_at(self._base, row) for row in rows[:limit]), *own][:limit]

    def count_unresolved(self, name: str) -> int:
        """Return how many references of a name have no known target."""
        rows, own = self._unresolved_rows(name)
        return len(rows) + len(own)

    def _unresolved_rows(self, name: str) -> tuple[list[int], list[Unresolved]]:
        rows = [row for row in self._base.unresolved.name.rows_of(name) if self._patch.unresolved_alive[row]]
        return rows, [reference for reference in self._patch.unresolved if reference.name == name]

    def stats(self) -> Statistics:
        """Count everything."""
        return count(self)

    def symbols(self) -> Iterator[Symbol]:
        """Make every symbol, one by one."""
        return map(self.symbol, np.flatnonzero(self.alive).tolist())

    def edges(self, kinds: Kinds = None) -> Iterator[Edge]:
        """Make every edge."""
        return iter(self.make_edges(self.all_edges(kinds)))

    def to_graph(self) -> Graph:
        """Return the graph as values: an object for each symbol and edge, so for export and comparison alone."""
        return Graph(
            list(self.symbols()), list(self.edges()), list(self.unresolved), list(self.problems), dict(self.files)
        )

    def path_number(self, path: str) -> int | None:
        """Return the number that stands for a file's path, as `edges_at` takes it; None where no row names it."""
        return self._path_row(path)

    def part(self, paths: Iterable[str]) -> Graph:
        """Return what belongs to some files, as `overlay.diff` takes it; the path "" stands for external symbols."""
        wanted = {row for path in paths for row in [self._path_row(path) if path else -1] if row is not None}
        chosen = list(wanted)
        rows = np.flatnonzero(np.isin(self.paths, chosen) & self.alive).tolist()
        below = np.flatnonzero(np.isin(self._base.unresolved.path, chosen) & self._patch.unresolved_alive).tolist()
        names = set(paths)
        return Graph(
            [self.symbol(row) for row in rows],
            self.make_edges(self.edges_at(chosen)),
            [unresolved_at(self._base, row) for row in below] + [u for u in self._patch.unresolved if u.path in names],
            [problem for problem in self.problems if problem.path in names],
            {path: digest for path, digest in self.files.items() if path in names},
        )
