"""Reads services' logs again and again, and tells of like errors that became many.

What was read before is not counted twice: looks overlap, since lines come late. Only our own clock says since when is
read, so that a line that bears a false time hides none after it.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.monitor.log_groups import QUIET_SECONDS, LogGroups
from yantra_bot.monitor_ports import LogLine, LogSource
from yantra_bot.ports import Clock
from yantra_bot.runs.watching.rounds import Hear, Rounds, Telling
from yantra_bot.runs.watching.watched import Watched, WatchedServices

LINES: Final = 2_000
"""Lines of a service that are read in a look; of more, the newest."""
OVERLAP_SECONDS: Final = 30.0
LONGEST_SECONDS: Final = 900.0
"""So far back is read at most, however long nobody looked."""


@dataclass(slots=True)
class _Reader:
    groups: LogGroups
    telling: Telling
    looked_at: float
    seen: frozenset[int] = field(default_factory=frozenset)
    """Hashes of the lines of the look before."""
    turn: threading.Lock = field(default_factory=threading.Lock)
    """A look that was given up goes on in its thread: the next one waits for it."""

    def group(self, lines: Sequence[LogLine], threshold: int, now: float) -> list[Alert]:
        with self.turn:
            return self.groups.look(lines, threshold=threshold, now=now)


class LogPolling:
    """Looks at all services' logs every minute or so."""

    def __init__(
        self,
        *,
        watched: WatchedServices,
        logs: LogSource,
        hear: Hear,
        clock: Clock,
        seconds: float,
        firing: Callable[[], Sequence[Alert]] = tuple,
    ) -> None:
        """`firing` tells what fires of logs by our records."""
        self._logs, self._hear, self._clock, self._seconds, self._firing = logs, hear, clock, seconds, firing
        self._rounds = Rounds("logs", watched, self.look_at, clock, seconds=seconds)
        self._readers: dict[str, _Reader] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        await self._rounds.run()

    async def look(self) -> None:
        """Look at every service's log once."""
        await self._rounds.go()

    async def look_at(self, watched: Watched) -> None:
        """Read one service's log, and tell of what became many, or is over."""
        rule, name, now = watched.watch.logs, watched.service.name, self._clock.now()
        if not rule.is_watched:
            await self._leave(name, now)
            return
        reader = self._readers.get(name)
        if reader is None:
            left = [one for one in self._firing() if one.service == name and one.source is AlertSource.LOGS]
            telling = Telling(self._hear, left, now=now, quiet=QUIET_SECONDS)
            reader = self._readers[name] = _Reader(LogGroups(watched.service), telling, now - self._seconds)
        since = max(min(reader.looked_at, now) - OVERLAP_SECONDS, now - LONGEST_SECONDS)
        lines = await self._logs.read(
            watched.repository, watched.environment, rule, since=since, limit=LINES, target=watched.target
        )
        new = [line for line in lines if _mark(line) not in reader.seen]
        # A storm takes a while to be grouped: nobody else waits for it.
        alerts = await asyncio.to_thread(reader.group, new, rule.threshold, now)
        reader.looked_at, reader.seen = now, frozenset(map(_mark, lines))
        await reader.telling.tell(alerts, now=now)

    async def _leave(self, name: str, now: float) -> None:
        """End what fires of a log that is not watched any more."""
        if (reader := self._readers.get(name)) is not None:
            await reader.telling.tell(reader.groups.end(), now=now)
            del self._readers[name]


def _mark(line: LogLine) -> int:
    return hash((line.pod, line.at, line.text))
