"""A whole graph written in formats that other programs read: JSON, GraphML, Cypher. Sorted, so that two compare.

It writes what is in the graph and changes nothing: low confidence and unresolved references are exported as they are.
Names come from repositories, so each format escapes them its own way; what XML cannot hold is replaced.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from yantra_bot.domain.graph import Edge, EdgeKind, Graph, Problem, Symbol, Unresolved

FORMAT_VERSION = 1
Value = str | float | list[str] | None
Record = dict[str, Value]

_CYPHER_SYMBOL = {
    "key": "STRING",
    "kind": "STRING",
    "name": "STRING",
    "qualified_name": "STRING",
    "path": "STRING",
    "line": "INT64",
    "end_line": "INT64",
    "language": "STRING",
    "signature": "STRING",
    "docstring": "STRING",
    "visibility": "STRING",
}
_CYPHER_EDGE = {"path": "STRING", "line": "INT64", "column": "INT64", "confidence": "DOUBLE", "evidence": "STRING"}
_GRAPHML_NODE = ("kind", "name", "qualified_name", "path", "line", "end_line", "language", "signature", "visibility")
_GRAPHML_EDGE = ("kind", "path", "line", "column", "confidence", "evidence")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def write_json(graph: Graph, out: TextIO) -> None:
    """Write one JSON object: version, files, symbols, edges, unresolved, problems; one record a line."""
    out.write(f'{{"version": {FORMAT_VERSION},\n"files": {_json(dict(sorted(graph.files.items())))}')
    parts: tuple[tuple[str, Iterable[Record]], ...] = (
        ("symbols", map(symbol_record, sort_symbols(graph))),
        ("edges", map(edge_record, sort_edges(graph))),
        ("unresolved", map(unresolved_record, sort_unresolved(graph))),
        ("problems", map(problem_record, graph.problems)),
    )
    for name, records in parts:
        out.write(f',\n"{name}": [')
        out.writelines(f"{',' if number else ''}\n{_json(record)}" for number, record in enumerate(records))
        out.write("]")
    out.write("}\n")


def write_graphml(graph: Graph, out: TextIO) -> None:
    """Write GraphML: a directed graph whose nodes and edges carry their fields as data; it has no unresolved ones."""
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for owner, names in (("node", _GRAPHML_NODE), ("edge", _GRAPHML_EDGE)):
        for name in names:
            kind = {"line": "int", "end_line": "int", "column": "int", "confidence": "double"}.get(name, "string")
            out.write(f'<key id="{owner}-{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>\n')
    out.write('<graph id="code" edgedefault="directed">\n')
    out.writelines(
        f"<node id={_attribute(symbol.key)}>{_data('node', symbol_record(symbol), _GRAPHML_NODE)}</node>\n"
        for symbol in sort_symbols(graph)
    )
    for edge in _closed_edges(graph):
        ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
        out.write(f"<edge {ends}>{_data('edge', edge_record(edge), _GRAPHML_EDGE)}</edge>\n")
    out.write("</graph>\n</graphml>\n")


def write_cypher(graph: Graph, out: TextIO) -> None:
    """Write Cypher, one statement a line: the tables first (only Kùzu's family needs them), then CREATEs."""
    out.write(f"CREATE NODE TABLE Symbol({_declare(_CYPHER_SYMBOL)}, PRIMARY KEY(`key`));\n")
    ends = f"FROM Symbol TO Symbol, {_declare(_CYPHER_EDGE)}"
    out.writelines(f"CREATE REL TABLE {cypher_relation(kind)}({ends});\n" for kind in EdgeKind)
    out.writelines(
        f"CREATE (:Symbol {_properties(symbol_record(symbol), _CYPHER_SYMBOL)});\n" for symbol in sort_symbols(graph)
    )
    for edge in _closed_edges(graph):
        ends = f"(a:Symbol {{`key`: {cypher_text(edge.source)}}}), (b:Symbol {{`key`: {cypher_text(edge.target)}}})"
        relation = f"[:{cypher_relation(edge.kind)} {_properties(edge_record(edge), _CYPHER_EDGE)}]"
        out.write(f"MATCH {ends} CREATE (a)-{relation}->(b);\n")


def cypher_relation(kind: EdgeKind) -> str:
    """Return the name of a relation: `DATA_FLOW` of `data-flow`."""
    return kind.upper().replace("-", "_")


def cypher_text(text: str) -> str:
    """Return a text as a literal of Cypher that ends where it should, on one line."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return "'" + _LONE_SURROGATE.sub("\ufffd", escaped.replace("\x00", "\ufffd")) + "'"


def _properties(record: Record, columns: Iterable[str]) -> str:
    shown = (f"`{name}`: {_cypher_value(record[name])}" for name in columns)
    return "{" + ", ".join(shown) + "}"


def _declare(columns: dict[str, str]) -> str:
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


def _cypher_value(value: Value) -> str:
    return str(value) if isinstance(value, int | float) else cypher_text(str(value or ""))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))


def _data(owner: str, record: Record, names: Iterable[str]) -> str:
    shown = ((name, str(record[name])) for name in names if record[name] not in (None, ""))
    clean = ((name, escape(_NOT_XML.sub("\ufffd", text))) for name, text in shown)
    return "".join(f'<data key="{owner}-{name}">{text}</data>' for name, text in clean)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)


def symbol_record(symbol: Symbol) -> Record:
    """Return a symbol as plain values; its span is four numbers of the record."""
    record: Record = {
        name.name: getattr(symbol, name.name) for name in fields(symbol) if name.name not in ("span", "decorators")
    }
    span = symbol.span
    record |= {"line": span.line, "column": span.column, "end_line": span.end_line, "end_column": span.end_column}
    return record | {"decorators": list(symbol.decorators)}


def edge_record(edge: Edge) -> Record:
    """Return an edge as plain values."""
    return {name.name: getattr(edge, name.name) for name in fields(edge)}


def unresolved_record(reference: Unresolved) -> Record:
    """Return an unresolved reference as plain values."""
    record: Record = {name.name: getattr(reference, name.name) for name in fields(reference)}
    return record | {"candidates": list(reference.candidates)}


def problem_record(problem: Problem) -> Record:
    """Return a problem as plain values."""
    return {"path": problem.path, "kind": problem.kind, "detail": problem.detail}


def sort_symbols(graph: Graph) -> list[Symbol]:
    """Return the symbols by key."""
    return sorted(graph.symbols, key=lambda symbol: symbol.key)


def sort_edges(graph: Graph) -> list[Edge]:
    """Return the edges by their ends, kind and place."""
    return sorted(
        graph.edges, key=lambda edge: (edge.source, edge.target, edge.kind, edge.path, edge.line, edge.column)
    )


def sort_unresolved(graph: Graph) -> list[Unresolved]:
    """Return the unresolved references by source and place."""
    return sorted(graph.unresolved, key=lambda item: (item.source, item.path, item.line, item.column, item.name))


def _closed_edges(graph: Graph) -> Iterator[Edge]:
    """Give the edges whose two ends are symbols of the graph: a reader of the format refuses any other."""
    known = {symbol.key for symbol in graph.symbols}
    return (edge for edge in sort_edges(graph) if edge.source in known and edge.target in known)
