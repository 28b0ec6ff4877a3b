"""The first indexing: embeds the chunks that have no vector, beside everything else, and can be stopped at any time.

The work is done by processes of their own, of low priority and with one thread each: they share no memory with the
search, and several are faster than one with several threads. What a batch gave is kept at once, so a stop or a
crash loses one batch a process. A process that dies ends the indexing with its reason; search goes on without.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from yantra_bot.errors import YantraError
from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.embedding.companion import Companion
from yantra_bot.retrieval.embedding.embedder import Embedder
from yantra_bot.retrieval.embedding.semantic import SemanticIndex
from yantra_bot.retrieval.embedding.texts import describe

BATCH = 64
"""Chunks that go to a process at once: about a second of work."""
MAX_PROCESSES = 8
"""Each has the model in its memory, about 70 MB that are not shared."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an indexing is."""

    done: int
    """Chunks of `total` that have a vector now."""
    total: int
    """Chunks without a vector when it began."""
    seconds: float
    is_running: bool
    problem: str = ""
    """Why it ended early; empty when it did not, or was stopped."""

    def describe(self) -> str:
        """Return one sentence for people."""
        if self.problem:
            return f"Search by meaning lacks {self.total - self.done} of {self.total} chunks: {self.problem}"
        if self.done == self.total:
            return f"Search by meaning is complete ({self.total} chunks embedded in {self.seconds:.0f} s)."
        state = "is being built" if self.is_running else "was stopped while it was built"
        return f"Search by meaning {state}: {self.done} of {self.total} chunks are in it."


def fill_now(
    index: SemanticIndex, chunks: Sequence[Chunk], embedder: Embedder, *, tokens: int, most: int | None = None
) -> int:
    """Embed the chunks that have no vector here and now; return how many. For the few that a commit changed.

    `chunks` are those that the index shows. Where more than `most` are missing, nothing is done and 0 returned.
    """
    missing = {chunks[row].digest: chunks[row] for row in index.missing}
    if not missing or (most is not None and len(missing) > most):
        return 0
    vectors = embedder.embed([describe(chunk, tokens) for chunk in missing.values()], limit=tokens)
    index.cache.add(list(missing), vectors)
    index.fill(list(missing), vectors)
    return len(missing)


class Indexing:
    """Fills an index in the background. Make it, then `start`; a new tree needs a new one.

    `model` is the folder of the embedder whose vectors the index keeps; `tokens` of each chunk are read.
    """

    def __init__(
        self,
        index: SemanticIndex,
        chunks: Sequence[Chunk],
        model: Path,
        *,
        tokens: int,
        processes: int | None = None,
        tell: Callable[[Progress], None] | None = None,
    ) -> None:
        self._index, self._model, self._tokens, self._tell = index, model, tokens, tell
        missing = {chunks[row].digest: chunks[row] for row in index.missing}
        self._waiting = [list(missing.values())[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        self._waiting.reverse()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._began = time.monotonic()
        self._progress = Progress(0, len(missing), 0.0, is_running=False)
        count = min(processes or min(len(os.sched_getaffinity(0)), MAX_PROCESSES), len(self._waiting))
        self._threads = [threading.Thread(target=self._work, name=f"embedding-{n}", daemon=True) for n in range(count)]
        self._alive = count

    @property
    def progress(self) -> Progress:
        """Return how far it is now."""
        with self._lock:
            return self._progress

    def start(self) -> None:
        """Begin; returns at once."""
        self._began = time.monotonic()
        self._advance(is_running=bool(self._threads))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End it and its processes; what was embedded is kept. Safe to call twice."""
        self._stopping.set()
        self.wait()

    def wait(self, patience: float | None = None) -> bool:
        """Wait until it has ended, at most `patience` seconds; return whether it has."""
        end = None if patience is None else time.monotonic() + patience
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(None if end is None else max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        problem = ""
        try:
            with Companion(self._model, self._stopping) as companion:
                while not self._stopping.is_set() and (batch := self._take()):
                    vectors = companion.embed([describe(chunk, self._tokens) for chunk in batch], self._tokens)
                    if vectors is None:
                        break
                    digests = [chunk.digest for chunk in batch]
                    self._index.cache.add(digests, vectors)
                    self._index.fill(digests, vectors)
                    self._advance(more=len(batch))
        except (YantraError, OSError) as found:
            problem = str(found)
            structlog.get_logger().warning("indexing_ended", problem=problem)
        finally:
            with self._lock:
                self._alive -= 1
                still = self._alive > 0
            self._advance(is_running=still, problem=problem)

    def _take(self) -> list[Chunk]:
        with self._lock:
            return self._waiting.pop() if self._waiting else []

    def _advance(self, *, more: int = 0, is_running: bool | None = None, problem: str = "") -> None:
        with self._lock:
            now = self._progress
            self._progress = replace(
                now,
                done=now.done + more,
                seconds=time.monotonic() - self._began,
                is_running=now.is_running if is_running is None else is_running,
                problem=now.problem or problem,
            )
            told = self._progress
        if self._tell is not None:
            self._tell(told)
