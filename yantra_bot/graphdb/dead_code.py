"""Code that nobody uses, as far as the graph can tell; where it cannot, it says so and why.

It names candidates for deletion and proves nothing: a program may still find a symbol by its name at run time.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind, Symbol
from yantra_bot.graphdb.api_diff import is_test_path, public_api
from yantra_bot.graphdb.arrays import Mask
from yantra_bot.graphdb.structure import GUESS, used_rows
from yantra_bot.graphdb.view import GraphView
from yantra_bot.graphdb.walks import USE_KINDS

CANDIDATES: Final = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS)
NESTING: Final = 4
"""Levels of code inside of dead code that are taken as dead with it."""
_ENTRIES = frozenset({"main", "init", "<init>", "constructor", "setup", "teardown"})
_HOOKS = ("<", "pytest_")
_BASES = frozenset({EdgeKind.INHERITS, EdgeKind.IMPLEMENTS})


class Verdict(StrEnum):
    """How sure it is that nobody uses a symbol."""

    DEAD = "dead"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Dead:
    """A symbol that nothing is known to use."""

    symbol: Symbol
    verdict: Verdict
    reason: str


def find_dead(view: GraphView, *, include_public: bool = False) -> list[Dead]:
    """Return the functions, methods and classes that nobody calls, dead ones first, each part by key.

    Left out: tests, routes, decorated and special ones, and the public API unless it is asked for (in a program,
    nobody else uses that either). Code that only dead code uses is dead too.
    """
    known = {symbol.key: symbol for symbol in view.symbols()}
    api = set() if include_public else {symbol.key for symbol in public_api(known.values())}
    rows = [row for row in view.of_kind(*CANDIDATES) if _is_candidate(view.symbol(row), known, api)]
    suspects = np.zeros(view.row_count, np.bool_)
    suspects[rows] = True
    unused, alone = _unused(view, suspects)
    found = [_judge(view, row, by_dead=not alone[row]) for row in np.flatnonzero(unused).tolist()]
    found = _outermost(found)
    return sorted(found, key=lambda item: (item.verdict is not Verdict.DEAD, item.symbol.key))


def _is_candidate(symbol: Symbol, known: dict[str, Symbol], api: set[str]) -> bool:
    if symbol.key in api or symbol.decorators or symbol.name in _ENTRIES or symbol.name.startswith(_HOOKS):
        return False
    if symbol.name.startswith("__") and symbol.name.endswith("__"):
        return False
    around = known.get(symbol.parent or "")
    in_test = is_test_path(symbol.path) and around is not None and around.kind is NodeKind.CLASS
    return not in_test and not symbol.path.endswith((".pyi", ".d.ts"))


def _unused(view: GraphView, suspects: Mask) -> tuple[Mask, Mask]:
    """Return the suspects that only suspects of the same kind use, and among them those that nobody uses at all."""
    alone = suspects & ~used_rows(view, USE_KINDS)
    edges = view.all_edges(USE_KINDS)
    edges = edges[view.confidences(edges) >= np.float32(GUESS)]
    sources, targets = view.sources(edges), view.targets(edges)
    defines = view.all_edges({EdgeKind.DEFINES})
    outer, inner = view.sources(defines), view.targets(defines)
    unused, size = suspects.copy(), -1
    while size != (size := int(np.count_nonzero(unused))):  # until no further one is used from outside
        off = unused.copy()
        for _ in range(NESTING):
            off[inner[off[outer]]] = True
        hit = np.zeros(view.row_count, np.bool_)
        hit[targets[~off[sources] & (sources != targets)]] = True
        hit[outer[hit[inner]]] = True  # a class is used where its constructor is
        unused &= ~hit
    return unused, alone


def _judge(view: GraphView, row: int, *, by_dead: bool) -> Dead:
    symbol = view.symbol(row)
    unresolved = view.count_unresolved(symbol.name)
    if unresolved:
        told = f"{unresolved} unresolved reference{'s' if unresolved > 1 else ''} to this name"
        return Dead(symbol, Verdict.CANNOT_TELL, told)
    if len(view.edges_in(row, USE_KINDS)) and not by_dead:
        return Dead(symbol, Verdict.CANNOT_TELL, "something of this name is used where the receiver is not known")
    if symbol.kind is NodeKind.METHOD and (base := _foreign_base(view, symbol)):
        return Dead(symbol, Verdict.CANNOT_TELL, f"{base}, from outside, may call it")
    if len(view.edges_in(row, {EdgeKind.IMPORTS})):
        return Dead(symbol, Verdict.DEAD, "imported, and not used there")
    return Dead(symbol, Verdict.DEAD, "only dead code uses it" if by_dead else "nothing uses it")


def _foreign_base(view: GraphView, method: Symbol) -> str:
    """Return a class from outside that the method's class inherits from, or one whose method it overrides."""
    start = view.index_of(method.parent or "")
    seen, line = set[int](), [] if start is None else [start]
    for row in line:
        for base in view.targets(view.edges_out(row, _BASES)).tolist():
            symbol = view.symbol(base)
            if symbol.kind is NodeKind.EXTERNAL and symbol.name != "object":
                return symbol.qualified_name
            if base not in seen:
                seen.add(base)
                line.append(base)
    return ""


def _outermost(found: list[Dead]) -> list[Dead]:
    """Leave out what stands inside of something that is as dead."""
    dead = {item.symbol.key for item in found if item.verdict is Verdict.DEAD}
    return [item for item in found if item.symbol.parent not in dead]
