"""Lessons made up in one line, and a sentence model that goes by the words of a text alone."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yantra_bot.domain.lessons import Category, Lesson, Moment, Occurrence, Question, Scope, Severity, name_lesson, sign
from yantra_bot.retrieval.words import split_words

Floats = NDArray[np.float32]
REPOSITORY = 7


class WordModel:
    """An embedder: texts of the same words have the same vector, texts without a common word nearly none in common."""

    def __init__(self, *, name: str = "words", dimension: int = 64) -> None:
        self.name = name
        self.digest = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.dimension, self.limit = dimension, 256
        self.read: list[str] = []
        """Every text that was embedded but for questions."""

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        self.read += texts
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        vector = np.zeros(self.dimension, np.float32)
        for word in split_words(text):
            seed = int.from_bytes(hashlib.sha256(f"{self.name} {word}".encode()).digest()[:8], "big")
            vector += np.random.default_rng(seed).standard_normal(self.dimension).astype(np.float32)
        size = float(np.linalg.norm(vector))
        unit: Floats = vector / size if size else np.full(self.dimension, self.dimension**-0.5, np.float32)
        return unit


def make_lesson(tried: str, failed: str = "AssertionError", *, repository: int = REPOSITORY, **more: Any) -> Lesson:
    """Return a lesson whose signature follows from its error and what was tried."""
    signature = sign(Category.TEST, f"{failed} {tried}")
    given: dict[str, Any] = {
        "id": name_lesson(repository, signature),
        "scope": Scope(repository, "python", "claude"),
        "category": Category.TEST,
        "severity": Severity.MAJOR,
        "worked": "do it the other way",
        "signature": signature,
        "first_seen": 100.0,
        "last_seen": 100.0,
    }
    return Lesson(tried=tried, failed=failed, **(given | more))


def make_occurrence(name: str, tried: str, *, at: float = 100.0, is_fixed: bool = True, **more: Any) -> Occurrence:
    """Return one time that a mistake was made; `name` is its id."""
    lesson = make_lesson(tried, first_seen=at, last_seen=at, **more)
    return Occurrence(name, lesson, run=f"run of {name}", file="shop/cart.py", is_fixed=is_fixed)


def ask(text: str, *, repository: int = REPOSITORY, **more: Any) -> Question:
    return Question(text, Moment.TASK, repository, 1_000.0, **more)
