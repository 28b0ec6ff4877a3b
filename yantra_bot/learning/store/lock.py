"""One writer at a time: a lock file in the store's folder, for all processes of a machine and all threads of each."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from yantra_bot.errors import Transient
from yantra_bot.learning.store.trouble import detail, explain

NAME: Final = "writing.lock"
PATIENCE_SECONDS: Final = 20.0
"""An upkeep of 100 000 lessons takes some seconds."""
_LOOK_SECONDS: Final = 0.01


class WriterLock:
    """Held for each write. The kernel drops it with the process, so that nothing is left behind by a kill.

    A store that is no folder has no lock: its writers go by the conflicts that their commits meet.
    """

    def __init__(self, folder: Path | None, *, patience: float = PATIENCE_SECONDS) -> None:
        """`patience` is how long another writer is waited for, in seconds."""
        self._folder, self._patience = folder, patience
        self._own = threading.Lock()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock; raise Transient when another keeps it too long."""
        if not self._own.acquire(timeout=self._patience):
            raise Transient(f"The memory of mistakes was being written for {self._patience:.0f} s. Cure: wait.")
        try:
            if self._folder is None:
                yield
            else:
                with self._hold_file(self._folder):
                    yield
        finally:
            self._own.release()

    @contextmanager
    def _hold_file(self, folder: Path) -> Iterator[None]:
        try:
            descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise explain(problem, str(folder)) from problem
        try:
            until = time.monotonic() + self._patience
            while not _is_taken(descriptor):
                if time.monotonic() > until:
                    late = Transient(f"Another process has been writing to the memory for {self._patience:.0f} s.")
                    raise detail(late, str(folder), "", "wait until it is done.")
                time.sleep(_LOOK_SECONDS)
            yield
        finally:
            os.close(descriptor)


def _is_taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
