"""Size, complexity and weakened tests of a change."""

import pytest

from yantra_bot.agent.syntax import load_grammars
from yantra_bot.validation.complexity import find_changed_lines, measure_file
from yantra_bot.validation.measure import measure_change
from yantra_bot.validation.weakening import Change

PARSE = load_grammars().parse


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("a.py", "def f(a):\n    return a\n", 1),
        (
            "a.py",
            "def f(a):\n    if a and b:\n        return 1\n    elif c:\n        pass\n    else:\n        pass\n",
            4,
        ),
        ("a.py", "def f():\n    for x in y:\n        while z:\n            pass\n    return [i for i in j if k]\n", 5),
        ("a.py", "def f():\n    try:\n        pass\n    except A:\n        pass\n    return 1 if a else 2\n", 3),
        ("a.py", "def f():\n    def g():\n        if a: pass\n    return g\n", 2),
        ("a.js", "function f(a) { if (a && b) {} for (;;) {} switch (a) { case 1: default: } return a ? 1 : 2 }", 6),
        ("a.ts", "const f = (a: number) => { try {} catch (e) {} while (a ?? b) {} }", 4),
        ("a.go", "package a\nfunc f(a int) { if a > 1 || b {} ; for {} ; switch a { case 1: default: } }", 5),
        ("a.rs", "fn f(a: i32) { if a > 1 {} loop {} match a { 1 => {}, _ => {} } }", 5),
        ("A.java", "class A { void f(int a) { if (a > 1) {} for (int b : c) {} do {} while (a > 2); } }", 4),
        ("a.py", "x = 1\n", None),
        ("a.txt", "if if if", None),
    ],
)
def test_ways_through_a_function_are_counted(path: str, source: str, expected: int | None) -> None:
    """One, and one more for each branch; functions inside count for themselves."""
    assert measure_file(path, None, source.encode(), parse=PARSE) == expected


def test_only_touched_functions_count() -> None:
    """A complex function elsewhere in the file says nothing about the change."""
    simple = b"def a():\n    return 1\n"
    complex_one = b"\n\ndef b(x):\n" + b"    if x: pass\n" * 9
    before = simple + complex_one
    assert measure_file("a.py", before, before.replace(b"return 1", b"return 2"), parse=PARSE) == 1
    assert measure_file("a.py", before, before.replace(b"def b(x)", b"def b(y)"), parse=PARSE) == 10
    assert measure_file("a.py", before, before, parse=PARSE) is None


def test_changed_lines_are_found() -> None:
    """New and changed ones, and where something was removed; a very long file counts whole."""
    assert find_changed_lines(b"a\nb\nc", b"a\nx\nc") == {1}
    assert find_changed_lines(b"a\nb\nc", b"a\nc") == {1}
    assert find_changed_lines(None, b"a\nb") == {0, 1}
    assert len(find_changed_lines(b"a", b"b\n" * 20_001)) == 20_002


def test_a_change_is_measured() -> None:
    """Files are counted, tests do not make it complex, weakened tests are named."""
    facts = measure_change(
        {
            "a.py": Change(b"def a():\n    pass\n", b"def a(x):\n    if x: pass\n"),
            "tests/test_a.py": Change(b"def test_a():\n    assert x\n", b"def test_b():\n" + b"    if x: pass\n" * 9),
            "gone.py": Change(b"def b(): pass\n", None),
        },
        parse=PARSE,
    )
    assert facts.files == 3
    assert facts.cyclomatic == 2
    assert facts.weakened_tests == ("tests/test_a.py::test_a was removed",)
    assert measure_change({"gone.py": Change(b"", None)}, parse=PARSE).cyclomatic is None


def test_new_tests_of_javascript_that_assert_nothing_are_named_by_their_groups() -> None:
    """What may be an assertion counts as one, a helper's name too; tests that were there are not told."""
    source = """\
test('was idle', () => add(1, 2));
test('calls', () => { add(1, 2); });
test('adds', () => assert.equal(add(1, 2), 3));
test('helps', () => checkSum(1, 2));
describe('words', () => {
  it('calls', (t) => { add(1, 2); });
  it('throws', () => throws(() => add(null)));
});
"""
    before = source.split("\n", maxsplit=1)[0].encode()
    facts = measure_change({"test/a.test.mjs": Change(before, source.encode())}, parse=PARSE)
    assert facts.idle_tests == ("test/a.test.mjs::calls", "test/a.test.mjs::words > calls")
