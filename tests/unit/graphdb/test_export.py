"""What is exported is read by other programs without loss, whatever names a repository holds."""

import io
import json

import ladybug
import pytest
from defusedxml import ElementTree

from tests.fakes.graph_maker import GraphMaker
from yantra_bot.domain.graph import EdgeKind, Graph, NodeKind, Problem
from yantra_bot.graphdb.export import write_cypher, write_graphml, write_json

NASTY = "it's \"<b>&\\ \n\x00\x1b[31m\ud800 é 漢"


@pytest.fixture
def graph() -> Graph:
    make = GraphMaker()
    f = make.symbol("pkg/a.py::f", signature="def f(a: str = 'x') -> \"C\"", docstring=NASTY, line=3)
    c = make.symbol("pkg/a.py::C", NodeKind.CLASS, decorators=("dataclass",))
    make.edge(f, c, EdgeKind.RETURNS)
    make.edge(f, make.symbol(f"pkg/a.py::{NASTY}"))
    make.edge(f, make.external("<builtin>.len"), line=4)
    make.edge(f, "gone.py::x")
    make.unresolved(f, "run", candidates=(c,))
    make.graph.problems.append(Problem("b.py", "syntax error", "line 2"))
    return make.graph


def test_json_holds_everything(graph: Graph) -> None:
    """Each list is complete, with plain values, and two exports of one graph are the same bytes."""
    out = io.StringIO()
    write_json(graph, out)
    read = json.loads(out.getvalue())
    assert read["version"] == 1
    assert {item["key"] for item in read["symbols"]} == {symbol.key for symbol in graph.symbols}
    assert len(read["edges"]) == len(graph.edges)
    [f] = [item for item in read["symbols"] if item["name"] == "f"]
    assert (f["line"], f["end_line"], f["docstring"], f["parent"]) == (3, 5, NASTY, "pkg/a.py::")
    assert read["unresolved"] == [
        {"source": "pkg/a.py::f", "name": "run", "kind": "calls", "path": "pkg/a.py", "line": 1, "column": 4}
        | {"candidates": ["pkg/a.py::C"]}
    ]
    assert read["problems"] == [{"path": "b.py", "kind": "syntax error", "detail": "line 2"}]
    graph.symbols.reverse()
    again = io.StringIO()
    write_json(graph, again)
    assert again.getvalue() == out.getvalue()


def test_an_empty_graph_is_valid_in_every_format() -> None:
    """Nothing is a graph too."""
    out = io.StringIO()
    write_json(Graph(), out)
    assert json.loads(out.getvalue())["symbols"] == []
    out = io.StringIO()
    write_graphml(Graph(), out)
    ElementTree.fromstring(out.getvalue())


def test_graphml_is_xml_that_a_strict_parser_reads(graph: Graph) -> None:
    """Names with every kind of sign come through; edges name nodes that are there."""
    out = io.StringIO()
    write_graphml(graph, out)
    root = ElementTree.fromstring(out.getvalue().encode())
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    nodes = {node.get("id") for node in root.iterfind(".//g:node", space)}
    assert len(nodes) == len(graph.symbols)
    assert any("it's \"<b>&\\" in node and "漢" in node for node in nodes)
    ends = [(edge.get("source"), edge.get("target")) for edge in root.iterfind(".//g:edge", space)]
    assert ends
    assert all(source in nodes and target in nodes for source, target in ends)
    declared = {key.get("id") for key in root.iterfind("g:key", space)}
    assert {item.get("key") for item in root.iterfind(".//g:data", space)} <= declared


def test_cypher_loads_into_an_empty_database(graph: Graph) -> None:
    """Each line is a statement; the engine then holds the same symbols and edges."""
    out = io.StringIO()
    write_cypher(graph, out)
    with ladybug.Database(":memory:") as database, ladybug.Connection(database) as connection:
        for statement in out.getvalue().split("\n"):
            if statement:
                connection.execute(statement)
        names = connection.execute("MATCH (s:Symbol) RETURN s.name").get_all()
        assert sorted(name for [name] in names) == sorted(clean(symbol.name) for symbol in graph.symbols)
        calls = connection.execute("MATCH (a)-[e:CALLS]->(b) RETURN a.name, b.name, e.line, e.confidence").get_all()
        assert sorted(calls) == sorted([["f", clean(NASTY), 1, 0.99], ["f", "len", 4, 0.99]])


def clean(name: str) -> str:
    """Return a name without what no database holds."""
    return name.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
