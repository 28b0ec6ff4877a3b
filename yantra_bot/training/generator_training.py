"""Trains the generator on problems of real projects, measures its confidence on others, and exports it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from yantra_bot.codex.features import VERSION
from yantra_bot.codex.generator import AboutGenerator, write_generator
from yantra_bot.codex.pattern import chances, decode
from yantra_bot.codex.steps import telling
from yantra_bot.errors import UserError
from yantra_bot.training.generator_network import (
    WIDTHS,
    GeneratorAnswer,
    GeneratorNetwork,
    likeliest_is_right,
    pattern_loss,
    place_on,
)
from yantra_bot.training.generator_samples import Floats, GeneratorBatch, Samples, batches_of, make_batch
from yantra_bot.training.loop import LoopSettings, Trainer, Watch

BATCH: Final = 32
JUDGED: Final = 2_000
"""Held-out problems that an epoch is judged by, at most."""
LEAST: Final = 10
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
    """Return the three heads' losses: surprise at the steps, at their number, and of the confidence."""
    said = ask(model, batch)
    counts, complexity = place_on(said.pattern.device, batch.counts, batch.complexity)
    right = likeliest_is_right(said.pattern.detach(), counts)
    return {
        "pattern": pattern_loss(said.pattern, counts),
        "complexity": 0.2 * functional.cross_entropy(said.complexity.float(), complexity),
        "confidence": 0.2 * functional.binary_cross_entropy_with_logits(said.confidence.float(), right.float()),
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
    if min(len(train), len(held_out)) < LEAST:
        raise UserError(
            f"There are {len(train)} problems to train on and {len(held_out)} to judge by, and each has to be at least "
            f"{LEAST}. Cure: give more projects; functions without a docstring are no problems."
        )
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


def measure_confidence(network: GeneratorNetwork, held_out: Samples, most: int = JUDGED) -> tuple[float, float, float]:
    """Return scale and shift of a line from the confidence's logit to being exactly right, and how often that is."""
    logits: list[float] = []
    right: list[float] = []
    which = _evenly(len(held_out), most)
    network.eval()
    with torch.no_grad():
        for batch, first in zip(_in_order(held_out, which), range(0, len(which), 64), strict=True):
            said = ask(network, batch)
            logits += [float(one) for one in said.confidence]
            for pattern, place in zip(said.pattern.float().cpu().numpy(), which[first : first + 64], strict=True):
                steps = telling(decode(chances(pattern)))
                right.append(float(steps == telling(held_out.answers[place])))
    scale, shift = fit_line(logits, right)
    return scale, shift, sum(right) / len(right)


def fit_line(values: Iterable[float], outcomes: Iterable[float]) -> tuple[float, float]:
    """Return scale and shift of the logistic line by Platt's method: targets drawn in, the scale never negative."""
    x, y = np.array(list(values)), np.array(list(outcomes))
    hits, misses = y.sum(), len(y) - y.sum()
    target = np.where(y > 0, (hits + 1) / (hits + 2), 1 / (misses + 2))
    scale, shift = 1.0, float(np.log((hits + 1) / (misses + 1)))
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(scale * x + shift, -30, 30)))
        weight = np.maximum(p * (1 - p), 1e-6)
        gradient = np.array([((p - target) * x).sum() + 1e-3 * (scale - 1), (p - target).sum()])
        curve = np.array(
            [[(weight * x * x).sum() + 1e-3, (weight * x).sum()], [(weight * x).sum(), weight.sum() + 1e-9]]
        )
        step = np.linalg.solve(curve, gradient)
        scale, shift = scale - float(step[0]), shift - float(step[1])
    if scale <= 0:  # it says nothing: the same frequency for all
        return 0.0, float(np.log((hits + 1) / (misses + 1)))
    return scale, shift


def export_generator(
    network: GeneratorNetwork, held_out: Samples, path: Path, *, widths: tuple[int, ...] = WIDTHS, note: str = ""
) -> AboutGenerator:
    """Write the file that the product reads, with the confidence measured on held-out projects."""
    scale, shift, right = measure_confidence(network, held_out)
    figures = {"exactly right": right, "surprise": surprise(network, held_out), "problems": float(len(held_out))}
    about = AboutGenerator(VERSION, widths, scale, shift, figures, note)
    write_generator(path, arrays_of(network), about)
    return about
