"""What `make setup` runs before anything is installed: it says the cure, in any Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


def run(script: str, folder: Path, *programs: str) -> "subprocess.CompletedProcess[str]":
    """Run a script of tools/ as a user who may install nothing and has only these programs."""
    for program in programs:
        (folder / program).write_text("#!/bin/sh\n")
        (folder / program).chmod(0o755)
    code = f"import os, runpy; os.geteuid = lambda: 1000; runpy.run_path({str(TOOLS / script)!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code], env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_all_programs_there_is_silence(tmp_path: Path) -> None:
    """Nothing is said when nothing is missing."""
    done = run("system_packages.py", tmp_path, "git", "bwrap", "rg", "chromium")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_missing_sandbox_stops_the_setup_with_the_command_to_type(tmp_path: Path) -> None:
    """One command is the cure, and nothing is installed behind anybody's back."""
    done = run("system_packages.py", tmp_path, "git", "rg")
    assert done.returncode == 1
    assert "Missing: bwrap (package bubblewrap)" in done.stderr
    assert "Cure: sudo apt-get install bubblewrap" in done.stderr


def test_a_missing_ripgrep_is_told_and_lived_with(tmp_path: Path) -> None:
    """Search has a fallback."""
    done = run("system_packages.py", tmp_path, "git", "bwrap")
    assert done.returncode == 0
    assert "ripgrep" in done.stderr


def test_a_missing_browser_is_told_and_never_installed_unasked(tmp_path: Path) -> None:
    """Whoever changes no web pages does without it."""
    done = run("system_packages.py", tmp_path, "git", "bwrap", "rg")
    assert done.returncode == 0
    assert "sudo apt-get install chromium" in done.stderr
    assert "skipped without it" in done.stderr


@pytest.mark.parametrize(("version", "status"), [((3, 10), 1), ((3, 11), 0), ((3, 13), 0), ((3, 14), 1)])
def test_only_pythons_that_work_are_taken(version: tuple[int, int], status: int) -> None:
    """Another one is refused with the way to name a better one."""
    code = (
        "import runpy, sys; from collections import namedtuple; "
        f"sys.version_info = ({version[0]}, {version[1]}, 0); "
        f"runpy.run_path({str(TOOLS / 'check_python.py')!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert ("make setup PYTHON=" in done.stderr) is bool(status)
