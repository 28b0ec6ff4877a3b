"""What keeps a process going until it is told to stop, and shows that it is alive."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from yantra_bot.app.door import HEARTBEAT_SECONDS


async def run_until(stop: asyncio.Event, parts: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run all parts side by side until `stop` is set; raises what the first one that ends before raises."""
    tasks = [asyncio.create_task(part) for part in parts]
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stopping}:
            task.result()
    finally:
        for task in (*tasks, stopping):
            task.cancel()
        await asyncio.gather(*tasks, stopping, return_exceptions=True)


async def beat(path: Path) -> None:
    """Show a sign of life until cancelled."""
    while True:
        with suppress(OSError):  # what keeps it from being written shows as a stale heartbeat
            path.touch()
        await asyncio.sleep(HEARTBEAT_SECONDS)
