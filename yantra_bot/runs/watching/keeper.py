"""Looks after incidents: asks again and again what is due in each, does it, and tells people.

Level by level, and never by memory: a restart, a second alert and a word of a person all lead to the same question. One
incident that cannot be attended now holds up no other.
"""

import asyncio
import functools
from dataclasses import replace
from typing import Final

import structlog

from yantra_bot.domain.alerts import Service
from yantra_bot.domain.incidents import Do, Incident, IncidentState, Move
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.monitor.course import next_move
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.watching.changing import change
from yantra_bot.runs.watching.kit import WatchKit
from yantra_bot.runs.watching.looking import Looker, Surroundings
from yantra_bot.runs.watching.moving import Mover
from yantra_bot.runs.watching.telling import IncidentTelling
from yantra_bot.runs.workshop import Workshop

SWEEP_SECONDS: Final = 0.25
SLOW_SECONDS: Final = 2.0
"""Between two looks at an incident about which nothing has happened for a while."""
LIVELY_SECONDS: Final = 60.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
SIDE_BY_SIDE: Final = 8

_log = structlog.get_logger()


class IncidentKeeper:
    """Attends every incident that is not over, or whose end was not told."""

    def __init__(self, workshop: Workshop, kit: WatchKit, engine: Engine) -> None:
        self._workshop, self._kit = workshop, kit
        self._looker = Looker(workshop, kit)
        self._mover = Mover(workshop, kit, engine)
        self._telling = IncidentTelling(workshop, kit)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._due: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._gate = asyncio.Semaphore(SIDE_BY_SIDE)

    def cooldown(self, service: Service) -> float:
        """Return for how long the same again opens an incident again, in seconds."""
        return self._looker.cooldown(service)

    async def run(self) -> None:
        """Attend until cancelled. What is being done when that happens is done again later."""
        try:
            while True:
                try:
                    self.sweep()
                except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the records answer)
                    _log.warning("incidents cannot be looked at now", problem=str(problem))
                await self._workshop.clock.sleep(SWEEP_SECONDS)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def sweep(self) -> None:
        """Begin with each incident that is due and not being attended."""
        now = self._workshop.clock.now()
        for incident in self._workshop.records.incidents_open():
            if incident.id not in self._busy and self._due.get(incident.id, 0.0) <= now:
                self._busy[incident.id] = task = asyncio.create_task(self._attend(incident))
                task.add_done_callback(functools.partial(self._leave, incident.id))

    def _leave(self, incident_id: str, _: asyncio.Task[None]) -> None:
        del self._busy[incident_id]

    async def _attend(self, incident: Incident) -> None:
        async with self._gate:
            try:
                await self._advance(incident)
            except Transient as problem:
                self._put_off(incident, problem)
            except (UserError, Permanent) as problem:
                self._escalate(incident, str(problem))
                self._put_off(incident, problem)
            except Exception as problem:  # noqa: BLE001 (one incident's bug must not end the others)
                _log.exception("an incident could not be attended", incident=incident.id)
                self._put_off(incident, problem)
            else:
                self._failures.pop(incident.id, None)
                self._due[incident.id] = self._workshop.clock.now() + self._pause(incident)

    async def _advance(self, incident: Incident) -> None:
        """Tell people first, so that they wait for nothing; then make one move."""
        if self._looker.is_silenced(incident):
            await self._move(incident, await self._looker.surroundings(incident))
            return
        if not incident.issue:
            await self._telling.chat(incident, None)
        around = await self._looker.surroundings(incident)
        incident = await self._telling.issue(incident, around)
        await self._telling.chat(incident, around)
        if incident.state.is_over:
            self._close(incident)
            return
        await self._move(incident, around)

    async def _move(self, incident: Incident, around: Surroundings) -> None:
        look = await self._looker.look(incident, around)
        await self._mover.make(look, next_move(look), around)

    def _close(self, incident: Incident) -> None:
        """Note that the end was told, unless it was opened again meanwhile."""

        def apply(stored: Incident) -> Incident:
            return replace(stored, is_told=True) if stored.state.is_over else stored

        change(self._workshop.records, incident.id, apply)
        self._telling.forget(incident)
        self._due.pop(incident.id, None)

    def _pause(self, incident: Incident) -> float:
        is_lively = self._workshop.clock.now() - incident.changed_at < LIVELY_SECONDS
        return 0.0 if is_lively or incident.state is IncidentState.WATCHING else SLOW_SECONDS

    def _put_off(self, incident: Incident, problem: Exception) -> None:
        count = self._failures[incident.id] = self._failures.get(incident.id, 0) + 1
        wait = min(FIRST_WAIT * 2 ** min(count - 1, 10), LONGEST_WAIT)
        if isinstance(problem, Transient) and problem.retry_after is not None:
            wait = max(wait, problem.retry_after)
        self._due[incident.id] = self._workshop.clock.now() + wait
        _log.warning("an incident is attended later", incident=incident.id, seconds=wait, problem=str(problem))

    def _escalate(self, incident: Incident, why: str) -> None:
        """Store that a person has to go on, with the reason, once."""
        move = Move(Do.ESCALATE, why)

        def apply(stored: Incident) -> Incident:
            if stored.state.is_over or stored.note == why:
                return stored
            now = self._workshop.clock.now()
            news = (*stored.news, (now, f"A person is needed. {why}"))
            return replace(stored, state=IncidentState.ESCALATED, note=move.why, news=news, changed_at=now)

        change(self._workshop.records, incident.id, apply)
