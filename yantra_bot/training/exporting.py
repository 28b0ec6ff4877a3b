"""Makes the score file of a trained network: its answers become probabilities, and what it is worth is measured."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from yantra_bot.safetensors import Tensors
from yantra_bot.scoring.batch import Floats
from yantra_bot.scoring.calibration import Scores, fit_logistic, fit_platt
from yantra_bot.scoring.layout import BY_NAME, FEATURE_VERSION, STRUCTURE
from yantra_bot.scoring.packing import pack
from yantra_bot.scoring.score_file import About, Baseline, Line, ScoreFile, pin, write_score_file
from yantra_bot.training.corpora import Part
from yantra_bot.training.designs import Design
from yantra_bot.training.evaluation import Predict, Told, figures_of, tell
from yantra_bot.training.loop import Watch
from yantra_bot.training.networks import ScoringNetwork
from yantra_bot.training.samples import Labelled, Samples, read_manifest
from yantra_bot.training.samples.stored import SOUND
from yantra_bot.training.scorer_training import ScorerTraining, halves, named, some_of, train_network

MOST: Final = 30_000
"""Samples of a part that are looked at, at most."""
LEAST_TRIED: Final = 100
"""Outcomes of tests that P(tests pass) is calibrated on, at least; with fewer the product says nothing of it."""
NOTE: Final = "trained on pinned projects; a probability of a fault is for code of which half has one"
WITHOUT: Final = "without: "
"""Begins, in a note, the classes of faults that were kept out of training."""
PENALTY: Final = 30.0
"""Of the weights by which P(fault) is told, each of evidence of the same spread."""
LEAST_SPREAD: Final = 1e-3
"""Of evidence: what never differs weighs nothing."""
PLAIN: Final = ("lines", "branches, inner functions left out (cyclomatic complexity less one)")
"""What the plain baseline reads: the longer and the more tangled, the likelier a fault."""


def train_scorer(
    data: Path,
    folder: Path,
    how: ScorerTraining,
    *,
    resume: bool = False,
    watch: Watch = lambda *_: None,
) -> Path:
    """Train, and write `score.safetensors` into the folder with the checkpoints. Return it.

    Raises what `train_network` and `export` raise.
    """
    network = train_network(data, folder, how, resume=resume, watch=watch)
    file = folder / "score.safetensors"
    export(network, data, file, without=named(how.without))
    return file


def export(network: ScoringNetwork, data: Path, file: Path, *, without: str = "", most: int = MOST) -> Told:
    """Write the score file of a network, and return what it says of the test projects, of `most` samples.

    What is measured is the file, in half precision, as the product reads it.

    How P(fault) is told by what the network says is fitted on the projects for validation that epochs were chosen by;
    its probabilities are fitted on those projects for validation that no epoch was chosen by. Its figures are of the
    test projects, which nothing was chosen by. Raises ValueError for a network of which a part was left out.
    """
    if replace(network.design, blurs=True) != Design():
        message = "A network without all its parts has no score file: the product computes no other."
        raise ValueError(message)
    arrays = {name: value.detach().float().cpu().numpy() for name, value in network.state_dict().items()}
    about = About(
        features=FEATURE_VERSION,
        shape=network.shape,
        imports=vocabulary_of(data),
        baseline=plain_baseline(),
        note=NOTE + (f"; {WITHOUT}{without}" if without else ""),
    )
    half = file.with_name(file.name + ".half")  # a kill leaves none that is not calibrated where the product looks
    write_score_file(half, arrays, about)
    arrays |= fit_judgement(_reader(half), choosing_batches(data))
    write_score_file(half, arrays, about)
    about = _calibrate(about, _ask(half, data, Part.VALIDATION))
    told = _ask(half, data, Part.TEST, most)
    write_score_file(half, arrays, replace(about, figures=figures_of(told, about.faulty)))
    half.replace(file)
    pin(file)
    return told


def _ask(file: Path, data: Path, part: Part, most: int = MOST) -> Told:
    """Return what a score file says: of the test projects all, of those for validation what no epoch was chosen by."""
    samples = Samples(data, part)
    which = np.arange(len(samples)) if part is Part.TEST else halves(samples)[1]
    return tell(_reader(file), some_of(samples, which, most))


def _reader(file: Path) -> Predict:
    """Return the network of a score file, as the product reads it."""
    return ScoreFile.read(file, features=FEATURE_VERSION).network.compute


def choosing_batches(data: Path) -> Iterator[Labelled]:
    """Give the samples for validation that epochs were chosen by."""
    samples = Samples(data, Part.VALIDATION)
    return some_of(samples, halves(samples)[0], MOST)


def fit_judgement(predict: Predict, batches: Iterable[Labelled]) -> dict[str, Floats]:
    """Return the weights by which P(fault) is told best of projects that nothing was learned from, by their names.

    Some classes are told better there than others: their logits count for more.
    """
    parts = [(predict(pack(one.batch)), one) for one in batches]
    rows = np.concatenate([said.evidence for said, _ in parts]).astype(np.float64).T
    truths = np.concatenate([one.bugs for _, one in parts]) != SOUND
    mean, spread = rows.mean(axis=1, keepdims=True), rows.std(axis=1, keepdims=True) + LEAST_SPREAD
    fitted = fit_logistic(
        np.concatenate(((rows - mean) / spread, np.ones((1, rows.shape[1])))),
        truths.astype(np.float64),
        np.array([PENALTY] * len(rows) + [0.0]),
    )
    weights = fitted[:-1] / spread[:, 0]
    return {
        "heads.faulty.weight": weights[None].astype(np.float32),
        "heads.faulty.bias": np.array([fitted[-1] - weights @ mean[:, 0]], np.float32),
    }


def _calibrate(about: About, known: Told) -> About:
    tried = known.outcomes >= 0
    has_passing = int(tried.sum()) >= LEAST_TRIED
    return replace(
        about,
        faulty=_fit(known.faulty, known.bugs != SOUND),
        passing=_fit(known.passing[tried], known.outcomes[tried] == 1) if has_passing else Line(),
        has_passing=has_passing,
    )


def _fit(logits: Scores, truths: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Line:
    fitted = fit_platt(1 / (1 + np.exp(-np.clip(logits, -30, 30))), truths)
    return Line(fitted.slope, fitted.offset)


def vocabulary_of(data: Path) -> tuple[str, ...]:
    """Return the modules that the imports head knows, in its order."""
    names = read_manifest(data)["imports"]
    return tuple(map(str, names)) if isinstance(names, list) else ()


def plain_baseline() -> Baseline:
    """Return what lines and complexity say, rising in both; only its order counts, so that nothing has to be fitted."""
    start = BY_NAME["structure"].start
    return Baseline(tuple(start + STRUCTURE.index(name) for name in PLAIN), (1.0, 1.0), -1.0)


def add_figures(file: Path, figures: dict[str, float]) -> None:
    """Write figures that were measured elsewhere into a score file beside its own; its weights stay as they are."""
    about = ScoreFile.read(file, features=FEATURE_VERSION).about
    tensors = Tensors(file)
    arrays = {name: tensors.floats(name, *shape) for name, shape in about.shape.arrays().items()}
    write_score_file(file, arrays, replace(about, figures=about.figures | figures))
    pin(file)
