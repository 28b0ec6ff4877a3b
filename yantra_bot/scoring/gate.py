"""Whether an updated version may be used: not worse than those before it on what none has learned from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from yantra_bot.scoring.calibration import Scores, Truths, auroc, brier

LEAST: Final = 40
"""Held-out outcomes, and LEAST_EACH of either kind, below which nothing can be told and nothing is adopted."""
LEAST_EACH: Final = 10
MARGIN_AUROC, MARGIN_BRIER = 0.01, 0.005
"""What may be lost, at the lower end of 95 of 100 draws for the first, in the mean for the second."""
DRAWS: Final = 400
_LOW, _LOWEST = 0.05, 0.025


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is adopted, the sentence that says why, and the figures."""

    is_adopted: bool
    reason: str
    figures: dict[str, float] = field(default_factory=dict)


def too_few(count: int, bad: int) -> str:
    """Return why so few held-out outcomes tell nothing, as a sentence; empty where there are enough."""
    if count >= LEAST and min(bad, count - bad) >= LEAST_EACH:
        return ""
    return (
        f"{count} held-out outcomes, {bad} of them bad, are too few to tell: {LEAST} are needed, "
        f"{LEAST_EACH} of either kind."
    )


def judge(new: Scores, others: Mapping[str, Scores], truths: Truths) -> Verdict:
    """Return the verdict on a version by the same held-out outcomes, pair by pair: probabilities and what came.

    `others` are what it may not be worse than, each of them, by name: were it held against its parent alone, many small
    losses would add up.
    """
    few = too_few(len(truths), int(truths.sum()))
    if few:
        return Verdict(False, few)
    if not np.isfinite(new).all():
        return Verdict(False, "It says what are no numbers.")
    figures = {"auroc": auroc(new, truths), "brier": brier(new, truths), "held_out": float(len(truths))}
    said, lows = [], []
    is_worse = False
    for name, old in others.items():
        figures |= {f"{name}_auroc": auroc(old, truths), f"{name}_brier": brier(old, truths)}
        lows.append(float(np.quantile(_draw(new, old, truths), _LOW)))
        said.append(f"{name} {figures[f'{name}_auroc']:.4f} / {figures[f'{name}_brier']:.4f}, change {lows[-1]:+.4f}")
        is_worse |= lows[-1] < -MARGIN_AUROC or figures["brier"] > figures[f"{name}_brier"] + MARGIN_BRIER
    figures["auroc_low"] = min(lows, default=0.0)
    return Verdict(
        not is_worse,
        f"AUROC {figures['auroc']:.4f} / Brier {figures['brier']:.4f} on {len(truths)} held-out outcomes; of those "
        f"before, with the lower bound of the change in AUROC: {'; '.join(said)}.",
        figures,
    )


def better_than_chance(scores: Scores, truths: Truths) -> float | None:
    """Return the lower bound (95 %) of how far an AUROC is above one half; None where too few outcomes tell."""
    if too_few(len(truths), int(truths.sum())) or not np.isfinite(scores).all():
        return None
    return float(np.quantile(_draw(scores, np.zeros(len(scores)), truths), _LOWEST))


def _draw(new: Scores, old: Scores, truths: Truths) -> Scores:
    """Return the change in AUROC over samples with replacement, each of both kinds."""
    chance, found = np.random.default_rng(0), []
    bad, good = np.flatnonzero(truths), np.flatnonzero(~truths)
    for _ in range(DRAWS):
        rows = np.concatenate((chance.choice(bad, len(bad)), chance.choice(good, len(good))))
        found.append(auroc(new[rows], truths[rows]) - auroc(old[rows], truths[rows]))
    return np.array(found, np.float64)
