"""Small stories for the kill tests: each takes the world it may touch, and returns the story."""

from tests.crash.harness import World
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Text, Usage
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.context import RunContext, Story


def three_steps(world: World) -> Story:
    """Read, ask a model, write: the shape of every run."""

    async def story(context: RunContext) -> Ending:
        async def read() -> str:
            return f"read {world.effect('read#1')}"

        async def ask() -> ModelAnswer:
            words = (Text(f"answer {world.effect('model#1')}"),)
            return ModelAnswer("replay", words, StopReason.END_TURN, Usage(3, 4), 0.5, "req", 0.1)

        async def write() -> int:
            return world.effect("write#1")

        await context.phase(Phase.CONTEXT_ASSEMBLY)
        shown = await context.step("read", read, str)
        await context.phase(Phase.CODE_GENERATION)
        answer = await context.step("model", ask, ModelAnswer, request=shown, stoppable=True)
        await context.phase(Phase.PULL_REQUEST)
        await context.step("write", write, int, tries=2)
        return Ending(Phase.COMPLETE, answer.text)

    return story


def poison(world: World) -> Story:
    """Kill the process in the same step, every time."""

    async def story(context: RunContext) -> Ending:
        async def die() -> None:
            world.effect("poison#1")
            world.die("always")

        await context.step("poison", die, type(None))
        return Ending(Phase.COMPLETE, "survived")

    return story
