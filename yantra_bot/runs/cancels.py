"""Hears of runs that were asked to stop by another process: `yantra runs cancel` can only write the request down.

It must never end by what a database answers: the next look may succeed.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from yantra_bot.ports import Clock
from yantra_bot.runs.records import Records

SECONDS: Final = 1.0

_log = structlog.get_logger()


async def heed_cancels(records: Records, stop: Callable[[str], Awaitable[None]], clock: Clock) -> None:
    """Wake each run that has a stop request, once, until cancelled."""
    woken: set[str] = set()
    while True:
        try:
            asked = set(records.stops_asked())
            for run_id in sorted(asked - woken):
                await stop(run_id)
                woken.add(run_id)
            woken &= asked
        except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the databases answer)
            _log.warning("stop requests could not be read and are looked for again", problem=str(problem))
        await clock.sleep(SECONDS)
