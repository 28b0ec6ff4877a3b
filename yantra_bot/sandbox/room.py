"""Which errors mean that a disk has no room left, and what is said of it: no bug of ours, and for the operator."""

import errno
from typing import Final

NO_ROOM: Final = "The disk of the workers is full. Free some space; the run is tried again."
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_disk_full(error: BaseException) -> bool:
    """Tell whether an error says so."""
    return isinstance(error, OSError) and error.errno in _FULL
