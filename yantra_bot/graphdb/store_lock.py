"""One writer or many readers of a folder, in any number of processes and threads: a lock that ends with its process."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from yantra_bot.errors import UserError
from yantra_bot.graphdb.store_errors import StoreBusy

_STEP = 0.02
"""Seconds between two looks at a lock that is held. The kernel could wake us, but not give up after a time."""


@contextmanager
def hold(path: Path, *, exclusive: bool, patience: float) -> Iterator[int]:
    """Hold the lock file of a store; gives its descriptor, which a child may inherit to hold it as well.

    Raises StoreBusy when it is not free within `patience` seconds.
    """
    descriptor = _open(path, exclusive=exclusive)
    try:
        _wait(descriptor, path, exclusive=exclusive, patience=patience)
        yield descriptor
    finally:
        os.close(descriptor)


def _open(path: Path, *, exclusive: bool) -> int:
    """Open the lock file. One that may not be written can still be shared: who reads needs to write nothing."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as refused:
        if not exclusive:
            with suppress(OSError):
                return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        raise UserError(
            f"The graph in {path.parent} cannot be locked: {refused.strerror}. Let this account write there, or keep "
            "the graph in another folder."
        ) from refused


def _wait(descriptor: int, path: Path, *, exclusive: bool, patience: float) -> None:
    wanted = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, wanted)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                doing = "is reading or writing" if exclusive else "is writing"
                raise StoreBusy(
                    f"Another process {doing} the graph in {path.parent}; it was not done after {patience:g} s. "
                    "Run this again when it is."
                ) from None
            time.sleep(_STEP)
        else:
            return
