"""Opens what people teach the memory of mistakes with, and what tells the memory what was kept for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from yantra_bot.runs.memory_keeper import MemoryKeeper
from yantra_bot.runs.memory_upkeep import MemoryUpkeep
from yantra_bot.runs.teaching import Teaching
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings


def open_teaching(settings: Settings, workshop: Workshop) -> tuple[Teaching, list[Coroutine[Any, Any, None]]]:
    """Return it, and the part of control that tells the memory; none where there is no memory."""
    memory, records, clock = workshop.memory, workshop.records, workshop.clock
    keeper = MemoryKeeper(records, memory, clock, look_seconds=settings.polling_seconds) if memory is not None else None

    async def settle() -> None:
        await (keeper.tell() if keeper is not None else asyncio.sleep(0))

    teaching = Teaching(
        records=records,
        memory=memory,
        clock=clock,
        handle=settings.handle,
        web=settings.github_git_url,
        settle=settle,
    )
    if keeper is None or memory is None:
        return teaching, []
    return teaching, [keeper.run(), MemoryUpkeep(memory, clock).run()]
