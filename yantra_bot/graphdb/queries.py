"""Questions about single symbols: where is it, who names it, who calls it, what tests it, how are two connected.

Pure functions over a view; they print nothing and make objects only for what is answered.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yantra_bot.domain.graph import Edge, EdgeKind, NodeKind, Symbol
from yantra_bot.graphdb.arrays import NODE_CODES, clean
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import IMPACT_KINDS, Walk, walk

REFERENCES = frozenset(EdgeKind) - {EdgeKind.DEFINES}
CALLS = frozenset({EdgeKind.CALLS})
LONGEST_PATH = 24
"""Edges in a path between two symbols, or from a test to a symbol, at most."""
_IMPORT = NODE_CODES[NodeKind.IMPORT]
_EXTERNAL = NODE_CODES[NodeKind.EXTERNAL]
_WHOLE = (NODE_CODES[NodeKind.MODULE], NODE_CODES[NodeKind.FILE])
_PLACE = re.compile(r"(.+?):(\d{1,9})(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Reached:
    """A symbol at the end of a path. The confidence is the product of the path's; `path` begins at the start."""

    symbol: Symbol
    confidence: float
    depth: int
    path: tuple[Edge, ...]


def find_definitions(view: GraphView, text: str) -> list[int]:
    """Return the rows of what a person may mean by a name, a qualified name, its last parts, a key, or `file:line`.

    Empty when there is nothing; several when the name is not unique. Of a name that is imported somewhere, only the
    definition is meant, and where there is one of its own, none outside. `Class#method` and `module::name` are read as
    dotted names.
    """
    text = clean(text)
    place = _PLACE.fullmatch(text)
    if place is not None:
        rows = find_at(view, place.group(1), int(place.group(2)))
        if rows:
            return rows
    rows = view.find(text) or view.find(text.removeprefix("./"))
    if not rows and re.search(r"[^.\w$<>]", text):
        rows = view.find(re.sub(r"::|#|/", ".", text).strip("."))
    defined = [row for row in rows if _kind(view, row) != _IMPORT]
    own = [row for row in defined if _kind(view, row) != _EXTERNAL]
    return own or defined or rows


def find_at(view: GraphView, path: str, line: int) -> list[int]:
    """Return the innermost symbol around a line of a file, by the file's path or the last parts of it."""
    wanted = path.removeprefix("./").replace("\\", "/").strip("/")
    paths = [wanted] if wanted in view.files else [name for name in view.files if name.endswith(f"/{wanted}")]
    if len(paths) != 1:
        return []
    rows = np.array(view.in_file(paths[0]), np.int64)
    kinds = view.node_kinds[rows]
    rows, kinds = rows[kinds != _IMPORT], kinds[kinds != _IMPORT]
    first, _, last, _ = view.spans(rows)
    is_whole = np.isin(kinds, _WHOLE)
    around = np.flatnonzero(is_whole | ((first <= line) & (line <= last)))
    if not len(around):
        return []
    sizes = np.where(is_whole, np.iinfo(np.int32).max, last - first)[around]
    # They are in the order of their places: of equally small ones the last is the innermost.
    return [int(rows[around[np.flatnonzero(sizes == sizes.min())[-1]]])]


def members(view: GraphView, rows: list[int]) -> list[int]:
    """Return the rows with all that is defined inside of them, themselves included."""
    found = view.reach(rows, Direction.OUT, kinds=frozenset({EdgeKind.DEFINES}), depth=64)
    return sorted({*rows, *found.symbols.tolist()})


def find_references(view: GraphView, row: int) -> list[Edge]:
    """Return every place that names the symbol, in the order of files and lines."""
    edges = [view.edge(edge) for edge in view.edges_in(row, REFERENCES).tolist()]
    return sorted(edges, key=lambda edge: (edge.path, edge.line, edge.column, edge.source))


def find_callers(view: GraphView, rows: list[int], *, depth: int = 1) -> Walk:
    """Return who calls any of the symbols, directly or through at most `depth` calls."""
    return walk(view, rows, Direction.IN, kinds=CALLS, depth=depth)


def find_callees(view: GraphView, rows: list[int], *, depth: int = 1) -> Walk:
    """Return what the symbols call, directly or through at most `depth` calls."""
    return walk(view, rows, Direction.OUT, kinds=CALLS, depth=depth)


def walk_to_tests(view: GraphView, rows: list[int], *, depth: int = LONGEST_PATH) -> tuple[Walk, list[int]]:
    """Return the walk to all that needs any of the symbols, and the rows of the tests in it, the surest first."""
    found = walk(view, rows, Direction.IN, kinds=IMPACT_KINDS, depth=depth)
    is_test = view.node_kinds[found.symbols] == NODE_CODES[NodeKind.TEST]
    return found, found.symbols[is_test].tolist()


def find_tests(
    view: GraphView, rows: list[int], *, depth: int = LONGEST_PATH, limit: int | None = None
) -> list[Reached]:
    """Return the tests that reach any of the symbols, the surest and nearest first, each with its path."""
    found, tests = walk_to_tests(view, rows, depth=depth)
    return reached(view, found, tests[:limit])


def find_path(view: GraphView, sources: list[int], targets: list[int]) -> Reached | None:
    """Return the surest path along which one of the sources needs one of the targets; None when there is none."""
    found = walk(view, sources, Direction.OUT, kinds=IMPACT_KINDS | {EdgeKind.IMPORTS}, depth=LONGEST_PATH)
    wanted = np.isin(found.symbols, targets)
    # They are sorted: the first is the surest.
    return next(iter(reached(view, found, found.symbols[wanted][:1].tolist())), None)


def reached(view: GraphView, found: Walk, rows: list[int]) -> list[Reached]:
    """Make what a walk found out of some of its rows, with their paths."""
    place = {row: at for at, row in enumerate(found.symbols.tolist())}
    made = []
    for row in rows:
        at = place[row]
        sure, depth = round(float(found.confidences[at]), 4), int(found.depths[at])
        made.append(Reached(view.symbol(row), sure, depth, tuple(found.path_to(view, row))))
    return made


def is_connected(path: tuple[Edge, ...], *, direction: Direction) -> bool:
    """Tell whether each edge of a path begins where the one before ends: what a printed path promises."""
    if direction is Direction.OUT:
        return all(one.target == other.source for one, other in pairwise(path))
    return all(one.source == other.target for one, other in pairwise(path))


def _kind(view: GraphView, row: int) -> int:
    return int(view.node_kinds[row])
