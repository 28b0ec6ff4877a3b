"""What the scoring network is taught by: one loss a head, weighed as SPEC 10 says, and one for the place of a fault.

The place is the lesson that counts most: that something is wrong in a function is one bit, where it stands is many.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as functions
from torch import Tensor

from yantra_bot.training.labels import NO_FAULT, Labels
from yantra_bot.training.networks import Loaded, Said, owned_log_sum_exp

TEMPERATURE = 0.1


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each loss; zero leaves one out."""

    embedding: float = 1.0
    passing: float = 1.0
    imports: float = 0.5
    bugs: float = 0.5
    places: float = 1.0


def losses_of(said: Said, batch: Loaded, labels: Labels, weights: Weights) -> dict[str, Tensor]:
    """Return the weighted losses of a batch; one whose labels are all unknown is left out."""
    parts: dict[str, tuple[float, Callable[[], Tensor | None]]] = {
        "bugs": (weights.bugs, lambda: _bugs(said, labels)),
        "places": (weights.places, lambda: _places(said, batch, labels)),
        "imports": (weights.imports, lambda: _imports(said, labels)),
        "passing": (weights.passing, lambda: _passing(said, labels)),
        "embedding": (weights.embedding, lambda: _embedding(said, labels)),
    }
    found = {name: (weight, loss()) for name, (weight, loss) in parts.items() if weight}
    return {name: weight * loss for name, (weight, loss) in found.items() if loss is not None}


def _on(values: object, like: Tensor, dtype: torch.dtype) -> Tensor:
    return torch.as_tensor(values, dtype=dtype).to(like.device)


def _bugs(said: Said, labels: Labels) -> Tensor:
    """Cross-entropy over no fault and the twenty classes."""
    logits = torch.cat((torch.zeros_like(said.bugs[:, :1]), said.bugs), dim=1)
    return functions.cross_entropy(logits, _on(labels.bugs - NO_FAULT, logits, torch.int64))


def _places(said: Said, batch: Loaded, labels: Labels) -> Tensor:
    """Cross-entropy over no fault and the nodes of each symbol; several nodes may be the place together."""
    at = _on(labels.at, said.suspicion, torch.bool)
    total = torch.logaddexp(owned_log_sum_exp(said.suspicion, batch), said.sound)
    hidden = torch.where(at, said.suspicion, torch.full_like(said.suspicion, -1e4))
    there = owned_log_sum_exp(hidden, batch)
    is_sound = _on(labels.bugs == NO_FAULT, said.sound, torch.bool)
    # A fault whose place is not among the nodes (a long function was cut) teaches the classes alone.
    has_place = is_sound | (there > -1e3)
    lost = total - torch.where(is_sound, said.sound, there)
    return (lost * has_place).sum() / has_place.sum().clamp_min(1)


def _imports(said: Said, labels: Labels) -> Tensor:
    return functions.binary_cross_entropy_with_logits(said.imports, _on(labels.imports, said.imports, torch.float32))


def _passing(said: Said, labels: Labels) -> Tensor | None:
    wanted = _on(labels.passing, said.passing, torch.float32)
    known = ~torch.isnan(wanted)
    if not bool(known.any()):
        return None
    return functions.binary_cross_entropy_with_logits(said.passing[known], wanted[known])


def _embedding(said: Said, labels: Labels) -> Tensor | None:
    """Two versions of one function are to be nearer to each other than to the others of the batch."""
    if len(labels.pairs) < 2:
        return None
    pairs = _on(labels.pairs, said.embedding, torch.int64)
    likeness = said.embedding[pairs[:, 0]] @ said.embedding[pairs[:, 1]].T / TEMPERATURE
    wanted = torch.arange(len(pairs), device=likeness.device)
    return (functions.cross_entropy(likeness, wanted) + functions.cross_entropy(likeness.T, wanted)) / 2
