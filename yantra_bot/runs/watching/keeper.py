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
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.monitor.course import next_move
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.watching.changing import Outrun, change
from yantra_bot.runs.watching.kit import WatchKit
from yantra_bot.runs.watching.looking import Looker, NotWatched, Surroundings
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
        self._mover = Mover(workshop, kit, engine, fixes_today=self._looker.fixes_today)
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
            except Outrun:
                self._due.pop(incident.id, None)
            except (Transient, UserError, Permanent) as problem:
                # What cannot be read or done now leaves it where it stands: half-way is worse than late.
                self._put_off(incident, problem)
            except Exception as problem:  # noqa: BLE001 (one incident's bug must not end the others)
                _log.exception("an incident could not be attended", incident=incident.id)
                self._put_off(incident, problem)
            else:
                self._failures.pop(incident.id, None)
                self._due[incident.id] = self._workshop.clock.now() + self._pause(incident)

    async def _advance(self, incident: Incident) -> None:
        """Tell people first, so that they wait for nothing; then make one move."""
        is_silenced = self._looker.is_silenced(incident)
        if not incident.issue and not is_silenced:
            await self._telling.chat(incident, None)
        try:
            around = await self._looker.surroundings(incident)
        except NotWatched as problem:
            self._drop(incident, problem)
            return
        except UserError as problem:
            await self._tell_gap(incident, problem)
            raise
        if not is_silenced:
            await self._tell(incident, around)
        stored = self._workshop.records.incident(incident.id)
        if stored is None:
            return
        if stored.state.is_over:
            if not is_silenced and stored.state is incident.state:
                self._close(stored)
            return
        look = await self._looker.look(stored, around)
        await self._mover.make(look, next_move(look), around)

    async def _tell(self, incident: Incident, around: Surroundings) -> None:
        """Tell everywhere; a forge that takes no issue now keeps nobody from acting, and is told of in the chat."""
        try:
            incident = await self._telling.issue(incident, around)
        except (UserError, Permanent) as problem:
            _log.warning("an incident's issue cannot be written", incident=incident.id, problem=str(problem))
            if incident.state.is_over:
                return
        await self._telling.chat(incident, around)

    async def _tell_gap(self, incident: Incident, problem: UserError) -> None:
        """Note why it cannot be attended, once, so that the chat shows it."""
        why = f"It cannot be attended now: {problem}"

        def apply(stored: Incident) -> Incident:
            return stored if stored.note == why else replace(stored, note=why)

        await self._telling.chat(change(self._workshop.records, incident.id, apply), None)

    def _drop(self, incident: Incident, problem: NotWatched) -> None:
        """End what nobody can attend any more: there is nobody to be told, and nothing to be done."""
        now = self._workshop.clock.now()

        def apply(stored: Incident) -> Incident:
            return replace(stored, state=IncidentState.RESOLVED, is_told=True, note=str(problem), changed_at=now)

        change(self._workshop.records, incident.id, apply)
        self._telling.forget(incident)

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
