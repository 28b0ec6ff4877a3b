"""Batches of made-up symbols, for tests of networks: random in everything but their bounds."""

import numpy as np

from yantra_bot.scoring.batch import FEATURES, Batch, InnerGraph, SymbolGraph
from yantra_bot.scoring.inner import KINDS, RELATIONS, WORDS
from yantra_bot.scoring.network import Shape, plain_judgement


def make_batch(seed: int, *, symbols: int = 9, scored: int = 4, nodes: tuple[int, ...] = (30, 1, 0, 17)) -> Batch:
    """Return a batch whose scored symbols have so many inner nodes each; 0 for one without an inner graph."""
    chance = np.random.default_rng(seed)
    graph = SymbolGraph(
        features=chance.random((symbols, FEATURES), np.float32),
        edges=chance.integers(0, symbols, (2, 2 * symbols), np.int32),
        scored=chance.permutation(symbols)[:scored].astype(np.int32),
    )
    return Batch(graph, tuple(make_inner(chance, count) for count in nodes))


def make_inner(chance: np.random.Generator, count: int) -> InnerGraph:
    """Return an inner graph of so many nodes."""
    each = chance.integers(0, 4, count)
    edges = np.zeros((3, 2 * count), np.int32)
    if count:
        edges[:2] = chance.integers(0, count, (2, 2 * count))
        edges[2] = chance.integers(0, RELATIONS, 2 * count)
    return InnerGraph(
        kinds=chance.integers(0, KINDS, count, np.int32),
        words=chance.integers(0, WORDS, int(each.sum()), np.int32),
        word_starts=np.concatenate(([0], np.cumsum(each))).astype(np.int32),
        places=np.ones((count, 2), np.int32),
        edges=edges,
    )


def make_weights(shape: Shape, seed: int = 0) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Return random weights of a network: it says something of everything, and knows nothing."""
    chance = np.random.default_rng(seed)
    drawn = {name: chance.standard_normal(size, np.float32) / np.float32(8) for name, size in shape.arrays().items()}
    return drawn | plain_judgement()
