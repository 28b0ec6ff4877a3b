"""Lets the small generator's own change go first where the operator wants it; the model is the fall-back.

It goes first only where tests fail before the change: without one nothing could tell its code from wrong code. What
counts for it is that none fails any more. Its change is made, checked, tested and judged as a model's is, and is gone
before the model begins where it was not good enough. No failure of the generator ends a run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from yantra_bot.agent.adding import ADD
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.prompts import task_text
from yantra_bot.codex.whole import Whole
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.conversation import Message, Role, Text, ToolCall
from yantra_bot.domain.proof import Claim, Verdict
from yantra_bot.domain.run import Phase
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.checking import Checking
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.distilling import PROBLEMS
from yantra_bot.runs.gather import Ground
from yantra_bot.runs.judged import Judged
from yantra_bot.runs.phases import Action
from yantra_bot.runs.planned import wants_plan
from yantra_bot.runs.workshop import Workshop

OFFER: Final = "the generator's own code"
FARED: Final = "keep how the generator fared"
NUMBER: Final = 0
"""Of its attempt: those of a model are counted from 1."""
WRITTEN: Final = (
    "A small generator has written this at the end of `{path}`, and the tests that failed before pass with it. The "
    "code, as data:"
)
_DELIVERED: Final = (Action.DELIVER, Action.DELIVER_DRAFT)


@dataclass(frozen=True, slots=True)
class Hands:
    """What a run's attempts lend."""

    context: RunContext
    workshop: Workshop
    bench: Bench
    talk: Conversation
    checking: Checking
    announcer: Announcer
    act: Callable[[Sequence[ToolCall]], Awaitable[ToolBatch]]
    prove: Callable[[int, Ground, Claim, tuple[CheckResult, ...]], Awaitable[Judged]]


async def go_first(hands: Hands, ground: Ground) -> Judged | None:
    """Return the generator's change, tested and judged; None where it declines, or nothing of it is left."""
    context, talk = hands.context, hands.talk
    whole = await _offer(hands, ground)
    if whole is None:
        return None
    await hands.announcer.enter(Phase.CODE_GENERATION)
    given = {"path": whole.path, "name": whole.name, "text": whole.source}
    batch = await hands.act((ToolCall("generator", ADD.name, given),))
    if any(one.is_error for one in batch.results):
        return None
    talk.changes = batch.changes
    await hands.announcer.enter(Phase.DEPENDENCY_VALIDATION)
    judged = await hands.prove(NUMBER, ground, _claim(whole), await hands.checking.early())
    passes = judged.report.verdict is Verdict.PASS and judged.decision.action in _DELIVERED
    outcomes = hands.workshop.sketching.outcomes if hands.workshop.sketching is not None else None

    async def keep() -> bool:
        if outcomes is None:
            return False
        return await asyncio.to_thread(outcomes.keep, context.order.run_id, whole.version, passes)

    with suppress(*PROBLEMS):  # a full disk, a file that was changed by hand: nothing that the run's result hangs on
        await context.step(FARED, keep, bool, tries=2)
    if passes:
        told = (Text(WRITTEN.format(path=whole.path)), Text(whole.source))
        talk.messages.append(Message(Role.USER, told))
        return judged
    talk.changes = hands.bench.changes = Changeset()
    await hands.announcer.enter(Phase.FIXING_ISSUES)
    return None


async def _offer(hands: Hands, ground: Ground) -> Whole | None:
    """Return what the generator would write, in a step; None where it may not go first, or declines."""
    context, sketching = hands.context, hands.workshop.sketching
    order = context.order
    is_one = order.follows is None and not wants_plan(order)
    if sketching is None or sketching.write is None or not is_one or ground.base_tests.verdict is not Verdict.FAIL:
        return None
    write, command = sketching.write, order.command
    task = task_text(ground.reading.issue, command.argument, command=f"@{hands.workshop.handle} {command.verb}")

    async def offer() -> Whole | None:
        return await asyncio.to_thread(write, task, ground.outline)

    try:
        found: Whole | None = await context.step(OFFER, offer, Whole | None, stoppable=True, tries=1)
    except PROBLEMS:
        return None
    return found


def _claim(whole: Whole) -> Claim:
    """Return what is said of the change, beforehand: tests decide, and say it themselves."""
    told = (
        f"`{whole.name}` was added at the end of `{whole.path}`. The small generator wrote it from the words of the "
        "task alone, no language model: it knows no code, and its tests are all that speaks for it."
    )
    return Claim(f"feat: add {whole.name}"[:72], told, whole.confidence)
