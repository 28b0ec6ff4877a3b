"""The generator's network: SPEC 10's 978 → 1 536 → 1 280 → 1 024 with three heads, in torch-geometric."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.nn import SAGEConv

from yantra_bot.codex.pattern import OUTPUTS, SIZE
from yantra_bot.scoring.batch import FEATURES

WIDTHS: Final = (1_536, 1_280, 1_024)
DROPOUT: Final = 0.2
COMPLEXITIES: Final = 5


@dataclass(frozen=True, slots=True)
class GeneratorAnswer:
    """What the network says of each problem of a batch."""

    pattern: Tensor
    """[b, 1024], logits: see `codex.pattern`."""
    confidence: Tensor
    """[b], logit of the steps being exactly right."""
    complexity: Tensor
    """[b, 5], logits."""
    state: Tensor
    """[b, 1024], what the heads read."""


class GeneratorNetwork(nn.Module):
    """Three rounds of a node's own features and the mean of its neighbours'; the heads read the problem's node."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        sizes = (FEATURES, *widths)
        self.rounds = nn.ModuleList(SAGEConv(first, second) for first, second in zip(sizes, widths, strict=False))
        self.pattern = nn.Linear(widths[-1], OUTPUTS)
        self.confidence = nn.Linear(widths[-1], 1)
        self.complexity = nn.Linear(widths[-1], COMPLEXITIES)

    def forward(self, features: Tensor, edges: Tensor, problems: int) -> GeneratorAnswer:
        """Read [n, 978] features whose first `problems` rows are asked about, and [2, m] edges."""
        state = features
        for place, one in enumerate(self.rounds):
            state = functional.relu(one(state, edges))
            if place < len(self.rounds) - 1:
                state = functional.dropout(state, DROPOUT, self.training)
        asked = state[:problems]
        return GeneratorAnswer(self.pattern(asked), self.confidence(asked).squeeze(-1), self.complexity(asked), asked)


def pattern_loss(pattern: Tensor, counts: Tensor) -> Tensor:
    """Return the mean surprise at a step, each problem counting the same however long its body is."""
    surprise = -functional.log_softmax(pattern.float().reshape(-1, SIZE, SIZE), dim=-1)
    return ((surprise * counts).sum((1, 2)) / counts.sum((1, 2))).mean()


def parameters_in(network: nn.Module) -> int:
    """Return how many weights a network has."""
    return sum(weight.numel() for weight in network.parameters())


def place_on(device: torch.device, *arrays: object) -> list[Tensor]:
    """Return arrays as tensors of a device."""
    return [torch.as_tensor(array, device=device) for array in arrays]
