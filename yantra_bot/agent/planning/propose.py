"""Asking a model for a plan: one bounded call, and one more where the first answer is no plan.

Free of effects: asking is handed in as a durable step. It never calls another tool than `plan`.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Ask, Conversation, Estimate, spend
from yantra_bot.agent.planning.prompts import PlanTask, first_message, system_text, wrong_message
from yantra_bot.agent.planning.reading import read_plan
from yantra_bot.agent.planning.tools import PLAN
from yantra_bot.domain.conversation import Message, ModelAnswer, Role, StopReason, Text, ToolResult
from yantra_bot.domain.plan import LEAST_STEPS, MOST_STEPS, Plan
from yantra_bot.errors import UserError

MAX_TRIES: Final = 2
MAX_OUTPUT_TOKENS: Final = 4_000


class NoPlan(UserError):
    """The model made no plan that can be followed. Cure: order again, with more said of what is wanted."""


async def propose(
    task: PlanTask,
    talk: Conversation,
    *,
    ask: Ask,
    budget: Budget,
    estimate: Estimate,
    further: Sequence[Message] = (),
    least: int = LEAST_STEPS,
    most: int = MOST_STEPS,
) -> Plan:
    """Return a plan. `further` are turns after the first, such as the changes that a person wants.

    `talk` carries model, clock and cost, and is begun anew. Raises NoPlan, BudgetSpent and what asking raises.
    """
    talk.system, talk.tools = system_text(task), (PLAN.spec,)
    talk.messages = [first_message(task), *further]
    problem = ""
    for _ in range(MAX_TRIES):
        answer = await spend(talk, ask=ask, budget=budget, estimate=estimate, most=MAX_OUTPUT_TOKENS)
        try:
            return read_plan(_arguments_of(answer), least=least, most=most)
        except UserError as wrong:
            problem = str(wrong)
            talk.messages.append(_refuse(answer, problem))
    raise NoPlan(f"The model made no plan that can be followed. What was wrong with its last one: {problem}")


def weigh_plan(answer: ModelAnswer) -> float | None:
    """Return how sure the model is of its plan, by its own word; None where it gave none that can be followed."""
    try:
        return read_plan(_arguments_of(answer)).confidence
    except UserError:
        return None


def _arguments_of(answer: ModelAnswer) -> dict[str, object]:
    if answer.stop_reason is StopReason.MAX_TOKENS:
        raise UserError("The answer was cut off at its length limit: make the plan shorter.")
    calls = [call for call in answer.tool_calls if call.name == PLAN.name]
    if len(calls) != 1 or calls[0].arguments is None:
        raise UserError("The answer has to be one call of the tool `plan`, with whole arguments.")
    return calls[0].arguments


def _refuse(answer: ModelAnswer, problem: str) -> Message:
    """Answer every call, as vendors want it."""
    words = wrong_message(problem)
    results = tuple(ToolResult(call.id, words, True) for call in answer.tool_calls)
    return Message(Role.USER, results or (Text(words),))
