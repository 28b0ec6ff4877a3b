"""Makes a frequency of a score, and measures how far what was said is from what came. Pure numpy.

Two ways to calibrate: Platt's curve has two numbers and needs few outcomes; isotonic regression takes any rising shape
and needs many. What a calibration is judged by is cross-fitted: no outcome is told by a curve that has seen it.
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.scores import ReliabilityBin

MANY: Final = 300
"""From so many outcomes on, isotonic regression: with fewer its steps follow chance (Niculescu-Mizil & Caruana 2005
found about a thousand; cross-fitting shows the difference to be small from some hundreds on)."""
BINS: Final = 10
FOLDS: Final = 5
_STEPS: Final = 100
_SMALL: Final = 1e-6

Scores = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


class Calibration(Protocol):
    """What makes a probability of a score."""

    def apply(self, scores: Scores) -> Scores:
        """Return a probability for each of `scores` [n]."""
        ...


@dataclass(frozen=True, slots=True)
class Platt:
    """A logistic curve over the score's logit: with slope 1 and offset 0 it changes nothing."""

    slope: float
    offset: float

    def apply(self, scores: Scores) -> Scores:
        """Return a probability for each of `scores` [n]."""
        # A steep curve ends in what a float rounds to 0 or 1; nothing is certain.
        return np.clip(logistic(self.slope * logit(scores) + self.offset), _SMALL, 1 - _SMALL)


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A rising line through points; beyond the first and the last it is level."""

    scores: Scores
    """[k], rising."""
    values: Scores
    """[k], never falling, 0 to 1."""
    count: int
    """Outcomes that it rests on. None of them makes certain: what is said stays within 1 / (count + 2) of 0 and 1."""

    def apply(self, scores: Scores) -> Scores:
        """Return a probability for each of `scores` [n]."""
        margin = 1 / (self.count + 2)
        return np.clip(np.interp(scores, self.scores, self.values), margin, 1 - margin)


def calibrate(scores: Scores, truths: Truths) -> Calibration:
    """Return the calibration that as many outcomes allow. `scores` [n] are 0 to 1. Raises ValueError for none."""
    if not len(scores):
        message = "Nothing can be calibrated on no outcome."
        raise ValueError(message)
    return fit_isotonic(scores, truths) if len(scores) >= MANY else fit_platt(scores, truths)


def fit_platt(scores: Scores, truths: Truths) -> Platt:
    """Return Platt's curve by Newton's method.

    The targets are smoothed by Platt's own rule (1999), so that few outcomes, or outcomes all of one kind, do not end
    in certainty. A slope that would turn the order of the scores round is held at 0: such a score says nothing.
    """
    good, bad = int((~truths).sum()), int(truths.sum())
    targets = np.where(truths, (bad + 1) / (bad + 2), 1 / (good + 2))
    logits = logit(scores)
    slope, offset = fit_logistic(np.stack([logits, np.ones_like(logits)]), targets, np.zeros(2)).tolist()
    if slope < 0:
        mean = float(targets.mean())
        return Platt(0.0, float(np.log(mean / (1 - mean))))
    return Platt(slope, offset)


def fit_logistic(rows: Scores, targets: Scores, penalty: Scores) -> Scores:
    """Return the weights [k] of a logistic regression of `targets` [n] on `rows` [k, n], by Newton's method.

    `penalty` [k] is what the square of each weight costs, twice; 0 for one that is free.
    """
    weights = np.zeros(len(rows))
    best = _loss(weights, rows, targets, penalty)
    for _ in range(_STEPS):
        said = logistic(weights @ rows)
        slope = rows @ (said - targets) + penalty * weights
        curvature = (rows * (said * (1 - said))) @ rows.T + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature, slope)
        # Newton's full step may overshoot where the curve is flat; half of it, and half again, ends below.
        while (loss := _loss(weights - step, rows, targets, penalty)) > best + 1e-12 and np.abs(step).max() > 1e-12:
            step /= 2
        weights, gain, best = weights - step, best - loss, loss
        if gain < 1e-12:
            break
    return weights


def _loss(weights: Scores, rows: Scores, targets: Scores, penalty: Scores) -> float:
    """Return the sum of cross-entropies, log(1 + e^x) - t x without overflow, and of what the weights cost."""
    logits = weights @ rows
    return float((np.logaddexp(0.0, logits) - targets * logits).sum() + (penalty * weights * weights).sum() / 2)


def fit_isotonic(scores: Scores, truths: Truths) -> Isotonic:
    """Return the rising line that is nearest by squares: pool adjacent violators."""
    points, where, weights = np.unique(scores, return_inverse=True, return_counts=True)
    means = np.bincount(where, weights=truths.astype(np.float64)) / weights
    pools: list[tuple[float, int, int]] = []  # mean, outcomes, points
    for one in zip(means.tolist(), weights.tolist(), [1] * len(points), strict=True):
        pool = one
        while pools and pools[-1][0] >= pool[0]:
            pool = _join(pools.pop(), pool)
        pools.append(pool)
    values = np.repeat([mean for mean, _, _ in pools], [span for _, _, span in pools])
    return Isotonic(points, values, len(scores))


def _join(left: tuple[float, int, int], right: tuple[float, int, int]) -> tuple[float, int, int]:
    mass = left[1] + right[1]
    return (left[0] * left[1] + right[0] * right[1]) / mass, mass, left[2] + right[2]


def cross_fit(scores: Scores, truths: Truths) -> Scores:
    """Return for each outcome [n] what a calibration on the others says. The folds are the same for the same outcomes.

    Both kinds of outcome are dealt out evenly. With fewer than two outcomes there are no others, and all is NaN.
    """
    if len(scores) < 2:
        return np.full(len(scores), np.nan)
    folds, said = deal(truths), np.empty(len(scores))
    for fold in np.unique(folds):
        held = folds == fold
        said[held] = calibrate(scores[~held], truths[~held]).apply(scores[held])
    return said


def deal(truths: Truths) -> npt.NDArray[np.int64]:
    """Return the fold of each outcome [n]: both kinds are dealt out evenly, the same outcomes always in one way."""
    order = np.lexsort((np.random.default_rng(0).permutation(len(truths)), truths))
    folds = np.empty(len(truths), dtype=np.int64)
    folds[order] = np.arange(len(truths)) % FOLDS
    return folds


def reliability(said: Scores, truths: Truths, *, bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Return what was said against what came, in bins of the same width; empty bins are left out."""
    numbers = np.minimum((said * bins).astype(np.int64), bins - 1)
    found = []
    for number in np.unique(numbers).tolist():
        among = numbers == number
        mean, seen = float(said[among].mean()), float(truths[among].mean())
        found.append(ReliabilityBin(number / bins, (number + 1) / bins, int(among.sum()), mean, seen))
    return tuple(found)


def calibration_error(curve: tuple[ReliabilityBin, ...]) -> float:
    """Return the expected calibration error: how far said is from seen, on average over all outcomes. 0 is best."""
    count = sum(one.count for one in curve)
    return sum(one.count * abs(one.said - one.seen) for one in curve) / count if count else float("nan")


def brier(said: Scores, truths: Truths) -> float:
    """Return the mean square of said minus came: 0 is best, 0.25 is what saying 0.5 of all gets. NaN for none."""
    return float(np.square(said - truths).mean()) if len(said) else float("nan")


def auroc(scores: Scores, truths: Truths) -> float:
    """Return how often a bad one has a higher score than a good one, ties being half. NaN unless there are both."""
    bad = int(truths.sum())
    good = len(truths) - bad
    if not bad or not good:
        return float("nan")
    return float((_mean_ranks(scores)[truths].sum() - bad * (bad + 1) / 2) / (bad * good))


def _mean_ranks(scores: Scores) -> Scores:
    """Return the rank of each score from 1; equal scores share the mean of theirs."""
    _, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: Scores = (ends - (counts - 1) / 2)[where]
    return means


def average_precision(scores: Scores, truths: Truths) -> float:
    """Return the mean precision over the bad ones, the highest score first; ties come together. NaN for none."""
    bad = int(truths.sum())
    if not bad:
        return float("nan")
    points, where, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    found = np.bincount(where, weights=truths.astype(np.float64), minlength=len(points))
    return float((found * np.cumsum(found) / np.cumsum(counts)).sum() / bad)


def logit(scores: Scores) -> Scores:
    """Return the logits of probabilities; those of 0 and 1 are held at what a float can tell from them."""
    held = np.clip(scores, _SMALL, 1 - _SMALL)
    logits: Scores = np.log(held / (1 - held))
    return logits


def logistic(logits: Scores) -> Scores:
    """Return the probabilities of logits."""
    said: Scores = 0.5 * (1 + np.tanh(logits / 2))  # no exponential that overflows
    return said
