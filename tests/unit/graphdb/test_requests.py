"""Requests of one language meet routes of another in the graph, and still do after any file has changed."""

from pathlib import Path

import pytest

from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, NodeKind
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.live import LiveGraph
from yantra_bot.graphdb.view import GraphView

SERVER = """from flask import Flask

app = Flask(__name__)


@app.get("/users/<int:id>")
def user(id):
    return id


@app.route("/users", methods=["POST"])
def create():
    return 1


@app.route("/users", methods=["POST"])
def create_again():
    return 2
"""
CLIENT = """export async function load(id) {
  return await fetch(`/users/${id}`);
}
export function other() {
  return fetch("/nothing/here");
}
"""
PYTHON_CLIENT = """import requests


def make():
    return requests.post("http://shop.example/users", json={})
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "client.js").write_text(CLIENT)
    (tmp_path / "client.py").write_text(PYTHON_CLIENT)
    return tmp_path


def build(tree: Path) -> Graph:
    return Indexer(tree, processes=1).build()


def joined(graph: Graph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges if edge.kind is EdgeKind.REQUESTS}


def open_requests(graph: Graph) -> set[str]:
    return {reference.name for reference in graph.unresolved if reference.kind is EdgeKind.REQUESTS}


def facts_of(graph: Graph) -> tuple[set[str], set[str], set[str]]:
    """Return what two graphs of the same files share, whatever the order."""
    keys = {symbol.key for symbol in graph.symbols if symbol.kind is not NodeKind.EXTERNAL}
    return keys, set(map(str, graph.edges)), set(map(str, graph.unresolved))


def live(tree: Path) -> LiveGraph:
    indexer = Indexer(tree, processes=1)
    indexer.refresh()
    return LiveGraph(indexer)


def test_requests_meet_routes_across_languages(tree: Path) -> None:
    """From the function that asks to the route; it is a guess, and the request is unresolved no more."""
    graph = build(tree)
    assert joined(graph) == {
        ("web/client.js::load", "server.py::<route GET /users/<int:id>>"),
        ("client.py::make", "server.py::<route POST /users>"),
    }
    guesses = [edge for edge in graph.edges if edge.kind is EdgeKind.REQUESTS]
    assert all(edge.evidence is Evidence.NAME and edge.confidence <= 0.54 for edge in guesses)
    assert {(edge.path, edge.line) for edge in guesses} == {("web/client.js", 2), ("client.py", 5)}
    assert open_requests(graph) == {"GET /nothing/here"}


def test_a_route_that_is_declared_twice_is_one_symbol(tree: Path) -> None:
    """Nothing is told as lost, and both handlers hang from it."""
    view = GraphView.of(build(tree))
    assert view.problems == ()
    row = view.index_of("server.py::<route POST /users>")
    assert row is not None
    uses = {edge.target for edge in view.edges([EdgeKind.USES]) if edge.source == view.key(row)}
    assert uses == {"server.py::create", "server.py::create_again"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("server.py", SERVER.replace("/users/<int:id>", "/people/<int:id>")),
        ("server.py", SERVER.replace("/users/<int:id>", "/nothing/here")),
        ("server.py", "x = 1\n"),
        ("web/client.js", CLIENT.replace("/nothing/here", "/users/7")),
        ("web/client.js", "\n" + CLIENT),
        ("web/client.js", ""),
        ("client.py", PYTHON_CLIENT + "\n\ndef more():\n    return requests.get('/users/1')\n"),
    ],
)
def test_a_touched_file_leaves_every_request_where_a_build_puts_it(tree: Path, path: str, text: str) -> None:
    """Also requests of other files, when a route came or went; and back again."""
    graph = live(tree)
    before = (tree / path).read_text()
    for content in (text, before):
        (tree / path).write_text(content)
        assert graph.touch(path)
        exact = build(tree)
        view = graph.view.to_graph()
        assert joined(view) == joined(exact)
        assert open_requests(view) == open_requests(exact)
    assert graph.settle() is not None
    assert facts_of(graph.view.to_graph()) == facts_of(build(tree))
