"""One look at every watched service after another: side by side, bounded, each with its time, none in another's way.

What was found is told until it was heard: alerts that could not be stored are told again with the next look.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import structlog

from yantra_bot.domain.alerts import Alert, Service
from yantra_bot.errors import YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.watched import Watched, WatchedServices, explain

AT_ONCE: Final = 16
"""Services of one cluster: one that hangs keeps nobody else waiting."""
SECONDS: Final = 45.0
"""How long one service may take."""

Hear = Callable[[Sequence[Alert]], Awaitable[str]]
"""Takes alerts to where all of them are heard. Raises Transient where they have to be heard again."""
LookAt = Callable[[Watched], Awaitable[None]]

_log = structlog.get_logger()


def still_firing(records: Records) -> tuple[Alert, ...]:
    """Return the alerts of incidents that are not over which fire, as they were stored."""
    found = (kept.alert for one in records.incidents_open() for kept in records.incident_alerts(one.id))
    return tuple(alert for alert in found if alert.is_firing)


async def repeat(look: Callable[[], Awaitable[object]], clock: Clock, seconds: float) -> None:
    """Look every so many seconds until cancelled; one that took longer is followed by the next at once."""
    while True:
        began = clock.now()
        try:
            await look()
        except Exception:  # noqa: BLE001 (production is looked at again, whatever went wrong; it is told)
            _log.exception("a look at production failed")
        await clock.sleep(max(seconds - max(0.0, clock.now() - began), 0.1))


class Rounds:
    """Goes around for as long as control runs."""

    def __init__(self, what: str, watched: WatchedServices, look_at: LookAt, clock: Clock, *, seconds: float) -> None:
        """`what` is what is looked at, for the log; `seconds` lie between the beginnings of two rounds."""
        self._what, self._watched, self._look_at = what, watched, look_at
        self._clock, self._seconds = clock, seconds
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._told: dict[str, str] = {}
        self._flying: dict[str, asyncio.Task[str]] = {}

    async def run(self) -> None:
        """Look until cancelled. Nothing that a service, a cluster or the forge does ends it."""
        try:
            await repeat(lambda: self.go(patience=self._seconds), self._clock, self._seconds)
        finally:
            self.stop()

    def stop(self) -> None:
        """Give up the looks that are at work."""
        for task in self._flying.values():
            task.cancel()

    async def go(self, *, patience: float | None = None) -> Mapping[Service, str]:
        """Go around once; return why services could not be looked at.

        Who takes longer than `patience` (seconds; None: nobody is left behind) goes on beside the next round, which
        leaves it out.
        """
        found = await self._watched.all()
        for service, one in found.items():
            if (task := self._flying.get(service.name)) is None or task.done():
                self._flying[service.name] = asyncio.create_task(self._visit(service, one))
        if self._flying:
            await asyncio.wait(self._flying.values(), timeout=patience)
        return {one: problem for one in found if (problem := self._told.get(one.name, ""))}

    async def _visit(self, service: Service, watched: Watched | YantraError) -> str:
        problem = explain(watched) if isinstance(watched, YantraError) else await self._try(watched)
        if problem != self._told.get(service.name, ""):  # what changed is said, once
            self._told[service.name] = problem
            if problem:
                _log.warning(f"{self._what} of a service cannot be read", service=service.name, problem=problem)
            else:
                _log.info(f"{self._what} of a service can be read again", service=service.name)
        return problem

    async def _try(self, watched: Watched) -> str:
        try:
            async with self._turns[watched.environment.cluster], asyncio.timeout(SECONDS):
                await self._look_at(watched)
        except (YantraError, TimeoutError) as problem:
            return explain(problem)
        except Exception as fault:  # noqa: BLE001 (one service must not end the watch of all others; it is told)
            _log.exception(f"looking at {self._what} failed", service=watched.service.name)
            return explain(fault)
        return ""


class Telling:
    """Tells alerts of one service until they were heard, and ends what a server before this one left firing."""

    def __init__(self, hear: Hear, left: Sequence[Alert], *, now: float, quiet: float) -> None:
        """`left` fires by our records; what of it is not seen for `quiet` seconds is over."""
        self._hear, self._began, self._quiet = hear, now, quiet
        self._left = {alert.fingerprint: alert for alert in left}
        self._waiting: dict[str, Alert] = {}

    async def tell(self, alerts: Sequence[Alert], *, now: float) -> None:
        """Tell these, and what could not be told before. Raises Transient where it has to be told again."""
        for alert in alerts:
            self._left.pop(alert.fingerprint, None)
            self._waiting[alert.fingerprint] = alert
        if self._left and not self._began <= now < self._began + self._quiet:
            self._waiting |= {key: replace(alert, is_firing=False, ended_at=now) for key, alert in self._left.items()}
            self._left = {}
        if self._waiting:
            await self._hear(tuple(self._waiting.values()))
            self._waiting = {}
