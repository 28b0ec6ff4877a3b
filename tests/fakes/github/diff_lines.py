"""Which lines of a pull request's diff may carry a comment: those of its hunks, three lines of context included.

Each comes with its hunk as GitHub shows it beside a comment: the head line, and all lines down to the commented one.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.github.git_repository import run_git

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass
class FileLines:
    """One file of a diff: its lines by side, each with its hunk down to it."""

    left: dict[int, str] = field(default_factory=dict)
    right: dict[int, str] = field(default_factory=dict)

    def of(self, side: str) -> dict[int, str]:
        return self.left if side == "LEFT" else self.right


def lines_of_diff(git_dir: Path, base: str, head: str) -> dict[str, FileLines]:
    """Return the files between the merge base and `head`, by their path in the head."""
    said = run_git(git_dir, "-c", "core.quotePath=false", "diff", "-M", "-U3", "--no-color", f"{base}...{head}")
    files: dict[str, FileLines] = {}
    current, old_path, hunk, old, new = FileLines(), "", "", 0, 0
    for line in said.split("\n"):
        if line.startswith("diff --git "):
            current, hunk = FileLines(), ""
        elif not hunk and line.startswith("--- "):
            old_path = line[4:].removeprefix("a/")
        elif not hunk and line.startswith("+++ "):
            path = line[4:].removeprefix("b/")
            files[old_path if path == "/dev/null" else path] = current
        elif found := _HUNK.match(line):
            hunk, old, new = line, int(found[1]), int(found[3])
        elif hunk:
            hunk = f"{hunk}\n{line}"
            old, new = _step(current, line, hunk, old, new)
    return files


def _step(file: FileLines, line: str, hunk: str, old: int, new: int) -> tuple[int, int]:
    if line.startswith("+"):
        file.right[new] = hunk
        return old, new + 1
    if line.startswith("-"):
        file.left[old] = hunk
        return old + 1, new
    if line.startswith("\\"):
        return old, new
    file.left[old], file.right[new] = hunk, hunk
    return old + 1, new + 1
