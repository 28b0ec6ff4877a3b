"""The features that are a symbol's place in the code graph: counted for all symbols of a view at once, and once."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import rustworkx

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.arrays import EDGE_CODES, EDGE_KINDS, NODE_CODES, NONE
from yantra_bot.graphdb.ranking import Pairs, rank_symbols
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.layout import GRAPH

Values = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Found = dict[str, npt.NDArray[Any]]
"""The values of each row by the name of the feature."""

TEST_DISTANCE: Final = 6
_NEEDED: Final = frozenset(EdgeKind) - {EdgeKind.DEFINES, EdgeKind.TESTS, EdgeKind.DATA_FLOW}
_SHARES: Final = frozenset(
    {
        "closeness to a test, 1 / (1 + calls between)", "whether no test reaches it within six calls",
        "whether it calls itself", "mean confidence of the edges from it", "mean confidence of the edges to it",
        "whether anything but its parent needs it", "whether it is outside of the repository",
    }
)  # fmt: skip


def measure_graph(view: GraphView, parents: Rows) -> Floats:
    """Return [rows of the view, 44]; `parents` is the row of the symbol that each is nested in, or -1."""
    found = _by_kind(view) | _ends(view) | _ranks(view) | _around(view, parents) | _tests(view)
    table = np.zeros((view.row_count, len(GRAPH)))
    for place, name in enumerate(GRAPH):
        values = np.asarray(found[name], np.float64)
        table[:, place] = values if name in _SHARES else np.log1p(values) / 4
    table[~view.alive] = 0
    return np.clip(np.nan_to_num(table), 0, 4).astype(np.float32)


def nesting_of(view: GraphView) -> Rows:
    """Return the row of the symbol that each is nested in; -1 for a module, an external symbol and a dead row."""
    edges = view.all_edges({EdgeKind.DEFINES})
    parents = np.full(view.row_count, NONE, np.int64)
    parents[view.targets(edges)] = view.sources(edges)
    return parents


def modules_of(parents: Rows) -> Rows:
    """Return the row of the outermost symbol around each one, itself where nothing is around it."""
    tops = np.arange(len(parents))
    for _ in range(64):
        above = parents[tops]
        fresh = np.where(above >= 0, above, tops)
        if np.array_equal(fresh, tops):
            break
        tops = fresh
    return tops


def _by_kind(view: GraphView) -> Found:
    edges = view.all_edges()
    kinds, count = view.edge_kinds(edges), view.row_count
    found: Found = {}
    for kind in EDGE_KINDS:
        chosen = edges[kinds == EDGE_CODES[kind]]
        found[f"edges to it: {kind.value}"] = np.bincount(view.targets(chosen), minlength=count)
        found[f"edges from it: {kind.value}"] = np.bincount(view.sources(chosen), minlength=count)
    return found


def _ends(view: GraphView) -> Found:
    count, paths = view.row_count, view.paths
    calls = Pairs.of(view, {EdgeKind.CALLS})
    near, far = calls.sources, calls.targets
    other = (paths[near] != paths[far]) & (paths[far] != NONE)
    edges = view.all_edges(_NEEDED)
    sources, targets, sure = view.sources(edges), view.targets(edges), view.confidences(edges)
    itself = sources[(sources == targets) & (view.edge_kinds(edges) == EDGE_CODES[EdgeKind.CALLS])]
    leaving, arriving = np.bincount(sources, minlength=count), np.bincount(targets, minlength=count)
    return {
        "different callers": np.bincount(far, minlength=count),
        "different callees": np.bincount(near, minlength=count),
        "callers in other files": np.bincount(far[other], minlength=count),
        "callees in other files": np.bincount(near[other], minlength=count),
        "callees outside of the repository": np.bincount(near[paths[far] == NONE], minlength=count),
        "references without a known target": view.count_unresolved_by_row(),
        "whether it calls itself": np.bincount(itself, minlength=count) > 0,
        "mean confidence of the edges from it": np.bincount(sources, sure, count) / np.maximum(leaving, 1),
        "mean confidence of the edges to it": np.bincount(targets, sure, count) / np.maximum(arriving, 1),
        "whether anything but its parent needs it": arriving > 0,
        "whether it is outside of the repository": paths == NONE,
    }


def _ranks(view: GraphView) -> Found:
    count = view.row_count
    ranks = rank_symbols(view) * max(len(view), 1)
    calls = Pairs.of(view, {EdgeKind.CALLS})
    greatest = np.zeros(count)
    np.maximum.at(greatest, calls.sources, ranks[calls.targets])
    callers = np.bincount(calls.targets, minlength=count)
    sums = np.bincount(calls.targets, ranks[calls.sources], count)
    return {
        "PageRank, beside the mean": ranks,
        "coreness": _coreness(view),
        "greatest PageRank among its callees": greatest,
        "mean PageRank of its callers": sums / np.maximum(callers, 1),
    }


def _coreness(view: GraphView) -> Values:
    """Return the largest k for which each row belongs to a part where all are joined to k others, or more."""
    pairs = Pairs.of(view)
    graph: rustworkx.PyGraph[int, None] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(view.row_count))
    graph.add_edges_from_no_data(list(zip(pairs.sources.tolist(), pairs.targets.tolist(), strict=True)))
    found: Any = rustworkx.core_number(graph)
    return np.array([found[row] for row in range(view.row_count)], np.float64)


def _around(view: GraphView, parents: Rows) -> Found:
    count, paths = view.row_count, view.paths
    tops = modules_of(parents)
    depth: Values = np.zeros(count)
    above = parents.copy()
    while (above >= 0).any() and depth.max(initial=0) < 64:
        depth = depth + (above >= 0)
        above = np.where(above >= 0, parents[above], NONE)
    siblings = np.bincount(parents[parents >= 0], minlength=count)
    in_file = np.bincount(paths[view.alive & (paths >= 0)], minlength=1)
    edges = view.all_edges(_NEEDED)
    ranks = rank_symbols(view) * max(len(view), 1)
    return {
        "nesting: symbols around it": depth,
        "siblings in the same symbol": np.where(parents >= 0, np.append(siblings, 0)[parents] - 1, 0),
        "symbols in its file": np.where(paths >= 0, np.append(in_file, 0)[np.minimum(paths, len(in_file))], 0),
        "edges to its file's module": np.bincount(view.targets(edges), minlength=count)[tops],
        "edges from its file's module": np.bincount(view.sources(edges), minlength=count)[tops],
        "PageRank of its file's module, beside the mean": ranks[tops],
    }


def _tests(view: GraphView) -> Found:
    is_test = (view.node_kinds == NODE_CODES[NodeKind.TEST]) & view.alive
    distance = np.full(view.row_count, np.inf)
    starts = np.flatnonzero(is_test)
    distance[starts] = 0
    if len(starts):
        reached = view.reach(starts.tolist(), Direction.OUT, kinds={EdgeKind.CALLS}, depth=TEST_DISTANCE)
        distance[reached.symbols] = reached.depths
    calls = Pairs.of(view, {EdgeKind.CALLS})
    return {
        "closeness to a test, 1 / (1 + calls between)": 1 / (1 + distance),
        "whether no test reaches it within six calls": np.isinf(distance),
        "callers that are tests": np.bincount(calls.targets[is_test[calls.sources]], minlength=view.row_count),
    }
