"""What the network reads, as arrays: symbols with their neighbours, and the inside of the symbols that are scored.

Two levels. The *symbol graph* has a row of 978 features for each symbol and edges between symbols (calls, contains, …).
The *inner graph* has a row for each syntax node of the scored symbols, with typed edges (syntax, order, data flow); it
is pooled to its symbol. Indices count from 0 within the batch.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FEATURES: Final = 978
"""Per symbol: SPEC 10. What each one is: `layout`."""

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class InnerGraph:
    """The inside of one symbol."""

    kinds: Ints
    """[n] syntax type of each node, a bucket of `inner.KINDS`."""
    words: Ints
    """[w] hashed sub-tokens of all nodes, one behind the other."""
    word_starts: Ints
    """[n + 1] where each node's words begin in `words`."""
    places: Ints
    """[n, 2] line (from 1) and column (from 0, bytes) where each node begins."""
    edges: Ints
    """[3, m] source node, target node, relation (`inner.RELATIONS`); one direction, the network adds the other."""

    def __len__(self) -> int:
        """Return how many nodes it has."""
        return len(self.kinds)


@dataclass(frozen=True, slots=True)
class SymbolGraph:
    """Symbols around those that are scored, as far as the network looks."""

    features: Floats
    """[n, 978]"""
    edges: Ints
    """[2, m] from, to; one direction, the network adds the other."""
    scored: Ints
    """[s] rows of the symbols that are scored."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything the network needs to score `len(symbols.scored)` symbols."""

    symbols: SymbolGraph
    inner: tuple[InnerGraph, ...]
    """One for each scored symbol, in their order."""
