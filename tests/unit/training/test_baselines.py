"""What the network is held against: trees that learn what can be learned, and size and chance that know less."""

from dataclasses import replace

import numpy as np
import pytest

from yantra_bot.scoring.batch import FEATURES, InnerGraph, SymbolGraph
from yantra_bot.scoring.calibration import auroc
from yantra_bot.training.baselines import CHANCE, SIZE, SIZED, LookUp, RandomOrder, make_baselines
from yantra_bot.training.evaluation import recall_of_imports
from yantra_bot.training.samples.stored import SOUND
from yantra_bot.training.tables import BAG, GRAMS, Table, bag_of, beside_of, grams_of

COUNT = 300


def table(seed: int) -> Table:
    """Samples whose faults follow from one of their features, and whose bags and pairs say it more plainly."""
    random = np.random.default_rng(seed)
    features = random.random((COUNT, FEATURES)).astype(np.float32)
    is_faulty = features[:, 3] + 0.4 * random.random(COUNT) > 0.7
    bags, grams = np.zeros((COUNT, BAG), np.float16), np.zeros((COUNT, GRAMS), np.float16)
    bags[:, 5] = grams[:, 70] = is_faulty
    sizes = random.random((COUNT, 4)).astype(np.float32)
    bugs = np.where(is_faulty, 0, SOUND).astype(np.int32)
    return replace(Table.of_features(features), bags=bags, grams=grams, sizes=sizes, bugs=bugs)


def test_each_baseline_tells_what_it_can_see() -> None:
    """Trees find the feature, with the bags all of it; size alone and chance find nothing."""
    pytest.importorskip("sklearn")
    known, asked = table(0), table(1)
    told = {}
    for name, baseline in make_baselines(0, rounds=25).items():
        baseline.fit(known, known.is_faulty)
        told[name] = auroc(baseline.score(asked), asked.is_faulty)
    for name in (CHANCE, SIZED):
        assert abs(told.pop(name) - 0.5) < 0.2
    everything, bags, features, nodes = told.values()
    assert min(everything, bags, nodes) > 0.99
    assert 0.75 < features <= bags


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


def test_pairs_tell_what_stands_in_what() -> None:
    """The same kinds and words, joined otherwise, are other pairs and triples; order and data flow are none."""
    kinds, words = np.array([1, 2, 3], np.int32), np.array([7, 8, 9], np.int32)
    starts, spots = np.arange(4, dtype=np.int32), np.zeros((3, 2), np.int32)
    chain = InnerGraph(kinds, words, starts, spots, np.array([[0, 1], [1, 2], [0, 0]], np.int32))
    fan = replace(chain, edges=np.array([[0, 0], [1, 2], [0, 0]], np.int32))
    flow = replace(chain, edges=np.array([[0, 1, 0], [1, 2, 2], [0, 0, 3]], np.int32))
    assert not np.array_equal(grams_of(chain), grams_of(fan))
    assert np.array_equal(grams_of(chain), grams_of(flow))
    assert np.expm1(grams_of(chain)).sum() == pytest.approx(9)


def test_what_is_beside_is_the_mean_of_the_neighbours_both_ways() -> None:
    features = np.tile(np.array([[1], [3], [8], [0]], np.float32), (1, FEATURES))
    graph = SymbolGraph(features, np.array([[0, 2], [1, 0]], np.int32), np.array([0, 3], np.int32))
    assert beside_of(graph)[:, 0].tolist() == [5.5, 0]


def test_a_counted_table_knows_which_modules_go_with_a_word() -> None:
    """A word that was seen with a module tells it; one that nobody has seen tells what is usual."""
    known = Table.of_features(np.zeros((40, FEATURES), np.float32))
    modules = np.zeros((40, 50), np.float32)
    modules[:10, 4] = modules[10:, 9] = 1
    known = replace(known, words=(np.array([3], np.int32),) * 10 + (np.array([5], np.int32),) * 30, imports=modules)
    look_up = LookUp()
    look_up.fit(known)
    said = look_up.score(
        replace(known.only(np.arange(40) < 2), words=(np.array([3], np.int32), np.array([6], np.int32)))
    )
    assert said.argmax(axis=1).tolist() == [4, 9]
    assert recall_of_imports(look_up.score(known), modules.astype(np.float64), 1) == 1


def test_chance_is_the_same_for_a_seed() -> None:
    """So that a table can be made again."""
    assert np.array_equal(RandomOrder(4).score(table(0)), RandomOrder(4).score(table(1)))
    assert len(SIZE) == 2
