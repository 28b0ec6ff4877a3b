"""Tests that prove nothing are taken out of their file, which keeps its encoding and its line endings."""

from pathlib import Path

import pytest

from yantra_bot.agent.dropping import drop_tests
from yantra_bot.agent.editing import EditingTools
from yantra_bot.agent.specs import TOOLS
from yantra_bot.agent.syntax import load_grammars
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree

GRAMMARS = load_grammars()
TWO = "# coding: latin-1\r\ndef test_a():\r\n    assert 'é'\r\n\r\n\r\ndef test_b():\r\n    assert 1\r\n"


def drop(root: Path, path: str, *tests: str) -> str:
    tree = Tree(root)
    tools = EditingTools(tree, grammars=GRAMMARS)
    return drop_tests(tools, tree.read_bytes, GRAMMARS, {"path": path, "tests": list(tests)})


def test_one_goes_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    """To the byte, but for the test."""
    place = tmp_path / "test_x.py"
    place.write_bytes(TWO.encode("latin-1"))
    drop(tmp_path, "test_x.py", "test_b")
    assert place.read_bytes() == TWO[: TWO.index("\r\n\r\n")].encode("latin-1") + b"\r\n"


def test_a_file_without_a_test_goes(tmp_path: Path) -> None:
    """Nothing of it is left behind."""
    (tmp_path / "test_x.py").write_text("import os\n\n\ndef test_a():\n    assert os\n")
    assert drop(tmp_path, "test_x.py", "test_a") == "Removed test_x.py."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("path", "test"), [("test_x.py", "test_z"), ("test_y.py", "test_a"), ("../x.py", "test_a")])
def test_what_cannot_be_taken_out_changes_nothing(tmp_path: Path, path: str, test: str) -> None:
    """Whoever asked is told, and takes the file as a whole."""
    (tmp_path / "test_x.py").write_text("def test_a():\n    assert 1\n")
    with pytest.raises(UserError):
        drop(tmp_path, path, test)
    assert (tmp_path / "test_x.py").read_text() == "def test_a():\n    assert 1\n"


def test_no_model_is_told_of_it() -> None:
    """It is the run's own means."""
    assert "drop_tests" not in TOOLS
