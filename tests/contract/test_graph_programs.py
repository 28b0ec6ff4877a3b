"""The graph of every program of our own suite is exactly its truth, but for what is known and named there."""

import pytest

from tests.graph_programs import Case, build, find_pairs, read_cases

CASES = list(read_cases())


@pytest.mark.parametrize("case", CASES, ids=[f"{case.language}-{case.feature}-{case.name}" for case in CASES])
def test_the_graph_is_the_truth(case: Case) -> None:
    """Nothing is missing and nothing is invented."""
    graph = build(case)
    for kind, truth in case.truth.items():
        found = find_pairs(graph, kind)
        assert truth - found <= case.known_missing, kind
        assert found - truth <= case.known_extra, kind


def test_what_is_known_to_fail_still_does() -> None:
    """A weakness that was mended is taken off the list."""
    for case in CASES:
        found = find_pairs(build(case), "calls") if case.known_missing or case.known_extra else set()
        assert not case.known_missing & found, case.folder
        assert case.known_extra <= found, case.folder
