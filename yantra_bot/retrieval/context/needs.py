"""What code needs, one step away: by the edges of the graph, or without one by equal names, which it says. Pure."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind, Symbol
from yantra_bot.domain.paths import is_test
from yantra_bot.graphdb.queries import members
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.retrieval.chunks import Chunk, ChunkKind

KINDS: Final = frozenset(
    {EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.RETURNS, EdgeKind.REQUESTS}
)
LEAST_CONFIDENCE: Final = 0.5
"""An edge below is a guess by name, and names are no reason to show code."""
BY_NAME: Final = 0.3
"""How sure a dependency is that only a name speaks for."""
MOST_TWINS: Final = 3
"""A name that more definitions have says nothing of which one is meant."""
_SHOWN_KINDS: Final = frozenset({NodeKind.CLASS, NodeKind.TYPE, NodeKind.FUNCTION, NodeKind.METHOD})
_DOES: Final = {
    EdgeKind.CALLS: "called",
    EdgeKind.USES: "used",
    EdgeKind.INHERITS: "inherited from",
    EdgeKind.IMPLEMENTS: "implemented",
    EdgeKind.RETURNS: "returned",
    EdgeKind.REQUESTS: "requested",
}
_NAME: Final = re.compile(r"[^\W\d]\w{2,}")


@dataclass(frozen=True, slots=True)
class Need:
    """Something that code in the prompt depends on. Lines count from 1, the last one included."""

    key: str
    path: str
    name: str
    """Dotted, inside its file."""
    first: int
    last: int
    signature: str
    is_value: bool
    """Whether it is a constant or a variable, whose line is its signature."""
    weight: float
    reason: str
    by: tuple[str, ...]
    """The names of what needs it, the weightiest first."""


@dataclass(slots=True)
class _Claim:
    weight: float = 0.0
    best: float = 0.0
    reason: str = ""
    by: dict[str, None] = field(default_factory=dict)


def needs_by_graph(view: GraphView, weights: Mapping[str, float]) -> list[Need]:
    """Return what symbols need, the weightiest first; `weights` has their keys, which are not returned themselves.

    What many others need too weighs less: everybody knows what it does by its name. What lies in tests is needed by
    tests alone: that a test's class is a subclass, or a stand-in, says nothing of the code that calls it.
    """
    owners = _owners(view, weights)
    edges = view.edges_of(np.array(sorted(owners), np.int64), Direction.OUT, KINDS) if owners else np.zeros(0, np.int64)
    sure = view.confidences(edges)
    order = np.lexsort((edges, -sure))
    edges = edges[order][sure[order] >= np.float32(LEAST_CONFIDENCE)]
    claims: defaultdict[int, _Claim] = defaultdict(_Claim)
    for edge, source, target in zip(
        edges.tolist(), view.sources(edges).tolist(), view.targets(edges).tolist(), strict=True
    ):
        owner = owners[source]
        if target not in owners and owner not in claims[target].by:
            _claim(claims[target], owner, weights[owner], view, edge)
    found = (_need(view, row, claim) for row, claim in claims.items())
    return sorted((need for need in found if need is not None), key=lambda need: (-need.weight, need.key))


def _owners(view: GraphView, weights: Mapping[str, float]) -> dict[int, str]:
    """Return each row inside of the symbols with the key of the symbol that it belongs to; the weightiest wins."""
    owners: dict[int, str] = {}
    for key in sorted(weights, key=lambda one: (-weights[one], one)):
        row = view.index_of(key)
        for inner in members(view, [row]) if row is not None else ():
            owners.setdefault(inner, key)
    return owners


def _claim(claim: _Claim, owner: str, weight: float, view: GraphView, edge: int) -> None:
    made = view.edge(edge)
    worth = weight * made.confidence
    claim.weight += worth
    claim.by[owner] = None
    if worth > claim.best:
        claim.best = worth
        sure = "" if made.confidence > 0.9 else f", {made.confidence:.0%} sure"
        claim.reason = f"{_DOES[made.kind]} by {name_in_file(owner)} in line {made.line}{sure}"


def _need(view: GraphView, row: int, claim: _Claim) -> Need | None:
    symbol = view.symbol(row)
    if not symbol.path or not (symbol.kind in _SHOWN_KINDS or is_value(symbol)):
        return None
    if is_test(symbol.path) and not any(is_test(key.partition("::")[0]) for key in claim.by):
        return None
    others = len(view.edges_in(row, KINDS))
    return Need(
        key=symbol.key,
        path=symbol.path,
        name=name_in_file(symbol.key),
        first=symbol.span.line,
        last=symbol.span.end_line,
        signature=symbol.signature,
        is_value=symbol.kind is NodeKind.VARIABLE,
        weight=claim.weight / math.log2(2 + others),
        reason=claim.reason,
        by=tuple(name_in_file(key) for key in claim.by),
    )


def is_value(symbol: Symbol) -> bool:
    """Tell whether a symbol is a variable of its module, not one of a function or a field."""
    return symbol.kind is NodeKind.VARIABLE and symbol.parent == f"{symbol.path}::"


def name_in_file(key: str) -> str:
    """Return the dotted name behind the path in a key."""
    return key.partition("::")[2] or key.partition("::")[0]


def index_names(chunks: Iterable[Chunk]) -> dict[str, list[Chunk]]:
    """Return the definitions outside of tests by their own name."""
    index: dict[str, list[Chunk]] = {}
    for chunk in chunks:
        if chunk.kind in {ChunkKind.FUNCTION, ChunkKind.CLASS} and chunk.name and not is_test(chunk.path):
            index.setdefault(chunk.name.rpartition(".")[2].partition("#")[0], []).append(chunk)
    return index


def needs_by_names(texts: Sequence[tuple[Chunk, float]], names: Mapping[str, list[Chunk]]) -> list[Need]:
    """Return the definitions whose names stand in texts; what shares its name with many others is none.

    `texts` has the code with its weight; it is not returned itself.
    """
    shown = {chunk.key for chunk, _ in texts}
    claims: defaultdict[str, _Claim] = defaultdict(_Claim)
    chunks: dict[str, Chunk] = {}
    for text, weight in texts:
        for name in dict.fromkeys(_NAME.findall(text.text)):
            twins = names.get(name, [])
            near = [one for one in twins if one.path == text.path] or (twins if len(twins) <= MOST_TWINS else [])
            for one in near:
                if one.key in shown:
                    continue
                claim, worth = claims[one.key], weight * BY_NAME / len(near)
                claim.weight += worth
                claim.by[text.name or text.path] = None
                claim.reason = claim.reason or f"its name stands in {text.name or text.path}"
                chunks[one.key] = one
    found = [_need_of(chunks[key], claim) for key, claim in claims.items()]
    return sorted(found, key=lambda need: (-need.weight, need.key))


def _need_of(chunk: Chunk, claim: _Claim) -> Need:
    return Need(
        key=chunk.key,
        path=chunk.path,
        name=chunk.name,
        first=chunk.first,
        last=chunk.last,
        signature=chunk.signature,
        is_value=False,
        weight=claim.weight,
        reason=claim.reason,
        by=tuple(claim.by),
    )
