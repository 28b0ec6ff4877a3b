"""Entries, cycles and dead code of a whole graph; where the graph cannot know, it says so."""

import pytest

from tests.fakes.graph_maker import GraphMaker
from yantra_bot.domain.graph import EdgeKind, Evidence, NodeKind
from yantra_bot.graphdb.dead_code import find_dead
from yantra_bot.graphdb.mentions import find_mentions
from yantra_bot.graphdb.queries import is_connected
from yantra_bot.graphdb.structure import find_call_cycles, find_entries, find_file_cycles
from yantra_bot.graphdb.view import Direction, GraphView


def dead(make: GraphMaker, *, include_public: bool = False) -> dict[str, tuple[str, str]]:
    found = find_dead(GraphView.of(make.graph), include_public=include_public)
    return {item.symbol.qualified_name: (str(item.verdict), item.reason) for item in found}


def test_entries_are_mains_routes_tests_and_what_others_may_call() -> None:
    """A public function that somebody here calls is no entry, a private one that nobody calls neither."""
    make = GraphMaker()
    make.symbol("app/__main__.py::go")
    main, used = make.symbol("app/web.py::main"), make.symbol("app/web.py::used")
    make.edge(main, used)
    make.symbol("app/web.py::offered")
    make.symbol("app/web.py::_private")
    make.symbol("app/web.py::GET /users", NodeKind.ROUTE)
    make.symbol("tests/test_a.py::test_a", NodeKind.TEST)
    entries = [(str(entry.kind), entry.symbol.qualified_name) for entry in find_entries(GraphView.of(make.graph))]
    assert entries == [
        ("main", "app.__main__"),
        ("main", "app.web.main"),
        ("route", "app.web.GET /users"),
        ("test", "tests.test_a.test_a"),
        ("api", "app.__main__.go"),
        ("api", "app.web.offered"),
    ]


def test_a_cycle_of_calls_is_shown_with_a_way_round() -> None:
    """All members, and each step of a ring as an edge that is there; recursion and guesses are no cycle."""
    make = GraphMaker()
    a, b, c, d = (make.symbol(f"m.py::{name}") for name in "abcd")
    for source, target in ((a, b), (b, c), (c, a), (b, a), (d, d), (a, d)):
        make.edge(source, target)
    make.edge(d, a, evidence=Evidence.NAME)
    [cycle] = find_call_cycles(GraphView.of(make.graph))
    assert cycle.members == ("m.a", "m.b", "m.c")
    assert [(edge.source, edge.target) for edge in cycle.path] == [(a, b), (b, a)]
    assert is_connected(cycle.path, direction=Direction.OUT)


def test_files_that_import_each_other_are_a_cycle() -> None:
    """By any of their symbols; an import of the file itself and of something outside is none."""
    make = GraphMaker()
    f, g, h = make.symbol("a.py::f"), make.symbol("b.py::g"), make.symbol("c.py::h")
    for source, target in (("a.py::", g), ("b.py::", h), ("c.py::", f), ("a.py::", f), ("a.py::", "::os")):
        make.edge(source, target, EdgeKind.IMPORTS)
    make.external("os")
    [cycle] = find_file_cycles(GraphView.of(make.graph))
    assert cycle.members == ("a.py", "b.py", "c.py")
    assert [(edge.path, edge.target) for edge in cycle.path] == [("a.py", g), ("b.py", h), ("c.py", f)]
    assert find_file_cycles(GraphView.of(GraphMaker().graph)) == []


def test_what_nobody_uses_is_dead_and_what_only_that_uses_too() -> None:
    """A ring of dead functions keeps nothing alive; a recursive one not even itself."""
    make = GraphMaker()
    a, b, c = (make.symbol(f"m.py::_{name}") for name in "abc")
    live = make.symbol("m.py::_live")
    for source, target in ((a, b), (b, a), (c, c), (a, c), (a, live), ("m.py::", live)):
        make.edge(source, target)
    make.symbol("m.py::_alone")
    assert dead(make) == {
        "m._a": ("dead", "only dead code uses it"),
        "m._alone": ("dead", "nothing uses it"),
        "m._b": ("dead", "only dead code uses it"),
        "m._c": ("dead", "only dead code uses it"),
    }


@pytest.mark.parametrize("key", ["m.py::C.__len__", "m.py::pytest_configure", "m.py::main", "m.py::<lambda1>"])
def test_special_names_are_called_by_others(key: str) -> None:
    """Dunders, hooks and mains have callers that no graph shows."""
    make = GraphMaker()
    make.symbol("m.py::C", NodeKind.CLASS)
    make.symbol(key, NodeKind.METHOD if ".C." in key else NodeKind.FUNCTION)
    assert set(dead(make, include_public=True)) <= {"m.C"}


def test_api_tests_routes_and_decorated_functions_are_no_dead_code() -> None:
    """Unless the public API is asked for: in a program nobody else uses it."""
    make = GraphMaker()
    make.symbol("m.py::offered")
    make.symbol("m.py::_hook", decorators=("register",))
    make.symbol("tests/test_m.py::test_m", NodeKind.TEST)
    make.symbol("m.py::GET /", NodeKind.ROUTE)
    assert dead(make) == {}
    assert list(dead(make, include_public=True)) == ["m.offered"]


def test_where_a_name_is_unresolved_somewhere_nobody_can_tell() -> None:
    """Also where a guess leads to it, and where a class from outside may call its methods."""
    make = GraphMaker()
    make.symbol("m.py::_open")
    make.unresolved("m.py::", "_open")
    make.edge("m.py::", make.symbol("m.py::_guess"), evidence=Evidence.NAME)
    make.symbol("m.py::_Base", NodeKind.CLASS)
    make.symbol("m.py::_C", NodeKind.CLASS)
    make.edge("m.py::_C", "m.py::_Base", EdgeKind.INHERITS)
    make.edge("m.py::_Base", make.external("threading.Thread"), EdgeKind.INHERITS)
    make.edge("m.py::", "m.py::_C")
    make.symbol("m.py::_C.run", NodeKind.METHOD)
    make.edge("m.py::", make.symbol("m.py::_brought"), EdgeKind.IMPORTS)
    assert dead(make) == {
        "m._brought": ("dead", "imported, and not used there"),
        "m._open": ("cannot tell", "1 unresolved reference to this name"),
        "m._guess": ("cannot tell", "something of this name is used where the receiver is not known"),
        "m._C.run": ("cannot tell", "threading.Thread, from outside, may call it"),
    }


def test_a_class_is_used_where_its_constructor_is() -> None:
    """And a dead class is named once, without its methods; what its special methods call is dead with it."""
    make = GraphMaker()
    for name in ("_Used", "_Dead"):
        make.symbol(f"m.py::{name}", NodeKind.CLASS)
        make.symbol(f"m.py::{name}.__init__", NodeKind.METHOD)
        make.symbol(f"m.py::{name}._m", NodeKind.METHOD)
    make.edge("m.py::", "m.py::_Used.__init__")
    make.edge("m.py::_Used.__init__", "m.py::_Used._m")
    make.edge("m.py::_Dead.__init__", make.symbol("m.py::_only"))
    assert dead(make) == {
        "m._Dead": ("dead", "nothing uses it"),
        "m._only": ("dead", "only dead code uses it"),
    }


def test_a_name_that_is_written_somewhere_else_may_be_used_there() -> None:
    """The text is asked last: more words than definitions and known uses, and nobody can tell."""
    make = GraphMaker()
    make.symbol("m.py::_stored")
    make.symbol("m.py::_gone")
    make.edge("m.py::_gone", make.symbol("m.py::_helper"), line=2)
    make.edge("m.py::_stored", make.symbol("m.py::_below"))
    lines = [
        b"def _stored(): _below()",
        b"def _gone(): _helper()",
        b"def _helper(): pass",
        b"def _below(): pass",
        b"TABLE = {'a': _stored}",
    ]
    sources = {"m.py": b"\n".join(lines)}
    found = find_dead(
        GraphView.of(make.graph), mentions=lambda names: find_mentions(sources.get, ["m.py", "gone.py"], names)
    )
    assert {item.symbol.name: (str(item.verdict), item.reason) for item in found} == {
        "_gone": ("dead", "nothing uses it"),
        "_helper": ("dead", "only dead code uses it"),
        "_below": ("cannot tell", "_stored uses it, and of that it cannot tell"),
        "_stored": ("cannot tell", "its name stands in 1 more place"),
    }


def test_a_call_through_a_variable_explains_no_place_where_a_name_stands() -> None:
    """Two methods of one name, one called by what was handed on: the other's place is not taken for that call."""
    make = GraphMaker()
    for owner in ("A", "B"):
        make.symbol(f"m.py::{owner}._on", NodeKind.METHOD)
    make.edge(make.symbol("n.py::run"), "m.py::A._on", line=9)
    sources = {
        "m.py": b"class A:\n    def _on(self): pass\n    def f(self): watch(self._on)\n"
        b"class B:\n    def _on(self): pass\n    def f(self): watch(self._on)\n",
        "n.py": b"def run(given):\n" + b"\n" * 7 + b"    given()\n",
    }
    found = find_dead(GraphView.of(make.graph), mentions=lambda names: find_mentions(sources.get, sources, names))
    assert [(item.symbol.key, str(item.verdict), item.reason) for item in found] == [
        ("m.py::B._on", "cannot tell", "its name stands in 2 more places")
    ]
