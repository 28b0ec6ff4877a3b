"""The encoder beside the same arithmetic written down plainly, in double precision."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.fakes.sentence_models import HEADS, LAYERS, WIDTH, change_json, make_model, make_weights, write_safetensors
from yantra_bot.retrieval.embedding import bert
from yantra_bot.retrieval.embedding.bert import cut_batches, equal_lengths
from yantra_bot.retrieval.embedding.embedder import NumpyEmbedder, load_embedder
from yantra_bot.retrieval.embedding.folder import read_folder

Doubles = NDArray[np.float64]
TEXTS = ["", "a", "the file is empty", "crash: read the config, parse (1)", "retry " * 60, "unseen wörds ab abs"]


def normalise(x: Doubles, w: dict[str, Doubles], name: str) -> Doubles:
    centred = x - x.mean(-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return centred / spread * w[f"{name}.weight"] + w[f"{name}.bias"]


def multiply(x: Doubles, w: dict[str, Doubles], name: str) -> Doubles:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def apply_plainly(w: dict[str, Doubles], tokens: list[int]) -> Doubles:
    """Return the vectors of all tokens of one text, the textbook way."""
    e = "embeddings."
    x = w[e + "word_embeddings.weight"][tokens] + w[e + "position_embeddings.weight"][: len(tokens)]
    x = normalise(x + w[e + "token_type_embeddings.weight"][0], w, e + "LayerNorm")
    size = WIDTH // HEADS
    for number in range(LAYERS):
        p = f"encoder.layer.{number}."
        q, k, v = (multiply(x, w, f"{p}attention.self.{name}") for name in ("query", "key", "value"))
        mixed = np.zeros_like(x)
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            scores = q[:, part] @ k[:, part].T / math.sqrt(size)
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            mixed[:, part] = weights / weights.sum(-1, keepdims=True) @ v[:, part]
        x = normalise(multiply(mixed, w, p + "attention.output.dense") + x, w, p + "attention.output.LayerNorm")
        inner = multiply(x, w, p + "intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        x = normalise(multiply(inner, w, p + "output.dense") + x, w, p + "output.LayerNorm")
    return x


def embed_plainly(folder: Path, weights: dict[str, NDArray[np.float32]], *, first: bool = False) -> Doubles:
    doubles = {name: array.astype(np.float64) for name, array in weights.items()}
    words = NumpyEmbedder(read_folder(folder))._words
    rows = [apply_plainly(doubles, words.encode(text, 40)) for text in TEXTS]
    pooled = np.stack([row[0] if first else row.mean(0) for row in rows])
    return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def test_vectors_are_what_the_formulas_say(tmp_path: Path) -> None:
    """Whatever a text's length and whatever stands beside it, its vector is the textbook's."""
    folder = make_model(tmp_path / "model")
    found = load_embedder(folder).embed(TEXTS)
    assert np.abs(found - embed_plainly(folder, make_weights())).max() < 5e-6


def test_scores_beyond_the_exponentials_limits_are_computed(tmp_path: Path) -> None:
    """Weights so large that a plain exponential would overflow still give the textbook's vector."""
    folder, weights = make_model(tmp_path / "model"), make_weights()
    for name in ("query", "key"):
        weights[f"encoder.layer.0.attention.self.{name}.weight"] *= 12
    write_safetensors(folder / "model.safetensors", dict(weights))
    found = load_embedder(folder).embed(TEXTS)
    assert np.isfinite(found).all()
    assert np.abs(found - embed_plainly(folder, weights)).max() < 1e-3


def test_a_model_may_take_its_first_token_for_the_text(tmp_path: Path) -> None:
    """A pooling file that asks for the first token is followed."""
    folder = make_model(tmp_path / "model")
    change_json(folder / "1_Pooling" / "config.json", pooling_mode_cls_token=True, pooling_mode_mean_tokens=False)
    found = load_embedder(folder).embed(TEXTS)
    assert np.abs(found - embed_plainly(folder, make_weights(), first=True)).max() < 5e-6


@pytest.mark.parametrize("kind", ["F16", "BF16"])
def test_weights_of_half_precision_are_read(tmp_path: Path, kind: str) -> None:
    """A model stored in half precision gives nearly the vectors of the full one."""
    folder = make_model(tmp_path / "model")
    whole = load_embedder(folder).embed(TEXTS)
    weights = make_weights()
    if kind == "F16":
        halves: dict[str, NDArray[np.generic]] = {name: array.astype(np.float16) for name, array in weights.items()}
    else:
        halves = {name: (array.view(np.uint32) >> 16).astype(np.uint16) for name, array in weights.items()}
    write_safetensors(folder / "model.safetensors", halves, dict.fromkeys(weights, kind))
    assert (whole * load_embedder(folder).embed(TEXTS)).sum(1).min() > 0.99


def test_names_with_the_prefix_of_larger_models_are_found(tmp_path: Path) -> None:
    """Weights saved from a model around the encoder have a prefix to their names, and are read."""
    folder = make_model(tmp_path / "model")
    whole = load_embedder(folder).embed(TEXTS)
    write_safetensors(folder / "model.safetensors", {f"bert.{name}": array for name, array in make_weights().items()})
    assert np.array_equal(whole, load_embedder(folder).embed(TEXTS))


def test_batches_hold_their_number_of_tokens_or_one_text() -> None:
    """No batch is larger than the limit unless one text alone is."""
    lengths = [1, 5, bert.BATCH_TOKENS, 300, 300, bert.BATCH_TOKENS + 7, 2]
    texts = [[0] * length for length in lengths]
    batches = list(cut_batches(range(len(texts)), texts))
    assert [index for batch in batches for index in batch] == list(range(len(texts)))
    assert all(len(batch) == 1 or sum(lengths[i] for i in batch) <= bert.BATCH_TOKENS for batch in batches)
    assert list(equal_lengths(np.array([2, 2, 3]))) == [(0, 2, 2), (4, 1, 3)]


def test_no_texts_have_no_vectors(tmp_path: Path) -> None:
    """An empty list gives an empty array of the right width."""
    assert load_embedder(make_model(tmp_path / "model")).embed([]).shape == (0, WIDTH)
