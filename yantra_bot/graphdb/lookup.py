"""Symbols of a graph and the patch over it, found by key, name, path or kind, and made when they are asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import NodeKind, Symbol
from yantra_bot.graphdb.arrays import NODE_CODES, CompactGraph, Ints, Mask
from yantra_bot.graphdb.compact import path_at, symbol_at
from yantra_bot.graphdb.patch import Patch


class Layers:
    """A graph in columns with a patch over it: rows of the patch follow those of the graph."""

    def __init__(self, base: CompactGraph, patch: Patch | None = None) -> None:
        self._base = base
        self._patch = patch or Patch.empty(base)
        self._patched = patch is not None

    def _path_row(self, path: str) -> int | None:
        found = self._base.paths.rows_of(path)
        if found:
            return found[0]
        return len(self._base.paths) + self._patch.paths.index(path) if path in self._patch.paths else None

    def _path_of(self, row: int) -> str:
        count = len(self._base.paths)
        return path_at(self._base, row) if row < count else self._patch.paths[row - count]


class SymbolLookup(Layers):
    """The symbols. A row is an int that is valid for this graph and the patches that follow."""

    def __len__(self) -> int:
        """Return how many symbols there are."""
        return int(np.count_nonzero(self._patch.symbol_alive))

    @property
    def row_count(self) -> int:
        """Rows of symbols, the dead ones of an overlay with them: the length of an array that rows index."""
        return len(self._patch.symbol_alive)

    def index_of(self, key: str) -> int | None:
        """Return the row of the symbol with a key, or None."""
        return self._patch.row_of(self._base, key)

    def symbol(self, index: int) -> Symbol:
        """Make the symbol of a row."""
        if not self._patched:
            return symbol_at(self._base, index)
        count = len(self._base.symbols)
        symbol = self._patch.replaced.get(index)
        if symbol is None:
            symbol = symbol_at(self._base, index) if index < count else self._patch.symbols[index - count]
        return replace(symbol, parent=None) if self._is_orphan(index, symbol) else symbol

    def _is_orphan(self, index: int, symbol: Symbol) -> bool:
        """Tell whether the symbol that one is nested in is gone."""
        if symbol.parent is None:
            return False
        is_below = index < len(self._base.symbols) and index not in self._patch.replaced
        if is_below and self._patch.symbol_alive[self._base.symbols.parent[index]]:
            return False
        return self.index_of(symbol.parent) is None

    def name(self, index: int) -> str:
        """Return the name of a row: cheaper than the symbol."""
        count, own = len(self._base.symbols), self._patch.replaced.get(index)
        if own is None and index < count:
            return self._base.symbols.name[index]
        return (own or self._patch.symbols[index - count]).name

    def key(self, index: int) -> str:
        """Return the key of a row: cheaper than the symbol."""
        count = len(self._base.symbols)
        return self._base.symbols.key[index] if index < count else self._patch.symbols[index - count].key

    def find(self, text: str) -> list[int]:
        """Return the rows that a person may mean, in the order of their keys.

        A key; else a qualified name or a path; else a name; else the last parts of a qualified name (`Class.method`).
        """
        row = self.index_of(text)
        if row is not None:
            return [row]
        found = self._exact(text) or self._named(text) or self._ending(text)
        return sorted(found, key=self.key)

    def in_file(self, path: str) -> list[int]:
        """Return the rows of a file's symbols, in the order of their places."""
        wanted = self._path_row(path)
        if wanted is None:
            return []
        rows = np.flatnonzero((self.paths == wanted) & self._patch.symbol_alive)
        spans = self.spans(rows)
        key = self.key
        places = [
            (line, column, key(row), row) for row, line, column in zip(rows.tolist(), *spans[:2].tolist(), strict=True)
        ]
        return [place[-1] for place in sorted(places)]

    def spans(self, rows: npt.NDArray[np.int64]) -> Ints:
        """Return four rows of numbers: line, column, end line and end column of each symbol."""
        table, count = self._base.symbols, len(self._base.symbols)
        columns = (table.line, table.column, table.end_line, table.end_column)
        found = np.zeros((4, len(rows)), np.int32)
        below = rows < count
        found[:, below] = np.stack([column[rows[below]] for column in columns])
        if not self._patched:
            return found
        for at, row in enumerate(rows.tolist()):
            symbol = self._patch.replaced.get(row)
            if symbol is None and row >= count:
                symbol = self._patch.symbols[row - count]
            if symbol is not None:
                span = symbol.span
                found[:, at] = (span.line, span.column, span.end_line, span.end_column)
        return found

    def of_kind(self, *kinds: NodeKind) -> list[int]:
        """Return the rows of all symbols of some kinds."""
        wanted = np.isin(self.node_kinds, [NODE_CODES[kind] for kind in kinds])
        return np.flatnonzero(wanted & self._patch.symbol_alive).tolist()

    @property
    def alive(self) -> Mask:
        """For each row, whether there is such a symbol in this view."""
        return self._patch.symbol_alive

    @cached_property
    def node_kinds(self) -> npt.NDArray[np.uint8]:
        """The kind of each row, as its place in `arrays.NODE_KINDS`."""
        added = np.array([NODE_CODES[symbol.kind] for symbol in self._patch.symbols], np.uint8)
        kinds = np.concatenate((self._base.symbols.kind, added)) if self._patched else self._base.symbols.kind
        for row, symbol in self._patch.replaced.items():
            kinds[row] = NODE_CODES[symbol.kind]
        return kinds

    @cached_property
    def paths(self) -> Ints:
        """The path of each row's file, as a number; -1 for external symbols."""
        if not self._patched:
            return self._base.symbols.path
        rows = [self._path_row(symbol.path) for symbol in self._patch.symbols]
        added = np.array([-1 if row is None else row for row in rows], np.int32)
        return np.concatenate((self._base.symbols.path, added))

    def _own(self) -> Iterator[tuple[int, Symbol]]:
        """Yield what the patch brings or changes: where texts of the graph below do not hold."""
        yield from self._patch.replaced.items()
        for row in self._patch.rows.values():
            if row not in self._patch.replaced:
                yield row, self._patch.symbols[row - len(self._base.symbols)]

    def _below(self, rows: Iterable[int]) -> set[int]:
        return {row for row in rows if self._patch.symbol_alive[row] and row not in self._patch.replaced}

    def _exact(self, text: str) -> set[int]:
        path = self._path_row(text)
        modules = () if path is None else np.flatnonzero((self.paths == path) & self._patch.symbol_alive).tolist()
        whole = {row for row in modules if self.symbol(row).kind in (NodeKind.MODULE, NodeKind.FILE)}
        own = {row for row, symbol in self._own() if symbol.qualified_name == text}
        return whole | own | self._below(self._base.symbols.qualified_name.rows_of(text))

    def _named(self, name: str) -> set[int]:
        own = {row for row, symbol in self._own() if symbol.name == name}
        return own | self._below(self._base.symbols.name.rows_of(name))

    def _ending(self, text: str) -> set[int]:
        if "." not in text.strip("."):
            return set()
        ending = f".{text.lstrip('.')}"
        named = self._named(text.rsplit(".", 1)[1])
        return {row for row in named if self.symbol(row).qualified_name.endswith(ending)}
