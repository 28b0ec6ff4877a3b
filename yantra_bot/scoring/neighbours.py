"""Draws what is around the symbols that are scored: some callers, callees, parents and children, and some of theirs.

What is drawn for a symbol depends on it, on the graph and on the seed, and not on what else is scored beside it: each
neighbour has a lot of its own for each seed, the smallest lots are taken, and each scored symbol has surroundings of
its own, which nothing joins to those of another. Pure, all symbols at once; used and trained from alike.

A scored symbol's own text may be the faulty one, so nothing that follows from it is drawn: what is defined in it, and
who points at it from there. Its calls are the exception, which its text has as well. No import of its file is drawn
either, since it is asked which modules code like this imports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.arrays import NODE_CODES, NONE
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.mixing import mix

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FAN: Final = (10, 5)
"""How many neighbours of a scored symbol, and of each of those."""
JOINED: Final = frozenset({
    EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS, EdgeKind.DEFINES, EdgeKind.RETURNS,
})  # fmt: skip
"""Edges that make neighbours of two symbols, both ways."""
_APART: Final = [NODE_CODES[NodeKind.TEST], NODE_CODES[NodeKind.IMPORT]]
"""Symbols that are nobody's neighbours: training has no tests, and imports are what is asked for."""
_LINE: Final = 1 << 24
"""More than any line has columns."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the symbols of a graph stand."""

    paths: npt.NDArray[np.int32]
    """[n] number of the file, -1 for what is outside of the repository."""
    spans: Rows
    """[2, n] where each begins and ends in its file, as numbers that rise with the text."""

    @classmethod
    def of(cls, view: GraphView) -> "Places":
        """Return those of a view's rows."""
        line, column, end_line, end_column = view.spans(np.arange(view.row_count)).astype(np.int64)
        return cls(view.paths, np.stack((line * _LINE + column, end_line * _LINE + end_column)))

    def is_beside(self, rows: Rows, others: Rows) -> Mask:
        """Tell whether each of the rows is in the file of the other one."""
        found: Mask = (self.paths[rows] == self.paths[others]) & (self.paths[rows] != NONE)
        return found

    def is_around(self, rows: Rows, others: Rows) -> Mask:
        """Tell whether each of the rows has the text of the other one in its own."""
        begins, ends = self.spans
        covers: Mask = (begins[rows] <= begins[others]) & (ends[rows] >= ends[others]) & (rows != others)
        return covers & self.is_beside(rows, others)

    def is_within(self, rows: Rows, others: Rows) -> Mask:
        """Tell whether each of the rows is the other one, or stands in its text."""
        found: Mask = (rows == others) | (self.is_around(others, rows) & ~self.is_around(rows, others))
        return found


@dataclass(frozen=True, slots=True)
class Called:
    """What the scored symbols point at, for each one behind the other."""

    targets: Rows
    """[t] of the graph."""
    starts: Rows
    """[s + 1] where those of each scored symbol begin."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Symbols around those that are scored: for each scored one its own, one behind the other."""

    rows: Rows
    """[n] of the graph, rising around each scored symbol; two that share a neighbour have it twice."""
    edges: npt.NDArray[np.int32]
    """[2, m] places in `rows`: from, to, as the code graph has it. Two symbols are joined once."""
    scored: npt.NDArray[np.int32]
    """[s] places in `rows`, in the order that was asked."""
    is_around: Mask
    """[n] whether its text has that of the scored symbol in it."""
    is_beside: Mask
    """[n] whether it stands in the file of the scored symbol; so does that itself."""


class Neighbours:
    """Who is beside whom in a graph, ready to draw from."""

    def __init__(self, pairs: npt.NDArray[np.integer], places: Places) -> None:
        """`pairs`: [2, m] from, to. `places`: those of the graph's symbols."""
        self._places, self._count = places, len(places.paths)
        codes = np.unique(pairs[0].astype(np.int64) * self._count + pairs[1])
        sources, targets = codes // self._count, codes % self._count
        is_again = (sources > targets) & np.isin(targets * self._count + sources, codes)
        near, far = np.concatenate((sources, targets)), np.concatenate((targets, sources))
        is_loop = near == far
        order = np.lexsort((far, near))
        order = order[~is_loop[order]]
        self._far = far[order]
        self._is_out = np.repeat([True, False], len(sources))[order]
        self._is_again = np.tile(is_again, 2)[order]
        """Of two symbols that point at each other, one way: they are joined once."""
        self._starts = np.searchsorted(near[order], np.arange(self._count + 1))

    @classmethod
    def of(cls, view: GraphView) -> "Neighbours":
        """Return those of a view."""
        return cls(joined_pairs(view), Places.of(view))

    def around(
        self, rows: Sequence[int] | Rows, *, fan: Sequence[int] = FAN, seed: int = 0, called: Called | None = None
    ) -> Surroundings:
        """Draw at most `fan[0]` neighbours of each symbol, `fan[1]` of each of those, and so on.

        `called`: what the scored symbols point at where their text is another than the graph's; None: what it says.
        A symbol from outside of the repository is drawn, and nothing is drawn from it: half the code calls `len`.
        Raises IndexError for a row that the graph has not.
        """
        scored = np.asarray(rows, np.int64)
        own = np.arange(len(scored), dtype=np.int64) * self._count
        # A symbol in the surroundings of the i-th scored one is told by i x count + its row.
        starts = known = frontier = own + scored
        sources, targets = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for ring, most in enumerate(fan):
            near, far, is_out = self._beyond(frontier, scored) if ring else self._first(scored, called)
            chosen = self._draw(near, far, most, seed)
            near, far, is_out = near[chosen], near[chosen] // self._count * self._count + far[chosen], is_out[chosen]
            sources.append(np.where(is_out, near, far))
            targets.append(np.where(is_out, far, near))
            frontier = np.setdiff1d(far, known)
            known = np.union1d(known, frontier)
        pairs = np.searchsorted(known, np.stack((np.concatenate(sources), np.concatenate(targets))))
        codes = np.unique(pairs[0] * len(known) + pairs[1])
        places = np.stack(np.divmod(codes, max(len(known), 1))).astype(np.int32)
        found, centres = known % self._count, scored[known // self._count]
        return Surroundings(
            found,
            places,
            np.searchsorted(known, starts).astype(np.int32),
            self._places.is_around(found, centres),
            self._places.is_beside(found, centres),
        )

    def called(self, rows: Sequence[int] | Rows) -> Called:
        """Return what symbols point at in the repository, beyond their own text."""
        scored = np.asarray(rows, np.int64)
        which, at = self._entries(scored)
        far = self._far[at]
        is_told = self._is_out[at] & self._is_inside(far) & ~self._places.is_within(far, scored[which])
        which, far = which[is_told], far[is_told]
        return Called(far, np.searchsorted(which, np.arange(len(scored) + 1)))

    def _first(self, scored: Rows, called: Called | None) -> tuple[Rows, Rows, Mask]:
        """Return all pairs of the scored symbols: who points at them, and at whom they point."""
        which, at = self._entries(scored)
        far = self._far[at]
        arrives = ~self._is_out[at] & ~self._places.is_within(far, scored[which]) & self._is_inside(scored[which])
        which, far = which[arrives], far[arrives]
        told = called or self.called(scored)
        calling = np.repeat(np.arange(len(scored)), np.diff(told.starts))
        is_new = ~np.isin(calling * self._count + told.targets, which * self._count + far)
        which, far = np.concatenate((which, calling[is_new])), np.concatenate((far, told.targets[is_new]))
        is_out = np.repeat([False, True], [np.count_nonzero(arrives), np.count_nonzero(is_new)])
        return which * self._count + scored[which], far, is_out

    def _beyond(self, frontier: Rows, scored: Rows) -> tuple[Rows, Rows, Mask]:
        """Return all pairs of symbols further out that do not follow from a scored one's text."""
        frontier = frontier[self._is_inside(frontier % self._count)]
        which, at = self._entries(frontier % self._count)
        near, far = frontier[which], self._far[at]
        centres = scored[near // self._count]
        is_import = ~self._is_inside(far) & self._places.is_beside(near % self._count, centres)
        kept = ~(self._is_again[at] | is_import | self._places.is_within(far, centres))
        return near[kept], far[kept], self._is_out[at][kept]

    def _entries(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return for all pairs of some rows the place of the row among these, and the place of the pair."""
        counts = self._starts[rows + 1] - self._starts[rows]
        ends = np.cumsum(counts)
        places = np.repeat(self._starts[rows] - ends + counts, counts) + np.arange(ends[-1] if len(ends) else 0)
        return np.repeat(np.arange(len(rows)), counts), places

    def _is_inside(self, rows: Rows) -> Mask:
        found: Mask = self._places.paths[rows] != NONE
        return found

    def _draw(self, near: Rows, far: Rows, most: int, seed: int) -> Rows:
        """Return the places of at most `most` pairs of each symbol."""
        order = np.lexsort((far, mix(seed, near % self._count, far), near))
        ordered = near[order]
        rank = np.arange(len(near)) - np.searchsorted(ordered, ordered)
        return order[rank < most]


def ego_graphs(view: GraphView, rows: Sequence[int] | Rows, fan: Sequence[int] = FAN, *, seed: int = 0) -> Surroundings:
    """Return what is around some symbols; who asks of one view more than once keeps `Neighbours`."""
    return Neighbours.of(view).around(rows, fan=fan, seed=seed)


def joined_pairs(view: GraphView) -> Rows:
    """Return [2, m] from, to, of all edges that make neighbours."""
    edges = view.all_edges(JOINED)
    pairs = np.stack((view.sources(edges), view.targets(edges))).astype(np.int64)
    is_apart = np.isin(view.node_kinds, _APART)
    return pairs[:, ~is_apart[pairs].any(axis=0)]
