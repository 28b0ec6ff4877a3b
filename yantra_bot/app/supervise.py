"""`yantra serve`: keeps the door and control running, each with its own part of the settings and of the environment.

The parts travel over the child's standard input, so no secret stands in an environment or an argument. The same pipe is
the life line: when this process dies, however it dies, the children see its end and leave.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "HOME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
)
"""All that a child sees of this process's environment."""
GRACE_SECONDS = 20.0
MAX_RESTARTS, WINDOW_SECONDS = 5, 60.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """A process to keep running: its name in `python -m yantra_bot.app.child NAME`, and what it is told."""

    name: str
    told: str
    environment: Mapping[str, str]


async def supervise(parts: list[Part], stop: asyncio.Event) -> int:
    """Run until `stop` is set or a part keeps failing; return the exit status. All are told at once."""
    keepers = {part.name: asyncio.create_task(_keep(part, stop), name=part.name) for part in parts}
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*keepers.values(), stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        stopping.cancel()
    results = await asyncio.gather(*keepers.values())
    return max(results) if stopping not in done else 0


async def _keep(part: Part, stop: asyncio.Event) -> int:
    """Start a part again when it ends by itself; give up when it keeps ending."""
    loop, ends, wait = asyncio.get_running_loop(), list[float](), 0.2
    while not stop.is_set():
        status = await _run(part, stop)
        if stop.is_set():
            return 0
        if status == os.EX_CONFIG:
            return status
        ends = [at for at in ends if at > loop.time() - WINDOW_SECONDS] + [loop.time()]
        _log.error("a part ended by itself", part=part.name, status=status, times=len(ends))
        if len(ends) > MAX_RESTARTS:
            return 1
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
        wait = min(wait * 2, 10.0)
    return 0


async def _run(part: Part, stop: asyncio.Event) -> int:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m"),
        "yantra_bot.app.child",
        part.name,
        stdin=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in KEPT if name in os.environ} | dict(part.environment),
        start_new_session=True,
    )
    assert child.stdin is not None  # noqa: S101 (a pipe was asked for)
    child.stdin.write(part.told.encode() + b"\n")
    ended, stopped = asyncio.create_task(child.wait()), asyncio.create_task(stop.wait())
    await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        await asyncio.wait([ended], timeout=GRACE_SECONDS)
    if not ended.done():
        _log.error("a part did not leave in time and is ended", part=part.name)
        child.kill()
    child.stdin.close()
    return await ended
