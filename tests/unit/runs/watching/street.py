"""A listener with its records, a forge that may be away, and a clock that stands where it is put."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.unit.monitor.alerts import NOW
from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.events import Origin
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.errors import Transient
from yantra_bot.monitor.services import Services
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.hearing import AlertListener
from yantra_bot.runs.watching.places import Places

SHOP, API = Repository(7, "acme", "shop"), Repository(8, "acme", "api")
LABELS = ["service", "app", "job"]


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class Forge:
    """A directory of two repositories, which may be down, or hang."""

    known: list[Origin] = field(default_factory=lambda: [Origin(1, SHOP), Origin(1, API)])
    is_down: bool = False
    hangs: bool = False

    async def find(self, name: str) -> Sequence[Origin]:
        if self.is_down:
            raise Transient("GitHub cannot be reached")
        if self.hangs:
            await asyncio.Event().wait()
        return [one for one in self.known if one.repository.full_name == name]

    async def account(self, account_id: int, origin: Origin) -> Actor | None:
        return None


class Street:
    """A listener with its records."""

    def __init__(self, records: Records) -> None:
        self.records, self.clock, self.forge, self.woken = records, Clock(), Forge(), 0
        self.listener = self.make()

    def make(self, *, repositories: tuple[str, ...] = ()) -> AlertListener:
        return AlertListener(
            services=Services.read(["shop=acme/shop/production", "api=acme/api/live"], LABELS),
            places=Places(self.forge, repositories=repositories, wait_seconds=0.01),
            records=self.records,
            clock=self.clock,
            on_heard=self._wake,
        )

    def _wake(self) -> None:
        self.woken += 1

    async def hear(self, *alerts: Alert, after: float = 0.0) -> str:
        self.clock.at += after
        return await self.listener.hear_alerts(alerts)

    @property
    def only(self) -> Incident:
        (incident,) = self.records.incidents()
        return incident

    def end(self, incident: Incident) -> None:
        """Let the incident be over, as its keeper does."""
        now = self.clock.now()
        assert self.records.put_incident(replace(incident, state=IncidentState.RESOLVED, is_told=True, changed_at=now))
