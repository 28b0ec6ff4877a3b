"""Whose a reference at the level of a module is: the class, the variable or the function in whose lines it stands.

A graph says of all of them that the module makes them. Found by lines alone, never run.
"""

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection

import numpy as np

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.view import GraphView

_WHOLE = frozenset({NODE_CODES[NodeKind.MODULE], NODE_CODES[NodeKind.FILE]})
_IMPORT = NODE_CODES[NodeKind.IMPORT]
_CLASS = NODE_CODES[NodeKind.CLASS]
_VARIABLE = NODE_CODES[NodeKind.VARIABLE]
LONGEST_HEAD = 400
"""Lines of decorators above a function that are looked through."""


class Spots:
    """The places of the symbols of a view."""

    def __init__(self, view: GraphView, read: Callable[[str], bytes | None]) -> None:
        self._view = view
        self._read = read
        self._lines: dict[str, list[str]] = {}
        self._spans: dict[str, list[tuple[int, int, int]]] = {}
        self._known: dict[tuple[int, int], int] = {}
        self.attributes: dict[str, set[int]] = defaultdict(set)
        """Plain values of classes by name, of the files that were looked at."""

    def is_named(self, path: str, line: int, names: Collection[str]) -> bool:
        """Tell whether a class is named where an edge stands; else it only flows by there, and was named before."""
        lines = self._text(path)
        return not 0 < line <= len(lines) or any(name in lines[line - 1] for name in names)

    def look_at(self, path: str) -> None:
        """Find the places of a file now."""
        self._places(path)

    def owner(self, source: int, path: str, line: int) -> int:
        """Return the row that a reference belongs to whose source is a module; any other source is its own."""
        if int(self._view.node_kinds[source]) not in _WHOLE:
            return source
        found = self._known.get((source, line))
        if found is None:
            found = self._known[source, line] = self._find(source, path, line)
        return found

    def _find(self, source: int, path: str, line: int) -> int:
        spans = self._places(path)
        after = bisect_right(spans, (line, sys.maxsize, 0))
        for at in range(after - 1, -1, -1):
            if spans[at][1] >= line:
                return spans[at][2]
        if after < len(spans) and self._is_head(path, line, spans[after][0]):
            return spans[after][2]
        return source

    def _places(self, path: str) -> list[tuple[int, int, int]]:
        """Return first and last line and row of all but imports and what is no reference's own place."""
        if path not in self._spans:
            rows = np.array(self._view.in_file(path), np.int64)
            kinds = self._view.node_kinds[rows].tolist() if len(rows) else []
            first, _, last, _ = self._view.spans(rows).tolist() if len(rows) else ([], [], [], [])
            self._spans[path] = sorted(
                (begin, end, row)
                for row, kind, begin, end in zip(rows.tolist(), kinds, first, last, strict=True)
                if kind not in _WHOLE
                and kind != _IMPORT
                and (kind != _VARIABLE or self._stands_alone(row, path, begin, end))
            )
        return self._spans[path]

    def _stands_alone(self, row: int, path: str, first: int, last: int) -> bool:
        """Tell whether what a variable holds is felt by who uses the variable alone.

        In a class that is true of plain values; what is called there (a field, a descriptor) belongs to the class.
        """
        outer = self._view.key(row).rpartition("::")[2].rpartition(".")[0]
        if not outer:
            return True
        around = self._view.index_of(f"{path}::{outer}")
        if around is None or int(self._view.node_kinds[around]) != _CLASS:
            return False
        is_plain = not any("(" in line for line in self._text(path)[first - 1 : last])
        if is_plain:
            self.attributes[self._view.key(row).rpartition(".")[2].partition("#")[0]].add(row)
        return is_plain

    def _is_head(self, path: str, line: int, definition: int) -> bool:
        """Tell whether a line belongs to the decorators of the definition below."""
        if definition - line > LONGEST_HEAD:
            return False
        lines = self._text(path)
        for at in range(min(line, len(lines)), max(line - LONGEST_HEAD, 0), -1):
            text = lines[at - 1]
            if text.lstrip().startswith("@"):
                return True
            if text and not text[0].isspace() and text[0] not in ")]}#\"'":
                return False
        return False

    def _text(self, path: str) -> list[str]:
        if path not in self._lines:
            self._lines[path] = (self._read(path) or b"").decode("utf-8", "replace").split("\n")
        return self._lines[path]
