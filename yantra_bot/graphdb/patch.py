"""The overlay of a view: which rows of the graph below it are gone, and what stands beside them.

A patch is immutable; a further change makes a new one. Rows behind those of the graph below are the patch's own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from yantra_bot.domain.graph import Edge, Problem, Symbol, Unresolved
from yantra_bot.graphdb.arrays import EDGE_CODES, NONE, CompactGraph, EdgeTable, Ints, Mask, clean
from yantra_bot.graphdb.compact import RowOf, clean_symbol, edge_table, unresolved_at
from yantra_bot.graphdb.overlay import Diff

Mark = tuple[int, int, int, int, int]
"""Target, kind, path, line, column: what makes an edge one among those of its source."""


@dataclass(frozen=True)
class Patch:
    """Changes over a graph in columns."""

    symbol_alive: Mask
    """For each row of the graph below, then for each of `symbols`."""
    edge_alive: Mask
    """The same for edges."""
    unresolved_alive: Mask
    """For the rows of the graph below alone."""
    replaced: dict[int, Symbol]
    """Symbols that changed under their key, by row."""
    symbols: tuple[Symbol, ...]
    rows: RowOf
    """The row of each symbol that the patch brings, by key."""
    edges: EdgeTable
    unresolved: tuple[Unresolved, ...]
    paths: tuple[str, ...]
    """Paths that the graph below does not know; their rows follow its own."""
    problems: tuple[Problem, ...]
    files: dict[str, str]

    @classmethod
    def empty(cls, base: CompactGraph) -> Self:
        """Return a patch that changes nothing."""
        symbols, edges = np.ones(len(base.symbols), np.bool_), np.ones(len(base.edges), np.bool_)
        unresolved = np.ones(len(base.unresolved), np.bool_)
        return cls(symbols, edges, unresolved, {}, (), {}, EdgeTable.empty(), (), (), base.problems, base.files)

    def __len__(self) -> int:
        """Return how many rows it brings or kills: where that is many, a compact graph is faster."""
        dead = sum(int(np.count_nonzero(~mask)) for mask in (self.symbol_alive, self.edge_alive, self.unresolved_alive))
        return dead + len(self.symbols) + len(self.edges) + len(self.unresolved) + len(self.replaced)

    def row_of(self, base: CompactGraph, key: str) -> int | None:
        """Return the row of a living symbol."""
        row = self.rows.get(key)
        if row is None:
            found = base.symbols.key.rows_of(key)
            row = found[0] if found else None
        return row if row is not None and self.symbol_alive[row] else None

    def applied(self, base: CompactGraph, diff: Diff) -> "Patch":
        """Return the patch with a further difference. What it removes and is not there is passed over."""
        work = _Work(base, self)
        for change in diff:
            work.remove_edges(change.edges_removed)
            work.remove_references(change.unresolved_removed)
        work.remove_symbols(key for change in diff for key in change.removed)
        for change in diff:
            work.add_symbols(change.added)
            work.add_symbols(change.changed)
        work.add_edges([edge for change in diff for edge in change.edges_added])
        work.add_references([reference for change in diff for reference in change.unresolved_added])
        return work.finish(diff)


class _Work:
    """One application of a difference: copies of a patch's parts that are changed in place."""

    def __init__(self, base: CompactGraph, patch: Patch) -> None:
        self._base = base
        self._symbol_alive = patch.symbol_alive.copy()
        self._edge_alive = patch.edge_alive.copy()
        self._unresolved_alive = patch.unresolved_alive.copy()
        self._replaced = dict(patch.replaced)
        self._symbols = list(patch.symbols)
        self._rows = dict(patch.rows)
        self._edges = patch.edges
        self._unresolved = dict.fromkeys(patch.unresolved)
        self._paths = {path: len(base.paths) + row for row, path in enumerate(patch.paths)}
        self._known_paths: dict[str, int] = {}
        self._problems, self._files = patch.problems, patch.files

    def remove_edges(self, edges: Iterable[Edge]) -> None:
        by_source: dict[int, set[Mark]] = defaultdict(set)
        for edge in edges:
            source, target = self._row_of(edge.source), self._row_of(edge.target)
            if source is not None and target is not None:
                mark = (target, EDGE_CODES[edge.kind], self._path_row(edge.path), edge.line, edge.column)
                by_source[source].add(mark)
        for source, marks in by_source.items():
            rows = self._edges_out(source)
            self._edge_alive[[row for row, mark in zip(rows, self._marks_of(rows), strict=True) if mark in marks]] = 0

    def remove_references(self, references: Iterable[Unresolved]) -> None:
        by_source: dict[int, set[Unresolved]] = defaultdict(set)
        for reference in references:
            if self._unresolved.pop(reference, reference) is None:
                continue
            source = self._row_of(reference.source)
            if source is not None and source < len(self._base.symbols):
                by_source[source].add(reference)
        for source, gone in by_source.items():
            for row in np.flatnonzero(self._base.unresolved.source == source).tolist():
                if unresolved_at(self._base, row) in gone:
                    self._unresolved_alive[row] = False

    def remove_symbols(self, keys: Iterable[str]) -> None:
        for key in keys:
            row = self._row_of(key)
            if row is None:
                continue
            self._symbol_alive[row] = False
            self._rows.pop(clean(key), None)
            self._replaced.pop(row, None)
            self._edge_alive[self._edges_out(row)] = False
            self._edge_alive[self._edges_in(row)] = False
            self._unresolved_alive[self._base.unresolved.source == row] = False
            self._unresolved = {one: None for one in self._unresolved if clean(one.source) != clean(key)}

    def add_symbols(self, symbols: Iterable[Symbol]) -> None:
        """Add symbols, or replace those whose key is there."""
        for symbol in map(clean_symbol, symbols):
            row = self._row_of(symbol.key)
            if row is not None:
                self._replaced[row] = symbol
                continue
            self._rows[symbol.key] = len(self._base.symbols) + len(self._symbols)
            self._symbols.append(symbol)
            self._path_row(symbol.path)
        missing = len(self._base.symbols) + len(self._symbols) - len(self._symbol_alive)
        self._symbol_alive = np.concatenate((self._symbol_alive, np.ones(missing, np.bool_)))

    def add_edges(self, edges: list[Edge]) -> None:
        """Add edges. One to or from a symbol that is not there is left out, one that is there already replaced."""
        rows: RowOf = {}
        for key in {key for edge in edges for key in (edge.source, edge.target)}:
            row = self._row_of(key)
            if row is not None:
                rows[key] = row
        closed = [edge for edge in edges if edge.source in rows and edge.target in rows]
        self.remove_edges(closed)
        paths = {edge.path: self._path_row(edge.path) for edge in closed}
        self._edges = self._edges.joined(edge_table(closed, rows, paths))
        self._edge_alive = np.concatenate((self._edge_alive, np.ones(len(closed), np.bool_)))

    def add_references(self, references: list[Unresolved]) -> None:
        self.remove_references(references)
        self._unresolved.update(dict.fromkeys(one for one in references if self._row_of(one.source) is not None))

    def finish(self, diff: Diff) -> Patch:
        problems = [problem for problem in self._problems if problem.path not in diff.files]
        files = {path: digest for path, digest in self._files.items() if path not in diff.files}
        for change in diff:
            problems += change.problems
            if change.content_hash is not None:
                files[clean(change.path)] = change.content_hash
        return Patch(
            self._symbol_alive,
            self._edge_alive,
            self._unresolved_alive,
            self._replaced,
            tuple(self._symbols),
            self._rows,
            self._edges,
            tuple(self._unresolved),
            tuple(self._paths),
            tuple(problems),
            files,
        )

    def _row_of(self, key: str) -> int | None:
        key = clean(key)
        row = self._rows.get(key)
        if row is None:
            found = self._base.symbols.key.rows_of(key)
            row = found[0] if found else None
        return row if row is not None and self._symbol_alive[row] else None

    def _path_row(self, path: str) -> int:
        known = self._known_paths.get(path)
        if known is None:
            known = self._known_paths[path] = self._find_path(clean(path))
        return known

    def _find_path(self, path: str) -> int:
        if not path:
            return NONE
        found = self._base.paths.rows_of(path)
        return found[0] if found else self._paths.setdefault(path, len(self._base.paths) + len(self._paths))

    def _edges_out(self, row: int) -> list[int]:
        own = (np.flatnonzero(self._edges.source == row) + len(self._base.edges)).tolist()
        if row >= len(self._base.symbols):
            return own
        return [*range(int(self._base.out_starts[row]), int(self._base.out_starts[row + 1])), *own]

    def _edges_in(self, row: int) -> list[int]:
        own = (np.flatnonzero(self._edges.target == row) + len(self._base.edges)).tolist()
        if row >= len(self._base.symbols):
            return own
        starts = self._base.in_starts
        return [*self._base.in_order[starts[row] : starts[row + 1]].tolist(), *own]

    def _marks_of(self, rows: list[int]) -> list[Mark]:
        count = len(self._base.edges)
        marks: list[Mark] = []
        for table, some in (
            (self._base.edges, [row for row in rows if row < count]),
            (self._edges, [row - count for row in rows if row >= count]),
        ):
            columns: list[Ints] = [table.target, table.kind.astype(np.int32), table.path, table.line, table.column]
            marks += zip(*(column[some].tolist() for column in columns), strict=True)
        return marks
