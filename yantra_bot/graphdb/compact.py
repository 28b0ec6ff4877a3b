"""From a graph as values to its columns, and rows of the columns back to values.

Nothing is lost in silence: a second symbol of one key and an edge to nowhere become problems of the graph.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
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
    Ints,
    SymbolTable,
    Texts,
    UnresolvedTable,
    clean,
)

RowOf = dict[str, int]
_BIG = 2**31 - 1
_TEXTS = ("key", "name", "qualified_name", "path", "parent", "signature", "docstring", "content_hash")


def compact(graph: Graph) -> CompactGraph:
    """Put a graph into columns."""
    rows = _order(graph.symbols)
    path_rows = _number_paths(graph)
    edges = [edge for edge in graph.edges if edge.source in rows and edge.target in rows]
    return _assemble(graph, rows, path_rows, edge_table(edges, rows, path_rows))


def compact_with(graph: Graph, edges: EdgeTable, paths: Sequence[str]) -> CompactGraph:
    """Put a graph into columns whose edges come as columns already, beside those that are objects.

    `edges.source` and `edges.target` are places in `graph.symbols`, `edges.path` is one in `paths`. This spares an
    object for each edge: half of the time and most of the memory of a first build.
    """
    rows = _order(graph.symbols)
    path_rows = _number_paths(graph, paths)
    symbol_places = np.array([rows[symbol.key] for symbol in graph.symbols], np.int32)
    path_places = np.array([path_rows[path] for path in paths], np.int32)
    columns = replace(
        edges,
        source=symbol_places[edges.source],
        target=symbol_places[edges.target],
        path=path_places[edges.path],
    )
    objects = [edge for edge in graph.edges if edge.source in rows and edge.target in rows]
    return _assemble(graph, rows, path_rows, columns.joined(edge_table(objects, rows, path_rows)))


def _assemble(graph: Graph, rows: RowOf, path_rows: RowOf, edges: EdgeTable) -> CompactGraph:
    symbols = {rows[symbol.key]: symbol for symbol in reversed(graph.symbols)}
    references = [reference for reference in graph.unresolved if reference.source in rows]
    return CompactGraph(
        symbol_table([symbols[row] for row in range(len(symbols))], rows, path_rows),
        sort_edges(edges),
        sort_unresolved(unresolved_table(references, rows, path_rows)),
        Texts.of(sorted({clean(path) for path in path_rows if path})),
        (*graph.problems, *_losses(graph, rows)),
        {clean(path): digest for path, digest in graph.files.items()},
    )


def _order(symbols: Iterable[Symbol]) -> RowOf:
    """Return the row of each key as it is written in the symbols; rows go by the cleaned key."""
    keys = {symbol.key: clean(symbol.key) for symbol in symbols}
    rows = {key: row for row, key in enumerate(sorted(set(keys.values())))}
    return {raw: rows[key] for raw, key in keys.items()}


def _number_paths(graph: Graph, more: Iterable[str] = ()) -> RowOf:
    paths = {symbol.path for symbol in graph.symbols} | set(more)
    paths.update(edge.path for edge in graph.edges)
    paths.update(reference.path for reference in graph.unresolved)
    cleaned = {path: clean(path) for path in paths - {""}}
    numbers = {path: number for number, path in enumerate(sorted(set(cleaned.values())))}
    return {path: numbers[text] for path, text in cleaned.items()} | {"": NONE}


def _losses(graph: Graph, rows: RowOf) -> list[Problem]:
    """Name what the columns cannot hold; at most one problem for each kind and file."""
    lost: Counter[tuple[str, str]] = Counter()
    if len(graph.symbols) != len(set(rows.values())):
        counts = Counter(rows[symbol.key] for symbol in graph.symbols)
        again = (symbol.path for symbol in graph.symbols if counts[rows[symbol.key]] > 1)
        lost.update((path, "several symbols of one key") for path in again)
    ends = (edge.path for edge in graph.edges if edge.source not in rows or edge.target not in rows)
    lost.update((path, "edge to nowhere") for path in ends)
    sources = (reference.path for reference in graph.unresolved if reference.source not in rows)
    lost.update((path, "reference from nowhere") for path in sources)
    return [Problem(path, kind, str(count)) for (path, kind), count in sorted(lost.items())]


def symbol_table(symbols: Sequence[Symbol], rows: RowOf, path_rows: RowOf) -> SymbolTable:
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
        path=np.array([path_rows[symbol.path] for symbol in symbols], np.int32),
        parent=np.array([rows.get(symbol.parent or "", NONE) for symbol in symbols], np.int32),
        line=_numbers(spans, "line"),
        column=_numbers(spans, "column"),
        end_line=_numbers(spans, "end_line"),
        end_column=_numbers(spans, "end_column"),
    )


def edge_table(edges: Sequence[Edge], rows: RowOf, path_rows: RowOf) -> EdgeTable:
    """Return the columns of edges in the order given."""
    return EdgeTable(
        np.array([rows[edge.source] for edge in edges], np.int32),
        np.array([rows[edge.target] for edge in edges], np.int32),
        np.array([EDGE_CODES[edge.kind] for edge in edges], np.uint8),
        np.array([EVIDENCE_CODES[edge.evidence] for edge in edges], np.uint8),
        np.array([edge.confidence for edge in edges], np.float32),
        np.array([path_rows[edge.path] for edge in edges], np.int32),
        _numbers(edges, "line"),
        _numbers(edges, "column"),
    )


def sort_edges(edges: EdgeTable) -> EdgeTable:
    """Sort by source, kind, target, place; of several that are equal in all these the surest one stays."""
    # Columns are packed by twos and threes: each further key of a sort costs as much as the first.
    ends = edges.source.astype(np.int64) << 35 | edges.kind.astype(np.int64) << 31 | edges.target
    lines = edges.line.astype(np.int64) << 20 | np.minimum(edges.column, (1 << 20) - 1)
    places = edges.path.astype(np.int64)
    order = np.lexsort((-edges.confidence, lines, places, ends))
    edges, ends, lines, places = edges.take(order), ends[order], lines[order], places[order]
    fresh = np.ones(len(edges), np.bool_)
    fresh[1:] = (ends[1:] != ends[:-1]) | (lines[1:] != lines[:-1]) | (places[1:] != places[:-1])
    return edges if fresh.all() else edges.take(fresh)


def unresolved_table(references: Sequence[Unresolved], rows: RowOf, path_rows: RowOf) -> UnresolvedTable:
    """Return the columns of references."""
    return UnresolvedTable(
        np.array([rows[reference.source] for reference in references], np.int32),
        Texts.of(clean(reference.name) for reference in references),
        np.array([EDGE_CODES[reference.kind] for reference in references], np.uint8),
        np.array([path_rows[reference.path] for reference in references], np.int32),
        _numbers(references, "line"),
        _numbers(references, "column"),
        Texts.of(SEPARATOR.join(map(clean, reference.candidates)) for reference in references),
    )


def sort_unresolved(table: UnresolvedTable) -> UnresolvedTable:
    """Sort by source, place, kind and name; of several that are equal in all these the first one stays."""
    names = {name: rank for rank, name in enumerate(sorted(set(table.name)))}
    ranks = np.array([names[name] for name in table.name], np.int32)
    columns = (ranks, table.kind.astype(np.int32), table.column, table.line, table.path, table.source)
    order = np.lexsort(columns)
    marks = np.stack([column[order] for column in columns])
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (marks[:, 1:] != marks[:, :-1]).any(axis=0)
    order = order[fresh]
    return UnresolvedTable(*(_taken(getattr(table, column.name), order) for column in fields(table)))


def _taken(column: Any, order: Any) -> Any:
    return column.take(order) if isinstance(column, Texts) else column[order]


def _numbers(values: Sequence[Any], name: str) -> Ints:
    numbers = np.fromiter(map(attrgetter(name), values), np.int64, len(values))
    return np.minimum(numbers, _BIG).astype(np.int32)


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
