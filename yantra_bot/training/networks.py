"""The scoring network in torch. What it computes, with the same names, numpy computes in `scoring.network`."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as functions
from torch import Tensor, nn
from torch_geometric.nn import SAGEConv

from yantra_bot.scoring.batch import FEATURES, Floats
from yantra_bot.scoring.inner import KINDS, WORDS
from yantra_bot.scoring.network import (
    BUGS,
    EMBEDDING,
    EVIDENCE,
    FUSED,
    HINTS,
    IMPORTS,
    NORM_EPSILON,
    SAGE,
    Shape,
    plain_judgement,
)
from yantra_bot.scoring.packing import CHANNELS
from yantra_bot.scoring.patterns import PATTERNS
from yantra_bot.training.designs import Design
from yantra_bot.training.loading import Loaded, Messages

DROPOUT = 0.3
SMALL = 0.1
"""Spread of what kinds and words begin with: at torch's own 1 a rare word is never seen often enough to move."""
RARE = -3.0
"""The logit that a module is used, to begin with: most are not."""
NOTHING = -10.0
"""The logit of suspicion of a symbol without inner nodes."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the network says; the fields are those of `scoring.network.Output`, and `sound`, the logit of no fault."""

    embedding: Tensor
    passing: Tensor
    imports: Tensor
    bugs: Tensor
    faulty: Tensor
    suspicion: Tensor
    evidence: Tensor
    sound: Tensor


class SymbolTower(nn.Module):
    """GraphSAGE over symbols and their neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(SAGEConv(into, out) for into, out in itertools.pairwise(SAGE))

    def forward(self, batch: Loaded) -> Tensor:
        """Return the state of each scored symbol, [s, 256]."""
        state = self._read(batch.features, batch.which, *batch.hops[0])
        for layer, (own, edges) in zip(self.layers[1:], batch.hops[1:], strict=True):
            state = functions.dropout(torch.relu(state), DROPOUT, self.training)
            state = layer((state, state[own]), edges)
        return state

    def _read(self, features: Tensor, which: Tensor, own: Tensor, edges: Tensor) -> Tensor:
        """Return what the first layer says: a mean of products is the product of a mean, and each row is taken once."""
        layer = self.layers[0]
        sent = functions.linear(features, layer.lin_l.weight)[which[edges[0]]]
        heard = sent.new_zeros(len(own), sent.shape[1]).index_add(0, edges[1], sent)
        count = torch.bincount(edges[1], minlength=len(own)).clamp_min(1).unsqueeze(1)
        return heard / count + layer.lin_l.bias + layer.lin_r(features)[which[own]]


class Step(nn.Module):
    """One step in which syntax nodes hear of their neighbours, by a channel for each relation."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.channel = shape.channel
        self.spread = nn.Linear(shape.width, CHANNELS * shape.channel, bias=False)
        self.gather = nn.Linear(CHANNELS * shape.channel, shape.width, bias=False)
        self.own = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=NORM_EPSILON)

    def forward(self, state: Tensor, messages: Messages) -> Tensor:
        """Return the state after the step, [N, width]."""
        spread = self.spread.weight.split(self.channel)
        parts = state[messages.senders].split(messages.sent)
        sent = torch.cat([functions.linear(part, weight) for part, weight in zip(parts, spread, strict=True)])
        heard = functions.embedding_bag(messages.bags[0], sent, messages.bags[1], mode="mean").split(messages.heard)
        gather = self.gather.weight.split(self.channel, dim=1)
        told = torch.cat([functions.linear(part, weight) for part, weight in zip(heard, gather, strict=True)])
        # What is told comes in half precision where there is mixed precision, and is added up in the state's.
        new = self.own(state).to(state.dtype).index_add(0, messages.hearers, told.to(state.dtype))
        return self.norm(state + torch.relu(new))


class InnerTower(nn.Module):
    """Reads the syntax nodes of the scored symbols."""

    def __init__(self, shape: Shape, *, has_patterns: bool) -> None:
        super().__init__()
        self.has_patterns = has_patterns
        self.kinds = nn.Embedding(KINDS, shape.width)
        self.words = nn.Embedding(WORDS, shape.width)
        self.patterns = nn.Embedding(PATTERNS, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=NORM_EPSILON)
        self.steps = nn.ModuleList(Step(shape) for _ in range(shape.steps))
        self.look = nn.Linear(shape.width, shape.width)
        self.suspect = nn.Linear(shape.width, 1)
        for table in (self.kinds, self.words, self.patterns):
            nn.init.normal_(table.weight, std=SMALL)

    def forward(self, batch: Loaded) -> tuple[Tensor, Tensor]:
        """Return the state of each node, [N, width], and how suspicious it is, [N]."""
        state = self.kinds(batch.kinds)
        state = state + functions.embedding_bag(batch.words[0], self.words.weight, batch.words[1], mode="mean")
        if self.has_patterns:
            state = state + functions.embedding_bag(
                batch.patterns[0], self.patterns.weight, batch.patterns[1], mode="mean"
            )
        state = self.norm(state)
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
        # Fitted where all else has been learned: to learn it beside would teach the others to be told less by.
        self.faulty = nn.Linear(EVIDENCE, 1).requires_grad_(requires_grad=False)
        nn.init.constant_(self.imports.bias, RARE)


class ScoringNetwork(nn.Module):
    """Both towers and the heads."""

    def __init__(self, shape: Shape, design: Design | None = None) -> None:
        super().__init__()
        self.shape, self.design = shape, design or Design()
        self.symbols = SymbolTower()
        self.inner = InnerTower(shape, has_patterns=self.design.has_patterns)
        self.hints = nn.Embedding(PATTERNS, sum(HINTS.values()))
        nn.init.zeros_(self.hints.weight)
        self.fuse = nn.Linear(SAGE[-1] + 2 * shape.width, FUSED)
        self.own = nn.Linear(FEATURES, FUSED, bias=False)
        self.heads = Heads()
        self.judge_by(plain_judgement())

    def judge_by(self, arrays: Mapping[str, Floats]) -> None:
        """Tell P(fault) by these weights: what `plain_judgement` names."""
        self.load_state_dict({name: torch.tensor(values) for name, values in arrays.items()}, strict=False)

    def forward(self, batch: Loaded) -> Said:
        """Return what it says of a batch."""
        symbols, pooled, suspicion = self._read(batch)
        fused = self.fuse(torch.cat((symbols, pooled), dim=1))
        reads_own = self.design.has_symbols and self.design.reads_own
        fused = torch.relu(fused + self.own(batch.own) if reads_own else fused)
        fused = functions.dropout(fused, DROPOUT, self.training)
        # That two versions are alike is the contrary of telling them apart: it is read off, and shapes no tower.
        shared = fused if self.design.likeness_shapes else fused.detach()
        hints = self._hint(batch).split(tuple(HINTS.values()), dim=1)
        bugs, sound, passing, imports = (
            head(fused) + hint
            for head, hint in zip(
                (self.heads.bugs, self.heads.sound, self.heads.passing, self.heads.imports), hints, strict=True
            )
        )
        sound, said = sound.squeeze(1), torch.logsumexp(bugs, dim=1)
        evidence = torch.cat((bugs, said.unsqueeze(1), placed_evidence(suspicion, sound, batch)), dim=1)
        return Said(
            embedding=functions.normalize(self.heads.embedding(shared), dim=1),
            passing=passing.squeeze(1),
            imports=imports,
            bugs=bugs,
            faulty=self.heads.faulty(evidence).squeeze(1) if self.design.has_inner else said,
            suspicion=suspicion,
            evidence=evidence,
            sound=sound,
        )

    def _hint(self, batch: Loaded) -> Tensor:
        """Return what the patterns of each symbol say to the heads, [s, the sum of HINTS]."""
        if not (self.design.has_inner and self.design.has_patterns):
            return batch.features.new_zeros(batch.count, sum(HINTS.values()))
        rows, starts, counts = batch.hints
        return functions.embedding_bag(rows, self.hints.weight, starts, mode="sum", per_sample_weights=counts)

    def _read(self, batch: Loaded) -> tuple[Tensor, Tensor, Tensor]:
        """Return what the towers say, zeros for one that is left out: of symbols, of pooled nodes, of each node."""
        symbols = batch.features.new_zeros(batch.count, SAGE[-1])
        pooled = batch.features.new_zeros(batch.count, 2 * self.shape.width)
        suspicion = batch.features.new_zeros(len(batch.kinds))
        if self.design.has_symbols:
            symbols = self.symbols(batch)
        if self.design.has_inner:
            nodes, suspicion = self.inner(batch)
            weights = suspicion if self.design.pools_by_suspicion else torch.zeros_like(suspicion)
            pooled = pool(nodes, weights, batch)
        return symbols, pooled, suspicion


def pool(nodes: Tensor, suspicion: Tensor, batch: Loaded) -> Tensor:
    """Return, for each symbol, its nodes weighed by suspicion beside their plain mean, [s, 2 width]."""
    weights = torch.exp(suspicion - _owned_max(suspicion, batch)[batch.owners]).unsqueeze(1)
    total = _owned_sum(weights, batch).clamp_min(1e-12)
    count = _owned_sum(torch.ones_like(weights), batch).clamp_min(1)
    return torch.cat((_owned_sum(nodes * weights, batch) / total, _owned_sum(nodes, batch) / count), dim=1)


def placed_evidence(suspicion: Tensor, sound: Tensor, batch: Loaded) -> Tensor:
    """Return the last three columns of `Output.evidence`, [s, 3]."""
    sizes = torch.bincount(batch.owners, minlength=batch.count)
    placed = owned_log_sum_exp(suspicion, batch) - sound
    return torch.stack((placed, _owned_max(suspicion, batch).to(placed.dtype), torch.log1p(sizes)), dim=1)


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
