"""Answers of models that are kept for a day, so that the same question of another run is not paid for twice.

The key is the repository and the whole request: model, system text, tools, every message. A commit that moves shows
another code and so is another request. A run is never given an answer of its own: where it asks the same again, it
wants another one. It is a cache: bounded, with a life, and whatever is wrong with its file costs one call.
"""

import hashlib
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot.domain.conversation import ModelAnswer, ModelRequest, StopReason
from yantra_bot.ports import Clock
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import create_private

MOST: Final = 2_000
"""Answers that are kept at most; the oldest go first."""
MOST_CHARACTERS: Final = 200_000
"""Of one answer; a longer one is not kept."""
_TABLE: Final = """
create table if not exists answers (key text primary key, run text not null, at real not null, answer text not null);
create index if not exists answers_at on answers (at);
"""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer of another run, and when it was given (Unix time in seconds)."""

    answer: ModelAnswer
    at: float


class AnswerCache:
    """Kept answers in a file of their own, which may be deleted at any time. One loop uses it."""

    def __init__(self, path: Path, clock: Clock, *, life: float) -> None:
        """`life` is in seconds."""
        self._clock, self._life = clock, life
        self._database: sqlite3.Connection | None = None
        with suppress(OSError, sqlite3.Error):
            create_private(path)
            database = sqlite3.connect(path, isolation_level=None, timeout=0.1, check_same_thread=False)
            database.executescript(_TABLE)
            self._database = database

    def find(self, repository: int, request: ModelRequest, *, run: str) -> KeptAnswer | None:
        """Return what was answered to the same request in another run, within the cache's life."""
        if self._database is None:
            return None
        try:
            row = self._database.execute(
                "select at, answer from answers where key = ? and run <> ? and at > ?",
                (name_request(repository, request), run, self._clock.now() - self._life),
            ).fetchone()
            return None if row is None else KeptAnswer(decode(row[1], ModelAnswer), float(row[0]))
        except (sqlite3.Error, ValueError):
            return None

    def keep(self, repository: int, request: ModelRequest, answer: ModelAnswer, *, run: str) -> None:
        """Keep a whole answer; one that was cut off or declined is asked for again."""
        text = encode(answer, ModelAnswer)
        is_whole = answer.stop_reason in (StopReason.END_TURN, StopReason.TOOL_CALLS)
        if self._database is None or not is_whole or len(text) > MOST_CHARACTERS:
            return
        now = self._clock.now()
        with suppress(sqlite3.Error):
            self._database.execute(
                "insert or replace into answers values (?, ?, ?, ?)",
                (name_request(repository, request), run, now, text),
            )
            self._database.execute("delete from answers where at <= ?", (now - self._life,))
            self._database.execute(
                "delete from answers where key in (select key from answers order by at desc limit -1 offset ?)", (MOST,)
            )

    def close(self) -> None:
        """Close the file. Safe to call twice."""
        if self._database is not None:
            self._database.close()
            self._database = None


def name_request(repository: int, request: ModelRequest) -> str:
    """Return what a request is known by: the same for the same words in the same repository alone."""
    return hashlib.sha256(f"{repository}\n{encode(request, ModelRequest)}".encode()).hexdigest()
