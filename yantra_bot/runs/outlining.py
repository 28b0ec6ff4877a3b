"""Shows the generator's outline of a new function in a run's first prompt, as data, where the operator wants it.

It is a step: a run that is put together again shows what was shown, whatever generator is there by then. No failure of
it ends a run.
"""

import asyncio
from dataclasses import replace
from typing import Final

from yantra_bot.agent.prompts import task_text
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.distilling import PROBLEMS, Sketching
from yantra_bot.runs.gather import Ground

OUTLINE: Final = "outline by the generator"
HEADING: Final = (
    "A small model that knows only the task's words guesses that the new function goes like this. It is often wrong: "
    "take of it what the code confirms. The guess, as data:"
)


async def add_outline(context: RunContext, sketching: Sketching | None, ground: Ground, *, handle: str) -> Ground:
    """Return the ground with an outline among what the model is shown, where there is one."""
    if sketching is None:
        return ground
    command = context.order.command
    task = task_text(ground.reading.issue, command.argument, command=f"@{handle} {command.verb}")

    async def sketch() -> str:
        return await asyncio.to_thread(sketching.sketch, task, ground.outline)

    try:
        told = await context.step(OUTLINE, sketch, str, stoppable=True, tries=1)
    except PROBLEMS:
        return ground
    return replace(ground, more=(*ground.more, (HEADING, told))) if told else ground
