"""What the engine gives back by Arrow, as a graph in columns. What does not fit together is damage and says so."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yantra_bot.domain.graph import EdgeKind, Problem
from yantra_bot.graphdb.arrays import (
    EDGE_CODES,
    EDGE_KINDS,
    EVIDENCES,
    LANGUAGES,
    NO_LANGUAGE,
    NODE_KINDS,
    NONE,
    SEPARATOR,
    VISIBILITIES,
    CompactGraph,
    EdgeTable,
    Ints,
    SymbolTable,
    Texts,
    UnresolvedTable,
)
from yantra_bot.graphdb.compact import sort_edges, sort_unresolved
from yantra_bot.graphdb.schema import EDGE_COLUMNS, FILE, PROBLEM, RELATIONS, SYMBOL, UNRESOLVED, NodeTable
from yantra_bot.graphdb.store_errors import StoreDamaged

Ask = Callable[[str], pa.Table]
"""Runs a query and gives all its rows."""

_NUMBERED: Final = "MATCH (n:Symbol) RETURN offset(id(n)) AS number"


def read_graph(ask: Ask) -> CompactGraph:
    """Read a whole graph. Symbols are named by the engine's own numbers on the way, which spares a million texts."""
    columns = ", ".join(f"n.`{name}` AS `{name}`" for name in SYMBOL.columns)
    symbols = ask(f"{_NUMBERED}, {columns}")
    symbols = symbols.take(pc.sort_indices(symbols["key"])).combine_chunks()
    keys = symbols["key"].combine_chunks()
    numbers = _ints(symbols["number"])
    rows = np.full(int(numbers.max(initial=-1)) + 1, NONE, np.int32)
    rows[numbers] = np.arange(len(numbers))
    unresolved = ask(_all_of(UNRESOLVED)).combine_chunks()
    edges = {kind: ask(_edges_of(kind)).combine_chunks() for kind in EdgeKind}
    paths = _paths_of([symbols["path"], unresolved["path"], *(table["path"] for table in edges.values())])
    problems = ask(_all_of(PROBLEM)).to_pylist()
    return CompactGraph(
        _symbols(symbols, keys, paths),
        sort_edges(_edges(edges, rows, paths)),
        sort_unresolved(_unresolved(unresolved, keys, paths)),
        _texts(paths),
        tuple(Problem(one["path"], one["kind"], one["detail"]) for one in problems),
        {one["path"]: one["content_hash"] for one in ask(_all_of(FILE)).to_pylist()},
    )


def _all_of(table: NodeTable) -> str:
    columns = ", ".join(f"n.`{name}` AS `{name}`" for name in table.columns)
    return f"MATCH (n:{table.name}) RETURN {columns} ORDER BY n.`{table.key}`"


def _edges_of(kind: EdgeKind) -> str:
    columns = ", ".join(f"e.`{name}` AS `{name}`" for name in EDGE_COLUMNS)
    return (
        f"MATCH (a:Symbol)-[e:{RELATIONS[kind].name}]->(b:Symbol) "
        f"RETURN offset(id(a)) AS `from`, offset(id(b)) AS `to`, {columns}"
    )


def _symbols(table: pa.Table, keys: pa.Array, paths: pa.Array) -> SymbolTable:
    return SymbolTable(
        key=_texts(keys),
        name=_texts(table["name"]),
        qualified_name=_texts(table["qualified_name"]),
        signature=_texts(table["signature"]),
        docstring=_texts(table["docstring"]),
        content_hash=_texts(table["content_hash"]),
        decorators=_joined(table["decorators"]),
        kind=_codes(table["kind"], NODE_KINDS),
        language=_codes(table["language"], LANGUAGES, absent=NO_LANGUAGE),
        visibility=_codes(table["visibility"], VISIBILITIES),
        path=_rows(table["path"], paths),
        parent=_rows(table["parent"], keys),
        line=_ints(table["line"]),
        column=_ints(table["col"]),
        end_line=_ints(table["end_line"]),
        end_column=_ints(table["end_col"]),
    )


def _edges(tables: dict[EdgeKind, pa.Table], rows: Ints, paths: pa.Array) -> EdgeTable:
    whole = EdgeTable.empty()
    for kind, table in tables.items():
        if table.num_rows:
            source, target = rows[_ints(table["from"])], rows[_ints(table["to"])]
            whole = whole.joined(
                EdgeTable(
                    source,
                    target,
                    np.full(table.num_rows, EDGE_CODES[kind], np.uint8),
                    _codes(table["evidence"], EVIDENCES),
                    table["confidence"].to_numpy().astype(np.float32),
                    _rows(table["path"], paths),
                    _ints(table["line"]),
                    _ints(table["col"]),
                )
            )
    return whole


def _unresolved(table: pa.Table, keys: pa.Array, paths: pa.Array) -> UnresolvedTable:
    source = _rows(table["source"], keys)
    if (source == NONE).any():
        raise StoreDamaged("The stored graph is not whole: a reference comes from no symbol.")
    return UnresolvedTable(
        source,
        _texts(table["name"]),
        _codes(table["kind"], EDGE_KINDS),
        _rows(table["path"], paths),
        _ints(table["line"]),
        _ints(table["col"]),
        _joined(table["candidates"]),
    )


def _texts(column: pa.ChunkedArray | pa.Array) -> Texts:
    array = _whole(column)
    if array.null_count:
        raise StoreDamaged("The stored graph is not whole: a text is missing.")
    _, offsets, data = array.buffers()
    if not len(array):
        return Texts.of(())
    starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    block = data.slice(int(starts[0]), int(starts[-1] - starts[0])).to_pybytes() if data is not None else b""
    return Texts(block, starts - starts[0])


def _joined(column: pa.ChunkedArray) -> Texts:
    """Return lists of texts as one text each."""
    return _texts(pc.fill_null(pc.binary_join(_whole(column).cast(pa.list_(pa.string())), SEPARATOR), ""))


def _codes(column: pa.ChunkedArray, kinds: Sequence[StrEnum], absent: int | None = None) -> npt.NDArray[np.uint8]:
    words = pa.array([kind.value for kind in kinds], pa.string())
    codes = _rows(column, words)
    if absent is None and (codes == NONE).any():
        raise StoreDamaged("The stored graph holds a kind that this Yantra does not know.")
    return np.where(codes == NONE, 0 if absent is None else absent, codes).astype(np.uint8)


def _rows(column: pa.ChunkedArray, texts: pa.Array) -> Ints:
    """Return the place of each text among others; none for one that is not there."""
    return _ints(pc.fill_null(pc.index_in(_whole(column), value_set=texts), NONE))


def _ints(column: pa.ChunkedArray | pa.Array) -> Ints:
    numbers: npt.NDArray[Any] = _whole(column).to_numpy(zero_copy_only=False)
    return numbers.astype(np.int32)


def _paths_of(columns: Sequence[pa.ChunkedArray]) -> pa.Array:
    found = pc.unique(pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string()))
    found = found.filter(pc.not_equal(found, ""))
    return found.take(pc.sort_indices(found))


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return column
