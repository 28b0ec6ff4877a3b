"""Control's side of the allow-list proxy: starts it, reads its log, ends it. Never carries a byte of a tunnel."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

import structlog

from yantra_bot.errors import SettingsError, Transient
from yantra_bot.sandbox.destinations import Destination
from yantra_bot.sandbox.egress import Tunnel, TunnelLimits

_START_SECONDS = 20.0
_END_SECONDS = 5.0
_NOBODY = 65534
_LONGEST_PATH = 80
"""A socket's path has 107 bytes at most, and the names below the folder are added."""


class EgressProxy:
    """One proxy process. `folder`, which `start` returns, is what `Job.egress` shows in a sandbox.

    `parent` is where the folder is made: sandboxes' users have to be able to reach it. `user` is what the process
    becomes when this one is root. Every tunnel is logged and handed to `on_tunnel`. Use as an async context manager, or
    call `start` and `stop`.
    """

    def __init__(
        self,
        destinations: tuple[Destination, ...],
        *,
        parent: Path,
        user: int = _NOBODY,
        limits: TunnelLimits | None = None,
        on_tunnel: Callable[[Tunnel], None] | None = None,
    ) -> None:
        self._destinations = destinations
        self._parent = parent
        self._user = user
        self._limits = limits or TunnelLimits()
        self._on_tunnel = on_tunnel
        self._folder: Path | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> Path:
        """Start the proxy and return the folder of its socket, which is called proxy.sock.

        Raises Transient when it does not start, SettingsError when the folder's path is too long for a socket.
        """
        if len(os.fsencode(self._parent.absolute())) > _LONGEST_PATH:
            raise SettingsError(f"{self._parent} is too long a path for a socket. Cure: choose a shorter state folder.")
        self._folder = Path(tempfile.mkdtemp(prefix="egress-", dir=self._parent))
        self._folder.chmod(0o711)
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "yantra_bot.sandbox.egress"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={},
            cwd="/",
            start_new_session=True,  # a terminal's Ctrl-C is for us; it ends with its standard input
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                is_ready = await self._configure(self._process, self._folder / "proxy.sock")
        except (OSError, TimeoutError):
            is_ready = False
        if not is_ready:
            await self.stop()
            raise Transient("The proxy for package downloads did not start.")
        self._reader = asyncio.create_task(self._read_log(self._process))
        return self._folder

    async def stop(self) -> None:
        """End the process and remove its folder. Safe to call twice."""
        if self._process is not None:
            await self._end(self._process)
            self._process = None
        if self._reader is not None:
            await self._reader
            self._reader = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def __aenter__(self) -> Path:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _configure(self, process: asyncio.subprocess.Process, socket: Path) -> bool:
        if process.stdin is None or process.stdout is None:
            raise ValueError("the proxy's streams have to be pipes")
        configuration = {
            "socket": str(socket),
            "destinations": [[one.host, one.port, one.own_addresses] for one in self._destinations],
            "limits": asdict(self._limits),
            "user": self._user,
        }
        process.stdin.write(json.dumps(configuration).encode() + b"\n")
        await process.stdin.drain()
        return await process.stdout.readline() == b"ready\n"

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.stdin is not None:
            with suppress(BrokenPipeError, ConnectionResetError):
                await process.stdin.wait_closed()
        if process.stdout is not None and self._reader is None:
            await process.stdout.read()  # to its end: a pipe that the loop outlives complains

    async def _read_log(self, process: asyncio.subprocess.Process) -> None:
        log = structlog.get_logger()
        while process.stdout is not None and (line := await process.stdout.readline()):
            tunnel = Tunnel(**json.loads(line))
            log.info("egress_tunnel", **asdict(tunnel))
            if self._on_tunnel is not None:
                self._on_tunnel(tunnel)
