"""Group L, storage: a full disk and a locked database hold runs up, and cost nothing that was paid for."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.harness import ROOT, House, World, make_order
from tests.crash.stories import three_steps
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Transient
from yantra_bot.runs.blobs import Blobs
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.steps import Moment


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


@pytest.mark.case("L03")
@pytest.mark.parametrize("moment", list(Moment))
def test_a_full_disk_parks_runs_and_refuses_orders(tmp_path: Path, moment: Moment) -> None:
    """New orders are refused with the cure, the running one waits, and both end by themselves once there is space."""
    command = [sys.executable, "-m", "tests.crash.full_disk", str(tmp_path), moment]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert "Free space" in seen["refused"]
    assert seen["endings"] == ["Complete", "Complete"]
    assert seen["done"] == ([] if moment is Moment.BEFORE_WORK else ["paid run-1", "paid run-2"])


def hold(path: Path) -> sqlite3.Connection:
    """Hold the write lock of a database, as a backup or an operator's shell would."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.mark.case("L04")
async def test_locked_records_hold_a_run_up_and_nobody_else(house: House) -> None:
    """While another process holds the lock the answer is kept, orders are refused, the loop turns; then all goes on."""
    world, locks, beats = World(house.folder), [], 0
    asked = asyncio.Event()

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.01)

    async def story(context: RunContext) -> Ending:
        async def ask() -> str:
            locks.append(hold(house.folder / "records.sqlite"))
            asked.set()
            return f"answer {world.effect('ask')}"

        return Ending(Phase.COMPLETE, await context.step("ask", ask, str))

    async with house.engine(story) as engine:
        await engine.enqueue("implement", make_order())
        await asked.wait()
        heart = asyncio.create_task(beat())
        with pytest.raises(Transient, match="lock"):
            await engine.enqueue("implement", make_order("run-2"))
        while beats < 20:
            await asyncio.sleep(0.01)
        assert house.records.ending("run-1") is None
        locks[0].close()
        assert (await engine.wait("run-1")).reason == "answer 1"
        heart.cancel()
    assert world.effects() == ["ask"]


@pytest.mark.case("L04")
async def test_a_locked_engine_database_holds_a_run_up(house: House) -> None:
    """The engine waits for its own database without losing or repeating a step."""
    world = World(house.folder)
    async with house.engine(three_steps(world)) as engine:
        await engine.enqueue("implement", make_order())
        with closing(hold(house.folder / "engine.sqlite")):
            for _ in range(20):
                await asyncio.sleep(0.01)
        assert (await engine.wait("run-1")).phase is Phase.COMPLETE
    assert world.effects() == ["read#1", "model#1", "write#1"]


@pytest.mark.case("L03")
async def test_a_story_whose_own_records_are_unavailable_is_put_aside(house: House) -> None:
    """A story that meets the lock itself is resumed by the sweep, with its finished steps kept."""
    world, locks = World(house.folder), []

    async def story(context: RunContext) -> Ending:
        async def ask() -> int:
            return world.effect("ask")

        await context.step("ask", ask, int)
        if not locks:
            locks.append(hold(house.folder / "records.sqlite"))
            try:
                house.records.note(context.order.run_id, "key", "value")
            finally:
                locks[0].close()
        return Ending(Phase.COMPLETE, "done")

    async with house.engine(story, sweep_seconds=0.02) as engine:
        await engine.enqueue("implement", make_order())
        assert await engine.wait("run-1") == Ending(Phase.COMPLETE, "done")
    assert world.effects() == ["ask"]


@pytest.mark.case("L03")
def test_a_blob_is_refused_cleanly_when_its_disk_is_full(tmp_path: Path) -> None:
    """The failure names the cure, nothing half written is left, and the next try works."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from yantra_bot.runs.blobs import Blobs; from yantra_bot.runs.schema import StorageUnavailable\n"
        "blobs, (_, hard) = Blobs(Path(sys.argv[1])), resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))\n"
        "try: blobs.put(b'x' * 2000)\n"
        "except StorageUnavailable as problem: print(problem)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))\n"
        "print(blobs.put(b'x' * 2000))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    refusal, digest = done.stdout.splitlines()
    assert "Free space" in refusal
    assert Blobs(tmp_path).get(digest) == b"x" * 2000
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
