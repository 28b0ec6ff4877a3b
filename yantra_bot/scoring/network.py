"""The trained network on numpy: what `training.networks` is in torch, from the same arrays by the same names.

Two towers. Three GraphSAGE layers read a symbol among its neighbours (978 to 512 to 512 to 256). A smaller network
reads the syntax nodes of the symbol with a channel for each relation, and says of each how suspicious it is; what it
suspects most is what the symbol is judged by. The patterns that the nodes are in speak to the heads beside both.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.scores import BugClass
from yantra_bot.scoring.batch import FEATURES, Batch, Floats, Ints
from yantra_bot.scoring.channels import Channels, channels_of
from yantra_bot.scoring.hops import Hop, hops_of, once
from yantra_bot.scoring.inner import KINDS, WORDS
from yantra_bot.scoring.packing import CHANNELS, Bags, Packed, Sums, bags_of, mean_bags, pack
from yantra_bot.scoring.patterns import PATTERNS, Patterns, patterns_of

SAGE: Final = (FEATURES, 512, 512, 256)
EMBEDDING, IMPORTS, BUGS = 128, 50, len(BugClass)
EVIDENCE: Final = BUGS + 4
"""What P(fault) is told by: see `Output.evidence`."""
HINTS: Final = {"bugs": BUGS, "sound": 1, "passing": 1, "imports": IMPORTS}
"""The heads that patterns speak to directly, with how many numbers, in the order of the columns."""
FUSED: Final = 256
NORM_EPSILON: Final = 1e-5


@dataclass(frozen=True, slots=True)
class Shape:
    """What of the network's size is free."""

    width: int = 128
    """Of a syntax node's state."""
    channel: int = 32
    """Of what a relation carries."""
    steps: int = 4
    """How far syntax nodes hear of each other."""

    def arrays(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each array of the weights, by its name in torch."""
        shapes: dict[str, tuple[int, ...]] = {}

        def linear(name: str, into: int, out: int, *, bias: bool = True) -> None:
            shapes[f"{name}.weight"] = (out, into)
            if bias:
                shapes[f"{name}.bias"] = (out,)

        for at, (into, out) in enumerate(itertools.pairwise(SAGE)):
            linear(f"symbols.layers.{at}.lin_l", into, out)
            linear(f"symbols.layers.{at}.lin_r", into, out, bias=False)
        shapes["inner.kinds.weight"] = (KINDS, self.width)
        shapes["inner.words.weight"] = (WORDS, self.width)
        shapes["inner.patterns.weight"] = (PATTERNS, self.width)
        shapes["hints.weight"] = (PATTERNS, sum(HINTS.values()))
        _norm(shapes, "inner.norm", self.width)
        for at in range(self.steps):
            name = f"inner.steps.{at}"
            linear(f"{name}.spread", self.width, CHANNELS * self.channel, bias=False)
            linear(f"{name}.gather", CHANNELS * self.channel, self.width, bias=False)
            linear(f"{name}.own", self.width, self.width)
            _norm(shapes, f"{name}.norm", self.width)
        linear("inner.look", self.width, self.width)
        linear("inner.suspect", self.width, 1)
        linear("fuse", SAGE[-1] + 2 * self.width, FUSED)
        linear("own", FEATURES, FUSED, bias=False)
        for name, out in (("embedding", EMBEDDING), ("passing", 1), ("imports", IMPORTS), ("bugs", BUGS), ("sound", 1)):
            linear(f"heads.{name}", FUSED, out)
        linear("heads.faulty", EVIDENCE, 1)
        return shapes


def plain_judgement() -> dict[str, Floats]:
    """Return the weights by which P(fault) is the mean of what the classes and what the places say."""
    weights = np.zeros((1, EVIDENCE), np.float32)
    weights[0, [BUGS, BUGS + 1]] = 0.5
    return {"heads.faulty.weight": weights, "heads.faulty.bias": np.zeros(1, np.float32)}


def _norm(shapes: dict[str, tuple[int, ...]], name: str, width: int) -> None:
    shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (width,)


@dataclass(frozen=True, slots=True)
class Output:
    """What the network says of s scored symbols with N inner nodes, before any calibration."""

    embedding: Floats
    """[s, 128] of length 1."""
    passing: Floats
    """[s] logit of P(tests pass)."""
    imports: Floats
    """[s, 50] logits."""
    bugs: Floats
    """[s, 20] logits against 0 for no fault."""
    faulty: Floats
    """[s] logit that there is a fault."""
    suspicion: Floats
    """[N] logits of the inner nodes."""
    evidence: Floats
    """[s, 24] what `faulty` is told by, as a weighted sum: the logits of the classes, what they say together, what the
    places say together (both as logits that there is a fault), the most suspicious node, ln(1 + nodes)."""


class Network:
    """Computes; `arrays` has every array that `shape.arrays()` names, as float32."""

    def __init__(self, arrays: Mapping[str, Floats], shape: Shape) -> None:
        self._arrays, self._shape = arrays, shape
        steps = [f"inner.steps.{at}" for at in range(shape.steps)]
        self._spread = [np.split(arrays[f"{name}.spread.weight"], CHANNELS) for name in steps]
        self._gather = [np.split(arrays[f"{name}.gather.weight"], CHANNELS, axis=1) for name in steps]

    @property
    def arrays(self) -> Mapping[str, Floats]:
        """The weights, by their names in torch."""
        return self._arrays

    def score(self, batch: Batch) -> Output:
        """Return what the network says of a batch. Pure; safe to call from several threads."""
        return self.compute(pack(batch))

    def compute(self, packed: Packed) -> Output:
        """Return the same for a batch that is packed."""
        patterns = patterns_of(packed)
        symbols = self._read_symbols(packed)
        nodes, suspicion = self._read_inner(packed, patterns)
        pooled = self._pool(packed, nodes, suspicion)
        own = self._linear("own", packed.features[packed.scored], bias=False)
        fused = _relu(self._linear("fuse", np.concatenate((symbols, pooled), axis=1)) + own)
        hints = self._hint(patterns)
        bugs, sound, passing, imports = (self._linear(f"heads.{name}", fused) + hints[name] for name in HINTS)
        embedding = self._linear("heads.embedding", fused)
        placed = _owned_log_sum_exp(suspicion, packed) - sound[:, 0]
        sizes = np.log1p(np.diff(packed.owner_starts))
        few = np.column_stack((_log_sum_exp(bugs), placed, _owned_max(suspicion, packed), sizes))
        evidence = _float(np.concatenate((bugs, few), axis=1))
        length = np.maximum(np.linalg.norm(embedding, axis=1, keepdims=True), 1e-12)
        return Output(
            embedding=embedding / length,
            passing=passing[:, 0],
            imports=imports,
            bugs=bugs,
            faulty=self._linear("heads.faulty", evidence)[:, 0],
            suspicion=suspicion,
            evidence=evidence,
        )

    def _hint(self, patterns: Patterns) -> dict[str, Floats]:
        """Return what the patterns of each symbol say to the heads: their rows, weighed by how often they are there."""
        said = self._arrays["hints.weight"][patterns.symbols.rows] * patterns.counts[:, None]
        sums = Sums(Bags(np.arange(len(said), dtype=np.int32), patterns.symbols.starts)).sums(said)
        ends = itertools.accumulate(HINTS.values())
        return {name: _float(sums[:, end - HINTS[name] : end]) for name, end in zip(HINTS, ends, strict=True)}

    def _linear(self, name: str, values: Floats, *, bias: bool = True) -> Floats:
        product: Floats = values @ self._arrays[f"{name}.weight"].T
        return product + self._arrays[f"{name}.bias"] if bias else product

    def _norm(self, name: str, values: Floats) -> Floats:
        centred = values - values.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + np.float32(NORM_EPSILON))
        return _float(centred / spread * self._arrays[f"{name}.weight"] + self._arrays[f"{name}.bias"])

    def _read_symbols(self, packed: Packed) -> Floats:
        read, hops = hops_of(packed.symbol_edges, packed.scored, len(SAGE) - 1)
        first, which = once(packed.features[read])
        state = self._first_layer(packed.features[read[first]], which, hops[0])
        for at, hop in enumerate(hops[1:], 1):
            name = f"symbols.layers.{at}"
            state = _relu(state)
            heard = mean_bags(state, bags_of(hop.edges[0], hop.edges[1], len(hop.own)))
            state = self._linear(f"{name}.lin_l", heard) + self._linear(f"{name}.lin_r", state[hop.own], bias=False)
        return state

    def _first_layer(self, features: Floats, which: Ints, hop: Hop) -> Floats:
        """Return what it says: a mean of products is the product of a mean, and each different row is taken once."""
        sent = self._linear("symbols.layers.0.lin_l", features, bias=False)
        heard = mean_bags(sent, bags_of(which[hop.edges[0]], hop.edges[1], len(hop.own)))
        own = self._linear("symbols.layers.0.lin_r", features, bias=False)[which[hop.own]]
        return heard + self._arrays["symbols.layers.0.lin_l.bias"] + own

    def _read_inner(self, packed: Packed, patterns: Patterns) -> tuple[Floats, Floats]:
        state = self._arrays["inner.kinds.weight"][packed.kinds]
        state = state + mean_bags(self._arrays["inner.words.weight"], packed.words)
        state = self._norm("inner.norm", state + mean_bags(self._arrays["inner.patterns.weight"], patterns.nodes))
        channels = channels_of(packed.messages, len(packed.kinds))
        heard = Sums(channels.bags)
        for at in range(self._shape.steps):
            name = f"inner.steps.{at}"
            new = self._linear(f"{name}.own", state)
            self._hear(at, state, channels, heard, new)
            state = self._norm(f"{name}.norm", state + _relu(new))
        return state, self._linear("inner.suspect", _relu(self._linear("inner.look", state)))[:, 0]

    def _hear(self, step: int, state: Floats, channels: Channels, heard: Sums, new: Floats) -> None:
        """Add to `new` what each node hears of the others in one step: `spread`, the mean of each channel, `gather`."""
        parts = _parts(state[channels.senders], channels.sent)
        sent = np.concatenate([part @ weight.T for part, weight in zip(parts, self._spread[step], strict=True)])
        told = _parts(heard.means(sent), channels.heard)
        for nodes, part, weight in zip(_parts(channels.hearers, channels.heard), told, self._gather[step], strict=True):
            if len(nodes):
                new[nodes] += part @ weight.T

    def _pool(self, packed: Packed, nodes: Floats, suspicion: Floats) -> Floats:
        """Return, for each symbol, its nodes weighed by suspicion beside their plain mean; zeros without nodes."""
        shifted = suspicion - _owned_max(suspicion, packed)[packed.owners]
        weights = np.exp(shifted)
        everything = Sums(Bags(np.arange(len(nodes), dtype=np.int32), packed.owner_starts))
        total = everything.means(weights[:, None])
        weighed = everything.means(nodes * weights[:, None]) / np.maximum(total, 1e-12)
        return _float(np.concatenate((weighed, everything.means(nodes)), axis=1))


def _parts(values: npt.NDArray[Any], sizes: tuple[int, ...]) -> list[npt.NDArray[Any]]:
    """Return so many rows, then so many, one behind the other."""
    ends = itertools.accumulate(sizes)
    return [values[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _float(values: npt.NDArray[Any]) -> Floats:
    return np.asarray(values, np.float32)


def _relu(values: Floats) -> Floats:
    return _float(np.maximum(values, 0))


def _log_sum_exp(values: Floats) -> Floats:
    """Return the logarithm of the summed exponentials of each row."""
    top: Floats = values.max(axis=1)
    return _float(top + np.log(np.exp(values - top[:, None]).sum(axis=1)))


def _owned_max(values: Floats, packed: Packed) -> Floats:
    tops = np.zeros(len(packed.owner_starts) - 1, np.float32)
    filled = np.flatnonzero(np.diff(packed.owner_starts))
    if len(filled):
        tops[filled] = np.maximum.reduceat(values, packed.owner_starts[filled])
    return tops


def _owned_log_sum_exp(values: Floats, packed: Packed) -> Floats:
    """Return the same for the nodes of each symbol; -10, hardly a suspicion, for one without nodes."""
    tops = _owned_max(values, packed)
    sums = np.zeros_like(tops)
    filled = np.flatnonzero(np.diff(packed.owner_starts))
    if len(filled):
        sums[filled] = np.add.reduceat(np.exp(values - tops[packed.owners]), packed.owner_starts[filled])
    return _float(np.where(sums > 0, tops + np.log(np.maximum(sums, 1e-30)), np.float32(-10)))
