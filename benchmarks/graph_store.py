"""The graph in memory and on disk: loading, lookups, walks, overlays, saving, following, ranking; memory, two engines.

    python -m benchmarks.graph_store [--files 2800] [--engine kuzu]

The graph is made up, of the size that Django's is (2 800 files, a hundred thousand symbols, half a million edges).
Times are wall time in this process but for what the store writes, which is a child's. Prints a Markdown table.
"""

import argparse
import gc
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import structlog

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from tests.fakes.graphs import change_graph, make_graph
from yantra_bot.domain.graph import EdgeKind, Graph
from yantra_bot.graphdb.communities import find_communities
from yantra_bot.graphdb.kuzu_engine import EngineName
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.overlay import Diff, diff
from yantra_bot.graphdb.ranking import measure_betweenness, rank_symbols
from yantra_bot.graphdb.view import Direction, GraphView

T = TypeVar("T")
ROWS: list[tuple[str, str]] = []
AIMS: list[Aim] = []


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--files", type=int, default=2800)
    words.add_argument("--engine", type=EngineName, default=EngineName.LADYBUG)
    words.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if chosen.memory_of:
        print(*measure_memory(chosen.memory_of, chosen.engine))
        return
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as place:
        measure(chosen.files, chosen.engine, Path(place))
    print(describe_machine("python -m benchmarks.graph_store"), "\n\n| what | figure |\n|---|---|", sep="")
    print("\n".join(f"| {what} | {figure} |" for what, figure in ROWS))
    print_aims(AIMS)


def measure(files: int, engine: EngineName, place: Path) -> None:
    graphs = [make_graph(files)]
    view = once("Graph as values to a view", lambda: GraphView.of(graphs.pop()))
    ROWS.insert(0, ("engine; symbols; edges", f"{engine.value}; {len(view)}; {view.edge_count}"))
    keys = [view.key(row) for row in range(len(view))]
    gc.collect()
    measure_reading(view, keys)
    measure_store(view, engine, place)
    measure_ranking(view)


def measure_reading(view: GraphView, keys: list[str]) -> None:
    rng = random.Random(1)
    names = [key.rsplit(".", 1)[-1] for key in keys]
    once("First lookup by key, by name (makes the index)", lambda: (view.index_of(keys[0]), view.find(names[0])))
    many("Lookup by key", lambda: view.index_of(rng.choice(keys)), 5000, limits=(1, 10))
    many("Lookup by name", lambda: view.find(rng.choice(names)), 2000, limits=(1, 10))
    many("Symbols of a file", lambda: view.in_file(rng.choice(keys).split("::")[0] or "x"), 500)
    once("First walk against the edges (makes their index)", lambda: view.reach([0], Direction.IN))
    calls = [EdgeKind.CALLS]
    many("Callers to depth 3", lambda: view.reach([rng.randrange(len(view))], Direction.IN, kinds=calls), 5000)
    dependants = "Dependants over all edges to depth 3"
    many(dependants, lambda: view.reach([rng.randrange(len(view))], Direction.IN), 5000, limits=(1, 10))
    hub = max(range(len(view)), key=lambda row: len(view.edges_in(row)))
    many("The same for the symbol most used", lambda: view.reach([hub], Direction.IN), 20)
    once("Statistics", view.stats)
    changes = make_changes(view, rng, 200)
    steps = iter(changes)
    many("Overlay of one changed file", lambda: view.with_changes(next(steps)), len(changes))
    patched = view
    for change in changes:
        patched = patched.with_changes(change)
    many(
        "Dependants in a view with 200 overlays", lambda: patched.reach([rng.randrange(len(view))], Direction.IN), 1000
    )
    once("Fold 200 overlays", patched.compacted)


def make_changes(view: GraphView, rng: random.Random, count: int) -> list[Diff]:
    """Return differences of one file each: a few symbols, edges and references."""
    paths, changes = list(view.files), []
    while len(changes) < count:
        path = rng.choice(paths)
        part = view.part([path])
        changed = Graph(list(part.symbols), list(part.edges), list(part.unresolved), [], {path: "1"})
        for _ in range(3):
            changed = change_graph(changed, rng)
        found = diff(part, changed)
        if found and changed.files:
            changes.append(found)
    return changes


def measure_store(view: GraphView, engine: EngineName, place: Path) -> None:
    store = GraphStore.open(place / "graph", engine)
    once("Save the whole graph", lambda: store.save(view))
    size = sum(path.stat().st_size for path in (place / "graph").iterdir())
    ROWS.append(("On disk", f"{size / 1e6:.0f} MB"))
    loaded = once("Load it", store.load)
    assert loaded is not None
    changes = iter(make_changes(loaded, random.Random(3), 20))
    many("The store follows one changed file", lambda: store.apply(next(changes)), 20, limits=(1000, 1000))
    many(
        "A query: callers of one symbol",
        lambda: store.query(f"MATCH (a)-[:CALLS]->(b:Symbol {{key: '{loaded.key(9)}'}}) RETURN a.key"),
        10,
    )
    command = [
        sys.executable,
        "-m",
        "benchmarks.graph_store",
        "--engine",
        engine.value,
        "--memory-of",
        str(place / "graph"),
    ]
    before, after, peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-3:]
    ROWS.append(("Resident: before loading, loaded, peak while loading", f"{before}, {after}, {peak} MB"))


def measure_memory(folder: Path, engine: EngineName) -> tuple[int, int, int]:
    before = resident("VmRSS")
    view = GraphStore.open(folder, engine).load()
    assert view is not None
    view.find("x")
    view.reach([0], Direction.IN)
    return before, resident("VmRSS"), resident("VmHWM")


def resident(name: str) -> int:
    """Return a line of the kernel's account of this process, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(int(next(line.split()[1] for line in lines if line.startswith(name))) / 1024)


def measure_ranking(view: GraphView) -> None:
    once("PageRank", lambda: rank_symbols(view))
    once("PageRank, personal", lambda: rank_symbols(view, personal={5: 1.0}))
    once("Betweenness, 64 samples", lambda: measure_betweenness(view))
    once("Louvain communities", lambda: find_communities(view))


def once(what: str, do: Callable[[], T]) -> T:
    started = time.perf_counter()
    found = do()
    ROWS.append((what, f"{(time.perf_counter() - started) * 1000:.0f} ms"))
    return found


def many(what: str, do: Callable[[], object], times: int, *, limits: tuple[float, float] | None = None) -> None:
    """Do it many times. `limits` are the aims for p50 and p99, in ms."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        do()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    p99 = taken[min(len(taken) - 1, int(len(taken) * 0.99))]
    p50 = statistics.median(taken)
    ROWS.append((what, f"p50 {p50:.3f}, p99 {p99:.3f} ms"))
    if limits is not None:
        AIMS.append(at_most(f"{what}, p50", p50, limits[0], "ms", digits=3))
        AIMS.append(at_most(f"{what}, p99", p99, limits[1], "ms", digits=2))


if __name__ == "__main__":
    main()
