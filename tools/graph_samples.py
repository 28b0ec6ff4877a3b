"""Writes into the pages what `yantra graph` prints today on this repository's last commit.

    python -m tools.graph_samples [PAGE ...]

A sample is an indented block that begins with `$ yantra graph …`. One with a line `…` in it was cut by hand and is left
as it is, and so is one of commands alone and one about another project (`history`). Nothing else of a page is changed.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = ("README.md", "docs/graph.md")
_BLOCK: Final = re.compile(r"^    \$ (?:\.venv/bin/)?yantra graph .*\n(?:    .*\n)+", re.MULTILINE)
_BY_HAND: Final = ("history", "build", "update", "show")


def refresh(text: str, folder: Path) -> str:
    """Return a page with the samples in it as they are printed in a folder."""
    return _BLOCK.sub(lambda found: _again(found.group(0), folder), text)


def _again(block: str, folder: Path) -> str:
    command = block.partition("\n")[0].strip().removeprefix("$ ")
    words = shlex.split(command, comments=True)[2:]
    if words[0] in _BY_HAND or "    …\n" in block:
        return block
    environment = {**os.environ, "YANTRA_STATE_FOLDER": str(folder / ".state"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "yantra_bot", "graph", *words],
        cwd=folder / "tree",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout or done.stderr).rstrip().split("\n")
    return "\n".join([f"    $ {command}", *(f"    {line}".rstrip() for line in lines)]) + "\n"


def main() -> None:
    """Refresh the pages that are named, or all."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "tree")], check=True)
        _again("    $ yantra graph stats\n", folder)  # builds the graph, which is told once
        for name in sys.argv[1:] or PAGES:
            fresh = refresh((ROOT / name).read_text(), folder)
            (ROOT / name).write_text(fresh)


if __name__ == "__main__":
    main()
