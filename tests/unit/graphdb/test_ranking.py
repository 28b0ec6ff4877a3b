"""PageRank, betweenness, communities, importance: held against another implementation, or against what they must be."""

from datetime import timedelta

import numpy as np
import pytest
import rustworkx

from tests.fakes.graphs import closed, make_edge, make_graph, make_symbol
from yantra_bot.domain.graph import EdgeKind, Graph
from yantra_bot.graphdb.communities import find_communities, measure_modularity
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.ranking import REFERENCES, Pairs, measure_betweenness, rank_symbols, weigh_importance
from yantra_bot.graphdb.view import GraphView

WEEK = timedelta(weeks=1)


@pytest.fixture(scope="module")
def view() -> GraphView:
    return GraphView.of(make_graph(12, 15, seed=4))


def reference(view: GraphView) -> "rustworkx.PyDiGraph[int, float]":
    pairs = Pairs.of(view)
    graph: rustworkx.PyDiGraph[int, float] = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(pairs.count))
    ends = zip(pairs.sources.tolist(), pairs.targets.tolist(), pairs.weights.tolist(), strict=True)
    graph.extend_from_weighted_edge_list(list(ends))
    return graph


def two_clubs() -> GraphView:
    """Two groups of five that all call each other, joined by one call from b0 to a0; `lonely` calls nobody."""
    names = [f"{club}{number}" for club in "ab" for number in range(5)]
    graph = Graph([make_symbol("m.py", name) for name in [*names, "lonely"]])
    pairs = [(one, other) for one in names for other in names if one != other and one[0] == other[0]]
    graph.edges = [make_edge(f"m.py::{one}", f"m.py::{other}") for one, other in [*pairs, ("b0", "a0")]]
    return GraphView.of(closed(graph))


def test_rank_equals_another_implementation(view: GraphView) -> None:
    """PageRank over arrays gives what rustworkx gives."""
    expected = rustworkx.pagerank(reference(view), weight_fn=lambda weight: weight, tol=1e-12, max_iter=500)
    found = rank_symbols(view, rounds=500, tolerance=1e-12)
    assert found == pytest.approx([expected[row] for row in range(view.row_count)], abs=1e-7)
    assert found.sum() == pytest.approx(1)


def test_rank_can_be_personal() -> None:
    """What a task is about, and what that needs, ranks above the rest."""
    view = two_clubs()
    rank = rank_symbols(view, personal={view.find("a1")[0]: 1.0})
    clubs = {view.symbol(row).name: rank[row] for row in range(len(view))}
    assert max(clubs, key=clubs.__getitem__) == "a1"
    assert max(clubs[f"b{number}"] for number in range(5)) == 0
    assert rank_symbols(view, personal={}).sum() == 0
    assert len(rank_symbols(GraphView.of(Graph()))) == 0


def test_dead_rows_have_no_rank() -> None:
    """What an overlay removed counts for nothing."""
    view = two_clubs()
    graph = view.to_graph()
    left = closed(Graph([symbol for symbol in graph.symbols if symbol.name != "a0"], graph.edges))
    patched = view.with_changes(diff(graph, left))
    rank = rank_symbols(patched)
    assert rank[view.find("a0")[0]] == 0
    assert rank.sum() == pytest.approx(1)
    whole = GraphView.of(left)
    for symbol in left.symbols:
        assert rank[patched.find(symbol.key)[0]] == pytest.approx(rank_symbols(whole)[whole.find(symbol.key)[0]])


def test_betweenness_equals_another_implementation(view: GraphView) -> None:
    """With every start taken, it is the exact share of shortest paths."""
    expected = rustworkx.betweenness_centrality(reference(view))
    found = measure_betweenness(view, samples=10**6)
    assert found == pytest.approx([expected[row] for row in range(view.row_count)])


def test_betweenness_of_a_sample_is_repeatable(view: GraphView) -> None:
    """The same seed samples the same starts; who matters most is found among few."""
    sample = measure_betweenness(view, samples=60)
    assert (sample == measure_betweenness(view, samples=60)).all()
    exact = measure_betweenness(view, samples=10**6)
    assert int(exact.argmax()) in np.argsort(-sample)[:5].tolist()
    assert measure_betweenness(GraphView.of(Graph())).sum() == 0


def test_communities_are_the_groups_that_hang_together() -> None:
    """Two groups joined by one call are two communities; who calls nobody is in none."""
    view = two_clubs()
    groups = find_communities(view)
    named = {view.symbol(row).name: int(groups[row]) for row in range(len(view))}
    assert len({named[f"a{number}"] for number in range(5)}) == 1
    assert len({named[f"b{number}"] for number in range(5)}) == 1
    assert named["a0"] != named["b0"]
    assert named["lonely"] == -1
    assert 0.4 < measure_modularity(view, groups) < 0.5


def test_communities_are_better_than_chance_and_repeatable(view: GraphView) -> None:
    """Their modularity is well above that of one group for all and that of a group for each."""
    groups = find_communities(view)
    assert (groups == find_communities(view)).all()
    sizes = np.bincount(groups[groups >= 0])
    assert (np.diff(sizes) <= 0).all()
    assert measure_modularity(view, groups) > 0.2
    assert measure_modularity(view, np.zeros(view.row_count, np.int64)) == pytest.approx(0)
    assert measure_modularity(view, np.arange(view.row_count)) < 0


def test_a_graph_without_edges_has_no_communities() -> None:
    """Nothing is joined, nothing belongs together."""
    view = GraphView.of(closed(Graph([make_symbol("m.py", "f")])))
    assert find_communities(view).tolist() == [-1]
    assert measure_modularity(view, find_communities(view)) == 0


def test_definitions_are_no_references() -> None:
    """That a class holds a method says nothing about who matters."""
    assert EdgeKind.DEFINES not in REFERENCES
    assert EdgeKind.CALLS in REFERENCES


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 0.3 + 0.3 + 0.2 + 0.2),
        ({"mentions": 10}, 0.15 + 0.3 + 0.2 + 0.2),
        ({"mentions": 0}, 0.3 + 0.2 + 0.2),
        ({"degree": 0}, 0.3 + 0.2 + 0.2),
        ({"largest_degree": 0}, 0.3 + 0.2 + 0.2),
        ({"most_mentions": 1}, 0.3 + 0.2 + 0.2),
        ({"age": WEEK}, 0.3 + 0.3 + 0.2 * 0.36787944 + 0.2),
        ({"age": -WEEK}, 1.0),
        ({"betweenness": 0.5}, 0.3 + 0.3 + 0.2 + 0.1),
    ],
)
def test_importance_is_the_formula(facts: dict[str, object], expected: float) -> None:
    """The four parts have their weights, and nothing is divided by zero."""
    most = {
        "mentions": 100,
        "most_mentions": 100,
        "degree": 7,
        "largest_degree": 7,
        "age": timedelta(),
        "betweenness": 1.0,
    }
    assert weigh_importance(**(most | facts)) == pytest.approx(expected)  # type: ignore[arg-type]  # values as named
