"""What a lesson is about is known again, wherever it moved in its file, and known to have changed."""

import pytest

from yantra_bot.agent.syntax import load_grammars
from yantra_bot.domain.lessons import CodeNode
from yantra_bot.validation.symbols import MOST, find_touched, look_up, read_symbols
from yantra_bot.validation.weakening import Change

OLD = b"""
class Cart:
    def total(self):
        return sum(self.prices)

    def count(self):
        return len(self.prices)
"""
NEW = OLD.replace(b"sum(self.prices)", b"sum(self.prices, 0)")
parse = load_grammars().parse


@pytest.mark.parametrize(
    ("path", "source", "names"),
    [
        ("a.py", OLD, {"Cart", "Cart.total", "Cart.count"}),
        ("a.ts", b"class A { b() { return 1 } }\nexport function c() {}", {"A", "A.b", "c"}),
        ("a.go", b"package a\nfunc F() {}\ntype T struct{}\nfunc (t T) M() {}", {"F", "T", "M"}),
        ("a.rs", b"struct S;\nimpl S { fn m(&self) {} }\nfn f() {}", {"S", "S.m", "f"}),
        ("a.md", b"# none", set()),
        ("a.py", b"def (((", set()),
    ],
)
def test_symbols_of_a_file(path: str, source: bytes, names: set[str]) -> None:
    """By their qualified names, in each language that is parsed."""
    assert set(read_symbols(path, source, parse=parse)) == {f"{path}::{name}" for name in names}


def test_a_symbol_that_only_moved_is_the_same() -> None:
    """Lines above it, and its indentation, are none of its source."""
    moved = b"import os\n\n\n" + OLD.replace(b"    ", b"  ")
    assert read_symbols("a.py", moved, parse=parse) == read_symbols("a.py", OLD, parse=parse)


def test_a_change_touches_what_it_changes_and_not_what_is_around_it() -> None:
    """The class of a changed method changed too, and is not told: the method says more."""
    (node,) = find_touched({"a.py": Change(OLD, NEW), "tests/test_a.py": Change(None, OLD)}, parse=parse)
    assert node.name == "a.py::Cart.total"
    assert node.is_as_then(read_symbols("a.py", OLD, parse=parse)[node.name])  # it was never merged
    assert node.is_as_then(read_symbols("a.py", NEW, parse=parse)[node.name])  # or it was
    assert not node.is_as_then("")
    assert not node.is_as_then("0" * 16)


def test_a_new_file_and_a_deleted_one() -> None:
    """What is not there has no digest."""
    added = find_touched({"a.py": Change(None, OLD)}, parse=parse)
    removed = find_touched({"a.py": Change(OLD, None)}, parse=parse)
    assert {node.name: node.digest for node in added} == {node.name: node.before for node in removed}
    assert {node.before for node in added} == {node.digest for node in removed} == {""}


def test_of_a_large_change_a_few_are_told() -> None:
    """A lesson about a hundred symbols is about none."""
    many = b"".join(b"def f%d(): pass\n" % number for number in range(100))
    assert len(find_touched({"a.py": Change(None, many)}, parse=parse)) == MOST


def test_named_symbols_are_looked_up() -> None:
    """One that is not there has no digest, and a strange name is no error."""
    digest = read_symbols("a.py", OLD, parse=parse)["a.py::Cart.total"]
    names = ["a.py::Cart.total", "a.py::Gone", "b.py::f", "", "::"]
    found = look_up(names, {"a.py": OLD}, parse=parse)
    assert found == (CodeNode("a.py::Cart.total", digest), *(CodeNode(name, "") for name in names[1:]))
