"""Code that nobody uses, as far as the graph can tell; where it cannot, it says so and why.

It names candidates for deletion and proves nothing: a program may still find a symbol by its name at run time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind, Symbol
from yantra_bot.graphdb.api_diff import is_test_path, public_api
from yantra_bot.graphdb.arrays import Mask
from yantra_bot.graphdb.mentions import Mentions, Place
from yantra_bot.graphdb.structure import GUESS, used_rows
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import DEPENDANT_KINDS, USE_KINDS

CANDIDATES: Final = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS)
NESTING: Final = 4
"""Levels of code inside of dead code that are taken as dead with it."""
_ENTRIES = frozenset({"main", "init", "<init>", "constructor", "setup", "teardown"})
_HOOKS = ("<", "pytest_")
_UNWRITTEN = frozenset({NodeKind.IMPORT, NodeKind.EXTERNAL, NodeKind.MODULE, NodeKind.FILE})
"""What defines no name in a text: an import's edge stands there already."""
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


def find_dead(view: GraphView, *, include_public: bool = False, mentions: Mentions | None = None) -> list[Dead]:
    """Return the functions, methods and classes that nobody calls, dead ones first, each part by key.

    Left out: tests and the classes around them, routes, decorated and special ones, and the public API unless it is
    asked for (in a program, nobody else uses that either). Code that only dead code uses is dead too. `mentions` tells
    of names where they stand in the files: where there are more places than the graph knows of, it cannot tell.
    """
    api = set() if include_public else {symbol.key for symbol in public_api(view.symbols())}
    rows = [row for row in view.of_kind(*CANDIDATES) if _is_candidate(view.symbol(row), api)]
    suspects = np.zeros(view.row_count, np.bool_)
    suspects[rows] = True
    unused, alone = _unused(view, suspects)
    found = [_judge(view, row, by_dead=not alone[row]) for row in np.flatnonzero(unused).tolist()]
    if mentions is not None:
        found = _doubt(view, found, mentions)
    found = _spread_doubt(view, found)
    return sorted(_outermost(found), key=lambda item: (item.verdict is not Verdict.DEAD, item.symbol.key))


def _doubt(view: GraphView, found: list[Dead], mentions: Mentions) -> list[Dead]:
    """Take back the verdict about names that are written in more places than their definitions and known uses."""
    names = {item.symbol.name for item in found if item.verdict is Verdict.DEAD}
    more_of = {name: _unexplained(view, name, places) for name, places in mentions(names).items()}
    doubted = []
    for item in found:
        more = more_of.get(item.symbol.name, 0) if item.verdict is Verdict.DEAD else 0
        told = f"its name stands in {more} more place{'s' if more > 1 else ''}"
        doubted.append(Dead(item.symbol, Verdict.CANNOT_TELL, told) if more > 0 else item)
    return doubted


def _unexplained(view: GraphView, name: str, places: Mapping[Place, int]) -> int:
    """Return how often a name is written where the graph knows of nothing that has it.

    An edge explains a place only if it stands there: a call through a variable is an edge, and does not name it.
    """
    same = view.find(name)
    edges = [view.edge(edge) for row in same for edge in view.edges_in(row, DEPENDANT_KINDS).tolist()]
    known = Counter(place[:2] for place in {(edge.path, edge.line, edge.column) for edge in edges})
    definitions = sum(view.symbol(row).kind not in _UNWRITTEN for row in same)
    return sum((Counter(places) - known).values()) - definitions


def _spread_doubt(view: GraphView, found: list[Dead]) -> list[Dead]:
    """Take back the verdict about what is used by something of which the graph cannot tell."""
    users = {item.symbol.key: _users(view, item.symbol.key) for item in found if item.verdict is Verdict.DEAD}
    doubtful = {item.symbol.key for item in found if item.verdict is Verdict.CANNOT_TELL}
    reasons: dict[str, str] = {}
    waiting = True
    while waiting:
        fresh = {key: by for key, of in users.items() if key not in doubtful and (by := next(iter(of & doubtful), ""))}
        reasons |= {key: f"{by.partition('::')[2]} uses it, and of that it cannot tell" for key, by in fresh.items()}
        doubtful |= fresh.keys()
        waiting = bool(fresh)
    return [
        Dead(item.symbol, Verdict.CANNOT_TELL, reasons[item.symbol.key]) if item.symbol.key in reasons else item
        for item in found
    ]


def _users(view: GraphView, key: str) -> set[str]:
    """Return the keys of what uses a symbol, and of what is around those."""
    row = view.index_of(key)
    waiting = [] if row is None else view.neighbours(row, Direction.IN, USE_KINDS)
    keys: set[str] = set()
    while waiting:
        symbol = view.symbol(waiting.pop())
        around = view.index_of(symbol.parent or "")
        if symbol.key not in keys and around is not None:
            waiting.append(around)
        keys.add(symbol.key)
    return keys


def _is_candidate(symbol: Symbol, api: set[str]) -> bool:
    if symbol.key in api or symbol.decorators or symbol.name in _ENTRIES or symbol.name.startswith(_HOOKS):
        return False
    if symbol.name.startswith("__") and symbol.name.endswith("__"):
        return False
    in_test = is_test_path(symbol.path) and symbol.kind is not NodeKind.FUNCTION
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
