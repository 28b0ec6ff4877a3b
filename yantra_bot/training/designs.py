"""Parts of the scoring network that can be left out, to see what each is worth; what ships has all of them."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from yantra_bot.scoring.batch import Batch, InnerGraph
from yantra_bot.scoring.inner import Relation

EVERY: Final = frozenset(Relation)
DATA_FLOW: Final = frozenset({
    Relation.LAST_USE, Relation.LAST_WRITE, Relation.COMPUTED_FROM, Relation.ARGUMENT, Relation.GUARDED_BY,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Design:
    """What the network reads, and how. Only the default can be exported: the product computes nothing else."""

    has_inner: bool = True
    """Whether it reads the syntax nodes of a function."""
    has_symbols: bool = True
    """Whether it reads the 978 features of the function and of what is around it."""
    relations: frozenset[Relation] = EVERY
    """The edges between syntax nodes that it reads."""
    has_neighbours: bool = True
    """Whether it reads the symbols around the one that is scored."""
    pools_by_suspicion: bool = True
    """Whether suspicious nodes count for more in what a function is judged by; else their plain mean."""
    has_patterns: bool = True
    """Whether nodes carry the patterns that they are in, and these speak to the heads."""
    reads_own: bool = True
    """Whether the function's own features are read directly too, beside what the layers over its neighbours say."""
    likeness_shapes: bool = False
    """Whether that two versions are alike shapes what the heads read; else the likeness is read off alone."""
    blurs: bool = True
    """Whether names and imports are hidden from a part of what it learns from: `blur`."""


def cut(batch: Batch, design: Design) -> Batch:
    """Return a batch with the edges that a design reads."""
    inner = batch.inner
    if design.relations != EVERY:
        kept = np.array(sorted(design.relations), np.int32)
        inner = tuple(_cut(one, kept) for one in inner)
    symbols = batch.symbols
    if not design.has_neighbours:
        symbols = replace(symbols, edges=symbols.edges[:, :0])
    return Batch(symbols, inner)


def _cut(inner: InnerGraph, kept: np.ndarray[tuple[int], np.dtype[np.int32]]) -> InnerGraph:
    return replace(inner, edges=inner.edges[:, np.isin(inner.edges[2], kept)])
