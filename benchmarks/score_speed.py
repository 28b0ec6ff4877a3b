"""Scoring by the learned model: the functions of one changed file, a whole graph, memory.

    python -m benchmarks.score_speed [--tree PATH] [--model FILE]

The tree is Django's source distribution, fetched by version and hash. The weights are random unless a score file is
named: they take as long. At most eight functions of a file are scored, as if a change had touched them; what concerns
the whole view was computed before, which is told apart. Processor time of one process and one thread.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.aims import at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import median, percentile, resident, time_it
from benchmarks.trees import find_django
from tests.unit.scoring.score_files import write_model
from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.model import ModelScorer, read_scorer

ME = "benchmarks.score_speed"
THREADS = "OPENBLAS_NUM_THREADS"
FILES, TOGETHER, WHOLE = 200, 8, 10_000
SCORED = frozenset({NodeKind.FUNCTION, NodeKind.METHOD})


def functions_of(view: GraphView) -> dict[str, list[int]]:
    """Return the rows of the functions of each file, some files in an order that a seed decides."""
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(view.alive).tolist():
        symbol = view.symbol(row)
        if symbol.kind in SCORED:
            found.setdefault(symbol.path, []).append(row)
    order = np.random.default_rng(1).permutation(sorted(found)).tolist()
    return {path: found[path] for path in order}


def milliseconds(scorer: ModelScorer, view: GraphView, tree: Path, rows: list[int]) -> float:
    """Return what scoring some functions takes."""
    return float(time_it(lambda: scorer.score(view, lambda path: (tree / path).read_bytes(), rows))[1].cpu) * 1e3


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
    first = milliseconds(scorer, view, tree, next(iter(files.values()))[:1])
    changed = [rows[:TOGETHER] for rows in files.values()][:FILES]
    times = [milliseconds(scorer, view, tree, rows) for rows in changed]
    single = [milliseconds(scorer, view, tree, rows[:1]) for rows in changed]
    every = [row for rows in files.values() for row in rows][:WHOLE]
    whole = sum(
        milliseconds(scorer, view, tree, every[start : start + TOGETHER]) for start in range(0, len(every), TOGETHER)
    )
    print("\n| scored | functions | median | p99 |\n|---|---|---|---|")
    for name, found, count in (
        ("one function", single, 1.0),
        ("a changed file", times, np.mean(list(map(len, changed)))),
    ):
        print(f"| {name} | {count:.1f} | {median(found):.1f} ms | {percentile(found, 99):.1f} ms |")
    print(f"\nThe score file is read in {opened.cpu:.2f} s. The first score of a view of {len(view)} symbols takes "
          f"{first / 1e3:.2f} s, since features of the graph are computed for all. {len(every)} functions of it: "
          f"{whole / 1e3:.1f} s. Memory: {resident() - before:.0f} MB more than the graph.")  # fmt: skip
    print_aims([
        at_most("Scoring one function, median", median(single), 10, "ms"),
        at_most("Scoring a changed file, median", median(times), 10, "ms"),
        at_most("Scoring a changed file, p99", percentile(times, 99), 10, "ms"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
