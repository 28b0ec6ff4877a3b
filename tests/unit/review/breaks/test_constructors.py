"""Classes whose construction changed without an `__init__` of their own that did."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str], dict[str, str]], list[str]]
HEAD = "from dataclasses import dataclass, field, KW_ONLY\nfrom typing import ClassVar, NamedTuple\n"


def change(told: Told, before: str, after: str, caller: str) -> list[str]:
    """Return the lines of `use.py` that a change of `m.py` breaks."""
    unchanged = {"use.py": f"from m import *\n{caller}\n"}
    found = told({"m.py": HEAD + before, **unchanged}, {"m.py": HEAD + after, **unchanged})
    return [one.partition(": ")[2].replace("use.py:", "") for one in found]


DATA = "@dataclass\nclass C:\n    a: int\n"
TRUE = {
    "a field is new": (DATA, DATA + "    b: int\n", "C(1)"),
    "a field is gone": (DATA + "    b: int\n", DATA, "C(1, 2)"),
    "a field is gone that is given by name": (DATA + "    b: int = 0\n", DATA, "C(1, b=2)"),
    "a field has no default any more": (DATA + "    b: int = 0\n", DATA + "    b: int\n", "C(1)"),
    "a field of a base": (
        DATA + "@dataclass\nclass D(C):\n    b: int\n",
        DATA + "    x: int\n@dataclass\nclass D(C):\n    b: int\n",
        "D(1, 2)",
    ),
    "fields are by name only": (DATA, DATA.replace("@dataclass", "@dataclass(kw_only=True)"), "C(1)"),
    "fields behind a mark are by name only": (DATA, DATA.replace("    a", "    _: KW_ONLY\n    a"), "C(1)"),
    "a field is not taken": (DATA, "@dataclass\nclass C:\n    a: int = field(init=False)\n", "C(1)"),
    "a field with a factory lost it": (
        "@dataclass\nclass C:\n    a: list = field(default_factory=list)\n",
        "@dataclass\nclass C:\n    a: list = field(repr=False)\n",
        "C()",
    ),
    "a named tuple": (
        "class C(NamedTuple):\n    a: int\n",
        "class C(NamedTuple):\n    a: int\n    b: int\n",
        "C(1)",
    ),
    "a constructor where there was none": ("class C: ...", "class C:\n    def __init__(self, a): ...", "C()"),
    "a constructor is gone": ("class C:\n    def __init__(self, a): ...", "class C: ...", "C(1)"),
    "another base": (
        "class A:\n    def __init__(self, a): ...\nclass B: ...\nclass C(A): ...",
        "class A:\n    def __init__(self, a): ...\nclass B: ...\nclass C(B): ...",
        "C(1)",
    ),
}
SILENT = {
    "a field with a default is new": (DATA, DATA + "    b: int = 0\n", "C(1)"),
    "a field with a factory is new": (DATA, DATA + "    b: list = field(default_factory=list)\n", "C(1)"),
    "a variable of the class is new": (DATA, DATA + "    b: ClassVar[int]\n", "C(1)"),
    "a field that is not taken is new": (DATA, DATA + "    b: int = field(init=False)\n", "C(1)"),
    "a decorator that is not known": (DATA, DATA.replace("@dataclass", "@other") + "    b: int\n", "C(1)"),
    "a base that is not known": (
        "from q import Q\n@dataclass\nclass C(Q):\n    a: int\n",
        "from q import Q\n@dataclass\nclass C(Q):\n    a: int\n    b: int\n",
        "C(1)",
    ),
    "a constructor is made elsewhere": ("class C: ...", "class C:\n    def __new__(cls, a): ...", "C()"),
    "an exception takes anything": (
        "class C(Exception):\n    def __init__(self, a): ...",
        "class C(Exception): ...",
        "C(1)",
    ),
    "a metaclass may take anything": (
        "class M(type): ...\nclass C(metaclass=M):\n    def __init__(self, a): ...",
        "class M(type): ...\nclass C(metaclass=M): ...",
        "C(1)",
    ),
    "fields are unpacked": (DATA, DATA + "    b: int\n", "x = [1]\nC(*x)"),
    "a method is new": (DATA, DATA + "    def m(self): ...\n", "C(1)"),
}


@pytest.mark.parametrize(("before", "after", "caller"), TRUE.values(), ids=TRUE)
def test_who_makes_an_instance_as_before_is_named(told: Told, before: str, after: str, caller: str) -> None:
    """A call of the class that it refuses now is named."""
    assert change(told, before, after, caller) == ["2"]


@pytest.mark.parametrize(("before", "after", "caller"), SILENT.values(), ids=SILENT)
def test_construction_that_may_still_work_is_not_reported(told: Told, before: str, after: str, caller: str) -> None:
    """A class that takes the call, or may take it, is no finding."""
    assert change(told, before, after, caller) == []


def test_a_new_call_of_a_data_class_has_to_fit(told: Told) -> None:
    """What the change writes is held against fields as it is against parameters."""
    before = {"m.py": HEAD + DATA, "use.py": "from m import C\n"}
    found = told(before, {**before, "use.py": "from m import C\nC(1, 2)\n"})
    assert [one.partition(" ")[0] for one in found] == ["wrong-arguments"]
