"""Results that have to be awaited now, properties that are no methods any more, and calls that a change writes."""

from collections.abc import Callable

import pytest

Told = Callable[[dict[str, str], dict[str, str]], list[str]]
HEAD = "from m import *\nfrom m import f, C, x, y\nimport m\n"


def change(told: Told, before: str, after: str, caller: str) -> list[str]:
    """Return what is told of a change to `m.py`: the rule, and the lines of `use.py` that break."""
    unchanged = {"use.py": f"{HEAD}{caller}\n"}
    found = told({"m.py": before, **unchanged}, {"m.py": after, **unchanged})
    return [one.partition(" ")[0] + " " + one.partition(": ")[2].replace("use.py:", "") for one in found]


SYNC, ASYNC = "def f(a): return 1", "async def f(a): return 1"
METHOD, PROPERTY = (
    "class C:\n    def p(self): return 1",
    "class C:\n    @property\n    def p(self): return 1",
)
TRUE = {
    "a coroutine is thrown away": (SYNC, ASYNC, "f(1)", "not-awaited 4"),
    "a coroutine is looked into": (SYNC, ASYNC, "f(1).real", "not-awaited 4"),
    "a coroutine is calculated with": (SYNC, ASYNC, "print(f(1) + 1)", "not-awaited 4"),
    "a coroutine is gone through": (SYNC, ASYNC, "for z in f(1): ...", "not-awaited 4"),
    "a coroutine is compared": (SYNC, ASYNC, "def g():\n    return f(1) == 2", "not-awaited 5"),
    "it is awaited, but nothing is returned": (
        "async def f(a): ...",
        "def f(a): ...",
        "async def g():\n    await f(1)",
        "not-awaited 5",
    ),
    "it is awaited, but a number is returned": (
        "async def f(a) -> int: ...",
        "def f(a) -> int: ...",
        "async def g():\n    await f(1)",
        "not-awaited 5",
    ),
    "an asynchronous generator in a plain loop": (
        "def f(a): yield a",
        "async def f(a): yield a",
        "for z in f(1): ...",
        "not-awaited 4",
    ),
    "a plain generator in an asynchronous loop": (
        "async def f(a): yield a",
        "def f(a): yield a",
        "async def g():\n    async for z in f(1): ...",
        "not-awaited 5",
    ),
    "a property is called": (METHOD, PROPERTY, "C().p()", "changed-access 4"),
    "a property is called on a parameter": (METHOD, PROPERTY, "def g(c: C):\n    return c.p()", "changed-access 5"),
    "a method is compared": (PROPERTY, METHOD, "if C().p == 1: ...", "changed-access 4"),
    "a method is looked into": (PROPERTY, METHOD, "C().p.real", "changed-access 4"),
    "a method decides": (PROPERTY, METHOD, "if C().p: ...", "changed-access 4"),
}
SILENT = {
    "it is awaited already": (SYNC, ASYNC, "async def g():\n    await f(1)"),
    "it is given to a runner": (SYNC, ASYNC, "import asyncio\nasyncio.run(f(1))"),
    "it is gathered": (SYNC, ASYNC, "import asyncio\nasync def g():\n    await asyncio.gather(f(1), f(2))"),
    "it is returned": (SYNC, ASYNC, "def g():\n    return f(1)"),
    "it is kept for later": (SYNC, ASYNC, "async def g():\n    z = f(1)\n    await z"),
    "it is closed": (SYNC, ASYNC, "f(1).close()"),
    "it returned a coroutine before": ("def f(a): return x()", "async def f(a): return await x()", "z = f(1)"),
    "it gives something to await": (
        "async def f(a): return x()",
        "def f(a): return x()",
        "async def g():\n    await f(1)",
    ),
    "a context manager is entered": (
        "from contextlib import asynccontextmanager\ndef f(a): return x()",
        "from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def f(a): yield x()",
        "f(1).name",
    ),
    "a property gives a function": (
        "from typing import Callable\nclass C:\n    def p(self): return x",
        "from typing import Callable\nclass C:\n    @property\n    def p(self) -> Callable[[], int]: return x",
        "C().p()",
    ),
    "a method is passed on": (PROPERTY, METHOD, "print(C().p)"),
    "a method is called": (PROPERTY, METHOD, "C().p()"),
    "a property is read": (METHOD, PROPERTY, "C().p + 1"),
}


@pytest.mark.parametrize(("before", "after", "caller", "expected"), TRUE.values(), ids=TRUE)
def test_uses_that_break_are_named(told: Told, before: str, after: str, caller: str, expected: str) -> None:
    """Each place that uses a result or an attribute as it was before is named with its line."""
    assert change(told, before, after, caller) == [expected]


@pytest.mark.parametrize(("before", "after", "caller"), SILENT.values(), ids=SILENT)
def test_uses_that_may_still_work_are_not_reported(told: Told, before: str, after: str, caller: str) -> None:
    """A use that works, or may work, is no finding."""
    assert change(told, before, after, caller) == []


LIBRARY = """
from typing import overload
def f(a, b=1): ...
def g(*args, **kwargs): ...
class C:
    def __init__(self, z=0): ...
    def m(self, a): ...
    @classmethod
    def n(cls, a): ...
class D(C):
    def m(self, a, b=1): ...
@overload
def o(a: int): ...
@overload
def o(a: str, b: str): ...
def o(a, b=None): ...
"""
WRITTEN_WRONG = {
    "too many arguments": "f(1, 2, 3)",
    "too few arguments": "f()",
    "an unknown name": "f(1, c=2)",
    "an argument given twice": "f(1, a=2)",
    "a constructor": "C(1, 2)",
    "an inherited constructor": "D(1, 2)",
    "a method": "C().m()",
    "a method of a declared parameter": "def k(c: C): c.m(1, 2, 3)",
    "a class method": "C.n(1, 2)",
    "over many lines": "f(\n    1,\n    2,\n    3,\n)",
}
WRITTEN_RIGHT = {
    "it fits": "f(1, b=2)",
    "everything is taken": "g(1, 2, x=3)",
    "unpacked": "f(*[1, 2, 3])",
    "names unpacked": "f(**dict(c=1))",
    "a subclass takes it": "def k(c: C): c.m(1, 2)",
    "an overload": "o(1, 2)",
    "a test expects it": "import pytest\nwith pytest.raises(TypeError): f()",
    "the error is caught": "try:\n    f()\nexcept TypeError:\n    pass",
    "a method through its class": "C.m(C(), 1)",
    "another of that name": "def k(f): f()",
    "it was patched": "from unittest import mock\nwith mock.patch('m.f') as f: f(1, 2, 3)",
}


@pytest.mark.parametrize("call", WRITTEN_WRONG.values(), ids=WRITTEN_WRONG)
def test_a_call_that_the_change_writes_has_to_fit(told: Told, call: str) -> None:
    """A new call of an unchanged function is held against what that takes."""
    start = "from m import f, g, C, D, o\n"
    found = told({"m.py": LIBRARY, "use.py": start}, {"m.py": LIBRARY, "use.py": f"{start}{call}\n"})
    assert [one.partition(" ")[0] for one in found] == ["wrong-arguments"]


@pytest.mark.parametrize("call", WRITTEN_RIGHT.values(), ids=WRITTEN_RIGHT)
def test_a_call_that_may_fit_is_not_reported(told: Told, call: str) -> None:
    """A new call that fits, or of which that is not known, is no finding."""
    start = "from m import f, g, C, D, o\n"
    assert told({"m.py": LIBRARY, "use.py": start}, {"m.py": LIBRARY, "use.py": f"{start}{call}\n"}) == []


def test_an_old_call_that_is_wrong_is_not_of_this_change(told: Told) -> None:
    """Only what the change wrote is held against it."""
    start = "from m import f\nf()\n"
    assert told({"m.py": LIBRARY, "use.py": start}, {"m.py": LIBRARY, "use.py": f"{start}f(1)\n"}) == []


def test_an_argument_added_on_a_line_of_its_own_is_seen(told: Told) -> None:
    """A call is held against its callee where any of its lines was changed."""
    before = "from m import f\nf(\n    1,\n    2,\n)\n"
    found = told({"m.py": LIBRARY, "use.py": before}, {"m.py": LIBRARY, "use.py": before.replace("2,", "2,\n    3,")})
    assert [one.partition(" ")[0] for one in found] == ["wrong-arguments"]


@pytest.mark.parametrize(
    "use",
    [
        "from functools import partial\nfrom m import f\n\n\ndef g():\n    post = partial(f, 1)\n    return post(2)\n",
        "from m import D\n\nD(1, 2)\n",
        "from m import E\n\nE(1)\n",
    ],
)
def test_arguments_that_are_bound_elsewhere_are_not_missed(told: Told, use: str) -> None:
    """A call of a `partial`, or of a constructor that hands nothing on to `__post_init__`, is no wrong call."""
    lines = ["from dataclasses import dataclass", "", "", "def f(a, b):", "    return a + b", "", ""]
    lines += ["@dataclass", "class D:", "    a: int", "    b: int", "", "    def __post_init__(self) -> None:"]
    lines += ["        self.c = 1", "", "", "class F:", "    def __init__(self) -> None:", "        self.x = 1", "", ""]
    lines += ["@dataclass", "class E:", "    a: int", "    f: F = field(default_factory=F)"]
    module = "\n".join(lines).replace("import dataclass", "import dataclass, field") + "\n"
    assert told({"m.py": module}, {"m.py": module, "use.py": use}) == []
