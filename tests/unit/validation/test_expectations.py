"""What a test expects less or otherwise than before, in Python and line by line elsewhere."""

import pytest

from tests.unit.validation.test_weakening import weakened

PY, JS = "tests/test_x.py", "src/a.test.ts"
HEAD = "import pytest\nimport math\n\n"


def python(before: str, after: str) -> list[str]:
    """Return what is told of one test whose body changes."""
    bodies = ["\n    ".join(["def test_a(case=None):", *text.splitlines()]) for text in (before, after)]
    found = weakened(PY, *(f"{HEAD}{body}\n" for body in bodies))
    return [one.removeprefix(f"{PY}::test_a ") for one in found]


@pytest.mark.case("C10")
@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("assert add(2, 3) == 5", "assert add(2, 3) == -1", "expects something else now: add(2, 3) was 5, is -1"),
        ("assert 5 == add(2, 3)", "assert -1 == add(2, 3)", "expects something else now: add(2, 3) was 5, is -1"),
        ("assert is_it() is True", "assert is_it() is False", "expects something else now: is_it() was True, is False"),
        ("assert f() == pytest.approx(1, abs=0.1)", "assert f() == pytest.approx(1, abs=9)", "abs was 0.1, is 9"),
        (
            "assert math.isclose(a, b, rel_tol=1e-9)",
            "assert math.isclose(a, b, rel_tol=0.5)",
            "rel_tol was 1e-09, is 0.5",
        ),
        ("self.assertAlmostEqual(a, b, places=7)", "self.assertAlmostEqual(a, b, places=1)", "places was 7, is 1"),
        ("assert f() == 1.0", "assert f() == pytest.approx(1.0)", "compares within a tolerance now: f()"),
        ("with pytest.raises(ValueError):\n    f()", "with pytest.raises(Exception):\n    f()", "takes any error now"),
        (
            "with pytest.raises(ValueError, match='no'):\n    f()",
            "with pytest.raises(ValueError):\n    f()",
            "does not hold the text of an error any more",
        ),
        ("assert f() == 1", "return\nassert f() == 1", "asserts less: 1 before, 0 now"),
        ("assert f() == 1", "if False:\n    assert f() == 1", "asserts less: 1 before, 0 now"),
        ("assert f() == 1", "try:\n    assert f() == 1\nexcept Exception:\n    pass", "asserts less: 1 before, 0 now"),
        ("assert f() == 1", "try:\n    assert f() == 1\nexcept:\n    pass", "asserts less: 1 before, 0 now"),
    ],
)
def test_a_python_test_that_expects_less_or_something_else_is_told(before: str, after: str, words: str) -> None:
    """A value, a tolerance, an error, an assertion that cannot fail."""
    (found,) = python(before, after)
    assert words in found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("assert add(2, 3) == 5", "assert add(2, 3) == 5\nassert add(1, 1) == 2"),
        ("assert f() == pytest.approx(1, abs=9)", "assert f() == pytest.approx(1, abs=0.1)"),
        ("with pytest.raises(Exception):\n    f()", "with pytest.raises(ValueError):\n    f()"),
        ("assert f() == 1", "value = f()\nassert value == 1"),
        ("assert f() == 1", "try:\n    assert f() == 1\nexcept ValueError:\n    raise"),
        ("assert 1 == 1", "assert 2 == 2"),
        ("self.assertEqual(1, 1)", "self.assertEqual(2, 2)"),
        ("assert 1 < f() < 3", "assert 1 < f() < 9"),
    ],
)
def test_a_python_test_that_expects_as_much_is_not_told(before: str, after: str) -> None:
    """More assertions, a narrower tolerance, a local name, chains and constants that nobody can weigh."""
    assert python(before, after) == []


def test_cases_that_are_gone_are_told() -> None:
    """New ones are not."""
    source = "import pytest\n\n\n@pytest.mark.parametrize('a', [1, 2, 3])\ndef test_a(a):\n    assert f(a)\n"
    assert weakened(PY, source, source.replace("[1, 2, 3]", "[1]")) == (
        f"{PY}::test_a is not run with 2 any more, and 1 more",
    )
    assert weakened(PY, source, source.replace("[1, 2, 3]", "[1, 2, 3, 4]")) == ()
    assert weakened(PY, source, source.replace("[1, 2, 3]", "[1, 2, -3]")) == (
        f"{PY}::test_a is not run with 3 any more",
    )


@pytest.mark.case("C10")
@pytest.mark.parametrize(
    ("path", "before", "after", "words"),
    [
        (JS, "expect(add(2, 3)).toBe(5);", "expect(add(2, 3)).toBe(-1);", "add(2, 3) was 5, is -1"),
        (JS, "expect(f()).toBe(5)", "expect(f()).toBeTruthy()", "expects less of f() now"),
        (JS, "expect(f()).toBeCloseTo(1.5, 5)", "expect(f()).toBeCloseTo(1.5, 1)", "had 5 digits, has 1"),
        (JS, "it('a', f)\nit('b', g)", "it.only('a', f)\nit('b', g)", "only some of its tests run now"),
        (JS, "assert.equal(add(2, 3), 5)", "assert.equal(add(2, 3), -1)", "add(2, 3) was 5, is -1"),
        ("src/a.test.js", "t.deepEqual(f(), [1, 2]);", "t.deepEqual(f(), []);", "f() was [1, 2], is []"),
        ("tests/a.rs", "assert_eq!(add(2, 3), 5);", "assert_eq!(add(2, 3), -1);", "add(2, 3) was 5, is -1"),
    ],
)
def test_other_languages_are_read_line_by_line(path: str, before: str, after: str, words: str) -> None:
    """What is compared is known by its text."""
    (found,) = weakened(path, before, after)
    assert words in found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("expect(f()).toBe(5)", "expect(f()).toBe(5)\nexpect(g()).toBe(6)"),
        ("expect(f()).toBeTruthy()", "expect(f()).toBe(1)"),
        ("expect(f()).toBeCloseTo(1.5)", "expect(f()).toBeCloseTo(1.5, 5)"),
        ("expect(f()).toBe(1)\nexpect(f()).toBe(2)", "expect(f()).toBe(2)\nexpect(f()).toBe(1)"),
        ("x" * 5_000, "y" * 5_000),
        ("", "expect(("),
    ],
)
def test_lines_that_expect_as_much_are_not_told(before: str, after: str) -> None:
    """More, exacter, in another order, too long to be read, broken."""
    assert weakened(JS, before, after) == ()
