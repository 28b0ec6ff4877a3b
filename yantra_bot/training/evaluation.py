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
    """AUROC of each class against all sound functions."""
    counts: dict[str, int] = field(default_factory=dict)


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
    sound = scores[~is_faulty]
    by_class, counts = {}, {}
    for number in np.unique(bugs[is_faulty]).tolist():
        of_class = scores[bugs == number]
        truths = np.repeat([True, False], [len(of_class), len(sound)])
        by_class[BUGS[number].value] = auroc(np.concatenate((of_class, sound)), truths)
        counts[BUGS[number].value] = len(of_class)
    are_pairs = len(bugs) % 2 == 0 and bool((~is_faulty[::2] & is_faulty[1::2]).all())
    paired = float(np.mean(_beats(scores[1::2], scores[::2]))) if are_pairs and len(bugs) else float("nan")
    return Detection(auroc(scores, is_faulty), average_precision(scores, is_faulty), paired, by_class, counts)


def _beats(upper: Scores, lower: Scores) -> Scores:
    """Return 1 where the first is higher, a half where both are the same."""
    return (upper > lower).astype(np.float64) + 0.5 * (upper == lower)


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


def figures_of(told: Told, line: Line) -> dict[str, float]:
    """Return the figures that a score file carries; one that cannot be had of so few samples is left out."""
    found = detect(told.faulty, told.bugs)
    fit = hold_against(line.probability(told.faulty.astype(np.float32)).astype(np.float64), told.bugs != SOUND)
    figures = {
        "auroc": found.auroc,
        "average_precision": found.precision,
        "paired": found.paired,
        "place_hit": float(np.mean(told.hits)) if len(told.hits) else float("nan"),
        "calibration_error": fit.error,
        "brier": fit.brier,
        "imports_recall_5": recall_of_imports(told.imports, told.wanted),
        "samples": float(len(told.bugs)),
    }
    return {name: value for name, value in figures.items() if np.isfinite(value)}
