"""A run that failed goes on from its record through the real engine: what was done is not done again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.harness import House, make_order
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Permanent
from yantra_bot.runs import queueing
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.resuming import heed_resumes, resume


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


class Work:
    """A story of two steps, the second of which fails so often."""

    def __init__(self, failures: int) -> None:
        self.failures, self.done = failures, list[str]()

    async def __call__(self, context: RunContext) -> Ending:
        async def first() -> str:
            self.done.append("first")
            return "one"

        async def second() -> str:
            self.done.append("second")
            if self.failures:
                self.failures -= 1
                raise Permanent("not now")
            return "two"

        await context.phase(Phase.CONTEXT_ASSEMBLY)
        words = await context.step("first", first, str, request="a")
        await context.phase(Phase.CODE_GENERATION)
        words += await context.step("second", second, str, request="b")
        return Ending(Phase.COMPLETE, words)


async def test_only_what_failed_is_done_again(house: House) -> None:
    """Twice if need be; the ending is the last one, and a wish for it is forgotten."""
    work, order = Work(failures=2), make_order()
    async with house.engine(work) as engine:
        await engine.enqueue("implement", order)
        for _ in range(2):
            assert (await engine.wait(order.run_id)).phase is Phase.FAILED
            house.records.ask_resume(order.run_id, "ann")
            await resume(house.records, engine, order.run_id, at=1.0)
        ending = await engine.wait(order.run_id)
    assert (ending.phase, ending.reason) == (Phase.COMPLETE, "onetwo")
    assert work.done == ["first", "second", "second", "second"]
    assert house.records.resumes_asked() == ()
    run = house.records.run(order.run_id)
    assert run is not None
    assert [one.phase for one in run.phases][1:] == [Phase.CONTEXT_ASSEMBLY, Phase.CODE_GENERATION, Phase.COMPLETE]


async def test_a_kill_after_it_was_opened_loses_nothing(house: House) -> None:
    """The wish is forgotten last: the next look queues the run."""
    work, order = Work(failures=1), make_order()
    async with house.engine(work) as engine:
        await engine.enqueue("implement", order)
        await engine.wait(order.run_id)
        house.records.ask_resume(order.run_id, "ann")
        await queueing.forget(order.run_id)
        assert house.records.reopen_run(order.run_id)
    async with house.engine(work) as engine:
        heeding = asyncio.create_task(heed_resumes(house.records, engine, house.clock))
        assert (await engine.wait(order.run_id)).phase is Phase.COMPLETE
        heeding.cancel()
        await asyncio.gather(heeding, return_exceptions=True)
    assert work.done == ["first", "second", "second"]


async def test_another_run_of_the_issue_is_not_disturbed(house: House) -> None:
    """Then the ended run stays ended."""
    work, order, other = Work(failures=1), make_order(), make_order("run-2")
    async with house.engine(work) as engine:
        await engine.enqueue("implement", order)
        await engine.wait(order.run_id)
        house.records.start_run(other, 2.0)
        house.records.lock_issue(order.repository.id, order.issue_number, other.run_id, at=2.0)
        house.records.ask_resume(order.run_id, "ann")
        await resume(house.records, engine, order.run_id, at=3.0)
        assert (await engine.wait(order.run_id)).phase is Phase.FAILED
    assert house.records.resumes_asked() == ()
