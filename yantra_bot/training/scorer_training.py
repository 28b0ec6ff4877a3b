"""Trains the scoring network on the data set, makes its answers probabilities, and exports it as a score file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from yantra_bot.scoring.calibration import Scores, fit_platt
from yantra_bot.scoring.layout import BY_NAME, FEATURE_VERSION, STRUCTURE
from yantra_bot.scoring.network import Output, Shape
from yantra_bot.scoring.packing import Packed, pack
from yantra_bot.scoring.score_file import About, Baseline, Line, pin, write_score_file
from yantra_bot.training.checkpoints import load_checkpoint
from yantra_bot.training.corpora import Part
from yantra_bot.training.devices import seed_everything
from yantra_bot.training.evaluation import BATCH, Predict, figures_of, tell
from yantra_bot.training.loop import LoopSettings, Trainer, Watch
from yantra_bot.training.losses import Weights, losses_of
from yantra_bot.training.networks import ScoringNetwork, load
from yantra_bot.training.samples import Labelled, Samples, read_manifest
from yantra_bot.training.samples.stored import SOUND
from yantra_bot.training.targets import targets_of

JUDGED: Final = 3_000
"""Held-out samples that an epoch is judged by, at most."""
LEAST_OUTCOMES: Final = 40
ABOUT: Final = {"kind": "scorer", "features": str(FEATURE_VERSION)}
PLAIN: Final = ("lines", "branches, inner functions left out (cyclomatic complexity less one)")
"""What the plain baseline reads: the longer and the more tangled, the likelier a fault."""


@dataclass(frozen=True, slots=True)
class ScorerTraining:
    """How the scoring network is trained."""

    loop: LoopSettings = field(default_factory=lambda: LoopSettings(about=ABOUT))
    shape: Shape = field(default_factory=Shape)
    weights: Weights = field(default_factory=Weights)
    batch: int = BATCH


def train_scorer(
    data: Path, folder: Path, how: ScorerTraining, *, resume: bool = False, watch: Watch = lambda *_: None
) -> Path:
    """Train on the data set in `data`; checkpoints, log and `score.safetensors` go into `folder`. Return the last.

    Raises UserError where there is no data set, or a checkpoint to resume from cannot be used.
    """
    training, judged = Samples(data, Part.TRAIN), Samples(data, Part.VALIDATION)
    seed_everything(how.loop.seed)
    network = ScoringNetwork(how.shape)
    held = list(_some(judged, JUDGED, how.batch))
    trainer = Trainer(
        network,
        lambda epoch: training.batches(how.batch, how.loop.seed * 1_000 + epoch, pairs=True),
        lambda model, one: loss_of(model, one, how.weights),
        lambda model: judge(model, held, how.weights),
        how.loop,
        folder,
        watch,
    )
    if resume:
        trainer.resume()
    trainer.run()
    return export(network, data, folder / "score.safetensors")


def read_network(checkpoint: Path, shape: Shape) -> ScoringNetwork:
    """Return the network of a checkpoint. Raises UserError where it cannot be used."""
    network = ScoringNetwork(shape)
    network.load_state_dict(load_checkpoint(checkpoint, ABOUT)[0]["model"])
    return network.eval()


def loss_of(model: nn.Module, labelled: Labelled, weights: Weights) -> dict[str, Tensor]:
    """Return the losses of a batch, on the device of the model."""
    device = next(model.parameters()).device
    loaded = load(pack(labelled.batch), device)
    return losses_of(model(loaded), loaded, targets_of(labelled, device), weights)


def judge(model: nn.Module, held: list[Labelled], weights: Weights) -> float:
    """Return the mean held-out loss of what a fault is known by: its class and its place."""
    told = Weights(0.0, 0.0, 0.0, weights.bugs, weights.places)
    sums = [float(sum(loss_of(model, one, told).values())) for one in held]
    return float(np.mean(sums))


def _some(samples: Samples, most: int, size: int) -> Iterator[Labelled]:
    taken = 0
    for one in samples.batches(size, seed=0, pairs=True):
        if taken >= most:
            return
        taken += len(one.bugs)
        yield one


def predictor(network: ScoringNetwork) -> Predict:
    """Return what asks a network about a packed batch, on the device that it is on."""
    device = next(network.parameters()).device
    names = Output.__dataclass_fields__

    def predict(packed: Packed) -> Output:
        with torch.no_grad():
            said = network.eval()(load(packed, device))
        return Output(**{name: getattr(said, name).float().cpu().numpy() for name in names})

    return predict


def vocabulary_of(data: Path) -> tuple[str, ...]:
    """Return the modules that the imports head knows, in its order."""
    names = read_manifest(data)["imports"]
    return tuple(map(str, names)) if isinstance(names, list) else ()


def export(network: ScoringNetwork, data: Path, file: Path) -> Path:
    """Write the score file of a network; its probabilities are fitted on the validation projects.

    Its figures are of the test projects, which nothing was chosen by.
    """
    predict = predictor(network)
    known = tell(predict, Samples(data, Part.VALIDATION).batches(BATCH, seed=0, pairs=True))
    faulty = _fit(known.faulty, known.bugs != SOUND)
    tried = known.outcomes >= 0
    has_passing = int(tried.sum()) >= LEAST_OUTCOMES
    about = About(
        features=FEATURE_VERSION,
        shape=network.shape,
        imports=vocabulary_of(data),
        faulty=faulty,
        passing=_fit(known.passing[tried], known.outcomes[tried] == 1) if has_passing else Line(),
        has_passing=has_passing,
        baseline=plain_baseline(),
        figures=figures_of(tell(predict, Samples(data, Part.TEST).batches(BATCH, seed=0, pairs=True)), faulty),
        note="trained on pinned projects",
    )
    arrays = {name: value.detach().float().cpu().numpy() for name, value in network.state_dict().items()}
    write_score_file(file, arrays, about)
    pin(file)
    return file


def _fit(logits: Scores, truths: npt.NDArray[np.bool_]) -> Line:
    fitted = fit_platt(1 / (1 + np.exp(-np.clip(logits, -30, 30))), truths)
    return Line(fitted.slope, fitted.offset)


def plain_baseline() -> Baseline:
    """Return what lines and complexity say, rising in both; only its order counts, so that nothing has to be fitted."""
    start = BY_NAME["structure"].start
    return Baseline(tuple(start + STRUCTURE.index(name) for name in PLAIN), (1.0, 1.0), -1.0)
