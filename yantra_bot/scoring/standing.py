"""Whether a learned score has earned to be shown in a repository, by what came of what it said there. Pure.

Published work has learned scores of changes lose to the number of changed lines. So the question is not whether the
score is good but whether it is better than that, here, beyond chance. No data is not a pass.

A bound that is looked at after each outcome is crossed by chance sooner or later, and crossed back. So the score is
judged anew with every twentieth outcome only, and what it has earned changes only where two judgings in a row say so.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from yantra_bot.domain.scores import Rival, ScoredOutcome, ScoredPast, ScoreStanding
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
from yantra_bot.scoring.rivals import compare

EVERY: Final = 20
"""Outcomes from one judging to the next."""
ENOUGH: Final = 60
"""A multiple of `EVERY`: the first judging."""
ENOUGH_BAD: Final = 10
ENOUGH_GOOD: Final = 10
NEWEST: Final = 2_000
"""Outcomes beyond these are old."""
JUDGINGS: Final = 6
"""As far as it is looked back: what nobody found again in so many is no more earned."""
KEPT: Final = NEWEST + JUDGINGS * EVERY
"""Outcomes that a standing is told from, at most."""


def judge(past: ScoredPast, *, of: str = "change") -> ScoreStanding:
    """Return whether the score has earned to be shown, by its newest outcomes; each is of one `of`."""
    known = usable(past.outcomes)
    count, bad = len(known), sum(one.is_bad for one in known)
    last = (past.before + count) // EVERY * EVERY
    ends = [last - back * EVERY - past.before for back in reversed(range(JUDGINGS))]
    judged = [_judge_once(known[max(0, end - NEWEST) : end], of) for end in ends if end >= ENOUGH]
    if not judged:
        few = _too_few(count, bad, of)
        return replace(_with_curve(ScoreStanding(is_earned=False, reason=few), known), outcomes=count, bad=bad)
    found = judged[-1]
    is_earned = _is_earned(judged)
    reason = found.reason
    if is_earned is not found.is_earned:
        reason += f" What is shown changes where the next judging, {EVERY} outcomes later, says so too."
    return replace(_with_curve(found, known[-NEWEST:]), is_earned=is_earned, reason=reason)


def _is_earned(judged: Sequence[ScoreStanding]) -> bool:
    """Return what has been earned after all judgings, the oldest first: two in a row give it, and two take it away.

    One takes it away where the score is behind, not only ahead by what may be chance.
    """
    is_earned = was_ahead = False
    for one in judged:
        if one.is_earned is was_ahead or _is_behind(one):
            is_earned = one.is_earned
        was_ahead = one.is_earned
    return is_earned


def _is_behind(one: ScoreStanding) -> bool:
    return one.model_auroc is None or any(rival.auroc >= one.model_auroc for rival in one.rivals)


def _judge_once(outcomes: Sequence[ScoredOutcome], of: str) -> ScoreStanding:
    """Return what these outcomes alone say; `is_earned` is whether the score is ahead of every rival in them."""
    scores, bad = _arrays(outcomes)
    count, wrong = len(outcomes), int(bad.sum())
    too_few = _too_few(count, wrong, of)
    if too_few:
        return ScoreStanding(is_earned=False, reason=too_few, outcomes=count, bad=wrong)
    model, rivals = auroc(scores, bad), compare(scores, outcomes, bad)
    return ScoreStanding(
        is_earned=rivals[0].advantage_low > 0,
        reason=_tell(model, rivals[0], seen=f"on {count:,} {of}s, {wrong:,} of which went wrong"),
        outcomes=count,
        bad=wrong,
        model_auroc=model,
        rivals=rivals,
    )


def _with_curve(found: ScoreStanding, outcomes: Sequence[ScoredOutcome]) -> ScoreStanding:
    """Return a standing with the curve of all outcomes, cross-fitted; as it is where one kind of them is missing."""
    scores, bad = _arrays(outcomes)
    if not bad.any() or bad.all():
        return found
    curve = reliability(cross_fit(scores, bad), bad)
    return replace(found, curve=curve, calibration_error=calibration_error(curve))


def usable(outcomes: Sequence[ScoredOutcome]) -> list[ScoredOutcome]:
    """Return the outcomes with numbers that can be compared; one that is none says nothing."""
    return [one for one in outcomes if np.isfinite(one.score) and np.isfinite(one.baseline)]


def own_calibration(past: ScoredPast) -> Calibration | None:
    """Return a repository's own calibration of its scores; None where there is nothing to make it of."""
    newest = usable(past.outcomes)[-NEWEST:]
    return calibrate(*_arrays(newest)) if newest else None


def _arrays(outcomes: Sequence[ScoredOutcome]) -> tuple[Scores, Truths]:
    return (
        np.array([one.score for one in outcomes], dtype=np.float64),
        np.array([one.is_bad for one in outcomes], dtype=np.bool_),
    )


def _too_few(count: int, bad: int, of: str) -> str:
    """Return why so few outcomes show nothing; empty where there are enough."""
    if count >= ENOUGH and bad >= ENOUGH_BAD and count - bad >= ENOUGH_GOOD:
        return ""
    needed = f"at least {ENOUGH} are needed, {ENOUGH_BAD} of them bad and {ENOUGH_GOOD} good"
    if not count:
        return f"No outcome of a scored {of} is known here yet; {needed}."
    verb = "is" if count == 1 else "are"
    return f"{count} outcome{'' if count == 1 else 's'} of scored {of}s {verb} known here, {bad} of them bad; {needed}."


def _tell(model: float, rival: Rival, *, seen: str) -> str:
    ranks = f"(AUROC {model:.2f} against {rival.auroc:.2f}, lower bound of the advantage {rival.advantage_low:+.2f})"
    if rival.advantage_low > 0:
        return f"It tells what goes wrong better than every plain count; the closest is {rival.name} {ranks}, {seen}."
    if model > rival.auroc:
        needed = "the lower bound has to be above 0"
        return f"It is ahead of {rival.name} {ranks}, but that may be chance, {seen}: {needed}."
    return f"It tells what goes wrong no better than {rival.name} {ranks}, {seen}."
