"""Bags are summed and averaged as one would by hand, whatever their length."""

import numpy as np
import pytest

from yantra_bot.scoring.packing import LONG, Bags, Sums, bags_of, mean_bags


@pytest.mark.parametrize("width", [1, 3, 200])
@pytest.mark.parametrize("lengths", [[], [0, 0], [1], [3, 0, 1, 3], [LONG, LONG + 1, 0, 2, 5 * LONG, 1]])
def test_bags_are_summed_and_averaged_as_by_hand(lengths: list[int], width: int) -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(50, width)).astype(np.float32)
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    bags = Bags(random.integers(0, 50, starts[-1]).astype(np.int32), starts)
    parts = [values[bags.rows[start : start + length]] for start, length in zip(starts, lengths, strict=False)]
    wanted = np.array([part.sum(axis=0) for part in parts]).reshape(-1, width)
    counts = np.maximum(np.array(lengths, np.float32), 1)[:, None]
    sums = Sums(bags)
    np.testing.assert_allclose(sums.sums(values), wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(sums.means(values), wanted / counts, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(mean_bags(values, bags), sums.means(values))
    assert sums.means(values).dtype == np.float32


def test_rows_are_sorted_into_bags_in_their_order() -> None:
    bags = bags_of(np.array([7, 8, 9], np.int32), np.array([2, 0, 2], np.int32), 3)
    assert bags.rows.tolist() == [8, 7, 9]
    assert bags.starts.tolist() == [0, 1, 1, 3]
