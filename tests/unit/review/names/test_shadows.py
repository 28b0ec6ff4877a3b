"""Definitions that a later one replaces."""

import pytest

from tests.unit.review.names.conftest import Names

TRUE = {
    "functions": "def f(): pass\n\n\ndef f(): return 1\n",
    "classes": "class A: pass\n\n\nclass A: x = 1\n",
    "methods": "class A:\n    def m(self): pass\n    def n(self): pass\n    def m(self): return 1\n",
    "tests": "def test_a(): pass\n\n\ndef test_a(): assert 1\n",
    "nested": "def f():\n    def g(): pass\n    def g(): return 1\n    return g\n",
    "in a condition": "if 1:\n    def f(): pass\n    def f(): return 1\n",
    "a class and a function": "def f(): pass\nclass f: pass\n",
}
SILENT = {
    "a property": "class A:\n    @property\n    def x(self): pass\n    @x.setter\n    def x(self, v): pass\n",
    "overloads": "from typing import overload\n@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\n"
    "def f(a): pass\n",
    "branches": "if 1:\n    def f(): pass\nelse:\n    def f(): return 1\n",
    "a fallback": "try:\n    def f(): pass\nexcept ImportError:\n    def f(): return 1\n",
    "registered": "@app.route('/a')\ndef f(): pass\n\n\n@app.route('/b')\ndef f(): return 1\n",
    "used between": "def f(): pass\nfirst = f\ndef f(): return 1\n",
    "wrapped": "def f(): pass\nf = wrap(f)\ndef f(): return 1\n",
    "single dispatch": "from functools import singledispatch\n@singledispatch\ndef f(x): pass\n"
    "@f.register\ndef _(x: int): pass\n@f.register\ndef _(x: str): pass\n",
    "two classes": "class A:\n    def m(self): pass\n\n\nclass B:\n    def m(self): pass\n",
    "told to be left alone": "def f(): pass\ndef f(): return 1  # noqa: F811\n",
}  # fmt: skip


@pytest.mark.parametrize("case", TRUE)
def test_a_replaced_definition_is_found(names: Names, case: str) -> None:
    """It is told at the second one, with the first as evidence."""
    found = [one for one in names({}, {"a.py": TRUE[case]}) if one.rule == "names/shadowed-definition"]
    assert len(found) == 1
    assert 0 < found[0].evidence[0].line < found[0].line


@pytest.mark.parametrize("case", SILENT)
def test_a_definition_that_is_used_or_chosen_is_not_found(names: Names, case: str) -> None:
    """Properties, overloads, branches and registrations are no mistakes."""
    assert [one for one in names({}, {"a.py": SILENT[case]}) if one.rule == "names/shadowed-definition"] == []


def test_what_the_base_had_is_not_found(names: Names) -> None:
    """An old pair in a changed file is not the change's."""
    text = "def f(): pass\ndef f(): return 1\n"
    assert names({"a.py": text}, {"a.py": "x = 1\n" + text}) == []
