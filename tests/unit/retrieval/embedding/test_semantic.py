"""Search by meaning over the chunks of a tree: order, what is missing, and what a new tree costs."""

from pathlib import Path

import numpy as np
import pytest

from tests.fakes.sentence_models import make_model
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder
from yantra_bot.retrieval.embedding.indexing import fill_now
from yantra_bot.retrieval.embedding.semantic import SemanticIndex, name_vectors
from yantra_bot.retrieval.embedding.texts import describe
from yantra_bot.retrieval.embedding.vectors import VectorCache

TOKENS = 32
SAYINGS = ["read the file", "parse the config", "retry crash", "time is empty", "a b c ab", "retry retry time"]


def chunk(number: int, text: str) -> Chunk:
    name = f"f{number}"
    return Chunk(f"p{number}.py", name, ChunkKind.FUNCTION, 1, 2, f"def {name}():", "", f"def {name}():\n    {text}")


CHUNKS = [chunk(number, saying) for number, saying in enumerate(SAYINGS)]


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return load_embedder(make_model(tmp_path_factory.mktemp("models") / "model"))


def open_cache(folder: Path, embedder: Embedder) -> VectorCache:
    return VectorCache(folder, name_vectors(embedder, TOKENS), embedder.dimension)


def test_the_nearest_chunks_come_first(tmp_path: Path, embedder: Embedder) -> None:
    """Rows come by their cosine with the query, as many as are asked for, the chunk that says the same first."""
    index = SemanticIndex(open_cache(tmp_path, embedder))
    index.show(CHUNKS)
    assert fill_now(index, CHUNKS, embedder, tokens=TOKENS) == len(CHUNKS)
    query = embedder.embed_query(describe(CHUNKS[3], TOKENS), limit=TOKENS)
    found = index.search(query, 3)
    assert found[0][0] == 3
    assert found[0][1] == pytest.approx(1.0, abs=1e-3)
    scores = index.scores(query)
    assert [row for row, _ in index.search(query, 99)] == np.argsort(-scores, kind="stable").tolist()
    assert index.search(query, 0) == []


def test_equal_chunks_come_in_their_order(tmp_path: Path, embedder: Embedder) -> None:
    """Of equals the first rows are given, whatever the limit."""
    same = [chunk(1, "read the file")] * 6
    index = SemanticIndex(open_cache(tmp_path, embedder))
    index.show(same)
    assert fill_now(index, same, embedder, tokens=TOKENS) == 1
    query = embedder.embed_query("file")
    assert [[row for row, _ in index.search(query, count)] for count in (1, 3, 6)] == [
        list(range(1)), list(range(3)), list(range(6)),
    ]  # fmt: skip


def test_a_chunk_without_a_vector_is_not_found_but_missing(tmp_path: Path, embedder: Embedder) -> None:
    """Search works on what is there, and says which rows are not."""
    index = SemanticIndex(open_cache(tmp_path, embedder))
    query = embedder.embed_query("file")
    assert index.search(query, 5) == []
    index.show(CHUNKS)
    assert (index.search(query, 5), index.missing, len(index)) == ([], [0, 1, 2, 3, 4, 5], 6)
    assert fill_now(index, CHUNKS, embedder, tokens=TOKENS, most=5) == 0
    some = CHUNKS[2:4]
    vectors = embedder.embed([describe(one, TOKENS) for one in some], limit=TOKENS)
    index.fill([one.digest for one in some], vectors)
    assert {row for row, _ in index.search(query, 5)} == {2, 3}
    assert index.missing == [0, 1, 4, 5]


def test_a_new_tree_costs_only_its_new_chunks(tmp_path: Path, embedder: Embedder) -> None:
    """Chunks that stay keep their vectors, in memory and, for another index, in the cache."""
    index = SemanticIndex(open_cache(tmp_path, embedder))
    index.show(CHUNKS[:4])
    fill_now(index, CHUNKS[:4], embedder, tokens=TOKENS)
    query = embedder.embed_query("file")
    before = dict(index.search(query, 4))
    index.show(CHUNKS[2:])
    assert index.missing == [2, 3]
    assert dict(index.search(query, 4)) == {0: before[2], 1: before[3]}
    other = SemanticIndex(open_cache(tmp_path, embedder))
    other.show(CHUNKS)
    assert other.missing == [4, 5]
    assert {row for row, _ in other.search(query, 9)} == {0, 1, 2, 3}


def test_another_model_finds_nothing_kept(tmp_path: Path, embedder: Embedder) -> None:
    """Vectors of one model, or of another number of tokens, are never taken for those of another."""
    index = SemanticIndex(open_cache(tmp_path, embedder))
    index.show(CHUNKS)
    fill_now(index, CHUNKS, embedder, tokens=TOKENS)
    second = load_embedder(make_model(tmp_path / "second", seed=2))
    names = {name_vectors(embedder, TOKENS), name_vectors(embedder, 16), name_vectors(second, TOKENS)}
    assert len(names) == 3
    other = SemanticIndex(open_cache(tmp_path, second))
    other.show(CHUNKS)
    assert other.missing == [0, 1, 2, 3, 4, 5]
