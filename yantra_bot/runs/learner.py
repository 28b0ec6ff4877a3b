"""Keeps what can be learned of a change once it is known what came of it: for this machine, and for all that share.

What it is handed was a worker's word and was checked as numbers; what came of it is control's. Nothing here ends a run
or makes it wait for more than a few files: what goes wrong is logged.
"""

import asyncio
import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from yantra_bot.collective.client import Client
from yantra_bot.collective.outbox import Origin
from yantra_bot.collective.pattern import Pattern, make_pattern
from yantra_bot.domain.scores import ChangeScore, Lesson
from yantra_bot.errors import YantraError
from yantra_bot.scoring.batch import Batch, Floats
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.numbers import read_numbers
from yantra_bot.scoring.replay import Experience, ReplayBuffer

_KNOWN: Final = (YantraError, OSError, ValueError)
_log = structlog.get_logger()


HELD_OUT: Final = 5
"""Of every so many files, what came of changes to one is never learned from, but judged by."""


@dataclass(frozen=True, slots=True)
class Buffers:
    """Where experiences are kept."""

    taught: ReplayBuffer
    held_out: ReplayBuffer

    def of(self, lesson: Lesson) -> ReplayBuffer:
        """Return where a lesson belongs: by its file alone, whatever came of it and whenever it comes again."""
        return self.taught if int(lesson.origin, 16) % HELD_OUT else self.held_out


class Learner:
    """Takes lessons. One for each control process; safe to call from several runs at once."""

    def __init__(self, buffers: Buffers | None, client: Client | None, *, is_common: Callable[[str], bool]) -> None:
        """`buffers` is None where nothing is learned here, `client` where nothing is shared.

        `is_common` tells whether a version of the model is one that others have too: what was learned on from it here
        makes embeddings that nobody else can read.
        """
        self._buffers, self._client, self._is_common = buffers, client, is_common
        self._lock = threading.Lock()

    async def learn(self, score: ChangeScore, share: float) -> None:
        """Keep the lessons of a change; `share` is how many of the tests that can tell passed, 0 to 1."""
        for lesson in score.lessons:
            try:
                await asyncio.to_thread(self._take, score.model, lesson, share)
            except _KNOWN as problem:
                _log.warning("a change was not learned from", problem=str(problem))

    async def ask(self, score: ChangeScore) -> ChangeScore:
        """Return a score with what the shared model says of the tests' passing, where there is one."""
        if self._client is None or not score.lessons:
            return score
        try:
            return replace(score, shared=await asyncio.to_thread(self._ask, self._client, score))
        except _KNOWN as problem:
            _log.warning("the shared model was not asked", problem=str(problem))
            return score

    def _take(self, model: str, lesson: Lesson, share: float) -> None:
        batch, embedding = _read(lesson)
        with self._lock:
            if self._buffers is not None:
                self._buffers.of(lesson).put(Experience(batch, share))
            if self._client is not None and self._is_common(model):
                pattern = _pattern(lesson, embedding, is_passing=share >= 1.0)
                self._client.outbox.put(pattern, Origin(FEATURE_VERSION, model))

    def _ask(self, client: Client, score: ChangeScore) -> float | None:
        found = client.model() if self._is_common(score.model) else None
        if found is None:
            return None
        patterns = [_pattern(one, _read(one)[1], is_passing=True) for one in score.lessons]
        return float(min(found[1].passing(patterns)))


def _read(lesson: Lesson) -> tuple[Batch, Floats]:
    return read_numbers(base64.b64decode(lesson.numbers, validate=True))


def _pattern(lesson: Lesson, embedding: Floats, *, is_passing: bool) -> Pattern:
    return make_pattern(
        embedding.tolist(),
        steps=lesson.steps,
        language=lesson.language,
        complexity=lesson.complexity,
        is_passing=is_passing,
    )
