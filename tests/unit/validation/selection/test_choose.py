"""Which tests a change calls for: by the graph, by names, by imports, by files beside, and when the whole suite."""

from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from yantra_bot.domain.review import TestSelection
from yantra_bot.validation.selection import Recording
from yantra_bot.validation.selection.choose import choose_tests

FILES = {
    "shop/__init__.py": "",
    "shop/money.py": """
RATE = 2
SPARE = 7


def convert(amount):
    if amount < 0:
        raise ValueError(amount)
    return amount * RATE


def spare():
    return SPARE


def lonely():
    x = 1
    return x
""",
    "shop/shapes.py": """
class Shape:
    def area(self):
        return 0


class Square(Shape):
    def area(self):
        return 4


class Circle(Shape):
    def area(self):
        return 3


def total(shapes):
    return sum(shape.area() for shape in shapes)
""",
    "tests/conftest.py": """
import pytest

from shop.shapes import Circle


@pytest.fixture
def circle():
    return Circle()
""",
    "tests/test_money.py": """
import pytest

from shop.money import convert, spare


@pytest.mark.parametrize("amount", [1, 2])
def test_convert(amount):
    assert convert(amount)


def test_spare():
    assert spare() == 7
""",
    "tests/test_shapes.py": """
from shop.shapes import Square, total


class TestTotal:
    def test_square(self):
        assert total([Square()]) == 4

    def test_circle(self, circle):
        assert total([circle]) == 3
""",
    "tests/more/test_base.py": """
import unittest

from shop.money import spare


class Base:
    def test_it(self):
        assert self.value()


class SpareTest(Base, unittest.TestCase):
    def setUp(self):
        self.value = spare

    def value(self):
        return spare()
""",
    "tests/more/data.txt": "1",
    "README.md": "Hello",
}
ALL = {
    "tests/test_money.py::test_convert",
    "tests/test_money.py::test_spare",
    "tests/test_shapes.py::TestTotal::test_square",
    "tests/test_shapes.py::TestTotal::test_circle",
    "tests/more/test_base.py::SpareTest::test_it",
}


def select(folder: Path, *edits: tuple[str, str, str], recording: Recording | None = None) -> TestSelection:
    """Return the selection for edits of files: path, old text, new text."""
    after = dict(FILES)
    for path, old, new in edits:
        assert old in after.get(path, "")
        after[path] = after.get(path, "").replace(old, new) if old else new
    subject = subject_of(folder, FILES, after)
    return choose_tests(
        subject.base, subject.head, subject.files, symbols=subject.symbols, recording=recording
    ).selection


def ids(selection: TestSelection) -> set[str]:
    return {test.id for test in selection.tests}


def test_a_changed_function_calls_for_the_tests_that_reach_it(tmp_path: Path) -> None:
    """A parametrised test is one, and the tests of others are left out."""
    found = select(tmp_path, ("shop/money.py", "amount < 0", "amount < 1"))
    assert ids(found) == {"tests/test_money.py::test_convert"}
    assert not found.is_all
    assert found.known == len(ALL)


def test_an_overriding_method_is_reached_by_tests_that_know_its_class(tmp_path: Path) -> None:
    """Both call it through the base class; one of them through a fixture."""
    assert ids(select(tmp_path, ("shop/shapes.py", "return 4", "return 5"))) == {
        "tests/test_shapes.py::TestTotal::test_square"
    }
    assert ids(select(tmp_path / "b", ("shop/shapes.py", "return 3", "return 5"))) == {
        "tests/test_shapes.py::TestTotal::test_circle"
    }


def test_a_constant_is_felt_by_who_speaks_of_it(tmp_path: Path) -> None:
    """Not by all that import its module; set-ups and inherited tests are followed."""
    assert ids(select(tmp_path, ("shop/money.py", "RATE = 2", "RATE = 3"))) == {"tests/test_money.py::test_convert"}
    assert ids(select(tmp_path / "b", ("shop/money.py", "SPARE = 7", "SPARE = 8"))) == {
        "tests/test_money.py::test_spare",
        "tests/more/test_base.py::SpareTest::test_it",
    }


def test_what_runs_while_a_module_is_imported_is_felt_by_all_that_import_it(tmp_path: Path) -> None:
    """Nobody knows what it does."""
    found = select(tmp_path, ("shop/money.py", "RATE = 2", "RATE = 2\nprint(RATE)"))
    assert ids(found) == {
        "tests/test_money.py::test_convert",
        "tests/test_money.py::test_spare",
        "tests/more/test_base.py::SpareTest::test_it",
    }


def test_a_changed_test_and_data_beside_tests_are_called_for(tmp_path: Path) -> None:
    """And a document that nobody speaks of is not."""
    assert ids(select(tmp_path, ("tests/test_money.py", "== 7", "== 8"))) == {"tests/test_money.py::test_spare"}
    assert ids(select(tmp_path / "b", ("tests/more/data.txt", "1", "2"))) == {
        "tests/more/test_base.py::SpareTest::test_it"
    }
    assert ids(select(tmp_path / "c", ("README.md", "Hello", "Hi"))) == set()


def test_a_changed_conftest_calls_for_the_tests_below_it(tmp_path: Path) -> None:
    """Those that use the fixture come first."""
    found = select(tmp_path, ("tests/conftest.py", "Circle()", "Circle() or None"))
    assert ids(found) == ALL
    assert found.tests[0].id == "tests/test_shapes.py::TestTotal::test_circle"


def test_comments_call_for_nothing(tmp_path: Path) -> None:
    """Nothing runs otherwise."""
    assert ids(select(tmp_path, ("shop/money.py", "RATE = 2", "RATE = 2  # twice"))) == set()


@pytest.mark.parametrize(
    "path", ["pyproject.toml", "requirements-dev.txt", "uv.lock", "tests/pytest.ini", "jest.config.js"]
)
def test_configuration_calls_for_the_whole_suite(tmp_path: Path, path: str) -> None:
    """The reason is said."""
    found = select(tmp_path, (path, "", "x"))
    assert found.is_all
    assert path in found.why[0]


def test_a_hook_of_pytest_calls_for_the_whole_suite(tmp_path: Path) -> None:
    """It may decide how every test runs."""
    assert select(tmp_path, ("shop/plugin.py", "", "def pytest_runtest_setup(item):\n    item.x = 1\n")).is_all


def test_a_file_that_does_not_parse_breaks_all_that_import_it(tmp_path: Path) -> None:
    """Its tests cannot even be collected."""
    assert len(ids(select(tmp_path, ("shop/money.py", "def spare():", "def spare(:")))) == 3


def test_a_removed_function_calls_for_the_tests_that_reached_its_callers(tmp_path: Path) -> None:
    """They are found in the graph of the base."""
    after = FILES["shop/money.py"].replace("def spare():\n    return SPARE\n", "")
    assert {"tests/test_money.py::test_spare"} <= ids(
        select(tmp_path, ("shop/money.py", FILES["shop/money.py"], after))
    )


def test_what_nobody_is_known_to_call_is_felt_by_who_imports_its_module(tmp_path: Path) -> None:
    """It may be reached in a way that nobody sees."""
    assert len(ids(select(tmp_path, ("shop/money.py", "x = 1", "x = 2")))) == 3
