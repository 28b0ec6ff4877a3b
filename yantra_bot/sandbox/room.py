"""Which errors mean that a disk has no room left, and what is said of it: no bug of ours, and for the operator."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from yantra_bot.errors import Transient

NO_ROOM: Final = "The disk of the workers is full. Free some space; the run is tried again."
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_disk_full(error: BaseException) -> bool:
    """Tell whether an error says so."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def telling_no_room() -> Iterator[None]:
    """Raise Transient for an error that says so; any other passes."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise Transient(NO_ROOM) from error
        raise
