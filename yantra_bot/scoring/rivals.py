"""What a learned score is held against: what can be counted without a model, one by one and all together. Pure numpy.

Published work has learned scores of changes lose to the number of changed lines, or to a logistic regression on a few
such counts. A score has to beat each of them on the same outcomes, so that none of them is left out here.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from yantra_bot.domain.scores import Rival, ScoredOutcome
from yantra_bot.scoring.calibration import Scores, Truths, auroc, deal, fit_logistic, logit

TOGETHER: Final = "all of these together"
PENALTY: Final = 1.0
"""Of the squares of the regression's weights: with few outcomes it follows none of the counts into chance."""
WIDE: Final = 1.96
"""Standard errors on either side in an interval of 95 %."""


def compare(scores: Scores, outcomes: Sequence[ScoredOutcome], bad: Truths) -> tuple[Rival, ...]:
    """Return how each rival does beside `scores` [n] on the same outcomes [n], the hardest first. Needs both kinds."""
    counts = _count(outcomes)
    said = {**counts, TOGETHER: regress(list(counts.values()), bad)}
    found = [Rival(name, auroc(one, bad), advantage_low(scores, one, bad)) for name, one in said.items()]
    return tuple(sorted(found, key=lambda one: (one.advantage_low, one.name)))


def _count(outcomes: Sequence[ScoredOutcome]) -> Mapping[str, Scores]:
    """Return each count [n] by its name, as a regression takes it: logarithms, which leave the order as it is."""
    sizes = np.array(
        [(one.size.added, one.size.removed, one.size.files, one.size.symbols, one.size.lines) for one in outcomes],
        dtype=np.float64,
    ).T
    counts = {
        "the number of changed lines": sizes[0] + sizes[1],
        "added lines": sizes[0],
        "removed lines": sizes[1],
        "the number of files": sizes[2],
        "the number of symbols": sizes[3],
        "the length of these symbols": sizes[4],
    }
    baseline = logit(np.array([one.baseline for one in outcomes], dtype=np.float64))
    known = {**{name: np.log1p(one) for name, one in counts.items()}, "lines and complexity of a function": baseline}
    # Of code that is not changed yet, no line is: what is the same everywhere is no rival.
    return {name: one for name, one in known.items() if np.ptp(one) > 0} or known


def regress(columns: Sequence[Scores], bad: Truths) -> Scores:
    """Return for each outcome [n] what a logistic regression on the others says by `columns` [k][n], as a logit.

    Each column is scaled to the same spread.
    """
    rows = np.stack(columns)
    spread = rows.std(axis=1, keepdims=True)
    rows = np.vstack([(rows - rows.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1), np.ones(len(bad))])
    penalty = np.append(np.full(len(columns), PENALTY), 0.0)
    folds, said = deal(bad), np.empty(len(bad))
    for fold in np.unique(folds):
        held = folds == fold
        said[held] = fit_logistic(rows[:, ~held], bad[~held].astype(np.float64), penalty) @ rows[:, held]
    return said


def advantage_low(scores: Scores, rival: Scores, bad: Truths) -> float:
    """Return the lower bound (95 %) of how far the AUROC of `scores` is above the rival's: DeLong's paired test (1988).

    Both are judged on the same outcomes [n]. Needs two of each kind.
    """
    of_bad, of_good = (ours - theirs for ours, theirs in zip(_places(scores, bad), _places(rival, bad), strict=True))
    variance = of_bad.var(ddof=1) / len(of_bad) + of_good.var(ddof=1) / len(of_good)
    return float(of_bad.mean() - WIDE * np.sqrt(variance))


def _places(scores: Scores, bad: Truths) -> tuple[Scores, Scores]:
    """Return of each bad outcome the share of good ones below it, and of each good one that of bad ones above it."""
    worse, better = scores[bad], scores[~bad]
    return _below(worse, np.sort(better)), 1 - _below(better, np.sort(worse))


def _below(scores: Scores, others: Scores) -> Scores:
    """Return the share of `others`, which rise, that is below each score; ties are half."""
    sums: Scores = (np.searchsorted(others, scores, "left") + np.searchsorted(others, scores, "right")) / 2
    return sums / len(others)
