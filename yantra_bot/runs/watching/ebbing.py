"""Ends what nobody tells the end of, and keeps with each incident how long its like opens it again.

An event of Sentry, an alert of a sender that never says `resolved`, a log that nobody reads any more: its incident
would fire for ever, and swallow the same error of weeks later. Alertmanager tells ends, and our own rules do.
"""

from dataclasses import replace
from typing import Final

from yantra_bot.domain.alerts import AlertSource
from yantra_bot.domain.incidents import Incident
from yantra_bot.ports import Clock
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.changing import change
from yantra_bot.runs.watching.rounds import Rounds
from yantra_bot.runs.watching.watched import Watched, WatchedServices

SOURCES: Final = frozenset({AlertSource.SENTRY, AlertSource.GENERIC, AlertSource.LOGS, AlertSource.KUBERNETES})
"""Who tells of what is bad each time, and not always of its end."""
LEAST_SECONDS: Final = 1_800.0
"""So long at least nothing has to be heard; longer where the rules' `cooldown_minutes` are."""
ROUND_SECONDS: Final = 15.0


class Ebbing:
    """Looks at the incidents of every watched service again and again."""

    def __init__(self, watched: WatchedServices, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock
        self._rounds = Rounds("rules", watched, self.look_at, clock, seconds=ROUND_SECONDS)

    async def run(self) -> None:
        """Look until cancelled."""
        await self._rounds.run()

    async def look_at(self, watched: Watched) -> None:
        """Look at the incidents of one service that are not over."""
        cooldown = 60.0 * watched.watch.cooldown_minutes
        for incident in self._records.incidents_open():
            if (incident.service, incident.environment) == (watched.service.name, watched.service.environment):
                self._keep(incident, cooldown)

    def _keep(self, incident: Incident, cooldown: float) -> None:
        def apply(stored: Incident) -> Incident:
            return replace(stored, cooldown_seconds=cooldown)

        if incident.cooldown_seconds != cooldown:
            change(self._records, incident.id, apply)
        if incident.is_firing and not incident.state.is_over:
            quiet = max(LEAST_SECONDS, cooldown)
            self._records.end_unheard(incident.id, SOURCES, for_seconds=quiet, at=self._clock.now())
