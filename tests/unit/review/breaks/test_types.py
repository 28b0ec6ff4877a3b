"""Literals that a declared type refuses, and literals that it takes or may take."""

from collections.abc import Callable

import pytest

from yantra_bot.domain.graph import Language
from yantra_bot.review.breaks.literals import refuses
from yantra_bot.review.breaks.results import count_results

Told = Callable[[dict[str, str], dict[str, str]], list[str]]
REFUSED = [
    ("int", "str"), ("int", "float"), ("int", "None"), ("str", "int"), ("bytes", "str"), ("str", "bytes"),
    ("list[int]", "tuple"), ("dict[str, int]", "list"), ("int | None", "str"), ("Optional[int]", "str"),
    ("Union[int, float]", "str"), ("'int'", "str"), ("List[int]", "dict"), ("bool", "int"),
    ("Optional[Union[int, str]]", "list"),
]  # fmt: skip
TAKEN = [
    ("int", "int"), ("int", "bool"), ("float", "int"), ("int | None", "None"), ("Optional[int]", "None"),
    ("Union[int, str]", "str"), ("Any", "str"), ("T", "str"), ("Sequence[str]", "str"), ("Path", "str"),
    ("list[int]", "list"), ("object", "None"), ("Iterable[int]", "list"), ("int | Foo", "str"), ("", "str"),
    ("Literal['a']", "str"), ("Annotated[int, 1]", "str"), ("type[int]", "str"), ("tuple[int, ...]", "tuple"),
    ("Callable[[int], str]", "str"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "literal"), REFUSED)
def test_a_type_refuses_what_it_certainly_cannot_be(declared: str, literal: str) -> None:
    """Types of the language itself are known."""
    assert refuses(declared, literal, Language.PYTHON)


@pytest.mark.parametrize(("declared", "literal"), TAKEN)
def test_a_type_that_may_take_it_is_given_the_benefit(declared: str, literal: str) -> None:
    """Of any other type nothing is known."""
    assert not refuses(declared, literal, Language.PYTHON)


def test_a_new_call_passes_what_is_declared(told: Told) -> None:
    """A literal that the change passes is held against the parameter's type, by place and by name."""
    library = {"m.py": "class C:\n    def m(self, a: int, b: str = ''): ...\ndef f(a: int, b: str = None): ...\n"}
    start = "from m import f, C\n"
    calls = 'f("x")\nf(1, b=2)\nC().m("x")\nf(1, None)\nf(1, "x")\nf("x")  # type: ignore\nf(int("1"))\n'
    found = told({**library, "use.py": start}, {**library, "use.py": start + calls})
    assert sorted(found) == ["argument-type m.C.m: m.py:2", "argument-type m.f: m.py:3", "argument-type m.f: m.py:3"]


def test_a_parameter_of_another_type_breaks_literals(told: Told) -> None:
    """Callers that pass a literal of the old type are named; what passed before through an error is not."""
    use = {"use.py": "from m import f\nf(1)\nf('x')\n"}
    found = told({"m.py": "def f(a: int): ...\n", **use}, {"m.py": "def f(a: str): ...\n", **use})
    assert found == ["argument-type m.f: use.py:2"]


def test_tests_may_pass_what_they_like(told: Told) -> None:
    """A test passes wrong types on purpose."""
    library = {"m.py": "def f(a: int): ...\n"}
    assert told({**library, "test_m.py": ""}, {**library, "test_m.py": "from m import f\nf('x')\n"}) == []


@pytest.mark.parametrize(("returns", "count"), [("", 0), ("error", 1), ("(int, error)", 2), ("(a int, b string)", 2)])
def test_results_of_go_are_counted(returns: str, count: int) -> None:
    """A list of results has as many as it names."""
    assert count_results(returns) == count
