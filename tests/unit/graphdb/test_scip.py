"""The SCIP index is read back field by field, by a reader that knows only the wire format and the schema's numbers."""

import io
from typing import Any

from tests.fakes.graph_maker import GraphMaker
from yantra_bot.domain.graph import EdgeKind, Graph, NodeKind
from yantra_bot.graphdb.scip import scip_names, write_scip

SOURCE = b'class B:\n    pass\n\n@C.f\nclass C(B):\n    def f(self): "f"\n\n\xc3\xa9\xc3\xa9 = 1; C().f()\n'


def decode(data: bytes) -> dict[int, list[Any]]:
    """Return the values of a message by field number: ints, or bytes."""
    found: dict[int, list[Any]] = {}
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            value, at = data[at : at + value], at + value
        else:
            assert tag & 7 == 0
        found.setdefault(tag >> 3, []).append(value)
    return found


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def numbers(data: bytes) -> list[int]:
    at, found = 0, []
    while at < len(data):
        value, at = varint(data, at)
        found.append(value)
    return found


def index_of(graph: Graph, source: bytes | None) -> dict[int, list[Any]]:
    out = io.BytesIO()
    write_scip(graph, out, root="file:///r", version="1.2", read=lambda path: source)
    return decode(out.getvalue())


def make_graph() -> Graph:
    make = GraphMaker()
    make.symbol("pkg/a.py::B", NodeKind.CLASS, line=1)
    c = make.symbol("pkg/a.py::C", NodeKind.CLASS, line=4, docstring="A class.", signature="class C(B)")
    f = make.symbol("pkg/a.py::C.f", NodeKind.METHOD, line=6)
    make.edge(c, "pkg/a.py::B", EdgeKind.INHERITS, line=5, column=8)
    make.edge("pkg/a.py::", f, line=8, column=13)
    make.edge("pkg/a.py::", make.external("os.path.join"), line=300, column=200)
    return make.graph


def test_the_index_says_where_it_comes_from() -> None:
    """The metadata comes first: the tool, the root, the encoding."""
    [metadata] = map(decode, index_of(make_graph(), SOURCE)[1])
    assert decode(metadata[2][0]) == {1: [b"yantra"], 2: [b"1.2"]}
    assert (metadata[3], metadata[4]) == ([b"file:///r"], [1])


def test_definitions_and_references_stand_where_the_names_stand() -> None:
    """Ranges count from 0; a decorator that has the same name is not the definition."""
    [document] = map(decode, index_of(make_graph(), SOURCE)[2])
    assert (document[1], document[4], document[6]) == ([b"pkg/a.py"], [b"Python"], [1])
    found = {}
    for occurrence in map(decode, document[2]):
        found[occurrence[2][0].decode(), tuple(numbers(occurrence[1][0]))] = occurrence[3][0]
    prefix = "yantra . . . pkg/`a.py`/"
    assert found == {
        (prefix, (0, 0, 0)): 1,
        (f"{prefix}B#", (0, 6, 7)): 1,
        (f"{prefix}C#", (4, 6, 7)): 1,
        (f"{prefix}B#", (4, 8, 9)): 8,
        (f"{prefix}C#f().", (5, 8, 9)): 1,
        (f"{prefix}C#f().", (7, 13, 14)): 8,
        ("yantra . . . os/path/join.", (299, 200, 204)): 8,
    }


def test_symbols_tell_kind_text_and_what_they_implement() -> None:
    """A base class is a relation; an external symbol is listed outside of the documents."""
    index = index_of(make_graph(), None)
    [document] = map(decode, index[2])
    told = {item[6][0].decode(): item for item in map(decode, document[3])}
    assert told["C"][3] == [b"A class."]
    assert (told["C"][5], told["f"][5]) == ([7], [26])
    assert decode(told["C"][4][0]) == {1: [b"yantra . . . pkg/`a.py`/B#"], 3: [1]}
    assert decode(told["C"][7][0]) == {4: [b"Python"], 5: [b"class C(B)"]}
    assert decode(index[3][0])[1] == [b"yantra . . . os/path/join."]


def test_no_two_symbols_share_a_name() -> None:
    """Second definitions are numbered, names outside of the grammar are quoted."""
    make = GraphMaker()
    for key in ("f", "f#2", "<lambda1>", "a`b"):
        make.symbol(f"m.py::{key}")
    for key in ("C", "C#2"):
        make.symbol(f"m.py::{key}", NodeKind.CLASS)
    for key in ("x", "x#2"):
        make.symbol(f"m.py::{key}", NodeKind.VARIABLE)
    names = scip_names({symbol.key: symbol for symbol in make.graph.symbols})
    assert [name.partition("`m.py`/")[2] for name in names.values()] == [
        *("", "f().", "f(+1).", "`<lambda1>`().", "`a``b`().", "C#", "`C#2`#", "x.", "`x#2`.")
    ]
