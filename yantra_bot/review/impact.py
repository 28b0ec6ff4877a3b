"""What the change reaches: symbols, files, entry points and owners, each over the surest path to it.

Changed symbols are followed in the graph of the head, removed ones in that of the base. The answer is a lower bound
wherever references that may mean a changed symbol could not be resolved: those are counted by name, never guessed at.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.domain.findings import Evidence, Side
from yantra_bot.domain.graph import Edge, NodeKind
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.review import Affected, FileStatus, ImpactReport, SymbolChange, SymbolChangeKind
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.queries import members
from yantra_bot.graphdb.structure import EntryKind, entry_kind_of
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import Walk, walk
from yantra_bot.review.engine import Draft
from yantra_bot.review.owners import find_owners
from yantra_bot.review.subject import Subject

DEPTH: Final = 3
LEAST: Final = 0.2
"""A path less sure than this is a chain of guesses."""
MAX_AFFECTED: Final = 200
MAX_ENTRIES: Final = 50
MAX_LOOKED_AT: Final = 400
"""Affected symbols that are asked whether execution comes in there."""
MAX_NAMES: Final = 64

_UNSHOWN = frozenset({NodeKind.FILE, NodeKind.IMPORT, NodeKind.EXTERNAL, NodeKind.TEST})
"""Nothing of itself is affected there; tests are told as tests."""
_KEPT = (SymbolChangeKind.MOVED, SymbolChangeKind.RENAMED)


@dataclass(frozen=True, slots=True)
class _Followed:
    """A walk from changed symbols of one version."""

    view: GraphView
    side: Side
    walk: Walk
    rows: tuple[int, ...]
    """What it reached and is to be told, the surest first."""


def report_impact(draft: Draft) -> None:
    """Leave in the draft what the change reaches."""
    subject = draft.subject
    head = _follow(subject, Side.HEAD, [change for change in subject.symbols if change.key and _is_felt(change)])
    gone = [change for change in subject.symbols if change.kind is SymbolChangeKind.REMOVED]
    base = _follow(subject, Side.BASE, gone)
    affected = _merge(head, base)
    entries = [*_changed_entries(head), *(one for one in affected if one.is_entry_point)]
    changed = {file.path for file in subject.files}
    reached = _paths_of(head) | _paths_of(base)
    paths = [file.path if file.status is FileStatus.REMOVED else file.base_path for file in subject.files]
    owners, gaps = find_owners(subject.base.read, paths, sorted(reached - changed))
    draft.gaps.extend(gaps)
    count = len({found.view.key(row) for found in (head, base) for row in found.rows})
    draft.impact = ImpactReport(
        affected=tuple(affected[:MAX_AFFECTED]),
        symbols=count,
        files=len(reached),
        entry_points=tuple(entries[:MAX_ENTRIES]),
        owners=owners,
        unresolved=_count_unresolved(subject),
        depth=DEPTH,
        is_cut=count > MAX_AFFECTED or len(entries) > MAX_ENTRIES,
    )


def _is_felt(change: SymbolChange) -> bool:
    """Tell whether others may notice: not another format, and not another place with the same code."""
    if change.kind in (SymbolChangeKind.FORMAT, SymbolChangeKind.REMOVED) or change.is_test:
        return False
    return change.kind not in _KEPT or change.is_body_changed or bool(change.breaking)


def _follow(subject: Subject, side: Side, changes: list[SymbolChange]) -> _Followed:
    """Walk from changed symbols to all that needs them. A removed one's dependants count where they are still there."""
    view, head = subject.version(side).view, subject.head.view
    starts: set[int] = set()
    for change in changes:
        row = view.index_of(change.key if side is Side.HEAD else change.old_key)
        if row is not None:
            starts.add(row)
            # Another head of a class is felt in all of it; another line in its body is one of its members' changes.
            is_whole = change.symbol_kind is NodeKind.CLASS and change.kind is not SymbolChangeKind.BODY
            starts.update(members(view, [row]) if is_whole else ())
    found = walk(view, sorted(starts), Direction.IN, depth=DEPTH, least=LEAST)
    changed = {change.key for change in subject.symbols if change.kind is not SymbolChangeKind.FORMAT}
    hidden = np.isin(view.node_kinds[found.symbols], [NODE_CODES[kind] for kind in _UNSHOWN])
    numbers = view.paths[found.symbols]
    tests = [number for number in np.unique(numbers).tolist() if number >= 0 and is_test(view.path_of(number))]
    hidden |= np.isin(numbers, tests)
    rows = [
        row
        for row in found.symbols[~hidden].tolist()
        if (key := view.key(row)) not in changed and (side is Side.HEAD or head.index_of(key) is not None)
    ]
    return _Followed(view, side, found, tuple(rows))


def _paths_of(found: _Followed) -> set[str]:
    rows = np.array(found.rows, np.int64)
    return {found.view.path_of(number) for number in np.unique(found.view.paths[rows]).tolist()}


def _merge(head: _Followed, base: _Followed) -> list[Affected]:
    """Return what both walks reached, the surest first, each once."""
    best: dict[str, Affected] = {}
    for found in (head, base):
        for number, row in enumerate(found.rows[: MAX_AFFECTED * 2]):
            one = _make(found, row, head.view, is_asked=number < MAX_LOOKED_AT)
            key = found.view.key(row)
            if key not in best or best[key].confidence < one.confidence:
                best[key] = one
    return sorted(
        best.values(),
        key=lambda one: (-one.confidence, len(one.via), is_test_path(one.path), one.path, one.line),
    )


def _make(found: _Followed, row: int, head: GraphView, *, is_asked: bool) -> Affected:
    """Make one affected symbol, at its place in the head."""
    view = found.view
    now = head.index_of(view.key(row))
    symbol = view.symbol(row) if now is None else head.symbol(now)
    path = found.walk.path_to(view, row)
    return Affected(
        symbol.qualified_name,
        symbol.path,
        symbol.span.line,
        symbol.kind,
        round(math.prod(edge.confidence for edge in path), 4),
        via=_tell(view, path, found.side),
        is_entry_point=is_asked and _is_entry(view, row),
    )


def _is_entry(view: GraphView, row: int) -> bool:
    """Tell whether execution comes in at a symbol that somebody named."""
    return entry_kind_of(view, row) not in (None, EntryKind.TEST) and not view.symbol(row).name.startswith("<")


def _tell(view: GraphView, path: list[Edge], side: Side) -> tuple[Evidence, ...]:
    """Return a path for people: the changed symbol where it is defined, then who needs the one before, and where."""
    if not path:
        return ()
    start = view.index_of(path[0].target)
    steps = [] if start is None else [_place_of(view, start, side)]
    for edge in path:
        row = view.index_of(edge.source)
        name = edge.source if row is None else view.symbol(row).qualified_name
        steps.append(Evidence(name, edge.path, edge.line, side, round(edge.confidence, 4)))
    return tuple(steps)


def _place_of(view: GraphView, row: int, side: Side) -> Evidence:
    symbol = view.symbol(row)
    return Evidence(symbol.qualified_name, symbol.path, symbol.span.line, side)


def _changed_entries(head: _Followed) -> Iterable[Affected]:
    """Yield the changed symbols at which execution comes in."""
    for row in head.walk.starts.tolist()[:MAX_LOOKED_AT]:
        if _is_entry(head.view, row):
            symbol = head.view.symbol(row)
            place = (symbol.qualified_name, symbol.path, symbol.span.line, symbol.kind)
            yield Affected(*place, confidence=1.0, is_entry_point=True)


def _count_unresolved(subject: Subject) -> tuple[tuple[str, int], ...]:
    """Return names of changed and removed symbols with how many references in the head may mean them, most first."""
    names: set[str] = set()
    for change in subject.symbols:
        is_gone = change.kind is SymbolChangeKind.REMOVED
        if (is_gone or _is_felt(change)) and change.symbol_kind not in (NodeKind.MODULE, NodeKind.FILE):
            names.add((change.old_name if is_gone else change.name).rpartition(".")[2])
    view = subject.head.view
    counted = [(name, view.count_unresolved(name)) for name in sorted(names)[:MAX_NAMES] if name]
    return tuple(sorted(((name, number) for name, number in counted if number), key=lambda one: (-one[1], one[0])))
