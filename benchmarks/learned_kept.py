"""What the trainings of the learned score leave in a folder, so that tables can be made of it without training again.

truth.npz                    what is true of the functions of the test projects
baselines/NAME-SEED.npy      what a baseline says of each
seeds/N/told.npz             what the network of seed N says; figures.json beside it
without/told.npz             the same of one that was not taught some classes
designs/NAME/told.npz        the same of a design that something is left out of
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.scores import BugClass
from yantra_bot.errors import UserError
from yantra_bot.scoring.calibration import Scores, Truths
from yantra_bot.training.corpora import Part
from yantra_bot.training.evaluation import BATCH
from yantra_bot.training.samples import Labelled, Samples
from yantra_bot.training.samples.stored import SOUND, read_project

FIGURES: Final = "figures.json"
WHOLE: Final = 60_000
"""Samples of a part that are looked at, at most."""
CURE: Final = "Cure: `python -m benchmarks.learned_runs`, which trains what is missing."
BUGS: Final = tuple(BugClass)
Numbers = npt.NDArray[Any]


def batches_of(corpus: Path, part: Part, most: int) -> Iterator[Labelled]:
    """Give samples of a part, pairs side by side; where there are more than `most`, some that chance chose."""
    samples = Samples(corpus, part)
    pairs = np.sort(np.random.default_rng(0).permutation(len(samples) // 2)[: most // 2])
    yield from _taken(samples, (pairs[:, None] * 2 + (0, 1)).ravel())


def tried_batches(corpus: Path, part: Part) -> Iterator[Labelled]:
    """Give all samples of a part of which it is known what tests say."""
    samples = Samples(corpus, part)
    outcomes = [read_project(corpus / name).arrays["outcomes"] for name in samples.projects]
    told = np.array([outcomes[project][sample] for project, sample in samples.index.tolist()])
    yield from _taken(samples, np.flatnonzero(told >= 0))


def _taken(samples: Samples, order: npt.NDArray[np.intp]) -> Iterator[Labelled]:
    for start in range(0, len(order), BATCH):
        yield samples.take(order[start : start + BATCH])


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network says of n samples of the test projects."""

    faulty: Numbers
    """[n] logits."""
    passing: Numbers
    """[n] logits."""
    imports: Numbers
    """[n, 50] logits."""
    blind: Numbers
    """[n, 50] the same where the features of imports are hidden."""
    hits: Numbers
    """[faulty samples] whether the most suspicious node is at the fault."""

    def write(self, folder: Path) -> None:
        """Keep them."""
        write_arrays(folder / "told.npz", asdict(self))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return what was kept. Raises UserError where nothing was."""
        return cls(**read_arrays(folder / "told.npz"))


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of n samples of the test projects, and what is known of them without learning."""

    bugs: Numbers
    imports: Numbers
    outcomes: Numbers
    projects: Numbers
    files: Numbers
    symbols: Numbers
    often: Numbers
    """[50] which share of the training functions uses each module."""
    look_up: Numbers
    """[n, 50] what a table of words and modules says."""
    passing: Numbers
    """[n] what trees say of the tests passing; NaN without outcomes to learn from."""
    learned: Numbers
    """[2] samples and projects that the baselines learned from."""

    @property
    def is_faulty(self) -> Truths:
        """Tell which samples have a fault."""
        found: Truths = self.bugs != SOUND
        return found

    @classmethod
    def read(cls, work: Path) -> Self:
        """Return what was kept. Raises UserError where nothing was."""
        return cls(**read_arrays(work / "truth.npz"))


@dataclass(frozen=True, slots=True)
class Model:
    """One training: its answers and its figures."""

    figures: dict[str, Any]
    told: Answers


def read_model(folder: Path, truth: Truth) -> Model | None:
    """Return a training that was ended; None where there is none. Raises UserError where it is of other samples."""
    if not folder.joinpath(FIGURES).exists():
        return None
    told = Answers.read(folder)
    if len(told.faulty) != len(truth.bugs):
        raise UserError(f"{folder} is of other test samples than truth.npz. Cure: delete the folder, and train again.")
    return Model(json.loads(folder.joinpath(FIGURES).read_text("utf-8")), told)


def read_models(folder: Path, truth: Truth) -> dict[str, Model]:
    """Return all trainings in the folders of a folder, by name."""
    names = sorted((one for one in folder.glob("*") if one.is_dir()), key=lambda one: (len(one.name), one.name))
    found = {one.name: read_model(one, truth) for one in names}
    return {name: one for name, one in found.items() if one is not None}


def read_baselines(work: Path, names: Sequence[str]) -> dict[str, list[Scores]]:
    """Return what baselines said, for each seed that is there. Raises UserError where one said nothing."""
    found = {}
    for name in names:
        files = sorted(work.joinpath("baselines").glob(f"{slug(name)}-*.npy"))
        if not files:
            raise UserError(f"{work} has nothing of the baseline {name!r}. {CURE}")
        found[name] = [np.load(file, allow_pickle=False).astype(np.float64) for file in files]
    return found


def slug(name: str) -> str:
    """Return a name that a file can have."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def write_arrays(path: Path, arrays: dict[str, Numbers]) -> None:
    """Write arrays whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half.npz")
    np.savez_compressed(half, **arrays)
    half.replace(path)


def read_arrays(path: Path) -> dict[str, Numbers]:
    """Return arrays by name. Raises UserError where they are not there."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError) as problem:
        raise UserError(f"{path} cannot be read ({problem}). {CURE}") from problem
