"""Faults put into real functions: each parses, says something else, and stands where it is said to stand."""

import ast
import subprocess
import sys
import sysconfig
from itertools import islice
from pathlib import Path

import pytest

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults import Module, Site, find_sites, inject, is_fault, read_module, sites_of, span_of

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = ("shutil.py", "asyncio/base_events.py", "urllib/request.py")

EXAMPLES = {
    BugClass.VARIABLE_MISUSE: ("def f(a, b):\n    c = a + 2\n    return c * b", "    return c * a"),
    BugClass.WRONG_OPERATOR: ("def f(a, b):\n    return a + b", "    return a - b"),
    BugClass.SWAPPED_ARGUMENT: ("def f(a, b):\n    return g(a, b)", "    return g(b, a)"),
    BugClass.OFF_BY_ONE: ("def f(n):\n    return [g(i) for i in range(n)]", "    return [g(i) for i in range(n - 1)]"),
    BugClass.CONDITION: ("def f(a):\n    if a.ready:\n        g(a)", "    if not a.ready:"),
    BugClass.WRONG_CONSTANT: ("def f(a):\n    return g(a, True)", "    return g(a, False)"),
    BugClass.MISSING_AWAIT: ("async def f(a):\n    return (await a.get()).text", "    return a.get().text"),
    BugClass.MISSING_NONE_CHECK: (
        "def f(a):\n    if a is None:\n        return 0\n\n    return a.b",
        "def f(a):\n    return a.b",
    ),
    BugClass.RESOURCE_NOT_CLOSED: (
        "def f(p):\n    with open(p) as s:\n        return s.read()",
        "    s = open(p)\n    return s.read()",
    ),
    BugClass.MUTABLE_DEFAULT: (
        "def f(a, b=None):\n    if b is None:\n        b = []\n    b.append(a)",
        "def f(a, b=[]):\n    b.append(a)",
    ),
    BugClass.WRONG_EXCEPTION: (
        "def f(a):\n    try:\n        g()\n    except KeyError:\n        h()",
        "    except IndexError:",
    ),
    BugClass.MISSING_RETURN: ("def f(a):\n    return g(a)", "def f(a):\n    g(a)"),
    BugClass.WRONG_ATTRIBUTE: ("def f(a):\n    return a.x + a.y", "    return a.y + a.y"),
    BugClass.SHADOWED_NAME: ("def f(a):\n    b = g()\n    h(b)\n    return a", "    a = g()\n    h(a)\n    return a"),
    BugClass.COMPARISON_CHAIN: ("def f(a, b, c):\n    return a < b <= c", "    return a > b <= c"),
    BugClass.STALE_LOOP_VARIABLE: (
        "def f(a, b):\n    for x in a:\n        g(x)\n    for y in b:\n        h(y)",
        "    for y in b:\n        h(x)",
    ),
    BugClass.MISSING_SUPER_CALL: (
        "class A(B):\n    def __init__(self):\n        super().__init__()\n        self.a = 1",
        "    def __init__(self):\n        self.a = 1",
    ),
    BugClass.WRONG_DEFAULT: ("def f(a=True):\n    return g(a)", "def f(a=False):"),
    BugClass.UNSAFE_CALL: ("def f(a, b):\n    return a.get(b)", "    return a[b]"),
    BugClass.DROPPED_KEYWORD: ("def f(a):\n    return g(a, b=1)", "    return g(a)"),
}


def read(path: Path) -> Module:
    module = read_module(path.read_bytes())
    assert module is not None
    return module


def all_sites(module: Module) -> list[Site]:
    return [site for node in module.functions for site in sites_of(module, node)]


@pytest.mark.parametrize("bug", BugClass)
def test_a_fault_of_each_class_is_what_a_person_would_write(bug: BugClass) -> None:
    """Every class has a place in a small function, and what comes out is the mistake that people make."""
    source, expected = (text.encode() for text in EXAMPLES[bug])
    module = read_module(source)
    assert module is not None
    faulty = [inject(source, site) for site in all_sites(module) if site.bug is bug]
    assert any(expected in text + b"\n" for text in faulty), faulty


@pytest.mark.parametrize("name", FILES)
def test_faults_in_real_files_parse_differ_and_stand_in_their_function(name: str) -> None:
    """In the interpreter's own library every fault parses, changes the tree, and touches nothing but its function."""
    path = LIBRARY / name
    module = read(path)
    seen = 0
    for node in module.functions[::3]:
        start, end = span_of(module, node)
        for site in islice(sites_of(module, node), seen % 3, None, 5):
            seen += 1
            faulty = inject(module.source, site)
            assert is_fault(module, node, site), site
            assert start <= site.start <= site.end <= end
            lines = faulty.split(b"\n")
            assert node.lineno <= site.line <= len(lines)
            assert 0 <= site.column < len(lines[site.line - 1])
    assert seen > 80


def test_whole_files_with_a_fault_still_parse() -> None:
    """What is checked for the function alone holds for its file."""
    module = read(LIBRARY / "shutil.py")
    for site in all_sites(module)[::211]:
        ast.parse(inject(module.source, site))


def test_a_fault_leaves_no_trace_of_a_tool() -> None:
    """No odd blank line, no trailing space, no empty parentheses around a name that the file did not have."""
    module = read(LIBRARY / "shutil.py")
    for site in all_sites(module):
        around = module.source[max(site.start - 3, 0) : site.start] + site.replacement
        around += module.source[site.end : site.end + 3]
        had = module.source[max(site.start - 3, 0) : site.end + 3]
        for trace in (b"\n\n\n", b" \n", b"( ", b",)", b", )", b"  ="):
            assert trace not in around or trace in had, (trace, site, around)


def test_sites_are_found_by_span_and_are_the_same_in_every_process() -> None:
    """The order and choice of places depends on nothing but the source."""
    code = (
        "import sys;from pathlib import Path;from yantra_bot.training.faults import *;"
        "m=read_module(Path(sys.argv[1]).read_bytes());"
        "print(hash(0) or [str(s) for n in m.functions[:8] for s in find_sites(m.source, span_of(m, n))])"
    )
    command = [sys.executable, "-c", code, str(LIBRARY / "shutil.py")]
    told = [
        subprocess.run(command, check=True, capture_output=True, env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."}).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 1000


def test_what_says_the_same_is_no_fault() -> None:
    """Equal arguments, symmetric calls, code that never runs and messages are left alone."""
    source = b"""def f(a, b):
    '''Text = 1.'''
    log.debug("x %s", a + b)
    if a:
        raise ValueError("x %s" % (a, b))
    g(a, a)
    max(a, b)
    return a
    return a + b
"""
    module = read_module(source)
    assert module is not None
    kinds = {BugClass.SWAPPED_ARGUMENT, BugClass.WRONG_OPERATOR}
    assert [site for site in all_sites(module) if site.bug in kinds] == []


WEAK = {
    "a keyword with the value that is taken without it": (
        BugClass.DROPPED_KEYWORD,
        "def g(a, b=1):\n    return a\n\n\ndef f(a):\n    return g(a, b={})",
        ("1", "2"),
    ),
    "the same of an own method": (
        BugClass.DROPPED_KEYWORD,
        "class A:\n    def g(self, *, b='x'):\n        return b\n\n    def f(self):\n        return self.g(b={})",
        ("'x'", "'y'"),
    ),
    "the same of what the language has": (
        BugClass.DROPPED_KEYWORD,
        "def f(a):\n    return sorted(a, reverse={})",
        ("False", "True"),
    ),
    "a default that nobody changes": (
        BugClass.MUTABLE_DEFAULT,
        "def f(a, b=None):\n    if b is None:\n        b = []\n    {}",
        ("return a in b", "b.append(a)"),
    ),
    "a default that nobody keeps": (
        BugClass.MUTABLE_DEFAULT,
        "def f(a, b=None):\n    {}",
        ("return len(b or [])", "return a.take(b or [])"),
    ),
    "a constructor above that is not there": (
        BugClass.MISSING_SUPER_CALL,
        "class B{}:\n    x = 1\n\nclass A(B):\n    def __init__(self):\n        super().__init__()\n        self.a = 1",
        ("", "(far.C)"),
    ),
    "a result that nobody gets": (
        BugClass.MISSING_RETURN,
        "class A:\n    def {}(self, a, b):\n        return self.g(a, b)",
        ("__setitem__", "store"),
    ),
}


@pytest.mark.parametrize("why", WEAK)
def test_what_nobody_could_see_is_no_fault(why: str) -> None:
    """Of two functions that differ in one thing, the first has no place for the class and the second has one."""
    bug, source, (weak, real) = WEAK[why]
    found = []
    for text in (weak, real):
        module = read_module((source.format(text) + "\n").encode())
        assert module is not None
        found.append([site for site in all_sites(module) if site.bug is bug])
    assert found[0] == []
    assert found[1]


def test_a_method_that_is_called_range_has_no_bound_to_move() -> None:
    source = b"def f(self, a):\n    for x in self.f.range():\n        a = a + x\n    return a\n"
    module = read_module(source)
    assert module is not None
    found = sites_of(module, module.functions[0])
    assert found
    assert not [one for one in found if one.bug is BugClass.OFF_BY_ONE and one.line == 2]


def test_a_file_that_cannot_be_trusted_has_no_sites() -> None:
    """Other encodings, other line ends and files that do not parse are not taken."""
    for source in (
        b"def f(:",
        b"def f(a):\r\n    return a + 1\r\n",
        b"# coding: latin-1\ndef f(a):\n    return a + 1\n",
    ):
        assert find_sites(source, (0, len(source))) == []
