"""Generated files come back into a fresh tree."""

import os
import sys
from pathlib import Path

import pytest

from runners.lay_over import lay_over, main


def test_only_what_is_missing_is_copied(tmp_path: Path) -> None:
    """Files the tree lacks are copied with their folders and rights; others, and links, stay as they are."""
    overlay, tree = tmp_path / "overlay", tmp_path / "tree"
    for name in ("a/new.so", "kept.py", "dangling"):
        (overlay / name).parent.mkdir(parents=True, exist_ok=True)
        (overlay / name).write_text("generated")
    (overlay / "a/new.so").chmod(0o755)
    tree.mkdir()
    (tree / "kept.py").write_text("mine")
    (tree / "dangling").symlink_to("nowhere")
    lay_over(overlay, tree)
    assert (tree / "a/new.so").read_text() == "generated"
    assert os.access(tree / "a/new.so", os.X_OK)
    assert (tree / "kept.py").read_text() == "mine"
    assert (tree / "dangling").is_symlink()


def test_the_command_takes_its_place(tmp_path: Path) -> None:
    """After the copy the command runs in the same process, with its exit code."""
    child = os.fork()
    if child == 0:
        main([str(tmp_path), str(tmp_path), sys.executable, "-c", "raise SystemExit(7)"])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_missing_program_is_told_as_a_shell_does(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """127 for what is not there, 126 for what cannot be run; no traceback."""
    (tmp_path / "text").write_text("no program")
    for program, code in (("no-such-program", 127), (str(tmp_path / "text"), 126)):
        with pytest.raises(SystemExit) as ended:
            main([str(tmp_path / "none"), str(tmp_path), program])
        assert ended.value.code == code
    assert capfd.readouterr().err.startswith("no-such-program: No such file or directory\n")
