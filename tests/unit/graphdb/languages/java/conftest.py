"""What the tests of Java's frontend share: lowering a text, and looking into the facts."""

from collections.abc import Callable
from textwrap import dedent

import pytest
from tree_sitter import Parser

from yantra_bot.graphdb.facts import Body, FileFacts
from yantra_bot.graphdb.languages import java

Lower = Callable[..., FileFacts]


@pytest.fixture
def lower() -> Lower:
    """Return a function that lowers a source text."""
    parser = Parser(java.grammar(".java"))

    def run(source: str | bytes, path: str = "a/T.java") -> FileFacts:
        data = source if isinstance(source, bytes) else dedent(source).encode()
        return java.lower(path, data, parser.parse(data))

    return run


@pytest.fixture
def body_of() -> Callable[[FileFacts, str], Body]:
    """Return a function that finds the body of a symbol by its dotted name inside the file."""

    def find(facts: FileFacts, name: str) -> Body:
        wanted = names_of(facts).index(name)
        return next(body for body in facts.bodies if body.owner == wanted)

    return find


def names_of(facts: FileFacts) -> list[str]:
    """Return the dotted name of each symbol, the module's empty."""
    names: list[str] = []
    for symbol in facts.symbols:
        around = names[symbol.parent] if symbol.parent > 0 else ""
        names.append("" if symbol.parent < 0 else f"{around}.{symbol.name}" if around else symbol.name)
    return names


@pytest.fixture(name="names_of")
def names_of_fixture() -> Callable[[FileFacts], list[str]]:
    """Return the function that names symbols."""
    return names_of
