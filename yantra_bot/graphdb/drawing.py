"""The neighbourhood of a symbol, chosen and laid out in columns: who needs it to the left, what it needs to the right.

It decides what is shown and where; `drawing_svg` and `drawing_page` write it down. It knows no colours and no markup.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind, Symbol
from yantra_bot.graphdb.arrays import EDGE_KINDS, NODE_CODES
from yantra_bot.graphdb.queries import members
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import USE_KINDS, Walk, walk

DRAWN_KINDS: Final = (
    *(EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.RETURNS),
    *(EdgeKind.DATA_FLOW, EdgeKind.TESTS, EdgeKind.REQUESTS, EdgeKind.IMPORTS),
)
"""In the order of the legend."""
SWEEPS: Final = 4


@dataclass(frozen=True, slots=True)
class Node:
    """A symbol of the drawing. `level` counts steps: negative before the centre (they need it), positive after it."""

    symbol: Symbol
    level: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Link:
    """All edges of one kind between two nodes (numbers in the drawing), with the first place that shows one."""

    source: int
    target: int
    kind: EdgeKind
    confidence: float
    count: int
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is drawn. Node 0 is the centre; `left_out` symbols are within reach and not drawn."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    left_out: int


def find_neighbourhood(view: GraphView, row: int, *, depth: int = 2, limit: int = 60) -> Neighbourhood:
    """Return what is at most `depth` steps from the symbol, the nearest and surest `limit` symbols of each side.

    What is defined inside of the symbol counts as the symbol: its own calls are drawn as one.
    """
    inside = members(view, [row])
    kinds = USE_KINDS
    if view.symbol(row).kind in (NodeKind.MODULE, NodeKind.FILE):
        kinds = kinds | {EdgeKind.IMPORTS}
    sides = [_side(view, inside, direction, kinds, depth) for direction in (Direction.IN, Direction.OUT)]
    levels: dict[int, tuple[int, float]] = {}
    for sign, found in zip((-1, 1), sides, strict=True):
        is_outside = view.node_kinds[found.symbols] == NODE_CODES[NodeKind.EXTERNAL]
        chosen = np.lexsort((-found.confidences, is_outside, found.depths))[:limit].tolist()
        for at in chosen:
            symbol, far = int(found.symbols[at]), int(found.depths[at])
            if symbol not in levels or far < abs(levels[symbol][0]):
                levels[symbol] = (sign * far, float(found.confidences[at]))
    rows = [row, *levels]
    total = len({symbol for found in sides for symbol in found.symbols.tolist()})
    nodes = [Node(view.symbol(row), 0, 1.0)]
    nodes += [Node(view.symbol(symbol), level, round(sure, 4)) for symbol, (level, sure) in levels.items()]
    return Neighbourhood(tuple(nodes), _links(view, rows, inside, kinds), total - len(levels))


def _side(view: GraphView, starts: list[int], direction: Direction, kinds: frozenset[EdgeKind], depth: int) -> Walk:
    found = walk(view, starts, direction, kinds=kinds, depth=depth)
    keep = [at for at, symbol in enumerate(found.symbols.tolist()) if not _is_noise(view.key(symbol))]
    return Walk(found.starts, direction, found.symbols[keep], found.confidences[keep], found.depths[keep], ())


def _is_noise(key: str) -> bool:
    return key.startswith("::<builtin>")


def _links(view: GraphView, rows: list[int], inside: list[int], kinds: frozenset[EdgeKind]) -> tuple[Link, ...]:
    numbers = {symbol: number for number, symbol in enumerate(rows)} | dict.fromkeys(inside, 0)
    edges = view.edges_of(np.array(sorted(numbers), np.int64), Direction.OUT, kinds)
    groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    columns = (view.sources(edges), view.targets(edges), view.edge_kinds(edges), edges)
    for source, target, kind, edge in zip(*(column.tolist() for column in columns), strict=True):
        ends = (numbers[source], numbers.get(target, -1))
        if ends[1] >= 0 and ends[0] != ends[1]:
            groups[*ends, kind].append(edge)
    tested = {(source, target) for source, target, kind in groups if EDGE_KINDS[kind] is EdgeKind.TESTS}
    links = []
    for (source, target, kind), same in sorted(groups.items()):
        if EDGE_KINDS[kind] is EdgeKind.CALLS and (source, target) in tested:
            continue  # one line says both
        best = view.edge(max(same, key=lambda edge: view.confidences(np.array([edge]))[0]))
        links.append(Link(source, target, EDGE_KINDS[kind], best.confidence, len(same), best.path, best.line))
    return tuple(links)


@dataclass(frozen=True, slots=True)
class Column:
    """The nodes of one level from top to bottom, and how many more there are."""

    level: int
    nodes: tuple[int, ...]
    more: int


def arrange(shown: Neighbourhood, *, most: int) -> list[Column]:
    """Return the columns from left to right, with at most `most` nodes each, ordered so that few links cross.

    A node of a further column is in it only when one beside it, nearer to the centre, is drawn.
    """
    near = _beside(shown)
    levels: dict[int, list[int]] = defaultdict(list)
    for number, node in enumerate(shown.nodes):
        levels[node.level].append(number)
    order: dict[int, list[int]] = {}
    for level in sorted(levels, key=abs):
        inner = set(order.get(level - (level > 0) + (level < 0), []))
        tied = [number for number in levels[level] if level == 0 or near[number] & inner]
        order[level] = _surest(shown, tied)[:most]
    places = {number: _centred(at, numbers) for numbers in order.values() for at, number in enumerate(numbers)}
    for _ in range(SWEEPS):
        for level in sorted(order, key=abs):
            order[level] = sorted(order[level], key=lambda number: _balance(number, near, places, shown))
            places |= {number: _centred(at, order[level]) for at, number in enumerate(order[level])}
    more = {level: len(levels[level]) - len(order[level]) for level in order}
    return [Column(level, tuple(order[level]), more[level]) for level in sorted(order) if order[level]]


def _beside(shown: Neighbourhood) -> dict[int, set[int]]:
    near: dict[int, set[int]] = defaultdict(set)
    for link in shown.links:
        near[link.source].add(link.target)
        near[link.target].add(link.source)
    return near


def _surest(shown: Neighbourhood, numbers: list[int]) -> list[int]:
    """Sort by confidence, what stands outside of the repository last."""
    nodes = shown.nodes
    is_outside = {number: nodes[number].symbol.kind is NodeKind.EXTERNAL for number in numbers}
    return sorted(numbers, key=lambda number: (is_outside[number], -nodes[number].confidence, nodes[number].symbol.key))


def _centred(at: int, numbers: list[int]) -> float:
    return at - (len(numbers) - 1) / 2


def _balance(
    number: int, near: dict[int, set[int]], places: dict[int, float], shown: Neighbourhood
) -> tuple[float, str]:
    """Return the middle of a node's neighbours that stand nearer to the centre; equal ones stay by file."""
    level = abs(shown.nodes[number].level)
    found = [places[other] for other in near[number] if other in places and abs(shown.nodes[other].level) < level]
    return (sum(found) / len(found) if found else places[number], shown.nodes[number].symbol.key)
