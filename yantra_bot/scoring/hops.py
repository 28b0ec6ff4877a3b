"""Which symbols each GraphSAGE layer has to say something of, so that the last one can of those that are scored.

A batch has some fifty neighbours for each scored symbol. What the outermost of them are beside nobody asks.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.batch import Floats, Ints


@dataclass(frozen=True, slots=True)
class Hop:
    """What one layer reads and says."""

    own: Ints
    """[t] places, among what the layer before said, of the symbols that this one says something of."""
    edges: Ints
    """[2, m] from a place among what the layer before said, to a place in `own`."""


def hops_of(edges: Ints, scored: Ints, layers: int) -> tuple[Ints, tuple[Hop, ...]]:
    """Return the symbols that the first layer reads, and a hop for each layer; the last one says `scored`, in order.

    `edges`: [2, m] from, to, of all symbols of the batch.
    """
    hops: list[Hop] = []
    wanted = scored
    for _ in range(layers):
        places = np.full(int(max(edges.max(initial=-1), scored.max(initial=-1))) + 1, -1, np.int32)
        places[wanted] = np.arange(len(wanted), dtype=np.int32)
        into = edges[:, places[edges[1]] >= 0]
        needed = np.union1d(wanted, into[0]).astype(np.int32)
        from_ = np.searchsorted(needed, into[0]).astype(np.int32)
        hops.append(Hop(np.searchsorted(needed, wanted).astype(np.int32), np.stack((from_, places[into[1]]))))
        wanted = needed
    return wanted, tuple(hops[::-1])


def once(features: Floats) -> tuple[Ints, Ints]:
    """Return where each different row is first, and for each row the place of its like among these.

    Both versions of a function have the same neighbours. Rows are held to be alike where a random product of them is.
    """
    drawn = features.astype(np.float64) @ _lot(features.shape[1])
    _, first, which = np.unique(drawn, return_index=True, return_inverse=True)
    return first.astype(np.int32), which.astype(np.int32)


@lru_cache(maxsize=4)
def _lot(size: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(0).standard_normal(size)
