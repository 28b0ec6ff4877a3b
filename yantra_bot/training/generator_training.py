"""Trains the generator on problems of real projects, measures its confidence on others, and exports it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from yantra_bot.codex.features import VERSION
from yantra_bot.codex.generator import AboutGenerator, Kind, write_generator
from yantra_bot.codex.pattern import chances, decode
from yantra_bot.codex.steps import telling
from yantra_bot.training.generator_network import (
    WIDTHS,
    GeneratorAnswer,
    GeneratorNetwork,
    pattern_loss,
    place_on,
)
from yantra_bot.training.generator_samples import (
    Floats,
    GeneratorBatch,
    Samples,
    batches_of,
    make_batch,
    refuse_too_few,
)
from yantra_bot.training.lines import fit_line
from yantra_bot.training.loop import LoopSettings, Trainer, Watch

BATCH: Final = 32
JUDGED: Final = 2_000
"""Held-out problems that an epoch is judged by, at most."""
HEAD_STEPS: Final = 100
DECAY: Final = 0.01
ABOUT: Final = {"kind": "generator", "features": str(VERSION)}


@dataclass(frozen=True, slots=True)
class GeneratorTraining:
    """How a generator is trained."""

    loop: LoopSettings = field(default_factory=lambda: LoopSettings(about=ABOUT))
    widths: tuple[int, ...] = WIDTHS
    batch: int = BATCH


def ask(model: nn.Module, batch: GeneratorBatch) -> GeneratorAnswer:
    """Return what the network says of a batch, on the device that it is on."""
    device = next(model.parameters()).device
    features, edges = place_on(device, batch.features, batch.edges)
    answer: GeneratorAnswer = model(features, edges, len(batch.counts))
    return answer


def loss_of(model: nn.Module, batch: GeneratorBatch) -> dict[str, Tensor]:
    """Return the losses: surprise at the steps and at their number. The confidence is fitted when that is done."""
    said = ask(model, batch)
    counts, complexity = place_on(said.pattern.device, batch.counts, batch.complexity)
    return {
        "pattern": pattern_loss(said.pattern, counts),
        "complexity": 0.2 * functional.cross_entropy(said.complexity.float(), complexity),
    }


def train_generator(
    train: Samples,
    held_out: Samples,
    folder: Path,
    how: GeneratorTraining,
    *,
    resume: bool = False,
    watch: Watch = lambda *_: None,
) -> GeneratorNetwork:
    """Return a network trained on some projects, of the epoch that is best on others.

    Raises UserError where there is too little to learn from.
    """
    refuse_too_few(train, held_out)
    torch.manual_seed(how.loop.seed)
    network = GeneratorNetwork(how.widths)
    trainer = Trainer(
        network,
        lambda epoch: batches_of(train, how.batch, np.random.default_rng((how.loop.seed, epoch))),
        loss_of,
        lambda model: surprise(model, held_out),
        how.loop,
        folder,
        watch,
    )
    if resume:
        trainer.resume()
    trainer.run()
    return network


def surprise(model: nn.Module, samples: Samples, most: int = JUDGED) -> float:
    """Return the mean surprise at the steps of some problems; every second has its neighbours."""
    total, count = 0.0, 0
    with torch.no_grad():
        for batch in _in_order(samples, _evenly(len(samples), most)):
            said = ask(model, batch)
            value = pattern_loss(said.pattern, place_on(said.pattern.device, batch.counts)[0])
            total, count = total + float(value) * len(batch.counts), count + len(batch.counts)
    return total / count if count else math.inf


def _evenly(count: int, most: int) -> list[int]:
    return [int(place) for place in np.linspace(0, count - 1, min(count, most)).round()] if count else []


def _in_order(samples: Samples, which: Sequence[int], size: int = 64) -> Iterator[GeneratorBatch]:
    for first in range(0, len(which), size):
        some = which[first : first + size]
        yield make_batch(samples, some, with_neighbours=[place % 2 == 0 for place in some])


def arrays_of(network: GeneratorNetwork) -> dict[str, Floats]:
    """Return the weights by the names that `codex.network` has for them."""
    found: dict[str, Tensor] = {}
    for place, one in enumerate(network.rounds):
        # torch-geometric's `lin_l` reads the neighbours and holds the bias, `lin_r` the node itself.
        found[f"rounds.{place}.own"] = one.lin_r.weight
        found[f"rounds.{place}.beside"] = one.lin_l.weight
        found[f"rounds.{place}.bias"] = one.lin_l.bias
    for name in ("pattern", "confidence", "complexity"):
        head = getattr(network, name)
        found[f"{name}.weight"], found[f"{name}.bias"] = head.weight, head.bias
    return {name: value.detach().cpu().float().numpy() for name, value in found.items()}


@dataclass(frozen=True, slots=True)
class Confidence:
    """How the confidence was fitted: on some held-out problems the head, on the others its line."""

    scale: float
    shift: float
    right: float
    """Share of problems whose steps were exactly right."""


def fit_confidence(network: GeneratorNetwork, held_out: Samples, most: int = JUDGED) -> Confidence:
    """Train the confidence's head on every second held-out problem, and its line to a frequency on the others.

    On what the network was trained on it is right far more often than elsewhere, so that the head would learn to boast.
    """
    states, right = _look_back(network, held_out, _evenly(len(held_out), most))
    learns = torch.arange(len(right)) % 2 == 0
    middle, spread = states[learns].mean(0), states[learns].std(0).mean() + 1e-6
    weight, bias = torch.zeros(states.shape[1], requires_grad=True), torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight, bias], max_iter=HEAD_STEPS)

    def closure() -> Tensor:
        optimiser.zero_grad()
        logits = (states[learns] - middle) @ weight / spread + bias
        loss = functional.binary_cross_entropy_with_logits(logits, right[learns]) + DECAY * (weight**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    with torch.no_grad():
        network.confidence.weight.copy_(weight[None] / spread)
        network.confidence.bias.copy_(bias - middle @ weight / spread)
        logits = network.confidence(states[~learns]).squeeze(-1)
    line = fit_line(logits.tolist(), right[~learns].tolist())
    return Confidence(*line, float(right.mean()))


def _look_back(network: GeneratorNetwork, samples: Samples, which: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return [n, width] states of problems, and [n] whether the answer's steps are those of the real body."""
    states: list[Tensor] = []
    right: list[float] = []
    network.eval()
    with torch.no_grad():
        for batch, first in zip(_in_order(samples, which), range(0, len(which), 64), strict=True):
            said = ask(network, batch)
            states.append(said.state.float().cpu())
            for pattern, place in zip(said.pattern.float().cpu().numpy(), which[first : first + 64], strict=True):
                right.append(float(telling(decode(chances(pattern))) == telling(samples.answers[place])))
    return torch.cat(states), torch.tensor(right)


def export_generator(
    network: GeneratorNetwork, held_out: Samples, path: Path, *, widths: tuple[int, ...] = WIDTHS, note: str = ""
) -> AboutGenerator:
    """Write the file that the product reads, with the confidence measured on held-out projects."""
    network.cpu()
    fitted = fit_confidence(network, held_out)
    figures = {"exactly right": fitted.right, "surprise": surprise(network, held_out), "problems": float(len(held_out))}
    about = AboutGenerator(
        kind=Kind.NETWORK, widths=widths, scale=fitted.scale, shift=fitted.shift, figures=figures, note=note
    )
    write_generator(path, arrays_of(network), about)
    return about
