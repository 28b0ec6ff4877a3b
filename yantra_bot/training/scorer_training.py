"""Trains the scoring network on the data set, and keeps its checkpoints; `exporting` makes the score file of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from yantra_bot.domain.scores import BugClass
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.network import Output, Shape
from yantra_bot.scoring.packing import Packed, pack
from yantra_bot.scoring.score_file import FORMAT
from yantra_bot.training.blur import blur
from yantra_bot.training.checkpoints import load_checkpoint
from yantra_bot.training.corpora import Part
from yantra_bot.training.designs import Design, cut
from yantra_bot.training.devices import seed_everything
from yantra_bot.training.evaluation import BATCH, Predict
from yantra_bot.training.loading import load
from yantra_bot.training.loop import LoopSettings, Trainer, Watch
from yantra_bot.training.losses import Weights, losses_of
from yantra_bot.training.networks import ScoringNetwork
from yantra_bot.training.samples import Labelled, Samples
from yantra_bot.training.targets import targets_of

JUDGED: Final = 1_500
"""Held-out samples that an epoch is judged by, at most."""
ABOUT: Final = {"kind": "scorer", "features": str(FEATURE_VERSION), "weights": str(FORMAT)}


@dataclass(frozen=True, slots=True)
class ScorerTraining:
    """How the scoring network is trained."""

    loop: LoopSettings = field(default_factory=lambda: LoopSettings(about=ABOUT))
    shape: Shape = field(default_factory=Shape)
    weights: Weights = field(default_factory=Weights)
    batch: int = BATCH
    design: Design = field(default_factory=Design)
    without: frozenset[BugClass] = frozenset()
    """Classes of faults that are kept out of training, to see what is known of faults that nobody taught."""


def train_network(
    data: Path, folder: Path, how: ScorerTraining, *, resume: bool = False, watch: Watch = lambda *_: None
) -> ScoringNetwork:
    """Train on the data set in `data`; checkpoints and log go into `folder`. Return the network of the best epoch.

    Raises UserError where there is no data set, or a checkpoint to resume from cannot be used.
    """
    training = Samples(data, Part.TRAIN, without=how.without)
    choosing = Samples(data, Part.VALIDATION, without=how.without)
    loop = replace(how.loop, about={**ABOUT, **how.loop.about, "without": named(how.without)})
    seed_everything(loop.seed)
    network = ScoringNetwork(how.shape, how.design)
    held = list(some_of(choosing, halves(choosing)[0], JUDGED, how.batch))
    trainer = Trainer(
        network,
        lambda epoch: training.batches(how.batch, loop.seed * 1_000 + epoch, pairs=True),
        lambda model, one: loss_of(model, one, how.weights),
        lambda model: judge(model, held, how.weights),
        loop,
        folder,
        watch,
        steps=-(-len(training) // how.batch),
    )
    if resume:
        trainer.resume()
    trainer.run()
    return network


def named(bugs: frozenset[BugClass]) -> str:
    """Return classes of faults as a note names them."""
    return ", ".join(sorted(one.value for one in bugs))


def read_network(checkpoint: Path, shape: Shape) -> ScoringNetwork:
    """Return the network of a checkpoint. Raises UserError where it cannot be used."""
    network = ScoringNetwork(shape)
    network.load_state_dict(load_checkpoint(checkpoint, ABOUT)[0]["model"])
    return network.eval()


def loss_of(model: nn.Module, labelled: Labelled, weights: Weights) -> dict[str, Tensor]:
    """Return the losses of a batch, on the device of the model."""
    device = next(model.parameters()).device
    design = model.design if isinstance(model, ScoringNetwork) else Design()
    packed = pack(cut(labelled.batch, design))
    loaded = load(blur(packed) if model.training and design.blurs else packed, device)
    told = weights if design.has_inner else replace(weights, places=0.0)
    return losses_of(model(loaded), loaded, targets_of(labelled, device), told)


def judge(model: nn.Module, held: list[Labelled], weights: Weights) -> float:
    """Return the mean held-out loss of what a fault is known by: its class, its place, and its sound version."""
    told = replace(weights, embedding=0.0, passing=0.0, imports=0.0)
    sums = [float(sum(loss_of(model, one, told).values())) for one in held]
    return float(np.mean(sums))


def halves(samples: Samples) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the samples of every second project, which epochs are chosen by, and of the others, which calibrate.

    A single project serves for both.
    """
    projects = samples.index[:, 0]
    names = np.unique(projects)
    first = np.isin(projects, names[::2])
    if len(names) < 2:
        return np.flatnonzero(first), np.flatnonzero(first)
    return np.flatnonzero(first), np.flatnonzero(~first)


def some_of(samples: Samples, which: npt.NDArray[np.intp], most: int, size: int = BATCH) -> Iterator[Labelled]:
    """Give some of the samples, pairs side by side; where there are more than `most`, some that chance chose."""
    pairs = np.unique(which // 2)
    chosen = np.sort(np.random.default_rng(0).permutation(pairs)[: most // 2])
    order = (chosen[:, None] * 2 + np.arange(2)).ravel()
    for start in range(0, len(order), size):
        yield samples.take(order[start : start + size])


def predictor(network: ScoringNetwork) -> Predict:
    """Return what asks a network about a packed batch, on the device that it is on."""
    device = next(network.parameters()).device
    names = Output.__dataclass_fields__

    def predict(packed: Packed) -> Output:
        with torch.no_grad():
            said = network.eval()(load(packed, device))
        return Output(**{name: _numpy(getattr(said, name)) for name in names})

    return predict


def _numpy(value: Tensor) -> npt.NDArray[Any]:
    said: npt.NDArray[Any] = value.detach().float().cpu().numpy()
    return said
