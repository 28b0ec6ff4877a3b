"""ONNX files written by hand: the few messages of the format that a small transformer needs, and two such models.

The format is protobuf: fields of a number and a kind, whole numbers in groups of seven bits, the rest with its length.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.fakes.sentence_models import HEADS, LAYERS, VOCABULARY, WIDTH, make_weights

FLOAT, INT64 = 1, 7
IR_VERSION, OPSET = 8, 17
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def varint(number: int) -> bytes:
    out = b""
    number &= (1 << 64) - 1
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def field(number: int, value: int | str | bytes) -> bytes:
    """Return one field of a message: a whole number, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


class Graph:
    """Collects nodes and constants; every method returns the name of what it added."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._count = 0

    def constant(self, values: NDArray[np.generic] | Sequence[int] | float) -> str:
        array = np.asarray(values)
        array = array.astype(np.int64 if np.issubdtype(array.dtype, np.integer) else np.float32)
        name = self._name("constant")
        dims = b"".join(field(1, size) for size in array.shape)
        kind = field(2, INT64 if array.dtype == np.int64 else FLOAT)
        self._parts.append(field(5, dims + kind + field(8, name) + field(9, array.tobytes())))
        return name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: int | list[int]) -> str:
        output = output or self._name(kind)
        said = b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, kind)
        for name, value in attributes.items():
            many = isinstance(value, list)
            values = b"".join(field(8, one) for one in value) if isinstance(value, list) else field(3, value)
            said += field(5, field(1, name) + values + field(20, INT64 if many else 2))
        self._parts.append(field(1, said))
        return output

    def write(self, path: Path, output: str, shape: Sequence[int | str], inputs: Sequence[str] = INPUTS) -> Path:
        """Write the model with those inputs, int64 [texts, tokens], and one float output."""
        ends = [field(11, _value(name, INT64, ("texts", "tokens"))) for name in inputs]
        graph = b"".join([*self._parts, field(2, "graph"), *ends, field(12, _value(output, FLOAT, shape))])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(field(1, IR_VERSION) + field(7, graph) + field(8, field(1, "") + field(2, OPSET)))
        return path

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(field(1, field(1, one) if isinstance(one, int) else field(2, one)) for one in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, dims)))


def write_sentence_model(path: Path, *, pools: bool = False, seed: int = 1) -> Path:
    """Write the model of `sentence_models` as ONNX: a vector a token, or one a text when it `pools`."""
    graph, weights = Graph(), make_weights(seed)

    def apply(name: str, x: str) -> str:
        product = graph.node("MatMul", x, graph.constant(weights[f"{name}.weight"].T))
        return graph.node("Add", product, graph.constant(weights[f"{name}.bias"]))

    def normalise(name: str, x: str) -> str:
        parts = [graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return graph.node("LayerNormalization", x, *parts, axis=-1)

    mask = graph.node("Cast", "attention_mask", to=FLOAT)
    hidden = graph.node("Mul", graph.node("Sub", mask, graph.constant(1.0)), graph.constant(1e9))
    hidden = graph.node("Unsqueeze", hidden, graph.constant([1, 2]))
    length = graph.node("Gather", graph.node("Shape", "input_ids"), graph.constant([1]))
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    place = graph.node("Slice", graph.constant(places), graph.constant([0]), length, graph.constant([0]))
    words = graph.node("Gather", graph.constant(weights["embeddings.word_embeddings.weight"]), "input_ids")
    x = normalise("embeddings.LayerNorm", graph.node("Add", words, place))
    for number in range(LAYERS):
        p = f"encoder.layer.{number}."
        heads = [
            graph.node(
                "Transpose",
                graph.node("Reshape", apply(f"{p}attention.self.{name}", x), graph.constant([0, 0, HEADS, -1])),
                perm=order,
            )
            for name, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3]))
        ]
        scores = graph.node("Mul", graph.node("MatMul", *heads[:2]), graph.constant((WIDTH // HEADS) ** -0.5))
        scores = graph.node("Softmax", graph.node("Add", scores, hidden), axis=-1)
        mixed = graph.node("Transpose", graph.node("MatMul", scores, heads[2]), perm=[0, 2, 1, 3])
        mixed = graph.node("Reshape", mixed, graph.constant([0, 0, WIDTH]))
        mixed = graph.node("Add", apply(f"{p}attention.output.dense", mixed), x)
        x = normalise(f"{p}attention.output.LayerNorm", mixed)
        inner = apply(f"{p}intermediate.dense", x)
        erf = graph.node("Erf", graph.node("Mul", inner, graph.constant(2**-0.5)))
        gate = graph.node("Mul", graph.node("Add", erf, graph.constant(1.0)), graph.constant(0.5))
        fall = apply(f"{p}output.dense", graph.node("Mul", inner, gate))
        x = normalise(f"{p}output.LayerNorm", graph.node("Add", fall, x))
    if pools:
        column = graph.node("Unsqueeze", mask, graph.constant([2]))
        total = graph.node("ReduceSum", graph.node("Mul", x, column), graph.constant([1]), keepdims=0)
        count = graph.node("ReduceSum", mask, graph.constant([1]), keepdims=1)
        return graph.write(path, graph.node("Div", total, count, output="vectors"), ("texts", WIDTH))
    return graph.write(path, graph.node("Identity", x, output="hidden"), ("texts", "tokens", WIDTH))


def word_weights() -> NDArray[np.float32]:
    """Return what each token of the vocabulary counts in the cross-encoder below."""
    return np.random.default_rng(7).normal(size=len(VOCABULARY)).astype(np.float32)


def write_cross_encoder(path: Path, *, outputs: int = 1) -> Path:
    """Write a model that scores a pair by the sum of its second text's tokens, each by its weight.

    With two outputs it gives half of that as "fits" and minus half as "fits not"; with more, as many scores.
    """
    graph = Graph()
    mask = graph.node("Cast", graph.node("Mul", "attention_mask", "token_type_ids"), to=FLOAT)
    found = graph.node("Mul", graph.node("Gather", graph.constant(word_weights()), "input_ids"), mask)
    score = graph.node("ReduceSum", found, graph.constant([1]), keepdims=1)
    shares = np.array([[1.0]] if outputs == 1 else [[-0.5, 0.5, *[0.0] * (outputs - 2)]])
    return graph.write(path, graph.node("MatMul", score, graph.constant(shares), output="logits"), ("texts", outputs))
