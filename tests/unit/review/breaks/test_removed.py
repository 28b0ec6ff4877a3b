"""Names that are gone while something still uses them, and names that can still be found."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str], dict[str, str]], list[str]]
Files = dict[str, str]

F = {"p/__init__.py": "", "p/m.py": "def f(a): ...\n", "use.py": "from p.m import f\nf(1)\n"}
CLASS = "class B:\n    def q(self): ...\nclass C(B):\n    K = 1\n    def m(self): ...\n    def go(self): self.m()\n"
C = {"p/__init__.py": "", "p/m.py": CLASS, "use.py": "from p.m import C\ndef g(c: C):\n    c.m()\nC().m()\nC.K\n"}


def edit(files: Files, **changes: str | None) -> Files:
    """Return the files after a change, whose names are those of paths with `__` for `/`; None removes one."""
    changed = {name.replace("__", "/") + ".py": text for name, text in changes.items()}
    return {path: text for path, text in {**files, **changed}.items() if text is not None}


TRUE = {
    "a function was removed": (F, edit(F, p__m=""), ["p.m.f: use.py:1 use.py:2"]),
    "a function was renamed": (F, edit(F, p__m="def g(a): ...\n"), ["p.m.f: use.py:1 use.py:2"]),
    "a function was moved": (F, edit(F, p__m="", p__n="def f(a): ...\n"), ["p.m.f: use.py:1 use.py:2"]),
    "a module was moved": (F, edit(F, p__m=None, p__n=F["p/m.py"]), ["p.m: use.py:1"]),
    "it is used through its module": (
        {**F, "use.py": "import p.m\np.m.f(1)\n"},
        {**F, "use.py": "import p.m\np.m.f(1)\n", "p/m.py": ""},
        ["p.m.f: use.py:2"],
    ),
    "it is used through another name": (
        {**F, "use.py": "from p import m as z\nfrom p.m import f as h\nz.f(1)\nh(2)\n"},
        {**F, "use.py": "from p import m as z\nfrom p.m import f as h\nz.f(1)\nh(2)\n", "p/m.py": ""},
        ["p.m.f: use.py:2 use.py:3 use.py:4"],
    ),
    "a package that gave it on fails itself": (
        {**F, "p/__init__.py": "from .m import f\n", "use.py": "from p import f\nf(1)\n"},
        {**F, "p/__init__.py": "from .m import f\n", "use.py": "from p import f\nf(1)\n", "p/m.py": ""},
        ["p.m.f: p/__init__.py:1 use.py:1 use.py:2"],
    ),
    "a constant": (
        {**F, "p/m.py": "K = 1\n", "use.py": "from p.m import K\nprint(K)\n"},
        {**F, "p/m.py": "", "use.py": "from p.m import K\nprint(K)\n"},
        ["p.m.K: use.py:1 use.py:2"],
    ),
    "a class": (
        C,
        edit(C, p__m=CLASS.replace("class C", "class CC")),
        ["p.m.C: use.py:1 use.py:2 use.py:4 use.py:5"],
    ),
    "a class that is a base": (
        {**F, "p/m.py": "class C: ...\n", "use.py": "import p.m\nclass D(p.m.C): ...\n"},
        {**F, "p/m.py": "", "use.py": "import p.m\nclass D(p.m.C): ...\n"},
        ["p.m.C: use.py:2"],
    ),
    "a method": (C, edit(C, p__m=CLASS.replace("def m(", "def n(")), ["p.m.C.m: p/m.py:6 use.py:3 use.py:4"]),
    "a constant of a class": (C, edit(C, p__m=CLASS.replace("K = 1", "L = 1")), ["p.m.C.K: use.py:5"]),
    "a member of an enumeration": (
        {"m.py": "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\n", "use.py": "from m import E\nE.B\n"},
        {"m.py": "import enum\nclass E(enum.Enum):\n    A = 1\n", "use.py": "from m import E\nE.B\n"},
        ["m.E.B: use.py:2"],
    ),
    "a method of a base": (
        {"m.py": CLASS, "use.py": "from m import C\nC().q()\n"},
        {"m.py": CLASS.replace("def q", "def z"), "use.py": "from m import C\nC().q()\n"},
        ["m.B.q: use.py:2"],
    ),
    "its module says what a function has": (
        {**F, "p/m.py": "def g():\n    return str(locals())\ndef f(a): ...\n"},
        {**F, "p/m.py": "def g():\n    return str(locals())\n"},
        ["p.m.f: use.py:1 use.py:2"],
    ),
    "the caller's file was changed elsewhere": (
        F,
        {**F, "p/m.py": "", "use.py": "import os\nfrom p.m import f\nf(1)\nos.path\n"},
        ["p.m.f: use.py:2 use.py:3"],
    ),
    "a use in the same file": (
        {"m.py": "def f(): ...\ndef g():\n    f()\n"},
        {"m.py": "def g():\n    f()\n"},
        ["m.f: m.py:2"],
    ),
}
EITHER = "from m import A, B\ndef g(x): x.m()\ng(A())\ng(B())\n"
LAZY = "def __getattr__(name): return 1\n"
SILENT = {
    "its module makes names": (
        {**F, "p/m.py": "for name in ['f']:\n    vars()[name] = 1\ndef f(a): ...\n"},
        {**F, "p/m.py": "for name in ['f']:\n    vars()[name] = 1\n"},
    ),
    "nobody uses it": ({"m.py": "def f(): ...\n"}, {"m.py": ""}),
    "who used it was changed too": (F, edit(F, p__m="def g(a): ...\n", use="from p.m import g\ng(1)\n")),
    "it can still be imported there": (F, edit(F, p__m="from p.n import f\n", p__n="def f(a): ...\n")),
    "another name keeps it alive": (F, edit(F, p__m="def g(a): ...\nf = g\n")),
    "all names of another module are taken": (F, edit(F, p__m="from p.n import *\n", p__n="def f(a): ...\n")),
    "all names of an unknown module are taken": (F, edit(F, p__m="from q import *\n")),
    "the module answers for every name": (F, edit(F, p__m=LAZY)),
    "the module's names are made at run time": (F, edit(F, p__m="globals()['f'] = 1\n")),
    "the module does not parse": (F, edit(F, p__m="def (\n")),
    "the package takes it from elsewhere": (
        {**F, "p/__init__.py": "from .m import f\n", "use.py": "from p import f\nf(1)\n"},
        {"p/__init__.py": "from .n import f\n", "p/n.py": F["p/m.py"], "use.py": "from p import f\nf(1)\n"},
    ),
    "it is tried": (
        {**F, "use.py": "try:\n    from p.m import f\nexcept ImportError:\n    f = None\n"},
        {**F, "p/m.py": "", "use.py": "try:\n    from p.m import f\nexcept ImportError:\n    f = None\n"},
    ),
    "it is asked for first": (
        {**F, "use.py": "import p.m\nif hasattr(p.m, 'f'):\n    p.m.f(1)\n"},
        {**F, "p/m.py": "", "use.py": "import p.m\nif hasattr(p.m, 'f'):\n    p.m.f(1)\n"},
    ),
    "a test expects that it is missing": (
        {**F, "use.py": "import p.m, pytest\nwith pytest.raises(AttributeError):\n    p.m.f(1)\n"},
        {**F, "p/m.py": "", "use.py": "import p.m, pytest\nwith pytest.raises(AttributeError):\n    p.m.f(1)\n"},
    ),
    "it is set from outside": (
        {**F, "use.py": "import p.m\np.m.f = 1\n"},
        {**F, "p/m.py": "", "use.py": "import p.m\np.m.f = 1\n"},
    ),
    "the name is a string": (
        {**F, "use.py": "import p.m\ngetattr(p.m, 'f')\n"},
        {**F, "p/m.py": "", "use.py": "import p.m\ngetattr(p.m, 'f')\n"},
    ),
    "a module became a package": (
        F,
        {"p/__init__.py": "", "p/m/__init__.py": F["p/m.py"], "p/m/z.py": "", "use.py": F["use.py"]},
    ),
    "a package became a module": (
        {"p/__init__.py": "def f(): ...\n", "use.py": "from p import f\nf()\n"},
        {"p.py": "def f(): ...\n", "use.py": "from p import f\nf()\n"},
    ),
    "a module at the top may be installed now": (
        {"six.py": "def f(): ...\n", "use.py": "import six\nsix.f()\n"},
        {"use.py": "import six\nsix.f()\n"},
    ),
    "a method went to a base": (
        C,
        edit(C, p__m=CLASS.replace("    def m(self): ...\n", "").replace("q(self): ...", "m(self): ...")),
    ),
    "a class answers for every name": (
        C,
        edit(C, p__m=CLASS.replace("def m(self): ...", "def __getattr__(self, name): ...")),
    ),
    "an unknown base may have it": (
        C,
        edit(C, p__m="from q import Q\n" + CLASS.replace("    def m(self): ...\n", "").replace("C(B)", "C(Q)")),
    ),
    "a method is set on each instance": (
        C,
        edit(C, p__m=CLASS.replace("def m(self): ...", "def __init__(self): self.m = print")),
    ),
    "a decorator may add it": (
        C,
        edit(
            C, p__m="from q import q\n" + CLASS.replace("    def m(self): ...\n", "").replace("class C", "@q\nclass C")
        ),
    ),
    "a method became a field": (C, edit(C, p__m=CLASS.replace("def m(self): ...", "m = print"))),
    "something else of that name is meant": (
        {**F, "use.py": "from p.m import f\ndef g(f):\n    f(1)\n"},
        {**F, "p/m.py": "", "use.py": "def f(a): ...\ndef g(f):\n    f(1)\n"},
    ),
    "it may be another class": (
        {"m.py": "class A:\n    def m(self): ...\nclass B:\n    def m(self): ...\n", "use.py": EITHER},
        {"m.py": "class A: ...\nclass B:\n    def m(self): ...\n", "use.py": EITHER},
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), TRUE.values(), ids=TRUE)
def test_who_still_uses_what_is_gone_is_named(told: Told, before: Files, after: Files, expected: list[str]) -> None:
    """Each import, call and use of a name that is no more is named with its file and line."""
    assert [one.removeprefix("removed-still-used ") for one in told(before, after)] == expected


@pytest.mark.parametrize(("before", "after"), SILENT.values(), ids=SILENT)
def test_what_may_still_be_found_is_not_reported(told: Told, before: Files, after: Files) -> None:
    """A name that the head still provides, or may provide, is no finding."""
    assert told(before, after) == []
