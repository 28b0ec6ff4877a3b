"""Which chunk names which: links by equal names, or those of the code graph where it is at hand. Arrays."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.domain.graph import Symbol
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.corpus import Group
from yantra_bot.retrieval.lexical import Scores
from yantra_bot.retrieval.terms import NONE, Ints

MOST_NAMED: Final = 8
"""A name that more definitions have says nothing of which one is meant."""


@dataclass(frozen=True, slots=True)
class Links:
    """`sources[i]` needs `targets[i]`, by rows of two groups; `weights[i]` says how surely."""

    sources: Ints
    targets: Ints
    weights: Scores

    def pull(self, values: Scores, count: int) -> Scores:
        """Return for each target the highest value of what needs it, by weight. `count` is how many targets are."""
        found = np.zeros(count)
        np.maximum.at(found, self.targets, values[self.sources] * self.weights)
        return found

    def push(self, values: Scores, count: int) -> Scores:
        """Return for each source the highest value of what it needs, by weight."""
        found = np.zeros(count)
        np.maximum.at(found, self.sources, values[self.targets] * self.weights)
        return found

    def count_users(self, count: int) -> Scores:
        """Return how much each target is needed."""
        return np.bincount(self.targets, weights=self.weights, minlength=count).astype(np.float64)

    def count_needs(self, count: int) -> Scores:
        """Return how much each source needs."""
        return np.bincount(self.sources, weights=self.weights, minlength=count).astype(np.float64)


def link_by_names(users: Group, definitions: Group) -> Links:
    """Return links from rows that write a name to the rows it can be: those of the same file where there are any."""
    defined = np.flatnonzero(definitions.own_names != NONE)
    order = defined[np.argsort(definitions.own_names[defined], kind="stable")]
    names = definitions.own_names[order]
    first = np.searchsorted(names, users.names.terms, side="left")
    counts = np.searchsorted(names, users.names.terms, side="right") - first
    used = np.flatnonzero((counts > 0) & (counts <= MOST_NAMED))
    counts = counts[used]
    sources = np.repeat(users.names.rows[used], counts)
    places = np.repeat(np.arange(len(used)), counts)
    offsets = np.arange(len(sources)) - np.repeat(np.cumsum(counts) - counts, counts)
    targets = order[np.repeat(first[used], counts) + offsets]
    if users is definitions:
        near = users.file_rows[sources] == users.file_rows[targets]
        has_near = np.bincount(places, weights=near, minlength=len(used)) > 0
        kept = (near | ~has_near[places]) & (sources != targets)
        sources, targets, places = sources[kept], targets[kept], places[kept]
    shares = np.bincount(places, minlength=len(used))
    return Links(sources, targets, 1.0 / shares[places] if len(places) else np.zeros(0))


def link_by_graph(view: GraphView, users: Group, definitions: Group) -> Links:
    """Return the links that the code graph knows: every edge between two chunks, by its confidence."""
    symbols = list(view.symbols())
    targets = place_symbols(symbols, definitions)
    sources = targets if users is definitions else place_symbols(symbols, users)
    found: dict[tuple[int, int], float] = {}
    for edge in view.edges():
        source, target = sources.get(edge.source), targets.get(edge.target)
        if source is not None and target is not None and (users is not definitions or source != target):
            found[source, target] = max(found.get((source, target), 0.0), edge.confidence)
    pairs = np.array(list(found), np.int64).reshape(-1, 2)
    return Links(pairs[:, 0], pairs[:, 1], np.array(list(found.values()), np.float64))


def place_symbols(symbols: Iterable[Symbol], group: Group) -> dict[str, int]:
    """Return the row of each symbol by its key: that of the chunk of the same key, or the smallest around its line."""
    rows = {chunk.key: row for row, chunk in enumerate(group.chunks)}
    files = {path: number for number, path in enumerate(group.paths)}
    found: dict[str, int] = {}
    for symbol in symbols:
        row = rows.get(symbol.key)
        if row is None and symbol.path in files:
            row = _row_around(group, files[symbol.path], symbol.span.line)
        if row is not None:
            found[symbol.key] = row
    return found


def _row_around(group: Group, file: int, line: int) -> int | None:
    around = [row for row in group.rows_of_file(file) if group.chunks[row].first <= line <= group.chunks[row].last]
    return min(around, key=lambda row: group.chunks[row].last - group.chunks[row].first, default=None)
