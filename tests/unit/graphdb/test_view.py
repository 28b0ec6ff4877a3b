"""The view: symbols found, edges walked, counts counted, and nothing lost on the way in and out."""

import pickle
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.fakes.graphs import closed, contents, make_edge, make_graph, make_symbol
from yantra_bot.domain.graph import Edge, EdgeKind, Evidence, Graph, NodeKind, Problem, Span, Symbol, Unresolved
from yantra_bot.graphdb.arrays import EVIDENCE_CODES, EdgeTable, Texts
from yantra_bot.graphdb.compact import compact, compact_with
from yantra_bot.graphdb.view import Direction, GraphView

CHAIN = ("a", "b", "c", "d")


def chain() -> Graph:
    """a calls b calls c calls d; a also reaches c by a guess, and b inherits from d."""
    graph = Graph([make_symbol("m.py", name) for name in CHAIN], files={"m.py": "0"})
    graph.edges = [make_edge(f"m.py::{a}", f"m.py::{b}", line=n) for n, (a, b) in enumerate(pairwise(CHAIN), 1)]
    graph.edges.append(make_edge("m.py::a", "m.py::c", line=8, confidence=0.25, evidence=Evidence.NAME))
    graph.edges.append(make_edge("m.py::b", "m.py::d", EdgeKind.INHERITS, 9))
    return closed(graph)


@pytest.fixture
def view() -> GraphView:
    return GraphView.of(chain())


def keys(view: GraphView, rows: list[int]) -> list[str]:
    return [view.key(row).split("::")[1] for row in rows]


def test_what_goes_in_comes_out() -> None:
    """A graph in columns is the same graph."""
    graph = make_graph(12)
    unique = GraphView.of(graph).to_graph()
    assert contents(GraphView.of(unique).to_graph()) == contents(unique)
    assert len(unique.symbols) == len(graph.symbols)
    assert set(unique.symbols) == set(graph.symbols)


def test_an_empty_graph_answers() -> None:
    """An empty repository is a graph like any other."""
    view = GraphView.of(Graph())
    assert (len(view), view.edge_count, view.unresolved_count) == (0, 0, 0)
    assert view.find("x") == []
    assert view.in_file("x.py") == []
    assert view.index_of("x") is None
    assert view.stats().unresolved_share == 0.0
    assert contents(view.to_graph()) == contents(Graph())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pkg/mod.py::Cart.total", ["Cart.total"]),
        ("pkg.mod.Cart.total", ["Cart.total"]),
        ("Cart.total", ["Cart.total"]),
        ("mod.Cart.total", ["Cart.total"]),
        ("total", ["Bill.total", "Cart.total", "total"]),
        ("pkg/mod.py", [""]),
        ("pkg.mod", [""]),
        ("art.total", []),
        ("nothing", []),
        ("", []),
    ],
)
def test_a_symbol_is_found_as_a_person_names_it(text: str, found: list[str]) -> None:
    """A key, a qualified name, a path, a name, or the last parts of a qualified name find their symbols."""
    names = ["Cart", "Cart.total", "Bill", "Bill.total", "total"]
    symbols = [make_symbol("pkg/mod.py", "", NodeKind.MODULE), *(make_symbol("pkg/mod.py", name) for name in names)]
    view = GraphView.of(Graph(symbols))
    assert keys(view, view.find(text)) == found


def test_symbols_of_a_file_come_in_its_order() -> None:
    """A file is read from its top."""
    symbols = [make_symbol("m.py", name, line=line) for name, line in (("z", 1), ("a", 5), ("m", 3))]
    view = GraphView.of(Graph([*symbols, make_symbol("n.py", "other")]))
    assert keys(view, view.in_file("m.py")) == ["z", "m", "a"]
    assert keys(view, view.of_kind(NodeKind.FUNCTION)) == ["a", "m", "z", "other"]
    assert view.of_kind(NodeKind.ROUTE) == []


def test_edges_of_a_symbol_are_chosen_by_kind_and_direction(view: GraphView) -> None:
    """Callers are not bases."""
    row = view.find("d")[0]
    assert keys(view, view.neighbours(row, Direction.IN)) == ["b", "c"]
    assert keys(view, view.neighbours(row, Direction.IN, [EdgeKind.CALLS])) == ["c"]
    assert keys(view, view.neighbours(view.find("a")[0], Direction.OUT)) == ["b", "c"]
    assert [view.edge(edge).kind for edge in view.edges_in(row, [EdgeKind.INHERITS])] == [EdgeKind.INHERITS]
    assert len(view.edges_out(row)) == 0
    first = view.edges_out(view.find("a")[0])[:1]
    assert (view.lines(first)[0], view.edge_columns(first)[0], view.path_of(view.edge_paths(first)[0])) == (
        1,
        4,
        "m.py",
    )


def test_a_walk_gives_depths_confidences_and_paths(view: GraphView) -> None:
    """Each symbol comes with the shortest path to it, of these the surest, and what that is worth."""
    walk = view.reach(view.find("d"), Direction.IN, kinds=[EdgeKind.CALLS], depth=3)
    assert keys(view, walk.symbols.tolist()) == ["c", "a", "b"]
    assert walk.depths.tolist() == [1, 2, 2]
    assert walk.confidences.tolist() == pytest.approx([0.99, 0.99 * 0.25, 0.99**2])
    path = view.path_to(walk, view.find("a")[0], Direction.IN)
    assert [view.edge(edge).target for edge in path] == ["m.py::d", "m.py::c"]
    assert view.path_to(walk, view.find("d")[0], Direction.IN) == []
    assert not walk.cut


def test_a_walk_can_be_bounded(view: GraphView) -> None:
    """Depth, confidence and number of symbols are limits, and a cut is told."""
    start = view.find("d")
    assert len(view.reach(start, Direction.IN, depth=1)) == 2
    assert len(view.reach(start, Direction.IN, depth=0)) == 0
    sure = view.reach(start, Direction.IN, kinds=[EdgeKind.CALLS], depth=9, least_confidence=0.9)
    assert sure.depths.tolist() == [1, 2, 3]
    cut = view.reach(start, Direction.IN, depth=9, limit=2)
    assert (len(cut), cut.cut) == (2, True)


def test_a_walk_equals_the_plain_algorithm() -> None:
    """Walks over arrays find what a loop over edges finds, in both directions."""
    graph = GraphView.of(make_graph(6, seed=5)).to_graph()
    view, rng = GraphView.of(graph), random.Random(2)
    for _ in range(30):
        start, direction = rng.choice(graph.symbols).key, rng.choice(list(Direction))
        expected, level = {start: 0}, {start}
        for depth in range(1, 4):
            ends = [(e.source, e.target) if direction is Direction.OUT else (e.target, e.source) for e in graph.edges]
            level = {far for near, far in ends if near in level} - expected.keys()
            expected |= dict.fromkeys(level, depth)
        walk = view.reach(view.find(start), direction)
        found = dict(zip(map(view.key, walk.symbols.tolist()), walk.depths.tolist(), strict=True))
        assert found | {start: 0} == expected


def test_everything_is_counted() -> None:
    """Counts name kinds, problems, the share of references left open, and what leaves the repository."""
    graph = chain()
    graph.symbols.append(Symbol("::len", NodeKind.EXTERNAL, "len", "<builtin>.len", "", Span(0, 0, 0, 0)))
    graph.edges.append(make_edge("m.py::a", "::len", line=20))
    graph.unresolved = [Unresolved("m.py::a", name, EdgeKind.CALLS, "m.py", 3, 3) for name in ("x", "y")]
    graph.problems = [Problem("m.py", "syntax error"), Problem("n.py", "syntax error")]
    stats = GraphView.of(graph, generation=7).stats()
    assert stats.symbols == {"function": 4, "external": 1}
    assert stats.edges == {"calls": 5, "inherits": 1}
    assert (stats.unresolved, stats.unresolved_share) == ({"calls": 2}, 0.25)
    assert (stats.to_external, stats.files, stats.problems, stats.generation) == (1, 1, {"syntax error": 2}, 7)


def test_what_cannot_be_kept_is_a_problem() -> None:
    """Two symbols of one key, an edge to nowhere and a reference from nowhere are told, not dropped in silence."""
    graph = chain()
    graph.symbols.append(replace(graph.symbols[0], docstring="again"))
    graph.edges.append(make_edge("m.py::a", "m.py::gone"))
    graph.unresolved.append(Unresolved("m.py::gone", "x", EdgeKind.CALLS, "m.py", 1, 1))
    view = GraphView.of(graph)
    assert view.problems == (
        Problem("m.py", "edge to nowhere", "1"),
        Problem("m.py", "reference from nowhere", "1"),
        Problem("m.py", "several symbols of one key", "2"),
    )
    assert len(view) == 4
    assert view.symbol(view.find("a")[0]).docstring != "again"


def test_of_equal_edges_the_surest_stays() -> None:
    """Two ways to find one edge are one edge."""
    graph = chain()
    graph.edges.append(replace(graph.edges[0], confidence=0.3, evidence=Evidence.NAME))
    view = GraphView.of(graph)
    assert contents(view.to_graph()) == contents(chain())


def test_odd_texts_are_kept_readable() -> None:
    """Lone surrogates, NUL and the separator of lists become what UTF-8 and columns can hold."""
    symbol = replace(
        make_symbol("m.py", "f"),
        key="m\udc80.py::f",
        path="m\udc80.py",
        docstring="a\0b\x1fc é 😀",
        decorators=("x\x1fy", "z"),
        parent=None,
    )
    view = GraphView.of(Graph([symbol], files={"m\udc80.py": "1"}))
    kept = view.symbol(0)
    assert (kept.key, kept.path) == ("m\\udc80.py::f", "m\\udc80.py")
    assert (kept.docstring, kept.decorators) == ("a b c é 😀", ("x y", "z"))
    assert view.files == {"m\\udc80.py": "1"}


def test_huge_numbers_are_cut() -> None:
    """A column beyond what an array holds is the largest one, not an exception."""
    symbol = replace(make_symbol("m.py", "f"), span=Span(1, 2**40, 1, 2**40), parent=None)
    assert GraphView.of(Graph([symbol])).symbol(0).span.column == 2**31 - 1


def test_edges_may_come_as_columns() -> None:
    """Who has edges as numbers need not make an object of each."""
    graph = chain()
    places = {symbol.key: place for place, symbol in enumerate(graph.symbols)}

    def column(read: object, kind: type) -> object:
        return np.array([read(edge) for edge in graph.edges], kind)  # type: ignore[operator]  # a lambda below

    table = compact(chain()).edges
    edges = EdgeTable(
        column(lambda edge: places[edge.source], np.int32),
        column(lambda edge: places[edge.target], np.int32),
        column(lambda edge: list(EdgeKind).index(edge.kind), np.uint8),
        column(lambda edge: EVIDENCE_CODES[edge.evidence], np.uint8),
        column(lambda edge: edge.confidence, np.float32),
        column(lambda _: 0, np.int32),
        column(lambda edge: edge.line, np.int32),
        column(lambda edge: edge.column, np.int32),
    )
    without = Graph(graph.symbols, [], [], [], graph.files)
    found = compact_with(without, edges, ["m.py"])
    assert contents(GraphView(found).to_graph()) == contents(graph)
    assert (found.edges.source == table.source).all()


def test_unresolved_references_are_read_by_symbol() -> None:
    """What a function refers to without a known target is found with its candidates."""
    graph = chain()
    graph.unresolved = [Unresolved("m.py::b", "x", EdgeKind.USES, "m.py", 3, 3, ("m.py::a", "m.py::d"))]
    view = GraphView.of(graph)
    assert view.unresolved_from(view.find("b")[0]) == graph.unresolved
    assert view.unresolved_from(view.find("a")[0]) == []
    assert list(view.unresolved) == graph.unresolved


def test_edges_are_made_one_by_one(view: GraphView) -> None:
    """Export reads edges of some kinds as values."""
    assert [edge.kind for edge in view.edges([EdgeKind.INHERITS])] == [EdgeKind.INHERITS]
    assert all(isinstance(edge, Edge) for edge in view.edges())


def test_what_was_asked_goes_to_another_process() -> None:
    """A graph that has answered is stored by a child; what it made to answer is made there again."""
    texts = Texts.of(["a", "bc", ""])
    assert (texts[1], texts.rows_of("a")) == ("bc", [0])
    assert list(pickle.loads(pickle.dumps(texts))) == ["a", "bc", ""]
