"""What a change of symbols may affect: the surest path to each dependant, and how much may be missing.

A path is evidence, not proof: its confidence is the product of its edges'. The list is a lower bound, because
references that could not be resolved may mean the changed symbols too; those are counted beside it.
"""

from dataclasses import dataclass

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind, Unresolved
from yantra_bot.graphdb.arrays import NODE_CODES, Mask
from yantra_bot.graphdb.queries import Reached, members, reached
from yantra_bot.graphdb.view import Direction, GraphView, Rows
from yantra_bot.graphdb.walks import DEPENDANT_KINDS, IMPACT_KINDS, Walk, walk

MAX_NAMES = 64
"""Names of changed symbols whose unresolved references are counted; a whole file has too many to say anything."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change affects. `walk.symbols` are the affected, the surest first."""

    changed: tuple[int, ...]
    """Rows: the symbols that were asked for, and all that is defined inside of them."""
    walk: Walk
    unresolved: tuple[tuple[str, int], ...]
    """Names of changed symbols, with the number of references of that name that could not be resolved: each of those
    may be one more. Names without any are left out."""

    @property
    def is_complete(self) -> bool:
        """Whether no unresolved reference has the name of a changed symbol."""
        return not self.unresolved

    def missing(self, view: GraphView, limit: int | None = None) -> list[Unresolved]:
        """Make the references that could not be resolved, at most `limit` of each name."""
        return [reference for name, _ in self.unresolved for reference in view.unresolved_named(name, limit=limit)]

    def __len__(self) -> int:
        return len(self.walk)

    def affected(self, view: GraphView, limit: int | None = None) -> list[Reached]:
        """Make the affected symbols with their paths, the surest first."""
        return reached(view, self.walk, self.walk.symbols[:limit].tolist())

    def tests(self, view: GraphView) -> Rows:
        """Return the rows of the tests among the affected."""
        is_test: Mask = view.node_kinds[self.walk.symbols] == NODE_CODES[NodeKind.TEST]
        return self.walk.symbols[is_test]

    def file_count(self, view: GraphView) -> int:
        """Return how many files the affected symbols stand in."""
        return len(np.unique(view.paths[self.walk.symbols]))


def find_impact(view: GraphView, rows: list[int], *, depth: int = 3, least: float = 0.0) -> Impact:
    """Return what depends on the behaviour of the symbols over at most `depth` edges, as sure as `least` or surer."""
    return _find(view, rows, IMPACT_KINDS, depth, least)


def find_dependants(view: GraphView, rows: list[int], *, depth: int = 3, least: float = 0.0) -> Impact:
    """Return what would miss the symbols if they were gone: as the impact, and who imports them."""
    return _find(view, rows, DEPENDANT_KINDS, depth, least)


def _find(view: GraphView, rows: list[int], kinds: frozenset[EdgeKind], depth: int, least: float) -> Impact:
    changed = members(view, rows)
    found = walk(view, changed, Direction.IN, kinds=kinds, depth=depth, least=least)
    names = {view.symbol(row).name for row in changed[:MAX_NAMES]} if len(changed) <= MAX_NAMES else set()
    names |= {view.symbol(row).name for row in rows}
    missing = tuple((name, number) for name in sorted(names) if (number := view.count_unresolved(name)))
    return Impact(tuple(changed), found, missing)
