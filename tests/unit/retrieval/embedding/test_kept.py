"""Vectors of texts are computed once, by whichever process comes first, and are the same from then on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yantra_bot.retrieval.embedding.kept import KeptEmbedder

Floats = NDArray[np.float32]


class Counting:
    """A sentence model of four dimensions that says what it was asked."""

    name = digest = "counting"
    dimension, limit = 4, 256

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        self.asked += texts
        return np.array([self.embed_query(text, limit=limit) for text in texts], np.float32).reshape(-1, 4)

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        made = np.random.default_rng([len(text), limit or 0]).random(4, np.float32)
        return np.asarray(made / np.linalg.norm(made), np.float32)


def test_each_text_is_read_once_and_has_one_vector(tmp_path: Path) -> None:
    """The order asked for is kept; what an earlier process kept is the very vector that it used."""
    first = KeptEmbedder(model := Counting(), tmp_path)
    made = first.embed(["a", "bb", "a"])
    assert model.asked == ["a", "bb", "a"]
    later = KeptEmbedder(other := Counting(), tmp_path)
    again = later.embed(["bb", "ccc", "a"])
    assert other.asked == ["ccc"]
    assert np.array_equal(again[[2, 0]], made[:2])
    assert np.array_equal(made[0], made[2])
    assert np.allclose(np.linalg.norm(again, axis=1), 1, atol=2e-3)
    assert later.embed([]).shape == (0, 4)


def test_less_of_a_text_is_another_text(tmp_path: Path) -> None:
    """How much is read decides the vector; texts that are searched for are not kept."""
    kept = KeptEmbedder(model := Counting(), tmp_path)
    kept.embed(["a"], limit=8)
    kept.embed(["a"], limit=16)
    kept.embed(["\ud800"])
    assert model.asked == ["a", "a", "\ud800"]
    assert np.array_equal(kept.embed_query("q", limit=8), model.embed_query("q", limit=8))
    assert KeptEmbedder(model, tmp_path).embed(["q"], limit=8).shape == (1, 4)
    assert model.asked[-1] == "q"


def test_where_nothing_can_be_kept_it_is_computed(tmp_path: Path) -> None:
    """A folder that is a file is no reason not to answer."""
    (tmp_path / "vectors").write_text("")
    kept = KeptEmbedder(model := Counting(), tmp_path / "vectors")
    assert kept.embed(["a"]).any()
    assert kept.embed(["a"]).any()
    assert model.asked == ["a", "a"]
