"""The numbers that one symbol was scored by, as bytes: what a worker hands to control to learn from. Pure.

Five counts, then the arrays one behind the other, compressed. The counts say how long all of it is, and nothing else is
read: who writes it may be anybody, and gets no further than numbers within their bounds.
"""

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.errors import UserError
from yantra_bot.scoring.batch import FEATURES, Batch, Floats, InnerGraph, Ints, SymbolGraph
from yantra_bot.scoring.inner import KINDS, MAX_NODES, RELATIONS, WORDS
from yantra_bot.scoring.network import EMBEDDING

MAX_BYTES: Final = 256 * 1024
"""Of one symbol, compressed."""
MAX_SYMBOLS: Final = 256
"""Around a scored one, itself included."""
MAX_LARGE: Final = 64 * 1024
"""Edges, and words: each."""
LARGEST: Final = 1_000.0
"""No feature is larger: they are logarithms and shares."""
_LENGTH_MARGIN: Final = 0.01
_COUNTS: Final = struct.Struct("<5I")
_NO_NUMBERS: Final = "These are no numbers of one symbol. Cure: none; they are not learned from."


def write_numbers(batch: Batch, embedding: Floats) -> bytes | None:
    """Return the bytes of a batch of one symbol and of its embedding; None of one that is too large for it."""
    symbols, inner = batch.symbols, batch.inner[0]
    counts = (len(symbols.features), symbols.edges.shape[1], len(inner), len(inner.words), inner.edges.shape[1])
    if _is_too_many(counts):
        return None
    floats = (np.asarray(one, "<f4").tobytes() for one in (embedding, symbols.features))
    whole = (symbols.edges, symbols.scored, inner.kinds, inner.words, inner.word_starts, inner.places, inner.edges)
    data = _COUNTS.pack(*counts) + b"".join(floats) + b"".join(np.asarray(one, "<i4").tobytes() for one in whole)
    packed = zlib.compress(data)
    return packed if len(packed) <= MAX_BYTES else None


def read_numbers(data: bytes) -> tuple[Batch, Floats]:
    """Return the batch and the embedding, checked. Raises UserError for whatever `write_numbers` would not write."""
    if len(data) > MAX_BYTES:
        raise UserError(_NO_NUMBERS)
    unpacking = zlib.decompressobj()
    try:
        head = unpacking.decompress(data, _COUNTS.size)
        counts = _COUNTS.unpack(head)
        if _is_too_many(counts):
            raise UserError(_NO_NUMBERS)
        size = 4 * sum(int(np.prod(shape)) for shape in _shapes(*counts))
        body = unpacking.decompress(unpacking.unconsumed_tail, size + 1)
    except (zlib.error, struct.error) as error:
        raise UserError(_NO_NUMBERS) from error
    if len(body) != size or not unpacking.eof or unpacking.unused_data:
        raise UserError(_NO_NUMBERS)
    embedding, features, *whole = _split(body, _shapes(*counts))
    edges, scored, kinds, words, starts, places, inner_edges = (one.view("<i4").astype(np.int32) for one in whole)
    batch = Batch(
        SymbolGraph(features.view("<f4").astype(np.float32), edges, scored),
        (InnerGraph(kinds, words, starts, places, inner_edges),),
    )
    direction = embedding.view("<f4").astype(np.float32)
    is_direction = np.isfinite(direction).all() and abs(float(np.linalg.norm(direction)) - 1) <= _LENGTH_MARGIN
    if not is_one_symbol(batch) or not is_direction:
        raise UserError(_NO_NUMBERS)
    return batch, direction


def is_readable(data: bytes) -> bool:
    """Tell whether control would take these bytes: weights that overflow make an embedding that is none."""
    try:
        read_numbers(data)
    except UserError:
        return False
    return True


def is_one_symbol(batch: Batch) -> bool:
    """Tell whether a batch is of one symbol, in every shape, with numbers that the network can read."""
    symbols = batch.symbols
    rows = len(symbols.features)
    return (
        len(batch.inner) == 1
        and symbols.scored.shape == (1,)
        and symbols.features.shape == (rows, FEATURES)
        and bool((np.abs(symbols.features) <= LARGEST).all())  # false of a NaN
        and _is_list(symbols.edges, 2)
        and _is_inside(symbols.edges, rows)
        and _is_inside(symbols.scored, rows)
        and _is_inner(batch.inner[0])
    )


def _is_inner(inner: InnerGraph) -> bool:
    starts, count = inner.word_starts, len(inner.kinds)
    return (
        starts.shape == (count + 1,)
        and inner.places.shape == (count, 2)
        and _is_list(inner.edges, 3)
        and _is_inside(inner.kinds, KINDS)
        and _is_inside(inner.words, WORDS)
        and _is_inside(inner.edges[:2], count)
        and _is_inside(inner.edges[2], RELATIONS)
        and int(starts[0]) == 0
        and int(starts[-1]) == len(inner.words)
        and bool((np.diff(starts) >= 0).all())
    )


def _is_list(edges: Ints, rows: int) -> bool:
    return edges.ndim == 2 and len(edges) == rows


def _is_inside(indices: Ints, count: int) -> bool:
    return not indices.size or bool(indices.min() >= 0 and indices.max() < count)


def _is_too_many(counts: tuple[int, ...]) -> bool:
    rows, edges, nodes, words, inner_edges = counts
    return not 1 <= rows <= MAX_SYMBOLS or nodes > MAX_NODES or max(edges, words, inner_edges) > MAX_LARGE


def _shapes(rows: int, edges: int, nodes: int, words: int, inner_edges: int) -> tuple[tuple[int, ...], ...]:
    symbols = ((EMBEDDING,), (rows, FEATURES), (2, edges), (1,))
    return (*symbols, (nodes,), (words,), (nodes + 1,), (nodes, 2), (3, inner_edges))


def _split(body: bytes, shapes: tuple[tuple[int, ...], ...]) -> list[npt.NDArray[np.uint32]]:
    every = np.frombuffer(body, "<u4")
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(every, ends[:-1]), shapes, strict=True)]
