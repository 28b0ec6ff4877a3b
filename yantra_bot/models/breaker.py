"""A circuit breaker for each vendor: who has failed in a row is left alone for a while, then tried with one call.

Pure but for its own state; it takes the time, and never waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import structlog

from yantra_bot.errors import Transient
from yantra_bot.models.retry import Unusable
from yantra_bot.ports import Clock

FAILURES = 3
"""Calls in a row, each with its retries, that open the circuit."""
REST_SECONDS = 60.0
"""How long an open circuit lets nothing through."""

_log = structlog.get_logger()


class Circuit(StrEnum):
    """Where a breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(slots=True)
class Breaker:
    """The circuit to one vendor. One loop uses it."""

    vendor: str
    clock: Clock
    _failures: int = 0
    _opened_at: float | None = None
    _probing: bool = False

    @property
    def circuit(self) -> Circuit:
        if self._opened_at is None:
            return Circuit.CLOSED
        return Circuit.HALF_OPEN if self.seconds_left() <= 0 else Circuit.OPEN

    def seconds_left(self) -> float:
        """Return how long nothing is let through yet; 0 where a call may be tried."""
        if self._opened_at is None:
            return 0.0
        now = self.clock.now()
        self._opened_at = min(self._opened_at, now)  # a clock that is set back makes no rest longer
        return max(0.0, self._opened_at + REST_SECONDS - now)

    def admits(self) -> bool:
        """Say whether a call may be made now: in half-open only one at a time."""
        match self.circuit:
            case Circuit.CLOSED:
                return True
            case Circuit.HALF_OPEN:
                return not self._probing
        return False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Hear how an admitted call ends. One that is given up by us says nothing about the vendor."""
        self._probing = self.circuit is Circuit.HALF_OPEN
        try:
            yield
        except (Transient, Unusable):
            self._fail()
            raise
        else:
            self._failures, self._opened_at = 0, None
        finally:
            self._probing = False

    def _fail(self) -> None:
        self._failures += 1
        if self._probing or self._failures >= FAILURES:
            self._opened_at = self.clock.now()
            _log.warning(
                "model vendor is left alone", vendor=self.vendor, seconds=REST_SECONDS, failures=self._failures
            )
