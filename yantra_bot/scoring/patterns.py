"""What stands beside what among the syntax nodes of a function, each such pattern a number: what a network can look up.

A network that hears of its neighbours step by step has to learn what a plain count of pairs and triples has from the
start. So it is given both: each node carries the patterns that it is in, and each symbol all of its own, counted
("wide and deep": Cheng and others, 2016). Computed from a packed batch, so that what is hidden there stays hidden.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.inner import Relation
from yantra_bot.scoring.mixing import mix
from yantra_bot.scoring.packing import CHANNELS, Bags, Packed, bags_of

PATTERNS: Final = 8192
"""Buckets that patterns are hashed to."""
_NONE: Final = -1
_Wide = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of a batch of s scored symbols with N inner nodes."""

    nodes: Bags
    """N bags: the patterns that each node is in."""
    symbols: Bags
    """s bags: the patterns of each symbol, each once."""
    counts: Floats
    """How often each of `symbols.rows` is there, dampened: ln(1 + count)."""


def patterns_of(packed: Packed) -> Patterns:
    """Return the patterns of a batch.

    Of each node: its kind in the kinds around it, each of its words in its kind and in the kind around it, and for
    leaves the kind and the first word of the leaf before.
    """
    count = len(packed.kinds)
    owners, buckets = _all_of(packed, count)
    keys, times = np.unique(packed.owners[owners].astype(np.int64) * PATTERNS + buckets, return_counts=True)
    starts = np.searchsorted(keys, np.arange(len(packed.owner_starts)) * PATTERNS)
    return Patterns(
        bags_of(buckets.astype(np.int32), owners.astype(np.int32), count),
        Bags((keys % PATTERNS).astype(np.int32), starts.astype(np.int32)),
        np.log1p(times).astype(np.float32),
    )


def _all_of(packed: Packed, count: int) -> tuple[_Wide, _Wide]:
    """Return the node and the bucket of each pattern."""
    nodes = np.arange(count)
    kinds = packed.kinds.astype(np.int64)
    around, before = (_heard(packed.messages, one, count) for one in (Relation.CHILD, Relation.NEXT))
    parents = _at(kinds, around)
    lengths = np.diff(packed.words.starts)
    named, words = np.repeat(nodes, lengths), packed.words.rows.astype(np.int64)
    first = np.full(count, _NONE, np.int64)
    first[lengths > 0] = words[packed.words.starts[:-1][lengths > 0]]
    behind = np.flatnonzero(before != _NONE)
    parts = [
        (nodes, _bucket(0, kinds, parents, _at(parents, around))),
        (nodes, _bucket(1, kinds, parents)),
        (named, _bucket(2, words, kinds[named])),
        (named, _bucket(3, words, kinds[named], parents[named])),
        (behind, _bucket(4, kinds[behind], _at(kinds, before)[behind], first[behind], _at(first, before)[behind])),
    ]
    owners, buckets = zip(*parts, strict=True)
    return np.concatenate(owners), np.concatenate(buckets)


def _heard(messages: Bags, relation: Relation, count: int) -> _Wide:
    """Return the node that each hears of by a relation: what is around it, what comes before it; -1 for none."""
    places = np.arange(count) * CHANNELS + relation
    starts, ends = messages.starts[places], messages.starts[places + 1]
    found = np.full(count, _NONE, np.int64)
    there = ends > starts
    found[there] = messages.rows[starts[there]] // CHANNELS
    return found


def _at(values: _Wide, places: _Wide) -> _Wide:
    """Return the values at some places, -1 for a place that is none."""
    return np.where(places == _NONE, _NONE, values[np.maximum(places, 0)]) if len(values) else places


def _bucket(sort: int, *parts: _Wide) -> _Wide:
    """Return a bucket for each row of numbers."""
    return (mix(sort, *parts) % np.uint64(PATTERNS)).astype(np.int64)
