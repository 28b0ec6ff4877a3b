"""The one place where alerts are heard, whoever sent them: matched to a service, joined to an incident, stored.

Responsible for one incident a cause, for an alert that is over opening none, and for an alert heard twice changing
nothing. It tells nobody and does nothing about it: that is the keeper's.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from yantra_bot.domain.alerts import Alert, Service
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient
from yantra_bot.monitor.bounds import bound, fingerprint
from yantra_bot.monitor.grouping import Case, find_case, find_overflow, hear, open_incident, say_many
from yantra_bot.monitor.services import Services
from yantra_bot.ports import Clock
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.places import Places

COOLDOWN_SECONDS: Final = 1_800.0
"""How long after an incident the same again opens it again, where the rules of a repository do not say."""
COMPARED: Final = 10
"""Alerts of an incident that a new one is compared with."""
AT_ONCE: Final = 50
"""Alerts that are joined and stored in one piece, without anything else being done meanwhile."""
LATE_SECONDS: Final = 300.0
"""So long after its end was heard, a firing that began no later is a late copy; after that it fires again, though its
sender still tells its first beginning: as Alertmanager does where it lost sight of it, Sentry where it was archived."""
TRIES: Final = 3

_log = structlog.get_logger()


@dataclass(slots=True)
class _Open:
    """An incident while alerts are joined to it; `heard` are those."""

    incident: Incident
    alerts: tuple[Alert, ...]
    fingerprints: set[str]
    heard: list[Alert]

    def case(self) -> Case:
        return Case(self.incident, self.alerts, frozenset(self.fingerprints))


class AlertListener:
    """Hears alerts; `on_heard` is called after anything was stored, so that nobody has to wait for a look around."""

    def __init__(
        self,
        *,
        services: Services,
        places: Places,
        records: Records,
        clock: Clock,
        cooldown: Callable[[Service], float] = lambda _: COOLDOWN_SECONDS,
        on_heard: Callable[[], None] = lambda: None,
    ) -> None:
        """`cooldown` tells how long after an incident with which none is kept the same opens it again, in seconds."""
        self._services, self._places, self._records, self._clock = services, places, records, clock
        self._cooldown, self._on_heard = cooldown, on_heard
        # One after the other: two that are heard at once would open two incidents for one cause.
        self._lock = asyncio.Lock()

    async def hear_alerts(self, alerts: Sequence[Alert]) -> str:
        """Join each alert to an incident, or open one; return a few words for the record.

        Raises Transient where it could not be stored, or the forge could not be asked: hear them again.
        """
        async with self._lock:
            by_service: dict[Service, list[Alert]] = defaultdict(list)
            counts = Counter[str]()
            for alert in alerts:
                services = self._services_of(alert)
                if not services:
                    counts["of no service that is watched"] += 1
                for service in services:
                    by_service[service].append(alert)
            for service, group in by_service.items():
                repository = await self._places.find(service)
                if repository is None:
                    counts["of a repository that the App is not installed in"] += len(group)
                    continue
                for start in range(0, len(group), AT_ONCE):
                    counts += self._hear_service(service, repository, group[start : start + AT_ONCE])
                    await asyncio.sleep(0)  # a storm keeps nobody else from working
        if by_service:
            self._on_heard()
        outcome = ", ".join(f"{count} {what}" for what, count in counts.items()) or "nothing"
        if any(" no service" in what or "not installed" in what for what in counts):
            names = sorted({alert.name[:80] for alert in alerts})[:5]
            _log.warning("alerts that nobody hears", outcome=outcome, names=names, cure="set YANTRA_SERVICES")
        return outcome

    def _services_of(self, alert: Alert) -> tuple[Service, ...]:
        """Return the services that an alert is about: its end is about those that it fires for, whatever it says."""
        service = self._services.of(alert)
        if service is not None:
            return (service,)
        if alert.is_firing:
            return ()
        named = (self._services.named(name) for name, _ in self._records.fires_for(fingerprint(alert)))
        return tuple(one for one in named if one is not None)

    def _hear_service(self, service: Service, repository: Repository, alerts: Sequence[Alert]) -> Counter[str]:
        """Join what one service's alerts say; what somebody else stored meanwhile is read again first."""
        for _ in range(TRIES):
            now = self._clock.now()
            opened, counts = self._join(service, repository, alerts, now=now)
            # What was stored before one that could not be is heard again with it, and changes nothing by that.
            if all(self._store(one, now=now) for one in opened):
                return counts
        raise Transient(f"The incidents of {service.name} were changed at the same time by somebody else.")

    def _join(
        self, service: Service, repository: Repository, alerts: Sequence[Alert], *, now: float
    ) -> tuple[list[_Open], Counter[str]]:
        named = [replace(alert, service=service.name, fingerprint=fingerprint(alert)) for alert in alerts]
        opened = self._find(service, {alert.fingerprint for alert in named}, now=now)
        ends = self._records.alert_ends({alert.fingerprint for alert in named}, since=now - LATE_SECONDS)
        counts = Counter[str]()
        for alert in named:
            if not alert.is_firing:
                # By its sender's own clock: an end is held against beginnings of the same sender alone.
                counts["resolved"] += 1
                for one in opened:
                    if alert.fingerprint in one.fingerprints:
                        one.heard.append(bound(alert, now=now))
            elif alert.started_at and alert.started_at <= ends.get(alert.fingerprint, 0.0):
                counts["over before they were heard"] += 1
            else:
                self._place(bound(alert, now=now), service, repository, opened, now=now)
                counts["firing"] += 1
        self._records.end_alerts([alert for alert in named if not alert.is_firing], at=now)
        return [one for one in opened if one.heard], counts

    def _find(self, service: Service, fingerprints: set[str], *, now: float) -> list[_Open]:
        """Return the service's incidents that may be meant, with which of these alerts each knows."""
        found = self._records.incidents_of_service(
            service.name, service.environment, now=now, cooldown=self._cooldown(service)
        )
        known = self._records.alerts_known([one.id for one in found], fingerprints)
        return [
            _Open(
                one,
                tuple(kept.alert for kept in self._records.incident_alerts(one.id, COMPARED)),
                {print_ for incident_id, print_ in known if incident_id == one.id},
                [],
            )
            for one in found
        ]

    def _place(
        self, alert: Alert, service: Service, repository: Repository, opened: list[_Open], *, now: float
    ) -> None:
        """Join a firing alert to one of the incidents, or to a new one among them."""
        cases = [one.case() for one in opened]
        case = find_case(alert, cases, now=now)
        overflow = find_overflow(cases) if case is None else None
        if case is None and overflow is None:
            incident = open_incident(alert, service, repository.id, now=now)
            _log.info("incident opened", incident=incident.id, service=service.name, source=alert.source.value)
            opened.append(_Open(incident, (alert,), {alert.fingerprint}, [alert]))
            return
        found = case or overflow
        joined = opened[next(place for place, one in enumerate(cases) if one is found)]
        if overflow is not None:
            joined.incident = say_many(joined.incident, now=now)
        joined.heard.append(alert)
        if alert.fingerprint not in joined.fingerprints:
            joined.fingerprints.add(alert.fingerprint)
            joined.alerts = (*joined.alerts, alert)[:COMPARED]

    def _store(self, one: _Open, *, now: float) -> bool:
        incident = hear(one.incident, one.heard, now=now)
        return self._records.keep_heard(incident, one.heard, at=now) is not None
