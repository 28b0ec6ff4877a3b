"""The process to be killed: `python -m tests.crash.child FOLDER STORY OPTIONS`; prints the ending as JSON."""

import asyncio
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.crash import stories
from tests.crash.harness import House, World, kill_at, make_order
from yantra_bot.domain.run import Order


async def run(folder: Path, story: str, options: dict[str, Any]) -> None:
    """Take one order through an engine; say when the first step of this process begins."""
    started = time.perf_counter()
    house = House(folder)

    def die(point: str) -> None:
        if point in (options["kill"], options.get("always")):
            os.kill(os.getpid(), signal.SIGKILL)

    async def tell(order: Order, reason: str) -> None:
        world.effect(f"told {order.run_id}: {reason}")

    world = World(folder, die)
    make = getattr(stories, story)
    options_of_engine = {"probe": kill_at(options["kill"]), "on_abandoned": tell}
    async with house.engine(make(world), version=options.get("version", "1"), **options_of_engine) as engine:
        await engine.enqueue("implement", make_order())
        ending = await engine.wait("run-1")
        told = options.get("wait_for", "")
        while told and not any(effect.startswith(told) for effect in world.effects()):
            await asyncio.sleep(0.01)
    house.close()
    sys.stdout.write(json.dumps({"ending": asdict(ending), "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
