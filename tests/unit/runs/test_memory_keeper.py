"""What the memory is to be told is told once, in order, whatever is wrong meanwhile."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.lessons import (
    Category,
    Judgement,
    Lesson,
    Occurrence,
    Question,
    Recalled,
    Scope,
    Severity,
    Showing,
    Standing,
)
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Order
from yantra_bot.errors import SettingsError, Transient
from yantra_bot.runs.memory_keeper import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, MAX_TRIES, MemoryKeeper
from yantra_bot.runs.memory_outbox import NEVER, Unreadable
from yantra_bot.runs.records import Records

ORDER = Order("a" * 24, Repository(7, "o", "n"), 2, 3, Command(Verb.FIX), Actor(3, "x", False), None, 0.0)
SCOPE = Scope(7, "python", "claude")
LESSON = Lesson("a" * 16, SCOPE, Category.TYPE, Severity.MAJOR, "added", "TypeError", "int()")
FIRST = Occurrence("one", LESSON, run="r1")
DOUBTED = Judgement("a" * 16, Standing.DOUBTFUL, at=6.0)
SHOWN = Showing("a" * 16, "r2", has_helped=True, at=5.0)


class Clock:
    def __init__(self) -> None:
        self.time = 1_000.0
        self.limit = float("inf")

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        if self.time >= self.limit:
            raise TimeoutError


class Listening:
    """A memory that keeps what it hears, as long as nothing is wrong with it."""

    def __init__(self) -> None:
        self.heard: list[Occurrence | Showing | Judgement] = []
        self.problem: Exception | None = None
        self.loads = 0

    def get_ready(self) -> None:
        self.loads += 1

    async def recall(self, question: Question) -> Recalled:
        return Recalled()

    async def learn(self, occurrences: Sequence[Occurrence]) -> None:
        self._hear(occurrences)

    async def note(self, showings: Sequence[Showing]) -> None:
        self._hear(showings)

    async def judge(self, judgement: Judgement) -> None:
        self._hear([judgement])

    async def tend(self, now: float) -> str:
        return ""

    async def named(self, repository: int, words: str) -> Sequence[Lesson]:
        return ()

    async def forget(self, repository: int, ids: Sequence[str]) -> int:
        return 0

    def _hear(self, told: Sequence[Occurrence | Showing | Judgement]) -> None:
        if self.problem is not None:
            raise self.problem
        self.heard += told


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory() -> Listening:
    return Listening()


@pytest.fixture
def keeper(records: Records, memory: Listening, clock: Clock) -> MemoryKeeper:
    return MemoryKeeper(records, memory, clock, look_seconds=1.0)


async def test_everything_is_told_once_in_order(records: Records, memory: Listening, keeper: MemoryKeeper) -> None:
    """What a run tells twice, after a kill, is one thing."""
    records.tell_memory(FIRST, SHOWN, DOUBTED)
    records.tell_memory(FIRST)
    assert await keeper.tell() == 3
    assert memory.heard == [FIRST, SHOWN, DOUBTED]
    assert await keeper.tell() == 0


async def test_what_cannot_be_stored_now_is_told_again_later(
    records: Records, memory: Listening, keeper: MemoryKeeper, clock: Clock
) -> None:
    """A full disk passes; until then nothing is asked of it at every look."""
    memory.problem = Transient("the disk is full")
    records.tell_memory(FIRST)
    assert await keeper.tell() == 0
    memory.problem = None
    assert await keeper.tell() == 0  # not due yet
    clock.time += FIRST_WAIT_SECONDS
    assert await keeper.tell() == 1
    assert memory.heard == [FIRST]


async def test_what_is_outside_may_take_days_to_mend(
    records: Records, memory: Listening, keeper: MemoryKeeper, clock: Clock
) -> None:
    """A full disk or an object storage that is away costs a wait, however long it lasts, and no lesson."""
    memory.problem = Transient("the disk is full")
    records.tell_memory(FIRST)
    for _ in range(3 * MAX_TRIES):
        await keeper.tell()
        clock.time += LONGEST_WAIT_SECONDS
    memory.problem = None
    assert await keeper.tell() == 1
    assert memory.heard == [FIRST]


async def test_it_is_given_up_in_the_end_and_holds_nothing_else_up(
    records: Records, memory: Listening, keeper: MemoryKeeper, clock: Clock
) -> None:
    """A bug with one thing is that thing's alone."""
    memory.problem = RuntimeError("a bug")
    records.tell_memory(FIRST)
    for _ in range(MAX_TRIES):
        await keeper.tell()
        clock.time += 1_000
    memory.problem = None
    records.tell_memory(replace(FIRST, id="two"))
    await keeper.tell()
    clock.time += 1e6
    await keeper.tell()
    assert [one.id for one in memory.heard if isinstance(one, Occurrence)] == ["two"]


async def test_what_no_time_mends_is_given_up_at_once(
    records: Records, memory: Listening, keeper: MemoryKeeper, clock: Clock
) -> None:
    """A store of a newer schema stays one."""
    memory.problem = SettingsError("a newer schema")
    records.tell_memory(FIRST)
    await keeper.tell()
    memory.problem = None
    clock.time += 1e6
    assert await keeper.tell() == 0
    assert not memory.heard


@pytest.mark.parametrize("is_mended", [True, False])
async def test_what_was_given_up_is_tried_once_more_at_each_start(
    records: Records, memory: Listening, clock: Clock, is_mended: bool
) -> None:
    """By the version that has no such bug, or by the one that still has it: then it is given up again."""
    memory.problem = SettingsError("it can never be stored")
    records.tell_memory(FIRST)
    await MemoryKeeper(records, memory, clock, look_seconds=1.0).tell()
    memory.problem = None if is_mended else memory.problem
    clock.limit = clock.time + 10
    with pytest.raises(TimeoutError):
        await MemoryKeeper(records, memory, clock, look_seconds=1.0).run()
    assert memory.heard == ([FIRST] if is_mended else [])
    (left,) = records.told_memory(now=2 * NEVER, limit=1) or (None,)
    assert is_mended or (left is not None and left.tries == 2)


@pytest.mark.parametrize("damage", ["occurrence = '{'", "occurrence = '{\"id\": 3}'", "occurrence = NULL"])
async def test_what_cannot_be_read_holds_nothing_else_up(
    records: Records, memory: Listening, keeper: MemoryKeeper, clock: Clock, tmp_path: Path, damage: str
) -> None:
    """What another version or a bad disk left there is kept, put off for good, and the others are told."""
    records.tell_memory(FIRST, SHOWN)
    with sqlite3.connect(tmp_path / "records.sqlite") as connection:
        connection.execute(f"UPDATE memory_outbox SET {damage} WHERE id = 'one'")
    connection.close()
    clock.limit = clock.time + 10
    with pytest.raises(TimeoutError):
        await keeper.run()
    assert memory.heard == [SHOWN]
    assert not records.told_memory(now=NEVER / 2, limit=1)
    (left,) = records.told_memory(now=2 * NEVER, limit=5)
    assert isinstance(left.about, Unreadable)
    assert "cannot be read" in left.about.problem
    assert records.drop_told(7) == 0
    assert records.drop_told(None) == ("NULL" not in damage)


async def test_what_recalling_takes_is_loaded_when_there_is_the_first_run(
    records: Records, memory: Listening, clock: Clock
) -> None:
    """An idle server loads nothing, and one at work loads once."""
    keeper = MemoryKeeper(records, memory, clock, look_seconds=1.0)

    async def look(times: int) -> None:
        until = clock.time + times
        with pytest.raises(TimeoutError):
            await keeper.run()
        assert clock.time >= until

    clock.limit = clock.time + 2
    await look(2)
    assert memory.loads == 0
    records.start_run(ORDER, at=1.0)
    clock.limit = clock.time + 3
    await look(3)
    assert memory.loads == 1
