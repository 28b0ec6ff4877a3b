"""The figures that the learned score is told by: intervals, ranks in a file, and pictures that can be read aloud."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from benchmarks.historic_fixes import Judged, match
from benchmarks.learned_numbers import ahead, hits, of_class, of_seeds, pairs_won, rank_in_files, spread_of_seeds
from benchmarks.learned_pictures import draw_classes, draw_reliability
from yantra_bot.domain.scores import ReliabilityBin
from yantra_bot.scoring.calibration import auroc

SVG = "{http://www.w3.org/2000/svg}"


def test_intervals_hold_the_figure_and_grow_with_what_projects_differ_in() -> None:
    """Projects that say the same leave no doubt; one that says the opposite leaves much."""
    truths = np.tile([False, True], 40)
    groups = np.repeat(np.arange(4), 20)
    right = np.tile([0.1, 0.9], 40)
    mixed = np.where(groups == 3, 1 - right, right)
    sure, unsure = (of_seeds([one, one], truths, groups, auroc) for one in (right, mixed))
    assert (sure.value, sure.low, sure.high) == (1.0, 1.0, 1.0)
    assert unsure.low < unsure.value < 1.0
    gap = ahead([right], [mixed], truths, groups)
    assert gap.value == pytest.approx(1 - unsure.value)
    assert spread_of_seeds([right, right], truths) == "± 0.000"
    assert spread_of_seeds([right], truths) == "–"


def test_a_class_is_held_against_the_sound_versions_of_its_own_functions() -> None:
    """Neither other classes nor other sound functions count: the first pair's sound one, at 0.95, is above all."""
    bugs = np.array([-1, 5, -1, 0, -1, 0])
    scores = [np.array([0.95, 0.0, 0.1, 0.3, 0.2, 0.15])]
    assert of_class(scores, bugs, 0) == 0.75
    assert pairs_won(scores, bugs, 0) == 0.5
    assert pairs_won(scores, bugs) == pytest.approx(1 / 3)


def test_the_interval_of_a_difference_holds_what_a_seed_changes() -> None:
    """Two seeds that say the opposite leave much doubt, also where all projects are alike."""
    truths, groups = np.tile([False, True], 40), np.repeat(np.arange(4), 20)
    right, chance = np.tile([0.1, 0.9], 40), np.full(80, 0.5)
    sure, unsure = (ahead([right, one], [chance], truths, groups) for one in (right, 1 - right))
    assert (sure.low, sure.high) == (0.5, 0.5)
    assert (unsure.value, unsure.low, unsure.high) == (0, -0.5, 0.5)


def test_the_faulty_function_is_ranked_among_the_sound_others_of_its_file() -> None:
    """Its own sound version does not count, ties share a rank, and a file of two functions is left out."""
    is_faulty = np.array([False, True, False, True, False, True, False, True, False, True])
    symbols = np.array([1, 1, 2, 2, 3, 3, 8, 8, 9, 9])
    files = np.array([1] * 6 + [2] * 4)
    scores = np.array([0.9, 0.5, 0.4, 0.95, 0.5, 0.1, 0.0, 1.0, 0.0, 1.0])
    ranks = rank_in_files(scores, is_faulty, files, symbols)
    assert ranks.tolist() == [[1.5, 3], [1, 3], [3, 3]]
    assert hits(ranks, 1) == pytest.approx(1 / 3)
    assert hits(ranks, 3) == 1


def test_sizes_are_matched_one_to_one() -> None:
    """A repaired function of a size that no untouched one has is left out."""
    judged = Judged([True, True, True, False, False], [0] * 5, [10, 100, 11, 11, 12], [], [])
    assert match(judged) == [0, 3, 2, 4]


def test_pictures_have_a_title_and_say_their_numbers() -> None:
    """Well-formed, for both colour schemes, with names that are not markup."""
    curve = (ReliabilityBin(0.0, 0.1, 30, 0.05, 0.1), ReliabilityBin(0.9, 1.0, 10, 0.95, 0.8))
    bars = draw_classes([("a < b", 0.9, 0.4)], ("the network", "boosting"))
    for picture, said in ((draw_reliability(curve, 0.06), "0.95 said and 0.80 seen of 10"), (bars, "0.90 and 0.40")):
        root = ET.fromstring(picture)
        assert root.findtext(f"{SVG}title")
        assert said in (root.findtext(f"{SVG}desc") or "")
        assert "prefers-color-scheme:dark" in picture
