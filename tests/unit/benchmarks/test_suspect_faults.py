"""The faults that a ranking is measured with: each is one edit of one function that still is Python."""

import ast
import random

import pytest

from benchmarks.suspect_faults import faults_of, functions_of, harmless_of
from benchmarks.suspect_ranking import is_named, is_the_one, kinds_of
from benchmarks.suspect_world import SILENT, Case

TEXT = '''
class Cart:
    """What is bought."""

    def total(self, rate=1):
        """Add up."""
        found = self.items or []
        if not found:
            return 0
        return combine(found, rate) * 2

    def empty(self):
        self.items = list(self.items)
        return self.names["first"] == 3


def combine(items, rate):
    value = sum(items)
    return value * rate
'''


def test_functions_are_named_as_they_are_nested() -> None:
    assert [one.name for one in functions_of("cart.py", TEXT)] == ["Cart.total", "Cart.empty", "combine"]


def test_every_kind_of_mistake_is_one_edit_that_compiles() -> None:
    found = [edit for one in functions_of("cart.py", TEXT) for edit in faults_of(one)]
    assert {edit.kind for edit in found} == {
        "adds a check",
        "adds a conversion",
        "adds a way around",
        "adds a way out",
        "drops a default",
        "drops a guard",
        "drops a line",
        "flips a comparison",
        "forgets to set",
        "is off by one",
        "misspells a key",
        "returns nothing",
        "swaps arguments",
    }
    for edit in found:
        assert ast.dump(ast.parse(edit.text)) != ast.dump(ast.parse(TEXT)), edit.kind


def test_harmless_edits_compile_and_give_the_same_answers() -> None:
    edits = [edit for one in functions_of("cart.py", TEXT) for edit in harmless_of(one, random.Random(1))]
    assert {edit.kind for edit in edits} == {
        "adds a helper",
        "adds an option",
        "asserts",
        "logs",
        "names what it returns",
        "renames a local",
        "says why",
    }
    for edit in edits:
        assert edit.text != TEXT
        known: dict[str, object] = {}
        exec(compile(edit.text, "cart.py", "exec"), known)
        combine = known["combine"]
        assert callable(combine)
        assert combine([1, 2], 3) == 9, edit.kind


def _case(function: str, words: str = "") -> Case:
    return Case("shop", SILENT, "drops a line", {}, (), 0, "src/shop/cart.py", function, "", words)


@pytest.mark.parametrize(
    ("path", "function", "is_it"),
    [
        ("src/shop/cart.py", "src.shop.cart.Cart.get", True),
        ("src/shop/stock.py", "src.shop.stock.Cart.get", False),
        ("src/shop/cart.py", "src.shop.cart.Cart.forget", False),
        ("src/shop/cart.py", "src.shop.cart.get", False),
    ],
)
def test_the_truth_is_a_function_of_a_file(path: str, function: str, is_it: bool) -> None:
    assert is_the_one(_case("Cart.get"), path, function) is is_it


@pytest.mark.parametrize(
    ("function", "words", "is_it"),
    [
        ("Cart.add_item", "the probe 'works' fails at /Cart, /add_item", True),
        ("Cart.add_item", "the probe 'item is added' fails at /Cart", False),
        ("Cart.__eq__", "the probe 'works' fails at /Cart", True),
        ("Cart.__eq__", "the probe 'works' fails at /clear", False),
    ],
)
def test_words_that_name_the_function_at_fault_are_told_apart(function: str, words: str, is_it: bool) -> None:
    case = _case(function, words)
    assert is_named(case) is is_it
    assert kinds_of(case)[1] == f"no traceback, its name {'in the words' if is_it else 'nowhere'}"
