"""Reads what clusters say of services by themselves, and tells of warnings that became many."""

from collections.abc import Callable, Sequence

from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.monitor.event_groups import QUIET_SECONDS, EventGroups
from yantra_bot.monitor_ports import ClusterEvents
from yantra_bot.ports import Clock
from yantra_bot.runs.watching.rounds import Hear, Rounds, Telling
from yantra_bot.runs.watching.watched import Watched, WatchedServices


class EventWatch:
    """Looks at all services' namespaces every minute or so."""

    def __init__(
        self,
        *,
        watched: WatchedServices,
        events: ClusterEvents,
        hear: Hear,
        clock: Clock,
        seconds: float,
        firing: Callable[[], Sequence[Alert]] = tuple,
    ) -> None:
        """`firing` tells what fires of events by our records."""
        self._events, self._hear, self._clock, self._firing = events, hear, clock, firing
        self._rounds = Rounds("events", watched, self.look_at, clock, seconds=seconds)
        self._readers: dict[tuple[str, str], tuple[EventGroups, Telling]] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        await self._rounds.run()

    async def look(self) -> None:
        """Look at every service's namespace once."""
        await self._rounds.go()

    async def look_at(self, watched: Watched) -> None:
        """Read the warnings of one service's namespace, and tell of what became many, or is over."""
        name, now = watched.service.name, self._clock.now()
        if (name, watched.target) not in self._readers:
            left = [one for one in self._firing() if one.service == name and one.source is AlertSource.KUBERNETES]
            telling = Telling(self._hear, left, now=now, quiet=QUIET_SECONDS)
            self._readers[name, watched.target] = EventGroups(watched.service, watched.target), telling
        groups, telling = self._readers[name, watched.target]
        found = await self._events.warnings(watched.repository, watched.environment)
        await telling.tell(groups.look(found, now=now), now=now)
