"""Named tuples that a call makes."""

import pytest

from tests.unit.graphdb.languages.python.dump import read
from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import BodyFlag

HEAD = "import collections\nfrom collections import namedtuple\nfrom typing import NamedTuple\n"


def fields_of(source: str) -> list[list[str]]:
    """Return the names of each class with fields."""
    return [list(body.names) for body in read(HEAD + source).bodies if body.flags & BodyFlag.DATACLASS]


@pytest.mark.parametrize(
    "call",
    [
        'namedtuple("P", "a b")',
        'collections.namedtuple("P", "a, b", defaults=[None])',
        'namedtuple("P", ["a", "b"])',
        'NamedTuple("P", [("a", int), ("b", str)])',
    ],
)
def test_fields_are_read_in_every_form(call: str) -> None:
    """A text, a sequence of names, pairs of name and type; also as the base of a class."""
    assert fields_of(f"P = {call}\n") == [["a", "b"]]
    assert fields_of(f"class P({call}): pass\n") == [["a", "b"]]


@pytest.mark.parametrize(
    "source",
    ['P = namedtuple("P", names)', 'P = namedtuple("P")', 'P = namedtuple("P", [()])', 'f(namedtuple("P", "a"))'],
)
def test_what_says_no_fields_makes_no_class(source: str) -> None:
    """Computed names, missing ones, and a class that no name is given."""
    assert fields_of(source + "\n") == []


def test_the_class_is_the_symbol_of_its_name() -> None:
    """There is no variable of the same name beside it."""
    symbols = read(HEAD + 'P = namedtuple("P", "a")\n').symbols
    assert [one.kind for one in symbols if one.name == "P"] == [NodeKind.CLASS.value]
