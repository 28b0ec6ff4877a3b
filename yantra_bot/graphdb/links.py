"""Edges of a graph and the patch over it, read in arrays: those of a symbol, their columns, and what they reach.

An edge is named by its row, an int. Nothing here makes an object for an edge but `edge` itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import Edge, EdgeKind
from yantra_bot.graphdb.arrays import EDGE_CODES, EDGE_KINDS, EVIDENCES, Floats, Ints, Mask
from yantra_bot.graphdb.compact import edge_at
from yantra_bot.graphdb.lookup import SymbolLookup

Rows = npt.NDArray[np.int64]
Kinds = Collection[EdgeKind] | None
"""Which edges count; None for all."""


class Direction(Enum):
    """Which way to walk."""

    OUT = "out"
    """To what a symbol needs: callees, bases."""
    IN = "in"
    """To what needs a symbol: callers, dependants."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be reached, nearest first; the starts are not in it. One row in each array a symbol."""

    symbols: Rows
    depths: Rows
    confidences: Floats
    """The product along the path: of the shortest paths, the surest."""
    edges: Rows
    """The last edge of that path; what it hangs from is its other end."""
    starts: tuple[int, ...]
    cut: bool
    """Whether the limit of symbols was met, so that there is more."""

    def __len__(self) -> int:
        return len(self.symbols)


class Links(SymbolLookup):
    """The edges."""

    @property
    def edge_count(self) -> int:
        """How many edges there are."""
        return int(np.count_nonzero(self._patch.edge_alive))

    def edges_out(self, index: int, kinds: Kinds = None) -> Rows:
        """Return the rows of the edges from a symbol, sorted by kind and target where no overlay added any."""
        return self._wanted(self._leaving(np.array([index])), kinds)

    def edges_in(self, index: int, kinds: Kinds = None) -> Rows:
        """Return the rows of the edges to a symbol."""
        return self._wanted(self._arriving(np.array([index])), kinds)

    def edges_of(self, indices: Rows, direction: Direction, kinds: Kinds = None) -> Rows:
        """Return the rows of the edges from or to any of many symbols (each given once)."""
        edges = self._leaving(indices) if direction is Direction.OUT else self._arriving(indices)
        return self._wanted(edges, kinds)

    def all_edges(self, kinds: Kinds = None) -> Rows:
        """Return the rows of all edges of some kinds."""
        return self._wanted(np.arange(len(self._patch.edge_alive)), kinds)

    def neighbours(self, index: int, direction: Direction, kinds: Kinds = None) -> list[int]:
        """Return the symbols at the other ends, each once, in ascending rows."""
        edges = self.edges_of(np.array([index]), direction, kinds)
        ends = self.targets(edges) if direction is Direction.OUT else self.sources(edges)
        found: list[int] = np.unique(ends).tolist()
        return found

    def edge(self, row: int) -> Edge:
        """Make the edge of a row."""
        if not self._patched:
            return edge_at(self._base, row)
        one = np.array([row])
        return Edge(
            source=self.key(int(self.sources(one)[0])),
            target=self.key(int(self.targets(one)[0])),
            kind=EDGE_KINDS[self.edge_kinds(one)[0]],
            path=self._path_of(int(self._column("path", one)[0])),
            line=int(self._column("line", one)[0]),
            column=int(self._column("column", one)[0]),
            confidence=round(float(self.confidences(one)[0]), 6),
            evidence=EVIDENCES[self._column("evidence", one)[0]],
        )

    def make_edges(self, rows: Rows) -> list[Edge]:
        """Make the edges of many rows: a key is read once, and each column at once."""
        ends = {row: self.key(row) for row in np.union1d(self.sources(rows), self.targets(rows)).tolist()}
        paths = {row: self._path_of(row) for row in np.unique(self._column("path", rows)).tolist()}
        names = ("source", "target", "kind", "path", "line", "column", "confidence", "evidence")
        columns = zip(*(self._column(name, rows).tolist() for name in names), strict=True)
        return [
            Edge(
                ends[source], ends[target], EDGE_KINDS[kind], paths[path], line, column,
                round(confidence, 6), EVIDENCES[evidence],
            )
            for source, target, kind, path, line, column, confidence, evidence in columns
        ]  # fmt: skip

    def edges_at(self, paths: Sequence[int]) -> Rows:
        """Return the rows of the edges that stand in some files, which are named by their numbers."""
        order, sorted_paths = self._base.by_path
        starts, ends = (np.searchsorted(sorted_paths, paths, side) for side in ("left", "right"))
        below = [order[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        own = np.flatnonzero(np.isin(self._patch.edges.path, paths)) + len(self._base.edges)
        rows = np.sort(np.concatenate((*below, own))).astype(np.int64)
        return rows[self._patch.edge_alive[rows]]

    def sources(self, edges: Rows) -> Ints:
        """Return the row of the symbol that each edge comes from."""
        return self._ints("source", edges)

    def targets(self, edges: Rows) -> Ints:
        """Return the row of the symbol that each edge goes to."""
        return self._ints("target", edges)

    def confidences(self, edges: Rows) -> Floats:
        """Return how sure each edge is, 0 to 1."""
        values: Floats = self._column("confidence", edges)
        return values

    def edge_kinds(self, edges: Rows) -> npt.NDArray[np.uint8]:
        """Return the kind of each edge, as its place in `arrays.EDGE_KINDS`."""
        codes: npt.NDArray[np.uint8] = self._column("kind", edges)
        return codes

    def lines(self, edges: Rows) -> Ints:
        """Return the line on which each edge stands in its file."""
        return self._ints("line", edges)

    def edge_columns(self, edges: Rows) -> Ints:
        """Return the column of each edge in its line, in bytes from 0."""
        return self._ints("column", edges)

    def edge_paths(self, edges: Rows) -> Ints:
        """Return the path of each edge as a number, as `paths` has it for symbols."""
        return self._ints("path", edges)

    def path_of(self, row: int) -> str:
        """Return the path that a number of `paths` or `edge_paths` stands for."""
        return self._path_of(row)

    def reach(
        self,
        starts: Sequence[int],
        direction: Direction,
        *,
        kinds: Kinds = None,
        depth: int = 3,
        least_confidence: float = 0.0,
        limit: int | None = None,
    ) -> Reach:
        """Walk breadth first, at most `depth` edges far, along edges at least that sure; stop after `limit` symbols."""
        seen = np.zeros(self.row_count, np.bool_)
        frontier: Rows = np.unique(np.asarray(starts, np.int64))
        seen[frontier] = True
        sure = np.ones(len(frontier), np.float32)
        levels = [(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.int64))]
        found, cut = 0, False
        for _ in range(depth):
            frontier, sure, edges = self._step(frontier, sure, seen, direction, kinds, least_confidence)
            if limit is not None and found + len(frontier) > limit:
                best = np.sort(np.argsort(-sure, kind="stable")[: limit - found])
                frontier, sure, edges, cut = frontier[best], sure[best], edges[best], True
            seen[frontier] = True
            found += len(frontier)
            levels.append((frontier, sure, edges))
            if not len(frontier) or cut:
                break
        symbols, confidences, last = (np.concatenate(column) for column in zip(*levels, strict=True))
        depths = np.repeat(np.arange(len(levels)), [len(level[0]) for level in levels])
        return Reach(symbols, depths, confidences, last, tuple(starts), cut)

    def path_to(self, reach: Reach, index: int, direction: Direction) -> list[int]:
        """Return the rows of the edges of the path that a walk found to a symbol, from the start to it."""
        last = dict(zip(reach.symbols.tolist(), reach.edges.tolist(), strict=True))
        path: list[int] = []
        while index in last:
            path.append(last[index])
            one = np.array([last[index]])
            index = int((self.sources(one) if direction is Direction.OUT else self.targets(one))[0])
        return path[::-1]

    def _step(
        self, frontier: Rows, sure: Floats, seen: Mask, direction: Direction, kinds: Kinds, least: float
    ) -> tuple[Rows, Floats, Rows]:
        """Return the symbols one edge further that were not seen, with the surest edge to each."""
        edges = self.edges_of(frontier, direction, kinds)
        near, far = self.sources(edges), self.targets(edges)
        if direction is Direction.IN:
            near, far = far, near
        confidence = self.confidences(edges)
        fresh = ~seen[far]
        if least > 0:
            fresh &= confidence >= np.float32(least)
        edges, near, far = edges[fresh], near[fresh], far[fresh]
        # The frontier is sorted, so that a symbol's place in it can be searched.
        product = confidence[fresh] * sure[np.searchsorted(frontier, near)]
        order = np.lexsort((edges, -product, far))
        edges, far, product = edges[order], far[order], product[order]
        first = np.ones(len(far), np.bool_)
        first[1:] = far[1:] != far[:-1]
        return far[first].astype(np.int64), product[first], edges[first]

    def _wanted(self, edges: Rows, kinds: Kinds) -> Rows:
        if self._patched:
            edges = edges[self._patch.edge_alive[edges]]
        if kinds is None:
            return edges
        return edges[_allowed(frozenset(kinds))[self.edge_kinds(edges)]]

    def _leaving(self, indices: Rows) -> Rows:
        rows = _spans(self._base.out_starts, self._in_base(indices))
        return self._with_added(rows, "source", indices)

    def _arriving(self, indices: Rows) -> Rows:
        rows = self._base.in_order[_spans(self._base.in_starts, self._in_base(indices))].astype(np.int64)
        return self._with_added(rows, "target", indices)

    def _in_base(self, indices: Rows) -> Rows:
        return indices[indices < len(self._base.symbols)] if self._patched else indices

    def _with_added(self, rows: Rows, column: str, indices: Rows) -> Rows:
        added = self._patch.edges
        if not len(added):
            return rows
        ends: Ints = getattr(added, column)
        if len(indices) == 1:
            own = np.flatnonzero(ends == indices[0])
        else:
            chosen = np.zeros(self.row_count, np.bool_)
            chosen[indices] = True
            own = np.flatnonzero(chosen[ends])
        return np.concatenate((rows, own + len(self._base.edges)))

    def _ints(self, name: str, edges: Rows) -> Ints:
        numbers: Ints = self._column(name, edges)
        return numbers

    def _column(self, name: str, edges: Rows) -> Any:
        below: npt.NDArray[Any] = getattr(self._base.edges, name)
        if not len(self._patch.edges):
            return below[edges]
        own: npt.NDArray[Any] = getattr(self._patch.edges, name)
        values = np.empty(len(edges), own.dtype)
        lower = edges < len(below)
        values[lower] = below[edges[lower]]
        values[~lower] = own[edges[~lower] - len(below)]
        return values


@lru_cache(maxsize=256)
def _allowed(kinds: frozenset[EdgeKind]) -> Mask:
    allowed = np.zeros(len(EDGE_KINDS), np.bool_)
    allowed[[EDGE_CODES[kind] for kind in kinds]] = True
    return allowed


def _spans(starts: Ints, groups: Rows) -> Rows:
    """Return all places of some groups, where group g has the places from starts[g] up to starts[g + 1]."""
    if len(groups) == 1:
        return np.arange(starts[groups[0]], starts[groups[0] + 1], dtype=np.int64)
    first = starts[groups].astype(np.int64)
    counts = starts[groups + 1] - first
    ends = np.cumsum(counts)
    return np.repeat(first - ends + counts, counts) + np.arange(ends[-1] if len(ends) else 0)
