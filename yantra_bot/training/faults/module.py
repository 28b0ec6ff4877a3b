"""A Python file that faults are put into: its tree with byte offsets, and what its functions hold that runs.

Edits are replacements of bytes, so that everything else stays as it was written. A file that is not plain UTF-8 with
Unix line ends is not taken: offsets could not be trusted there.
"""

import ast
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import Final

from yantra_bot.graphdb.syntax import parse_python

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
Edit = tuple[int, int, bytes]
"""From, to (bytes in the source), and what comes in their place."""


class Module:
    """A file's source and tree."""

    def __init__(self, source: bytes, tree: ast.Module) -> None:
        self.source = source
        self.tree = tree
        self._attributes: dict[ast.AST, list[tuple[str, bool, str]]] = {}
        self._starts = [0]
        for line in source.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset of a line (from 1) and column (from 0, bytes)."""
        return self._starts[line - 1] + column

    def place(self, offset: int) -> tuple[int, int]:
        """Return line (from 1) and column (from 0, bytes) of a byte offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]

    def line_start(self, offset: int) -> int:
        """Return where the line of an offset begins."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return where the line of an offset ends, before its line end."""
        return min(self._starts[bisect_right(self._starts, offset)] - 1, len(self.source))

    def start(self, node: ast.AST) -> int:
        """Return where a node begins; of a definition, its first decorator."""
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            return self.source.rindex(b"@", 0, self.start(decorators[0]))
        return self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # only nodes with a place are asked

    def end(self, node: ast.AST) -> int:
        """Return where a node ends."""
        return self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]  # as above

    def text(self, node: ast.AST) -> bytes:
        """Return a node as written, without parentheses around it."""
        return self.source[self.start(node) : self.end(node)]

    def is_one_line(self, node: ast.AST) -> bool:
        """Tell whether a node stands on one line."""
        return b"\n" not in self.text(node)

    def indent(self, node: ast.AST) -> bytes:
        """Return what stands before a statement on its line."""
        start = self.start(node)
        return self.source[self.line_start(start) : start]

    def extent(self, node: ast.AST, low: int, high: int) -> tuple[int, int]:
        """Return a node's span with the parentheses around it, as far as they lie within `low` and `high`."""
        start, end = self.start(node), self.end(node)
        while True:
            before = self.source[low:start].rstrip()
            after = self.source[end:high]
            skipped = len(after) - len(after.lstrip())
            if not before.endswith(b"(") or not after.lstrip().startswith(b")") or is_called(before[:-1]):
                return start, end
            start, end = low + len(before) - 1, end + skipped + 1

    def joined(self, edits: list[Edit]) -> Edit:
        """Return several edits that do not overlap as one."""
        edits = sorted(edits)
        parts, at = [], edits[0][0]
        for start, end, text in edits:
            parts += [self.source[at:start], text]
            at = end
        return edits[0][0], at, b"".join(parts)

    @cached_property
    def functions(self) -> list[FunctionNode]:
        """All functions and methods, also those in others, in the order of the text."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS)]
        return sorted(found, key=lambda node: (node.lineno, node.col_offset))

    @cached_property
    def classes(self) -> dict[ast.AST, ast.ClassDef]:
        """The class of each method."""
        classes = (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))
        return {one: node for node in classes for one in node.body if isinstance(one, FUNCTIONS)}

    def attributes_in(self, scope: ast.AST) -> list[tuple[str, bool, str]]:
        """Return each `name.attribute` of a class or function: the name, whether it is called, the attribute."""
        if scope not in self._attributes:
            inside = list(ast.walk(scope))
            called = {id(one.func) for one in inside if isinstance(one, ast.Call)}
            self._attributes[scope] = [
                (node.value.id, id(node) in called, node.attr)
                for node in inside
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            ]
        return self._attributes[scope]

    @cached_property
    def constants(self) -> dict[type, list[bytes]]:
        """The numbers and short texts of the whole file as written, by type, without repetition."""
        found: dict[type, dict[bytes, None]] = defaultdict(dict)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and type(node.value) in (int, float, str) and self.is_one_line(node):
                found[type(node.value)].setdefault(self.text(node))
        return {kind: list(texts) for kind, texts in found.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that are read or written anywhere in the file."""
        return frozenset(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))

    @cached_property
    def parameters(self) -> frozenset[str]:
        """All names of parameters in the file."""
        return frozenset(node.arg for node in ast.walk(self.tree) if isinstance(node, ast.arg))

    @cached_property
    def is_spaced(self) -> bool:
        """Whether the file writes `a + b` more often than `a+b`."""
        return self.source.count(b" + ") + self.source.count(b" - ") >= sum(
            self.source.count(sign) for sign in (b"+1", b"-1", b"+2")
        )

    def sum_of(self, left: bytes, sign: bytes, right: bytes) -> bytes:
        """Write a sum the way the file does."""
        return left + b" " + sign + b" " + right if self.is_spaced else left + sign + right


_WORDS_BEFORE: Final = frozenset(
    b"if elif while not and or in is return yield assert else lambda await for with as from raise del case".split()
)


def is_called(before: bytes) -> bool:
    """Tell whether a parenthesis after this text opens a call's arguments and no group."""
    if not before or not (before[-1:].isalnum() or before[-1:] in b"_)]}'\"" or before[-1] > 127):
        return False
    word = before[-12:].replace(b"\t", b" ").replace(b"\n", b" ").split(b" ")[-1]
    return word not in _WORDS_BEFORE


def read_module(source: bytes) -> Module | None:
    """Return a file to work on; None where it does not parse or is written in a way that is not taken."""
    if source.startswith(b"\xef\xbb\xbf") or b"\r" in source or b"\x0c" in source:
        return None
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return None
    head = source[:200].split(b"\n")[:2]
    if any(b"coding" in line and b"utf" not in line.lower() for line in head):
        return None
    tree = parse_python(source)
    return None if tree is None else Module(source, tree)
