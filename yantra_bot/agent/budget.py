"""What a run may spend, and what it has spent: judged before every call, never after.

Pure. An interruption is an exception that carries what was spent, so that the run can end in partial results.
"""

from dataclasses import dataclass, replace

from yantra_bot.agent.unfinished import Unfinished
from yantra_bot.domain.conversation import ModelAnswer
from yantra_bot.domain.run import Spent


@dataclass(frozen=True, slots=True)
class Budget:
    """Ceilings of one run: USD, model calls, tokens (in and out together), seconds since it began to work."""

    usd: float
    steps: int
    tokens: int
    seconds: float


class BudgetSpent(Unfinished):
    """The next call would go over a ceiling. Cure: order again with a larger `--budget`, or raise the setting."""


def bill(spent: Spent, answer: ModelAnswer) -> Spent:
    """Return `spent` with one answer added."""
    usage = answer.usage
    return replace(
        spent,
        usd=spent.usd + (answer.cost_usd or 0.0),
        input_tokens=spent.input_tokens + usage.input + usage.cache_read + usage.cache_write,
        output_tokens=spent.output_tokens + usage.output,
        model_calls=spent.model_calls + 1,
        tool_calls=spent.tool_calls + len(answer.tool_calls),
        unpriced_calls=spent.unpriced_calls + (answer.cost_usd is None),
        kept_answers=spent.kept_answers + (answer.kept_at is not None),
    )


def check(budget: Budget, spent: Spent, *, seconds: float, next_input_tokens: int, next_usd: float | None) -> None:
    """Raise BudgetSpent when the next model call may not be made.

    `next_input_tokens` is what the next request holds, `next_usd` the most that it can cost (None: not known).
    """
    if spent.model_calls >= budget.steps:
        raise BudgetSpent(f"the limit of {budget.steps} model calls is reached")
    if spent.input_tokens + spent.output_tokens + next_input_tokens > budget.tokens:
        raise BudgetSpent(f"the next call would go over the limit of {budget.tokens:,} tokens")
    if seconds >= budget.seconds:
        raise BudgetSpent(f"the limit of {budget.seconds / 60:.0f} minutes is reached")
    if spent.usd + (next_usd or 0.0) > budget.usd or spent.usd >= budget.usd:
        raise BudgetSpent(f"the next call would go over the budget of {budget.usd:.2f} USD ({spent.usd:.2f} are spent)")
