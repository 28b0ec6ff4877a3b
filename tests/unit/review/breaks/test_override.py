"""Overrides that part from their base, and classes that lack what they must have."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str], dict[str, str]], list[str]]

BASE = "class B:\n    def m(self, a, b=1): ...\nclass C(B):\n    def m(self, a, b=1): ...\n"
OVER = BASE.rpartition("def m")[0]
ABC = "from abc import ABC, abstractmethod\nclass B(ABC):\n    @abstractmethod\n    def m(self): ...\n"
DONE = f"{ABC}class C(B):\n    def m(self): ...\nC()\n"
AGAIN = "    @abstractmethod\n    def n(self): ...\n"
MIXIN = "class M:\n    def n(self): ...\nclass C(M, B)"
TRUE = {
    "the base takes more": (BASE, BASE.replace("b=1", "b=1, c=2", 1), "override-mismatch m.B.m / m.C.m"),
    "the override takes less": (BASE, f"{OVER}def m(self, a): ...\n", "override-mismatch m.C.m / m.B.m"),
    "the override needs more": (BASE, f"{OVER}def m(self, a, b): ...\n", "override-mismatch m.C.m / m.B.m"),
    "the override needs a name": (BASE, f"{OVER}def m(self, a, b=1, *, c): ...\n", "override-mismatch m.C.m / m.B.m"),
    "the base takes a name": (BASE, BASE.replace("b=1", "b=1, *, c=2", 1), "override-mismatch m.B.m / m.C.m"),
    "a new abstract method": (
        DONE,
        DONE.replace("class C", "    @abstractmethod\n    def n(self): ...\nclass C"),
        "not-implemented m.C.n",
    ),
    "a method became abstract": (
        "from abc import ABC, abstractmethod\nclass B(ABC):\n    def m(self): ...\nclass C(B): ...\nC()\n",
        f"{ABC}class C(B): ...\nC()\n",
        "not-implemented m.C.m",
    ),
    "an implementation is gone": (DONE, f"{ABC}class C(B): ...\nC()\n", "not-implemented m.C.m"),
}
SILENT = {
    "both take more": (BASE, BASE.replace("b=1", "b=1, c=2")),
    "it never matched": (
        BASE.replace("a, b=1", "a", 1),
        BASE.replace("a, b=1", "a", 1).replace("(self, a, b=1)", "(self, a, b=1, c=2)"),
    ),
    "it did not match before": (
        f"{OVER}def m(self): ...\n",
        f"{OVER}def m(self, *, z): ...\n",
    ),
    "the override takes everything": (BASE, f"{OVER}def m(self, *args, **kwargs): ...\n"),
    "a constructor is no override": (
        BASE.replace("def m", "def __init__"),
        f"{OVER}def m(self, a): ...\n".replace("def m", "def __init__"),
    ),
    "a private method is no override": (
        BASE.replace("def m", "def __m"),
        f"{OVER}def m(self, a): ...\n".replace("def m", "def __m"),
    ),
    "names of parameters may differ": (BASE, f"{OVER}def m(self, x, y=1): ...\n"),
    "a decorator is not known": (BASE, BASE.replace("    def m(self, a, b=1)", "    @q\n    def m(self)", 1)),
    "an abstract class is never made": (
        DONE.replace("C()\n", ""),
        DONE.replace("C()\n", "").replace("class C", "    @abstractmethod\n    def n(self): ...\nclass C"),
    ),
    "a mixin has it": (
        DONE.replace("class C(B)", MIXIN),
        DONE.replace("class C(B)", AGAIN + MIXIN),
    ),
    "an unknown base may have it": (
        DONE.replace("class C(B)", "from q import Q\nclass C(B, Q)"),
        DONE.replace("class C(B)", "    @abstractmethod\n    def n(self): ...\nfrom q import Q\nclass C(B, Q)"),
    ),
    "nothing holds to it": (
        DONE.replace("(ABC)", ""),
        DONE.replace("(ABC)", "").replace("class C", "    @abstractmethod\n    def n(self): ...\nclass C"),
    ),
    "the class has it": (
        DONE,
        DONE.replace("class C(B):\n", "    @abstractmethod\n    def n(self): ...\nclass C(B):\n    def n(self): ...\n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), TRUE.values(), ids=TRUE)
def test_what_no_longer_matches_is_named(told: Told, before: str, after: str, expected: str) -> None:
    """A method that parts from its base, and a class that cannot be made any more, are each one finding."""
    assert [one.partition(": ")[0] for one in told({"m.py": before}, {"m.py": after})] == [expected]


@pytest.mark.parametrize(("before", "after"), SILENT.values(), ids=SILENT)
def test_what_matches_or_never_did_is_not_reported(told: Told, before: str, after: str) -> None:
    """A difference that was there before, or that nobody can meet, is no finding."""
    assert told({"m.py": before}, {"m.py": after}) == []


def test_interfaces_of_typescript_and_java_are_held_to(told: Told) -> None:
    """A class that declares an interface has to have all that it demands."""
    before = {
        "a.ts": "export interface I { m(): void; o?(): void }\nexport class C implements I { m() {} }\n",
        "A.java": "interface A {\n  void m();\n}\n",
        "B.java": "class B implements A {\n  public void m() {}\n}\n",
    }
    after = {
        "a.ts": before["a.ts"].replace("m(): void;", "m(): void; n(): void; p?(): void;"),
        "A.java": before["A.java"].replace("void m();", "void m();\n  void n();\n  default void p() {}"),
        "B.java": before["B.java"],
    }
    found = told(before, after)
    assert sorted(one.partition(":")[0] for one in found) == ["not-implemented B.B.n", "not-implemented a.C.n"]
