"""`yantra serve` as a process of its own, and its violent end."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from tests.stories.processes import Process, family
from tests.stories.scene import PATIENCE, Scene

ROOT = str(Path(__file__).resolve().parents[2])


def environment(scene: Scene) -> dict[str, str]:
    """Return the scene's settings as an operator sets them."""
    found = {"PATH": os.environ["PATH"], "HOME": str(scene.folder)}
    if "PYTHONPATH" in os.environ:  # a clone whose package is not the installed one
        found["PYTHONPATH"] = os.environ["PYTHONPATH"]
    for name, value in scene.values.items():
        text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        found[f"YANTRA_{name.upper()}"] = text
    return found


class Server:
    """One running `yantra serve`."""

    def __init__(self, process: "asyncio.subprocess.Process", log: Path, *, log_begins: int) -> None:
        self.process, self.log, self._log_begins = process, log, log_begins

    @property
    def port(self) -> int:
        """Where it says that it listens, 0 before: a port that was free when it was asked for may be taken by then."""
        said = re.findall(rb"Listening on port (\d+)\n", self.log.read_bytes()[self._log_begins :])
        return int(said[-1]) if said else 0

    @property
    def family(self) -> set[Process]:
        """Everything below the process: door, control, workers, sandboxes."""
        return family(self.process.pid)

    async def kill(self) -> set[Process]:
        """End the supervisor, the door and control with -9 at once; return what was there. The rest has to notice."""
        there = self.family
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        parts = [int(pid) for pid in task.read_text().split()]
        for pid in [self.process.pid, *parts]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self.process.wait()
        return there

    async def ready(self) -> int:
        """Return the status of /readyz, 0 when nobody answers."""
        with suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}/readyz") as answer,
            ):
                return answer.status
        return 0


@asynccontextmanager
async def serving(scene: Scene, *module: str) -> AsyncIterator[Server]:
    """Run the server until the end of the block, if it was not killed before.

    `module` names another one than the product's to run, with its arguments.
    """
    log = scene.folder / "server.log"
    with log.open("ab") as sink:
        log_begins = sink.tell()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", *(module or ("yantra_bot", "serve"))),
            env=environment(scene) | ({"PYTHONPATH": ROOT} if module else {}),
            cwd=scene.folder,
            stdout=sink,
            stderr=sink,
        )
    server = Server(process, log, log_begins=log_begins)
    try:
        await wait_until_ready(server)
        scene.listen(server.port)
        yield server
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def wait_until_ready(server: Server) -> None:
    """Return when /readyz is green."""
    async with asyncio.timeout(PATIENCE):
        while await server.ready() != 200:
            assert server.process.returncode is None, server.log.read_text()[-3000:]
            await asyncio.sleep(0.05)
