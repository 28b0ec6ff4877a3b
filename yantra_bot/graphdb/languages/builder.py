"""The facts of one file while they are made: symbols, bodies, free names, depth. Go's and Rust's frontends share it.

It knows no grammar; it never looks at a second file.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.graphdb.facts import (
    NOTHING,
    Body,
    BodyFlag,
    CallFlag,
    FileFacts,
    Literal,
    Op,
    Param,
    Site,
    Value,
)
from yantra_bot.graphdb.languages.lowering import (
    MAX_DEPTH,
    TOO_DEEP,
    Texts,
    first_paragraph,
    hash_tokens,
    make_symbol,
    one_line,
    site_of,
)
from yantra_bot.graphdb.languages.ssa import Frame, Variable

IMPLICIT_NEW: Final = CallFlag.NEW | CallFlag.IMPLICIT
"""The flags of a call that makes an instance and is written as no call: a literal."""


def words(text: str) -> frozenset[str]:
    """Return the words of a table that is written as text."""
    return frozenset(text.split())


class Builder:
    """Collects the facts of a file. `frame` is the body that is being lowered."""

    def __init__(self, path: str, source: bytes, language: Language, tokens: re.Pattern[bytes]) -> None:
        self.source = source
        self.facts = FileFacts(path, language)
        self.depth = 0
        self.assigned: list[tuple[int, str]] = []
        """(byte offset, name) of each assignment to a name that is bound before, in order."""
        self._texts = Texts()
        self._tokens = tokens
        self._free: dict[str, Value] = {}

    def begin(self, root: Node, name: str) -> None:
        """Open the module: symbol 0, body 0."""
        self.facts.symbols.append(make_symbol(NodeKind.MODULE.value, name, -1, root))
        self.frame = Frame(Body(0, -1, BodyFlag.MODULE), 0, None)
        self.facts.bodies.append(self.frame.body)
        self.module = self.frame

    def text(self, node: Node) -> str:
        """Return a short node's text."""
        return self._texts[self.source[node.start_byte : node.end_byte]]

    def field(self, node: Node, name: str) -> str:
        """Return the text of a child by its field; empty where there is none."""
        child = node.child_by_field_name(name)
        return "" if child is None else self.text(child)

    def assigned_in(self, node: Node) -> set[str]:
        """Return the names that are assigned within a node."""
        first = bisect_left(self.assigned, (node.start_byte, ""))
        last = bisect_left(self.assigned, (node.end_byte, ""))
        return {name for _, name in self.assigned[first:last]}

    def member(self, obj: Value, name: str, node: Node) -> Value:
        """Read an attribute."""
        if obj == NOTHING:
            return NOTHING
        value = self.frame.new()
        self.frame.emit(Op.ATTR, value, obj, name, site_of(node))
        return value

    def item(self, obj: Value, key: Literal, node: Node) -> Value:
        """Read an element."""
        if obj == NOTHING:
            return NOTHING
        value = self.frame.new()
        self.frame.emit(Op.ITEM, value, obj, key, site_of(node))
        return value

    def make_instance(self, type_value: Value, place: Site) -> Value:
        """Return a new instance of exactly this type."""
        value = self.frame.new()
        self.frame.emit(Op.CALL, value, type_value, place, (), (), NOTHING, NOTHING, IMPLICIT_NEW)
        return value

    def make_container(self, kind: str, *elements: tuple[Literal, Value]) -> Value:
        """Return a new container with those elements that are tracked."""
        value = self.frame.new()
        self.frame.emit(Op.NEW, value, kind, tuple(pair for pair in elements if pair[1] != NOTHING))
        return value

    def add_symbol(self, kind: NodeKind, name: str, parent: int, node: Node, name_node: Node | None = None) -> int:
        """Add a symbol and return its index."""
        self.facts.symbols.append(make_symbol(kind.value, name, parent, node, name_node))
        return len(self.facts.symbols) - 1

    def describe(self, index: int, node: Node, *, docstring: str = "", header_end: int = 0) -> None:
        """Give a symbol its hash, its signature (the text up to `header_end`) and its docstring."""
        symbol = self.facts.symbols[index]
        symbol.content_hash = hash_tokens(self._tokens, (self.source[node.start_byte : node.end_byte],))
        if header_end:
            header = self.source[node.start_byte : min(header_end, node.start_byte + 4_000)]
            symbol.signature = one_line(header.decode("utf-8", "replace"))
        if docstring:
            symbol.docstring = first_paragraph(docstring)

    @contextmanager
    def body(self, owner: int, flags: int) -> Iterator[Frame]:
        """Lower into a new body until the block ends."""
        around = self.frame
        frame = Frame(Body(owner, around.index, flags), len(self.facts.bodies), around)
        self.facts.bodies.append(frame.body)
        self.frame = frame
        try:
            yield frame
        finally:
            self.frame = around

    def add_param(self, name: str, kind: int, *, versioned: bool = False) -> Value:
        """Add a parameter to the body and return its value."""
        frame = self.frame
        value = frame.new()
        param: Param = (name, kind, value)
        frame.body.params.append(param)
        if name and name != "_":
            frame.declare(name, value, versioned=versioned)
        return value

    def next_name(self, what: str) -> str:
        """Return the name of the next thing without a name of this scope: `<lambda1>`."""
        number = self.frame.counts[what] = self.frame.counts.get(what, 0) + 1
        return f"<{what}{number}>"

    def free(self, name: str, node: Node) -> Value:
        """Return the value of a name that this file binds nowhere; one for the whole file."""
        value = self._free.get(name, NOTHING)
        if value == NOTHING:
            value = self._free[name] = self.module.new()
            self.module.emit(Op.FREE, value, name, site_of(node))
        return value if self.frame is self.module else self.frame.read_outer(0, value)

    def use(self, variable: Variable, node: Node) -> None:
        """Say that this body names a symbol of the file without calling it; once for each body."""
        symbol = variable.symbol
        if symbol >= 0 and symbol not in self.frame.used:
            self.frame.used.add(symbol)
            self.frame.emit(Op.USES, symbol, site_of(node))

    def use_called(self, variable: Variable, node: Node) -> None:
        """Say so of a variable that is called: the call's edge goes to what it holds."""
        if variable.symbol >= 0 and self.facts.symbols[variable.symbol].kind == NodeKind.VARIABLE:
            self.use(variable, node)

    def refer(self, value: Value, name: str, node: Node) -> None:
        """Say that this body names something of another file without calling it; once for each body and name."""
        if value != NOTHING and name not in self.frame.used:
            self.frame.used.add(name)
            self.frame.emit(Op.REF, value, name, site_of(node))

    def enter(self) -> bool:
        """Go one level down; False where it is too deep, which is noted once. Pair a True with `depth -= 1`."""
        if self.depth < MAX_DEPTH:
            self.depth += 1
            return True
        if not any(kind == TOO_DEEP for kind, _ in self.facts.problems):
            self.facts.problems.append((TOO_DEEP, f"more than {MAX_DEPTH} levels"))
        return False
