"""The default model's vectors and tokens beside what the reference implementation gave for the same texts."""

import json
from pathlib import Path

import numpy as np
import pytest

from yantra_bot import artefacts
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder, load_words
from yantra_bot.retrieval.embedding.folder import read_folder

MODEL = "embedding-model"
GOLDEN = [json.loads(line) for line in Path(__file__).with_name("golden.jsonl").read_text().splitlines()[1:]]

pytestmark = pytest.mark.skipif(
    not artefacts.available(MODEL), reason="NO EMBEDDING MODEL: the artefact is missing. Cure: make setup."
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(artefacts.path(MODEL))


def test_vectors_are_those_of_the_reference(embedder: Embedder) -> None:
    """Twenty texts, from an empty one to emoji and code, get the reference's vectors to two millionths."""
    vectors = embedder.embed([one["text"] for one in GOLDEN])
    assert vectors.shape == (20, embedder.dimension)
    assert vectors.dtype == np.float32
    wanted = np.array([one["first"] for one in GOLDEN])
    assert np.abs(vectors[:, :8] - wanted).max() < 2e-6


def test_token_numbers_are_those_of_the_reference() -> None:
    """Every text is split as the published tokenizer splits it, and cut at the same place."""
    words = load_words(read_folder(artefacts.path(MODEL)))
    for one in GOLDEN:
        tokens = words.encode(one["text"], 256)
        assert tokens[: len(one["tokens"])] == one["tokens"], one["text"]
        assert len(tokens) == one["count"]


def test_a_text_alone_has_the_vector_it_has_in_a_batch(embedder: Embedder) -> None:
    """What else is embedded at the same time changes a vector by rounding alone."""
    texts = [one["text"] for one in GOLDEN]
    alone = np.stack([embedder.embed_query(text) for text in texts])
    assert np.abs(alone - embedder.embed(texts)).max() < 1e-6
