"""A function is put at the end of a file, which keeps what it had, its encoding and its line endings."""

from pathlib import Path

import pytest

from yantra_bot.agent.adding import ADD, add_function
from yantra_bot.agent.editing import EditingTools
from yantra_bot.agent.specs import TOOLS
from yantra_bot.agent.syntax import load_grammars
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree

GRAMMARS = load_grammars()
TWO = "def two():\n    return 2\n"


def add(root: Path, path: str, text: str = TWO) -> str:
    tree = Tree(root)
    tools = EditingTools(tree, grammars=GRAMMARS)
    return add_function(tools, tree.read_bytes, {"path": path, "name": "two", "text": text})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"ONE = 1\n", b"ONE = 1\n\n\ndef two():\n    return 2\n"),
        (b"ONE = 1", b"ONE = 1\n\n\ndef two():\n    return 2\n"),
        (b"", b"def two():\n    return 2\n"),
        (b"ONE = 1\r\nTWO = 2\r\n", b"ONE = 1\r\nTWO = 2\r\n\r\n\r\ndef two():\r\n    return 2\r\n"),
        (b"# coding: latin-1\nA = '\xe9'\n", b"# coding: latin-1\nA = '\xe9'\n\n\ndef two():\n    return 2\n"),
        (b"class A:\n    def two(self): ...\n", b"class A:\n    def two(self): ...\n\n\ndef two():\n    return 2\n"),
    ],
)
def test_it_stands_behind_what_was_there(tmp_path: Path, before: bytes, after: bytes) -> None:
    """Two blank lines between, and one newline at the end."""
    (tmp_path / "a.py").write_bytes(before)
    add(tmp_path, "a.py")
    assert (tmp_path / "a.py").read_bytes() == after


@pytest.mark.parametrize(
    "before", [b"def two(): ...\n", b"async def two(): ...\n", b"two = 2\n", b"class two: ...\n", b"\0"]
)
def test_what_is_there_already_is_not_written_over(tmp_path: Path, before: bytes) -> None:
    """Nor a file that is no text, or would not parse any more, or is not there, or lies elsewhere."""
    (tmp_path / "a.py").write_bytes(before)
    (tmp_path / "b.py").write_bytes(b"ONE = 1\n")
    for path, text in (("a.py", TWO), ("b.py", "def two(:\n"), ("c.py", TWO), ("../b.py", TWO)):
        with pytest.raises(UserError):
            add(tmp_path, path, text)
    assert (tmp_path / "a.py").read_bytes() == before
    assert (tmp_path / "b.py").read_bytes() == b"ONE = 1\n"


def test_no_model_is_told_of_it() -> None:
    """It is the run's own."""
    assert ADD.name not in TOOLS
