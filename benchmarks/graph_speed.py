"""The code graph on real trees: first build beside the parser alone, one changed file, questions, memory, other tools.

    python -m benchmarks.graph_speed [--tree PATH]

The tree is Django's source distribution, fetched by version and hash. Each part is a process of its own; the parser
runs before and after the build, in the same run, so that the ratio holds while the machine's speed drifts.
"""

import argparse
import random
import tempfile
from pathlib import Path
from typing import Any

from tree_sitter import Parser, Query, QueryCursor

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.graph_edits import measure_edits, prepare
from benchmarks.graph_rivals import print_rivals
from benchmarks.machine import describe_machine
from benchmarks.measuring import Took, give, median, percentile, resident, run_apart, time_it
from benchmarks.trees import count_lines, find_django, make_tree
from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.discovery import Source, discover, read_source
from yantra_bot.graphdb.facts_cache import FactsCache
from yantra_bot.graphdb.impact import find_impact
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.graphdb.queries import find_at, find_definitions
from yantra_bot.graphdb.view import Direction, GraphView

ME = "benchmarks.graph_speed"
SMALL = 10_000
ROUNDS = 5
EDITS = 60
QUESTIONS = 2_000
QUERY = "(function_definition name: (identifier) @def) (class_definition name: (identifier) @def) (call) @call"


def parse(tree: Path) -> None:
    """Let the parser alone read all files, then once more with one query for definitions and calls."""
    sources = [one for path in discover(tree).stamps if isinstance(one := read_source(tree, path), Source)]
    _parse(sources[:100], QUERY)
    give(alone=time_it(lambda: _parse(sources, None))[1], query=time_it(lambda: _parse(sources, QUERY))[1])


def _parse(sources: list[Source], query: str | None) -> None:
    parsers: dict[str, Parser] = {}
    asked: Query | None = None
    for source in sources:
        suffix = Path(source.path).suffix
        if suffix not in parsers:
            parsers[suffix] = Parser(frontend_of(source.path).grammar(suffix))
        parsed = parsers[suffix].parse(source.data)
        if query is not None and suffix == ".py":
            asked = asked or Query(frontend_of(source.path).grammar(suffix), query)
            QueryCursor(asked).captures(parsed.root_node)


def build(tree: Path, folder: Path) -> None:
    """Build from nothing, part by part, and save."""
    cache = FactsCache(folder / "facts.sqlite")
    indexer = Indexer(tree, cache=cache)
    start = resident()
    update, lowering = time_it(indexer.refresh)
    graph, resolving = time_it(indexer.resolve)
    unresolved = len(graph.unresolved)
    problems = len(graph.problems)
    view, viewing = time_it(lambda: GraphView.of(graph))
    highest = resident("VmHWM")
    _, saving = time_it(lambda: GraphStore.open(folder / "graph").save(view))
    give(
        lowering=lowering, resolving=resolving, viewing=viewing, saving=saving, start=start, parent=highest,
        files=len(update.parsed), lines=count_lines(tree, update.parsed), symbols=len(view), edges=view.edge_count,
        unresolved=unresolved, problems=problems,
    )  # fmt: skip
    cache.close()


def build_small(tree: Path) -> None:
    """Build a small tree some times, once to warm up."""
    took = [time_it(lambda: GraphView.of(Indexer(tree).build()))[1] for _ in range(ROUNDS + 1)][1:]
    give(walls=[one.wall for one in took], cpus=[one.cpu for one in took])


def ask(folder: Path) -> None:
    """Load the stored graph and ask it."""
    before = resident()
    loaded, loading = time_it(lambda: GraphStore.open(folder / "graph").load())
    assert loaded is not None
    view: GraphView = loaded
    view.find("warm up")
    view.index_of("warm up")
    view.reach([0], Direction.IN)
    rng = random.Random(5)
    code = view.of_kind(NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS)
    symbols = [view.symbol(row) for row in rng.choices(code, k=QUESTIONS)]
    after = resident()
    questions = {
        "definition, by name": [lambda one=one: find_definitions(view, one.name) for one in symbols],
        "definition, by qualified name": [
            lambda one=one: find_definitions(view, one.qualified_name) for one in symbols
        ],
        "definition, by `file:line`": [lambda one=one: find_at(view, one.path, one.span.line + 1) for one in symbols],
        "impact to depth 3": [lambda row=row: find_impact(view, [row]) for row in rng.choices(code, k=QUESTIONS)],
    }
    give(
        loading=loading, before=before, after=after, highest=resident("VmHWM"), symbols=len(view),
        answers={name: [time_it(one)[1].wall for one in each] for name, each in questions.items()},
    )  # fmt: skip


def show_build(parses: list[dict[str, Any]], built: dict[str, Any]) -> list[Aim]:
    """Print the first build, part by part, beside the parser."""
    alone = {name: median([one["alone"][name] for one in parses]) for name in ("wall", "cpu")}
    spread = [one["alone"]["wall"] for one in parses]
    query = {name: median([one["query"][name] for one in parses]) for name in ("wall", "cpu")}
    print(
        f"{built['files']:,} files, {built['lines']:,} lines, {built['symbols']:,} symbols, {built['edges']:,} edges, "
        f"{built['unresolved']:,} unresolved references, {built['problems']} problems.\n"
    )
    print("| first build | wall s | CPU s | × parser, wall | × parser, CPU |\n|---|---|---|---|---|")

    def row(name: str, wall: float, cpu: float) -> None:
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {wall / alone['wall']:.1f} | {cpu / alone['cpu']:.1f} |")

    row(f"tree-sitter alone, one process ({min(spread):.2f}-{max(spread):.2f} s)", **alone)
    row("tree-sitter and one query for definitions and calls, one process", **query)
    parts = {
        "reading, parsing and lowering, in a process for each core": "lowering",
        "resolving, and the graph as values": "resolving",
        "the view's arrays": "viewing",
    }
    for name, key in parts.items():
        row(name, **built[key])
    total = {kind: sum(built[key][kind] for key in parts.values()) for kind in ("wall", "cpu")}
    row("**from files to answers**", **total)
    row("saving to the store", **built["saving"])
    highest = max(built["peak"], built["parent"])
    print(
        f"\nMemory at its highest: {built['parent']:.0f} MB in the process that resolves (it starts with "
        f"{built['start']:.0f}), {highest:.0f} MB together with its children, the one that saves among them."
    )
    return [
        at_most("first build, wall time beside tree-sitter alone", total["wall"] / alone["wall"], 6, "×"),
        at_most(
            "memory of the first build, children included", max(built["peak"], built["parent"]), 600, "MB", digits=0
        ),
    ]


def show_small(small: dict[str, Any], lines: int) -> list[Aim]:
    walls = small["walls"]
    print(
        f"\nA tree of {lines:,} lines, {len(walls)} builds in a warm process: {median(walls):.2f} s "
        f"({min(walls):.2f}-{max(walls):.2f}), CPU {median(small['cpus']):.2f} s."
    )
    return [at_most(f"first build of {lines:,} lines", median(walls), 1, "s", digits=2)]


def show_edits(found: dict[str, Any]) -> list[Aim]:
    """Print what one changed file takes."""
    touches = [one * 1000 for one in found["touches"]]
    print("\n| one changed file | p50 ms | p95 ms | worst ms | n |\n|---|---|---|---|---|")

    def row(name: str, values: list[float]) -> None:
        cells = f"{median(values):.1f} | {percentile(values, 0.95):.1f} | {max(values):.1f} | {len(values)}"
        print(f"| {name} | {cells} |")

    row("from the touch to the view's answer", touches)
    for kind in sorted(set(found["kinds"])):
        row(f"… {kind}", [one for one, of in zip(touches, found["kinds"], strict=True) if of == kind])
    row("… in processor time", [one * 1000 for one in found["worked"]])
    row("from the touch until the store has followed", [one * 1000 for one in found["follows"]])
    row("a touched file with the same content", [one * 1000 for one in found["unchanged"]])
    settled, look = Took(**found["settled"]), Took(**found["look"])
    second, opened = Took(**found["second"]), Took(**found["opened"])
    print(
        f"\nSettling to the exact graph after {len(touches)} edits: {settled.wall:.1f} s, CPU {settled.cpu:.1f} s; it "
        f"changed {found['corrected']:,} of {found['edges']:,} edges, {found['corrected_inside']:,} of them in edited "
        f"files. Opening the live graph from kept facts: {opened.wall:.1f} s; it holds {found['resident']:.0f} MB.\n"
        f"A look at {found['files']:,} unchanged files that another process has indexed: {look.wall:.2f} s, by this "
        f"process once more: {second.wall:.2f} s; {found['parsed_unchanged']} parsed."
    )
    wrong = len(found["wrong"])
    return [
        at_most("one changed file in the view, p50", median(touches), 20, "ms"),
        at_most("one changed file in the view, p95", percentile(touches, 0.95), 50, "ms"),
        Aim("edits that the view answers right at once", "all", f"{len(touches) - wrong} of {len(touches)}", not wrong),
        at_most("the store has followed, worst", max(found["follows"]), 1, "s", digits=2),
        Aim("unchanged files parsed", "0", str(found["parsed_unchanged"]), not found["parsed_unchanged"]),
    ]


def show_answers(asked: dict[str, Any], lines: int) -> list[Aim]:
    """Print what questions take, and the memory of the loaded graph."""
    aims = []
    print("\n| question | p50 ms | p99 ms | n |\n|---|---|---|---|")
    for name, seconds in asked["answers"].items():
        p50, p99 = median(seconds) * 1000, percentile(seconds, 0.99) * 1000
        print(f"| {name} | {p50:.3f} | {p99:.2f} | {len(seconds)} |")
        aims += [at_most(f"{name}, p50", p50, 1, "ms", digits=3), at_most(f"{name}, p99", p99, 10, "ms", digits=2)]
    each = (asked["after"] - asked["before"]) / lines * 100_000
    print(
        f"\nLoading the stored graph: {asked['loading']['wall']:.2f} s. The process holds {asked['before']:.0f} MB "
        f"before and {asked['after']:.0f} MB with the graph and its indexes ({asked['highest']:.0f} MB at its highest)."
    )
    return [*aims, at_most("the loaded graph in memory, for 100,000 lines", each, 100, "MB")]


def measure(tree: Path, folder: Path) -> None:
    """Run every part, print, and state the aims."""
    kept = folder / "kept"
    kept.mkdir()
    parses = [run_apart(ME, "--part", "parse", tree)]
    built = run_apart(ME, "--part", "build", tree, kept)
    parses += [run_apart(ME, "--part", "parse", tree) for _ in range(2)]
    aims = show_build(parses, built)
    small = folder / "small"
    lines = make_tree(small, tree, SMALL)
    aims += show_small(run_apart(ME, "--part", "small", small), lines)
    aims += show_answers(run_apart(ME, "--part", "ask", kept), built["lines"])
    aims += show_edits(run_apart(ME, "--part", "edits", prepare(tree, folder), kept))
    print_rivals(tree, small)
    print_aims(aims)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--tree", type=Path, help="a folder of Django's sources; by default it is downloaded")
    words.add_argument("--part", help=argparse.SUPPRESS)
    words.add_argument("places", nargs="*", type=Path, help=argparse.SUPPRESS)
    chosen = words.parse_args()
    parts = {"parse": parse, "build": build, "small": build_small, "ask": ask}
    if chosen.part == "edits":
        measure_edits(*chosen.places, EDITS)
    elif chosen.part:
        parts[chosen.part](*chosen.places)
    else:
        print(describe_machine(f"python -m {ME}"))
        with tempfile.TemporaryDirectory(prefix="yantra-benchmark-", dir=Path.cwd()) as folder:
            measure((chosen.tree or find_django()).resolve(), Path(folder))


if __name__ == "__main__":
    main()
