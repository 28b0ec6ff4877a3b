"""How an error in a worker, or in its guide, is told to who gave the order."""

import traceback
from typing import Final

from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.sandbox.room import NO_ROOM, is_disk_full
from yantra_bot.worker.connection import make_sendable
from yantra_bot.worker.protocol import Failure

_MAX_TRACE: Final = 8_000


def describe_failure(order: int, error: BaseException) -> Failure:
    """Return an error as the answer to an order: its sentence, or for a bug its trace."""
    text = make_sendable(str(error))[:_MAX_TRACE]
    if isinstance(error, UserError):
        return Failure(order, "user", text)
    if isinstance(error, Transient):
        return Failure(order, "transient", text)
    if isinstance(error, Permanent):
        return Failure(order, "permanent", text)
    if is_disk_full(error):
        return Failure(order, "transient", NO_ROOM)
    trace = "".join(traceback.format_exception(error))
    return Failure(order, "bug", make_sendable(trace)[-_MAX_TRACE:])
