"""Whether a learned score has earned to be shown in a repository, by what came of what it said there. Pure.

Published work has learned scores of changes lose to the number of changed lines. So the question is not whether the
score is good but whether it is better than that, here, beyond chance. No data is not a pass.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yantra_bot.domain.scores import ScoredOutcome, ScoreStanding
from yantra_bot.scoring.calibration import (
    Calibration,
    Scores,
    Truths,
    auroc,
    calibrate,
    calibration_error,
    cross_fit,
    reliability,
)

ENOUGH: Final = 50
ENOUGH_BAD: Final = 10
ENOUGH_GOOD: Final = 10
NEWEST: Final = 2_000
"""Outcomes beyond these are old, and the pairs of them would be too many to weigh."""
SAMPLES: Final = 1_000
SEED: Final = 10
"""Of the bootstrap: the same outcomes are judged the same each time."""
LOWER: Final = 2.5
"""Percentile: the lower end of an interval of 95 %."""


def judge(outcomes: Sequence[ScoredOutcome]) -> ScoreStanding:
    """Return whether the score has earned to be shown, by its newest outcomes; `outcomes` has the oldest first."""
    newest = usable(outcomes)
    scores, baseline, bad = _arrays(newest)
    count, wrong = len(newest), int(bad.sum())
    too_few = _too_few(count, wrong)
    if not wrong or wrong == count:
        return ScoreStanding(is_earned=False, reason=too_few, outcomes=count, bad=wrong)
    model, plain = auroc(scores, bad), auroc(baseline, bad)
    low = advantage_low(scores, baseline, bad)
    curve = reliability(cross_fit(scores, bad), bad)
    is_ahead = low > 0
    return ScoreStanding(
        is_earned=not too_few and is_ahead,
        reason=too_few or _tell(model, plain, low, count=count, bad=wrong),
        outcomes=count,
        bad=wrong,
        model_auroc=model,
        baseline_auroc=plain,
        advantage_low=low,
        calibration_error=calibration_error(curve),
        curve=curve,
    )


def usable(outcomes: Sequence[ScoredOutcome]) -> list[ScoredOutcome]:
    """Return the newest outcomes with numbers that can be compared; one that is none says nothing."""
    return [one for one in outcomes if np.isfinite(one.score) and np.isfinite(one.baseline)][-NEWEST:]


def own_calibration(outcomes: Sequence[ScoredOutcome]) -> Calibration | None:
    """Return a repository's own calibration of its scores; None where there is nothing to make it of."""
    newest = usable(outcomes)
    scores, _, bad = _arrays(newest)
    return calibrate(scores, bad) if newest else None


def advantage_low(scores: Scores, baseline: Scores, bad: Truths) -> float:
    """Return the lower bound (95 %) of how far the score's AUROC is above the baseline's: a paired bootstrap.

    Bad and good outcomes [n] are drawn anew each among themselves, and both scores are judged on the same draw. An
    AUROC is a mean over pairs, so that a draw only weighs the pairs anew: no sorting in the loop. Needs both kinds.
    """
    gained = _wins(scores, bad) - _wins(baseline, bad)
    random = np.random.default_rng(SEED)
    wrong, right = gained.shape
    drawn_wrong = random.multinomial(wrong, np.full(wrong, 1 / wrong), size=SAMPLES).astype(np.float64)
    drawn_right = random.multinomial(right, np.full(right, 1 / right), size=SAMPLES).astype(np.float64)
    advantages = ((drawn_wrong @ gained) * drawn_right).sum(axis=1) / (wrong * right)
    return float(np.percentile(advantages, LOWER))


def _wins(scores: Scores, bad: Truths) -> Scores:
    """Return [bad, good]: 1 where a bad outcome had the higher score, ½ where both had the same."""
    above, below = scores[bad][:, None], scores[~bad][None, :]
    wins: Scores = (above > below) + 0.5 * (above == below)
    return wins


def _arrays(outcomes: Sequence[ScoredOutcome]) -> tuple[Scores, Scores, Truths]:
    return (
        np.array([one.score for one in outcomes], dtype=np.float64),
        np.array([one.baseline for one in outcomes], dtype=np.float64),
        np.array([one.is_bad for one in outcomes], dtype=np.bool_),
    )


def _too_few(count: int, bad: int) -> str:
    """Return why so few outcomes show nothing; empty where there are enough."""
    if count >= ENOUGH and bad >= ENOUGH_BAD and count - bad >= ENOUGH_GOOD:
        return ""
    needed = f"at least {ENOUGH} are needed, {ENOUGH_BAD} of them bad and {ENOUGH_GOOD} good"
    if not count:
        return f"No outcome of a scored change is known here yet; {needed}."
    verb = "is" if count == 1 else "are"
    return (
        f"{count} outcome{'' if count == 1 else 's'} of scored changes {verb} known here, {bad} of them bad; {needed}."
    )


def _tell(model: float, plain: float, low: float, *, count: int, bad: int) -> str:
    seen = f"on {count:,} changes, {bad:,} of which went wrong"
    ranks = f"(AUROC {model:.2f} against {plain:.2f}, lower bound of the advantage {low:+.2f})"
    if low > 0:
        return f"It tells bad changes from good ones better than lines and complexity do {ranks}, {seen}."
    if model > plain:
        needed = "the lower bound has to be above 0"
        return f"It is ahead of lines and complexity {ranks}, but that may be chance, {seen}: {needed}."
    return f"It tells bad changes from good ones no better than lines and complexity do {ranks}, {seen}."
