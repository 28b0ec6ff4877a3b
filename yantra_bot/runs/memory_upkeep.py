"""Looks after the memory of mistakes once a day, beside everything else: what is old, double, contradicted or useless.

A server that starts does it some minutes later, so that none that is started every day goes without.
"""

from typing import Final

import structlog

from yantra_bot.errors import YantraError, tell_operator
from yantra_bot.learning_ports import Memory
from yantra_bot.ports import Clock

FIRST_SECONDS: Final = 600.0
"""After the start, which has other things to do."""
EVERY_SECONDS: Final = 24 * 3600.0

_log = structlog.get_logger()


class MemoryUpkeep:
    """The upkeep of one server's memory. Done twice, or on two machines, it changes nothing more."""

    def __init__(
        self, memory: Memory, clock: Clock, *, first: float = FIRST_SECONDS, every: float = EVERY_SECONDS
    ) -> None:
        """`first` and `every` are in seconds."""
        self._memory, self._clock, self._first, self._every = memory, clock, first, every

    async def run(self) -> None:
        """Work until cancelled; what a stop leaves half done is done by the next one."""
        await self._clock.sleep(self._first)
        while True:
            await self.tend()
            await self._clock.sleep(self._every)

    async def tend(self) -> None:
        """Look after it now; what goes wrong is logged, and tried again the next day."""
        try:
            told = await self._memory.tend(self._clock.now())
        except YantraError as problem:
            _log.warning(
                "the memory of mistakes could not be looked after",
                problem=tell_operator(problem),
                cure="see the problem",
            )
        except Exception:  # noqa: BLE001 (a bug here must not end the server)
            _log.exception("the memory of mistakes could not be looked after")
        else:
            _log.info("the memory of mistakes was looked after", told=told)
