"""Whose a reference at the level of a module is: the class, the variable or the function in whose lines it stands.

A graph says of all of them that the module makes them. Found by lines alone, never run.
"""

import sys
from bisect import bisect_right
from collections.abc import Callable, Collection

import numpy as np

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.view import GraphView

_WHOLE = frozenset({NODE_CODES[NodeKind.MODULE], NODE_CODES[NodeKind.FILE]})
_IMPORT = NODE_CODES[NodeKind.IMPORT]
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

    def is_named(self, path: str, line: int, names: Collection[str]) -> bool:
        """Tell whether a class is named where an edge stands; else it only flows by there, and was named before."""
        lines = self._text(path)
        return not 0 < line <= len(lines) or any(name in lines[line - 1] for name in names)

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
        """Return first and last line and row of all but imports and what is bound inside of classes and functions."""
        if path not in self._spans:
            rows = np.array(self._view.in_file(path), np.int64)
            kinds = self._view.node_kinds[rows].tolist() if len(rows) else []
            first, _, last, _ = self._view.spans(rows).tolist() if len(rows) else ([], [], [], [])
            self._spans[path] = sorted(
                (begin, end, row)
                for row, kind, begin, end in zip(rows.tolist(), kinds, first, last, strict=True)
                if kind not in _WHOLE and kind != _IMPORT and not (kind == _VARIABLE and self._is_inner(row))
            )
        return self._spans[path]

    def _is_inner(self, row: int) -> bool:
        return "." in self._view.key(row).rpartition("::")[2]

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
