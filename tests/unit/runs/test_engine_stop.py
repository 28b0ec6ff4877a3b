"""Stopping a run: at any moment, and never in the middle of what has to be finished."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dbos import DBOS

from tests.crash.harness import House, World, make_order, settle
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Stopped, Transient
from yantra_bot.runs.context import RunContext

DONE = Ending(Phase.COMPLETE, "done")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


async def stop(house: House, engine, run_id: str = "run-1") -> None:
    house.records.request_stop(run_id, "ann", at=5.0)
    await engine.stop(run_id)


class Lines:
    """A story of one long stoppable step between two short ones, which tells how far it came."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.begun, self.may_finish = asyncio.Event(), asyncio.Event()

    async def __call__(self, context: RunContext) -> Ending:
        async def long() -> str:
            self.world.effect("begun")
            self.begun.set()
            try:
                await self.may_finish.wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                self.world.effect("cleaned")
                raise
            return "long"

        async def tidy() -> None:
            self.world.effect("tidied")

        try:
            await context.step("long", long, str, stoppable=True)
            await context.step("more", long, str, stoppable=True)
        finally:
            await context.step("tidy", tidy, type(None))
        return DONE


async def test_a_step_in_flight_is_cancelled_and_cleaned_up(house: House) -> None:
    """The work is cancelled and awaited, later steps that are not stoppable still run, and the ending says who."""
    story = Lines(World(house.folder))
    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await story.begun.wait()
        await stop(house, engine)
        assert await engine.wait("run-1") == Ending(Phase.STOPPED, "ann stopped this run.")
    assert story.world.effects() == ["begun", "cleaned", "tidied"]
    assert [step.error for step in house.records.steps("run-1")] == ["stopped", None]


async def test_a_stop_between_steps_is_met_by_the_next_stoppable_one(house: House) -> None:
    """Work that was done when the stop came keeps its result, and nothing new begins."""
    story = Lines(World(house.folder))
    story.may_finish.set()

    async def stopping(context: RunContext) -> Ending:
        async def first() -> str:
            await stop(house, engine)
            return "first"

        assert await context.step("first", first, str) == "first"
        return await story(context)

    async with house.engine(stopping) as engine:
        await engine.enqueue("implement", make_order())
        assert (await engine.wait("run-1")).phase is Phase.STOPPED
    assert story.world.effects() == ["tidied"]


async def test_work_that_is_done_when_the_stop_arrives_keeps_its_result(house: House) -> None:
    """An answer that is there has been paid for: it is recorded, and the next stoppable step stops."""
    story = Lines(World(house.folder))
    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await story.begun.wait()
        story.may_finish.set()
        await stop(house, engine)
        assert (await engine.wait("run-1")).phase is Phase.STOPPED
    assert [(step.name, step.error) for step in house.records.steps("run-1")][:2] == [
        ("long#1", None),
        ("more#1", "stopped"),
    ]


async def test_a_queued_run_that_was_stopped_ends_without_its_turn(house: House) -> None:
    """A person who stops a run that waits behind others is answered at once, and nothing of it was done."""
    story = Lines(World(house.folder))
    async with house.engine(story, concurrency=1) as engine:
        await engine.enqueue("implement", make_order("run-1"))
        await story.begun.wait()
        await engine.enqueue("implement", make_order("run-2"))
        await stop(house, engine, "run-2")
        assert (await engine.wait("run-2")).phase is Phase.STOPPED
        story.may_finish.set()
        assert await engine.wait("run-1") == DONE
    assert story.world.effects() == ["begun", "tidied", "begun", "tidied"]


async def test_a_stop_before_the_turn_came_is_met_when_it_comes(house: House) -> None:
    """A stop of which only the record is left is met by the run's first stoppable step."""
    story = Lines(World(house.folder))
    house.records.start_run(make_order(), 1.0)
    house.records.request_stop("run-1", "ann", at=5.0)
    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        assert await engine.wait("run-1") == Ending(Phase.STOPPED, "ann stopped this run.")
    assert story.world.effects() == ["tidied"]


async def test_a_run_that_is_started_twice_still_ends_once(house: House) -> None:
    """A stop that crosses the start of its run leaves one ending, one clean-up, and no task that waits for ever."""
    story = Lines(World(house.folder))
    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await story.begun.wait()
        await DBOS.resume_workflow_async("run-1")
        await stop(house, engine)
        assert (await engine.wait("run-1")).phase is Phase.STOPPED
    assert story.world.effects() == ["begun", "cleaned", "tidied"]
    assert len(house.outcomes) == 1
    async with house.engine(story) as engine:
        await engine.wait("run-1")


async def test_a_stop_outlives_a_restart(house: House) -> None:
    """A stop that was stored while no process ran is met at the next launch."""
    story = Lines(World(house.folder))
    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await story.begun.wait()
    house.records.request_stop("run-1", "ann", at=5.0)
    async with house.engine(story) as engine:
        assert (await engine.wait("run-1")).phase is Phase.STOPPED
    assert story.world.effects() == ["begun", "cleaned", "tidied"]


async def test_a_stop_that_was_recorded_is_replayed(house: House) -> None:
    """A run that was stopped and then killed stays stopped."""
    world = World(house.folder)
    left, seen = asyncio.Event(), []

    async def story(context: RunContext) -> Ending:
        async def hang() -> None:
            world.effect("hang")
            await asyncio.Event().wait()

        try:
            await context.step("hang", hang, type(None), stoppable=True)
        except Stopped as stopped:
            seen.append(str(stopped))
        if len(seen) == 1:
            left.set()
            await asyncio.Event().wait()
        return Ending(Phase.STOPPED, seen[-1])

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await settle(lambda: world.effects() == ["hang"])
        await stop(house, engine)
        await left.wait()
    async with house.engine(story) as engine:
        await engine.wait("run-1")
    assert seen == ["ann stopped this run."] * 2
    assert world.effects() == ["hang"]


async def test_work_that_fails_while_it_is_stopped_is_stopped_all_the_same(house: House) -> None:
    """A clean-up that goes wrong is logged; the person asked for a stop and gets one."""

    async def story(context: RunContext) -> Ending:
        async def stubborn() -> None:
            try:
                await stop(house, engine)
                await asyncio.Event().wait()
            finally:
                raise ValueError("while cleaning up")

        await context.step("stubborn", stubborn, type(None), stoppable=True)
        return DONE

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        assert (await engine.wait("run-1")).phase is Phase.STOPPED


async def test_waiting_for_another_try_is_stopped_too(house: House) -> None:
    """A stoppable step that waits out a rate limit does not make a person wait."""

    async def story(context: RunContext) -> Ending:
        async def busy() -> None:
            raise Transient("busy", retry_after=3600)

        await context.step("busy", busy, type(None), stoppable=True, tries=2)
        return DONE

    waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    house.clock.sleep = sleep  # type: ignore[method-assign] # this clock never comes back
    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await waiting.wait()
        await stop(house, engine)
        assert (await engine.wait("run-1")).phase is Phase.STOPPED
