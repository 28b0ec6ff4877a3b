"""Lowers snippets and shows what a test asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import pytest
from tree_sitter import Parser

from yantra_bot.graphdb.facts import Body, FileFacts, SymbolFacts
from yantra_bot.graphdb.languages import javascript


@dataclass(frozen=True)
class Lowered:
    """The facts of a snippet, by names."""

    facts: FileFacts

    def symbol(self, name: str) -> SymbolFacts:
        """Return the first symbol of a name."""
        return next(one for one in self.facts.symbols[1:] if one.name == name)

    def names(self) -> list[str]:
        """Return `kind qualified.name` of all symbols but the module, in order."""
        inner: list[str] = []
        for one in self.facts.symbols:
            around = inner[one.parent] if one.parent > 0 else ""
            inner.append(f"{around}.{one.name}" if around else one.name)
        return [f"{one.kind} {name}" for one, name in zip(self.facts.symbols[1:], inner[1:], strict=True)]

    def body(self, name: str = "") -> Body:
        """Return the body of the first symbol of a name; the module's without one."""
        return next(one for one in self.facts.bodies if not name or self.facts.symbols[one.owner].name == name)

    def ops(self, code: int, name: str = "") -> list[tuple]:
        """Return the operands of all instructions of one kind in a body."""
        return [op[1:] for op in self.body(name).ops if op[0] == code]


Lower = Callable[..., Lowered]


@pytest.fixture
def lower() -> Lower:
    """Lower a text; its path's ending says which language it is."""

    def run(source: str | bytes, path: str = "main.js") -> Lowered:
        raw = source.encode() if isinstance(source, str) else source
        grammar = javascript.grammar(PurePosixPath(path).suffix)
        return Lowered(javascript.lower(path, raw, Parser(grammar).parse(raw)))

    return run
