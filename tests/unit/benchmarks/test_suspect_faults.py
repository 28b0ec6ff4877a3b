"""The faults that a ranking is measured with: each is one edit of one function that still is Python."""

import ast
import random

from benchmarks.suspect_faults import faults_of, functions_of, harmless_of

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
        "drops a default",
        "drops a guard",
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
