"""Models have their say in a search: meaning brings rows in, a re-ranking model orders the first ones anew."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.embedding.vectors import VectorCache
from yantra_bot.retrieval.meaning import Meaning
from yantra_bot.retrieval.search import POOL, Searcher

Floats = npt.NDArray[np.float32]


class Counter:
    """An embedder that counts three words: real vectors, tiny."""

    name, digest, dimension, limit = "counter", "0" * 16, 3, 256
    words = ("money", "clock", "letter")

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        self.embedded += len(texts)
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        counts = np.array([text.count(word) + 0.01 for word in self.words], np.float32)
        return counts / np.linalg.norm(counts)


def make_corpus(count: int = POOL + 40) -> Corpus:
    corpus = Corpus()
    corpus.put("many.py", "".join(f"def work_{n}():\n    return clock({n})\n\n\n" for n in range(count)).encode())
    corpus.put("bank.py", b"def settle():\n    '''money money money'''\n    return 1\n")
    return corpus


def chunks_of(corpus: Corpus) -> tuple[Chunk, ...]:
    return corpus.groups.code.chunks


def test_meaning_alone_finds(tmp_path: Path) -> None:
    """What shares no word with the text and is near to it comes into the second look, once all is embedded."""
    corpus = make_corpus()
    asked: list[int] = []

    def nearest(text: str, chunks: Sequence[Chunk], limit: int) -> list[int]:
        asked.append(limit)
        return [row for row, chunk in enumerate(chunks) if chunk.name == "settle"]

    def similarity(text: str, chunks: Sequence[Chunk]) -> Floats:
        return np.array([1.0 if chunk.name == "settle" else 0.0 for chunk in chunks], np.float32)

    without = Searcher(corpus, similarity=similarity).search("work clock return", top=200)
    found = Searcher(corpus, similarity=similarity, nearest=nearest).search("work clock return", top=200)
    keys = [hit.chunk.name for hit in found.functions]
    assert asked
    assert keys.index("settle") < [hit.chunk.name for hit in without.functions].index("settle")


def test_reranking_model_has_a_say() -> None:
    """The model's favourite among the first hits moves up, and no hit is lost or doubled."""
    corpus = make_corpus(30)
    before = [hit.chunk.name for hit in Searcher(corpus).search("work clock").functions]
    favourite = before[9]

    def rerank(text: str, texts: Sequence[str]) -> Floats:
        return np.array([float(f"def {favourite}(" in one) for one in texts], np.float32)

    after = [hit.chunk.name for hit in Searcher(corpus, reranker=rerank).search("work clock").functions]
    assert after.index(favourite) < 9
    assert sorted(after) == sorted(before)


def test_nearest_waits_until_all_is_embedded(tmp_path: Path) -> None:
    """As long as more than a few chunks have no vector, meaning names none; afterwards the nearest first."""
    corpus, embedder = make_corpus(10), Counter()
    meaning = Meaning(embedder, VectorCache(tmp_path, Meaning.name(embedder), 3), fills=True)
    chunks = chunks_of(corpus)
    assert meaning.nearest("money", chunks, 3) == []
    meaning("money", chunks)
    best = meaning.nearest("money", chunks, 3)
    assert chunks[best[0]].name == "settle"
    assert len(best) == 3


def test_vectors_are_made_once(tmp_path: Path) -> None:
    """A chunk that was embedded is not embedded again; without leave to fill, what is missing is NaN."""
    corpus, embedder = make_corpus(10), Counter()
    cache = VectorCache(tmp_path, Meaning.name(embedder), 3)
    chunks = chunks_of(corpus)
    assert Meaning(embedder, cache, fills=False)("money", chunks) is None
    near = Meaning(embedder, cache, fills=True)("money", chunks[:4])
    assert near is not None
    assert embedder.embedded == 4
    partly = Meaning(embedder, cache, fills=False)("money", chunks)
    assert partly is not None
    assert np.isnan(partly).tolist() == [False] * 4 + [True] * (len(chunks) - 4)
    assert embedder.embedded == 4


def test_classes_and_tables_are_named() -> None:
    """What is no function has a place of its own in the answer, with scores on the same scale."""
    corpus = Corpus()
    corpus.put(
        "clock.py", b"ZONES = {\n    'utc': 0,\n    'cet': 1,\n    'est': -5,\n}\n\n\nclass Clock:\n    zone = 'utc'\n"
    )
    corpus.put("other.py", b"def work():\n    return 1\n")
    found = Searcher(corpus).search("the zone cet is wrong")
    assert found.definitions[0].chunk.name == "ZONES"
    assert {hit.chunk.name for hit in found.definitions} == {"ZONES", "Clock"}
    assert all(hit.chunk.name == "work" for hit in found.functions)
