"""Syntax trees that several parts of a review share."""

import pytest

from yantra_bot.graphdb import syntax as syntax_module
from yantra_bot.graphdb.syntax import Syntax


class Files:
    """Files by path, and how often each was read."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        return self.files.get(path)


def test_a_file_is_parsed_once() -> None:
    """By the grammar and by the interpreter, whoever asks and however often."""
    files = Files({"a.py": b"def f():\n    pass\n"})
    syntax = Syntax(files.read)
    assert syntax.tree("a.py") is syntax.tree("a.py")
    assert syntax.module("a.py") is syntax.module("a.py")
    assert syntax.module("a.py") is not None
    assert files.asked == ["a.py", "a.py"]


def test_what_has_no_tree_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not there, of no language, too long for a grammar, or that does not parse."""
    syntax = Syntax(Files({"a.txt": b"x", "b.py": b"def (:\n", "c.py": b"a = 1\n"}).read)
    assert syntax.tree("gone.py") is None
    assert syntax.module("gone.py") is None
    assert syntax.tree("a.txt") is None
    assert syntax.tree("b.py") is not None
    assert syntax.module("b.py") is None
    monkeypatch.setattr(syntax_module, "MAX_BYTES", 3)
    assert syntax.tree("c.py") is None
    assert syntax.module("c.py") is not None
