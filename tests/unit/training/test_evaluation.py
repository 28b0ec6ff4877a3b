"""What a score is worth: against its own sound versions, and where faults are rarer than in pairs."""

import numpy as np
import pytest

from yantra_bot.scoring.calibration import average_precision, calibration_error, reliability
from yantra_bot.training.evaluation import at_prevalence, detect

BUGS = np.array([-1, 0, -1, 0, -1, 5], np.int32)


def test_a_class_is_told_from_the_sound_versions_of_the_same_functions() -> None:
    """The sound function of another class's pair is above all of them, and counts for the whole alone."""
    found = detect(np.array([0.1, 0.3, 0.2, 0.15, 0.9, 0.8]), BUGS)
    assert found.by_class == {"variable misuse": 0.75, "wrong constant": 0.0}
    assert sorted(found.paired_by_class.values()) == [0.0, 0.5]
    assert found.paired == pytest.approx(1 / 3)
    assert sorted(found.counts.values()) == [1, 2]


def test_without_pairs_a_class_is_told_from_all_that_are_sound() -> None:
    found = detect(np.array([0.3, 0.1, 0.2]), np.array([0, -1, -1], np.int32))
    assert list(found.by_class.values()) == [1.0]
    assert np.isnan(found.paired)


def test_at_half_nothing_is_weighed() -> None:
    random = np.random.default_rng(0)
    truths = random.random(4_000) < 0.5
    said = np.clip(0.5 + 0.2 * (truths - 0.5) + 0.2 * random.standard_normal(4_000), 0.01, 0.99)
    found = at_prevalence(said, truths, float(truths.mean()))
    assert found.precision == pytest.approx(average_precision(said, truths))
    assert found.error == pytest.approx(calibration_error(reliability(said, truths)))
    assert found.moved_error == pytest.approx(found.error, abs=1e-3)


def test_where_faults_are_rare_the_same_score_is_worth_less_and_its_probabilities_are_too_high() -> None:
    """They fit at a half; moved by Bayes' rule they fit at the prevalence too."""
    random = np.random.default_rng(1)
    said = random.random(60_000)
    truths = random.random(60_000) < said
    half, rare = (at_prevalence(said, truths, share) for share in (0.5, 0.01))
    assert half.error < 0.01
    assert rare.error > 0.3
    assert rare.moved_error < 0.01
    assert 0.01 < rare.precision < half.precision


def test_of_one_kind_alone_nothing_is_said() -> None:
    assert np.isnan(at_prevalence(np.array([0.5]), np.array([True]), 0.1).precision)
