"""The whole way of the learned score on a toy: real code, faults put in, a network trained, exported, read by numpy."""

import sysconfig
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("torch", reason="the extra `learned` is not installed")

from tests.fakes.scoring import make_batch
from yantra_bot.cli.codex import codex
from yantra_bot.domain.scores import BugClass
from yantra_bot.errors import UserError
from yantra_bot.scoring.calibration import auroc
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.network import EVIDENCE, Output, Shape, plain_judgement
from yantra_bot.scoring.score_file import ScoreFile
from yantra_bot.training.checkpoints import load_checkpoint, save_checkpoint
from yantra_bot.training.corpora import Part, Project
from yantra_bot.training.designs import Design
from yantra_bot.training.evaluation import figures_of, tell
from yantra_bot.training.exporting import add_figures, export, fit_judgement, train_scorer
from yantra_bot.training.loop import LoopSettings
from yantra_bot.training.networks import ScoringNetwork
from yantra_bot.training.samples import Labelled, Samples
from yantra_bot.training.samples.building import build_project
from yantra_bot.training.samples.dataset import _write_manifest
from yantra_bot.training.samples.stored import read_project
from yantra_bot.training.scorer_training import (
    ABOUT,
    ScorerTraining,
    halves,
    predictor,
    read_network,
)

LIBRARY = Path(sysconfig.get_path("stdlib"))
FILES = {
    Part.TRAIN: ("shlex.py", "queue.py", "cmd.py"),
    Part.VALIDATION: ("bisect.py", "fnmatch.py"),
    Part.TEST: ("graphlib.py",),
}
"""Of each part; those for validation are a project each, for epochs are chosen by one and probabilities by another."""
EPOCHS = 3
SHAPE = Shape(width=32, channel=8, steps=2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data set of library modules, one project a part, and the folder of a training on it."""
    data, into = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("trained")
    projects = []
    for part, files in FILES.items():
        for group in [[one] for one in files] if part is Part.VALIDATION else [files]:
            name = f"{part.value}-{group[0].removesuffix('.py')}"
            sources = tmp_path_factory.mktemp(name)
            for file in group:
                sources.joinpath(file).write_bytes(LIBRARY.joinpath(file).read_bytes())
            project = Project(name, "1", "0" * 64, "PSF-2.0", name, part)
            build_project(project, sources, data / name, seed=0, mark="toy")
            projects.append(project)
    _write_manifest(data, projects, {one.name: len(read_project(data / one.name)) for one in projects}, 0)
    train_scorer(data, into, ScorerTraining(LoopSettings(epochs=EPOCHS, about=ABOUT, device="cpu"), SHAPE))
    return data, into


def test_it_fits_what_it_is_taught_and_keeps_its_history(trained: tuple[Path, Path]) -> None:
    """Too little code to know others by: what it knows of other code is measured by `yantra codex eval` on a corpus."""
    _, into = trained
    history = load_checkpoint(into / "last.pt", ABOUT)[1].history
    assert len(history) == EPOCHS
    assert history[-1]["loss/places"] < history[0]["loss/places"]
    assert history[-1]["loss/bugs"] < history[0]["loss/bugs"]


def test_what_is_exported_says_in_numpy_what_was_trained_in_torch(trained: tuple[Path, Path]) -> None:
    data, into = trained
    read = ScoreFile.read(into / "score.safetensors", features=FEATURE_VERSION)
    samples = Samples(data, Part.TEST)
    plain = tell(read.network.compute, samples.batches(32, seed=0, pairs=True))
    trained_network = read_network(into / "best.pt", SHAPE)
    trained_network.judge_by({name: read.network.arrays[name] for name in plain_judgement()})
    torchs = tell(predictor(trained_network), samples.batches(32, seed=0, pairs=True))
    np.testing.assert_allclose(plain.faulty, torchs.faulty, atol=0.02)  # half precision
    assert read.about.figures["samples"] == len(samples)
    assert not list(into.glob("*.half"))
    assert not read.about.has_passing
    assert figures_of(plain, read.about.faulty) == pytest.approx(read.about.figures, rel=1e-4)


def test_what_is_told_badly_elsewhere_counts_for_less() -> None:
    """Evidence that says nothing of samples that nothing was learned from gets hardly a weight."""
    chance = np.random.default_rng(0)
    bugs = np.tile(np.array([-1, 3], np.int32), 200)
    evidence = chance.standard_normal((400, EVIDENCE)).astype(np.float32)
    evidence[:, 7] += np.where(bugs < 0, -2.0, 2.0)
    labelled = Labelled(make_batch(0), bugs, *[()] * 7)  # type: ignore[call-arg, arg-type]  # what else it has is not read
    said = Output(*[np.zeros(0, np.float32)] * 6, evidence=evidence)
    fitted = fit_judgement(lambda _: said, [labelled])
    (weights,) = fitted["heads.faulty.weight"]
    assert weights[7] > 8 * np.abs(np.delete(weights, 7)).max()
    logits = evidence @ weights + fitted["heads.faulty.bias"]
    assert auroc(logits, bugs >= 0) > 0.99


def test_a_checkpoint_of_other_weights_is_refused_with_the_cure(trained: tuple[Path, Path], tmp_path: Path) -> None:
    """What an earlier version of the program left: neither gone on from nor exported."""
    state, progress = load_checkpoint(trained[1] / "best.pt", ABOUT)
    save_checkpoint(tmp_path / "best.pt", state, progress, {**ABOUT, "weights": "2"})
    with pytest.raises(UserError, match=r"for weights 2.*Cure"):
        read_network(tmp_path / "best.pt", SHAPE)


def test_epochs_are_chosen_by_other_projects_than_probabilities(trained: tuple[Path, Path]) -> None:
    samples = Samples(trained[0], Part.VALIDATION)
    choosing, calibrating = (set(samples.index[rows, 0].tolist()) for rows in halves(samples))
    assert choosing
    assert calibrating
    assert not choosing & calibrating


def test_the_figure_of_a_baseline_is_added_and_the_weights_stay(trained: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "score.safetensors"
    file.write_bytes((trained[1] / "score.safetensors").read_bytes())
    before = ScoreFile.read(file, features=FEATURE_VERSION)
    add_figures(file, {"baseline_auroc": 0.61})
    after = ScoreFile.read(file, features=FEATURE_VERSION)
    assert after.about.figures == {**before.about.figures, "baseline_auroc": 0.61}
    batch = next(iter(Samples(trained[0], Part.TEST).batches(8, seed=0))).batch
    np.testing.assert_array_equal(after.network.score(batch).faulty, before.network.score(batch).faulty)


def test_a_network_that_a_part_was_left_out_of_has_no_score_file(trained: tuple[Path, Path], tmp_path: Path) -> None:
    network = ScoringNetwork(SHAPE, Design(has_inner=False))
    with pytest.raises(ValueError, match="without all its parts"):
        export(network, trained[0], tmp_path / "score.safetensors")


def test_a_class_is_kept_out_of_training_and_the_file_says_so(trained: tuple[Path, Path], tmp_path: Path) -> None:
    samples = Samples(trained[0], Part.TRAIN)
    bug = tuple(BugClass)[int(samples.take(np.arange(len(samples))).bugs.max())]
    loop = LoopSettings(epochs=1, about=ABOUT, device="cpu", cycle=True)
    file = train_scorer(trained[0], tmp_path, ScorerTraining(loop, SHAPE, without=frozenset({bug})))
    assert ScoreFile.read(file, features=FEATURE_VERSION).about.note.endswith(f"without: {bug.value}")
    with pytest.raises(UserError, match="without"):
        train_scorer(trained[0], tmp_path, ScorerTraining(loop, SHAPE), resume=True)


def test_a_person_sees_what_it_is_worth(trained: tuple[Path, Path]) -> None:
    data, into = trained
    file = str(into / "score.safetensors")
    told = CliRunner().invoke(codex, ["eval", file, "--corpus", str(data), "--json"], catch_exceptions=False)
    assert '"auroc"' in told.output
    assert '"by_class"' in told.output
    shown = CliRunner().invoke(codex, ["info", file], catch_exceptions=False)
    assert "for python" in shown.output
    assert "auroc" in shown.output
