"""What the scoring network is taught: a fault that can be seen is found, its class and its place with it."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `learned` is not installed")

import torch

from tests.fakes.scoring import make_inner
from yantra_bot.scoring.batch import FEATURES, Batch, SymbolGraph
from yantra_bot.scoring.network import Shape
from yantra_bot.scoring.packing import pack
from yantra_bot.scoring.score_file import Line
from yantra_bot.training.evaluation import detect, figures_of, tell
from yantra_bot.training.loading import load
from yantra_bot.training.losses import Weights, losses_of
from yantra_bot.training.networks import ScoringNetwork
from yantra_bot.training.samples import Labelled
from yantra_bot.training.scorer_training import loss_of, predictor
from yantra_bot.training.targets import targets_of

SHAPE = Shape(width=16, channel=4, steps=1)
FAULTY_KIND, BUG = 7, 3


def make_labelled(seed: int, pairs: int = 16) -> Labelled:
    """Pairs of the same graph, one of which has a node of a kind that stands nowhere else."""
    chance = np.random.default_rng(seed)
    inner, faults = [], []
    for _ in range(pairs):
        sound = make_inner(chance, 12)
        sound.kinds[:] = 8 + sound.kinds % 50
        place = int(chance.integers(12))
        kinds = sound.kinds.copy()
        kinds[place] = FAULTY_KIND
        inner += [sound, type(sound)(kinds, sound.words, sound.word_starts, sound.places, sound.edges)]
        faults += [np.zeros(0, np.int32), np.array([place], np.int32)]
    count = 2 * pairs
    graph = SymbolGraph(
        chance.random((count, FEATURES), np.float32), np.zeros((2, 0), np.int32), np.arange(count, dtype=np.int32)
    )
    return Labelled(
        Batch(graph, tuple(inner)),
        bugs=np.tile(np.array([-1, BUG], np.int32), pairs),
        faults=tuple(faults),
        imports=np.zeros((count, 50), np.float32),
        outcomes=np.tile(np.array([1, 0], np.int32), pairs),
        lines=np.ones(count, np.int32),
        projects=np.zeros(count, np.int32),
        files=np.zeros(count, np.int32),
        symbols=np.zeros(count, np.int32),
    )


def test_a_fault_that_can_be_seen_is_found_with_its_class_and_its_place() -> None:
    torch.manual_seed(0)
    network = ScoringNetwork(SHAPE)
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    for step in range(40):
        optimiser.zero_grad()
        sum(loss_of(network, make_labelled(step, pairs=8), Weights()).values()).backward()
        optimiser.step()
    predict, tests = predictor(network), make_labelled(1_000)
    told = tell(predict, [tests])
    found = detect(told.faulty, told.bugs)
    assert found.auroc > 0.95
    assert found.paired > 0.95
    assert told.hits.mean() > 0.9
    assert (predict(pack(tests.batch)).bugs[1::2].argmax(axis=1) == BUG).mean() > 0.9
    assert (told.passing[::2] > told.passing[1::2]).mean() > 0.9


def test_a_figure_that_cannot_be_had_of_the_samples_is_left_out() -> None:
    told = tell(predictor(ScoringNetwork(SHAPE)), [make_labelled(0, pairs=2)])
    assert not told.wanted.any()
    figures = figures_of(told, Line())
    assert "imports_recall_5" not in figures
    assert {"auroc", "calibration_error", "samples"} <= set(figures)
    assert np.isfinite(list(figures.values())).all()


def test_a_version_with_a_fault_is_held_against_its_own_sound_one() -> None:
    labelled = make_labelled(0, pairs=2)
    loaded = load(pack(labelled.batch), torch.device("cpu"))
    said, targets = ScoringNetwork(SHAPE).eval()(loaded), targets_of(labelled, torch.device("cpu"))
    only = Weights(0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    losses = [
        losses_of(replace(said, faulty=torch.tensor(faulty)), loaded, targets, only)["ranks"].item()
        for faulty in ([0.0, 5.0, 90.0, 95.0], [0.0, 0.0, 90.0, 90.0], [5.0, 0.0, 95.0, 90.0])
    ]
    assert losses == pytest.approx([0.0067, 0.6931, 5.0067], abs=1e-3)


def test_what_nobody_knows_teaches_nothing() -> None:
    labelled = make_labelled(0)
    labelled.outcomes[:] = -1
    network = ScoringNetwork(SHAPE)
    loaded = load(pack(labelled.batch), torch.device("cpu"))
    losses = losses_of(network(loaded), loaded, targets_of(labelled, torch.device("cpu")), Weights(imports=0.0))
    assert set(losses) == {"bugs", "places", "ranks", "embedding"}


def test_a_fault_whose_place_was_cut_away_teaches_its_class_alone() -> None:
    labelled = make_labelled(0, pairs=1)
    nowhere = type(labelled)(
        **{**{name: getattr(labelled, name) for name in labelled.__slots__}, "faults": (np.zeros(0, np.int32),) * 2}
    )
    network = ScoringNetwork(SHAPE)
    loaded = load(pack(nowhere.batch), torch.device("cpu"))
    losses = losses_of(network(loaded), loaded, targets_of(nowhere, torch.device("cpu")), Weights())
    assert all(bool(torch.isfinite(one)) for one in losses.values())
    assert losses["places"].item() < 20
