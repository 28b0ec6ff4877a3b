"""What the network is held against: trees that learn what can be learned, and size and chance that know less."""

import numpy as np
import pytest

from yantra_bot.scoring.batch import FEATURES, InnerGraph
from yantra_bot.scoring.calibration import auroc
from yantra_bot.training.baselines import BAG, SIZE, RandomOrder, Table, bag_of, make_baselines
from yantra_bot.training.samples.stored import SOUND

COUNT = 300


def table(seed: int) -> Table:
    """Samples whose faults follow from one of their features, and whose bags say it more plainly."""
    random = np.random.default_rng(seed)
    features = random.random((COUNT, FEATURES)).astype(np.float32)
    bags = np.zeros((COUNT, BAG), np.float32)
    is_faulty = features[:, 3] + 0.4 * random.random(COUNT) > 0.7
    bags[:, 5] = is_faulty
    zeros = np.zeros(COUNT, np.int32)
    return Table(
        features, bags, np.where(is_faulty, 0, SOUND).astype(np.int32), np.zeros((COUNT, 50), np.float32),
        zeros - 1, zeros, zeros, zeros,
    )  # fmt: skip


def test_each_baseline_tells_what_it_can_see() -> None:
    """Trees find the feature, with the bags all of it; size alone and chance find nothing."""
    pytest.importorskip("sklearn")
    known, asked = table(0), table(1)
    told = {}
    for name, baseline in make_baselines(0, rounds=25).items():
        baseline.fit(known, known.is_faulty)
        told[name] = auroc(baseline.score(asked), asked.is_faulty)
    bags, features, size, chance = told.values()
    assert bags > 0.99
    assert 0.75 < features <= bags
    assert abs(size - 0.5) < 0.2
    assert abs(chance - 0.5) < 0.2


def test_the_bag_has_kinds_and_words_but_no_edge() -> None:
    """Each half counts its own; other edges change nothing."""
    kinds, words = np.array([1, 1, 2], np.int32), np.array([7, 8], np.int32)
    edges = np.array([[0], [1], [0]], np.int32)
    one = InnerGraph(kinds, words, np.array([0, 1, 2, 2], np.int32), np.zeros((3, 2), np.int32), edges)
    other = InnerGraph(kinds, words, one.word_starts, one.places, edges[:, :0])
    bag = bag_of(one)
    assert np.array_equal(bag, bag_of(other))
    counts = np.expm1(bag)
    assert counts[: BAG // 2].sum() == pytest.approx(3)
    assert counts[BAG // 2 :].sum() == pytest.approx(2)


def test_chance_is_the_same_for_a_seed() -> None:
    """So that a table can be made again."""
    assert np.array_equal(RandomOrder(4).score(table(0)), RandomOrder(4).score(table(1)))
    assert len(SIZE) == 2
