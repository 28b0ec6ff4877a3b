"""The tests of what a task is about: those that reach it by the graph, and those whose text fits the task. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yantra_bot.graphdb.queries import find_tests
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.context.needs import name_in_file
from yantra_bot.retrieval.context.source import Sources
from yantra_bot.retrieval.context.targets import MOST_TARGETS, describe, find_now
from yantra_bot.retrieval.hits import Found

MOST_TESTS: Final = 24
MOST_STEPS: Final = 4
"""Edges between a test and what it tests; further away it tests something else."""
MOST_FITTING: Final = 5
LEAST_FIT: Final = 0.6
"""Of the best fit: a test below that reaches nothing has little to do with the task."""
_FITS: Final = 0.5
"""What a fitting text counts beside a sure call."""


@dataclass(frozen=True, slots=True)
class Covering:
    """A test, and why it is one of the task's."""

    path: str
    name: str
    first: int
    last: int
    signature: str
    weight: float
    reason: str

    @property
    def key(self) -> str:
        """`path::name`, as the graph has it."""
        return f"{self.path}::{self.name}"


def find_covering(
    found: Found, view: GraphView | None, weights: Mapping[str, float], sources: Sources
) -> list[Covering]:
    """Return the tests, best first: those that both reach a target and fit the text before the others."""
    tests = _reaching(view, weights) if view is not None else {}
    best = found.tests[0].score if found.tests else 0.0
    for place, hit in enumerate(found.tests[:MOST_TARGETS], start=1):
        chunk = find_now(hit.chunk, sources)
        if isinstance(chunk, str):
            continue
        weight = _FITS * (hit.score / best if best > 0 else 1.0)
        other = tests.get(chunk.key)
        if other is None and (place > MOST_FITTING or weight < _FITS * LEAST_FIT):
            continue
        reason = describe(hit, place, "the tests that were found")
        tests[chunk.key] = Covering(
            chunk.path,
            chunk.name,
            chunk.first,
            chunk.last,
            chunk.signature,
            weight + (other.weight if other else 0.0),
            f"{other.reason}; {reason}" if other else reason,
        )
    return sorted(tests.values(), key=lambda test: (-test.weight, test.path, test.first))[:MOST_TESTS]


def _reaching(view: GraphView, weights: Mapping[str, float]) -> dict[str, Covering]:
    tests: dict[str, Covering] = {}
    for key in sorted(weights, key=lambda one: (-weights[one], one)):
        row = view.index_of(key)
        for one in find_tests(view, [row], depth=MOST_STEPS, limit=MOST_TESTS) if row is not None else ():
            symbol, known = one.symbol, tests.get(one.symbol.key)
            weight = weights[key] * one.confidence / one.depth
            steps = "calls" if one.depth == 1 else f"reaches in {one.depth} steps"
            if known is None or weight > known.weight:
                tests[symbol.key] = Covering(
                    symbol.path,
                    name_in_file(symbol.key),
                    symbol.span.line,
                    symbol.span.end_line,
                    symbol.signature,
                    weight,
                    f"{steps} {name_in_file(key)} ({one.confidence:.0%} sure)",
                )
    return tests
