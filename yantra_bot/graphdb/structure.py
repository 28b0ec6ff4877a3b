"""Questions about a whole graph: where programs enter it, which cycles it has, which code nobody uses.

Counts are taken in arrays; only what is answered becomes objects. What the graph cannot know is said as such.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import rustworkx

from yantra_bot.domain.graph import Edge, EdgeKind, NodeKind, Symbol
from yantra_bot.graphdb.api_diff import is_test_path, public_api
from yantra_bot.graphdb.arrays import Ints, Mask
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import USE_KINDS

GUESS: Final = 0.5
"""An edge below this is a guess: neither a proof of use nor part of a cycle."""

_MAINS = frozenset({"main", "__main__"})
_ENTRY_KINDS = (NodeKind.MODULE, NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST, NodeKind.ROUTE)
_DEEPEST = 64
"""Levels of nesting that are looked at around a symbol."""


class EntryKind(StrEnum):
    """Why nothing in the graph has to call it."""

    MAIN = "main"
    ROUTE = "route"
    TEST = "test"
    API = "api"
    """Public, and nobody in the repository calls it: others may."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place where execution comes in."""

    kind: EntryKind
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Cycle:
    """Things that need each other, all of them, by name; `path` is a shortest way round, edge by edge."""

    members: tuple[str, ...]
    path: tuple[Edge, ...]


def find_entries(view: GraphView) -> list[Entry]:
    """Return where execution comes in, by kind and key."""
    used = used_rows(view, USE_KINDS)
    api = {symbol.key for symbol in public_api(view.symbols())}
    entries = []
    for row in view.of_kind(*_ENTRY_KINDS):
        symbol = view.symbol(row)
        kind = _entry_kind(symbol, is_used=bool(used[row]), is_api=symbol.key in api)
        if kind is not None:
            entries.append(Entry(kind, symbol))
    return sorted(entries, key=lambda entry: (list(EntryKind).index(entry.kind), entry.symbol.key))


def entry_kind_of(view: GraphView, row: int) -> EntryKind | None:
    """Return why execution may come in at one symbol, None where it does not: `find_entries` for a few symbols."""
    symbol = view.symbol(row)
    if symbol.kind not in _ENTRY_KINDS:
        return None
    edges = view.edges_in(row, USE_KINDS)
    sure = edges[view.confidences(edges) >= np.float32(GUESS)]
    is_used = bool((view.sources(sure) != row).any())
    around, parent = [symbol], symbol.parent
    while not is_used and parent is not None and len(around) < _DEEPEST:
        above = view.index_of(parent)
        if above is None:
            break
        around.append(view.symbol(above))
        parent = around[-1].parent
    is_api = not is_used and any(one.key == symbol.key for one in public_api(around))
    return _entry_kind(symbol, is_used=is_used, is_api=is_api)


def _entry_kind(symbol: Symbol, *, is_used: bool, is_api: bool) -> EntryKind | None:
    if symbol.kind is NodeKind.TEST:
        return EntryKind.TEST
    if symbol.kind is NodeKind.ROUTE:
        return EntryKind.ROUTE
    if symbol.name in _MAINS and not is_test_path(symbol.path):
        return EntryKind.MAIN
    if symbol.kind is not NodeKind.MODULE and is_api and not is_used:
        return EntryKind.API
    return None


def used_rows(view: GraphView, kinds: Collection[EdgeKind], *, least: float = GUESS) -> Mask:
    """Tell for each row whether another symbol needs it by an edge at least that sure; itself does not count."""
    edges = view.all_edges(kinds)
    sources, targets = view.sources(edges), view.targets(edges)
    counted = (sources != targets) & (view.confidences(edges) >= np.float32(least))
    used = np.zeros(view.row_count, np.bool_)
    used[targets[counted]] = True
    return used


def find_call_cycles(view: GraphView, *, least: float = GUESS) -> list[Cycle]:
    """Return the groups of functions that call each other in a ring, the largest first; plain recursion is left out."""
    edges = view.all_edges({EdgeKind.CALLS})
    edges = edges[view.confidences(edges) >= np.float32(least)]
    groups = _groups(view.sources(edges), view.targets(edges))
    cycles = []
    for group in groups:
        path = _ring(view, group, {EdgeKind.CALLS}, least)
        cycles.append(Cycle(tuple(sorted(view.symbol(row).qualified_name for row in group)), tuple(path)))
    return sorted(cycles, key=lambda cycle: (-len(cycle.members), cycle.members))


def find_file_cycles(view: GraphView) -> list[Cycle]:
    """Return the groups of files that import each other in a ring, the largest first."""
    edges = view.all_edges({EdgeKind.IMPORTS})
    sources, targets = view.edge_paths(edges), view.paths[view.targets(edges)]
    inside = (targets >= 0) & (sources != targets)
    edges, sources, targets = edges[inside], sources[inside], targets[inside]
    first: dict[tuple[int, int], int] = {}
    for edge, source, target in zip(edges.tolist(), sources.tolist(), targets.tolist(), strict=True):
        first.setdefault((source, target), edge)
    cycles = []
    for group in _groups(sources, targets):
        steps = _shortest_ring(group, first.keys())
        path = tuple(view.edge(first[step]) for step in steps)
        cycles.append(Cycle(tuple(sorted(view.path_of(row) for row in group)), path))
    return sorted(cycles, key=lambda cycle: (-len(cycle.members), cycle.members))


def _groups(sources: Ints, targets: Ints) -> list[list[int]]:
    """Return the strongly connected groups of two and more."""
    nodes, ends = np.unique(np.concatenate((sources, targets)), return_inverse=True)
    graph: rustworkx.PyDiGraph[int, None] = rustworkx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(nodes.tolist())
    pairs = np.unique(np.stack((ends[: len(sources)], ends[len(sources) :]), axis=1), axis=0)
    graph.add_edges_from_no_data([(int(a), int(b)) for a, b in pairs.tolist()])
    groups = rustworkx.strongly_connected_components(graph)
    return [sorted(int(nodes[item]) for item in group) for group in groups if len(group) > 1]


def _ring(view: GraphView, group: list[int], kinds: set[EdgeKind], least: float) -> list[Edge]:
    inside = set(group)
    edges = view.edges_of(np.array(group, np.int64), Direction.OUT, kinds)
    edges = edges[view.confidences(edges) >= np.float32(least)]
    first: dict[tuple[int, int], int] = {}
    for edge, a, b in zip(edges.tolist(), view.sources(edges).tolist(), view.targets(edges).tolist(), strict=True):
        if a != b and b in inside:
            first.setdefault((a, b), edge)
    return [view.edge(first[step]) for step in _shortest_ring(group, first.keys())]


def _shortest_ring(group: list[int], steps: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a shortest way from the first member of a group back to it, as pairs."""
    following: dict[int, list[int]] = {}
    inside = set(group)
    for source, target in steps:
        if source in inside and target in inside:
            following.setdefault(source, []).append(target)
    start, came = group[0], dict[int, int]()
    line = [start]
    for node in line:
        for target in sorted(following.get(node, [])):
            if target not in came:
                came[target] = node
                line.append(target)
        if start in came:
            break
    ring: list[tuple[int, int]] = []
    node = start
    while start in came and (not ring or node != start):
        ring.append((came[node], node))
        node = came[node]
    return ring[::-1]
