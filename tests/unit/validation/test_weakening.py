"""What a change took away from the tests that were there."""

import pytest

from yantra_bot.validation.weakening import Change, find_weakened_tests

TESTS = """
import pytest

class TestOne:
    def test_a(self):
        assert f(1) == 2
        self.assertEqual(f(2), 3)

def test_b():
    with pytest.raises(ValueError):
        f(0)

def helper(): pass
"""


def weakened(path: str, before: str | None, after: str | None) -> tuple[str, ...]:
    change = Change(None if before is None else before.encode(), None if after is None else after.encode())
    return find_weakened_tests({path: change})


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def helper(): pass", "def helper(): return 1", None),
        ("def test_b", "def test_new():\n    assert 1 == 1\n\ndef test_b", None),
        (
            "f(2), 3)",
            "f(2), 4)",
            "tests/test_x.py::TestOne::test_a expects something else now: f(2) was 3, is 4",
        ),
        ("def test_b", "def check_b", "tests/test_x.py::test_b was removed"),
        ("        self.assertEqual(f(2), 3)\n", "", "tests/test_x.py::TestOne::test_a asserts less: 2 before, 1 now"),
        ("assert f(1) == 2", "assert True", "tests/test_x.py::TestOne::test_a asserts less: 2 before, 1 now"),
        ("def test_b", "@pytest.mark.skip\ndef test_b", "tests/test_x.py::test_b may be skipped now"),
        ("def test_b", "@pytest.mark.xfail(strict=False)\ndef test_b", "tests/test_x.py::test_b may be skipped now"),
        ("    with", "    pytest.skip('x')\n    with", "tests/test_x.py::test_b may be skipped now"),
        ("class TestOne", "@unittest.skip('x')\nclass TestOne", "tests/test_x.py::TestOne::test_a may be skipped now"),
        (
            "    def test_a",
            "    pytestmark = pytest.mark.skip\n    def test_a",
            "tests/test_x.py::TestOne::test_a may be skipped now",
        ),
        (
            "def helper",
            "pytestmark = pytest.mark.skipif(True)\ndef helper",
            "tests/test_x.py: the whole file may be skipped now",
        ),
        (
            "def helper(): pass",
            "def pytest_collection_modifyitems(items): items.clear()",
            "tests/test_x.py: pytest_collection_modifyitems was added",
        ),
        ("def helper(): pass", "collect_ignore = ['a']", "tests/test_x.py: collect_ignore was added"),
        ("def helper(): pass", "def (", "tests/test_x.py: it cannot be read as Python any more"),
    ],
)
def test_python_tests_are_compared_one_by_one(old: str, new: str, expected: str | None) -> None:
    """Removing, skipping and asserting less are told; changing and adding are not."""
    assert old in TESTS
    assert weakened("tests/test_x.py", TESTS, TESTS.replace(old, new)) == ((expected,) if expected else ())


def test_a_removed_file_loses_all_its_tests() -> None:
    """Each is named."""
    assert weakened("tests/test_x.py", TESTS, None) == (
        "tests/test_x.py::TestOne::test_a was removed",
        "tests/test_x.py::test_b was removed",
    )


def test_a_moved_test_is_not_removed() -> None:
    """The same name in another file of the change."""
    moved = {
        "tests/test_x.py": Change(TESTS.encode(), None),
        "tests/test_y.py": Change(None, TESTS.encode()),
    }
    assert find_weakened_tests(moved) == ()


def test_a_new_conftest_that_steers_the_run_is_told() -> None:
    """It can make every test pass."""
    source = "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"
    assert weakened("conftest.py", None, source) == ("conftest.py: pytest_sessionfinish was added",)
    assert weakened("conftest.py", None, "import os\n") == ()
    assert weakened("tests/test_new.py", None, TESTS) == ()


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        (
            "a.test.ts",
            "it('a', () => expect(1))\nit('b', () => 1)",
            "it('a', () => expect(1))",
            "fewer tests: 2 before, 1 now",
        ),
        ("a.test.ts", "it('a', () => { expect(1) })", "it('a', () => { })", "fewer assertions: 1 before, 0 now"),
        ("a.test.ts", "it('a', f)", "it.skip('a', f)", "tests may be skipped now"),
        ("a.test.ts", "it('a', f)", "xit('a', f)", None),
        (
            "a_test.go",
            "func TestA(t *testing.T) { t.Error(1) }",
            "func TestA(t *testing.T) { t.Skip() }",
            "fewer assertions: 1 before, 0 now",
        ),
        (
            "tests/a.rs",
            "#[test]\nfn a() { assert!(x); }",
            "#[test]\n#[ignore]\nfn a() { assert!(x); }",
            "tests may be skipped now",
        ),
        ("ATest.java", "@Test void a() { assertTrue(x); }", "", "fewer tests: 1 before, 0 now"),
        ("tests/data.json", "{}", "[]", None),
        ("tests/test_x.py", "def (", "def test_a(): pass", None),
    ],
)
def test_other_languages_are_counted(path: str, before: str, after: str, expected: str | None) -> None:
    """Tests, assertions and skips, by the customs of each language."""
    found = weakened(path, before, after)
    if expected is None:
        assert found in ((), (f"{path}: fewer tests: 1 before, 0 now", f"{path}: tests may be skipped now"))
    else:
        assert f"{path}: {expected}" in found


@pytest.mark.parametrize(
    ("path", "before", "after", "is_told"),
    [
        (
            "pyproject.toml",
            "[tool.pytest.ini_options]\naddopts = ''\n",
            "[tool.pytest.ini_options]\naddopts = '-k a'\n",
            True,
        ),
        ("pyproject.toml", "[project]\nversion = '1'\n", "[project]\nversion = '2'\n", False),
        ("setup.cfg", "[tool:pytest]\nx = 1\n[a]\n", "[a]\n", True),
        ("pytest.ini", "[pytest]\n", "[pytest]\ntestpaths = a\n", True),
        ("package.json", '{\n "test": "jest"\n}', '{\n "test": "true"\n}', True),
        ("package.json", '{\n "version": "1"\n}', '{\n "version": "2"\n}', False),
        ("Makefile", "test:\n\tpytest\n", "test:\n\tpytest -k fast\n", True),
        ("Makefile", "build:\n\tcc a.c\n", "build:\n\tcc b.c\n", False),
        ("jest.config.js", "a", "b", True),
        (".github/workflows/ci.yml", "run: pytest", "run: true", True),
        (".gitlab-ci.yml", "a", None, True),
        ("src/__snapshots__/a.snap", "1", "2", True),
        ("tests/golden/out.json", "1", "2", True),
        ("src/golden/out.json", "1", "2", False),
        ("tests/golden/test_it.py", "x = 1", "x = 2", False),
        ("src/setup.py", "a", "b", False),
    ],
)
def test_how_tests_are_run_is_watched(path: str, before: str, after: str, is_told: bool) -> None:
    """Settings of the test runner, and only those."""
    assert bool(weakened(path, before, after)) is is_told
