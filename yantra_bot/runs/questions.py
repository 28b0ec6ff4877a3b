"""Answers to questions that are kept for a day, for a question that asks the same in other words.

What is given must be an answer to this question about this code: the repository, the commit, the model, its system
text and its tools are the key, and the form of the question (`agent.explaining.likeness`). A sentence model has to find
the two alike as well. A push to the default branch drops what is kept of the repository. It is a cache: bounded, with a
life, and whatever is wrong with its file costs one call.
"""

import hashlib
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from yantra_bot.agent.explaining.likeness import read_form
from yantra_bot.domain.conversation import ToolSpec
from yantra_bot.domain.explanations import Explanation
from yantra_bot.ports import Clock
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import create_private

Floats = NDArray[np.float32]
MOST: Final = 1_000
"""Answers that are kept at most; the oldest go first."""
MOST_CHARACTERS: Final = 50_000
"""Of one answer; a longer one is not kept."""
LEAST_LIKE: Final = 0.6
"""Cosine of two questions of one form: what is less alike has been made one by mistake."""
TOKENS: Final = 128
"""How much of a question is embedded."""
_TABLE: Final = """
create table if not exists questions (repository integer not null, key text not null, run text not null,
    at real not null, question text not null, vector blob not null, answer text not null, primary key (key, run));
create index if not exists questions_at on questions (at);
create index if not exists questions_repository on questions (repository);
"""


class Meaning(Protocol):
    """What turns a question into a vector: `retrieval.embedding.embedder.Embedder`."""

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        """Return a unit vector, float32."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and all that its answer depends on."""

    repository: int
    run: str
    text: str
    commit: str
    model: str
    system: str
    tools: tuple[ToolSpec, ...]
    place: str = ""
    """What was said where it was asked, but for commands and answers."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The answer to an earlier question that asked the same, and when it was given (Unix time in seconds)."""

    question: str
    run: str
    at: float
    answer: Explanation


class QuestionCache:
    """Kept answers in a file of their own, which may be deleted at any time. One loop uses it."""

    def __init__(self, path: Path, clock: Clock, meaning: Meaning, *, life: float) -> None:
        """`life` is in seconds."""
        self._clock, self._meaning, self._life = clock, meaning, life
        self._database: sqlite3.Connection | None = None
        with suppress(OSError, sqlite3.Error):
            create_private(path)
            database = sqlite3.connect(path, isolation_level=None, timeout=0.1, check_same_thread=False)
            database.executescript(_TABLE)
            self._database = database

    def find(self, asked: Asked) -> Earlier | None:
        """Return the newest answer of another run to a question that asks the same, within the cache's life."""
        key = name_question(asked)
        if self._database is None or key is None:
            return None
        try:
            rows = self._database.execute(
                "select question, run, at, answer, vector from questions"
                " where key = ? and run <> ? and at > ? order by at desc limit 1",
                (key, asked.run, self._clock.now() - self._life),
            ).fetchall()
            for question, run, at, answer, vector in rows:
                if self._is_like(asked.text, vector):
                    return Earlier(question, run, float(at), decode(answer, Explanation))
        except (sqlite3.Error, ValueError):
            return None
        return None

    def keep(self, asked: Asked, answer: Explanation) -> None:
        """Keep an answer, unless its question says too little to be known again."""
        key, text = name_question(asked), encode(answer, Explanation)
        if self._database is None or key is None or len(text) > MOST_CHARACTERS:
            return
        now = self._clock.now()
        vector = self._embed(asked.text).tobytes()
        with suppress(sqlite3.Error):
            self._database.execute(
                "insert or replace into questions values (?, ?, ?, ?, ?, ?, ?)",
                (asked.repository, key, asked.run, now, asked.text, vector, text),
            )
            self._database.execute("delete from questions where at <= ?", (now - self._life,))
            self._database.execute(
                "delete from questions where rowid in"
                " (select rowid from questions order by at desc, rowid desc limit -1 offset ?)",
                (MOST,),
            )

    def forget(self, repository: int) -> None:
        """Drop what is kept of a repository: its default branch has moved."""
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.execute("delete from questions where repository = ?", (repository,))

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _is_like(self, text: str, kept: bytes) -> bool:
        own, other = self._embed(text), np.frombuffer(kept, np.float32)
        # Another sentence model than the one that is used now has kept it.
        return own.shape == other.shape and float(own @ other) >= LEAST_LIKE

    def _embed(self, text: str) -> Floats:
        return self._meaning.embed_query(text, limit=TOKENS)


def name_question(asked: Asked) -> str | None:
    """Return what a question is known by: the same for questions that ask the same of the same code by the same means.

    None for one that cannot be known again. One that names no code is only known where the same was said around it.
    """
    form = read_form(asked.text)
    if form is None or form.points or not (form.stands_alone or asked.place):
        return None
    parts = [
        str(asked.repository),
        asked.commit,
        asked.model,
        asked.system,
        encode(asked.tools, tuple[ToolSpec, ...]),
        "" if form.stands_alone else asked.place,
        form.key,
    ]
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
