"""A child whose files cannot grow any more for a while: `python -m tests.crash.full_disk FOLDER`; prints what happened.

The limit on file size stands in for a full disk: every write fails in the middle of a run, and later works again.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

from tests.crash.harness import House, World, make_order
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Transient
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.steps import Moment

_, HARD = resource.getrlimit(resource.RLIMIT_FSIZE)


def fill() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, HARD))


def free() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (HARD, HARD))


async def run(folder: Path, moment: Moment) -> None:
    """Fill the disk at a moment of the second step, try to order more, then free it."""
    house, world = House(folder), World(folder)
    is_full = asyncio.Event()

    def probe(run_id: str, name: str, at: Moment) -> None:
        if (name, at) == ("paid#1", moment) and run_id == "run-1" and not is_full.is_set():
            fill()
            is_full.set()

    async def story(context: RunContext) -> Ending:
        async def paid() -> str:
            if moment is not Moment.BEFORE_WORK:
                world.effect(f"paid {context.order.run_id}")
            return "x" * 100_000

        await context.now()
        await context.step("paid", paid, str)
        await context.now()
        return Ending(Phase.COMPLETE, "done")

    refused = ""
    async with house.engine(story, probe=probe, sweep_seconds=0.05) as engine:
        await engine.enqueue("implement", make_order("run-1"))
        await is_full.wait()
        try:
            await engine.enqueue("implement", make_order("run-2"))
        except Transient as problem:
            refused = str(problem)
        free()
        first = await engine.wait("run-1")
        await engine.enqueue("implement", make_order("run-2"))
        second = await engine.wait("run-2")
    house.close()
    sys.stdout.write(json.dumps({"refused": refused, "endings": [first.phase, second.phase], "done": world.effects()}))


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), Moment(sys.argv[2])))
