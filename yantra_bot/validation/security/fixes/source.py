"""A Python file as text and tree, with edits to it by place. Pure."""

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from yantra_bot.domain.findings import Replacement

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` of a text are to become `text`."""

    start: int
    end: int
    text: str


def insert(at: int, text: str) -> Edit:
    """Return the edit that puts a text in at a place."""
    return Edit(at, at, text)


@dataclass(frozen=True, slots=True)
class Draft:
    """A fix that was not yet tried. `title` completes "This would …"; `variables` are the environment's it needs."""

    title: str
    edits: tuple[Edit, ...]
    variables: tuple[str, ...] = ()


@dataclass
class Source:
    """One Python file. Raises SyntaxError, ValueError or RecursionError when it is made from what cannot be parsed."""

    text: str
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        return starts

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def at(self, line: int, column: int) -> int:
        """Return the offset of a place as the tree gives it: lines from 1, columns in bytes."""
        text = self.lines[line - 1]
        return self._starts[line - 1] + (column if text.isascii() else len(text.encode()[:column].decode()))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node starts and ends. Not for nodes inside an f-string, whose places are not told."""
        if not isinstance(node, ast.expr | ast.stmt | ast.keyword):
            raise ValueError("this kind of node has no place")
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return self.at(node.lineno, node.col_offset), self.at(end_line, end_column)

    def code(self, node: ast.AST) -> str:
        """Return the code of a node as it stands in the file."""
        start, end = self.span(node)
        return self.text[start:end]

    def replace(self, node: ast.AST, text: str) -> Edit:
        return Edit(*self.span(node), text)

    def scope(self, node: ast.AST) -> Scope:
        """Return the function that a node is in, else the module."""
        while not isinstance(node, _SCOPES) or node is None:
            node = self.parents[node]
        return node

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the statement that a node is a part of."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def nodes(self, line: int, end_line: int) -> Iterator[ast.AST]:
        """Give the nodes that have to do with these lines, the outermost first."""
        for node in ast.walk(self.tree):
            start, end = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
            if start is not None and end is not None and start <= end_line and line <= end:
                yield node

    def name_of(self, node: ast.AST) -> str:
        """Return the dotted name that an expression is, with the imports of the file put in; empty for any other."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join((self.imported.get(node.id, node.id), *reversed(parts)))

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each imported name stands for."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for one in node.names:
                    found[one.asname or one.name.partition(".")[0]] = (
                        one.name if one.asname else one.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        return found

    @cached_property
    def modules(self) -> frozenset[str]:
        """The first parts of the names of imported modules."""
        return frozenset(name.partition(".")[0] for name in self.imported.values())

    def single_value(self, name: ast.Name, *, is_read_once: bool = True) -> ast.expr | None:
        """Return what a local name stands for, where it is set once, and read once, in one function."""
        scope = self.scope(name)
        uses = [node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id == name.id]
        sets = [node for node in uses if isinstance(node.ctx, ast.Store)]
        if len(sets) != 1 or (is_read_once and len(uses) != 2):
            return None
        parent = self.parents[sets[0]]
        is_plain = isinstance(parent, ast.Assign) and len(parent.targets) == 1 and parent.targets[0] is sets[0]
        return parent.value if is_plain and isinstance(parent, ast.Assign) and self.scope(parent) is scope else None

    def values_of(self, name: ast.Name) -> list[ast.expr]:
        """Return all that a local name is set to in its function."""
        return [
            node.value
            for node in ast.walk(self.scope(name))
            if isinstance(node, ast.Assign | ast.AugAssign) and node.value is not None
            if any(isinstance(one, ast.Name) and one.id == name.id for one in _targets(node))
        ]

    def free_name(self, *wanted: str) -> str:
        """Return the first of some names that the file does not use."""
        used = set(re.findall(r"(?<![.\w])[A-Za-z_]\w*", self.text)) | set(keyword.kwlist) | set(dir(builtins))
        return next((name for name in wanted if name not in used), f"{wanted[-1]}_checked")

    def add_import(self, module: str, name: str = "") -> tuple[str, tuple[Edit, ...]]:
        """Return what to call `module` (or its `name`) by, and the edits that import it where it is not imported."""
        full = f"{module}.{name}" if name else module
        for known, meaning in self.imported.items():
            if meaning == full:
                return known, ()
        line = f"from {module} import {name}\n" if name else f"import {module}\n"
        return name or module, (insert(self._import_place(), line),)

    def _import_place(self) -> int:
        """After the docstring and the imports from __future__, before the first other import, else before the code."""
        body = self.tree.body
        after = 0
        for at, node in enumerate(body):
            is_docstring = at == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if is_docstring or (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
                after = node.end_lineno or node.lineno
            elif isinstance(node, ast.Import | ast.ImportFrom):
                return self._starts[node.lineno - 1]
        return self._starts[min(after, len(self.lines))] if after else self._head()

    def _head(self) -> int:
        """Return where code may begin: after a line for the interpreter and one that names the encoding."""
        count = 0
        while count < len(self.lines) and count < 2 and re.match(r"#!|#.*coding[:=]", self.lines[count]):
            count += 1
        return self._starts[count]


def _targets(node: ast.Assign | ast.AugAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the edits made. Raises ValueError when two of them overlap."""
    end = len(text)
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        if edit.end > end:
            raise ValueError("two edits overlap")
        text = text[: edit.start] + edit.text + text[edit.end :]
        end = edit.start
    return text


def to_replacements(path: str, text: str, edits: Sequence[Edit]) -> tuple[Replacement, ...]:
    """Return edits as whole lines; edits of one line, or of lines that touch, become one replacement."""
    groups: list[tuple[int, int, list[Edit]]] = []
    for edit in sorted(set(edits), key=lambda one: (one.start, one.end)):
        first, last = text.count("\n", 0, edit.start), text.count("\n", 0, edit.end)
        is_insertion = (
            edit.start == edit.end and edit.text.endswith("\n") and text[edit.start - 1 : edit.start] in ("", "\n")
        )
        if is_insertion:
            last = first - 1
        if groups and first <= groups[-1][1]:
            groups[-1] = (groups[-1][0], max(last, groups[-1][1]), [*groups[-1][2], edit])
        else:
            groups.append((first, last, [edit]))
    return tuple(_replacement(path, text, *group) for group in groups)


def _replacement(path: str, text: str, first: int, last: int, edits: list[Edit]) -> Replacement:
    if last < first:
        return Replacement(path, first + 1, first, "".join(edit.text for edit in edits).removesuffix("\n"))
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[:first])
    old = "\n".join(lines[first : last + 1])
    moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
    return Replacement(path, first + 1, last + 1, apply(old, moved))
