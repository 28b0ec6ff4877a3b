"""A graph's columns as Arrow tables, in the order of the schema's columns, for the engine to load in bulk."""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yantra_bot.domain.graph import EdgeKind, Problem, Unresolved
from yantra_bot.graphdb.arrays import (
    EDGE_CODES,
    EDGE_KINDS,
    EVIDENCES,
    LANGUAGES,
    NODE_KINDS,
    NONE,
    SEPARATOR,
    VISIBILITIES,
    CompactGraph,
    Ints,
    Texts,
)

Codes = npt.NDArray[np.uint8]
PROBLEM_COLUMNS: Final = ("path", "kind", "detail")


def symbols_to_arrow(graph: CompactGraph) -> pa.Table:
    """Return the rows of the Symbol table, the columns in the order of the schema."""
    table, keys = graph.symbols, _strings(graph.symbols.key)
    return pa.table(
        {
            "key": keys,
            "kind": _enumerated(table.kind, NODE_KINDS),
            "name": _strings(table.name),
            "qualified_name": _strings(table.qualified_name),
            "path": _picked(_strings(graph.paths), table.path),
            "line": table.line,
            "col": table.column,
            "end_line": table.end_line,
            "end_col": table.end_column,
            "language": _enumerated(table.language, LANGUAGES),
            "parent": _picked(keys, table.parent),
            "signature": _strings(table.signature),
            "docstring": _strings(table.docstring),
            "content_hash": _strings(table.content_hash),
            "decorators": _lists(table.decorators),
            "visibility": _enumerated(table.visibility, VISIBILITIES),
        }
    )


def edges_to_arrow(graph: CompactGraph, kind: EdgeKind) -> pa.Table:
    """Return the rows of one kind's relation table, led by the keys of its ends."""
    edges = graph.edges.take(graph.edges.kind == EDGE_CODES[kind])
    keys = _strings(graph.symbols.key)
    return pa.table(
        {
            "from": keys.take(pa.array(edges.source)),
            "to": keys.take(pa.array(edges.target)),
            "path": _picked(_strings(graph.paths), edges.path),
            "line": edges.line,
            "col": edges.column,
            "confidence": edges.confidence,
            "evidence": _enumerated(edges.evidence, EVIDENCES),
        }
    )


def unresolved_to_arrow(graph: CompactGraph) -> pa.Table:
    """Return the rows of the Unresolved table."""
    table = graph.unresolved
    sources, names, paths = (
        graph.symbols.key[table.source],
        list(table.name),
        [graph.paths[int(row)] if row != NONE else "" for row in table.path],
    )
    kinds = [EDGE_KINDS[code] for code in table.kind]
    places = zip(table.line.tolist(), table.column.tolist(), strict=True)
    ids = [
        identify(source, name, kind, path, *place)
        for source, name, kind, path, place in zip(sources, names, kinds, paths, places, strict=True)
    ]
    return pa.table(
        {
            "id": pa.array(ids, pa.string()),
            "source": pa.array(sources, pa.string()),
            "name": _strings(table.name),
            "kind": _enumerated(table.kind, EDGE_KINDS),
            "path": pa.array(paths, pa.string()),
            "line": table.line,
            "col": table.column,
            "candidates": _lists(table.candidates),
        }
    )


def identify(*fields: object) -> str:
    """Return the primary key of a row that has none of its own."""
    return blake2b(SEPARATOR.join(map(str, fields)).encode(), digest_size=10).hexdigest()


def identify_unresolved(one: Unresolved) -> str:
    """Return the primary key of an unresolved reference."""
    return identify(one.source, one.name, one.kind, one.path, one.line, one.column)


def problems_to_arrow(problems: Sequence[Problem]) -> pa.Table:
    """Return the rows of the Problem table."""
    rows = {identify(problem.path, problem.kind, problem.detail): problem for problem in problems}
    columns = {name: pa.array([getattr(one, name) for one in rows.values()], pa.string()) for name in PROBLEM_COLUMNS}
    return pa.table({"id": pa.array(list(rows), pa.string()), **columns})


def files_to_arrow(files: dict[str, str]) -> pa.Table:
    """Return the rows of the File table."""
    return pa.table({"path": pa.array(list(files), pa.string()), "hash": pa.array(list(files.values()), pa.string())})


def _strings(texts: Texts) -> pa.Array:
    """Return the strings without a copy of their bytes."""
    offsets = pa.py_buffer(texts.starts.astype(np.int32))
    return pa.StringArray.from_buffers(len(texts), offsets, pa.py_buffer(texts.data))


def _picked(strings: pa.Array, rows: Ints) -> pa.Array:
    """Return the string of each row; an empty one for none."""
    return strings.take(pa.array(rows, mask=rows == NONE)).fill_null("")


def _enumerated(codes: Codes, kinds: Sequence[StrEnum]) -> pa.Array:
    """Return the word for each code; an empty one for a code that stands for none."""
    words = pa.array([kind.value for kind in kinds], pa.string())
    rows = np.where(codes < len(kinds), codes.astype(np.int32), np.int32(NONE))
    return _picked(words, rows)


def _lists(joined: Texts) -> pa.Array:
    return pa.array([text.split(SEPARATOR) if text else [] for text in joined], pa.list_(pa.string()))
