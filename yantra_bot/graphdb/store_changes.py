"""A difference as single-key statements for the engine: they cost a hundredth of one that joins many keys."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

from yantra_bot.domain.graph import Edge, Problem, Symbol, Unresolved
from yantra_bot.graphdb.arrays import clean
from yantra_bot.graphdb.arrow_out import identify, identify_unresolved
from yantra_bot.graphdb.compact import clean_symbol
from yantra_bot.graphdb.overlay import Diff, FileDiff
from yantra_bot.graphdb.schema import (
    CHANGE_SYMBOL,
    DELETE_FILE,
    DELETE_PROBLEMS,
    DELETE_SYMBOL,
    DELETE_UNRESOLVED,
    FILE,
    PROBLEM,
    SYMBOL,
    UNRESOLVED,
    move,
    relate,
    unrelate,
)

Statement = tuple[str, dict[str, object]]


def size_of(diff: Diff) -> int:
    """Return how many statements a difference takes."""
    return sum(
        len(part)
        for change in diff
        for part in (getattr(change, field.name) for field in fields(change))
        if isinstance(part, tuple)
    )


def statements_of(diff: Diff) -> Iterator[Statement]:
    """Yield the statements in an order in which each finds what it needs."""
    edges = [_pair(change) for change in diff]
    for one in edges:
        yield from (_unrelated(edge) for edge in one.gone)
    for one in edges:
        yield from (_moved(*pair) for pair in one.moved)
    for change in diff:
        yield from (_forgotten(one) for one in change.unresolved_removed)
    for change in diff:
        yield from (_deleted(key) for key in change.removed)
    for change in diff:
        yield from ((SYMBOL.insertion, symbol_row(symbol)) for symbol in change.added)
        yield from ((CHANGE_SYMBOL, symbol_row(symbol)) for symbol in change.changed)
    for one in edges:
        yield from (_related(edge) for edge in one.new)
    for change in diff:
        yield from ((UNRESOLVED.insertion, _unresolved_row(_clean(one))) for one in change.unresolved_added)
        yield from _file_statements(clean(change.path), change.problems, change.content_hash)


@dataclass(frozen=True, slots=True)
class _Edges:
    gone: list[Edge] = field(default_factory=list)
    new: list[Edge] = field(default_factory=list)
    moved: list[tuple[Edge, Edge]] = field(default_factory=list)


def _pair(change: FileDiff) -> _Edges:
    """Find edges that only moved: the one of its kind between two symbols that is gone, and the one that is new."""
    gone, new = _by_ends(change.edges_removed), _by_ends(change.edges_added)
    found = _Edges()
    for ends in dict.fromkeys((*gone, *new)):
        before, after = gone.get(ends, ()), new.get(ends, ())
        if len(before) == len(after) == 1:
            found.moved.append((before[0], after[0]))
        else:
            found.gone.extend(before)
            found.new.extend(after)
    return found


def _by_ends(edges: Iterable[Edge]) -> dict[tuple[str, str, str], list[Edge]]:
    groups: defaultdict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        groups[edge.source, edge.target, edge.kind].append(edge)
    return groups


def _moved(before: Edge, after: Edge) -> Statement:
    to = {"to_line": after.line, "to_col": after.column}
    return move(after.kind), _place_of(before) | to | {"confidence": after.confidence, "evidence": after.evidence.value}


def _forgotten(one: Unresolved) -> Statement:
    return DELETE_UNRESOLVED, {"id": identify_unresolved(_clean(one))}


def _deleted(key: str) -> Statement:
    return DELETE_SYMBOL, {"key": clean(key)}


def _file_statements(path: str, problems: tuple[Problem, ...], content_hash: str | None) -> Iterator[Statement]:
    yield DELETE_PROBLEMS, {"path": path}
    for digest, one in {identify(one.path, one.kind, one.detail): one for one in problems}.items():
        yield PROBLEM.insertion, {"id": digest, "path": path, "kind": clean(one.kind), "detail": clean(one.detail)}
    if path:
        yield DELETE_FILE, {"path": path}
    if content_hash is not None:
        yield FILE.insertion, {"path": path, "content_hash": content_hash}


def symbol_row(symbol: Symbol) -> dict[str, object]:
    """Return the values of the Symbol table's columns."""
    symbol = clean_symbol(symbol)
    row: dict[str, object] = {
        name: getattr(symbol, name)
        for name in ("key", "name", "qualified_name", "path", "signature", "docstring", "content_hash")
    }
    span = symbol.span
    return row | {
        "kind": symbol.kind.value,
        "line": span.line,
        "col": span.column,
        "end_line": span.end_line,
        "end_col": span.end_column,
        "language": symbol.language.value if symbol.language else "",
        "parent": symbol.parent or "",
        "decorators": list(symbol.decorators),
        "visibility": symbol.visibility.value,
    }


def _clean(one: Unresolved) -> Unresolved:
    candidates = tuple(map(clean, one.candidates))
    return Unresolved(clean(one.source), clean(one.name), one.kind, clean(one.path), one.line, one.column, candidates)


def _unresolved_row(one: Unresolved) -> dict[str, object]:
    return {
        "id": identify_unresolved(one),
        "source": one.source,
        "name": one.name,
        "kind": one.kind.value,
        "path": one.path,
        "line": one.line,
        "col": one.column,
        "candidates": list(one.candidates),
    }


def _place_of(edge: Edge) -> dict[str, object]:
    ends = {"source": clean(edge.source), "target": clean(edge.target)}
    return ends | {"path": clean(edge.path), "line": edge.line, "col": edge.column}


def _unrelated(edge: Edge) -> Statement:
    return unrelate(edge.kind), _place_of(edge)


def _related(edge: Edge) -> Statement:
    return relate(edge.kind), _place_of(edge) | {"confidence": edge.confidence, "evidence": edge.evidence.value}
