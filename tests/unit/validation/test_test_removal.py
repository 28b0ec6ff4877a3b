"""Tests are taken out of their files by name, and nothing else is."""

import pytest

from yantra_bot.agent.syntax import load_grammars
from yantra_bot.validation.test_removal import remove_tests

PARSE = load_grammars().parse
PYTHON = """\
import json, re
from calc import add, double


def test_a():
    assert add(1, 2) == 3


# tells b
@pytest.mark.slow
def test_b():
    assert double(json.x)


class TestC:
    def test_d(self):
        re.x(1)

    def test_e(self):
        re.y
"""
SCRIPT = """\
import { test } from 'node:test';
test('adds', () => {
  run();
});
describe('words', () => {
  it('a', () => 1);
  it('b', () => 2);
});
"""
GO = "package a\n\nfunc TestA(t *testing.T) {\n}\n\n// B\nfunc TestB(t *testing.T) {\n}\n"


@pytest.mark.parametrize(
    ("path", "text", "names", "gone", "left"),
    [
        (
            "t.py",
            PYTHON,
            ["test_b"],
            ["test_b", "tells b", "slow", "double", "json"],
            ["import re", "test_a", "test_e"],
        ),
        ("t.py", PYTHON, ["TestC::test_d"], ["test_d"], ["import json, re", "class TestC:\n    def test_e"]),
        ("t.py", PYTHON, ["TestC::test_d", "TestC::test_e"], ["TestC", "re.x"], ["import json\n", "test_a"]),
        ("t.js", SCRIPT, ["words > b"], ["'b'"], ["'adds'", "it('a'"]),
        ("t_test.go", GO, ["TestB"], ["TestB", "// B"], ["TestA"]),
    ],
)
def test_a_test_goes_with_what_it_alone_needed(
    path: str, text: str, names: list[str], gone: list[str], left: list[str]
) -> None:
    """Its decorators, the comment above it, its class when that is empty, its imports; all else stays, and parses."""
    rest = remove_tests(path, text.encode(), names, parse=PARSE)
    assert rest is not None
    shown = rest.decode()
    assert [word for word in gone if word in shown] == []
    assert [word for word in left if word not in shown] == []
    tree = PARSE(path, rest)
    assert tree is not None
    assert not tree.root_node.has_error


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("t.py", PYTHON, ["test_a", "test_b", "TestC::test_e", "TestC::test_d"]),
        ("t.js", SCRIPT, ["adds", "words > a", "words > b"]),
        ("t_test.go", GO, ["TestA", "TestB"]),
    ],
)
def test_a_file_without_a_test_is_none(path: str, text: str, names: list[str]) -> None:
    """Helpers and imports alone are not worth a file."""
    assert remove_tests(path, text.encode(), names, parse=PARSE) is None


@pytest.mark.parametrize(
    ("path", "name"), [("t.py", "test_z"), ("t.py", "TestC"), ("t.js", "other"), ("t.txt", "test_a")]
)
def test_what_is_not_there_changes_nothing(path: str, name: str) -> None:
    """A class is not a test; a language that is not known is left alone."""
    text = SCRIPT if path == "t.js" else PYTHON
    expected = None if name == "TestC" else text.encode()
    found = remove_tests(path, text.encode(), [name], parse=PARSE)
    assert found == expected or name == "TestC"
