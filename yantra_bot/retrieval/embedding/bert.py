"""The BERT encoder on numpy alone: token numbers to one unit vector a text.

Sequences are laid end to end without padding, so a text's vector does not depend on its neighbours in a batch but for
rounding. This module knows neither files nor text, and never keeps scratch memory after a call.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BATCH_TOKENS = 512
"""Tokens that are computed at once: more only fall out of the processor's cache."""
GELU_ROWS = 32
SAFE_EXPONENT = 40.0
GELU_LIMIT = np.float32(25.0)
# atanh(erf(x / sqrt 2)) / x as a polynomial in x * x, fitted to a largest error of 6e-7 in the activation.
GELU_SERIES = tuple(
    map(np.float32, (-5.711028e-08, 2.812514e-06, -4.7398443e-05, -5.7354254e-05, 0.036364915, 0.79787293))
)


class Weights(Protocol):
    """Where the encoder takes its arrays from."""

    def floats(self, name: str, *shape: int) -> Floats:
        """Return a named array of exactly this shape."""
        ...


@dataclass(frozen=True, slots=True)
class BertShape:
    """The dimensions of a model, as its config.json gives them."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation: gain and shift, [width]."""

    gain: Floats
    shift: Floats
    epsilon: np.float32

    def apply(self, rows: Floats) -> None:
        """Normalise each row in place."""
        width = np.float32(rows.shape[1])
        rows -= (rows @ np.full(rows.shape[1], 1 / width, np.float32))[:, None]
        spread = np.einsum("ij,ij->i", rows, rows)
        spread /= width
        spread += self.epsilon
        np.sqrt(spread, out=spread)
        rows /= spread[:, None]
        rows *= self.gain
        rows += self.shift


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights of one layer, transposed so that rows of tokens are multiplied from the left."""

    question: Floats  # queries, keys and values side by side: [width, 3 * width]
    question_bias: Floats
    out: Floats
    out_bias: Floats
    out_norm: Norm
    rise: Floats
    rise_bias: Floats
    fall: Floats
    fall_bias: Floats
    fall_norm: Norm


class Scratch:
    """Memory for the intermediate results of up to `tokens` tokens, used again by every layer and batch."""

    def __init__(self, shape: BertShape, tokens: int) -> None:
        self.question = np.empty((tokens, 3 * shape.width), np.float32)
        self.attended = np.empty((tokens, shape.width), np.float32)
        self.middle = np.empty((tokens, shape.width), np.float32)
        self.inner = np.empty((tokens, shape.inner), np.float32)
        self.rows = np.empty((tokens, shape.width), np.float32)
        self.squares = np.empty((GELU_ROWS, shape.inner), np.float32)
        self.series = np.empty((GELU_ROWS, shape.inner), np.float32)


class Bert:
    """An encoder with its weights in memory. Thread-safe. `pools_first` takes [CLS]'s vector instead of the mean."""

    def __init__(self, weights: Weights, shape: BertShape, *, prefix: str = "", pools_first: bool = False) -> None:
        self.shape = shape
        self._pools_first = pools_first
        place = prefix + "embeddings."
        self._words = weights.floats(place + "word_embeddings.weight", shape.vocabulary, shape.width)
        positions = weights.floats(place + "position_embeddings.weight", shape.positions, shape.width)
        types = weights.floats(place + "token_type_embeddings.weight", shape.token_types, shape.width)
        self._positions = positions + types[0]  # every token here is of type 0
        self._norm = read_norm(weights, place + "LayerNorm", shape)
        self._layers = [
            read_layer(weights, f"{prefix}encoder.layer.{number}.", shape) for number in range(shape.layers)
        ]

    def encode(self, sequences: Sequence[Sequence[int]]) -> Floats:
        """Return unit vectors, [texts, width], of token numbers; each sequence has 1 to `shape.positions` of them."""
        found = np.empty((len(sequences), self.shape.width), np.float32)
        order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
        batches = list(cut_batches(order, sequences))
        if batches:
            most = max(sum(len(sequences[index]) for index in batch) for batch in batches)
            scratch = Scratch(self.shape, most)
            for batch in batches:
                found[batch] = self._encode_batch([sequences[index] for index in batch], scratch)
        return found

    def _encode_batch(self, sequences: list[Sequence[int]], scratch: Scratch) -> Floats:
        lengths = np.array([len(one) for one in sequences])
        numbers = np.concatenate([np.asarray(one, np.int64) for one in sequences])
        places = np.concatenate([np.arange(length) for length in lengths])
        rows = scratch.rows[: len(numbers)]
        np.add(self._words[numbers], self._positions[places], out=rows)
        self._norm.apply(rows)
        groups = list(equal_lengths(lengths))
        for layer in self._layers:
            self._apply_layer(layer, rows, groups, scratch)
        firsts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        pooled = rows[firsts] if self._pools_first else np.add.reduceat(rows, firsts, axis=0) / lengths[:, None]
        size = np.sqrt(np.einsum("ij,ij->i", pooled, pooled))
        unit: Floats = (pooled / np.maximum(size, 1e-12)[:, None]).astype(np.float32)
        return unit

    def _apply_layer(self, layer: Layer, rows: Floats, groups: list[tuple[int, int, int]], scratch: Scratch) -> None:
        """Turn `rows`, [tokens, width], into what the layer makes of them, in place."""
        count = len(rows)
        question, attended = scratch.question[:count], scratch.attended[:count]
        middle, inner = scratch.middle[:count], scratch.inner[:count]
        np.matmul(rows, layer.question, out=question)
        question += layer.question_bias
        for start, texts, length in groups:
            end = start + texts * length
            self._attend(question[start:end], attended[start:end], texts, length)
        np.matmul(attended, layer.out, out=middle)
        middle += layer.out_bias
        middle += rows
        layer.out_norm.apply(middle)
        np.matmul(middle, layer.rise, out=inner)
        apply_double_gelu(inner, layer.rise_bias, scratch)
        np.matmul(inner, layer.fall, out=rows)
        rows += layer.fall_bias
        rows += middle
        layer.fall_norm.apply(rows)

    def _attend(self, question: Floats, attended: Floats, texts: int, length: int) -> None:
        """Mix the values of each text's tokens by its own attention, all heads at once."""
        heads = self.shape.heads
        parts = question.reshape(texts, length, 3, heads, -1).transpose(2, 0, 3, 1, 4)
        scores = np.matmul(parts[0], parts[1].swapaxes(2, 3))
        # The largest of each row need not be taken off, which is slow, where no exponential comes near its limits.
        if max(scores.max(), -scores.min()) > SAFE_EXPONENT:
            scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        mixed = np.matmul(scores, parts[2])
        mixed /= np.matmul(scores, np.ones((length, 1), np.float32))
        attended.reshape(texts, length, heads, -1)[...] = mixed.transpose(0, 2, 1, 3)


def cut_batches(order: Sequence[int], sequences: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Give runs of `order` with at most BATCH_TOKENS tokens each, or one sequence."""
    batch: list[int] = []
    tokens = 0
    for index in order:
        if batch and tokens + len(sequences[index]) > BATCH_TOKENS:
            yield batch
            batch, tokens = [], 0
        batch.append(index)
        tokens += len(sequences[index])
    if batch:
        yield batch


def equal_lengths(lengths: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """Give (first token, texts, length) of each run of texts of one length."""
    start = first = 0
    for index in range(1, len(lengths) + 1):
        if index == len(lengths) or lengths[index] != lengths[first]:
            length = int(lengths[first])
            yield start, index - first, length
            start += (index - first) * length
            first = index


def apply_double_gelu(rows: Floats, bias: Floats, scratch: Scratch) -> None:
    """Add the bias, then replace each x by x * (1 + erf(x / sqrt 2)).

    That is twice the activation: the next weights are halved for it.
    """
    for start in range(0, len(rows), GELU_ROWS):
        block = rows[start : start + GELU_ROWS]
        squares, series = scratch.squares[: len(block)], scratch.series[: len(block)]
        block += bias
        np.multiply(block, block, out=squares)
        np.minimum(squares, GELU_LIMIT, out=squares)
        np.multiply(squares, GELU_SERIES[0], out=series)
        series += GELU_SERIES[1]
        for factor in GELU_SERIES[2:]:
            series *= squares
            series += factor
        series *= block
        np.tanh(series, out=series)
        series += np.float32(1.0)
        block *= series


def read_norm(weights: Weights, name: str, shape: BertShape) -> Norm:
    """Return one normalisation of a model."""
    gain, shift = (weights.floats(f"{name}.{part}", shape.width) for part in ("weight", "bias"))
    return Norm(gain, shift, np.float32(shape.epsilon))


def read_layer(weights: Weights, place: str, shape: BertShape) -> Layer:
    """Return one layer of a model, its weights laid out for this module's arithmetic."""

    def read(name: str, rows: int, columns: int) -> tuple[Floats, Floats]:
        return weights.floats(f"{place}{name}.weight", rows, columns), weights.floats(f"{place}{name}.bias", rows)

    width, inner = shape.width, shape.inner
    parts = [read(f"attention.self.{name}", width, width) for name in ("query", "key", "value")]
    scale = np.float32(1.0 / np.sqrt(width // shape.heads))
    parts[0] = parts[0][0] * scale, parts[0][1] * scale
    out, out_bias = read("attention.output.dense", width, width)
    rise, rise_bias = read("intermediate.dense", inner, width)
    fall, fall_bias = read("output.dense", width, inner)
    return Layer(
        question=np.ascontiguousarray(np.concatenate([weight for weight, _ in parts]).T),
        question_bias=np.concatenate([bias for _, bias in parts]),
        out=np.ascontiguousarray(out.T),
        out_bias=out_bias,
        out_norm=read_norm(weights, place + "attention.output.LayerNorm", shape),
        rise=np.ascontiguousarray(rise.T),
        rise_bias=rise_bias,
        fall=np.ascontiguousarray(fall.T) * np.float32(0.5),
        fall_bias=fall_bias,
        fall_norm=read_norm(weights, place + "output.LayerNorm", shape),
    )
