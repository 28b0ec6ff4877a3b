"""Has a model put a diagnosis into words, where there is one. No failure of it ends the diagnosis."""

from dataclasses import replace
from typing import Final

from yantra_bot.agent.budget import BudgetSpent
from yantra_bot.agent.diagnosing.claims import REPORT, SYSTEM, Wording, first_message, read_wording
from yantra_bot.agent.loop import Conversation, spend
from yantra_bot.domain.incidents import Diagnosis
from yantra_bot.domain.run import Spent
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.runs.asking import asking
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

MOST_TOKENS: Final = 2_000
_PROBLEMS: Final = (UserError, Permanent, Transient, StepBug, BudgetSpent)


async def word(context: RunContext, workshop: Workshop, found: Diagnosis) -> tuple[Diagnosis, Spent]:
    """Return the diagnosis with a narrative whose claims hold, and what that cost."""

    async def choose() -> str:
        return workshop.default_model

    model = await context.step("choose wording", choose, str, stoppable=True)
    if not model or not found.evidence:
        return found, Spent()
    talk = Conversation(model, SYSTEM, (REPORT.spec,))
    talk.messages = [first_message(found)]
    talk.started_at = talk.now = await context.now()
    try:
        wording = await _ask(context, workshop, talk, found)
    except _PROBLEMS as problem:
        workshop.note(context.order.run_id, f"No model put it into words: {problem}")
        return found, talk.spent
    if wording.dropped:
        line = f"{wording.dropped} claims of the model were dropped: they rest on nothing that was found."
        workshop.note(context.order.run_id, line)
    return replace(found, narrative=wording.narrative), talk.spent


async def _ask(context: RunContext, workshop: Workshop, talk: Conversation, found: Diagnosis) -> Wording:
    ask, limits = asking(context, workshop, talk), workshop.limits
    answer = await spend(talk, ask=ask, budget=limits.budget, estimate=workshop.estimate, most=MOST_TOKENS)
    call = next((one for one in answer.tool_calls if one.name == REPORT.name), None)
    if call is None:
        raise UserError("it gave no report.")
    return read_wording(call.arguments or {}, found)
