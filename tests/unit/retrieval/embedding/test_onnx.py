"""Models in ONNX files: the same vectors as numpy's, a cross-encoder's order, and what is said when there is none."""

from pathlib import Path

import numpy as np
import pytest

from tests.fakes.onnx_files import Graph, word_weights, write_cross_encoder, write_sentence_model
from tests.fakes.sentence_models import VOCABULARY, WIDTH, change_json, make_model
from yantra_bot.errors import UserError
from yantra_bot.retrieval.embedding.embedder import NumpyEmbedder, OnnxEmbedder, load_embedder
from yantra_bot.retrieval.embedding.folder import read_folder
from yantra_bot.retrieval.embedding.onnx_door import is_installed
from yantra_bot.retrieval.embedding.reranker import Reranker, find_reranker

pytestmark = pytest.mark.skipif(not is_installed(), reason="NO ONNX RUNTIME: install the extra `onnx`")

TEXTS = ["", "the file is empty", "crash: read the config, parse (1)", "retry " * 60, "a", "😀 \ud800 \0"]


@pytest.mark.parametrize("pools", [False, True])
def test_both_engines_give_the_same_vectors(tmp_path: Path, pools: bool) -> None:
    """A model as an ONNX file is preferred, and says what numpy says, padded or not, pooled there or here."""
    folder = make_model(tmp_path / "model")
    plain = load_embedder(folder)
    assert isinstance(plain, NumpyEmbedder)
    write_sentence_model(folder / "model.onnx", pools=pools)
    found = load_embedder(folder)
    assert isinstance(found, OnnxEmbedder)
    assert np.abs(found.embed(TEXTS) - plain.embed(TEXTS)).max() < 1e-5
    assert np.abs(found.embed(TEXTS, limit=4) - plain.embed(TEXTS, limit=4)).max() < 1e-5
    assert np.abs(found.embed_query(TEXTS[1]) - plain.embed_query(TEXTS[1])).max() < 1e-5
    assert found.embed([]).shape == (0, WIDTH)
    assert found.digest != plain.digest


def test_an_onnx_file_alone_is_a_model(tmp_path: Path) -> None:
    """Weights in the other format are not needed; the first token's vector is taken where the model says so."""
    folder = make_model(tmp_path / "model")
    change_json(folder / "1_Pooling" / "config.json", pooling_mode_cls_token=True)
    plain = load_embedder(folder).embed(TEXTS)
    (folder / "model.safetensors").unlink()
    write_sentence_model(folder / "onnx" / "model.onnx")
    assert np.abs(load_embedder(folder).embed(TEXTS) - plain).max() < 1e-5


def test_a_change_of_the_file_is_another_digest(tmp_path: Path) -> None:
    """Weights in the file or beside it decide under which name vectors are kept."""
    folder = make_model(tmp_path / "model")
    graph = write_sentence_model(folder / "model.onnx")
    digests = {load_embedder(folder).digest}
    (folder / "model.onnx_data").write_bytes(b"1")
    digests.add(load_embedder(folder).digest)
    write_sentence_model(graph, seed=2)
    digests.add(load_embedder(folder).digest)
    assert len(digests) == 3


def test_files_that_are_no_sentence_model_are_refused(tmp_path: Path) -> None:
    """Damaged files, other inputs, other sizes and values that are no numbers: each time an error with its cure."""
    folder = make_model(tmp_path / "model")
    path = folder / "model.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(UserError, match=r"cannot be loaded.*Cure"):
        load_embedder(folder)
    graph = Graph()
    graph.write(path, graph.node("Cast", "pixels", output="out", to=1), ("texts", "tokens"), inputs=["pixels"])
    with pytest.raises(UserError, match="wants the inputs pixels"):
        load_embedder(folder)
    graph = Graph()
    graph.write(path, graph.node("Cast", "input_ids", output="out", to=1), ("texts", "tokens"))
    with pytest.raises(UserError, match=r"gives 2 numbers a text, config\.json says 16"):
        load_embedder(folder)
    graph = Graph()
    ids = graph.node("Cast", "input_ids", to=1)
    graph.write(path, graph.node("ReduceSum", ids, graph.constant([1]), output="out", keepdims=0), ("texts",))
    with pytest.raises(UserError, match="neither a vector a text"):
        load_embedder(folder)
    graph = Graph()
    graph.write(path, graph.node("Log", graph.node("Neg", ids_of(graph)), output="out"), ("texts", "tokens"))
    with pytest.raises(UserError, match="no numbers"):
        load_embedder(folder)


def ids_of(graph: Graph) -> str:
    return graph.node("Cast", "input_ids", to=1)


def test_a_text_that_the_model_cannot_take_is_an_error_of_the_model(tmp_path: Path) -> None:
    """What fails inside the vendor's library comes out as this product's error."""
    folder = make_model(tmp_path / "model")
    write_sentence_model(folder / "model.onnx")
    change_json(folder / "config.json", max_position_embeddings=400)
    embedder = load_embedder(folder)
    with pytest.raises(UserError, match="cannot be asked"):
        embedder.embed(["retry " * 100])


def make_reranker(folder: Path, outputs: int = 1) -> Path:
    make_model(folder)
    write_cross_encoder(folder / "model.onnx", outputs=outputs)
    return folder


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_cross_encoder_scores_pairs(tmp_path: Path, outputs: int) -> None:
    """Each text's score is the model's for query and text together, whatever the order and the lengths."""
    reranker = Reranker(make_reranker(tmp_path / "ranker", outputs))
    texts = ["file", "crash crash the", "", "retry " * 300, "a b c"]
    weights = dict(zip(VOCABULARY, word_weights().tolist(), strict=True))
    room = reranker.limit - 3 - 1
    wanted = [sum(weights[word] for word in text.split()[:room]) + weights["[SEP]"] for text in texts]
    assert reranker.score("config", texts) == pytest.approx(wanted, abs=1e-3)
    assert reranker.score("config", []).shape == (0,)


def test_a_long_query_leaves_room_for_the_text(tmp_path: Path) -> None:
    """Of a pair that is too long the longer text is cut, so that half of the room is always the text's."""
    reranker = Reranker(make_reranker(tmp_path / "ranker"), limit=23)
    weights = dict(zip(VOCABULARY, word_weights().tolist(), strict=True))
    found = reranker.score("config " * 200, ["file " * 200, "file"])
    assert found[0] == pytest.approx(10 * weights["file"] + weights["[SEP]"], abs=1e-3)
    assert found[1] == pytest.approx(weights["file"] + weights["[SEP]"], abs=1e-3)


def test_without_a_model_the_order_stays_and_it_is_said(tmp_path: Path) -> None:
    """No folder, an empty one, a damaged or a wrong model: none is used, and a sentence says why; else which it is."""
    assert find_reranker(None) == (None, "No re-ranking model is set: hits stay in the order of the search.")
    found, said = find_reranker(tmp_path)
    assert found is None
    assert "There is no model.onnx" in said
    found, said = find_reranker(make_reranker(tmp_path / "wide", outputs=3))
    assert found is None
    assert "gives 3 numbers a pair" in said
    (tmp_path / "wide" / "model.onnx").write_bytes(b"\0")
    assert "cannot be loaded" in find_reranker(tmp_path / "wide")[1]
    found, said = find_reranker(make_reranker(tmp_path / "ranker"))
    assert found is not None
    assert said == "The first hits are ranked anew by ranker."


def test_read_folder_finds_the_graph(tmp_path: Path) -> None:
    """An ONNX file is looked for in both places where models are published with one."""
    folder = make_model(tmp_path / "model")
    assert read_folder(folder).graph is None
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"x")
    assert read_folder(folder).graph == folder / "onnx" / "model.onnx"
