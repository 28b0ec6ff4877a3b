"""A head start: a quick model's plan is followed at once, while the run's own model refines what is not begun.

The refinement is a branch beside the run; what it comes to lies in a note until the run, between two turns, takes it in
a durable step. Nothing that is begun is ever changed by it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.planning.prompts import PlanTask, refine_message
from yantra_bot.agent.planning.propose import MAX_TRIES, propose
from yantra_bot.domain.plan import MOST_STEPS, Plan
from yantra_bot.domain.run import Order, Spent
from yantra_bot.domain.tiers import Tier
from yantra_bot.errors import YantraError
from yantra_bot.runs.asking import asking
from yantra_bot.runs.codec import StepBug, decode, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

NOTE: Final = "refined plan"
FIRST_CALL: Final = 1_000_000
"""Model calls of a refinement are numbered from here on, apart from those of its run."""

Begin = Callable[[Order, str], Awaitable[None]]
"""Begins the branch of a run."""


NOTHING_SPENT: Final = Spent()
SHARE: Final = 0.5
"""Of what a run may still spend: set aside for the second look, so that both together stay within it."""
LOOK_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 300.0
"""A run that is over waits so long for what goes on beside it: two answers of a slow model."""
UNEXPECTED: Final = "The second look failed unexpectedly; the operator's log has the evidence."


@dataclass(frozen=True, slots=True)
class Refinement:
    """What is to be refined, and by whom. `usd` is what the run has left."""

    task: PlanTask
    plan: Plan
    model: str
    usd: float


@dataclass(frozen=True, slots=True)
class Refined:
    """What came of it: the steps after the first one, or why there are none."""

    rest: Plan | None
    problem: str = ""
    spent: Spent = NOTHING_SPENT


class Refine:
    """The story of the branch."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def __call__(self, context: RunContext, text: str) -> None:
        """Ask for better steps, and leave them, or the reason why there are none, in the run's notes."""
        asked: Refinement = decode(text, Refinement)
        begun = Spent(model_calls=FIRST_CALL)
        at = await context.now()
        talk = Conversation(asked.model, started_at=at, spent=begun, now=at)
        most = self._workshop.limits.budget
        try:
            rest = await propose(
                asked.task,
                talk,
                ask=asking(context, self._workshop, talk),
                budget=Budget(asked.usd, FIRST_CALL + MAX_TRIES, most.tokens, most.seconds),
                estimate=self._workshop.estimate,
                further=(refine_message(asked.plan),),
                least=1,
                most=MOST_STEPS - 1,
            )
            found = Refined(rest)
        except YantraError as problem:
            found = Refined(None, str(problem))
        except StepBug:  # the run waits for what it comes to; the engine's side keeps the evidence
            await self._leave(context, Refined(None, UNEXPECTED, _own(talk)))
            raise
        await self._leave(context, replace(found, spent=_own(talk)))

    async def _leave(self, context: RunContext, found: Refined) -> None:
        async def note() -> None:
            self._workshop.records.note(context.order.run_id, NOTE, encode(found, Refined))

        await context.step("leave refined plan", note, type(None), request=encode(found, Refined), tries=4)


async def choose_quick(context: RunContext, workshop: Workshop, own: str) -> str:
    """Return the model of the fast tier, in a step; the run's `own` where there are no tiers, or a price is needed."""
    chooser = workshop.chooser

    async def choose() -> str:
        quick = own if chooser is None else chooser.of_tier(Tier.FAST)
        must_be_counted = context.order.command.options.budget_usd is not None
        return own if must_be_counted and workshop.estimate.usd(quick, 1) is None else quick

    return await context.step("choose quick model", choose, str)


def _own(talk: Conversation) -> Spent:
    return replace(talk.spent, model_calls=talk.spent.model_calls - FIRST_CALL)


async def wait_for_refined(workshop: Workshop, run_id: str) -> Refined | None:
    """Return what a run's refinement came to; None where it is still under way after PATIENCE_SECONDS."""
    for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
        found = read_refined(workshop, run_id)
        if found is not None:
            return found
        await workshop.clock.sleep(LOOK_SECONDS)
    return None


def read_refined(workshop: Workshop, run_id: str) -> Refined | None:
    """Return what a run's refinement came to, None while it is under way."""
    kept = workshop.records.notes(run_id).get(NOTE)
    return None if kept is None else decode(kept, Refined)


def add_spent(first: Spent, second: Spent) -> Spent:
    """Return what both have used."""
    return Spent(
        usd=first.usd + second.usd,
        input_tokens=first.input_tokens + second.input_tokens,
        output_tokens=first.output_tokens + second.output_tokens,
        model_calls=first.model_calls + second.model_calls,
        tool_calls=first.tool_calls + second.tool_calls,
        unpriced_calls=first.unpriced_calls + second.unpriced_calls,
        kept_answers=first.kept_answers + second.kept_answers,
    )
