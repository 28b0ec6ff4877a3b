"""One version of a file as symbols that enclose each other, each with the text that is its own. Pure.

A symbol's own text is what stands in it and in none of the symbols inside it: a class whose method was edited has the
text it had.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from yantra_bot.domain.graph import Language, NodeKind, Span, Symbol
from yantra_bot.graphdb.declared import declare_file
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.review.changes.tokens import Tokens, read_tokens

CALLABLES: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})
TYPES: Final = frozenset({NodeKind.CLASS, NodeKind.TYPE})
_NOWHERE: Final = Span(1, 0, 1, 0)
_TOLD: Final = CALLABLES | TYPES | {NodeKind.MODULE, NodeKind.VARIABLE}


@dataclass(eq=False)
class Item:
    """A symbol of one version of a file. Its children are those that it is the parent of, in the order of the text."""

    symbol: Symbol
    source: bytes
    start: int
    """In bytes."""
    end: int
    parent: "Item | None" = None
    children: list["Item"] = field(default_factory=list)
    inside: list["Item"] = field(default_factory=list)
    """What stands in its text; in Rust and Go a method does not stand in its type."""
    is_remote: bool = False
    """A variable that the code of a function declares (`self.x = …`): its text is the function's."""

    @property
    def language(self) -> Language | None:
        return self.symbol.language

    @cached_property
    def own_text(self) -> bytes:
        """Its text without that of the symbols inside it."""
        parts, at = [], self.start
        for inner in self.inside:
            parts.append(self.source[at : inner.start])
            at = max(at, inner.end)
        return b"".join([*parts, self.source[at : self.end]])

    @cached_property
    def own_tokens(self) -> Tokens:
        return read_tokens(self.own_text, self.language)

    @cached_property
    def tokens(self) -> Tokens:
        """Of its whole text."""
        return read_tokens(self.source[self.start : self.end], self.language) if self.inside else self.own_tokens

    @cached_property
    def signature(self) -> Tokens:
        return read_tokens(self.symbol.signature.encode("utf-8", "surrogatepass"), self.language)

    def around(self) -> Iterator["Item"]:
        """Yield its parent, and the parent's, the module last."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


class Outline:
    """The symbols of one version of a file."""

    def __init__(self, facts: FileFacts, source: bytes) -> None:
        self._starts = _line_starts(source)
        self._source = source
        self.module = Item(Symbol("", NodeKind.MODULE, "", "", facts.path, _NOWHERE), source, 0, len(source))
        self.items: list[Item] = []
        self._read(declare_file(facts))

    def _read(self, symbols: list[Symbol]) -> None:
        known: dict[str, Item] = {}
        for symbol in symbols:
            if symbol.kind not in _TOLD or symbol.name.startswith("<"):
                continue
            span = symbol.span
            start, end = self._offset(span.line, span.column), self._offset(span.end_line, span.end_column)
            item = Item(symbol, self._source, start, end, known.get(symbol.parent or ""))
            if symbol.parent is None:
                item.start, item.end = 0, len(self._source)
                self.module = item
            elif item.parent is None:
                continue  # of a lambda or of something without a name: it is text of what is around that
            known[symbol.key] = item
            self.items.append(item)
        self._nest()
        for item in sorted(self.items, key=lambda one: one.start):
            if item.parent is not None:
                item.parent.children.append(item)

    def _offset(self, line: int, column: int) -> int:
        return self._starts[min(line, len(self._starts)) - 1] + column

    def _nest(self) -> None:
        """Find out what stands inside of what."""
        around: list[Item] = []
        for item in sorted(self.items, key=lambda one: (one.start, -one.end, one.symbol.kind is NodeKind.VARIABLE)):
            while around and around[-1].end <= item.start and around[-1] is not self.module:
                around.pop()
            if around and item is not self.module:
                is_variable = item.symbol.kind is NodeKind.VARIABLE
                item.is_remote = is_variable and around[-1].symbol.kind in CALLABLES | {NodeKind.VARIABLE}
                if item.is_remote:
                    continue
                around[-1].inside.append(item)
            around.append(item)

    @cached_property
    def lines(self) -> list[Item]:
        """The innermost symbol that each line belongs to."""
        owners = [self.module] * len(self._starts)
        for item in sorted(self.items, key=lambda one: (one.start, -one.end)):
            if not item.is_remote and item is not self.module:
                first, last = item.symbol.span.line, min(item.symbol.span.end_line, len(owners))
                owners[first - 1 : last] = [item] * (last - first + 1)
        return owners


def _line_starts(source: bytes) -> list[int]:
    starts, at = [0], source.find(b"\n")
    while at >= 0:
        starts.append(at + 1)
        at = source.find(b"\n", at + 1)
    return starts
