"""What stands beside what inside a function, as numbers that a network looks up."""

import numpy as np
from tree_sitter import Parser

from tests.fakes.scoring import make_batch
from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.scoring.batch import FEATURES, Batch, InnerGraph, SymbolGraph
from yantra_bot.scoring.inner import function_in, graph_of
from yantra_bot.scoring.packing import Packed, pack
from yantra_bot.scoring.patterns import PATTERNS, Patterns, patterns_of


def packed_of(*sources: str) -> Packed:
    """Return functions as a batch, each its own symbol."""
    parser = Parser(frontend_of("a.py").grammar(".py"))
    inner = []
    for source in sources:
        node = function_in(parser.parse(source.encode()).root_node)
        assert node is not None
        graph = graph_of(node, {})
        assert isinstance(graph, InnerGraph)
        inner.append(graph)
    count = len(inner)
    graph = SymbolGraph(
        np.zeros((count, FEATURES), np.float32), np.zeros((2, 0), np.int32), np.arange(count, dtype=np.int32)
    )
    return pack(Batch(graph, tuple(inner)))


def counted(patterns: Patterns, symbol: int) -> dict[int, float]:
    start, end = patterns.symbols.starts[symbol : symbol + 2]
    return dict(zip(patterns.symbols.rows[start:end].tolist(), patterns.counts[start:end].tolist(), strict=True))


def test_two_versions_differ_in_what_stands_at_the_fault_alone() -> None:
    first, second = "def f(a, b):\n    return a < b\n", "def f(a, b):\n    return a <= b\n"
    patterns = patterns_of(packed_of(first, second, first))
    one, other = counted(patterns, 0), counted(patterns, 1)
    assert counted(patterns, 2) == one
    assert one != other
    assert len(one.keys() & other.keys()) > len(one.keys() ^ other.keys())


def test_who_stands_before_whom_counts() -> None:
    patterns = patterns_of(packed_of("def f(a, b):\n    g(a, b)\n", "def f(a, b):\n    g(b, a)\n"))
    assert counted(patterns, 0) != counted(patterns, 1)


def test_each_node_has_its_own_and_a_symbol_those_of_its_nodes() -> None:
    packed = packed_of("def f(a):\n    return a\n", "def g(b):\n    return None\n")
    patterns = patterns_of(packed)
    sizes = np.diff(patterns.nodes.starts)
    assert (sizes >= 2).all()
    assert patterns.nodes.rows.max() < PATTERNS
    owners = np.repeat(packed.owners, sizes)
    for symbol in (0, 1):
        rows, times = np.unique(patterns.nodes.rows[owners == symbol], return_counts=True)
        held = counted(patterns, symbol)
        assert sorted(held) == rows.tolist()
        np.testing.assert_allclose([held[row] for row in rows.tolist()], np.log1p(times), rtol=1e-6)


def test_symbols_without_nodes_have_none() -> None:
    patterns = patterns_of(pack(make_batch(0, symbols=3, scored=2, nodes=(0, 0))))
    assert patterns.nodes.starts.tolist() == [0]
    assert patterns.symbols.starts.tolist() == [0, 0, 0]
    assert len(patterns.counts) == 0
    mixed = patterns_of(pack(make_batch(0, symbols=3, scored=2, nodes=(0, 5))))
    assert mixed.symbols.starts[1] == 0
    assert mixed.symbols.starts[2] == len(mixed.symbols.rows)
