"""Other tools on the same trees in the same run, where they can be had: universal-ctags, aider's map, pyan, PyCG.

A part of `python -m benchmarks.graph_speed`. They answer less: ctags finds definitions and no edges, aider's map counts
equal names, pyan follows no values. The Python ones are installed by version into environments of their own.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import median, time_it
from yantra_bot.graphdb.discovery import discover

CACHE = Path(__file__).resolve().parent.parent / ".artefacts" / "benchmark-rivals"
PYAN = ("pyan3==2.9.0", "jinja2==3.1.6", "markupsafe==3.0.3")
PYCG = ("PyCG==0.0.8", "packaging==26.0", "setuptools==80.9.0")
# What its map alone needs of what it depends on.
AIDER = (
    "aider-chat==0.86.2", "diskcache==5.6.3", "grep-ast==0.9.0", "networkx==3.4.2", "numpy==1.26.4", "oslex==0.1.3",
    "packaging==26.0", "pathspec==1.0.4", "pygments==2.19.2", "rich==14.3.2", "scipy==1.15.3", "tqdm==4.67.3",
    "tree-sitter==0.25.2", "tree-sitter-c-sharp==0.23.1", "tree-sitter-embedded-template==0.25.0",
    "tree-sitter-language-pack==0.13.0", "tree-sitter-yaml==0.7.2", "markdown-it-py==4.0.0", "mdurl==0.1.2",
    "mslex==1.3.0",
)  # fmt: skip
ROUNDS = 3
PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Run:
    """One row of the table: seconds of whole processes, medians."""

    name: str
    wall: float
    cpu: float
    note: str = ""

    def __str__(self) -> str:
        return f"| {self.name} | {self.wall:.2f} | {self.cpu:.2f} | {self.note} |"


def print_rivals(tree: Path, small: Path) -> None:
    """Print a table, or a sentence for a tool that is not here."""
    files = [path for path in discover(small).stamps if path.endswith(".py")]
    rows: list[Run] = []
    missing = []
    if ctags := shutil.which("ctags"):
        command = [ctags, "--languages=Python,JavaScript", "-f", "/dev/null", "-L", "-"]
        rows.append(_time("universal-ctags, the whole tree, no edges", command, tree, "\n".join(discover(tree).stamps)))
    else:
        missing.append("universal-ctags is not installed here and was left out.")
    if python := install("aider", AIDER):
        rows += _time_aider(python, tree)
    if python := install("pyan", PYAN):
        rows.append(_time("pyan, the small tree", [str(python), "-m", "pyan", *files, "--dot"], small))
    if python := install("pycg", PYCG):
        _mend_pycg(python)
        command = [str(python), "-m", "pycg", "--package", str(small), *files, "-o", "/dev/null"]
        rows.append(_time("PyCG, the small tree", command, small))
    ours = [sys.executable, "-m", "yantra_bot", "graph", "export", "--format", "callgraph", str(small)]
    rows.append(_time("this graph, the small tree, a whole process", ours, Path.cwd()))
    print("\n| other tools, whole processes | median wall s | CPU s | |\n|---|---|---|---|")
    print("\n".join(map(str, rows)))
    missing += [f"{name} could not be installed here and was left out." for name in _left_out()]
    print("".join(f"\n{sentence}" for sentence in missing))


def _time_aider(python: Path, tree: Path) -> list[Run]:
    """Time the map of the whole tree from nothing, and once more after one file was touched."""
    with TemporaryDirectory(prefix="yantra-benchmark-", dir=Path.cwd()) as folder:
        copy = Path(shutil.copytree(tree, Path(folder) / "tree"))
        command = [str(python), str(Path(__file__).with_name("aider_map.py")), str(copy)]
        cold = _time("aider's repository map, the whole tree, from nothing", command, copy, rounds=1)
        with (copy / "django" / "db" / "models" / "query.py").open("a") as touched:
            touched.write("\n")
        return [cold, _time("… after one touched file", command, copy, rounds=1)]


def _time(name: str, command: list[str], folder: Path, given: str = "", *, rounds: int = ROUNDS) -> Run:
    taken, note = [], ""

    def run() -> tuple[int, str]:
        ended = subprocess.run(
            command, cwd=folder, input=given, timeout=PATIENCE, check=False, capture_output=True, text=True
        )
        return ended.returncode, ended.stdout if len(ended.stdout) < 100 else ""

    try:
        for _ in range(rounds):
            (status, said), took = time_it(run)
            note = f"ended with {status}" if status else said.strip()
            taken.append(took)
    except subprocess.TimeoutExpired:
        return Run(name, PATIENCE, PATIENCE, f"stopped after {PATIENCE} s")
    return Run(name, median([one.wall for one in taken]), median([one.cpu for one in taken]), note)


def _environment(name: str) -> Path:
    return CACHE / name


def _left_out() -> list[str]:
    return [name for name in ("aider", "pyan", "pycg") if not (_environment(name) / "installed").exists()]


def install(name: str, packages: tuple[str, ...]) -> Path | None:
    """Return a Python that has exactly these packages; None where the package index has none for us."""
    folder = _environment(name)
    python, marker = folder / "bin" / "python", folder / "installed"
    wanted = "\n".join(packages)
    if marker.exists() and marker.read_text() == wanted:
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        command = [str(python), "-m", "pip", "install", *quiet, *packages]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    except (subprocess.SubprocessError, OSError):
        return None
    marker.write_text(wanted)
    return python


def _mend_pycg(python: Path) -> None:
    """Let PyCG find itself: its wheel has its package under a name with capitals."""
    for packages in (python.parent.parent / "lib").glob("python*/site-packages"):
        if (packages / "PyCG").is_dir() and not (packages / "pycg").exists():
            (packages / "pycg").symlink_to("PyCG")
