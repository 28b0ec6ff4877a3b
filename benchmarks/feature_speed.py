"""The 978 features of symbols: time of a file, of a whole view, of drawing neighbours; their memory.

    python -m benchmarks.feature_speed [--tree PATH]

The tree is Django's source distribution, fetched by version and hash; the other languages are the programs of the
graph's own tests, small files. Every symbol of a file is described: a file's time is that of its parse, its one
walk and all its rows. Processor time of one process.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import median, percentile, resident, time_it
from benchmarks.trees import find_django
from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.features import SymbolFeatures
from yantra_bot.scoring.held_back import symbol_graph
from yantra_bot.scoring.neighbours import Neighbours

ME = "benchmarks.feature_speed"
PROGRAMS = Path(__file__).parent.parent / "tests" / "graph_programs"
SCORED, DRAWS = 5, 200
"""Symbols that are scored at once, and how often."""


def load(tree: Path) -> GraphView:
    """Return the graph of a folder."""
    indexer = Indexer(tree)
    indexer.refresh()
    return GraphView.of(indexer.resolve())


def measure_files(view: GraphView, features: SymbolFeatures, paths: Iterable[str]) -> tuple[list[float], int]:
    """Return the milliseconds of each file, and how many symbols they have."""
    times, symbols = [], 0
    for path in paths:
        rows = view.in_file(path)
        if rows:
            symbols += len(rows)
            times.append(time_it(lambda rows=rows: features.of(rows))[1].cpu * 1e3)
    return times, symbols


def print_files(times: dict[str, tuple[list[float], int]]) -> None:
    """Print one row for each language."""
    print("| files of | files | symbols | mean | median | p99 |\n|---|---|---|---|---|---|")
    for name, (found, symbols) in times.items():
        row = f"{np.mean(found):.1f} ms | {median(found):.1f} ms | {percentile(found, 99):.1f} ms"
        print(f"| {name} | {len(found)} | {symbols} | {row} |", flush=True)


def measure_programs() -> dict[str, tuple[list[float], int]]:
    """Measure the small files of the other languages."""
    view = load(PROGRAMS)
    features = SymbolFeatures(view, lambda path: (PROGRAMS / path).read_bytes())
    features.of([0])
    by_language: dict[str, list[str]] = {}
    for path in sorted(view.files):
        language = language_of(path)
        if language is not None and language is not Language.PYTHON:
            by_language.setdefault(f"{language.value}, small", []).append(path)
    return {name: measure_files(view, features, paths) for name, paths in sorted(by_language.items())}


def print_drawing(view: GraphView, features: SymbolFeatures) -> list[Aim]:
    """Print what the neighbours of a few symbols take, and their features with the files that they stand in."""
    neighbours, prepared = time_it(lambda: Neighbours.of(view))
    chosen = np.random.default_rng(1).choice(np.flatnonzero(view.alive & (view.paths >= 0)), (DRAWS, SCORED))
    drawn = [time_it(lambda rows=rows: neighbours.around(rows)) for rows in chosen]
    whole = [time_it(lambda around=around: symbol_graph(features, around))[1].cpu * 1e3 for around, _ in drawn[:20]]
    times = [took.cpu * 1e3 for _, took in drawn]
    size = np.mean([len(around.rows) for around, _ in drawn])
    print(f"\nNeighbours: made ready in {prepared.cpu:.2f} s; drawn for {SCORED} symbols in {median(times):.1f} ms "
          f"(p99 {percentile(times, 99):.1f} ms), {size:.0f} symbols on average. The features of all of them, their "
          f"files parsed: {median(whole):.0f} ms.")  # fmt: skip
    return [at_most(f"Drawing the neighbours of {SCORED} symbols, median", median(times), 5, "ms")]


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(prog=f"python -m {ME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tree", type=Path, help="a folder of Python code in place of Django")
    tree = parser.parse_args().tree or find_django()
    print(describe_machine(f"python -m {ME}"))
    view = load(tree)
    before = resident()
    features = SymbolFeatures(view, lambda path: (tree / path).read_bytes())
    _, ready = time_it(lambda: features.of([0]))
    times = {"python": measure_files(view, features, sorted(view.files))} | measure_programs()
    print_files(times)
    print(f"\nOnce for the whole view of {len(view)} symbols and {view.edge_count} edges (PageRank, coreness, tests): "
          f"{ready.cpu:.2f} s. Memory: {resident() - before:.0f} MB more than the graph.")  # fmt: skip
    aims = [at_most("The features of a Python file, mean", float(np.mean(times["python"][0])), 5, "ms")]
    print_aims([*aims, *print_drawing(view, features)])


if __name__ == "__main__":
    main()
