"""The gate in front of a vendor, shared by all runs: a call waits here until the vendor's limits let it through.

One bucket for each thing that is counted, filled evenly over a minute. Who waits takes turns by repository, so that one
with many runs does not keep the others out. It waits on the clock alone and can be given up at any moment. What it does
not know it does not hold back: without settings and before a first response there is no limit.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from yantra_bot.domain.conversation import Usage
from yantra_bot.models.rates import Allowance, Counted, Told, read_limits
from yantra_bot.models.retry import read_retry_after
from yantra_bot.ports import Clock

MINUTE: Final = 60.0
LONGEST_HOLD: Final = 60.0
"""Seconds for which a vendor's own word closes the gate; who is told to wait longer asks, and hears it."""
SOON: Final = 0.001
"""Seconds that are not waited for: rounding may leave so much for ever."""
_log = structlog.get_logger()


@dataclass(slots=True)
class Bucket:
    """So many a minute. `level` may fall below zero: what an answer took is only known afterwards."""

    limit: int
    level: float
    at: float

    def fill(self, now: float) -> None:
        """Add what has come since the last look."""
        self.level = min(float(self.limit), self.level + max(0.0, now - self.at) * self.limit / MINUTE)
        self.at = now

    def seconds_until(self, amount: float) -> float:
        """Return how long until so much is in it; more than it holds counts as all that it holds."""
        missing = min(amount, float(self.limit)) - self.level
        return max(0.0, missing * MINUTE / self.limit)


@dataclass(slots=True, eq=False)
class _Waiting:
    amounts: Mapping[Counted, float]


@dataclass(slots=True)
class Gate:
    """The limits of one vendor. One loop uses it."""

    vendor: str
    clock: Clock
    own: Allowance = field(default_factory=dict)
    """What the operator allows; a vendor's own limit can only make it less."""
    _buckets: dict[Counted, Bucket] = field(default_factory=dict)
    _closed_until: float = 0.0
    _queues: dict[str, deque[_Waiting]] = field(default_factory=dict)
    """By repository, in the order of their next turns."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        now = self.clock.now()
        self._buckets = {kind: Bucket(limit, float(limit), now) for kind, limit in self.own.items()}

    async def enter(self, tokens: int, *, behalf: str) -> float:
        """Wait for the turn of a call with so many input tokens; return the seconds waited."""
        me = _Waiting({Counted.REQUESTS: 1.0, Counted.INPUT: float(tokens), Counted.TOKENS: float(tokens)})
        self._queues.setdefault(behalf, deque()).append(me)
        began, is_told = self.clock.now(), False
        try:
            while True:
                seconds = self._seconds_for(me)
                if self._is_next(me) and seconds <= SOON:
                    self._take(me)
                    return self.clock.now() - began
                if not is_told:
                    is_told = True
                    _log.info("a model call waits for its turn", vendor=self.vendor, seconds=round(seconds, 1))
                await self._wait(seconds if self._is_next(me) else None)
        finally:
            self._leave(behalf, me)

    def settle(self, tokens: int, usage: Usage) -> None:
        """Book what a call really took: cached input is not counted by the vendor, output only now."""
        counted = usage.input + usage.cache_write
        self._spend(Counted.INPUT, counted - tokens)
        self._spend(Counted.OUTPUT, usage.output)
        self._spend(Counted.TOKENS, counted + usage.cache_read + usage.output - tokens)

    def hear(self, status: int, headers: Mapping[str, str]) -> None:
        """Learn from a response's head (names in lower case)."""
        now = self.clock.now()
        for told in read_limits(headers):
            self._learn(told, now)
        wait = read_retry_after(dict(headers), now) if status == 429 else None
        if wait is not None:
            self._close(now + wait)
        self._wake()

    def _learn(self, told: Told, now: float) -> None:
        limit = min(told.limit, self.own.get(told.counted, told.limit))
        bucket = self._buckets.setdefault(told.counted, Bucket(limit, float(limit), now))
        bucket.fill(now)
        bucket.limit = limit
        bucket.level = min(bucket.level, float(told.remaining))

    def _close(self, until: float) -> None:
        self._closed_until = max(self._closed_until, min(until, self.clock.now() + LONGEST_HOLD))

    def _seconds_for(self, me: _Waiting) -> float:
        now = self.clock.now()
        # No hold was longer when it began: what is left now is, where the clock was set back.
        self._closed_until = min(self._closed_until, now + LONGEST_HOLD)
        seconds = self._closed_until - now
        for kind, bucket in self._buckets.items():
            bucket.fill(now)
            seconds = max(seconds, bucket.seconds_until(me.amounts.get(kind, 0.0)))
        return seconds

    def _is_next(self, me: _Waiting) -> bool:
        return next(iter(self._queues.values()))[0] is me

    def _take(self, me: _Waiting) -> None:
        for kind, amount in me.amounts.items():
            self._spend(kind, amount)

    def _spend(self, kind: Counted, amount: float) -> None:
        bucket = self._buckets.get(kind)
        if bucket is not None:
            bucket.fill(self.clock.now())
            # A debt of more than a minute would keep calls out that the vendor lets through.
            bucket.level = max(-float(bucket.limit), min(float(bucket.limit), bucket.level - amount))

    def _leave(self, behalf: str, me: _Waiting) -> None:
        queue = self._queues.pop(behalf)
        queue.remove(me)
        if queue:
            self._queues[behalf] = queue  # behind all others
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _wait(self, seconds: float | None) -> None:
        """Wait for so long, or until something changes."""
        parts: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._changed.wait())]
        if seconds is not None:
            parts.append(asyncio.ensure_future(self.clock.sleep(seconds)))
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for part in parts:
                part.cancel()
