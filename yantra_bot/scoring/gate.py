"""Whether an updated version may take the place of its parent: not worse on what neither has learned from. Pure."""

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is adopted, the sentence that says why, and the figures."""

    is_adopted: bool
    reason: str
    figures: dict[str, float] = field(default_factory=dict)


def judge(new: Scores, old: Scores, truths: Truths) -> Verdict:
    """Return the verdict on a version by the same held-out outcomes, pair by pair: probabilities and what came."""
    yes = int(truths.sum())
    if len(truths) < LEAST or min(yes, len(truths) - yes) < LEAST_EACH:
        return Verdict(False, f"{len(truths)} held-out outcomes, {yes} of them bad, are too few to tell.")
    if not np.isfinite(new).all():
        return Verdict(False, "It says what are no numbers.")
    figures = {
        "auroc": auroc(new, truths),
        "parent_auroc": auroc(old, truths),
        "brier": brier(new, truths),
        "parent_brier": brier(old, truths),
        "held_out": float(len(truths)),
    }
    figures["auroc_low"] = float(np.quantile(_draw(new, old, truths), 0.05))
    said = (
        f"AUROC {figures['auroc']:.4f} after {figures['parent_auroc']:.4f} (lower bound of the change "
        f"{figures['auroc_low']:+.4f}), Brier {figures['brier']:.4f} after {figures['parent_brier']:.4f}, "
        f"{len(truths)} held-out outcomes."
    )
    is_worse = figures["auroc_low"] < -MARGIN_AUROC or figures["brier"] > figures["parent_brier"] + MARGIN_BRIER
    return Verdict(not is_worse, said, figures)


def _draw(new: Scores, old: Scores, truths: Truths) -> Scores:
    """Return the change in AUROC over samples with replacement, each of both kinds."""
    chance, found = np.random.default_rng(0), []
    bad, good = np.flatnonzero(truths), np.flatnonzero(~truths)
    for _ in range(DRAWS):
        rows = np.concatenate((chance.choice(bad, len(bad)), chance.choice(good, len(good))))
        found.append(auroc(new[rows], truths[rows]) - auroc(old[rows], truths[rows]))
    return np.array(found, np.float64)
