"""The memory is looked after some minutes after a start and every day, and nothing that goes wrong ends the server."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.memories import WordModel
from yantra_bot.domain.lessons import Category, Lesson, Occurrence, Scope, Severity, Standing
from yantra_bot.errors import Transient
from yantra_bot.learning.memory import StoredMemory
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.runs.memory_upkeep import EVERY_SECONDS, FIRST_SECONDS, MemoryUpkeep

YEAR = 365 * 24 * 3600.0


class Clock:
    """Ends after some sleeps."""

    def __init__(self, sleeps: int, on_sleep: Callable[[], None] = lambda: None) -> None:
        self.slept: list[float] = []
        self._left, self._on_sleep = sleeps, on_sleep

    def now(self) -> float:
        return YEAR

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._on_sleep()
        if len(self.slept) > self._left:
            raise asyncio.CancelledError


@pytest.fixture
def store(tmp_path: Path) -> Mistakes:
    return Mistakes(str(tmp_path / "memory"), WordModel, clock=Clock(0))


async def test_what_is_old_and_rare_is_archived(store: Mistakes) -> None:
    """A day after day, without being asked."""
    lesson = Lesson("a" * 16, Scope(7, "python", ""), Category.API, Severity.MAJOR, "tried", "failed", "worked",
                    signature="s", first_seen=1.0, last_seen=1.0)  # fmt: skip
    store.learn([Occurrence("one", lesson)])
    memory, clock = StoredMemory(store), Clock(2)
    with pytest.raises(asyncio.CancelledError):
        await MemoryUpkeep(memory, clock).run()
    assert clock.slept == [FIRST_SECONDS, EVERY_SECONDS, EVERY_SECONDS]
    assert [one.standing for one in store.lessons()] == [Standing.ARCHIVED]
    await memory.close()


class Broken(StoredMemory):
    """A memory with something wrong."""

    def __init__(self, store: Mistakes, problem: Exception) -> None:
        super().__init__(store)
        self._problem = problem

    async def tend(self, now: float) -> str:
        raise self._problem


@pytest.mark.parametrize("problem", [Transient("the disk is full"), RuntimeError("a bug")])
async def test_what_goes_wrong_is_tried_again_the_next_day(store: Mistakes, problem: Exception) -> None:
    """Nobody's run ends by it."""
    memory, clock = Broken(store, problem), Clock(2)
    with pytest.raises(asyncio.CancelledError):
        await MemoryUpkeep(memory, clock).run()
    assert len(clock.slept) == 3
    await memory.close()
