"""Other tools on the same trees in the same run, where they can be had: universal-ctags and pyan.

A part of `python -m benchmarks.graph_speed`. They answer less: ctags finds definitions and no
edges, pyan follows no values.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measuring import median, time_it
from yantra_bot.graphdb.discovery import discover

CACHE = Path(__file__).resolve().parent.parent / ".artefacts" / "benchmark-pyan"
PYAN = "pyan3==2.9.0"
ROUNDS = 3
PATIENCE = 60


def print_rivals(tree: Path, small: Path) -> None:
    """Print a table, or a sentence for a tool that is not here."""
    rows, missing = [], []
    ctags = shutil.which("ctags")
    if ctags:
        command = [ctags, "--languages=Python,JavaScript", "-f", "/dev/null", "-L", "-"]
        paths = "\n".join(discover(tree).stamps)
        rows.append(("universal-ctags, the whole tree, no edges", *_time(command, tree, paths)))
    else:
        missing.append("universal-ctags is not installed here and was left out.")
    python = install_pyan()
    if python is None:
        missing.append("pyan could not be installed here and was left out.")
    else:
        files = [path for path in discover(small).stamps if path.endswith(".py")]
        rows.append(("pyan, the small tree", *_time([str(python), "-m", "pyan", *files, "--dot"], small, "")))
    ours = [sys.executable, "-m", "yantra_bot", "graph", "export", "--format", "callgraph", str(small)]
    rows.append(("this graph, the small tree, a whole process", *_time(ours, Path.cwd(), "")))
    print("\n| other tools, whole processes | median wall s | CPU s | |\n|---|---|---|---|")
    for name, wall, cpu, note in rows:
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {note} |")
    print("".join(f"\n{sentence}" for sentence in missing))


def _time(command: list[str], folder: Path, given: str) -> tuple[float, float, str]:
    taken, note = [], ""

    def run() -> int:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.run(
            command, cwd=folder, input=given.encode(), timeout=PATIENCE, check=False, **quiet
        ).returncode

    try:
        for _ in range(ROUNDS):
            status, took = time_it(run)
            note = note or (f"ended with {status}" if status else "")
            taken.append(took)
    except subprocess.TimeoutExpired:
        return PATIENCE, PATIENCE, f"stopped after {PATIENCE} s"
    return median([one.wall for one in taken]), median([one.cpu for one in taken]), note


def install_pyan() -> Path | None:
    """Return a Python that has pyan, in an environment of its own; None where the package index has none for us."""
    python = CACHE / "bin" / "python"
    marker = CACHE / PYAN
    if marker.exists():
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(CACHE)], check=True, capture_output=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYAN]
        subprocess.run(install, check=True, capture_output=True, timeout=PATIENCE)
    except (subprocess.SubprocessError, OSError):
        return None
    marker.write_text(f"{time.time():.0f}")
    return python
