"""What a call has cost that was given up before its answer was there. Set where a call may be given up, told by it."""

from collections.abc import Callable
from contextvars import ContextVar

from yantra_bot.domain.conversation import Usage


def _tell_nobody(_: Usage, __: float | None) -> None:
    """Nobody asked."""


ABANDONED: ContextVar[Callable[[Usage, float | None], None]] = ContextVar("abandoned", default=_tell_nobody)
"""Hears the tokens and the USD (None: price not known) of a cancelled call, more than once where several vendors were
tried. Estimated: a vendor reports nothing about an answer that nobody waits for."""
