"""The engine in one process: what it promises a story, and what a crash in between changes (nothing)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.harness import Crash, House, World, crash_at, make_order, settle
from tests.crash.stories import three_steps
from yantra_bot.domain.run import Ending, Phase, RunEnded, Spent, TestsFailed
from yantra_bot.errors import Permanent, SettingsError, Stopped, Transient, UserError, YantraError
from yantra_bot.runs.conduct import EVIDENCE
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.engine import MAX_LAUNCHES, Engine
from yantra_bot.runs.records import Records
from yantra_bot.runs.steps import Moment

DONE = Ending(Phase.COMPLETE, "done")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


async def crash(house: House, story, point: str) -> None:
    """Run a story in an engine that dies at a point."""
    died = asyncio.Event()
    die = crash_at(point)

    def probe(run_id: str, name: str, moment: Moment) -> None:
        try:
            die(run_id, name, moment)
        except Crash:
            died.set()
            raise

    async with house.engine(story, probe=probe) as engine:
        await engine.enqueue("implement", make_order())
        await settle(lambda: died.is_set() or house.records.ending("run-1") is not None)
        assert died.is_set(), house.records.notes("run-1")


async def test_an_order_becomes_one_run_with_one_ending(house: House) -> None:
    """A run ends as its story says, its phases are kept, and the subscribers hear of it once."""
    world = World(house.folder)
    async with house.engine(three_steps(world)) as engine:
        assert await engine.enqueue("implement", make_order())
        ending = await engine.wait("run-1")
    record = house.records.run("run-1")
    assert record is not None
    assert ending == record.ending == Ending(Phase.COMPLETE, "answer 1")
    assert [phase for phase, _ in house.records.timeline("run-1")] == [
        Phase.QUEUED,
        Phase.CONTEXT_ASSEMBLY,
        Phase.CODE_GENERATION,
        Phase.PULL_REQUEST,
        Phase.COMPLETE,
    ]
    assert house.outcomes == [RunEnded(make_order(), ending)]
    assert world.effects() == ["read#1", "model#1", "write#1"]


async def test_the_same_order_again_is_known(house: House) -> None:
    """An order that was stored before, queued or ended, is answered with False and runs once."""
    world = World(house.folder)
    async with house.engine(three_steps(world)) as engine:
        assert [await engine.enqueue("implement", make_order()) for _ in range(3)] == [True, False, False]
        await engine.wait("run-1")
        assert not await engine.enqueue("implement", make_order())
    async with house.engine(three_steps(world)) as engine:
        assert not await engine.enqueue("implement", make_order())
        assert await engine.wait("run-1") == Ending(Phase.COMPLETE, "answer 1")
    assert world.effects().count("write#1") == 1


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("step", ["read#1", "model#1", "write#1"])
async def test_a_crash_at_any_moment_of_any_step_changes_nothing(house: House, step: str, moment: Moment) -> None:
    """The run goes on where it was; only a step whose result was not stored is done again."""
    world = World(house.folder)
    await crash(house, three_steps(world), f"{step}@{moment}")
    assert house.records.ending("run-1") is None
    async with house.engine(three_steps(world)) as engine:
        ending = await engine.wait("run-1")
    again = 2 if moment is Moment.AFTER_WORK else 1
    assert ending.reason == f"answer {again if step == 'model#1' else 1}"
    assert world.effects().count(step) == again
    assert len(world.effects()) == 2 + again
    assert [phase for phase, _ in house.records.timeline("run-1")].count(Phase.CODE_GENERATION) == 1
    assert len(house.outcomes) == 1


async def test_live_and_replayed_values_are_the_same(house: House) -> None:
    """A story sees the very same types before and after a crash, whatever the work returned."""

    @dataclass(frozen=True)
    class Odd:
        names: tuple[str, ...]
        raw: bytes
        far: float
        ending: Ending | None

    seen: list[Odd | str] = []

    async def story(context: RunContext) -> Ending:
        async def odd() -> Odd:
            return Odd(("a", "\ud800"), b"\xff\x00", float("inf"), DONE)

        seen.append(await context.step("odd", odd, Odd | str))
        await context.now()
        return DONE

    await crash(house, story, "now#1@before-work")
    async with house.engine(story) as engine:
        await engine.wait("run-1")
    assert seen[0] == seen[1]
    assert isinstance(seen[0], Odd)
    assert (seen[0].names, seen[0].raw, seen[0].far) == (("a", "\ufffd"), b"\xff\x00", float("inf"))


async def test_the_clock_is_recorded(house: House) -> None:
    """A replay sees the time of the first passage, not its own."""
    seen: list[float] = []

    async def story(context: RunContext) -> Ending:
        seen.append(await context.now())
        await context.now()
        return DONE

    await crash(house, story, "now#2@before-work")
    async with house.engine(story) as engine:
        await engine.wait("run-1")
    assert seen[0] == seen[1]


async def test_a_result_larger_than_a_row_is_kept_as_a_blob(house: House) -> None:
    """Half a megabyte comes back whole after a crash, without the work being done again."""
    world, big = World(house.folder), "ä\n" * 300_000
    seen: list[str] = []

    async def story(context: RunContext) -> Ending:
        async def read() -> str:
            world.effect("read#1")
            return big

        seen.append(await context.step("read", read, str, request=big))
        await context.now()
        return DONE

    await crash(house, story, "read#1@after-record")
    async with house.engine(story) as engine:
        await engine.wait("run-1")
    assert seen == [big]
    assert world.effects() == ["read#1"]
    assert house.records.steps("run-1")[0].request == big


@pytest.mark.parametrize(
    "problem",
    [UserError("no"), SettingsError("unset"), Transient("busy", retry_after=7.0), Permanent("gone"), Stopped("ann")],
)
async def test_an_expected_failure_is_a_value(house: House, problem: YantraError) -> None:
    """A failure is raised as the same class with the same words, live and on replay, and its work is not repeated."""
    world, seen = World(house.folder), []

    async def story(context: RunContext) -> Ending:
        async def fail() -> None:
            world.effect("fail#1")
            raise problem

        try:
            await context.step("fail", fail, type(None))
        except YantraError as caught:
            seen.append((type(caught), str(caught), getattr(caught, "retry_after", None)))
        await context.now()
        return DONE

    await crash(house, story, "now#1@before-work")
    async with house.engine(story) as engine:
        await engine.wait("run-1")
    assert seen == [(type(problem), str(problem), getattr(problem, "retry_after", None))] * 2
    assert world.effects() == ["fail#1"]


@pytest.mark.parametrize(
    ("problem", "phase"), [(Stopped("ann stopped this run."), Phase.STOPPED), (Permanent("gone"), Phase.FAILED)]
)
async def test_a_failure_that_the_story_lets_through_ends_the_run(
    house: House, problem: YantraError, phase: Phase
) -> None:
    """The ending says what the failure said."""

    async def story(context: RunContext) -> Ending:
        raise problem

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        assert await engine.wait("run-1") == Ending(phase, str(problem))


@pytest.mark.parametrize("is_in_step", [True, False])
async def test_a_bug_ends_the_run_and_keeps_the_evidence(house: House, is_in_step: bool) -> None:
    """People read that something unexpected happened; the traceback is in the records alone."""

    async def story(context: RunContext) -> Ending:
        async def divide() -> float:
            return 1 / 0

        return Ending(Phase.COMPLETE, str(await (context.step("divide", divide, float) if is_in_step else divide())))

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        ending = await engine.wait("run-1")
    assert ending.phase is Phase.FAILED
    assert "ZeroDivisionError" in ending.reason
    assert "1 / 0" not in ending.reason
    assert "1 / 0" in house.records.notes("run-1")[EVIDENCE]


async def test_a_value_of_another_type_than_promised_is_a_bug(house: House) -> None:
    """What cannot be stored as the declared type never reaches the story."""

    async def story(context: RunContext) -> Ending:
        async def lie() -> str:
            return 5  # type: ignore[return-value] # the lie

        await context.step("lie", lie, str)
        return DONE

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        assert (await engine.wait("run-1")).phase is Phase.FAILED


async def test_transient_failures_are_tried_again_after_the_time_they_name(house: House) -> None:
    """So often as asked and no more: the last failure is the step's value."""
    world, seen = World(house.folder), []

    async def story(context: RunContext) -> Ending:
        async def busy() -> None:
            raise Transient("busy", retry_after=30.0 if world.effect("busy#1") == 1 else None)

        async def recovers() -> str:
            if world.effect("recovers#1") < 3:
                raise Transient("busy")
            return "well"

        try:
            await context.step("busy", busy, type(None), tries=3)
        except Transient as problem:
            seen.append(str(problem))
        seen.append(await context.step("recovers", recovers, str, tries=3))
        return DONE

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await engine.wait("run-1")
    assert seen == ["busy", "well"]
    assert house.clock.slept == [30.0, 1.0, 0.5, 1.0]


async def test_a_story_that_was_interrupted_takes_no_further_step(house: House) -> None:
    """What a story does on its way out would have another number on replay, so it is refused."""
    world, is_first = World(house.folder), True

    async def story(context: RunContext) -> Ending:
        nonlocal is_first
        try:
            await context.now()
        finally:
            if is_first:
                is_first = False
                await context.phase(Phase.FIXING_ISSUES)
            await context.now()
        world.effect("end")
        return DONE

    await crash(house, story, "now#1@before-work")
    async with house.engine(story) as engine:
        assert await engine.wait("run-1") == DONE
    assert [step.name for step in house.records.steps("run-1")] == ["now#1", "now#2"]
    assert Phase.FIXING_ISSUES not in [phase for phase, _ in house.records.timeline("run-1")]


async def test_a_story_that_changed_under_its_record_is_a_bug(house: House) -> None:
    """A replay whose steps have other names is refused instead of mixing two stories."""

    async def before(context: RunContext) -> Ending:
        await context.now()
        await context.now()
        return DONE

    async def after(context: RunContext) -> Ending:
        await context.publish(TestsFailed(context.order, 1, ()))
        return DONE

    await crash(house, before, "now#2@before-work")
    async with house.engine(after) as engine:
        ending = await engine.wait("run-1")
    assert ending.phase is Phase.FAILED
    assert "DBOSUnexpectedStepError" in ending.reason


async def test_an_outcome_is_published_once(house: House) -> None:
    """A subscriber hears of failed tests in the first passage, not in the replay."""

    async def story(context: RunContext) -> Ending:
        await context.publish(TestsFailed(context.order, 1, ("test_a",)))
        await context.now()
        return DONE

    await crash(house, story, "now#1@before-work")
    async with house.engine(story) as engine:
        await engine.wait("run-1")
    assert [type(outcome) for outcome in house.outcomes] == [TestsFailed, RunEnded]


async def test_the_ending_says_what_was_spent(house: House) -> None:
    """A story that does not count gets the sum of the records."""

    async def story(context: RunContext) -> Ending:
        house.records.tool_batch(context.order.run_id, 1, 4)
        return DONE

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        assert (await engine.wait("run-1")).spent == Spent(tool_calls=4)


async def test_only_one_engine_is_launched_at_a_time(house: House) -> None:
    """A second one in the same process is refused, and one after the other works."""

    async def story(context: RunContext) -> Ending:
        return DONE

    async with house.engine(story):
        with pytest.raises(RuntimeError, match="close it first"):
            async with house.engine(story):
                pass
    async with house.engine(story) as engine:
        await engine.close()
        assert await asyncio.to_thread(lambda: "the loop's threads still work") != ""


async def test_an_unknown_kind_and_an_unknown_run_are_refused(house: House) -> None:
    """Both are answered with what to do instead of waiting for ever."""

    async def story(context: RunContext) -> Ending:
        return DONE

    async with house.engine(story) as engine:
        with pytest.raises(Permanent, match="register it"):
            await engine.enqueue("dance", make_order())
        with pytest.raises(Permanent, match="no run"):
            await engine.wait("nobody")
        await engine.stop("nobody")
        assert not house.records.active()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///relative.sqlite", "sqlite://"])
async def test_a_database_that_cannot_be_used_stops_the_launch(house: House, url: str) -> None:
    """A wrong URL is a wrong setting, said at the start."""
    engine = Engine(database_url=url, records=house.records, clock=house.clock, version="1")
    with pytest.raises(SettingsError, match="URL"):
        await engine.launch()
    await engine.close()


async def test_a_run_of_another_version_is_ended_and_told_of(house: House) -> None:
    """What an older version began ends Failed with the reason; what it only queued runs in the new one."""
    world, told = World(house.folder), []
    running = asyncio.Event()

    async def old(context: RunContext) -> Ending:
        async def hang() -> None:
            running.set()
            await asyncio.Event().wait()

        await context.step("hang", hang, type(None))
        return DONE

    async def tell(order, reason: str) -> None:
        if not told:
            told.append("in vain")
            raise Transient("busy", retry_after=0.0)
        told.append((order, reason))

    async with house.engine(old, version="1") as engine:
        await engine.enqueue("implement", make_order("began"))
        await running.wait()
        await engine.enqueue("implement", make_order("queued"))
    async with house.engine(three_steps(world), version="2", on_abandoned=tell) as engine:
        began, queued = await engine.wait("began"), await engine.wait("queued")
        await settle(lambda: len(told) == 2)
    assert began.phase is Phase.FAILED
    assert "Version 1 began it" in began.reason
    assert queued.phase is Phase.COMPLETE
    assert told[1] == (make_order("began"), began.reason)


async def test_a_run_whose_kind_is_gone_is_ended(house: House) -> None:
    """No run waits for a story that nobody registers any more; without a listener it is only recorded."""

    async def hang(context: RunContext) -> Ending:
        await asyncio.Event().wait()
        return DONE

    async with house.engine({"implement": hang, "review": hang}) as engine:
        await engine.enqueue("review", make_order())
        await settle(lambda: bool(house.records.active()))
    async with house.engine(hang) as engine:
        assert (await engine.wait("run-1")).phase is Phase.FAILED


async def test_a_run_that_makes_progress_is_never_taken_for_poison(house: House) -> None:
    """Launches are counted from the last finished step, so a long run survives many restarts."""

    async def story(context: RunContext) -> Ending:
        for _ in range(MAX_LAUNCHES + 3):
            await context.now()
        return DONE

    for number in range(1, MAX_LAUNCHES + 3):
        await crash(house, story, f"now#{number}@after-record")
    async with house.engine(story) as engine:
        assert await engine.wait("run-1") == DONE


async def test_a_database_that_is_none_stops_the_launch(house: House) -> None:
    """A file that another program made is refused, and the next engine can be launched."""

    async def story(context: RunContext) -> Ending:
        return DONE

    with closing(sqlite3.connect(house.folder / "engine.sqlite", isolation_level=None)) as other:
        other.execute("CREATE TABLE dbos_migrations (something_else)")
    with pytest.raises(SettingsError, match="cannot be opened"):
        async with house.engine(story):
            pass
    (house.folder / "engine.sqlite").unlink()
    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        assert await engine.wait("run-1") == DONE


async def test_a_listener_that_fails_for_good_ends_the_telling(house: House) -> None:
    """An abandoned run stays ended, whatever becomes of the message about it."""
    called = asyncio.Event()

    async def hang(context: RunContext) -> Ending:
        await asyncio.Event().wait()
        return DONE

    async def tell(order, reason: str) -> None:
        called.set()
        raise Permanent("the repository is gone")

    async with house.engine(hang, version="1") as engine:
        await engine.enqueue("implement", make_order())
        await settle(lambda: bool(house.records.run("run-1")) and "run-1" in engine._presence)
    async with house.engine(hang, version="2", on_abandoned=tell) as engine:
        assert (await engine.wait("run-1")).phase is Phase.FAILED
        await called.wait()


async def test_closing_interrupts_the_telling_which_goes_on_later(house: House) -> None:
    """A message that could not be sent before the process ended is sent by the next one."""
    told = asyncio.Event()

    async def hang(context: RunContext) -> Ending:
        await asyncio.Event().wait()
        return DONE

    is_cut_off = True

    async def tell(order, reason: str) -> None:
        told.set()
        if is_cut_off:
            await asyncio.Event().wait()

    async with house.engine(hang, version="1") as engine:
        await engine.enqueue("implement", make_order())
        await settle(lambda: "run-1" in engine._presence)
    async with house.engine(hang, version="2", on_abandoned=tell):
        await told.wait()
    is_cut_off = False
    told.clear()
    async with house.engine(hang, version="2", on_abandoned=tell):
        await told.wait()


async def test_a_damaged_step_record_is_done_again(house: House) -> None:
    """A blob that was damaged between a crash and the next launch costs the step, not the run."""
    world = World(house.folder)

    async def story(context: RunContext) -> Ending:
        async def read() -> str:
            return "x" * 300_000 + str(world.effect("read"))

        return Ending(Phase.COMPLETE, (await context.step("read", read, str))[-1])

    await crash(house, story, "read#1@after-record")
    for path in (house.folder / "blobs").rglob("*"):
        if path.is_file():
            path.write_bytes(b"damaged")
    async with house.engine(story) as engine:
        assert (await engine.wait("run-1")).reason == "2"


async def test_a_run_that_cannot_be_ended_is_taken_up_again(house: House) -> None:
    """A bug in the storing of an ending leaves the run to the sweep instead of losing it."""
    failures = 2

    class Flaky(Records):
        def end_run(self, run_id: str, ending: Ending, at: float) -> bool:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise ValueError("a bug of ours")
            return super().end_run(run_id, ending, at)

    async def story(context: RunContext) -> Ending:
        await context.now()
        return DONE

    house.records.close()
    house.records = Flaky.open(house.folder / "records.sqlite")
    async with house.engine(story, sweep_seconds=0.02) as engine:
        await engine.enqueue("implement", make_order())
        assert await engine.wait("run-1") == DONE
