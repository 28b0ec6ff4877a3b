"""From a graph as values to its columns, and rows of the columns back to values.

Nothing is lost in silence: a second symbol of one key and an edge to nowhere become problems of the graph.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import numpy as np

from yantra_bot.domain.graph import Edge, Graph, Problem, Span, Symbol, Unresolved
from yantra_bot.graphdb.arrays import (
    EDGE_CODES,
    EDGE_KINDS,
    EVIDENCE_CODES,
    EVIDENCES,
    LANGUAGE_CODES,
    LANGUAGES,
    NO_LANGUAGE,
    NODE_CODES,
    NODE_KINDS,
    NONE,
    SEPARATOR,
    VISIBILITIES,
    VISIBILITY_CODES,
    CompactGraph,
    EdgeTable,
    SymbolTable,
    Texts,
    UnresolvedTable,
    clean,
)

Rows = dict[str, int]
_BIG = 2**31 - 1
_TEXTS = ("key", "name", "qualified_name", "path", "parent", "signature", "docstring", "content_hash")


def compact(graph: Graph) -> CompactGraph:
    """Put a graph into columns."""
    symbols = {clean(symbol.key): symbol for symbol in graph.symbols}
    keys = sorted(symbols)
    rows = {key: row for row, key in enumerate(keys)}
    paths = _paths_of(graph)
    path_rows = {path: row for row, path in enumerate(paths)}
    path_rows[""] = NONE
    edges = edge_table([edge for edge in graph.edges if ends_exist(edge, rows)], rows, path_rows)
    references = [reference for reference in graph.unresolved if clean(reference.source) in rows]
    return CompactGraph(
        symbol_table([symbols[key] for key in keys], rows, path_rows),
        sort_edges(edges),
        unresolved_table(references, rows, path_rows),
        Texts.of(paths),
        (*graph.problems, *_losses(graph, rows)),
        {clean(path): digest for path, digest in graph.files.items()},
    )


def ends_exist(edge: Edge, rows: Rows) -> bool:
    """Tell whether both ends of an edge are symbols of the graph."""
    return clean(edge.source) in rows and clean(edge.target) in rows


def _losses(graph: Graph, rows: Rows) -> list[Problem]:
    """Name what the columns cannot hold; at most one problem for each kind and file."""
    lost: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    for symbol in graph.symbols:
        if symbol.key in seen:
            lost[symbol.path, "two symbols of one key"] = lost.get((symbol.path, "two symbols of one key"), 0) + 1
        seen.add(symbol.key)
    for edge in graph.edges:
        if not ends_exist(edge, rows):
            lost[edge.path, "edge to nowhere"] = lost.get((edge.path, "edge to nowhere"), 0) + 1
    for reference in graph.unresolved:
        if clean(reference.source) not in rows:
            lost[reference.path, "reference from nowhere"] = lost.get((reference.path, "reference from nowhere"), 0) + 1
    return [Problem(path, kind, f"{count} left out") for (path, kind), count in sorted(lost.items())]


def _paths_of(graph: Graph) -> list[str]:
    paths = {symbol.path for symbol in graph.symbols}
    paths.update(edge.path for edge in graph.edges)
    paths.update(reference.path for reference in graph.unresolved)
    return sorted({clean(path) for path in paths} - {""})


def symbol_table(symbols: Sequence[Symbol], rows: Rows, path_rows: Rows) -> SymbolTable:
    """Return the columns of symbols that are sorted by key."""
    spans = [symbol.span for symbol in symbols]
    return SymbolTable(
        key=Texts.of(clean(symbol.key) for symbol in symbols),
        name=Texts.of(clean(symbol.name) for symbol in symbols),
        qualified_name=Texts.of(clean(symbol.qualified_name) for symbol in symbols),
        signature=Texts.of(clean(symbol.signature) for symbol in symbols),
        docstring=Texts.of(clean(symbol.docstring) for symbol in symbols),
        content_hash=Texts.of(clean(symbol.content_hash) for symbol in symbols),
        decorators=Texts.of(SEPARATOR.join(map(clean, symbol.decorators)) for symbol in symbols),
        kind=np.array([NODE_CODES[symbol.kind] for symbol in symbols], np.uint8),
        language=np.array([LANGUAGE_CODES[symbol.language] for symbol in symbols], np.uint8),
        visibility=np.array([VISIBILITY_CODES[symbol.visibility] for symbol in symbols], np.uint8),
        path=np.array([path_rows[clean(symbol.path)] for symbol in symbols], np.int32),
        parent=np.array([rows.get(clean(symbol.parent or ""), NONE) for symbol in symbols], np.int32),
        line=_numbers(spans, "line"),
        column=_numbers(spans, "column"),
        end_line=_numbers(spans, "end_line"),
        end_column=_numbers(spans, "end_column"),
    )


def edge_table(edges: Sequence[Edge], rows: Rows, path_rows: Rows) -> EdgeTable:
    """Return the columns of edges in the order given."""
    return EdgeTable(
        np.array([rows[clean(edge.source)] for edge in edges], np.int32),
        np.array([rows[clean(edge.target)] for edge in edges], np.int32),
        np.array([EDGE_CODES[edge.kind] for edge in edges], np.uint8),
        np.array([EVIDENCE_CODES[edge.evidence] for edge in edges], np.uint8),
        np.array([edge.confidence for edge in edges], np.float32),
        np.array([path_rows[clean(edge.path)] for edge in edges], np.int32),
        _numbers(edges, "line"),
        _numbers(edges, "column"),
    )


def sort_edges(edges: EdgeTable) -> EdgeTable:
    """Sort by source, kind, target, place; of several that are equal in all these the surest one stays."""
    order = np.lexsort(
        (-edges.confidence, edges.column, edges.line, edges.path, edges.target, edges.kind, edges.source)
    )
    edges = edges.take(order)
    same = np.ones(max(len(edges) - 1, 0), np.bool_)
    for column in (edges.source, edges.kind, edges.target, edges.path, edges.line, edges.column):
        same &= column[1:] == column[:-1]
    return edges.take(np.concatenate(([True], ~same))) if same.any() else edges


def unresolved_table(references: Sequence[Unresolved], rows: Rows, path_rows: Rows) -> UnresolvedTable:
    """Return the columns of references in the order given."""
    return UnresolvedTable(
        np.array([rows[clean(reference.source)] for reference in references], np.int32),
        Texts.of(clean(reference.name) for reference in references),
        np.array([EDGE_CODES[reference.kind] for reference in references], np.uint8),
        np.array([path_rows[clean(reference.path)] for reference in references], np.int32),
        _numbers(references, "line"),
        _numbers(references, "column"),
        Texts.of(SEPARATOR.join(map(clean, reference.candidates)) for reference in references),
    )


def _numbers(values: Iterable[Any], name: str) -> Any:
    read: Callable[[Any], int] = attrgetter(name)
    return np.array([min(read(value), _BIG) for value in values], np.int32)


def symbol_at(graph: CompactGraph, row: int) -> Symbol:
    """Make the symbol of a row."""
    table = graph.symbols
    parent, language, decorators = int(table.parent[row]), int(table.language[row]), table.decorators[row]
    return Symbol(
        key=table.key[row],
        kind=NODE_KINDS[table.kind[row]],
        name=table.name[row],
        qualified_name=table.qualified_name[row],
        path=path_at(graph, int(table.path[row])),
        span=Span(int(table.line[row]), int(table.column[row]), int(table.end_line[row]), int(table.end_column[row])),
        language=None if language == NO_LANGUAGE else LANGUAGES[language],
        parent=None if parent == NONE else table.key[parent],
        signature=table.signature[row],
        docstring=table.docstring[row],
        content_hash=table.content_hash[row],
        decorators=tuple(decorators.split(SEPARATOR)) if decorators else (),
        visibility=VISIBILITIES[table.visibility[row]],
    )


def edge_at(graph: CompactGraph, row: int) -> Edge:
    """Make the edge of a row. The confidence is rounded to six places, which is what a float32 holds."""
    table = graph.edges
    return Edge(
        source=graph.symbols.key[int(table.source[row])],
        target=graph.symbols.key[int(table.target[row])],
        kind=EDGE_KINDS[table.kind[row]],
        path=path_at(graph, int(table.path[row])),
        line=int(table.line[row]),
        column=int(table.column[row]),
        confidence=round(float(table.confidence[row]), 6),
        evidence=EVIDENCES[table.evidence[row]],
    )


def unresolved_at(graph: CompactGraph, row: int) -> Unresolved:
    """Make the unresolved reference of a row."""
    table = graph.unresolved
    candidates = table.candidates[row]
    return Unresolved(
        source=graph.symbols.key[int(table.source[row])],
        name=table.name[row],
        kind=EDGE_KINDS[table.kind[row]],
        path=path_at(graph, int(table.path[row])),
        line=int(table.line[row]),
        column=int(table.column[row]),
        candidates=tuple(candidates.split(SEPARATOR)) if candidates else (),
    )


def path_at(graph: CompactGraph, row: int) -> str:
    """Return the path of a row; empty for none."""
    return graph.paths[row] if row != NONE else ""


def clean_symbol(symbol: Symbol) -> Symbol:
    """Return the symbol with texts that columns can hold."""
    dirty: dict[str, Any] = {
        name: clean(text) for name in _TEXTS if (text := getattr(symbol, name) or "") != clean(text)
    }
    decorators = tuple(map(clean, symbol.decorators))
    if decorators != symbol.decorators:
        dirty["decorators"] = decorators
    return replace(symbol, **dirty) if dirty else symbol
