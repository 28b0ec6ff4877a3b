"""Runs tests on the commit that a run began with, beside the tree that is being edited. The child's side."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from yantra_bot.domain.proof import TestReport
from yantra_bot.sandbox.removal import remove_folder
from yantra_bot.validation.test_run import TestBench, run_projects


def run_base(
    bench: TestBench,
    labels: tuple[str, ...],
    folder: Path,
    lay_out: Callable[[Path], None],
    say: Callable[[str], None],
) -> TestReport:
    """Run projects, by their labels, as they were before the change. `lay_out` fills the folder, which goes again."""
    folder.mkdir(mode=0o755)
    try:
        lay_out(folder)
        return run_projects(replace(bench, workspace=folder), labels, on_line=say)
    finally:
        remove_folder(folder)
