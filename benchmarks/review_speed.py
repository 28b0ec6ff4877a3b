"""A review without a model on fifty thousand lines of real code: seconds, memory, and the share of each part.

    python -m benchmarks.review_speed [--lines 50000] [--files 20]

The tree is Django's, cut to the lines, as a git repository; the change edits so many of its files (a function more, a
changed body, a call more) and gives some functions a required parameter. Each review is a process of its own that
imports everything first; "cold" has nothing kept from before.
"""

import argparse
import ast
import os
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, Final

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.graph_edits import make_edits
from benchmarks.machine import describe_machine
from benchmarks.measuring import give, median, resident, run_apart, time_it
from benchmarks.trees import find_django, make_tree
from yantra_bot.cli.review import Asked, make_review
from yantra_bot.review.parts import PARTS, choose_parts

ME: Final = "benchmarks.review_speed"
ROUNDS: Final = 5
SCANNER: Final = "security"
SECONDS, WITH_SCANNER, MEMORY = 2.0, 10.0, 500.0


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "gc.auto=0")
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def make_repository(folder: Path, lines: int, files: int) -> int:
    """Commit the tree on `main` and the change on `change`; return the lines."""
    made = make_tree(folder, find_django(), lines)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "base")
    git(folder, "switch", "-q", "-c", "change")
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    edited = list(make_edits(folder, paths, files))
    for edit in edited:
        (folder / edit.path).write_text(edit.text, "utf-8")
    for edit in edited[::4]:
        _demand_more(folder / edit.path)
    git(folder, "commit", "-q", "-a", "-m", "change")
    git(folder, "gc", "-q")
    return made


def _demand_more(path: Path) -> None:
    """Give the first function of a file that takes arguments one that callers do not know."""
    text = path.read_text("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.args.args and not node.args.defaults:
            lines = text.splitlines(keepends=True)
            at = node.lineno - 1
            lines[at] = lines[at].replace("(", "(demanded_by_an_edit, ", 1)
            path.write_text("".join(lines), "utf-8")
            return


def review(repository: Path, *parts: str) -> None:
    """Review the change once, with these parts; all of them where none is named."""
    chosen = choose_parts(PARTS, only=parts)
    asked = Asked(repository, "main", "change", None, chosen)
    start = resident()
    with redirect_stderr(StringIO()):
        made, took = time_it(lambda: make_review(asked))
    give(
        took=took, start=start, highest=resident("VmHWM"), files=len(made.files), symbols=len(made.symbols),
        findings=len(made.findings), gaps=len(made.gaps), parts={one.part: one.seconds for one in made.timings},
    )  # fmt: skip


def run(repository: Path, parts: Sequence[str], rounds: int) -> list[dict[str, Any]]:
    """Review so many times, each in a process of its own."""
    return [run_apart(ME, "--review", repository, *parts) for _ in range(rounds)]


def print_runs(runs: dict[str, list[dict[str, Any]]]) -> None:
    """Print what each sort of review took, and the share of each part."""
    print("\n| review | wall s | processor s | memory MB | files | symbols | findings |\n|---|---|---|---|---|---|---|")
    for name, found in runs.items():
        wall, cpu = (median([one["took"][which] for one in found]) for which in ("wall", "cpu"))
        last = found[-1]
        counts = f"{last['files']} | {last['symbols']} | {last['findings']}"
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory_of(found):.0f} | {counts} |")
    print("\n| part | " + " | ".join(f"{name}, s" for name in runs) + " |\n|---|" + "---|" * len(runs))
    for part in dict.fromkeys(part for found in runs.values() for part in found[-1]["parts"]):
        cells = [_seconds(found, part) for found in runs.values()]
        print(f"| {part} | " + " | ".join(cells) + " |")


def _seconds(found: list[dict[str, Any]], part: str) -> str:
    if part not in found[-1]["parts"]:
        return ""
    seconds = median([one["parts"][part] for one in found])
    return f"{seconds:.3f} ({seconds / median([one['took']['wall'] for one in found]):.0%})"


def memory_of(found: list[dict[str, Any]]) -> float:
    """Return the highest memory of a review: of its own, or with its children, whichever is more."""
    return max(max(one["highest"], one["peak"]) for one in found)


def aims_of(runs: dict[str, list[dict[str, Any]]]) -> list[Aim]:
    """Return the aims beside what was measured."""
    warm = [one["took"]["wall"] for one in runs["warm"]]
    aims = [
        at_most("a review without a model, warm", median(warm), SECONDS, "s", digits=2),
        at_most("its memory", memory_of(runs["warm"]), MEMORY, "MB", digits=0),
    ]
    scanned = runs.get("with security rules")
    if scanned is not None:
        seconds = median([one["took"]["wall"] for one in scanned])
        aims.append(at_most("a review with security rules, warm", seconds, WITH_SCANNER, "s", digits=2))
    return aims


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--review", nargs="+")
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    if asked.review:
        review(Path(asked.review[0]), *asked.review[1:])
        return
    with tempfile.TemporaryDirectory(prefix="yantra-benchmark-review-") as folder:
        repository = Path(folder) / "repository"
        repository.mkdir()
        os.environ["YANTRA_STATE_FOLDER"] = str(Path(folder) / "state")  # of the reviews' processes
        lines = make_repository(repository, asked.lines, asked.files)
        print(describe_machine(f"python -m {ME}"))
        print(f"\n{lines:,} lines, a change of {asked.files} files.")
        without = [part.name for part in PARTS if part.name != SCANNER]
        runs = {"cold": run(repository, without, 1), "warm": run(repository, without, asked.rounds)}
        if len(without) < len(PARTS):
            runs["with security rules"] = run(repository, (), asked.rounds)
        print_runs(runs)
        print_aims(aims_of(runs))


if __name__ == "__main__":
    main()
