"""Differences between graphs, and views with a difference over them: equal to a full build, whatever was changed."""

import random
from dataclasses import fields, replace

import numpy as np
import pytest

from tests.fakes.graphs import change_graph, closed, contents, make_edge, make_graph, make_symbol
from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, NodeKind, Problem, Unresolved
from yantra_bot.graphdb.arrays import CompactGraph
from yantra_bot.graphdb.overlay import Diff, FileDiff, diff
from yantra_bot.graphdb.view import Direction, GraphView


def small() -> Graph:
    graph = Graph(
        [make_symbol("a.py", "f"), make_symbol("a.py", "g"), make_symbol("b.py", "h")],
        [make_edge("a.py::f", "a.py::g"), make_edge("b.py::h", "a.py::g")],
        [Unresolved("b.py::h", "x", EdgeKind.CALLS, "b.py", 3, 3)],
        [Problem("b.py", "syntax error", "line 1")],
        {"a.py": "1", "b.py": "2"},
    )
    return closed(graph)


def assert_same_columns(one: CompactGraph, other: CompactGraph) -> None:
    assert list(one.paths) == list(other.paths)
    for table in ("symbols", "edges", "unresolved"):
        for column in fields(getattr(one, table)):
            left, right = (getattr(getattr(graph, table), column.name) for graph in (one, other))
            equal = np.array_equal(left, right) if isinstance(left, np.ndarray) else list(left) == list(right)
            assert equal, (table, column.name)


@pytest.mark.parametrize("seed", range(6))
def test_a_chain_of_changes_equals_a_full_build(seed: int) -> None:
    """After every edit the overlay answers as the view of a full build does, and folds into the same columns."""
    rng = random.Random(seed)
    graph = GraphView.of(make_graph(5, 10, seed=seed)).to_graph()
    view = GraphView.of(graph)
    for _ in range(25):
        changed = change_graph(graph, rng)
        view = view.with_changes(diff(graph, changed))
        graph, full = changed, GraphView.of(changed)
        assert contents(view.to_graph()) == contents(graph)
        assert view.stats() == full.stats()
        assert (len(view), view.edge_count, view.unresolved_count) == (
            len(full),
            full.edge_count,
            full.unresolved_count,
        )
    assert_same_columns(view.columns, full.columns)
    assert_same_columns(view.compacted().columns, full.columns)
    for symbol in graph.symbols:
        row, whole = view.index_of(symbol.key), full.index_of(symbol.key)
        assert row is not None
        assert whole is not None
        assert view.symbol(row) == full.symbol(whole)
        assert view.name(row) == symbol.name
        assert [view.key(one) for one in view.find(symbol.name)] == [full.key(one) for one in full.find(symbol.name)]
        for direction in Direction:
            walks = [(view, view.reach([row], direction)), (full, full.reach([whole], direction))]
            seen = [{one.key(at) for at in walk.symbols.tolist()} for one, walk in walks]
            assert seen[0] == seen[1]
    for path in graph.files:
        assert [view.key(row) for row in view.in_file(path)] == [full.key(row) for row in full.in_file(path)]


def test_the_view_below_stays_as_it_is() -> None:
    """A pull request is looked at without a trace in the default branch's graph."""
    view = GraphView.of(small())
    other = view.with_changes(diff(small(), Graph()))
    assert (len(other), len(view)) == (0, 3)
    assert contents(view.to_graph()) == contents(small())
    assert view.overlay_size == 0
    assert other.overlay_size == 6
    assert view.compacted() is view


def test_a_difference_names_what_changed_file_by_file() -> None:
    """Added, changed and removed symbols, edges, references, problems and content are told apart."""
    new = small()
    new.symbols[1] = replace(new.symbols[1], docstring="new")
    new.symbols[2] = replace(make_symbol("b.py", "i", NodeKind.CLASS), parent=None)
    new.edges = [new.edges[0], make_edge("b.py::i", "a.py::g")]
    new.unresolved, new.problems, new.files["b.py"] = [], [], "3"
    found = diff(small(), new)
    assert found.files == {
        "a.py": FileDiff("a.py", changed=(new.symbols[1],), content_hash="1"),
        "b.py": FileDiff(
            "b.py",
            added=(new.symbols[2],),
            removed=("b.py::h",),
            edges_added=(new.edges[1],),
            edges_removed=(small().edges[1],),
            unresolved_removed=tuple(small().unresolved),
            content_hash="3",
        ),
    }
    assert (found.removed, [symbol.key for symbol in found.added]) == (["b.py::h"], ["b.py::i"])


def test_equal_graphs_have_no_difference() -> None:
    """An unchanged file costs nothing."""
    assert not diff(small(), small())
    assert contents(GraphView.of(small()).with_changes(Diff()).to_graph()) == contents(small())


def test_a_part_of_a_view_can_be_compared() -> None:
    """Only the files that were read again need to be compared, external symbols among them."""
    graph = small()
    graph.symbols.append(replace(make_symbol("x.py", "len"), key="::len", path="", kind=NodeKind.EXTERNAL, parent=None))
    view = GraphView.of(graph)
    part = view.part(["a.py"])
    assert {symbol.path for symbol in part.symbols} == {"a.py"}
    assert (len(part.edges), part.unresolved, part.problems, part.files) == (1, [], [], {"a.py": "1"})
    assert [symbol.key for symbol in view.part([""]).symbols] == ["::len"]
    assert contents(view.part(["nowhere.py"])) == contents(Graph())
    changed = view.with_changes(diff(part, Graph(part.symbols[:1], files={"a.py": "9"})))
    assert sorted(symbol.key for symbol in changed.symbols()) == ["::len", "a.py::f", "b.py::h"]
    assert changed.part(["b.py"]).unresolved == graph.unresolved


def test_a_moved_symbol_is_known_again_by_its_content() -> None:
    """A file that is renamed keeps its functions' identity."""
    old = Graph([make_symbol("a.py", "f", digest="11"), make_symbol("a.py", "g", digest="22")])
    new = Graph([make_symbol("b.py", "f", digest="11"), make_symbol("b.py", "g", digest="33")])
    assert diff(old, new).renamed == (("a.py::f", "b.py::f"),)


def test_a_renamed_symbol_is_known_again_by_its_place() -> None:
    """A function that got another name and kept its signature and place is a renaming."""
    old, new = Graph([make_symbol("a.py", "f", digest="11")]), Graph([make_symbol("a.py", "ff", digest="12")])
    assert diff(old, new).renamed == (("a.py::f", "a.py::ff"),)


def test_two_candidates_are_no_renaming() -> None:
    """What is not certain is not said."""
    old = Graph([make_symbol("a.py", "f", digest="11")])
    twins = [replace(make_symbol(path, "f", digest="11"), signature="") for path in ("b.py", "c.py")]
    assert diff(old, Graph(twins)).renamed == ()


def test_an_edge_that_became_surer_replaces_the_old_one() -> None:
    """The same edge with better evidence is there once."""
    new = small()
    new.edges[0] = replace(new.edges[0], confidence=0.5, evidence=Evidence.NAME)
    view = GraphView.of(small()).with_changes(diff(small(), new))
    assert contents(view.to_graph()) == contents(new)
    again = view.with_changes(Diff({"a.py": FileDiff("a.py", edges_added=(small().edges[0],), content_hash="1")}))
    assert contents(again.to_graph()) == contents(small())


def test_what_a_difference_cannot_find_is_passed_over() -> None:
    """A difference against another graph breaks nothing: an unknown symbol or edge is left out."""
    ghost = Unresolved("x.py::ghost", "x", EdgeKind.CALLS, "x.py", 1, 1)
    change = FileDiff(
        "x.py",
        removed=("x.py::ghost",),
        edges_added=(make_edge("x.py::ghost", "a.py::f"),),
        edges_removed=(make_edge("x.py::ghost", "a.py::g"), make_edge("a.py::g", "a.py::f")),
        unresolved_added=(ghost,),
        unresolved_removed=(ghost,),
    )
    assert contents(GraphView.of(small()).with_changes(Diff({"x.py": change})).to_graph()) == contents(small())


def test_a_symbol_that_comes_back_is_the_parent_again() -> None:
    """Removed and added again under its key, a class still holds its methods."""
    graph = Graph([make_symbol("a.py", "C", NodeKind.CLASS), make_symbol("a.py", "C.m")])
    view = GraphView.of(graph).with_changes(Diff({"a.py": FileDiff("a.py", removed=("a.py::C",))}))
    assert view.symbol(view.find("C.m")[0]).parent is None
    view = view.with_changes(Diff({"a.py": FileDiff("a.py", added=(graph.symbols[0],))}))
    assert view.symbol(view.find("C.m")[0]).parent == "a.py::C"
    assert GraphView(view.columns).symbol(1).parent == "a.py::C"


def test_unresolved_references_follow_their_symbol() -> None:
    """A reference that the overlay brought is read by symbol, and goes when its symbol goes."""
    one = Unresolved("a.py::f", "y", EdgeKind.CALLS, "a.py", 5, 5)
    view = GraphView.of(small()).with_changes(Diff({"a.py": FileDiff("a.py", unresolved_added=(one,))}))
    assert view.unresolved_from(view.find("f")[0]) == [one]
    assert view.unresolved_count == 2
    gone = view.with_changes(Diff({"a.py": FileDiff("a.py", removed=("a.py::f",))}))
    assert [reference.name for reference in gone.unresolved] == ["x"]
