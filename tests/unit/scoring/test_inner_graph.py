"""The inside of a function as a graph: what is joined to what, in every language that functions are found in."""

import numpy as np
import pytest
from tree_sitter import Node, Parser

from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.scoring.batch import InnerGraph
from yantra_bot.scoring.inner import KINDS, MAX_NODES, WORDS, Relation, graph_of
from yantra_bot.scoring.inner.names import words_of
from yantra_bot.validation.complexity import find_functions

PYTHON = b"""
def pick(items, default):
    best = default
    for item in items:
        if item.size > best.size:
            best = item
    return clamp(best, default)
"""

SAMPLES = {
    "a.py": PYTHON,
    "a.js": b"""function pick(items, d) {
        let best = d; for (const i of items) { if (i.n > best.n) best = i; } return best }""",
    "a.ts": b"""function pick(items: T[], d: T): T {
        let best = d; if (items[0].n > best.n) { best = items[0] } return best }""",
    "a.go": b"""package a
        func pick(items []T, d T) T {
        best := d; for _, i := range items { if i.n > best.n { best = i } }
        return best }""",
    "a.rs": b"""fn pick(items: &[T], d: T) -> T {
        let mut best = d; for i in items { if i.n > best.n { best = *i; } } best }""",
    "a.java": b"""class A { T pick(T[] items, T d) {
        T best = d; for (T i : items) { if (i.n > best.n) { best = i; } } return best; } }""",
}


def first_function(path: str, source: bytes) -> Node:
    suffix = path[path.rindex(".") :]
    return next(iter(find_functions(Parser(frontend_of(path).grammar(suffix)).parse(source).root_node)))


def pairs(graph: InnerGraph, relation: Relation, source: bytes) -> set[tuple[str, str]]:
    lines = source.split(b"\n")

    def text(row: int) -> str:
        line, column = graph.places[row].tolist()
        rest = lines[line - 1][column:].decode()
        return f"{rest.split('(')[0].split(' ')[0].split(',')[0].split('.')[0].strip(':)')}@{line}"

    chosen = graph.edges[:, graph.edges[2] == relation]
    return {(text(source_row), text(target)) for source_row, target in chosen[:2].T.tolist()}


def test_names_are_joined_to_where_they_were_written_and_computed() -> None:
    graph = graph_of(first_function("a.py", PYTHON))
    assert graph is not None
    assert ("best@5", "best@3") in pairs(graph, Relation.LAST_WRITE, PYTHON)
    assert ("best@7", "best@6") in pairs(graph, Relation.LAST_WRITE, PYTHON)
    assert ("best@3", "default@3") in pairs(graph, Relation.COMPUTED_FROM, PYTHON)
    assert ("item@4", "items@4") in pairs(graph, Relation.COMPUTED_FROM, PYTHON)
    assert ("item@6", "item@5") in pairs(graph, Relation.GUARDED_BY, PYTHON)
    assert ("default@7", "default@3") in pairs(graph, Relation.LAST_USE, PYTHON)


def test_an_argument_is_joined_to_the_parameter_that_takes_it() -> None:
    callees = {(7, 11): ("value", "limit")}
    graph = graph_of(first_function("a.py", PYTHON), callees)
    assert graph is not None
    rows = graph.edges[:, graph.edges[2] == Relation.ARGUMENT]
    words = [tuple(graph.words[graph.word_starts[row] : graph.word_starts[row + 1]].tolist()) for row in rows[1]]
    assert words == [words_of("value"), words_of("limit")]
    assert graph.kinds[rows[1]].tolist() == [0, 0]


@pytest.mark.parametrize("path", SAMPLES)
def test_every_language_has_flow_and_stays_in_bounds(path: str) -> None:
    graph = graph_of(first_function(path, SAMPLES[path]))
    assert graph is not None
    assert graph.edges[:2].min() >= 0
    assert graph.edges[:2].max() < len(graph)
    assert graph.kinds.max() < KINDS
    assert graph.words.max() < WORDS
    assert graph.word_starts[-1] == len(graph.words)
    assert np.all(np.diff(graph.word_starts) >= 0)
    seen = {Relation(number) for number in graph.edges[2].tolist()}
    assert {Relation.CHILD, Relation.NEXT, Relation.LAST_USE, Relation.LAST_WRITE, Relation.COMPUTED_FROM} <= seen


def test_comments_and_layout_say_nothing() -> None:
    plain = graph_of(first_function("a.py", PYTHON))
    dressed = graph_of(first_function("a.py", PYTHON.replace(b"best = default\n", b"best  =  default  # first\n")))
    assert plain is not None
    assert dressed is not None
    assert np.array_equal(plain.kinds, dressed.kinds)
    assert np.array_equal(plain.edges, dressed.edges)


def test_a_function_that_is_too_long_or_too_deep_has_none() -> None:
    long = b"def f(a):\n" + b"    a = a + 1\n" * MAX_NODES
    deep = b"def f(a):\n    return " + b"-" * 400 + b"a\n"
    assert graph_of(first_function("a.py", long)) is None
    assert graph_of(first_function("a.py", deep)) is None
