"""What the scoring network is taught by: one loss a head, weighed as SPEC 10 says, and one for the place of a fault.

The place is the lesson that counts most: that something is wrong in a function is one bit, where it stands is many.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as functions
from torch import Tensor

from yantra_bot.training.loading import Loaded
from yantra_bot.training.networks import Said, owned_log_sum_exp
from yantra_bot.training.samples.stored import SOUND
from yantra_bot.training.targets import Targets

TEMPERATURE = 0.1
MODULES = 10
"""That the mean loss of all fifty counts as: a function uses one or two, and that mean alone would teach nothing."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each loss; zero leaves one out."""

    embedding: float = 1.0
    passing: float = 1.0
    imports: float = 0.5
    bugs: float = 0.5
    places: float = 1.0
    ranks: float = 1.0
    """Of a fault's version being above the sound version of the same function."""


def losses_of(said: Said, batch: Loaded, targets: Targets, weights: Weights) -> dict[str, Tensor]:
    """Return the weighted losses of a batch; one whose labels are all unknown is left out."""
    parts: dict[str, tuple[float, Callable[[], Tensor | None]]] = {
        "bugs": (weights.bugs, lambda: _bugs(said, targets)),
        "places": (weights.places, lambda: _places(said, batch, targets)),
        "imports": (weights.imports, lambda: _imports(said, targets)),
        "passing": (weights.passing, lambda: _passing(said, targets)),
        "ranks": (weights.ranks, lambda: _ranks(said, targets)),
        "embedding": (weights.embedding, lambda: _embedding(said, targets)),
    }
    found = {name: (weight, loss()) for name, (weight, loss) in parts.items() if weight}
    return {name: weight * loss for name, (weight, loss) in found.items() if loss is not None}


def _bugs(said: Said, targets: Targets) -> Tensor:
    """Cross-entropy over no fault and the twenty classes."""
    logits = torch.cat((torch.zeros_like(said.bugs[:, :1]), said.bugs), dim=1)
    return functions.cross_entropy(logits, targets.bugs - SOUND)


def _places(said: Said, batch: Loaded, targets: Targets) -> Tensor:
    """Cross-entropy over no fault and the nodes of each symbol; several nodes may be the place together."""
    total = torch.logaddexp(owned_log_sum_exp(said.suspicion, batch), said.sound)
    hidden = torch.where(targets.at, said.suspicion, torch.full_like(said.suspicion, -1e4))
    there = owned_log_sum_exp(hidden, batch)
    is_sound = targets.bugs == SOUND
    # A fault whose place is not among the nodes (a long function was cut) teaches the classes alone.
    has_place = is_sound | (there > -1e3)
    lost = total - torch.where(is_sound, said.sound, there)
    return (lost * has_place).sum() / has_place.sum().clamp_min(1)


def _ranks(said: Said, targets: Targets) -> Tensor | None:
    """The version with the fault is to get more than the one without: what both have in common cancels out."""
    if not len(targets.pairs):
        return None
    sound, faulty = targets.pairs.T
    return functions.softplus(said.faulty[sound] - said.faulty[faulty]).mean()


def _imports(said: Said, targets: Targets) -> Tensor:
    return MODULES * functions.binary_cross_entropy_with_logits(said.imports, targets.imports)


def _passing(said: Said, targets: Targets) -> Tensor | None:
    known = ~torch.isnan(targets.passing)
    if not bool(known.any()):
        return None
    return functions.binary_cross_entropy_with_logits(said.passing[known], targets.passing[known])


def _embedding(said: Said, targets: Targets) -> Tensor | None:
    """Two versions of one function are to be nearer to each other than to the others of the batch."""
    if len(targets.pairs) < 2:
        return None
    first, second = targets.pairs.T
    likeness = said.embedding[first] @ said.embedding[second].T / TEMPERATURE
    wanted = torch.arange(len(first), device=likeness.device)
    return (functions.cross_entropy(likeness, wanted) + functions.cross_entropy(likeness.T, wanted)) / 2
