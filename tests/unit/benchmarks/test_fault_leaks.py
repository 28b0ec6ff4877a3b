"""Rules of thumb about two versions of a function: which is told, and how surely."""

import numpy as np
import pytest

from benchmarks.fault_leaks import RARE, SIZES, fit_sizes, print_rules


def test_a_rule_is_as_sure_as_it_is_often_right(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the faulty one is smaller in half of the pairs and never larger, less is right in three of four."""
    found = np.ones((40, len(SIZES) + 1))
    found[1:20:2, 0] = 0.5
    assert print_rules(found, np.repeat([0, 1], 20)) == 0.75
    said = capsys.readouterr().out
    assert f"| {SIZES[0]} | 0.750 | 0.500 to 1.000 | 0.500 | 0.000 | 0.500 |" in said
    assert f"| {RARE} | 0.500 |" in said


def test_sizes_that_differ_are_told_apart() -> None:
    """What is larger where it is faulty in some projects is said to be faulty in others."""
    chance = np.random.default_rng(0)
    truths = np.arange(200) % 2 == 1
    numbers = chance.random((200, 3)) + truths[:, None] * 2
    said = fit_sizes(numbers[:100], truths[:100], numbers[100:])
    assert said[truths[100:]].min() > said[~truths[100:]].max()
