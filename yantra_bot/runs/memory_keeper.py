"""Tells the memory of mistakes what runs and people have kept for it, beside everything else.

What cannot be stored now is told again later, for as long as it takes; what can never be stored is kept, given up and
logged with its cure, and tried once more at each start.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from yantra_bot.domain.lessons import Judgement, Occurrence, Showing
from yantra_bot.errors import Permanent, Transient, UserError, YantraError, tell_operator
from yantra_bot.learning_ports import Memory
from yantra_bot.ports import Clock
from yantra_bot.runs.memory_outbox import NEVER, Told, Unreadable
from yantra_bot.runs.records import Records

AT_ONCE: Final = 50
FIRST_WAIT_SECONDS: Final = 5.0
LONGEST_WAIT_SECONDS: Final = 900.0
MAX_TRIES: Final = 100
"""Of what meets a bug: over a day at the longest wait."""

_log = structlog.get_logger()


class MemoryKeeper:
    """The one who writes to the memory in this process."""

    def __init__(self, records: Records, memory: Memory, clock: Clock, *, look_seconds: float) -> None:
        """It looks for what was told every `look_seconds`."""
        self._records, self._memory, self._clock, self._look = records, memory, clock, look_seconds
        self._turn = asyncio.Lock()
        self._is_ready = False

    async def run(self) -> None:
        """Work until cancelled. What is being told then is told again at the next start."""
        self._retake()
        while True:
            self._get_ready()
            if not await self.tell():
                await self._clock.sleep(self._look)

    def _retake(self) -> None:
        """Try once more what was given up: another version may have no such bug, and knows other forms."""
        try:
            if number := self._records.retake_memory():
                _log.info("the memory is told once more what was given up", number=number)
        except YantraError as problem:  # the next start does it
            _log.warning("what was given up cannot be told again now", problem=str(problem))

    def _get_ready(self) -> None:
        """Let the memory load what it needs while the first run still reads: that takes seconds."""
        with suppress(YantraError):  # it is looked at again
            if not self._is_ready and self._records.active():
                self._is_ready = True
                self._memory.get_ready()

    async def tell(self) -> int:
        """Tell the memory what is due; return how much of it was heard. When it returns nothing is being told."""
        async with self._turn:
            try:
                due = self._records.told_memory(now=self._clock.now(), limit=AT_ONCE)
                return sum([await self._tell(one) for one in due])
            except YantraError as problem:
                _log.warning("what the memory is to be told cannot be read now", problem=str(problem))
                return 0

    async def _tell(self, one: Told) -> bool:
        try:
            match one.about:
                case Occurrence():
                    await self._memory.learn([one.about])
                case Showing():
                    await self._memory.note([one.about])
                case Judgement():
                    await self._memory.judge(one.about)
                case Unreadable():
                    self._put_off(one, one.about.problem, tries=1)
                    return False
        except Transient as problem:
            self._put_off(one, tell_operator(problem), tries=None)
        except (UserError, Permanent) as problem:
            self._put_off(one, tell_operator(problem), tries=1)
        except Exception as problem:  # noqa: BLE001 (a bug of one thing told must not keep the others from being heard)
            _log.exception("the memory could not store something")
            self._put_off(one, type(problem).__name__, tries=MAX_TRIES)
        else:
            self._records.memory_heard(one)
            return True
        return False

    def _put_off(self, one: Told, problem: str, *, tries: int | None) -> None:
        """Put something off; for good after `tries`, where that is not None."""
        is_given_up = tries is not None and one.tries + 1 >= tries
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(one.tries, 20), LONGEST_WAIT_SECONDS)
        self._records.put_off_memory(one, due=NEVER if is_given_up else self._clock.now() + wait)
        cure = "see the problem; it is kept in the records" if is_given_up else "none needed: it is told again"
        _log.warning("the memory could not be told something", problem=problem, tries=one.tries + 1, cure=cure)
