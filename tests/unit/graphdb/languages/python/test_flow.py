"""Which version of a name is meant: branches, loops, exceptions, closures."""

import pytest

from tests.unit.graphdb.languages.python.dump import reached, read
from yantra_bot.graphdb.facts import Op

FUNCTIONS = "def f(): pass\ndef g(): pass\ndef h(): pass\n"


def last(source: str) -> set[str]:
    """Return what the calls on the last line can reach, behind three functions."""
    whole = FUNCTIONS + source
    return reached(whole).get(whole.count("\n") + 1, set())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = f\nx = g\nx()", {"g"}),
        ("x = y = f\ny()", {"f"}),
        ("a, b = f, g\na, b = b, a\na()", {"g"}),
        ("a, *b, c = f, g, h, f\nc()", {"f"}),
        ("a, (b, c) = f, (g, h)\nc()", {"h"}),
        ("if f:\n  x = f\nelse:\n  x = g\nx()", {"f", "g"}),
        ("x = f\nif f:\n  x = g\nx()", {"f", "g"}),
        ("if 1:\n  x = f\nelif 2:\n  x = g\nelse:\n  x = h\nx()", {"f", "g", "h"}),
        ("x = f\nfor i in []:\n  x()\n  x = g\nelse:\n  x = h\nx()", {"h"}),
        ("x = f\nwhile True:\n  x = g\n  break\nx()", {"g"}),
        ("x = f\nwhile f:\n  x = g\nx()", {"f", "g"}),
        ("x = f\nfor i in []:\n  if i:\n    x = g\n    continue\n  x = h\nx()", {"f", "g", "h"}),
        ("try:\n  x = f\n  x = g\nexcept E:\n  x()", {"f", "g"}),
        ("try:\n  x = f\nexcept E:\n  x = g\nelse:\n  x = h\nx()", {"g", "h"}),
        ("try:\n  x = f\n  x = g\nfinally:\n  pass\nx()", {"g"}),
        ("x = f\ntry:\n  x = g\nfinally:\n  x()", {"f", "g"}),
        ("x = f\ntry:\n  x = g\nfinally:\n  x = h\nx()", {"h"}),
        ("x = f if 1 else g\nx()", {"f", "g"}),
        ("x = f or g\nx()", {"f", "g"}),
        ("x = f and g\nx()", {"g"}),
        ("if (x := f):\n  pass\nx()", {"f"}),
        ("z = y if (y := f) else g\nz()", {"f", "g"}),
        ("x = f\n[x for x in [g]]\nx()", {"f"}),
        ("x = f\ndel x\nx = g\nx()", {"g"}),
        ("d = {}\nd['k'] = f\nd['k'] = g\nd['k']()", {"g"}),
        ("d = {}\nd['k'] = f\ne = d\ne['k'] = g\nd['k']()", {"g"}),
        ("def m(d, e):\n  d['k'] = f\n  e['k'] = g\n  d['k']()", set()),
        ("def m(c):\n  x = f\n  if c:\n    x = g\n    return x\n  x()", {"f"}),
        ("def m(c):\n  x = f\n  if c:\n    x = g\n    raise E\n  x()", {"f"}),
        ("match f:\n  case 1:\n    x = f\n  case _:\n    x = g\nx()", {"f", "g"}),
        ("match 1:\n  case 1:\n    x = f\n  case x: pass\nx()", {"f"}),
        ("with f as y:\n  x = g\nx()", {"g"}),
        ("for x in [f]: pass\nelse: x = h\nx()", {"h"}),
        ("try:\n  raise E\nexcept* E as x:\n  x = f\nx()", set()),
    ],
)  # fmt: skip
def test_a_call_means_the_versions_that_can_reach_it(source: str, expected: set[str]) -> None:
    """What was overwritten on every way is not called; what one way leaves is."""
    assert last(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = f\ndef m(): x()", {"f"}),
        ("x = f\nx = g\ndef m(): x()", {"g"}),
        ("x = f\nh()\nx = g\ndef m(): x()", {"g"}),
        ("x = None\ndef s():\n  global x\n  x = g\ns()\nx()", {"g"}),
        ("def m():\n  x = f\n  def n():\n    nonlocal x\n    x = g\n  n()\n  x()", {"f", "g"}),
        ("def m():\n  x = f\n  def n(): return lambda: x()", {"f"}),
        ("class A:\n  f = 1\n  def m(self): f()", {"f"}),
        ("x = f\nclass A:\n  x = g\n  y = [x() for i in [1]]", {"f"}),
        ("x = f\nclass A:\n  x()\nx = g", set()),
        ("l = [lambda: x() for x in [f]]", set()),
        ("class A:\n  class B: pass\n  def m(self, a: B): B()", set()),
    ],
)  # fmt: skip
def test_an_inner_body_sees_what_the_scopes_around_it_leave(source: str, expected: set[str]) -> None:
    """Names of classes are not seen in their methods, and a version that no call can have met is not seen at all."""
    assert last(source) == expected


def test_an_inner_body_sees_what_is_assigned_after_it() -> None:
    """It runs later: every later version is possible, and the one at its definition."""
    assert reached(FUNCTIONS + "x = f\ndef m(): x()\nm()\nx = g\nm()\n")[5] == {"f", "g"}


def test_a_class_body_reads_what_holds_where_it_stands() -> None:
    """It runs at once, so a later assignment is not seen."""
    assert reached(FUNCTIONS + "x = f\nclass A:\n  x()\nx = g\n")[6] == {"f"}


@pytest.mark.parametrize(
    "source",
    [
        "d = {'a': f}\nif c: d['a'] = g\n",
        "d = {'a': f}\nfor x in d: pass\nd['a'] = g\n",
        "d = [f]\nx = [y for y in d]\nd[0] = g\n",
        "d = [f]\nx = d[1:]\nd[0] = g\n",
        "d = [f]\nx = [*c, *d] + d\nd[0] = g\n",
        "d = [f]\nx, y = d, d[0]\nd[0] = g\n",
        "d = [f]\nc += d\nd[0] = g\n",
        "d = [f]\nc or d\nd[0] = g\n",
        "d = [f]\nx, *y, z, w = d\nd[0] = g\n",
    ],
)
def test_what_somebody_may_have_read_is_kept(source: str) -> None:
    """A store replaces an earlier one only where nothing stands between them."""
    facts = read(FUNCTIONS + source)
    first = next(op for op in facts.bodies[0].ops if op[0] == Op.NEW)
    assert [value for _, value in first[3]] == [0]


def test_a_call_in_a_class_body_is_one_of_the_body_around_it() -> None:
    """It can run functions that read what is assigned so far."""
    source = FUNCTIONS + "def run(): x()\nx = f\nclass A:\n  y = run()\nx = g\nrun()\n"
    assert reached(source)[4] == {"f", "g"}
