"""Figures of a score with intervals: by drawing projects anew, over seeds, and by ranking the functions of a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.calibration import Scores, Truths, auroc, average_precision
from yantra_bot.training.evaluation import auroc_of_class, paired

DRAWS = 400
T95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36}
"""Student's t for 95 % by the number of seeds."""
LEAST = 3
"""Functions of a file, for that the one with the fault is sought among them."""
Figure = Callable[[Scores, Truths], float]


@dataclass(frozen=True, slots=True)
class Between:
    """A figure and its interval; NaN where it cannot be told."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return "–" if np.isnan(self.value) else f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def over_projects(
    figure: Callable[[npt.NDArray[np.intp], np.random.Generator | None], float], groups: npt.NDArray[np.integer]
) -> Between:
    """Return a figure of all samples with its 95 % interval; whole projects are drawn, with replacement.

    `figure` is given the rows that were drawn, and chance to draw seeds with; None for all rows and all seeds.
    """
    rows = [np.flatnonzero(groups == one) for one in np.unique(groups)]
    random = np.random.default_rng(0)
    drawn = [
        figure(np.concatenate([rows[one] for one in random.integers(len(rows), size=len(rows))]), random)
        for _ in range(DRAWS if len(rows) > 1 else 0)
    ]
    known = [one for one in drawn if not np.isnan(one)]
    low, high = np.percentile(known, (2.5, 97.5)) if known else (float("nan"), float("nan"))
    return Between(figure(np.arange(len(groups)), None), float(low), float(high))


def of_seeds(scores: Sequence[Scores], truths: Truths, groups: npt.NDArray[np.integer], figure: Figure) -> Between:
    """Return the mean of a figure over seeds; projects and seeds are drawn anew, the same projects for all seeds."""
    return over_projects(lambda rows, random: _mean(_draw(scores, random), rows, truths, figure), groups)


def ahead(
    upper: Sequence[Scores], lower: Sequence[Scores], truths: Truths, groups: npt.NDArray[np.integer],
    figure: Figure = auroc,
) -> Between:  # fmt: skip
    """Return by how much a figure of the first is ahead of that of the second, on the same drawn projects.

    The seeds of each are drawn anew too, so that the interval holds what a seed changes.
    """
    return over_projects(
        lambda rows, random: (
            _mean(_draw(upper, random), rows, truths, figure) - _mean(_draw(lower, random), rows, truths, figure)
        ),
        groups,
    )


def _draw(scores: Sequence[Scores], random: np.random.Generator | None) -> Sequence[Scores]:
    if random is None or len(scores) < 2:
        return scores
    return [scores[one] for one in random.integers(len(scores), size=len(scores))]


def _mean(scores: Sequence[Scores], rows: npt.NDArray[np.intp], truths: Truths, figure: Figure) -> float:
    return float(np.mean([figure(one[rows], truths[rows]) for one in scores]))


def spread_of_seeds(scores: Sequence[Scores], truths: Truths) -> str:
    """Return the 95 % interval of the mean AUROC over seeds alone."""
    if len(scores) not in T95:
        return "–"
    found = [auroc(one, truths) for one in scores]
    return f"± {T95[len(scores)] * float(np.std(found, ddof=1)) / len(found) ** 0.5:.3f}"


def of_class(scores: Sequence[Scores], bugs: npt.NDArray[np.integer], number: int) -> float:
    """Return the mean AUROC of one class of faults against the sound versions of the same functions."""
    return float(np.mean([auroc_of_class(one, bugs, number) for one in scores]))


def pairs_won(scores: Sequence[Scores], bugs: npt.NDArray[np.integer], number: int | None = None) -> float:
    """Return how often the faulty version of a function, of one class or any, gets more than its sound one."""
    return float(np.mean([paired(one, bugs, number) for one in scores]))


def rank_in_files(
    scores: Scores, is_faulty: Truths, files: npt.NDArray[np.integer], symbols: npt.NDArray[np.integer]
) -> npt.NDArray[np.float64]:
    """Return [faults, 2]: the rank, from 1, of each faulty function among its file's sound others, and their number.

    Functions with the same score share the middle of their ranks. `files` and `symbols` are unique over all projects.
    """
    found = []
    for file in np.unique(files):
        inside = np.flatnonzero(files == file)
        sound = inside[~is_faulty[inside]]
        names = np.unique(symbols[sound])
        means = np.array([scores[sound[symbols[sound] == one]].mean() for one in names])
        if len(names) < LEAST:
            continue
        for row in inside[is_faulty[inside]].tolist():
            others = means[names != symbols[row]]
            rank = 1 + (others > scores[row]).sum() + 0.5 * (others == scores[row]).sum()
            found.append((rank, len(others) + 1))
    return np.array(found, np.float64).reshape(-1, 2)


def hits(ranks: npt.NDArray[np.float64], most: int) -> float:
    """Return how often the faulty function is among the first."""
    return float((ranks[:, 0] <= most).mean()) if len(ranks) else float("nan")


FIGURES: dict[str, Figure] = {"AUROC": auroc, "average precision": average_precision}
