"""Bounds what is read, and so parsed, for one score: no file of a stranger holds a worker up.

A look at the clock between symbols is not enough: what a symbol is scored by are its neighbours too, and each of them
may lie in a file of its own, of any size.
"""

from collections.abc import Callable
from typing import Final

MAX_FILE: Final = 512 * 1024
"""Bytes of one file: a longer one is generated, or data."""
MAX_TOTAL: Final = 16 * 1024 * 1024
"""Bytes of all files for one score; each counts once."""


class ReadBudget:
    """Gives the content of files as long as size, sum and time allow; of what it refuses there is nothing to read.

    What it gave once it gives again: no file is half known.
    """

    def __init__(self, read: Callable[[str], bytes | None], now: Callable[[], float], *, seconds: float) -> None:
        """`read` returns a file's content, None where there is none. `now` is a clock in seconds that never goes back.

        The time begins with the making.
        """
        self._read, self._now, self._end = read, now, now() + seconds
        self._given: set[str] = set()
        self.bytes_given = 0
        self.is_spent = False
        """Whether a file was refused for want of time, or for what was read before it; not for its own size."""

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._now() >= self._end

    def __call__(self, path: str) -> bytes | None:
        """Return a file's content; None where there is none, or it is refused."""
        if path in self._given:
            return self._read(path)
        if self.is_over:
            self.is_spent = True
            return None
        data = self._read(path)
        if data is None or len(data) > MAX_FILE:
            return None
        if self.bytes_given + len(data) > MAX_TOTAL:
            self.is_spent = True
            return None
        self._given.add(path)
        self.bytes_given += len(data)
        return data
