"""The map of a repository for a task: the signatures that matter most, by PageRank from what the task is about. Pure.

Without a graph it is the signatures of the files that the search found, in their order.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.paths import is_test
from yantra_bot.graphdb.arrays import NODE_CODES
from yantra_bot.graphdb.ranking import rank_symbols
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.chunks import ChunkKind
from yantra_bot.retrieval.context.needs import name_in_file
from yantra_bot.retrieval.context.signatures import Line, group, most_that_fit, show_outline
from yantra_bot.retrieval.context.source import Sources

MAP_TOKENS: Final = 1_000
MOST_SYMBOLS: Final = 150
MOST_FILES: Final = 12
"""Files that a map without a graph is made of."""
_KINDS: Final = (NodeKind.CLASS, NodeKind.TYPE, NodeKind.FUNCTION, NodeKind.METHOD)
_FUNCTIONS: Final = (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA, NodeKind.TEST)
_ROUNDS: Final = 40
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Candidates:
    """Signatures for a map, the most important first, and where each of their files has definitions."""

    lines: Sequence[Line]
    places: Mapping[str, Sequence[int]]


def rank_by_graph(view: GraphView, weights: Mapping[str, float], shown: Collection[str]) -> Candidates:
    """Return the symbols that matter most to some, whose keys have weights; those of the keys `shown` are left out."""
    rows = {row: weight for key, weight in weights.items() if (row := view.index_of(key)) is not None}
    is_shown = np.isin(view.node_kinds, [NODE_CODES[kind] for kind in _KINDS]) & view.alive & (view.paths >= 0)
    lines: dict[str, Line] = {}
    # Where little can be reached from the task, what the whole repository leans on follows.
    for personal in (rows, None) if rows else (None,):
        rank = rank_symbols(view, personal=personal, rounds=_ROUNDS, tolerance=_TOLERANCE)
        order = np.flatnonzero(is_shown & (rank > 0))
        order = order[np.argsort(-np.round(rank[order], 9), kind="stable")][: MOST_SYMBOLS * 4]
        _take_lines(view, order.tolist(), shown, lines)
        if len(lines) >= MOST_SYMBOLS:
            break
    chosen = list(lines.values())
    return Candidates(chosen, _places(view, is_shown, {line.path for line in chosen}))


def _take_lines(view: GraphView, order: list[int], shown: Collection[str], lines: dict[str, Line]) -> None:
    for row in order:
        if len(lines) >= MOST_SYMBOLS:
            return
        symbol = view.symbol(row)
        is_new = symbol.key not in shown and symbol.key not in lines
        if is_new and not is_test(symbol.path) and not _is_local(view, symbol.parent):
            signature = symbol.signature or symbol.name
            lines[symbol.key] = Line(symbol.path, name_in_file(symbol.key), symbol.span.line, signature)


def _is_local(view: GraphView, parent: str | None) -> bool:
    row = view.index_of(parent) if parent is not None else None
    return row is not None and int(view.node_kinds[row]) in {NODE_CODES[kind] for kind in _FUNCTIONS}


def _places(
    view: GraphView, is_shown: np.ndarray[tuple[int], np.dtype[np.bool_]], paths: set[str]
) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {path: [] for path in paths}
    rows = np.flatnonzero(is_shown)
    names = {number: view.path_of(number) for number in np.unique(view.paths[rows]).tolist()}
    for number, line in zip(view.paths[rows].tolist(), view.spans(rows)[0].tolist(), strict=True):
        if names[number] in places:
            places[names[number]].append(line)
    return {path: sorted(lines) for path, lines in places.items()}


def rank_by_files(paths: Iterable[str], sources: Sources, shown: Collection[str]) -> Candidates:
    """Return the definitions of files, in their order; those of the keys `shown` are left out."""
    lines: list[Line] = []
    places: dict[str, list[int]] = {}
    for path in list(paths)[:MOST_FILES]:
        chunks = [one for one in sources.chunks(path) if one.kind in {ChunkKind.FUNCTION, ChunkKind.CLASS}]
        places[path] = sorted(one.start or one.first for one in chunks)
        lines += [Line(path, one.name, one.start or one.first, one.signature) for one in chunks if one.key not in shown]
    return Candidates(lines[:MOST_SYMBOLS], places)


def draw(candidates: Candidates, weigh: Callable[[str], int], limit: int) -> tuple[str, int]:
    """Return the map of as many of the first candidates as fit into so many tokens, and how many these are."""

    def show(count: int) -> str:
        grouped = group(candidates.lines[:count])
        return "\n".join(show_outline(path, lines, candidates.places[path]) for path, lines in grouped.items())

    count = most_that_fit(len(candidates.lines), lambda number: weigh(show(number)), limit)
    return show(count), count
