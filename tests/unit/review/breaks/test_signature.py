"""Signatures that changed, with callers that break and callers that do not."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str], dict[str, str]], list[str]]


def change(told: Told, before: str, after: str, caller: str) -> list[str]:
    """Return what is told of a change to `m.py`, which `use.py` uses, each as the lines of `use.py` that break."""
    unchanged = {"use.py": f"from m import *\nfrom m import f, C, D, x, y\nimport m\n{caller}\n"}
    found = told({"m.py": before, **unchanged}, {"m.py": after, **unchanged})
    return [one.partition(": ")[2].replace("use.py:", "") for one in found]


TRUE = {
    "a parameter was removed": ("def f(a, b): ...", "def f(a): ...", "f(1, 2)", "4"),
    "a parameter was removed that is given by name": ("def f(a, b=1): ...", "def f(a): ...", "f(1, b=2)", "4"),
    "a required parameter is new": ("def f(a): ...", "def f(a, b): ...", "f(1)", "4"),
    "a required parameter is new, by name only": ("def f(a): ...", "def f(a, *, b): ...", "f(1)", "4"),
    "it is given by keyword, whose value is nothing": ("def f(a, b=1): ...", "def f(a): ...", "f(1, b=2 + 3)", "4"),
    "a parameter was renamed": ("def f(a): ...", "def f(b): ...", "f(a=1)", "4"),
    "a default was lost": ("def f(a, b=1): ...", "def f(a, b): ...", "f(1)", "4"),
    "a parameter is by name only now": ("def f(a, b=1): ...", "def f(a, *, b=1): ...", "f(1, 2)", "4"),
    "a parameter is by position only now": ("def f(a): ...", "def f(a, /): ...", "f(a=1)", "4"),
    "parameters changed places": ("def f(a, b): ...", "def f(b, a): ...", "f(1, 2)", "4"),
    "a parameter came between": ("def f(a, b=1): ...", "def f(a, c=0, b=1): ...", "f(1, 2)", "4"),
    "no more are taken": ("def f(*a): ...", "def f(): ...", "f(1)", "4"),
    "no more names are taken": ("def f(**a): ...", "def f(): ...", "f(x=1)", "4"),
    "what is unpacked cannot give it": ("def f(*a): ...", "def f(*a, b): ...", "f(*x)", "4"),
    "it is too many with what is unpacked": ("def f(a, b, c=1): ...", "def f(a): ...", "f(1, 2, *x)", "4"),
    "through a module": ("def f(a): ...", "def f(): ...", "m.f(1)", "4"),
    "through an alias": ("def f(a): ...", "def f(): ...", "g = f\ng(1)", "5"),
    "many callers": ("def f(a): ...", "def f(): ...", "f(1)\ndef g():\n    return f(2)", "4 6"),
    "a decorator takes what it decorates": ("def f(a): ...", "def f(): ...", "@f\ndef g(): ...", "4"),
    "a decorator with arguments": (
        "def f(a):\n    return lambda g: g",
        "def f():\n    return lambda g: g",
        "@f(1)\ndef g(): ...",
        "4",
    ),
    "a method": (
        "class C:\n    def m(self, a): ...",
        "class C:\n    def m(self, a, b): ...",
        "C().m(1)",
        "4",
    ),
    "a method of a parameter by its type": (
        "class C:\n    def m(self, a): ...",
        "class C:\n    def m(self, a, b): ...",
        "def g(c: C):\n    c.m(1)",
        "5",
    ),
    "a method through its class": (
        "class C:\n    def m(self, a): ...",
        "class C:\n    def m(self, a, b): ...",
        "C.m(x, 1)",
        "4",
    ),
    "a method through super": (
        "class C:\n    def m(self, a): ...",
        "class C:\n    def m(self): ...",
        "class E(C):\n    def go(self, a):\n        super().m(a)",
        "6",
    ),
    "a static method became a method": (
        "class C:\n    @staticmethod\n    def m(a): ...",
        "class C:\n    def m(self, a, b): ...",
        "C.m(1)",
        "4",
    ),
    "a class method": (
        "class C:\n    @classmethod\n    def m(cls, a): ...",
        "class C:\n    @classmethod\n    def m(cls): ...",
        "C.m(1)",
        "4",
    ),
    "a constructor": (
        "class C:\n    def __init__(self, a): ...",
        "class C:\n    def __init__(self, a, b): ...",
        "C(1)",
        "4",
    ),
    "an inherited constructor": (
        "class C:\n    def __init__(self, a): ...\nclass D(C): ...",
        "class C:\n    def __init__(self): ...\nclass D(C): ...",
        "D(1)",
        "4",
    ),
    "a known decorator leaves arguments alone": (
        "from functools import lru_cache\n@lru_cache(None)\ndef f(a): ...",
        "from functools import lru_cache\n@lru_cache(None)\ndef f(): ...",
        "f(1)",
        "4",
    ),
    "one of two classes that are meant, and the other takes it": (
        "class C:\n    def m(self, a): ...\nclass D:\n    def m(self, a): ...",
        "class C:\n    def m(self): ...\nclass D:\n    def m(self, a): ...",
        "def g(c):\n    c.m(1)\ng(C())\ng(D())",
        "5",
    ),
    "one of several functions of a table": (
        "def f(a): ...\ndef h(a): ...\nt = {'f': f, 'h': h}",
        "def f(a, b): ...\ndef h(a): ...\nt = {'f': f, 'h': h}",
        "def g(k):\n    h = m.t[k]\n    h(1)",
        "6",
    ),
    "it is an instance, by another call": (
        "class C:\n    def m(self, a, b=1): ...\n    def n(self): ...",
        "class C:\n    def m(self, a): ...\n    def n(self): ...",
        "def g(c):\n    c.n()\n    c.m(1, 2)\ng(C())",
        "6",
    ),
    "a library wraps it, and it is called as it is": (
        "import contextlib\nclass C:\n    @contextlib.contextmanager\n    def m(self, a):\n        yield a",
        "import contextlib\nclass C:\n    @contextlib.contextmanager\n    def m(self):\n        yield 1",
        "def g(c: C):\n    with c.m(1):\n        pass\nwith C().m(1): pass",
        "5 7",
    ),
    "another error is caught": (
        "def f(a): ...",
        "def f(): ...",
        "try:\n    f(1)\nexcept ValueError:\n    pass",
        "5",
    ),
    "it is in the handler": (
        "def f(a): ...",
        "def f(): ...",
        "try:\n    x()\nexcept TypeError:\n    f(1)",
        "7",
    ),
}

SILENT = {
    "a library calls it": ("def f(a): ...", "def f(a, b=1): ...", "sorted(x, key=f)"),
    "a library calls it with who knows what": ("def f(a): ...", "def f(): ...", "sorted([1, 2], key=f)"),
    "an optional parameter is new": ("def f(a): ...", "def f(a, b=1): ...", "f(1)"),
    "a parameter was renamed and is given by position": ("def f(a): ...", "def f(b): ...", "f(1)"),
    "a parameter was removed that nobody gives": ("def f(a, b=1): ...", "def f(a): ...", "f(1)"),
    "arguments are unpacked": ("def f(a, b): ...", "def f(a): ...", "f(*x)"),
    "names are unpacked": ("def f(a): ...", "def f(a, *, b): ...", "f(1, **x)"),
    "what is unpacked may be what is needed": ("def f(a): ...", "def f(a, b): ...", "f(1, *x)"),
    "unpacked names may be what is needed": ("def f(a): ...", "def f(a, b): ...", "f(1, **{**x})"),
    "parameters changed places and are given by name": ("def f(a, b): ...", "def f(b, a): ...", "f(a=1, b=2)"),
    "all are taken now": ("def f(a, b): ...", "def f(*args, **kwargs): ...", "f(1, b=2)"),
    "it never fitted": ("def f(a): ...", "def f(a, b, c): ...", "f()"),
    "a test expects it": (
        "def f(a): ...",
        "def f(): ...",
        "import pytest\ndef test():\n    with pytest.raises(TypeError):\n        f(1)",
    ),
    "a test of unittest expects it": (
        "def f(a): ...",
        "def f(): ...",
        "class T:\n    def test(self):\n        with self.assertRaises(TypeError):\n            f(1)",
    ),
    "a test is expected to fail": (
        "def f(a): ...",
        "def f(): ...",
        "import pytest\n@pytest.mark.xfail\ndef test():\n    f(1)",
    ),
    "the error is caught": ("def f(a): ...", "def f(): ...", "try:\n    f(1)\nexcept TypeError:\n    f()"),
    "every error is caught": ("def f(a): ...", "def f(): ...", "try:\n    f(1)\nexcept:\n    pass"),
    "it asks for the signature first": (
        "def f(a): ...",
        "def f(): ...",
        "import inspect\nif 'a' in inspect.signature(f).parameters:\n    f(1)",
    ),
    "a decorator may change what is taken": (
        "import q\n@q.wrap\ndef f(a): ...",
        "import q\n@q.wrap\ndef f(): ...",
        "f(1)",
    ),
    "it is defined in two ways": (
        "import sys\nif sys.platform == 'win32':\n    def f(a): ...\nelse:\n    def f(a): ...",
        "import sys\nif sys.platform == 'win32':\n    def f(): ...\nelse:\n    def f(a): ...",
        "f(1)",
    ),
    "it is imported, else defined": (
        "try:\n    from q import f\nexcept ImportError:\n    def f(a): ...",
        "try:\n    from q import f\nexcept ImportError:\n    def f(): ...",
        "f(1)",
    ),
    "it is overloaded": (
        "from typing import overload\n@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): ...",
        "from typing import overload\n@overload\ndef f(): ...\n@overload\ndef f(a: str): ...\ndef f(a=1): ...",
        "f(1)",
    ),
    "another class is meant now, which takes it": (
        "class C:\n    def m(self, a): ...\nclass D:\n    def m(self, a): ...\ncs = [C(), D()]",
        "class C:\n    def m(self): ...\nclass D:\n    def m(self, a): ...\ncs = [D()]",
        "for c in m.cs:\n    c.m(1)",
    ),
    "one of those that may be meant never took it": (
        "class C:\n    def m(self, a): ...\nclass D:\n    def m(self): ...\nclass E:\n    def m(self, a): ...",
        "class C:\n    def m(self): ...\nclass D:\n    def m(self): ...\nclass E:\n    def m(self, a): ...",
        "def g(c):\n    c.m(1)\ng(C())\ng(m.D())\ng(m.E())",
    ),
    "it may be a class, whose method is given its instance": (
        "class C:\n    def m(self, a, b=1): ...",
        "class C:\n    def m(self, a): ...",
        "def g(c):\n    c.m(1, 2)\ng(C())",
    ),
    "a subclass takes it": (
        "class C:\n    def m(self, a): ...\nclass D(C):\n    def m(self, a): ...",
        "class C:\n    def m(self): ...\nclass D(C):\n    def m(self, a=1): ...",
        "def g(c: C):\n    c.m(1)",
    ),
    "a method became static and is called on instances": (
        "class C:\n    def m(self, a): ...",
        "class C:\n    @staticmethod\n    def m(a): ...",
        "C().m(1)",
    ),
    "only the body changed": ("def f(a): ...", "def f(a): return 1", "f(1)"),
    "only types changed": ("def f(a): ...", "def f(a: int) -> int: ...", "f(1)"),
    "it is passed, not called": ("def f(a): ...", "def f(): ...", "print(f)"),
    "partial knows what it gives": (
        "def f(a, b): ...",
        "def f(a, b, c): ...",
        "from functools import partial\npartial(f, 1)",
    ),
    "a mock stands in its place": (
        "def f(a): ...",
        "def f(): ...",
        "from unittest.mock import Mock\nf = Mock()\nf(1)",
    ),
    "nested functions of one name": (
        "def f(a): ...",
        "def f(): ...",
        "def g():\n    def f(a): ...\n    f(1)",
    ),
    "a lambda takes its place": ("def f(a): ...", "f = lambda a: a", "f(1)"),
}


@pytest.mark.parametrize(("before", "after", "caller", "lines"), TRUE.values(), ids=TRUE)
def test_callers_that_break_are_named(told: Told, before: str, after: str, caller: str, lines: str) -> None:
    """Each caller that the new signature refuses is named with its line."""
    assert change(told, before, after, caller) == [lines]


@pytest.mark.parametrize(("before", "after", "caller"), SILENT.values(), ids=SILENT)
def test_what_may_still_work_is_not_reported(told: Told, before: str, after: str, caller: str) -> None:
    """A call that fits, may fit, or is expected not to fit is no finding."""
    assert change(told, before, after, caller) == []
