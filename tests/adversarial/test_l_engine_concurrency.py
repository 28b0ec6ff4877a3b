"""Group L, many at once: one run an issue, limits that hold, fair turns, a clean way out, floods that hurt nobody."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.harness import House, World, make_order, settle
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Transient
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.records import Records
from yantra_bot.runs.trail import MAX_LINE, MAX_LINES

DONE = Ending(Phase.COMPLETE, "done")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


class Turns:
    """A story that notes when it runs, and ends when it is let go."""

    def __init__(self) -> None:
        self.now: list[tuple[int, str]] = []
        self.most_at_once = 0
        self.most_of_one = 0
        self.order: list[str] = []
        self.go = asyncio.Event()

    async def __call__(self, context: RunContext) -> Ending:
        me = (context.order.repository.id, context.order.run_id)

        async def work() -> None:
            self.now.append(me)
            self.order.append(context.order.run_id)
            self.most_at_once = max(self.most_at_once, len(self.now))
            self.most_of_one = max(self.most_of_one, sum(repository == me[0] for repository, _ in self.now))
            await self.go.wait()
            self.now.remove(me)

        await context.step("work", work, type(None))
        return DONE


@pytest.mark.case("L07")
def test_of_ten_orders_on_one_issue_one_gets_the_lock(tmp_path: Path) -> None:
    """Ten at the same moment, from ten connections: one holds the issue and all ten know which."""
    first = Records.open(tmp_path / "records.sqlite")
    for number in range(10):
        first.start_run(make_order(f"run-{number}"), 1.0)
    others = [Records.open(tmp_path / "records.sqlite") for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        holders = list(pool.map(lambda pair: pair[1].lock_issue(1, 7, f"run-{pair[0]}", at=1.0), enumerate(others)))
    assert len(set(holders)) == 1
    assert first.issue_holder(1, 7) == holders[0]
    first.end_run(holders[0], DONE, 2.0)
    assert first.lock_issue(1, 7, "run-next", at=3.0) == "run-next"
    for records in (*others, first):
        records.close()


@pytest.mark.case("L07")
async def test_the_limits_hold_for_all_and_for_each_repository(house: House) -> None:
    """Ten orders of three repositories never exceed the limits, and all of them end."""
    turns = Turns()
    async with house.engine(turns, concurrency=2, per_repository=1) as engine:
        for number in range(10):
            await engine.enqueue("implement", make_order(f"run-{number}", repository=number % 3))
        await settle(lambda: len(turns.now) == 2)
        turns.go.set()
        for number in range(10):
            assert await engine.wait(f"run-{number}") == DONE
    assert (turns.most_at_once, turns.most_of_one) == (2, 1)


@pytest.mark.case("L07")
async def test_a_busy_repository_does_not_keep_another_waiting(house: House) -> None:
    """One order of a quiet repository runs at once beside the twenty of a busy one."""
    turns = Turns()
    async with house.engine(turns, concurrency=2, per_repository=1) as engine:
        for number in range(20):
            await engine.enqueue("implement", make_order(f"busy-{number}", repository=1))
        await engine.enqueue("implement", make_order("quiet", repository=2))
        await settle(lambda: len(turns.now) == 2)
        assert "quiet" in turns.order
        turns.go.set()
        await engine.wait("quiet")
    assert len(turns.order) < 21


@pytest.mark.case("L10")
async def test_closing_puts_five_running_jobs_aside_and_they_resume(house: House) -> None:
    """Five jobs in flight are interrupted without a result within the grace period, and end after the next launch."""
    world, turns = World(house.folder), Turns()
    is_second = False

    async def story(context: RunContext) -> Ending:
        async def paid() -> None:
            world.effect(f"paid {context.order.run_id}")

        async def work() -> None:
            if not is_second:
                await turns(context)
            world.effect(f"worked {context.order.run_id}")

        await context.step("paid", paid, type(None))
        await context.step("work", work, type(None), stoppable=context.order.run_id == "run-0")
        return DONE

    async with house.engine(story, concurrency=5) as engine:
        for number in range(5):
            await engine.enqueue("implement", make_order(f"run-{number}", repository=number))
        await settle(lambda: len(turns.now) == 5)
        started = time.monotonic()
        await engine.close(grace_seconds=5)
        assert time.monotonic() - started < 5
        with pytest.raises(Transient, match="not running"):
            await engine.enqueue("implement", make_order("late"))
    assert len(house.records.active()) == 5
    is_second = True
    async with house.engine(story, concurrency=5) as engine:
        for number in range(5):
            assert await engine.wait(f"run-{number}") == DONE
    expected = [f"{what} run-{number}" for what in ("paid", "worked") for number in range(5)]
    assert sorted(world.effects()) == expected


@pytest.mark.case("L10")
async def test_a_job_that_does_not_let_go_does_not_hold_the_exit_up(house: House) -> None:
    """Work that ignores its cancellation is left behind when the grace period is over."""
    stuck, release = asyncio.Event(), asyncio.Event()

    async def story(context: RunContext) -> Ending:
        async def cling() -> None:
            while not release.is_set():
                stuck.set()
                try:
                    await release.wait()
                except asyncio.CancelledError:
                    continue

        await context.step("cling", cling, type(None))
        return DONE

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await stuck.wait()
        await engine.close(grace_seconds=0.05)
        release.set()
    assert house.records.ending("run-1") is None


@pytest.mark.case("L11")
def test_a_flood_of_log_lines_is_cut_and_hurts_no_other_run(house: House) -> None:
    """A hundred thousand lines of one run leave a bounded log that says what is missing; another's log is whole."""
    for run_id in ("loud", "quiet"):
        house.records.start_run(make_order(run_id), 1.0)
    for number in range(100_000):
        house.records.log("loud", f"{number} " + "x" * 10_000)
        if number % 1000 == 0:
            house.records.log("quiet", f"line {number}")
    for run_id in ("loud", "quiet"):
        house.records.flush_log(run_id)
    loud, quiet = house.records.lines("loud"), house.records.lines("quiet")
    assert len(loud) <= MAX_LINES
    assert max(len(line.text) for line in loud) <= MAX_LINE
    assert "lines left out" in loud[-1].text
    assert len(quiet) == 100
