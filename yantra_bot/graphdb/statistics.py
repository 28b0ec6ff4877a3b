"""What a graph holds, counted; what was lost on the way is counted too."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.arrays import EDGE_KINDS, NODE_KINDS

if TYPE_CHECKING:
    from yantra_bot.graphdb.view import GraphView

_WRITTEN = frozenset(EdgeKind) - {EdgeKind.DEFINES, EdgeKind.TESTS, EdgeKind.REQUESTS, EdgeKind.DATA_FLOW}
"""Kinds of edges that stand for a reference in the source."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of a graph. Kinds that do not occur are not named."""

    symbols: Mapping[str, int]
    edges: Mapping[str, int]
    unresolved: Mapping[str, int]
    """References without a target, by the kind of edge they would be."""
    unresolved_share: float
    """Of the places that refer to something, the share where no target is known, 0 to 1."""
    to_external: int
    """Edges that leave the repository."""
    files: int
    problems: Mapping[str, int]
    """By kind, for example `syntax error`."""
    generation: int


def count(view: "GraphView") -> Statistics:
    """Count what a view shows."""
    edges = view.all_edges()
    external = view.node_kinds == NODE_KINDS.index(NodeKind.EXTERNAL)
    places, missing = _resolved_places(view), view.unresolved_count
    return Statistics(
        symbols=_tally(view.node_kinds[view.alive], NODE_KINDS),
        edges=_tally(view.edge_kinds(edges), EDGE_KINDS),
        unresolved=_tally(view.unresolved_kinds, EDGE_KINDS),
        unresolved_share=round(missing / (missing + places), 6) if missing else 0.0,
        to_external=int(np.count_nonzero(external[view.targets(edges)])),
        files=len(view.files),
        problems=dict(sorted(Counter(problem.kind for problem in view.problems).items())),
        generation=view.generation,
    )


def _tally(codes: npt.NDArray[np.uint8], kinds: tuple[NodeKind, ...] | tuple[EdgeKind, ...]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(kinds)).tolist()
    return {kind.value: number for kind, number in zip(kinds, counts, strict=True) if number}


def _resolved_places(view: "GraphView") -> int:
    """Count the places in files that have at least one edge; several targets of one call are one place."""
    edges = view.all_edges(_WRITTEN)
    columns = np.stack([view.edge_paths(edges), view.lines(edges), view.edge_columns(edges)])
    return np.unique(columns, axis=1).shape[1] if len(edges) else 0
