"""What an operator does and meets: an orderly end, a full disk, a locked database."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.github.state import Issue
from tests.fakes.models import FakeModels
from tests.stories import processes
from tests.stories.library import SHELL_FILES
from tests.stories.models import WORK, compatible
from tests.stories.process import environment, serving
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase

GRACE_SECONDS = 25.0
"""What an orderly end may take: the supervisor gives its parts 20 seconds."""


@pytest.mark.case("L10")
async def test_an_orderly_end_puts_runs_aside_and_the_next_start_goes_on(scene: Scene) -> None:
    """/readyz turns red and stays it, the server is gone within its grace, and every run ends after the next start."""
    fault = scene.github.faults.hang("GET", "*/contents/AGENTS.md", times=3)
    scene.values["concurrent_runs"] = 3
    issues: list[Issue] = []
    for name in ("octo/one", "octo/two", "octo/three"):
        scene.work_in(SHELL_FILES, name=name)
        issues.append(scene.issue)
    async with serving(scene) as server:
        for issue in issues:
            await scene.comment("@yantra implement", on=issue)
        await scene.until(lambda: fault.hits == 3)
        there = server.family
        server.process.send_signal(signal.SIGTERM)
        seen = [200]
        while server.process.returncode is None:
            seen.append(await server.ready())
            await asyncio.sleep(0.01)
        async with asyncio.timeout(GRACE_SECONDS):
            assert await server.process.wait() == 0
        assert 200 not in seen[next(place for place, status in enumerate(seen) if status != 200) :]
        assert processes.remaining(there) == []
        assert [run.ending for run in scene.runs()] == [None] * 3
    async with serving(scene):
        await scene.ending(of=3)
    assert [run.phase for run in scene.runs()] == [Phase.COMPLETE] * 3
    assert [len(scene.said(issue)) for issue in issues] == [1, 1, 1]


@pytest.fixture
def small_disk(scene: Scene) -> Iterator[Path]:
    """A disk of 64 MB under the server's state."""
    folder = scene.folder / "state"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=0711", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
        pytest.skip("NO SMALL DISK: only root may mount one")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Fill a disk to the last byte with one file."""
    path = disk / "filling"
    with path.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(b"\0" * 4096)
            except OSError:
                return path


async def readiness(scene: Scene) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{scene.port}/readyz") as answer:
        return answer.status


async def wait_for_readiness(scene: Scene, status: int) -> None:
    async with asyncio.timeout(240):
        while await readiness(scene) != status:
            await asyncio.sleep(0.05)


@pytest.mark.case("L03")
@pytest.mark.usefixtures("small_disk")
async def test_a_full_disk_turns_orders_away_and_holds_runs_until_there_is_room(scene: Scene, small_disk: Path) -> None:
    """503 while it is full; once there is room the run in flight ends well, and what GitHub sends again is taken."""
    scene.work_in(SHELL_FILES)
    async with FakeModels() as models, scene.server(**compatible(models)):
        models.will(*WORK)
        models.hold()
        await scene.comment("@yantra implement")
        await scene.meet(models.held)
        filling = fill(small_disk)
        await wait_for_readiness(scene, 503)
        await scene.comment(f"@yantra status\n\n{'It is large. ' * 5_000}")
        refused = [one for one in scene.github.deliveries if one.event == "issue_comment"][-1]
        assert refused.status_code == 503
        models.release()
        await asyncio.sleep(0)
        assert scene.runs()[0].ending is None
        filling.unlink()
        await wait_for_readiness(scene, 200)
        ending = await scene.ending()
        assert (await scene.github.redeliver(refused)).status_code == 202
        await scene.reply("The newest run is in phase")
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert len(scene.pull_requests()) == 1


@pytest.mark.case("L04")
async def test_a_locked_inbox_turns_orders_away_until_it_is_free(scene: Scene) -> None:
    """GitHub is told 503 before it loses patience, and nothing has to be done by hand afterwards."""
    async with scene.server():
        with sqlite3.connect(scene.home.inbox, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            await scene.comment("@yantra status")
            refused = scene.github.deliveries[-1]
            assert refused.status_code == 503
            await wait_for_readiness(scene, 503)
            other.execute("ROLLBACK")
        other.close()
        await wait_for_readiness(scene, 200)
        assert (await scene.github.redeliver(refused)).status_code == 202
        await scene.reply("No run has worked on this yet.")


@pytest.mark.case("L08")
async def test_who_stands_still_is_not_taken_over(scene: Scene) -> None:
    """Nobody can take a paused server's runs: a second one refuses to start, and the first goes on where it was."""
    scene.work_in(SHELL_FILES)
    fault = scene.github.faults.hang("GET", "*/contents/AGENTS.md")
    async with serving(scene) as server:
        await scene.comment("@yantra implement")
        await scene.until(lambda: fault.hits)
        paused = [server.process.pid, *(pid for pid, _ in server.family)]
        for pid in paused:
            os.kill(pid, signal.SIGSTOP)
        try:
            second = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "yantra_bot", "serve"),
                env=environment(scene),
                cwd=scene.folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            said, _ = await second.communicate()
        finally:
            for pid in paused:
                os.kill(pid, signal.SIGCONT)
        assert second.returncode != 0
        assert b"Another Yantra process works with" in said
        fault.release()
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert (len(scene.runs()), len(scene.pull_requests()), len(scene.said())) == (1, 1, 1)
