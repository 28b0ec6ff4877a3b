"""How well something tells faulty functions from sound ones, in numbers: the same for a network and for a baseline."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.scores import BugClass, ReliabilityBin
from yantra_bot.scoring.calibration import Scores, auroc, average_precision, brier, calibration_error, reliability
from yantra_bot.scoring.network import Output
from yantra_bot.scoring.packing import Packed, pack
from yantra_bot.scoring.score_file import Line
from yantra_bot.training.samples import Labelled
from yantra_bot.training.samples.stored import SOUND

BATCH: Final = 32
PREVALENCES: Final = (0.01, 0.05, 0.20)
"""Shares of functions with a fault that are nearer to what is changed in real repositories than the half of a pair."""
LEAST_OUTCOMES: Final = 200
"""Outcomes of tests that anything is said of P(tests pass) by."""
BUGS = tuple(BugClass)


@dataclass(frozen=True, slots=True)
class Told:
    """What a network said of n samples, beside what is true of them."""

    faulty: Scores
    """[n] logits."""
    passing: Scores
    """[n] logits."""
    imports: Scores
    """[n, 50] logits."""
    bugs: npt.NDArray[np.int32]
    """[n] the class of the fault, SOUND without one."""
    outcomes: npt.NDArray[np.int32]
    """[n] 1 the tests pass, 0 they fail, -1 nobody tried."""
    wanted: Scores
    """[n, 50] 1 where the symbol uses the module."""
    hits: npt.NDArray[np.bool_]
    """[faulty samples] whether the most suspicious node is at the fault."""


@dataclass(frozen=True, slots=True)
class Detection:
    """How well faults are told."""

    auroc: float
    precision: float
    """Average precision."""
    paired: float
    """How often the faulty version of a function gets more than the sound one; NaN where they are not beside."""
    by_class: dict[str, float] = field(default_factory=dict)
    """AUROC of each class against the sound versions of the same functions: some classes need code of a certain kind,
    and to know that kind is not to know the fault. Against all sound functions where pairs are not beside."""
    counts: dict[str, int] = field(default_factory=dict)
    paired_by_class: dict[str, float] = field(default_factory=dict)


Predict = Callable[[Packed], Output]
"""A network, torch's or numpy's."""


def tell(predict: Predict, batches: Iterable[Labelled]) -> Told:
    """Ask a network about every batch."""
    parts = [(predict(pack(one.batch)), one) for one in batches]
    return Told(
        faulty=np.concatenate([said.faulty for said, _ in parts]).astype(np.float64),
        passing=np.concatenate([said.passing for said, _ in parts]).astype(np.float64),
        imports=np.concatenate([said.imports for said, _ in parts]).astype(np.float64),
        bugs=np.concatenate([one.bugs for _, one in parts]),
        outcomes=np.concatenate([one.outcomes for _, one in parts]),
        wanted=np.concatenate([one.imports for _, one in parts]).astype(np.float64),
        hits=np.array([hit for said, one in parts for hit in _hits(said, one)], bool),
    )


def _hits(said: Output, labelled: Labelled) -> Iterator[bool]:
    starts = np.cumsum([0, *map(len, labelled.batch.inner)])
    for place, nodes in enumerate(labelled.faults):
        if len(nodes):
            yield int(np.argmax(said.suspicion[starts[place] : starts[place + 1]])) in nodes.tolist()


def detect(scores: Scores, bugs: npt.NDArray[np.int32]) -> Detection:
    """Return how well scores tell the faulty; higher is meant to be worse. Pairs stand at 2k and 2k + 1."""
    is_faulty = bugs != SOUND
    found = {BUGS[number].value: number for number in np.unique(bugs[is_faulty]).tolist()}
    return Detection(
        auroc(scores, is_faulty),
        average_precision(scores, is_faulty),
        paired(scores, bugs),
        {name: auroc_of_class(scores, bugs, number) for name, number in found.items()},
        {name: int((bugs == number).sum()) for name, number in found.items()},
        {name: paired(scores, bugs, number) for name, number in found.items()},
    )


def are_pairs(bugs: npt.NDArray[np.integer]) -> bool:
    """Tell whether sound and faulty versions stand at 2k and 2k + 1."""
    return len(bugs) % 2 == 0 and bool((bugs[::2] == SOUND).all() and (bugs[1::2] != SOUND).all())


def auroc_of_class(scores: Scores, bugs: npt.NDArray[np.integer], number: int) -> float:
    """Return the AUROC of one class against the sound versions of its functions; without pairs, against all sound."""
    of_class = np.flatnonzero(bugs == number)
    sound = of_class - 1 if are_pairs(bugs) else np.flatnonzero(bugs == SOUND)
    chosen = np.concatenate((sound, of_class))
    return auroc(scores[chosen], np.repeat([False, True], [len(sound), len(of_class)]))


def paired(scores: Scores, bugs: npt.NDArray[np.integer], number: int | None = None) -> float:
    """Return how often the faulty version, of one class or any, gets more than the sound one; the same is a half."""
    if not len(bugs) or not are_pairs(bugs):
        return float("nan")
    sound, faulty = scores[::2], scores[1::2]
    wins = (faulty > sound) + 0.5 * (faulty == sound)
    chosen = wins if number is None else wins[bugs[1::2] == number]
    return float(np.mean(chosen)) if len(chosen) else float("nan")


def recall_of_imports(scores: Scores, wanted: Scores, most: int = 5) -> float:
    """Return the share of the modules that symbols use which is among the likeliest, averaged over symbols with any."""
    rows = np.flatnonzero(wanted.sum(axis=1))
    if not len(rows):
        return float("nan")
    top = np.argsort(-scores[rows], axis=1, kind="stable")[:, :most]
    found = np.take_along_axis(wanted[rows], top, axis=1).sum(axis=1)
    return float(np.mean(found / np.minimum(wanted[rows].sum(axis=1), most)))


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How far probabilities are from frequencies."""

    error: float
    """Expected calibration error."""
    brier: float
    curve: Sequence[ReliabilityBin]


def hold_against(probabilities: Scores, truths: npt.NDArray[np.bool_]) -> Calibrated:
    """Return how well probabilities fit what is so."""
    curve = reliability(probabilities, truths)
    return Calibrated(calibration_error(curve), brier(probabilities, truths), curve)


@dataclass(frozen=True, slots=True)
class Prevalent:
    """What a score is worth where a share of the functions has a fault."""

    prevalence: float
    precision: float
    """Average precision; by chance it is the prevalence."""
    error: float
    """Expected calibration error of the probabilities as they are said: for code of which half has a fault."""
    moved_error: float
    """The same once they are moved to the prevalence, where somebody knows it."""


def at_prevalence(probabilities: Scores, truths: npt.NDArray[np.bool_], prevalence: float) -> Prevalent:
    """Return what probabilities are worth where faults are rarer; the faulty samples count for less, none is left out.

    Bayes' rule moves a probability from one prevalence to another. NaN unless there are both kinds.
    """
    share = float(truths.mean())
    if not 0 < share < 1:
        return Prevalent(prevalence, *[float("nan")] * 3)
    weights = np.where(truths, prevalence / share, (1 - prevalence) / (1 - share))
    held = np.clip(probabilities, 1e-6, 1 - 1e-6)
    odds = held / (1 - held) * (prevalence / (1 - prevalence)) / (share / (1 - share))
    return Prevalent(
        prevalence,
        _weighed_precision(probabilities, truths, weights),
        _weighed_error(probabilities, truths, weights),
        _weighed_error(odds / (1 + odds), truths, weights),
    )


def _weighed_precision(scores: Scores, truths: npt.NDArray[np.bool_], weights: Scores) -> float:
    points, where = np.unique(-scores, return_inverse=True)
    found = np.bincount(where, weights=weights * truths, minlength=len(points))
    taken = np.bincount(where, weights=weights, minlength=len(points))
    return float((found * np.cumsum(found) / np.cumsum(taken)).sum() / found.sum())


def _weighed_error(said: Scores, truths: npt.NDArray[np.bool_], weights: Scores, bins: int = 10) -> float:
    numbers = np.minimum((said * bins).astype(np.int64), bins - 1)
    off = np.bincount(numbers, weights=weights * (said - truths), minlength=bins)
    return float(np.abs(off).sum() / weights.sum())


def figures_of(told: Told, line: Line) -> dict[str, float]:
    """Return the figures that a score file carries; one that cannot be had of so few samples is left out.

    Those of test outcomes are there where at least `LEAST_OUTCOMES` were tried.
    """
    found = detect(told.faulty, told.bugs)
    said = line.probability(told.faulty.astype(np.float32)).astype(np.float64)
    fit = hold_against(said, told.bugs != SOUND)
    figures = {
        "auroc": found.auroc,
        "average_precision": found.precision,
        "paired": found.paired,
        "place_hit": float(np.mean(told.hits)) if len(told.hits) else float("nan"),
        "calibration_error": fit.error,
        "brier": fit.brier,
        "imports_recall_5": recall_of_imports(told.imports, told.wanted),
        "samples": float(len(told.bugs)),
        "prevalence": float(np.mean(told.bugs != SOUND)),
    }
    for share in PREVALENCES:
        rare = at_prevalence(said, told.bugs != SOUND, share)
        figures[f"average_precision_at_{share:.0%}"] = rare.precision
    tried = told.outcomes >= 0
    if int(tried.sum()) >= LEAST_OUTCOMES:
        figures["passing_auroc"] = auroc(told.passing[tried], told.outcomes[tried] == 1)
        figures["passing_samples"] = float(tried.sum())
    return {name: value for name, value in figures.items() if np.isfinite(value)}
