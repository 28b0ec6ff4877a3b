"""Chunks are compared with a text by vectors that are kept; what has none is said, never guessed."""

from pathlib import Path

import numpy as np
import pytest

from tests.fakes.sentence_models import make_model
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder
from yantra_bot.retrieval.embedding.vectors import VectorCache
from yantra_bot.retrieval.meaning import TOKENS, Meaning

SAYINGS = ("read the file", "parse the config", "retry crash", "time is empty", "a b c ab")
CHUNKS = tuple(
    Chunk(f"p{row}.py", f"f{row}", ChunkKind.FUNCTION, 1, 2, f"def f{row}():", "", f"def f{row}():\n    {text}")
    for row, text in enumerate(SAYINGS)
)


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """Return a small model of random numbers."""
    return load_embedder(make_model(tmp_path_factory.mktemp("models") / "model"))


def open_cache(folder: Path, embedder: Embedder) -> VectorCache:
    """Return the kept vectors of a folder."""
    return VectorCache(folder, Meaning.name(embedder), embedder.dimension)


def test_without_vectors_nothing_is_compared(tmp_path: Path, embedder: Embedder) -> None:
    """Where none may be made the answer is none, and nothing is written."""
    meaning = Meaning(embedder, open_cache(tmp_path, embedder), fills=False)
    assert meaning("read the file", CHUNKS) is None
    assert meaning.nearest("read the file", CHUNKS, 3) == []
    assert len(open_cache(tmp_path, embedder)) == 0


def test_vectors_that_are_made_are_kept_for_all(tmp_path: Path, embedder: Embedder) -> None:
    """Another process finds them, and gets the same cosines but for the rounding of what is kept."""
    made = Meaning(embedder, open_cache(tmp_path, embedder), fills=True)("read the file", CHUNKS)
    assert made is not None
    assert np.abs(made).max() <= 1.001
    assert len(open_cache(tmp_path, embedder)) == len(CHUNKS)
    found = Meaning(embedder, open_cache(tmp_path, embedder), fills=False)("read the file", CHUNKS)
    assert found == pytest.approx(made, abs=2e-3)


def test_a_chunk_without_a_vector_has_no_cosine(tmp_path: Path, embedder: Embedder) -> None:
    """Beside others that have one."""
    Meaning(embedder, open_cache(tmp_path, embedder), fills=True)("a", CHUNKS[:2])
    found = Meaning(embedder, open_cache(tmp_path, embedder), fills=False)("a", CHUNKS)
    assert found is not None
    assert np.isnan(found).tolist() == [False, False, True, True, True]


def test_the_nearest_are_named_once_all_are_known(tmp_path: Path, embedder: Embedder) -> None:
    """Before, those that were embedded first would be favoured; the same rows as by their cosines come first."""
    cache = open_cache(tmp_path, embedder)
    Meaning(embedder, cache, fills=True)("a", CHUNKS[:2])
    cache.refresh()
    meaning = Meaning(embedder, cache, fills=True)
    assert meaning.nearest("retry crash", CHUNKS, 2) == []
    near = meaning("retry crash", CHUNKS)
    assert near is not None
    cache.refresh()
    assert meaning.nearest("retry crash", CHUNKS, 2) == np.argsort(-near, kind="stable")[:2].tolist()
    assert meaning.nearest("retry crash", CHUNKS, 5) == meaning.nearest("retry crash", CHUNKS, 5)
    assert meaning.nearest("retry crash", CHUNKS[:1], 5) == [0]


def test_the_name_of_the_vectors_tells_what_made_them(tmp_path: Path, embedder: Embedder) -> None:
    """Another model has another one, so that vectors of both never meet."""
    other = load_embedder(make_model(tmp_path / "other", seed=2))
    assert Meaning.name(embedder) != Meaning.name(other)
    assert f"tokens {TOKENS}" in Meaning.name(embedder)
