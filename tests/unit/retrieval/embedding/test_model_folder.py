"""Folders that hold no model, a damaged one, or a hostile one: always an error with its cure, never anything else."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.sentence_models import VOCABULARY, change_json, make_model, make_weights, write_safetensors
from yantra_bot.errors import UserError
from yantra_bot.retrieval.embedding.embedder import load_embedder
from yantra_bot.retrieval.embedding.folder import read_folder
from yantra_bot.safetensors import Tensors

TEXTS = [
    "", " ", "\0", "\ud800\udfff", "😀" * 50, "file " * 12_000, "x" * 60_000, "\u0301" * 500, "\n" * 9_000,
    "你好", "[CLS]" * 90,
]  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model")


def test_any_text_has_a_unit_vector(model: Path) -> None:
    """Empty, huge, control characters, lone surrogates, emoji: each has a finite vector of length one."""
    embedder = load_embedder(model)
    vectors = embedder.embed(TEXTS)
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(vectors[0], vectors[1])


def test_a_limit_reads_less_of_a_text(model: Path) -> None:
    """With a limit, what comes after it does not matter; the model's own limit is never exceeded."""
    embedder = load_embedder(model)
    assert embedder.limit == 40
    one, two = embedder.embed(["read the file", "read the config"], limit=4)
    assert np.array_equal(one, two)
    assert np.array_equal(embedder.embed_query("a " * 99, limit=99), embedder.embed_query("a " * 40))
    change_json(model / "sentence_bert_config.json", max_seq_length=4)
    short = load_embedder(model)
    assert short.limit == 4
    assert np.array_equal(short.embed_query("read the file"), one)


def test_a_digest_names_all_that_decides_a_vector(model: Path) -> None:
    """Other weights, words, pooling, letters or epsilon are another digest; another place is not."""
    digests = [load_embedder(model).digest]
    assert load_embedder(make_model(model.parent / "copy")).digest == digests[0]
    change_json(model / "tokenizer_config.json", do_lower_case=False)
    digests.append(load_embedder(model).digest)
    change_json(model / "1_Pooling" / "config.json", pooling_mode_cls_token=True)
    digests.append(load_embedder(model).digest)
    change_json(model / "config.json", layer_norm_eps=1e-5)
    digests.append(load_embedder(model).digest)
    write_safetensors(model / "model.safetensors", dict(make_weights(2)))
    digests.append(load_embedder(model).digest)
    (model / "vocab.txt").write_text("\n".join([*VOCABULARY[:-1], "z"]))
    digests.append(load_embedder(model).digest)
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "model.safetensors"])
def test_a_missing_file_is_named(model: Path, name: str) -> None:
    """Whatever is missing, the error names it and says the cure."""
    (model / name).unlink()
    with pytest.raises(UserError, match=rf"{name}.*Cure") as found:
        load_embedder(model)
    assert str(model) in str(found.value)


def test_no_folder_is_an_error(tmp_path: Path) -> None:
    """A folder that is not there is said so."""
    with pytest.raises(UserError, match=r"no embedding model in .*Cure"):
        load_embedder(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hidden_size": 24}, "shape"),
        ({"hidden_size": "16"}, "hidden_size"),
        ({"hidden_size": True}, "hidden_size"),
        ({"num_hidden_layers": 3}, "has no array encoder.layer.2"),
        ({"num_hidden_layers": 10**30}, "num_hidden_layers"),
        ({"num_attention_heads": 5}, "5 heads"),
        ({"num_attention_heads": 0}, "num_attention_heads"),
        ({"intermediate_size": 64}, "shape"),
        ({"vocab_size": 10}, "the model knows 10"),
        ({"vocab_size": 99}, "shape"),
        ({"max_position_embeddings": 1}, "no BERT model"),
        ({"layer_norm_eps": "small"}, "layer_norm_eps"),
        ({"layer_norm_eps": float("nan")}, "layer_norm_eps"),
        ({"hidden_act": "relu"}, "hidden_act"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type"),
    ],
)
def test_a_config_of_another_model_is_refused(model: Path, changed: dict[str, object], said: str) -> None:
    """A size that is not the weights', or makes no sense, is named."""
    change_json(model / "config.json", **changed)
    with pytest.raises(UserError, match=f"{said}(.|\n)*Cure"):
        load_embedder(model)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"null"])
def test_a_config_that_is_no_object_is_refused(model: Path, content: bytes) -> None:
    """Empty, cut, not text, nested without end: each an error of the file."""
    (model / "config.json").write_bytes(content)
    with pytest.raises(UserError, match=r"config\.json"):
        read_folder(model)


def test_a_pooling_that_is_unknown_is_refused(model: Path) -> None:
    """A model pooled in a way that is not computed here is not computed wrongly."""
    change_json(model / "1_Pooling" / "config.json", pooling_mode_max_tokens=True)
    with pytest.raises(UserError, match="pooling_mode_max_tokens"):
        load_embedder(model)


def test_a_vocabulary_larger_than_the_model_is_refused(model: Path) -> None:
    """A token that the model has no vector for cannot come up later."""
    (model / "vocab.txt").write_text("\n".join([*VOCABULARY, "more"]))
    with pytest.raises(UserError, match="the model knows"):
        load_embedder(model)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(model: Path, value: float) -> None:
    """One NaN in one array is found when the model is loaded, not in the vectors."""
    weights = make_weights()
    weights["encoder.layer.1.output.dense.weight"][3, 5] = value
    write_safetensors(model / "model.safetensors", dict(weights))
    with pytest.raises(UserError, match=r"no numbers.*Cure"):
        load_embedder(model)


def write_header(path: Path, header: object, data: bytes = bytes(64)) -> Path:
    head = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)
    return path


def entry(**changed: object) -> dict[str, object]:
    return {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]} | changed


@pytest.mark.parametrize(
    "header",
    [
        [],
        {"w": entry(data_offsets=[0, 17])},
        {"w": entry(data_offsets=[56, 72])},
        {"w": entry(data_offsets=[-16, 0])},
        {"w": entry(data_offsets=[16, 0])},
        {"w": entry(data_offsets=[0.0, 16.0])},
        {"w": entry(data_offsets=[0])},
        {"w": entry(shape=[-2, -2])},
        {"w": entry(shape=[2, 2.0])},
        {"w": entry(shape=[True, 4])},
        {"w": entry(shape=[10**40, 0], data_offsets=[0, 8])},
        {"w": entry(shape=[1] * 100, data_offsets=[0, 4])},
        {"w": entry(dtype="F8_E5M2")},
        {"w": entry(dtype=7)},
        {"w": 5},
        {"w": {}},
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, header: object) -> None:
    """No number of a weights file is used before it is held against the file."""
    with pytest.raises(UserError, match="Cure"):
        Tensors(write_header(tmp_path / "w", header))


@pytest.mark.parametrize("start", [0, 1, 300, 2**31, 2**63, 2**64 - 1])
def test_a_header_that_does_not_fit_is_refused(tmp_path: Path, start: int) -> None:
    """The stated length of the header is bounded by the file, so nothing large is read or reserved."""
    path = tmp_path / "w"
    path.write_bytes(struct.pack("<Q", start) + b"{}" + bytes(100))
    with pytest.raises(UserError, match="header does not fit"):
        Tensors(path)


def test_a_sound_file_is_read_where_its_arrays_lie(tmp_path: Path) -> None:
    """An array that starts at an odd byte, an empty one, and one that overlaps another are read as they are."""
    header = {"odd": entry(data_offsets=[1, 17]), "none": entry(shape=[0, 4], data_offsets=[3, 3])}
    tensors = Tensors(write_header(tmp_path / "w", header, bytes([9]) + np.arange(4, dtype="<f4").tobytes()))
    assert tensors.floats("odd", 2, 2).tolist() == [[0, 1], [2, 3]]
    assert tensors.floats("none", 0, 4).shape == (0, 4)
    assert (list(tensors), len(tensors)) == (["odd", "none"], 2)


def test_every_truncation_is_noticed(model: Path) -> None:
    """A weights file cut anywhere is an error, not a crash."""
    path = model / "model.safetensors"
    whole = path.read_bytes()
    for length in [*range(0, 200, 7), *range(200, len(whole), 997), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match="Cure"):
            load_embedder(model)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 20_000), st.binary(min_size=1, max_size=12))
def test_damage_is_an_error_or_harmless(model: Path, place: int, noise: bytes) -> None:
    """Bytes changed anywhere in header or weights give an error of this product or vectors that are numbers."""
    whole = (make_model(model)).joinpath("model.safetensors").read_bytes()
    (model / "model.safetensors").write_bytes(whole[:place] + noise + whole[place + len(noise) :])
    try:
        vectors = load_embedder(model).embed(["read the file"])
    except UserError:
        return
    assert np.isfinite(vectors).all()
