"""A learned score is shown only where it is better than lines and complexity, beyond chance, on what came of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.scores import ScoredOutcome
from yantra_bot.scoring.standing import NEWEST, judge, own_calibration


def past(count: int, *, model: float, baseline: float, seed: int = 0, share: float = 0.3) -> list[ScoredOutcome]:
    """Outcomes whose two scores know so much of what came: 0 nothing, 1 nearly all."""
    random = np.random.default_rng(seed)
    bad = random.uniform(size=count) < share

    def knows(much: float) -> list[float]:
        said: list[float] = (0.5 + 0.45 * np.tanh(2 * much * (bad - 0.5) + 0.5 * random.normal(size=count))).tolist()
        return said

    return [ScoredOutcome(*one) for one in zip(knows(model), knows(baseline), bad.tolist(), strict=True)]


def test_a_score_that_is_better_on_enough_outcomes_has_earned_it() -> None:
    """The standing says on how much it rests, and by how much it is ahead."""
    found = judge(past(200, model=0.8, baseline=0.2))
    assert found.is_earned
    assert found.model_auroc is not None
    assert found.baseline_auroc is not None
    assert found.advantage_low is not None
    assert found.model_auroc > found.baseline_auroc
    assert 0 < found.advantage_low < found.model_auroc - found.baseline_auroc
    assert found.reason.startswith("It tells bad changes from good ones better than lines and complexity do (AUROC 0.")
    assert f"on 200 changes, {found.bad} of which went wrong." in found.reason
    assert sum(one.count for one in found.curve) == 200
    assert found.calibration_error is not None
    assert found.calibration_error < 0.2


def test_no_outcome_is_not_a_pass() -> None:
    """A new repository has earned nothing, and is told what is needed."""
    found = judge([])
    assert not found.is_earned
    assert found.outcomes == 0
    assert found.reason == (
        "No outcome of a scored change is known here yet; at least 50 are needed, 10 of them bad and 10 good."
    )


@pytest.mark.parametrize(("count", "share"), [(1, 0.0), (49, 0.5), (400, 0.02), (400, 0.99), (400, 0.0), (400, 1.0)])
def test_too_few_outcomes_of_either_kind_show_nothing(count: int, share: float) -> None:
    """However good the score seems: it is said how many there are."""
    found = judge(past(count, model=3, baseline=0, share=share))
    assert not found.is_earned
    assert found.reason.startswith(f"{count} outcome")
    assert f"{found.bad} of them bad; at least 50 are needed" in found.reason


@pytest.mark.parametrize("seed", range(5))
def test_a_score_that_knows_nothing_does_not_earn_it(seed: int) -> None:
    """Nor does one that is worse than the baseline."""
    assert not judge(past(300, model=0, baseline=0.5, seed=seed)).is_earned
    found = judge(past(300, model=0.2, baseline=1.5, seed=seed))
    assert not found.is_earned
    assert found.reason.startswith("It tells bad changes from good ones no better than lines and complexity do")


def test_an_advantage_that_may_be_chance_is_none() -> None:
    """Ahead by a little on sixty changes: the lower bound of the advantage is not above 0."""
    found = judge(past(60, model=0.6, baseline=0.4))
    assert found.model_auroc is not None
    assert found.baseline_auroc is not None
    assert found.advantage_low is not None
    assert found.model_auroc > found.baseline_auroc
    assert found.advantage_low <= 0
    assert not found.is_earned
    assert "but that may be chance" in found.reason


def test_the_baseline_against_itself_is_no_advantage() -> None:
    """The draws are paired: the same score twice differs by exactly nothing."""
    same = [ScoredOutcome(one.score, one.score, one.is_bad) for one in past(200, model=1, baseline=1)]
    found = judge(same)
    assert found.advantage_low == 0
    assert not found.is_earned


def test_the_interval_covers_what_it_says() -> None:
    """Of two scores that know equally much, one is found ahead in a few of a hundred pasts at most."""
    earned = sum(judge(past(120, model=0.5, baseline=0.5, seed=seed)).is_earned for seed in range(100))
    assert earned <= 7


def test_only_the_newest_count() -> None:
    """What a model said long ago does not speak for it any more."""
    found = judge([*past(NEWEST, model=3, baseline=0), *past(NEWEST, model=0, baseline=1, seed=1)])
    assert found.outcomes == NEWEST
    assert not found.is_earned


def test_what_is_no_number_says_nothing() -> None:
    """A score that came out as NaN is left out instead of ruining the rest."""
    good = past(200, model=0.8, baseline=0.2)
    broken = [ScoredOutcome(float("nan"), 0.5, is_bad=True), ScoredOutcome(0.5, float("inf"), is_bad=False)]
    assert judge([*broken, *good]) == judge(good)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), max_size=120))
def test_a_standing_can_be_told_whatever_came(pairs: list[tuple[float, float, bool]]) -> None:
    """The same outcomes are judged the same each time; what is earned has every number."""
    outcomes = [ScoredOutcome(*pair) for pair in pairs]
    found = judge(outcomes)
    assert found == judge(outcomes)
    assert found.reason.endswith(".")
    assert found.outcomes == len(pairs)
    if found.is_earned:
        assert found.advantage_low is not None
        assert found.advantage_low > 0
    assert (own_calibration(outcomes) is None) == (not pairs)
