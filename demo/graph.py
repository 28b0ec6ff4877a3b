"""The code graph in the demonstration: built of what the run has fetched, and asked about the place of the bug."""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from yantra_bot.cli.console import count
from yantra_bot.cli.display import find_result
from yantra_bot.cli.graph.lines import Lines, name_of, percent
from yantra_bot.domain.graph import NodeKind, Symbol
from yantra_bot.graphdb.impact import Impact, find_impact
from yantra_bot.graphdb.queries import Reached, find_definitions, find_tests
from yantra_bot.graphdb.view import GraphView
from yantra_bot.runs.records import Records
from yantra_bot.sandbox.mirror import Mirror, open_mirror
from yantra_bot.worker.code_graph import CommitGraph

PLACE = ("parse.py", b'"%f": "[0-9]{6}"')
"""The file of the bug and the text that is wrong in it; its line is looked up in what was fetched."""
DEPTH = 10
SHOWN = 2
BREATH_SECONDS = 0.3
"""So that the fetch is on the screen before what was made of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the graph says: `affected` and `tests` are the surest few, with their paths."""

    view: GraphView
    seconds: float
    place: str
    changed: Symbol
    impact: Impact
    affected: list[Reached]
    tests: list[Reached]


async def show_graph(console: Console, records: Records, run_id: str, mirrors: Path) -> None:
    """Wait until the run has fetched the repository, then build its graph beside the run and print what it says."""
    while (commit := find_result(records, run_id, "fetch", str)) is None:
        if records.ending(run_id) is not None:
            return
        await asyncio.sleep(0.05)
    await asyncio.sleep(BREATH_SECONDS)
    print_graph(console, await asyncio.to_thread(ask_graph, next(mirrors.glob("*.git")), commit))


def ask_graph(mirror: Path, commit: str) -> Found:
    """Build the graph of a commit out of a bare mirror, and ask what a change of the bug's place may affect."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yantra-demo-graph-") as scratch:
        tree, own = Path(scratch, "tree"), Path(scratch, "git")
        tree.mkdir()
        own.mkdir()
        descriptor = open_mirror(mirror)
        try:
            view = CommitGraph(Mirror(descriptor, own), commit, tree).view
        finally:
            os.close(descriptor)
        seconds = time.monotonic() - began
        line = (tree / PLACE[0]).read_bytes().partition(PLACE[1])[0].count(b"\n") + 1
    place = f"{PLACE[0]}:{line}"
    rows = find_definitions(view, place)
    impact = find_impact(view, rows, depth=DEPTH)
    functions = [one for one in impact.affected(view) if one.symbol.kind in (NodeKind.FUNCTION, NodeKind.METHOD)]
    tests = find_tests(view, rows, depth=DEPTH)
    return Found(view, seconds, place, view.symbol(rows[0]), impact, functions[:SHOWN], tests[:SHOWN])


def print_graph(console: Console, found: Found) -> None:
    """Print it in a few lines, each path from who needs to what is needed."""
    view, lines = found.view, Lines(Path(), console)
    counts = f"{len(view.files)} files, {len(view):,} symbols, {view.edge_count:,} edges in {found.seconds:.1f} s"
    lines.say(f"The code graph of what was fetched: {counts}.")
    affected = f"{count(len(found.impact), 'symbol')} in {count(found.impact.file_count(view), 'file')}"
    lines.say(f"{found.place} is in {name_of(found.changed)}. A change of it may affect {affected}, such as")
    _print_paths(lines, view, found.affected)
    lines.say(f"{count(len(found.impact.tests(view)), 'test')} reach it, such as")
    _print_paths(lines, view, found.tests)


def _print_paths(lines: Lines, view: GraphView, reached: list[Reached]) -> None:
    names = {edge.target: edge.target.rpartition("::")[2] for one in reached for edge in one.path}
    for one in reached:
        lines.symbol_line(one.symbol, 0, before=f"  {percent(one.confidence)}  ")
        lines.path(one.path[::-1], names, indent="          ")
