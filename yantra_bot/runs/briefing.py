"""What a run's first prompt is given beside the issue: the context of its task, and the conventions that hold for it.

A worker chooses both; instructions are read here, from the forge's default branch alone, so that nothing a worker says
becomes one. No failure of either ends a run: it goes on without, and its record says why.
"""

from typing import Final

from yantra_bot.agent.prompts import task_text
from yantra_bot.domain.context import Convention, PromptContext, without_context
from yantra_bot.domain.repository import Issue
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import Forge
from yantra_bot.retrieval.context.conventions import AGENTS, is_instruction
from yantra_bot.retrieval.context.parts import Level
from yantra_bot.retrieval.context.purse import LEAST_TOTAL
from yantra_bot.retrieval.context.rules import FOLDER, parse_rule
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop
from yantra_bot.sandbox.output import escape

MOST_CONVENTIONS: Final = 12
MOST_CHARACTERS: Final = 20_000
SWITCHED_OFF: Final = "YANTRA_CONTEXT_TOKENS is set too low for any code to be chosen beforehand."
_PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)


async def assemble_context(
    context: RunContext, workshop: Workshop, bench: Bench, issue: Issue, *, model: str
) -> PromptContext:
    """Return what of the repository the task is about, in a step; or why the run goes on without."""
    command = context.order.command
    task = task_text(issue, command.argument, command=f"@{workshop.handle} {command.verb}")
    budget = min(workshop.limits.context_tokens, workshop.estimate.room(model) // 2)

    async def assemble() -> PromptContext:
        if budget < LEAST_TOTAL:
            return without_context(SWITCHED_OFF)
        made = await (await bench.workspace()).assemble(task, model=model, budget=budget)
        if made.score is not None and context.order.repository.id:  # a terminal's repositories have no number
            order, now = context.order, workshop.clock.now()
            workshop.records.put_target_score(order.run_id, order.repository.id, made.score, at=now)
        return made

    try:
        return await context.step("assemble context", assemble, PromptContext, stoppable=True, tries=2)
    except _PROBLEMS as problem:
        return without_context(str(problem))


async def read_conventions(context: RunContext, forge: Forge, chosen: PromptContext) -> tuple[Convention, ...]:
    """Return the texts that hold for the task beside the root's AGENTS.md, as the default branch has them now."""
    parts = chosen.of(Level.CONVENTIONS)[:MOST_CONVENTIONS]
    wanted = [part for part in parts if is_instruction(part.path) and part.path != AGENTS]
    if not wanted:
        return ()

    async def read() -> tuple[Convention, ...]:
        found = [(part, await forge.read_file(part.path)) for part in wanted]
        texts = [(part, _text_of(part.path, data)) for part, data in found if data is not None]
        return tuple(Convention(part.path, text, part.reason) for part, text in texts if text)

    try:
        kind = tuple[Convention, ...]
        return _within(await context.step("read conventions", read, kind, stoppable=True, tries=3))
    except _PROBLEMS:
        return ()


def _text_of(path: str, data: bytes) -> str:
    if not path.startswith(f"{FOLDER}/"):
        return escape(data[:MOST_CHARACTERS].decode("utf-8", "ignore").strip())
    try:
        return escape(parse_rule(path, data).text)
    except UserError:
        return ""


def _within(conventions: tuple[Convention, ...]) -> tuple[Convention, ...]:
    """Return as many of the first as fit together."""
    left, kept = MOST_CHARACTERS, []
    for one in conventions:
        left -= len(one.text)
        if left < 0:
            break
        kept.append(one)
    return tuple(kept)
