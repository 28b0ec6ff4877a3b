"""How often something happened lately. In memory: a restart forgives."""

from collections import defaultdict, deque
from collections.abc import Hashable
from typing import Final

MINUTE: Final = 60.0
DAY: Final = 86_400.0


class Tally:
    """Counts what happened lately, by key. Kept in memory: a restart forgives."""

    def __init__(self) -> None:
        self._times: dict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=1_000))

    def add(self, key: Hashable, at: float) -> None:
        self._times[key].append(at)

    def count(self, key: Hashable, *, since: float) -> int:
        """Return how often `key` was added after `since`; forgets what is older than a day."""
        times = self._times.get(key)
        if times is None:
            return 0
        while times and times[0] < min(since, times[-1] - DAY):
            times.popleft()
        return sum(1 for at in times if at > since)
