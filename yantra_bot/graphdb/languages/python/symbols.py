"""Symbols of a Python file: their signatures, docstrings, visibility, and hashes of their tokens."""

import re
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import SymbolFacts, Value
from yantra_bot.graphdb.languages.lowering import first_paragraph, hash_tokens, make_symbol, one_line
from yantra_bot.graphdb.languages.python.scope import Scope
from yantra_bot.graphdb.languages.python.unit import Hashed, Unit

# Words first, since most tokens are words; the prefix of a string is one. A string that nobody ends reaches as far
# as it can: a pattern that failed there would begin anew at each quote.
_TOKENS: Final = re.compile(
    rb'(\w+|"""[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*(?:""")?'
    rb"|\'{3}[^\\']*(?:(?:\\.|'(?!''))[^\\']*)*(?:'{3})?"
    rb'|"[^\\"\n]*(?:\\.[^\\"\n]*)*"?'
    rb"|'[^\\'\n]*(?:\\.[^\\'\n]*)*'?|[^\w\s#])|\#[^\n]*",
    re.ASCII | re.DOTALL,
)
_QUOTES: Final = re.compile(rb"""[A-Za-z]{0,2}("{3}|'{3}|"|')""")
_DOCSTRING_LIMIT: Final = 2000
_BLOCK_END: Final = b"\x02"
_SEPARATOR: Final = b"\x1e"
VARIABLE: Final = NodeKind.VARIABLE.value


def visibility_of(name: str) -> str:
    """Return who is meant to use a name, by Python's custom."""
    if not name.startswith("_") or (name.startswith("__") and name.endswith("__")):
        return Visibility.PUBLIC.value
    return Visibility.PRIVATE.value if name.startswith("__") else Visibility.PROTECTED.value


def read_docstring(unit: Unit, block: Node | None) -> str:
    """Return the first paragraph of a body's docstring."""
    if block is None or block.named_child_count == 0:
        return ""
    first = block.named_child(0)
    if first is None or first.type != "expression_statement":
        return ""
    start = first.start_byte
    quotes = _QUOTES.match(unit.source, start)
    if quotes is None:
        return ""
    inner = unit.source[quotes.end() : min(first.end_byte - len(quotes[1]), start + _DOCSTRING_LIMIT)]
    return first_paragraph(inner.decode("utf-8", "replace"))


def read_signature(unit: Unit, start: int, end: int) -> str:
    """Return a definition's head on one line."""
    return one_line(unit.source[start:end].decode("utf-8", "replace"))


def add_variable(scope: Scope, name: str, target: Node, statement: Node) -> None:
    """Add a symbol for a variable of a module or class, the first time it is assigned."""
    if name not in scope.symbols:
        scope.symbols[name] = _add_variable(scope.unit, scope.owner, name, target, statement)


def note_instance_variable(scope: Scope, obj: Value, name: str, target: Node) -> None:
    """Add a symbol for `self.x` that `__init__` assigns."""
    owner = scope.parent
    if scope.is_init and obj == scope.receiver and owner is not None and name not in owner.symbols:
        statement = target.parent or target
        last = target.named_children[-1]
        owner.symbols[name] = _add_variable(scope.unit, owner.owner, scope.unit.text(last), last, statement)


def _add_variable(unit: Unit, parent: int, name: str, target: Node, statement: Node) -> int:
    symbol = make_symbol(VARIABLE, name, parent, statement, target)
    symbol.visibility = visibility_of(name)
    index = unit.add_symbol(symbol)
    unit.hashed.append(Hashed(index, statement.start_byte, statement.end_byte, []))
    return index


def number_lambdas(unit: Unit) -> None:
    """Name the lambdas of each scope by their order in the text."""
    counts: dict[int, int] = {}
    lambdas = [one for one in unit.facts.symbols if one.kind == NodeKind.LAMBDA.value]
    for symbol in sorted(lambdas, key=_place):
        count = counts[symbol.parent] = counts.get(symbol.parent, 0) + 1
        symbol.name = f"<lambda{count}>"


def _place(symbol: SymbolFacts) -> tuple[int, int]:
    return symbol.line, symbol.column


def hash_symbols(unit: Unit) -> None:
    """Compute the hashes of all symbols, inner ones first: each token is read once for each function or class."""
    symbols = unit.facts.symbols
    inner: dict[int, dict[int, tuple[int, bytes]]] = {}
    for one in sorted(unit.hashed, key=_symbol_of, reverse=True):
        symbol = symbols[one.symbol]
        pieces = _cut(unit.source, one, inner.get(one.symbol, {}))
        symbol.content_hash = hash_tokens(_TOKENS, (_SEPARATOR.join(pieces),))
        if symbol.kind != VARIABLE and symbol.kind != NodeKind.LAMBDA.value:
            inner.setdefault(symbol.parent, {})[one.start] = (one.end, symbol.content_hash.encode())


def _symbol_of(one: Hashed) -> int:
    return one.symbol


def _cut(source: bytes, one: Hashed, inner: dict[int, tuple[int, bytes]]) -> list[bytes]:
    """Return the text in pieces: a new one for each statement, a mark where a block ends, hashes for inner symbols."""
    pieces: list[bytes] = []
    at = one.start
    for cut in one.cuts:
        place = cut if cut >= 0 else ~cut
        if place < at:
            continue
        pieces.append(source[at:place])
        at = place
        if cut < 0:
            pieces.append(_BLOCK_END)
        elif place in inner:
            at, digest = inner[place]
            pieces.append(digest)
    pieces.append(source[at : one.end])
    return pieces
