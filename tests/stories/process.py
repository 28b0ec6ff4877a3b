"""`yantra serve` as a process of its own, and its violent end."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from tests.stories.conftest import PATIENCE, Scene


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(scene: Scene) -> dict[str, str]:
    """Return the scene's settings as an operator sets them."""
    found = {"PATH": os.environ["PATH"], "HOME": str(scene.folder)}
    for name, value in scene.values.items():
        text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        found[f"YANTRA_{name.upper()}"] = text
    return found


def children(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and theirs."""
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield int(child)
            yield from children(int(child))


class Server:
    """One running `yantra serve`."""

    def __init__(self, process: "asyncio.subprocess.Process", log: Path) -> None:
        self.process, self.log = process, log

    @property
    def family(self) -> list[int]:
        """The process and everything below it."""
        return [self.process.pid, *children(self.process.pid)]

    async def kill(self) -> None:
        """End the supervisor, the door and control with -9 at once. Workers and sandboxes are left to notice."""
        parts = [self.process.pid, *children(self.process.pid)]
        for pid in parts[:3]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def serving(scene: Scene) -> AsyncIterator[Server]:
    """Run the server until the end of the block, if it was not killed before."""
    port = free_port()
    log = scene.folder / "server.log"
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "yantra_bot", "serve"),
            env=environment(scene) | {"YANTRA_PORT": str(port)},
            cwd=scene.folder,
            stdout=sink,
            stderr=sink,
        )
    server = Server(process, log)
    try:
        await wait_until_ready(port, server)
        scene.github.send_webhooks_to(f"http://127.0.0.1:{port}/webhooks/github")
        yield server
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def wait_until_ready(port: int, server: Server) -> None:
    """Return when /readyz is green."""
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            assert server.process.returncode is None, server.log.read_text()[-3000:]
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)
