"""However a worker ends, nothing of it is left: no process, no sandbox, no folder, no place taken."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.worker_bench import FILES, Crew
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.errors import Transient
from yantra_bot.ports import ToolBatch
from yantra_bot.worker.client import WorkerWorkspace

SLEEPER = "import os, sys, time\nif os.fork(): pass\nprint('up', flush=True)\ntime.sleep(600)"
CALL = ToolCall("1", "run_command", {"argv": ["python3", "-c", SLEEPER]})


def _descendants(process: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [process]
    for above in found:
        found.extend(children.get(above, []))
    return found


@contextmanager
def _expect_to_end(processes: list[int]) -> Iterator[None]:
    """Hold the processes open before something happens, and see each of them end after it."""
    handles = []
    for process in processes:
        try:
            handles.append(os.pidfd_open(process))
        except ProcessLookupError:
            continue
    assert len(handles) >= 3, "a worker, a sandbox and something in it"
    try:
        yield
        for handle in handles:
            assert select.select([handle], [], [], 20)[0], "a process lives on"
    finally:
        for handle in handles:
            os.close(handle)


async def _start_sleeping(workspace: WorkerWorkspace) -> "asyncio.Task[ToolBatch]":
    """Return a call in flight whose command runs."""
    up = asyncio.Event()
    call = asyncio.create_task(workspace.call([CALL], on_line=lambda _: up.set()))
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait([call, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    assert not call.done(), "the command did not start"
    return call


@pytest.mark.case("L02")
async def test_a_killed_worker_takes_its_sandboxes_along(crew: Crew) -> None:
    """kill -9 of a worker in mid-command ends every process of its sandboxes, and is a transient failure."""
    workspace = await crew.open(FILES)
    assert workspace.process_id is not None
    call = await _start_sleeping(workspace)
    with _expect_to_end(_descendants(workspace.process_id)):
        os.kill(workspace.process_id, signal.SIGKILL)
        with pytest.raises(Transient, match=r"The worker ended \(signal 9\)"):
            await call
    await workspace.open(crew.maker.commit(FILES), Changeset())
    assert "calc.py" in await workspace.outline(9)


async def test_a_stop_ends_a_command_at_once(crew: Crew) -> None:
    """Cancelling the call kills the worker with all it started; the workspace can be closed, or opened anew."""
    workspace = await crew.open(FILES)
    assert workspace.process_id is not None
    call = await _start_sleeping(workspace)
    with _expect_to_end(_descendants(workspace.process_id)):
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    with pytest.raises(Transient, match="The worker ended"):
        await workspace.diff()
    await workspace.open(crew.maker.commit(FILES), Changeset())
    assert await workspace.diff() == ""


async def test_closing_in_the_middle_leaves_nothing(crew: Crew) -> None:
    """`close` during a call ends it as a transient failure; the folder and the place are free when it returns."""
    workspace = await crew.open(FILES)
    assert workspace.process_id is not None
    call = await _start_sleeping(workspace)
    with _expect_to_end(_descendants(workspace.process_id)):
        await workspace.close()
    with pytest.raises(Transient):
        await call
    assert [path.name for path in crew.config.work_folder.iterdir()] == ["locks"]


CONTROL = """
import asyncio, sys
from pathlib import Path
from dataclasses import replace
from tests.fakes.worker_bench import DictBlobs, PYTEST
from tests.unit.worker.test_ending import CALL
from yantra_bot.domain.changes import Changeset
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.config import WorkerConfig

async def main():
    work, cache, mirror, commit = sys.argv[1:]
    factory = WorkerFactory(WorkerConfig(Path(work), Path(cache)), DictBlobs())
    workspace = await factory("r", Path(mirror), PYTEST)
    await workspace.open(commit, Changeset())
    await workspace.call([CALL], on_line=lambda _: print(workspace.process_id, file=sys.stderr, flush=True))

asyncio.run(main())
"""


@pytest.mark.case("L02")
async def test_workers_die_with_control(crew: Crew) -> None:
    """kill -9 of control ends its workers and their sandboxes; the next control sweeps what they left."""
    commit = crew.maker.commit(FILES)
    config = crew.config
    arguments = [str(config.work_folder), str(config.cache_folder), str(crew.maker.folder), commit]
    control = subprocess.Popen(
        [sys.executable, "-c", CONTROL, *arguments], cwd=Path(__file__).parents[3], stderr=subprocess.PIPE, text=True
    )
    assert control.stderr is not None
    worker = int(await asyncio.to_thread(control.stderr.readline))
    with _expect_to_end(_descendants(worker)):
        control.kill()
        control.wait()
    control.stderr.close()
    assert [path.name for path in config.work_folder.glob("run-*")] == ["run-0"]
    assert await crew.factory.sweep() == 1
