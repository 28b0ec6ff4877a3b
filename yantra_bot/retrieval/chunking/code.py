"""Cuts source code at functions and classes. Pure; never raises on any bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from tree_sitter import Node, QueryCursor

from yantra_bot.domain.graph import Language
from yantra_bot.retrieval.chunking.grammars import Grammar
from yantra_bot.retrieval.chunks import Chunk, ChunkKind

MAX_SIGNATURE: Final = 600
MAX_DOC: Final = 2_000
LEAST_VALUE: Final = 4
"""Lines after its first that a value needs to be a chunk of its own."""
CONSTRUCTOR: Final = "<init>"
"""The name of a constructor that has none of its own, as in the code graph."""

_MARKS: Final = re.compile(r"^\s*(?:///?!?|/\*+!?|\*/|\*|#!?)\s?|\s*\*/\s*$", re.MULTILINE)
_WRAPPERS: Final = frozenset(
    {"decorated_definition", "export_statement", "lexical_declaration", "variable_declaration"}
)
_FUNCTIONS: Final = frozenset({"function", "default"})
_KINDS: Final = {"class": ChunkKind.CLASS, "value": ChunkKind.VALUE}
_GO_TYPE: Final = re.compile(r"[A-Za-z_]\w*")


@dataclass(slots=True)
class _Definition:
    """A definition in the file. Rows count from 0, `end` is the last one."""

    kind: str
    name: str
    row: int
    start: int
    end: int
    node: Node
    inside: list["_Definition"] = field(default_factory=list)


def cut_code(path: str, data: bytes, grammar: Grammar) -> list[Chunk]:
    """Return the chunks of a source file in the order of their lines.

    A function nested in a function is part of the outer one and a chunk of its own as well; a class in a function is
    part of it alone. What stands outside of all functions and classes is one chunk, the last.
    """
    text = data.decode("utf-8", "replace")
    clean = text.encode()
    tree = grammar.parser.parse(clean)
    lines = text.split("\n")
    definitions = _nest(_find(tree.root_node, clean, grammar), lines, grammar)
    cutter = _Cutter(path, lines, grammar.language)
    chunks = [chunk for one in definitions for chunk in cutter.cut(one, "", "")]
    module = cutter.rest(0, len(lines) - 1, definitions)
    if module.strip():
        doc = _docstring(tree.root_node) if grammar.language is Language.PYTHON else ""
        chunks.append(Chunk(path, "", ChunkKind.MODULE, 1, len(lines), "", doc[:MAX_DOC], module))
    return _number_twins(chunks)


def _find(root: Node, source: bytes, grammar: Grammar) -> list[_Definition]:
    found: dict[tuple[int, int], _Definition] = {}
    for _, captures in QueryCursor(grammar.query).matches(root):
        kind = next(one for one in captures if one not in {"name", "owner"})
        node, names = captures[kind][0], captures.get("name")
        name = "default" if names is None else _text(source, names[0])
        if kind == "constructor":
            kind, name = "function", CONSTRUCTOR
        if "owner" in captures:
            owner = _GO_TYPE.search(_text(source, captures["owner"][0]))
            name = f"{owner.group()}.{name}" if owner else name
        if kind == "scope" and grammar.language is Language.RUST:
            name = re.split(r"[<\s]", name.rpartition("::")[2].lstrip("&"), maxsplit=1)[0] or name
        outer = _outermost(node)
        row = outer.start_point[0]
        if kind == "value" and node.end_point[0] - node.start_point[0] < LEAST_VALUE:
            continue
        found[node.start_byte, node.end_byte] = _Definition(
            kind, " ".join(name.split())[:200], row, node.start_point[0], _end_row(outer), node
        )
    return sorted(found.values(), key=lambda one: (one.node.start_byte, -one.node.end_byte))


def _end_row(node: Node) -> int:
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point[0] else row


def _outermost(node: Node) -> Node:
    """Return the node with its decorators and its declaration's first word."""
    while node.parent is not None and node.parent.type in _WRAPPERS:
        node = node.parent
    return node


def _nest(definitions: list[_Definition], lines: list[str], grammar: Grammar) -> list[_Definition]:
    """Return the outermost definitions, the others inside of them; a class in a function lends its name alone."""
    top: list[_Definition] = []
    open_ones: list[_Definition] = []
    for one in definitions:
        while open_ones and open_ones[-1].node.end_byte <= one.node.start_byte:
            open_ones.pop()
        if one.kind == "class" and any(outer.kind in _FUNCTIONS for outer in open_ones):
            one.kind = "scope"
        siblings = open_ones[-1].inside if open_ones else top
        floor = siblings[-1].end + 1 if siblings else (open_ones[-1].start + 1 if open_ones else 0)
        one.row = max(_with_comments(one.row, lines, grammar.comment, floor), min(floor, one.row))
        siblings.append(one)
        open_ones.append(one)
    return top


def _with_comments(row: int, lines: list[str], marks: tuple[str, ...], floor: int) -> int:
    while row > floor and lines[row - 1].lstrip().startswith(marks):
        row -= 1
    return row


class _Cutter:
    """Makes chunks of the definitions of one file."""

    def __init__(self, path: str, lines: list[str], language: Language) -> None:
        self._path, self._lines, self._language = path, lines, language

    def cut(self, one: _Definition, prefix: str, around: str) -> Iterator[Chunk]:
        name = f"{prefix}{one.name}"
        if one.kind == "scope":
            for member in one.inside:
                yield from self.cut(member, f"{name}.", self._head(one))
            return
        is_class = one.kind == "class"
        kind = _KINDS.get(one.kind, ChunkKind.FUNCTION)
        text = self.rest(one.row, one.end, one.inside if is_class else [])
        yield Chunk(
            path=self._path,
            name=name,
            kind=kind,
            first=one.row + 1,
            last=one.end + 1,
            signature=self._signature(one),
            doc=self._doc(one)[:MAX_DOC],
            text=text,
            around=around,
            start=one.start + 1,
        )
        for member in one.inside:
            yield from self.cut(member, f"{name}.", self._head(one))

    def rest(self, first: int, last: int, without: list[_Definition]) -> str:
        """Return the lines from first to last, counted from 0, but those of the definitions."""
        kept: list[str] = []
        row = first
        for one in without:
            kept += self._lines[row : one.row]
            row = max(row, one.end + 1)
        return "\n".join([*kept, *self._lines[row : last + 1]])

    def _head(self, one: _Definition) -> str:
        return self._lines[one.start].strip()[:MAX_SIGNATURE]

    def _signature(self, one: _Definition) -> str:
        body = one.node.child_by_field_name("body")
        if body is None and (value := one.node.child_by_field_name("value")) is not None:
            body = value.child_by_field_name("body")
        if one.kind in _KINDS:
            return self._head(one)
        end = one.end if body is None else body.start_point[0]
        first = _outermost(one.node).start_point[0]
        rows = self._lines[first : max(end, first) + 1]
        if body is not None and rows:
            is_below = self._language is Language.PYTHON and end > first
            rows = rows[:-1] if is_below else [*rows[:-1], _cut_at(rows[-1], body)]
        return "\n".join(row.strip() for row in rows).strip()[:MAX_SIGNATURE]

    def _doc(self, one: _Definition) -> str:
        if self._language is Language.PYTHON:
            body = one.node.child_by_field_name("body")
            return _docstring(body) if body is not None else ""
        above = _outermost(one.node).start_point[0]
        return _MARKS.sub("", "\n".join(self._lines[one.row : above])).strip()


def _cut_at(row: str, body: Node) -> str:
    return row.encode()[: body.start_point[1]].decode("utf-8", "replace")


def _docstring(body: Node) -> str:
    for child in body.named_children:
        if child.type == "comment":
            continue
        string = child.named_children[0] if child.type == "expression_statement" and child.named_children else child
        if string.type != "string" or string.text is None:
            return ""
        said = string.text.decode("utf-8", "replace").lstrip("rRuUbB")
        return said.strip("\"'").strip()
    return ""


def _text(source: bytes, node: Node) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _number_twins(chunks: list[Chunk]) -> list[Chunk]:
    """Return the chunks with `#2` behind the second of one name, as the code graph does."""
    seen: dict[str, int] = {}
    numbered: list[Chunk] = []
    for chunk in chunks:
        count = seen[chunk.name] = seen.get(chunk.name, 0) + 1
        numbered.append(replace(chunk, name=f"{chunk.name}#{count}") if count > 1 else chunk)
    return numbered
