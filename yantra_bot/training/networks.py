"""The scoring network in torch. What it computes, with the same names, numpy computes in `scoring.network`."""

import itertools
from dataclasses import dataclass

import torch
import torch.nn.functional as functions
from torch import Tensor, nn
from torch_geometric.nn import SAGEConv

from yantra_bot.scoring.inner import KINDS, WORDS
from yantra_bot.scoring.network import BUGS, EMBEDDING, FUSED, IMPORTS, NORM_EPSILON, SAGE, Shape
from yantra_bot.scoring.packing import CHANNELS, Bags, Packed

DROPOUT = 0.3
NOTHING = -10.0
"""The logit of suspicion of a symbol without inner nodes."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A packed batch on a device; the fields are those of `Packed`."""

    features: Tensor
    symbol_edges: Tensor
    scored: Tensor
    kinds: Tensor
    words: tuple[Tensor, Tensor]
    messages: tuple[Tensor, Tensor]
    owners: Tensor
    count: int


def load(packed: Packed, device: torch.device) -> Loaded:
    """Bring a packed batch to a device."""

    def ints(values: object) -> Tensor:
        return torch.as_tensor(values, dtype=torch.int64).to(device, non_blocking=True)

    def bags(one: Bags) -> tuple[Tensor, Tensor]:
        return ints(one.rows), ints(one.starts[:-1])

    return Loaded(
        features=torch.as_tensor(packed.features, dtype=torch.float32).to(device),
        symbol_edges=ints(packed.symbol_edges),
        scored=ints(packed.scored),
        kinds=ints(packed.kinds),
        words=bags(packed.words),
        messages=bags(packed.messages),
        owners=ints(packed.owners),
        count=len(packed.owner_starts) - 1,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What the network says; the fields are those of `scoring.network.Output`, and `sound`, the logit of no fault."""

    embedding: Tensor
    passing: Tensor
    imports: Tensor
    bugs: Tensor
    faulty: Tensor
    suspicion: Tensor
    sound: Tensor


class SymbolTower(nn.Module):
    """GraphSAGE over symbols and their neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(SAGEConv(into, out) for into, out in itertools.pairwise(SAGE))

    def forward(self, features: Tensor, edges: Tensor) -> Tensor:
        """Return the state of each symbol, [n, 256]."""
        state = features
        for layer in self.layers[:-1]:
            state = functions.dropout(torch.relu(layer(state, edges)), DROPOUT, self.training)
        return self.layers[-1](state, edges)


class Step(nn.Module):
    """One step in which syntax nodes hear of their neighbours, by a channel for each relation."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.channel = shape.channel
        self.spread = nn.Linear(shape.width, CHANNELS * shape.channel, bias=False)
        self.gather = nn.Linear(CHANNELS * shape.channel, shape.width, bias=False)
        self.own = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=NORM_EPSILON)

    def forward(self, state: Tensor, messages: tuple[Tensor, Tensor]) -> Tensor:
        """Return the state after the step, [N, width]."""
        spread = self.spread(state).reshape(-1, self.channel)
        heard = functions.embedding_bag(messages[0], spread, messages[1], mode="mean").reshape(len(state), -1)
        return self.norm(state + torch.relu(self.own(state) + self.gather(heard)))


class InnerTower(nn.Module):
    """Reads the syntax nodes of the scored symbols."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.kinds = nn.Embedding(KINDS, shape.width)
        self.words = nn.Embedding(WORDS, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=NORM_EPSILON)
        self.steps = nn.ModuleList(Step(shape) for _ in range(shape.steps))
        self.look = nn.Linear(shape.width, shape.width)
        self.suspect = nn.Linear(shape.width, 1)

    def forward(self, batch: Loaded) -> tuple[Tensor, Tensor]:
        """Return the state of each node, [N, width], and how suspicious it is, [N]."""
        words = functions.embedding_bag(batch.words[0], self.words.weight, batch.words[1], mode="mean")
        state = self.norm(self.kinds(batch.kinds) + words)
        state = functions.dropout(state, DROPOUT / 3, self.training)
        for step in self.steps:
            state = step(state, batch.messages)
        return state, self.suspect(torch.relu(self.look(state))).squeeze(1)


class Heads(nn.Module):
    """What is asked of the fused state."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Linear(FUSED, EMBEDDING)
        self.passing = nn.Linear(FUSED, 1)
        self.imports = nn.Linear(FUSED, IMPORTS)
        self.bugs = nn.Linear(FUSED, BUGS)
        self.sound = nn.Linear(FUSED, 1)


class ScoringNetwork(nn.Module):
    """Both towers and the heads."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.symbols = SymbolTower()
        self.inner = InnerTower(shape)
        self.fuse = nn.Linear(SAGE[-1] + 2 * shape.width, FUSED)
        self.heads = Heads()

    def forward(self, batch: Loaded) -> Said:
        """Return what it says of a batch."""
        symbols = self.symbols(batch.features, batch.symbol_edges)[batch.scored]
        nodes, suspicion = self.inner(batch)
        fused = torch.relu(self.fuse(torch.cat((symbols, pool(nodes, suspicion, batch)), dim=1)))
        fused = functions.dropout(fused, DROPOUT, self.training)
        bugs, sound = self.heads.bugs(fused), self.heads.sound(fused).squeeze(1)
        return Said(
            embedding=functions.normalize(self.heads.embedding(fused), dim=1),
            passing=self.heads.passing(fused).squeeze(1),
            imports=self.heads.imports(fused),
            bugs=bugs,
            faulty=(torch.logsumexp(bugs, dim=1) + owned_log_sum_exp(suspicion, batch) - sound) / 2,
            suspicion=suspicion,
            sound=sound,
        )


def pool(nodes: Tensor, suspicion: Tensor, batch: Loaded) -> Tensor:
    """Return, for each symbol, its nodes weighed by suspicion beside their plain mean, [s, 2 width]."""
    weights = torch.exp(suspicion - _owned_max(suspicion, batch)[batch.owners]).unsqueeze(1)
    total = _owned_sum(weights, batch).clamp_min(1e-12)
    count = _owned_sum(torch.ones_like(weights), batch).clamp_min(1)
    return torch.cat((_owned_sum(nodes * weights, batch) / total, _owned_sum(nodes, batch) / count), dim=1)


def owned_log_sum_exp(values: Tensor, batch: Loaded) -> Tensor:
    """Return the logarithm of the summed exponentials of each symbol's nodes, [s]."""
    top = _owned_max(values, batch)
    sums = _owned_sum(torch.exp(values - top[batch.owners]).unsqueeze(1), batch).squeeze(1)
    return torch.where(sums > 0, top + torch.log(sums.clamp_min(1e-30)), torch.full_like(sums, NOTHING))


def _owned_max(values: Tensor, batch: Loaded) -> Tensor:
    start = torch.zeros(batch.count, device=values.device, dtype=values.dtype)
    return start.scatter_reduce(0, batch.owners, values.detach(), "amax", include_self=False)


def _owned_sum(values: Tensor, batch: Loaded) -> Tensor:
    start = torch.zeros(batch.count, values.shape[1], device=values.device, dtype=values.dtype)
    return start.index_add(0, batch.owners, values)
