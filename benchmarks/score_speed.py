"""Scoring by the learned model: the functions of one changed file, a whole graph, memory.

    python -m benchmarks.score_speed [--tree PATH] [--model FILE]

The tree is Django's source distribution, fetched by version and hash. The weights are random unless a score file is
named: they take as long. At most eight functions of a Python file are scored, as if a change had touched them. What
concerns the whole view – who is beside whom, PageRank, … – a run computes once, for all of its files: told apart.
Each file is scored three times. *cold*: nothing was read before, neither the file nor those of its neighbours. *warm*:
as in a server, the neighbours were read for an earlier change of the same file, and the file is new. *again*: all is
known. What is known is known by its content, so that a comment at the end makes a file new. Processor time of one
process and one thread.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.aims import at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import median, percentile, resident, time_it
from benchmarks.trees import find_django
from tests.unit.scoring.score_files import write_model
from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.model import ModelScorer, read_scorer

ME = "benchmarks.score_speed"
THREADS = "OPENBLAS_NUM_THREADS"
FILES, TOGETHER, WHOLE = 200, 8, 10_000
SCORED = frozenset({NodeKind.FUNCTION, NodeKind.METHOD})


@dataclass(frozen=True, slots=True)
class Files:
    """A tree whose files are as new to whoever reads them as one wants."""

    tree: Path
    mark: str
    """What makes a file new."""
    changed: str | None = None
    """The one file that is new; None: all are."""

    def __call__(self, path: str) -> bytes:
        data = (self.tree / path).read_bytes()
        return data if self.changed not in {None, path} else data + f"\n# {self.mark} {self.changed}\n".encode()


def functions_of(view: GraphView) -> dict[str, list[int]]:
    """Return the rows of the functions of each Python file, some files in an order that a seed decides."""
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(view.alive).tolist():
        symbol = view.symbol(row)
        if symbol.kind in SCORED and symbol.language is Language.PYTHON:
            found.setdefault(symbol.path, []).append(row)
    order = np.random.default_rng(1).permutation(sorted(found)).tolist()
    return {path: found[path] for path in order}


def milliseconds(scorer: ModelScorer, view: GraphView, read: Files, rows: list[int]) -> float:
    """Return what scoring some functions takes."""
    return float(time_it(lambda: scorer.score(view, read, rows))[1].cpu) * 1e3


def measure(
    scorer: ModelScorer, view: GraphView, tree: Path, name: str, changed: dict[str, list[int]]
) -> dict[str, list[float]]:
    """Return the milliseconds of each file, cold, warm and again; no two names have a new file in common."""
    times: dict[str, list[float]] = {"cold": [], "warm": [], "again": []}
    plain = Files(tree, "", "")
    for number, (path, rows) in enumerate(changed.items()):
        mark = f"{name} {number}"
        times["cold"].append(milliseconds(scorer, view, Files(tree, mark), rows))
        scorer.score(view, plain, rows)
        fresh = Files(tree, mark, path)
        times["warm"].append(milliseconds(scorer, view, fresh, rows))
        times["again"].append(milliseconds(scorer, view, fresh, rows))
    return times


def main() -> None:
    """Print everything."""
    if os.environ.get(THREADS) != "1":  # numpy reads it when it is loaded
        os.execve(sys.executable, [sys.executable, "-m", ME, *sys.argv[1:]], os.environ | {THREADS: "1"})
    parser = argparse.ArgumentParser(prog=f"python -m {ME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tree", type=Path, help="a folder of Python code in place of Django")
    parser.add_argument("--model", type=Path, help="a score file in place of random weights")
    chosen = parser.parse_args()
    tree = chosen.tree or find_django()
    print(describe_machine(f"python -m {ME}"))
    indexer = Indexer(tree)
    indexer.refresh()
    view = GraphView.of(indexer.resolve())
    before = resident()
    with tempfile.TemporaryDirectory() as folder:
        scorer, opened = time_it(lambda: read_scorer(chosen.model or write_model(Path(folder) / "model.safetensors")))
    files = functions_of(view)
    plain = Files(tree, "", "")
    first = milliseconds(scorer, view, plain, next(iter(files.values()))[:1])
    changed = {path: rows[:TOGETHER] for path, rows in list(files.items())[:FILES]}
    together = measure(scorer, view, tree, "together", changed)
    single = measure(scorer, view, tree, "single", {path: rows[:1] for path, rows in changed.items()})
    every = [row for rows in files.values() for row in rows][:WHOLE]
    whole = sum(
        milliseconds(scorer, view, plain, every[start : start + TOGETHER]) for start in range(0, len(every), TOGETHER)
    )
    print("\n| scored | functions | what is known | median | p99 |\n|---|---|---|---|---|")
    for name, found, count in (
        ("one function", single, 1.0),
        ("a changed file", together, np.mean(list(map(len, changed.values())))),
    ):
        for known, times in found.items():
            print(f"| {name} | {count:.1f} | {known} | {median(times):.1f} ms | {percentile(times, 99):.1f} ms |")
    print(f"\nThe score file is read in {opened.cpu:.2f} s. The first score of a view of {len(view)} symbols takes "
          f"{first / 1e3:.2f} s, since features of the graph are computed for all. {len(every)} functions of it: "
          f"{whole / 1e3:.1f} s. Memory: {resident() - before:.0f} MB more than the graph.")  # fmt: skip
    print_aims([
        at_most("Scoring one function, warm, median", median(single["warm"]), 10, "ms"),
        at_most("Scoring a changed file, warm, median", median(together["warm"]), 10, "ms"),
        at_most("Scoring a changed file, warm, p99", percentile(together["warm"], 99), 10, "ms"),
        at_most("Scoring a changed file, cold, median", median(together["cold"]), 10, "ms"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
