"""A neighbourhood is drawn as it is, and nothing that a repository holds can do anything in picture or page."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from defusedxml import ElementTree

from tests.fakes.graph_maker import GraphMaker
from yantra_bot.domain.graph import EdgeKind, Evidence, NodeKind
from yantra_bot.graphdb.drawing import Neighbourhood, arrange, find_neighbourhood
from yantra_bot.graphdb.drawing_page import draw_page, embed_json
from yantra_bot.graphdb.drawing_style import LINK_COLOURS, NODE_COLOURS, short_name
from yantra_bot.graphdb.drawing_svg import MOST, draw_svg
from yantra_bot.graphdb.view import GraphView

EVIL = "</script></svg><img src=x onerror=alert(1)>\u202e\x1b[31m&\"'"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def make() -> GraphMaker:
    """A class whose method is called by two functions, one of them called by a test; it calls out."""
    make = GraphMaker()
    make.symbol("a.py::C", NodeKind.CLASS)
    make.symbol("a.py::C.m", NodeKind.METHOD, signature="def m(self)", docstring=EVIL)
    make.symbol("a.py::C.n", NodeKind.METHOD)
    for name in ("f", EVIL):
        make.edge(make.symbol(f"b.py::{name}"), "a.py::C.m", line=3)
        make.edge(f"b.py::{name}", "a.py::C.m", line=4, evidence=Evidence.NAME)
    make.edge(make.symbol("tests/t.py::test_f", NodeKind.TEST), "b.py::f")
    make.edge("a.py::C.m", "a.py::C.n")
    make.edge("a.py::C.n", make.external("os.path.join"), EdgeKind.USES, evidence=Evidence.TYPE)
    make.edge("a.py::C.n", make.external("<builtin>.len"))
    return make


def around(make: GraphMaker, key: str, *, depth: int = 2, limit: int = 60) -> Neighbourhood:
    view = GraphView.of(make.graph)
    row = view.index_of(key)
    assert row is not None
    return find_neighbourhood(view, row, depth=depth, limit=limit)


def test_a_class_is_drawn_with_all_that_is_inside_of_it(make: GraphMaker) -> None:
    """Links of its methods are its own, parallel ones are one; builtins are left out."""
    shown = around(make, "a.py::C")
    assert [(node.symbol.name, node.level) for node in shown.nodes if node.symbol.name != EVIL] == [
        *(("C", 0), ("f", -1), ("test_f", -2), ("join", 1))
    ]
    [link] = [item for item in shown.links if shown.nodes[item.source].symbol.name == "f"]
    assert (link.target, link.kind, link.count, link.confidence, link.line) == (0, EdgeKind.CALLS, 2, 0.99, 3)
    assert shown.left_out == 0


def test_what_is_beyond_the_limit_is_counted() -> None:
    """The picture says that there is more, in whole and column by column."""
    make = GraphMaker()
    make.symbol("a.py::f")
    for number in range(40):
        make.edge(make.symbol(f"b.py::g{number}"), "a.py::f")
        make.edge(make.symbol(f"c.py::h{number}"), f"b.py::g{number}")
    shown = around(make, "a.py::f", depth=1, limit=30)
    assert (len(shown.nodes), shown.left_out) == (31, 10)
    first, centre = arrange(shown, most=5)
    assert (first.level, len(first.nodes), first.more, centre.nodes) == (-1, 5, 25, (0,))
    assert f"and {30 - MOST} more" in draw_svg(shown)
    far = arrange(around(make, "a.py::f"), most=5)[0]
    assert (far.level, len(far.nodes)) == (-2, 5), "only those that hang on a drawn one"


def test_the_columns_are_ordered_so_that_links_do_not_cross() -> None:
    """Who is needed by the first stands first."""
    make = GraphMaker()
    make.symbol("a.py::f")
    for name, other in (("a", "z"), ("b", "y"), ("c", "x")):
        make.edge("a.py::f", make.symbol(f"b.py::{name}"))
        make.edge(f"b.py::{name}", make.symbol(f"c.py::{other}"))
    shown = around(make, "a.py::f")
    names = [[shown.nodes[number].symbol.name for number in column.nodes] for column in arrange(shown, most=9)]
    assert names == [["f"], ["a", "b", "c"], ["z", "y", "x"]]


def test_the_picture_is_xml_without_a_script(make: GraphMaker) -> None:
    """A strict parser reads it; it has a box for each symbol and nothing that loads or runs."""
    text = draw_svg(around(make, "a.py::C"))
    root = ElementTree.fromstring(text)
    assert len([box for box in root.iter(f"{SVG}rect") if "box" in (box.get("class") or "")]) == 5
    assert {item.tag.removeprefix(SVG) for item in root.iter()} <= {
        *("svg", "title", "style", "defs", "marker", "path", "rect", "text", "g", "circle")
    }
    assert not re.search(r"href|url\((?!#to-)|@import|\u202e|\x1b", text)


def test_a_symbol_without_neighbours_is_drawn_alone() -> None:
    """And a module with those that import it."""
    make = GraphMaker()
    make.symbol("a.py::f")
    make.edge(make.module("b.py"), "a.py::f", EdgeKind.IMPORTS)
    alone = around(make, "a.py::f")
    assert len(alone.nodes) == 1
    ElementTree.fromstring(draw_svg(alone))
    assert [node.symbol.name for node in around(make, "a.py::").nodes] == ["a", "b"]


def test_every_kind_has_a_look() -> None:
    """No symbol and no link is drawn without its colour."""
    assert set(NODE_COLOURS) == {str(kind) for kind in NodeKind}
    assert set(LINK_COLOURS) == {str(kind) for kind in EdgeKind} - {"defines"}


class Page(HTMLParser):
    """What a browser makes of a page: tags with attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and data.strip():
            self.texts.append((self.tags[-1][0], data))


def test_the_page_runs_its_own_script_alone(make: GraphMaker) -> None:
    """Its policy names script and style by hash; a hostile name is data, in a title too, and nothing is loaded."""
    make.symbol(f"b.py::{EVIL}")
    page = Page(draw_page(around(make, f"b.py::{EVIL}"), repository=EVIL))
    [policy] = [attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    texts = dict(page.texts)  # the last script is the one that runs
    for name in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(texts[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "img" not in {tag for tag, _ in page.tags}
    assert not [attrs for _, attrs in page.tags if {"src", "href", "style", "onclick"} & attrs.keys()]


def test_the_pages_data_is_the_neighbourhood(make: GraphMaker) -> None:
    """Every symbol and link, as JSON that cannot end its element."""
    shown = around(make, "a.py::C")
    page = Page(draw_page(shown, repository="r"))
    [data] = [json.loads(text) for tag, text in page.texts if tag == "script" and text.startswith("{")]
    assert [node["full"] for node in data["nodes"]] == [node.symbol.qualified_name for node in shown.nodes]
    assert [link["place"] for link in data["links"]] == [f"{link.path}:{link.line}" for link in shown.links]
    assert not set(embed_json("<!--</script>&\u2028")) & set("<>&\u2028")


def test_short_names_say_enough(make: GraphMaker) -> None:
    """A method with its class, an external one in full, a module by its dotted name."""
    names = {symbol.key: short_name(symbol) for symbol in make.graph.symbols}
    assert (names["a.py::C.m"], names["::os.path.join"], names["a.py::"]) == ("C.m", "os.path.join", "a")
