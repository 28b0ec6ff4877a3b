"""What `symbol` and `callers` answer out of the code graph. What the graph could not resolve is said, never guessed."""

from collections import Counter
from typing import Final

import numpy as np

from yantra_bot.agent.answers.lines import count, heading, name_of, one_line, place_of, rest_of, show_path, sure
from yantra_bot.domain.graph import EdgeKind
from yantra_bot.errors import UserError
from yantra_bot.graphdb.names import find_similar
from yantra_bot.graphdb.queries import CALLS, find_callers, find_definitions, find_references, reached
from yantra_bot.graphdb.view import Direction, GraphView

MOST_DEFINITIONS: Final = 8
MOST_MEMBERS: Final = 40
MOST_USES: Final = 12
MOST_CALLS: Final = 60
MOST_UNRESOLVED: Final = 8
MOST_SIMILAR: Final = 5
MOST_DOC: Final = 600


def find_rows(view: GraphView, name: str) -> list[int]:
    """Return what a name means; raise UserError that names similar ones where it means nothing."""
    rows = find_definitions(view, name)
    if not rows:
        similar = find_similar(view, name)[:MOST_SIMILAR]
        hint = f" Did you mean {', '.join(similar)}?" if similar else " codebase_search finds code by what it is about."
        raise UserError(f"There is no symbol {one_line(name, 80)} in this repository.{hint}")
    return rows


def show_symbol(view: GraphView, name: str) -> str:
    """Return the definitions that a name means: place, signature, docstring, members, and who uses them."""
    rows = find_rows(view, name)
    parts = [_card(view, row) for row in rows[:MOST_DEFINITIONS]]
    return "\n\n".join([*parts, *rest_of(len(rows), MOST_DEFINITIONS, "Name one in full, or by FILE:LINE.")])


def _card(view: GraphView, row: int) -> str:
    symbol = view.symbol(row)
    lines = [heading(symbol)]
    lines += [f"  @{one_line(decorator.lstrip('@'))}" for decorator in symbol.decorators]
    lines += [f"  {one_line(symbol.signature)}"] if symbol.signature else []
    lines += [f'  "{one_line(symbol.docstring, MOST_DOC)}"'] if symbol.docstring else []
    lines += _members(view, row)
    lines += _uses(view, row)
    return "\n".join(lines)


def _members(view: GraphView, row: int) -> list[str]:
    inside = [view.symbol(one) for one in view.neighbours(row, Direction.OUT, frozenset({EdgeKind.DEFINES}))]
    inside.sort(key=lambda member: (member.span.line, member.span.column))
    if not inside:
        return []
    shown = [f"    {one.span.line:>5}  {one_line(one.signature or f'{one.kind} {one.name}')}" for one in inside]
    more = rest_of(len(inside), MOST_MEMBERS, "Read the file for them.")
    return [f"  {count(len(inside), 'member')}:", *shown[:MOST_MEMBERS], *(f"    {line}" for line in more)]


def _uses(view: GraphView, row: int) -> list[str]:
    edges = find_references(view, row)
    kinds = Counter(str(edge.kind) for edge in edges)
    said = ", ".join(f"{kind} {number}" for kind, number in kinds.items())
    lines = [f"  used in {count(len(edges), 'place')}: {said}" if edges else "  no use of it is known"]
    best = sorted(edges, key=lambda edge: (-edge.confidence, edge.path, edge.line))[:MOST_USES]
    lines += [
        f"    {edge.path}:{edge.line}  {edge.kind} in {_source(view, edge.source)}, {sure(edge.confidence)}"
        for edge in best
    ]
    lines += [f"    {line}" for line in rest_of(len(edges), len(best), "callers and impact list more.")]
    return [*lines, *_unresolved(view, view.symbol(row).name)]


def _source(view: GraphView, key: str) -> str:
    row = view.index_of(key)
    return name_of(view.symbol(row)) if row is not None else one_line(key)


def _unresolved(view: GraphView, name: str) -> list[str]:
    total = view.count_unresolved(name)
    if not total:
        return []
    shown = view.unresolved_named(name, limit=MOST_UNRESOLVED)
    places = ", ".join(f"{one.path}:{one.line}" for one in shown)
    more = f" and {total - len(shown):,} more" if total > len(shown) else ""
    return [f"  {count(total, 'reference')} of the name could not be resolved and may mean it too: {places}{more}"]


def show_callers(view: GraphView, name: str, depth: int) -> str:
    """Return the call sites of what a name means, and beyond them who calls the callers, with how sure each is."""
    rows = find_rows(view, name)
    symbols = [view.symbol(row) for row in rows]
    lines = [f"Callers of {', '.join(dict.fromkeys(f'{name_of(one)} ({place_of(one)})' for one in symbols[:5]))}:"]
    sites = sorted(
        (view.edge(edge) for edge in view.edges_of(np.array(rows, np.int64), Direction.IN, CALLS).tolist()),
        key=lambda edge: (-edge.confidence, edge.path, edge.line, edge.column),
    )
    lines += [
        f"{edge.path}:{edge.line}  in {_source(view, edge.source)}, {sure(edge.confidence)}"
        for edge in sites[:MOST_CALLS]
    ]
    lines += rest_of(len(sites), MOST_CALLS, "search finds them all by the name.")
    lines += [] if sites else ["No call of it is known.", *(line for row in rows for line in _uses(view, row))]
    lines += _further(view, rows, depth)
    for unclear in dict.fromkeys(symbol.name for symbol in symbols if sites):
        lines += [line.strip() for line in _unresolved(view, unclear)]
    return "\n".join(lines)


def _further(view: GraphView, rows: list[int], depth: int) -> list[str]:
    if depth < 2:
        return []
    walk = find_callers(view, rows, depth=depth)
    far = [row for row, steps in zip(walk.symbols.tolist(), walk.depths.tolist(), strict=True) if steps > 1]
    found = reached(view, walk, far[:MOST_CALLS])
    lines = [f"Through up to {depth} calls:"] if found else [f"Nobody calls them within {depth} calls."]
    lines += [
        f"{place_of(one.symbol)}  {name_of(one.symbol)}, {sure(one.confidence)}: {show_path(view, one.path[::-1])}"
        for one in found
    ]
    return [*lines, *rest_of(len(far), MOST_CALLS, "Ask for the callers of one of these.")]
