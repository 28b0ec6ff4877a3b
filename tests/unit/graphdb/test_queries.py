"""Questions about single symbols are answered with real paths, and what is not known is not made up."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.graph_maker import GraphMaker
from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, NodeKind, Span
from yantra_bot.graphdb.impact import find_dependants, find_impact
from yantra_bot.graphdb.names import find_similar, rank_similar
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.queries import (
    find_at,
    find_callees,
    find_callers,
    find_definitions,
    find_path,
    find_references,
    find_tests,
    is_connected,
    members,
    reached,
)
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import walk


@pytest.fixture
def make() -> GraphMaker:
    """A test calls `handle`, which calls `Store.save`; a guess leads there directly."""
    make = GraphMaker()
    make.symbol("app/store.py::Store", NodeKind.CLASS, line=10)
    save = make.symbol("app/store.py::Store.save", NodeKind.METHOD, line=12)
    handle = make.symbol("app/web.py::handle", line=20)
    main = make.symbol("app/web.py::main", line=30)
    test = make.symbol("tests/test_web.py::test_handle", NodeKind.TEST, line=5)
    make.edge(handle, save, line=21)
    make.edge(main, handle, line=31, evidence=Evidence.FLOW)
    make.edge(test, handle, line=6)
    make.edge(test, save, line=7, evidence=Evidence.NAME)
    make.edge("tests/test_web.py::", handle, EdgeKind.IMPORTS, line=1)
    make.symbol("tests/test_web.py::handle", NodeKind.IMPORT, line=1)
    make.unresolved(main, "save", line=33)
    return make


def names(view: GraphView, rows: list[int]) -> list[str]:
    return [view.key(row) for row in rows]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("handle", ["app/web.py::handle"]),
        ("app.web.handle", ["app/web.py::handle"]),
        ("Store.save", ["app/store.py::Store.save"]),
        ("Store#save", ["app/store.py::Store.save"]),
        ("store::Store::save", ["app/store.py::Store.save"]),
        ("app/web.py::main", ["app/web.py::main"]),
        ("app/web.py:21", ["app/web.py::handle"]),
        ("./app/web.py:21:4", ["app/web.py::handle"]),
        ("store.py:13", ["app/store.py::Store.save"]),
        ("app/web.py:1000", ["app/web.py::"]),
        ("./app/web.py", ["app/web.py::"]),
        ("nothing", []),
        ("nowhere.py:3", []),
        ("", []),
    ],
)
def test_a_definition_is_found_by_what_people_write(make: GraphMaker, text: str, keys: list[str]) -> None:
    """Names, their last parts, other languages' separators, and a place; imports of the name are not meant."""
    view = GraphView.of(make.graph)
    assert names(view, find_definitions(view, text)) == keys


def test_an_ambiguous_name_gives_all_candidates(make: GraphMaker) -> None:
    """It is for the asker to choose."""
    make.symbol("app/other.py::handle")
    view = GraphView.of(make.graph)
    assert names(view, find_definitions(view, "handle")) == ["app/other.py::handle", "app/web.py::handle"]
    assert find_at(view, "py", 3) == []


def test_a_place_means_the_same_under_an_overlay(make: GraphMaker) -> None:
    """Symbols that a change brought, moved or left as they were are found by their lines, as in a graph of its own."""
    whole = GraphView.of(make.graph)
    small = Graph(make.graph.symbols[:-3], [], [], [], dict(make.graph.files))
    shifted = [replace(one, span=Span(one.span.line + 4, 0, one.span.end_line + 4, 0)) for one in make.graph.symbols]
    for before in (Graph(), small, Graph(shifted, [], [], [], dict(make.graph.files))):
        view = GraphView.of(before).with_changes(diff(before, make.graph))
        for path in make.graph.files:
            assert names(view, view.in_file(path)) == names(whole, whole.in_file(path))
            for line in range(45):
                assert names(view, find_at(view, path, line)) == names(whole, find_at(whole, path, line))


def test_references_are_in_the_order_of_the_files(make: GraphMaker) -> None:
    """Calls and imports alike, with their places; the definition is none."""
    view = GraphView.of(make.graph)
    [row] = find_definitions(view, "handle")
    places = [(edge.path, edge.line, edge.kind) for edge in find_references(view, row)]
    assert places == [
        ("app/web.py", 31, EdgeKind.CALLS),
        ("tests/test_web.py", 1, EdgeKind.IMPORTS),
        ("tests/test_web.py", 6, EdgeKind.CALLS),
    ]


def test_callers_and_callees_go_as_far_as_they_are_asked_to(make: GraphMaker) -> None:
    """A sure path of two calls comes before a guess of one."""
    view = GraphView.of(make.graph)
    save, main = find_definitions(view, "save")[0], find_definitions(view, "main")[0]
    near = find_callers(view, [save])
    assert names(view, near.symbols.tolist()) == ["app/web.py::handle", "tests/test_web.py::test_handle"]
    far = find_callers(view, [save], depth=2)
    handle, test, caller = reached(view, far, far.symbols.tolist())
    assert (handle.symbol.name, handle.depth, handle.confidence) == ("handle", 1, 0.99)
    assert (test.symbol.name, test.depth, test.confidence) == ("test_handle", 2, 0.9801)
    assert (caller.symbol.name, caller.depth, caller.confidence) == ("main", 2, 0.9405)
    assert [edge.line for edge in test.path] == [21, 6]
    callees = find_callees(view, [main], depth=5)
    assert names(view, callees.symbols.tolist()) == ["app/web.py::handle", "app/store.py::Store.save"]
    assert callees.depth_of(callees.symbols.tolist()[1]) == 2
    assert callees.depth_of(main) == 0


def test_impact_says_what_may_be_missing(make: GraphMaker) -> None:
    """It is a lower bound wherever an unresolved reference has the name of what changed."""
    view = GraphView.of(make.graph)
    impact = find_impact(view, find_definitions(view, "Store"))
    assert names(view, list(impact.changed)) == ["app/store.py::Store", "app/store.py::Store.save"]
    assert [item.symbol.name for item in impact.affected(view)] == ["handle", "test_handle", "main"]
    assert [item.symbol.name for item in impact.affected(view, 1)] == ["handle"]
    assert (len(impact), impact.file_count(view), impact.is_complete) == (3, 2, False)
    assert names(view, impact.tests(view).tolist()) == ["tests/test_web.py::test_handle"]
    assert impact.unresolved == (("save", 1),)
    assert [(reference.name, reference.line) for reference in impact.missing(view, 5)] == [("save", 33)]
    assert impact.missing(view, 0) == []
    sure = find_impact(view, find_definitions(view, "save"), least=0.97)
    assert [item.symbol.name for item in sure.affected(view)] == ["handle", "test_handle"]
    assert find_impact(view, find_definitions(view, "main")).is_complete


def test_dependants_are_those_too_that_only_import(make: GraphMaker) -> None:
    """An import breaks when its target goes, and is not touched by a change inside of it."""
    view = GraphView.of(make.graph)
    rows = find_definitions(view, "handle")
    impact, dependants = find_impact(view, rows), find_dependants(view, rows)
    assert "tests/test_web.py::" in names(view, dependants.walk.symbols.tolist())
    assert "tests/test_web.py::" not in names(view, impact.walk.symbols.tolist())


def test_tests_that_reach_a_symbol_come_with_their_paths(make: GraphMaker) -> None:
    """From the symbol to the test, call by call."""
    view = GraphView.of(make.graph)
    [found] = find_tests(view, find_definitions(view, "save"))
    assert found.symbol.name == "test_handle"
    assert [(edge.source, edge.target) for edge in found.path] == [
        ("app/web.py::handle", "app/store.py::Store.save"),
        ("tests/test_web.py::test_handle", "app/web.py::handle"),
    ]
    assert find_tests(view, find_definitions(view, "test_handle")) == []


def test_a_path_leads_from_one_symbol_to_another_or_there_is_none(make: GraphMaker) -> None:
    """The surest one, hop by hop."""
    view = GraphView.of(make.graph)
    main, save = find_definitions(view, "main"), find_definitions(view, "save")
    path = find_path(view, main, save)
    assert path is not None
    assert [edge.line for edge in path.path] == [31, 21]
    assert is_connected(path.path, direction=Direction.OUT)
    assert find_path(view, save, main) is None


def test_members_are_all_that_is_defined_inside(make: GraphMaker) -> None:
    """Of a file, its classes and their methods."""
    view = GraphView.of(make.graph)
    assert len(members(view, find_definitions(view, "app/store.py"))) == 3


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        ("hanlde", "app.web.handle"),
        ("storeSave", "app.store.Store"),
        ("zzzzzz", None),
        ("Save", "app.store.Store.save"),
        ("app.web.mian", "app.web.main"),
    ],
)
def test_a_mistyped_name_suggests_the_right_one(make: GraphMaker, wanted: str, best: str | None) -> None:
    """Letters that changed places, another case, a qualified name."""
    assert next(iter(find_similar(GraphView.of(make.graph), wanted)), None) == best


def test_similar_names_are_ranked() -> None:
    """Case and underscores do not count; nothing is like nothing."""
    assert rank_similar("getUser", ["get_user", "set_user", "get_users", "zebra", "_"])[:3] == [
        *("get_user", "get_users", "set_user")
    ]
    assert rank_similar("", ["a"]) == []
    assert rank_similar("q", ["zebra"]) == []


@st.composite
def small_graphs(draw: st.DrawFn) -> list[tuple[int, int, Evidence]]:
    node = st.integers(0, 7)
    return draw(st.lists(st.tuples(node, node, st.sampled_from(Evidence)), max_size=24))


@settings(deadline=None)
@given(edges=small_graphs(), depth=st.integers(1, 6))
def test_a_walk_finds_the_surest_path_of_bounded_length(edges: list[tuple[int, int, Evidence]], depth: int) -> None:
    """As trying all paths does; each path is connected, and its edges multiply to its confidence."""
    make = GraphMaker()
    keys = [make.symbol(f"a.py::f{number}") for number in range(8)]
    for line, (source, target, evidence) in enumerate(edges, start=1):
        make.edge(keys[source], keys[target], line=line, evidence=evidence)
    view = GraphView.of(make.graph)
    rows = [view.index_of(key) for key in keys]
    start = rows[0]
    assert start is not None
    found = walk(view, [start], Direction.OUT, depth=depth)
    best = dict.fromkeys(range(8), 0.0) | {0: 1.0}
    for _ in range(depth):
        step = dict(best)
        for source, target, evidence in edges:
            step[target] = max(step[target], best[source] * GraphMaker.confidence(evidence))
        best = step
    expected = {keys[number]: sure for number, sure in best.items() if sure > 0 and number != 0}
    result = {item.symbol.key: item for item in reached(view, found, found.symbols.tolist())}
    assert {key: item.confidence for key, item in result.items()} == pytest.approx(expected, abs=1e-4)
    for item in result.values():
        assert (item.path[0].source, item.path[-1].target) == (keys[0], item.symbol.key)
        assert len(item.path) == item.depth <= depth
        assert is_connected(item.path, direction=Direction.OUT)
        product = 1.0
        for edge in item.path:
            product *= edge.confidence
        assert item.confidence == pytest.approx(product, abs=1e-4)
