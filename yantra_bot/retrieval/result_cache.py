"""Remembers what a search found for five minutes, at most so many answers, and nothing after the index has changed.

Pure but for its own memory: the time is handed in. For one thread, or behind the lock of whoever shares it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KEPT_SECONDS = 300.0
MOST_ENTRIES = 256

V = TypeVar("V")


class ResultCache(Generic[V]):
    """Answers by key. `now` gives seconds that never go back, as `time.monotonic` does."""

    def __init__(self, now: Callable[[], float], *, seconds: float = KEPT_SECONDS, entries: int = MOST_ENTRIES) -> None:
        self._now, self._seconds, self._entries = now, seconds, entries
        self._kept: OrderedDict[Hashable, tuple[float, V]] = OrderedDict()
        self._version = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def version(self) -> int:
        """A number that grows with every `drop`: take it before a search, and hand it to `put`."""
        return self._version

    def get(self, key: Hashable) -> V | None:
        """Return the answer kept for a key, None when there is none or it is too old."""
        found = self._kept.get(key)
        if found is None:
            return None
        if self._now() - found[0] >= self._seconds:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, answer: V, *, version: int | None = None) -> None:
        """Keep an answer. One that a search began before the latest `drop` is not kept."""
        if version is not None and version != self._version:
            return
        self._kept[key] = (self._now(), answer)
        self._kept.move_to_end(key)
        while len(self._kept) > self._entries:
            self._kept.popitem(last=False)

    def drop(self) -> None:
        """Forget everything: what was searched has changed."""
        self._kept.clear()
        self._version += 1
