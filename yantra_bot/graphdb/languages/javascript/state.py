"""What is shared while one file is lowered: its text, its symbols, the bodies that wait, what was lost.

It knows no syntax beyond where a comment belongs, and nothing of other files.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import NOTHING, Body, BodyFlag, FileFacts, SymbolFacts, Value
from yantra_bot.graphdb.languages.javascript.scan import Scan
from yantra_bot.graphdb.languages.javascript.scopes import Scope
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import (
    TOO_DEEP,
    Texts,
    first_paragraph,
    hash_tokens,
    make_symbol,
    one_line,
    token_pattern,
)

Handler = Callable[[Any, Node], Value]
_TOKENS = token_pattern(
    comments=r"//[^\n]*|/\*.*?\*/",
    strings=r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`",
)
_DOC_LINE = " \t*"
_SIGNATURE_BYTES = 2000


class FileState:
    """One file while it is lowered."""

    def __init__(self, facts: FileFacts, source: bytes, scan: Scan, handlers: dict[str, Handler]) -> None:
        self.facts = facts
        self.source = source
        self.scan = scan
        self.handlers = handlers
        self.texts = Texts()
        self.waiting: deque[Callable[[], None]] = deque()
        self.is_esm = False
        self.is_commonjs = False
        self.is_test = False
        self.exports: dict[str, Value] = {}
        """What an ES module exports, by name, as cells of the module."""
        self.exported_locals: list[tuple[str, str]] = []
        """(exported name, local name) of clauses, which may stand before the declaration."""
        self.functions: list[Writer] = []
        """The bodies that have a `this` of their own."""
        self.first_exports: Value = NOTHING
        self.module_scope = Scope(None, top=True)
        self.module: Writer = self.add_body(0, BodyFlag.MODULE, None, self.module_scope, NOTHING, len(source))
        self._lambdas: dict[int, int] = {}
        self._members: dict[tuple[int, str], int] = {}
        self._hashed: list[tuple[int, int, int]] = []
        """(start, minus end, symbol) of what gets a hash."""
        self._depth_noted = False

    def text(self, node: Node) -> str:
        """Return the node's text."""
        return self.texts[self.source[node.start_byte : node.end_byte]]

    def note_depth(self, node: Node) -> None:
        """Say once that syntax was left out since it nests too deep."""
        if not self._depth_noted:
            self._depth_noted = True
            self.facts.problems.append((TOO_DEEP, f"line {node.start_point[0] + 1}"))

    def add_symbol(self, kind: NodeKind, name: str, parent: int, node: Node, name_node: Node | None = None) -> int:
        """Add a symbol with the node's span; return its index."""
        symbols = self.facts.symbols
        symbol = make_symbol(kind.value, name, parent, node, name_node)
        if name.startswith(("_", "#")):
            symbol.visibility = Visibility.PRIVATE.value
        symbols.append(symbol)
        self._members.setdefault((parent, name), len(symbols) - 1)
        return len(symbols) - 1

    def symbol(self, index: int) -> SymbolFacts:
        """Return a symbol by its index."""
        return self.facts.symbols[index]

    def member(self, parent: int, name: str) -> int:
        """Return the first symbol of this name inside another, or -1."""
        return self._members.get((parent, name), -1)

    def next_lambda(self, parent: int) -> str:
        """Return the name of the next function without a name inside a symbol."""
        number = self._lambdas[parent] = self._lambdas.get(parent, 0) + 1
        return f"<lambda{number}>"

    def describe(self, index: int, node: Node, *, until: int | None = None, anchor: int = -1) -> None:
        """Fill in signature, documentation and hash; `until` is where the body starts, `anchor` the statement."""
        symbol = self.symbol(index)
        start, end = node.start_byte, node.end_byte
        if until is not None:
            head = self.source[start : min(until, start + _SIGNATURE_BYTES)]
            symbol.signature = one_line(head.decode("utf-8", "replace").rstrip(" \t\r\n{="))
        symbol.docstring = self.documentation(start, anchor)
        self._hashed.append((start, -end, index))

    def hash_symbols(self) -> None:
        """Hash the tokens of each symbol, each byte once: what is nested in a symbol counts by its own hash."""
        around: list[tuple[int, int, int, list[bytes]]] = []
        for start, minus_end, index in [*sorted(self._hashed), (len(self.source) + 1, 0, 0)]:
            while around and around[-1][1] <= start:
                at, end, inner, pieces = around.pop()
                pieces.append(self.source[at:end])
                found = self.symbol(inner).content_hash = hash_tokens(_TOKENS, pieces)
                if around:
                    around[-1][3].append(found.encode())
                    around[-1] = (end, *around[-1][1:])
            if around:
                around[-1][3].append(self.source[around[-1][0] : start])
            around.append((start, -minus_end, index, []))

    def documentation(self, start: int, anchor: int) -> str:
        """Return the first paragraph of the comment before a declaration or the statement it is in."""
        comment = self.scan.comment_before(self.source, start)
        if not comment and 0 <= anchor < start:
            comment = self.scan.comment_before(self.source, anchor)
        if not comment.startswith(b"/**"):
            return ""
        text = comment.decode("utf-8", "replace").removeprefix("/**").removesuffix("*/")
        lines = [line.strip().lstrip("*").strip() for line in text.splitlines()]
        plain = "\n".join(lines).strip()
        return "" if plain.startswith("@") else first_paragraph(plain)

    def add_body(self, owner: int, flags: int, around: Writer | None, scope: Scope, start: int, end: int) -> Writer:
        """Add a body inside another; it is lowered when somebody puts it into `waiting`."""
        body = Body(owner, around.index if around else NOTHING, flags)
        self.facts.bodies.append(body)
        writer = Writer(self, body, len(self.facts.bodies) - 1, scope, start)
        writer.parent = around
        writer.level = around.level + 1 if around else 0
        writer.end = end
        return writer
