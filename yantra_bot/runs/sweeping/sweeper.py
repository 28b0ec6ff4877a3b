"""Sweeps: takes each look, one after the other, and keeps what was found. One that fails stands in no other's way."""

from collections.abc import Mapping
from typing import Final

import structlog

from yantra_bot.domain.sweeping import Found, Sweep
from yantra_bot.errors import YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.records import Records
from yantra_bot.runs.sweeping.looks import Look, Partly, problem_of

MOST_FOUND: Final = 200
"""Things that are kept of one sweep."""

_log = structlog.get_logger()


class Sweeper:
    """Sweeps for as long as control runs."""

    def __init__(self, looks: Mapping[str, Look], records: Records, clock: Clock, *, seconds: float) -> None:
        """`looks` by what they look at, in their order; `seconds` lie between two sweeps."""
        self._looks, self._records, self._clock, self._seconds = looks, records, clock, seconds

    async def run(self) -> None:
        """Sweep until cancelled, at once and then again and again."""
        while True:
            sweep = await self.sweep()
            try:
                self._records.keep_sweep(sweep)
            except YantraError as problem:
                _log.warning("a sweep could not be kept", problem=str(problem))
            await self._clock.sleep(self._seconds)

    async def sweep(self) -> Sweep:
        """Take every look once; return what was found. What cannot be looked at is told as such."""
        began_at = self._clock.now()
        found: list[Found] = []
        problems: list[str] = []
        for name, look in self._looks.items():
            try:
                found += await look()
            except Partly as part:
                found += part.found
                problems.append(f"{name}: {part}")
            except Exception as problem:  # noqa: BLE001 (it has to outlive whatever a look meets)
                problems.append(f"{name}: {problem_of(problem)}")
                is_bug = not isinstance(problem, YantraError)
                _log.warning("a look failed", look=name, problem=str(problem), exc_info=problem if is_bug else None)
        for one in found:
            _log.warning("something was left over", kind=str(one.kind), what=one.what, run_id=one.run_id)
        return Sweep(began_at, self._clock.now(), tuple(found[:MOST_FOUND]), tuple(problems))
