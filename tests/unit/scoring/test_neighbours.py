"""What is drawn around scored symbols: real neighbours, no more than asked, the same for the same seed."""

import random
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.feature_project import FILES, write_project
from tests.fakes.graph_maker import GraphMaker
from tests.fakes.graphs import make_graph
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.features import SymbolFeatures
from yantra_bot.scoring.held_back import symbol_graph
from yantra_bot.scoring.layout import MASKED, THROUGH_GRAPH
from yantra_bot.scoring.neighbours import JOINED, Called, Neighbours, ego_graphs


@pytest.fixture(scope="module")
def view() -> GraphView:
    """Return the view of a made-up graph of two thousand symbols."""
    return GraphView.of(make_graph(60, seed=3))


def rows_of(view: GraphView, count: int, seed: int) -> list[int]:
    """Choose symbols."""
    return random.Random(seed).sample(np.flatnonzero(view.alive).tolist(), count)


def test_every_edge_is_one_of_the_graph(view: GraphView) -> None:
    """What is joined is joined in the code graph, in that direction, and once."""
    found = ego_graphs(view, rows_of(view, 40, 1), seed=5)
    edges = view.all_edges(JOINED)
    real = set(zip(view.sources(edges).tolist(), view.targets(edges).tolist(), strict=True))
    pairs = list(zip(*found.rows[found.edges].tolist(), strict=True))
    assert pairs
    assert set(pairs) <= real
    assert len({frozenset(pair) for pair in zip(*found.edges.tolist(), strict=True)}) == len(pairs)


def test_no_more_are_drawn_than_asked() -> None:
    """A hub with many callers has ten of them, and each of those brings at most five."""
    maker = GraphMaker()
    hub = maker.symbol("a.py::hub")
    for caller in range(60):
        key = maker.symbol(f"b{caller}.py::caller")
        maker.edge(key, hub)
        for further in range(20):
            maker.edge(maker.symbol(f"c{caller}.py::far{further}"), key)
    view = GraphView.of(maker.graph)
    row = view.index_of(hub)
    assert row is not None
    found = ego_graphs(view, [row])
    joined = np.count_nonzero((found.edges == found.scored[0]).any(axis=0))
    assert joined == 10
    assert len(found.rows) <= 1 + 10 + 50
    assert len(ego_graphs(view, [row], (100, 100)).rows) > 1_000


def test_the_same_seed_draws_the_same_and_another_one_others(view: GraphView) -> None:
    """Twice the same arrays; with another seed other neighbours of those that have many."""
    rows = rows_of(view, 60, 2)
    one, two, other = (ego_graphs(view, rows, (2, 1), seed=seed) for seed in (7, 7, 8))
    assert np.array_equal(one.rows, two.rows)
    assert np.array_equal(one.edges, two.edges)
    assert not np.array_equal(one.rows, other.rows)


def test_what_is_drawn_for_a_symbol_does_not_depend_on_the_others(view: GraphView) -> None:
    """Scored alone or with others, what is around it is the same, and nothing joins it to what is around another."""
    rows = rows_of(view, 30, 4)
    neighbours = Neighbours.of(view)
    together = neighbours.around(rows, fan=(3, 2), seed=1)
    begin = first = 0
    for row, scored in zip(rows, together.scored.tolist(), strict=True):
        alone = neighbours.around([row], fan=(3, 2), seed=1)
        end, last = begin + len(alone.rows), first + alone.edges.shape[1]
        assert together.rows[begin:end].tolist() == alone.rows.tolist()
        assert (together.edges[:, first:last] - begin).tolist() == alone.edges.tolist()
        assert scored - begin == alone.scored[0]
        begin, first = end, last
    assert (begin, first) == (len(together.rows), together.edges.shape[1])


def test_nothing_is_drawn_from_outside_of_the_repository() -> None:
    """Two functions that call `len` are not neighbours of neighbours by it."""
    maker = GraphMaker()
    one, other = maker.symbol("a.py::one"), maker.symbol("b.py::other")
    outside = maker.external("<builtin>.len")
    caller = maker.symbol("c.py::caller")
    maker.edge(caller, one)
    maker.edge(caller, outside)
    maker.edge(other, outside)
    view = GraphView.of(maker.graph)
    row, far = view.index_of(one), view.index_of(other)
    assert row is not None
    found = ego_graphs(view, [row], (10, 10, 10))
    assert view.index_of(outside) in found.rows
    assert far not in found.rows


def test_a_symbol_without_neighbours_stands_alone() -> None:
    """A graph of one node is a graph; scored twice, it is there twice."""
    maker = GraphMaker()
    maker.module("a.py")
    found = ego_graphs(GraphView.of(maker.graph), [0, 0])
    assert (found.rows.tolist(), found.edges.shape, found.scored.tolist()) == ([0, 0], (2, 0), [0, 1])
    assert len(ego_graphs(GraphView.of(maker.graph), []).rows) == 0


def test_the_networks_arrays_are_of_the_same_symbols(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The features are those of the symbols drawn, row by row."""
    view = write_project(tmp_path_factory.mktemp("project"))
    row = view.index_of("sums.py::total")
    assert row is not None
    features = SymbolFeatures(view, FILES.get)
    around = ego_graphs(view, [row])
    graph = symbol_graph(features, around)
    assert graph.features.shape == (len(around.rows), 978)
    told = features.of([row])[0].astype(np.float16)
    told[THROUGH_GRAPH | MASKED] = 0
    assert np.array_equal(graph.features[graph.scored[0]], told)
    names = {view.key(one) for one in around.rows.tolist()}
    assert {"sums.py::", "other.py::helped"} <= names
    assert "::json.loads" not in names, "it is asked which modules it uses"


def test_what_follows_from_the_text_of_a_scored_symbol_is_not_drawn(tmp_path: Path) -> None:
    """Neither what is defined in it nor what only that calls; its own calls are those that it is told to have."""
    tmp_path.joinpath("a.py").write_text(
        "def far():\n    return 1\ndef near():\n    return far()\n"
        "class Box:\n    def own(self):\n        def inner():\n            return far()\n"
        "        return near()\n    def other(self):\n        return self.own()\n"
    )
    view = GraphView.of(Indexer(tmp_path, processes=1).build())
    rows = {view.key(row).rpartition(":")[2]: row for row in range(view.row_count) if view.alive[row]}
    neighbours = Neighbours.of(view)

    def around(called: Called | None = None) -> tuple[set[str], set[str], set[tuple[str, str]]]:
        found = neighbours.around([rows["Box.own"]], fan=(100, 100), called=called)
        names = [view.key(row).rpartition(":")[2] for row in found.rows.tolist()]
        holding = {name for name, holds in zip(names, found.is_around, strict=True) if holds}
        return set(names), holding, {(names[one], names[two]) for one, two in found.edges.T.tolist()}

    names, holding, pairs = around()
    assert names >= {"", "Box", "Box.own", "Box.other", "near", "far"}
    assert "Box.own.inner" not in names
    assert holding == {"", "Box"}
    assert {("Box.own", "near"), ("near", "far"), ("Box.other", "Box.own"), ("Box", "Box.own")} <= pairs
    _, _, pairs = around(Called(np.array([rows["far"]]), np.array([0, 1])))
    assert ("Box.own", "far") in pairs
    assert ("Box.own", "near") not in pairs
