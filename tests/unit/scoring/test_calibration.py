"""Calibration makes frequencies of scores; measures say how far what was said is from what came."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.scoring.calibration import (
    MANY,
    Isotonic,
    Platt,
    Scores,
    Truths,
    auroc,
    average_precision,
    brier,
    calibrate,
    calibration_error,
    cross_fit,
    fit_isotonic,
    fit_platt,
    reliability,
)

outcomes = st.lists(
    st.tuples(st.floats(0, 1) | st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans()), min_size=1, max_size=80
)


def arrays(pairs: list[tuple[float, bool]]) -> tuple[Scores, Truths]:
    return np.array([one for one, _ in pairs], dtype=np.float64), np.array([one for _, one in pairs], dtype=np.bool_)


def draw(count: int, *, seed: int, sharpness: float = 1.0) -> tuple[Scores, Truths]:
    """Scores whose true frequency is known: what came follows the logit, sharpened."""
    random = np.random.default_rng(seed)
    scores = random.uniform(0.02, 0.98, count)
    chance = 1 / (1 + np.exp(-sharpness * np.log(scores / (1 - scores))))
    return scores, random.uniform(size=count) < chance


@settings(deadline=None)  # a loaded machine stands still for longer than any of these takes
@given(outcomes)
def test_isotonic_regression_rises_and_keeps_the_mean(pairs: list[tuple[float, bool]]) -> None:
    """Its values never fall, lie within 0 to 1, and are right on average."""
    scores, truths = arrays(pairs)
    found = fit_isotonic(scores, truths)
    assert (np.diff(found.values) >= 0).all()
    assert found.values.min() >= 0
    assert found.values.max() <= 1
    assert np.interp(scores, found.scores, found.values).mean() == pytest.approx(truths.mean())


@settings(deadline=None)
@given(outcomes)
def test_no_rising_line_is_nearer_by_squares(pairs: list[tuple[float, bool]]) -> None:
    """Against three lines that rise too: level, the scores themselves, and a step at the middle."""
    scores, truths = arrays(pairs)
    found = fit_isotonic(scores, truths)
    own = brier(np.interp(scores, found.scores, found.values), truths)
    for other in (np.full(len(scores), truths.mean()), scores, (scores > 0.5).astype(np.float64)):
        assert own <= brier(other, truths) + 1e-12


@settings(deadline=None)
@given(outcomes)
def test_what_is_calibrated_is_a_probability_that_keeps_the_order(pairs: list[tuple[float, bool]]) -> None:
    """Whatever came of it, nothing is certain and no score overtakes a higher one."""
    scores, truths = arrays(pairs)
    for found in (fit_platt(scores, truths), fit_isotonic(scores, truths)):
        said = found.apply(np.linspace(0, 1, 41))
        assert ((said > 0) & (said < 1)).all()
        assert (np.diff(said) >= -1e-12).all()


def test_platt_finds_the_curve_that_the_outcomes_were_drawn_from() -> None:
    """Scores that are half as sharp as they ought to be get a slope of two."""
    found = fit_platt(*draw(20_000, seed=1, sharpness=2.0))
    assert found.slope == pytest.approx(2.0, abs=0.1)
    assert found.offset == pytest.approx(0.0, abs=0.1)


def test_a_score_that_is_wrong_way_round_is_not_turned_round() -> None:
    """What says the opposite of what comes says nothing: all get the mean."""
    scores, truths = draw(500, seed=2)
    found = fit_platt(scores, ~truths)
    assert found.slope == 0
    assert found.apply(np.array([0.1, 0.9])) == pytest.approx((~truths).mean(), abs=0.01)


@pytest.mark.parametrize("is_bad", [True, False])
def test_outcomes_of_one_kind_do_not_end_in_certainty(is_bad: bool) -> None:
    """Three bad ones out of three are not proof that all are."""
    said = fit_platt(np.array([0.2, 0.5, 0.7]), np.array([is_bad] * 3)).apply(np.array([0.0, 0.5, 1.0]))
    assert ((said > 0.02) & (said < 0.98)).all()


def test_the_number_of_outcomes_chooses() -> None:
    """Few get the curve with two numbers, many the one of any shape."""
    assert isinstance(calibrate(*draw(MANY - 1, seed=3)), Platt)
    assert isinstance(calibrate(*draw(MANY, seed=3)), Isotonic)
    with pytest.raises(ValueError, match="no outcome"):
        calibrate(np.array([]), np.array([], dtype=np.bool_))


def test_calibration_brings_the_error_down_and_is_measured_on_what_it_has_not_seen() -> None:
    """Scores that exaggerate are off by much before, and by little afterwards, cross-fitted."""
    scores, truths = draw(4_000, seed=4, sharpness=0.4)
    before = calibration_error(reliability(scores, truths))
    after = calibration_error(reliability(cross_fit(scores, truths), truths))
    assert before > 0.1
    assert after < 0.03


def test_cross_fitting_lets_no_outcome_tell_of_itself() -> None:
    """On scores that say nothing, a curve of its own outcomes would seem good; the cross-fitted one does not."""
    random = np.random.default_rng(5)
    scores, truths = random.uniform(size=600), random.uniform(size=600) < 0.5
    assert auroc(fit_isotonic(scores, truths).apply(scores), truths) > 0.55
    assert auroc(cross_fit(scores, truths), truths) < 0.55
    assert np.array_equal(cross_fit(scores, truths), cross_fit(scores, truths))
    assert np.isnan(cross_fit(scores[:1], truths[:1])).all()


@settings(deadline=None)
@given(outcomes)
def test_bins_hold_each_outcome_once(pairs: list[tuple[float, bool]]) -> None:
    """Their counts sum to all, and what was said in a bin lies within its bounds."""
    scores, truths = arrays(pairs)
    curve = reliability(scores, truths)
    assert sum(one.count for one in curve) == len(pairs)
    assert sum(one.count * one.seen for one in curve) == pytest.approx(truths.sum())
    assert all(one.low - 1e-9 <= one.said <= one.high + 1e-9 for one in curve)
    assert 0 <= calibration_error(curve) <= 1


@settings(deadline=None)
@given(outcomes)
def test_the_auroc_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[float, bool]]) -> None:
    """Counted pair by pair, ties as half; it does not change with the scores' scale."""
    scores, truths = arrays(pairs)
    won = [(bad > good) + 0.5 * (bad == good) for bad in scores[truths] for good in scores[~truths]]
    if not won:
        assert np.isnan(auroc(scores, truths))
        return
    assert auroc(scores, truths) == pytest.approx(np.mean(won))
    assert auroc(3 * scores, truths) == auroc(scores, truths)


def test_measures_of_nothing_are_no_numbers() -> None:
    """No data is not a pass: nothing is 0 or 1 there."""
    none, truths = np.array([]), np.array([], dtype=np.bool_)
    assert np.isnan([auroc(none, truths), average_precision(none, truths), brier(none, truths)]).all()
    assert np.isnan(calibration_error(reliability(none, truths)))


@settings(deadline=None)
@given(outcomes)
def test_the_numbers_are_those_of_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    """Isotonic regression, AUROC, average precision and Brier score are the library's, to the last digits."""
    metrics = pytest.importorskip("sklearn.metrics")
    isotonic = pytest.importorskip("sklearn.isotonic")
    scores, truths = arrays(pairs)
    asked = np.linspace(-0.1, 1.1, 25)
    theirs = isotonic.IsotonicRegression(out_of_bounds="clip").fit(scores, truths)
    ours = fit_isotonic(scores, truths)
    # The library takes scores that differ by less than 1e-10 or so for the same one.
    if len(ours.scores) < 2 or np.diff(ours.scores).min() > 1e-9:
        assert np.interp(asked, ours.scores, ours.values) == pytest.approx(theirs.predict(asked), abs=1e-9)
    if truths.any() and not truths.all():
        assert auroc(scores, truths) == pytest.approx(metrics.roc_auc_score(truths, scores))
    if truths.any():
        assert average_precision(scores, truths) == pytest.approx(metrics.average_precision_score(truths, scores))
    assert brier(scores, truths) == pytest.approx(metrics.brier_score_loss(truths, scores, pos_label=True))


def test_platts_curve_is_that_of_a_logistic_regression() -> None:
    """Of smoothed targets, each outcome counts for both sides with its target as weight."""
    linear = pytest.importorskip("sklearn.linear_model")
    scores, truths = draw(300, seed=6, sharpness=1.5)
    good, bad = int((~truths).sum()), int(truths.sum())
    targets = np.where(truths, (bad + 1) / (bad + 2), 1 / (good + 2))
    logits = np.log(scores / (1 - scores))[:, None]
    model = linear.LogisticRegression(C=np.inf, tol=1e-10, max_iter=1_000).fit(
        np.concatenate([logits, logits]),
        np.repeat([True, False], len(scores)),
        sample_weight=np.concatenate([targets, 1 - targets]),
    )
    found = fit_platt(scores, truths)
    assert (found.slope, found.offset) == pytest.approx((model.coef_[0, 0], model.intercept_[0]), abs=1e-4)
