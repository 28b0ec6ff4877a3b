"""Which chunk names which: links by equal names, or those of the code graph where it is at hand. Arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

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
    rows_of = {chunk.key: row for row, chunk in enumerate(definitions.chunks)}
    users_of = rows_of if users is definitions else {chunk.key: row for row, chunk in enumerate(users.chunks)}
    found: dict[tuple[int, int], float] = {}
    for edge in view.edges():
        source, target = _chunk_row(users_of, edge.source), _chunk_row(rows_of, edge.target)
        if source is not None and target is not None and (users is not definitions or source != target):
            found[source, target] = max(found.get((source, target), 0.0), edge.confidence)
    pairs = np.array(list(found), np.int64).reshape(-1, 2)
    return Links(pairs[:, 0], pairs[:, 1], np.array(list(found.values()), np.float64))


def _chunk_row(rows: Mapping[str, int], key: str) -> int | None:
    """Return the row of the chunk that a symbol is in: its own, or the one it is nested in."""
    path, _, name = key.partition("::")
    while name:
        row = rows.get(f"{path}::{name}")
        if row is not None:
            return row
        name = name.rpartition(".")[0]
    return rows.get(path)
