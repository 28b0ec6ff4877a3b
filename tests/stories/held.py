"""A server that stands still in a step until it is killed: `python -m tests.stories.held MOMENT STEP…`.

Door and control are those of `yantra serve`, in one process, so that a moment that lasts no time can be met exactly.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.stories.process import Server, serving
from tests.stories.scene import Scene
from yantra_bot.app.control import run_control
from yantra_bot.app.control_part import ControlPart
from yantra_bot.app.door import DoorPart, run_door
from yantra_bot.runs.steps import Moment
from yantra_bot.settings import Settings


async def run(moment: Moment, steps: frozenset[str]) -> None:
    """Serve until a step of these names comes to its moment, say so, and stand still."""

    def hold(run_id: str, name: str, at: Moment) -> None:
        if at is moment and name in steps:
            sys.stdout.write(f"Held in {name}\n")
            sys.stdout.flush()
            while True:
                time.sleep(60)

    def listening(port: int) -> None:
        sys.stdout.write(f"Listening on port {port}\n")
        sys.stdout.flush()

    settings, stop = Settings(), asyncio.Event()
    await asyncio.gather(
        run_door(DoorPart.of(settings), stop, on_listening=listening),
        run_control(ControlPart.of(settings), stop, probe=hold),
    )


@asynccontextmanager
async def holding(scene: Scene, moment: Moment, *steps: str) -> AsyncIterator[Server]:
    """Run a server that stands still as soon as one of these steps comes to this moment."""
    async with serving(scene, "tests.stories.held", moment, *steps) as server:
        try:
            yield server
        finally:
            if server.process.returncode is None:  # who stands still hears no SIGTERM
                server.process.kill()
                await server.process.wait()


if __name__ == "__main__":
    asyncio.run(run(Moment(sys.argv[1]), frozenset(sys.argv[2:])))
