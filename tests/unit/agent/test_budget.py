"""Budgets are judged before the money is spent."""

import pytest

from yantra_bot.agent.budget import Budget, BudgetSpent, bill, check
from yantra_bot.domain.conversation import ModelAnswer, StopReason, ToolCall, Usage
from yantra_bot.domain.run import Spent

BUDGET = Budget(usd=1.0, steps=3, tokens=1_000, seconds=60)


def answer(cost: float | None = 0.5) -> ModelAnswer:
    usage = Usage(input=10, output=5, cache_read=100, cache_write=7)
    return ModelAnswer("m", (ToolCall("1", "diff", {}),), StopReason.TOOL_CALLS, usage, cost, "r", 1.0)


def test_an_answer_is_billed_with_what_the_cache_took() -> None:
    """Tokens read from and written to a cache were sent too."""
    assert bill(Spent(), answer()) == Spent(usd=0.5, input_tokens=117, output_tokens=5, model_calls=1, tool_calls=1)


def test_a_call_of_unknown_price_is_counted_as_such() -> None:
    """An unknown price is never taken for nothing."""
    assert bill(Spent(), answer(None)).unpriced_calls == 1


@pytest.mark.parametrize(
    ("spent", "seconds", "tokens", "usd", "word"),
    [
        (Spent(model_calls=3), 0, 1, 0.0, "3 model calls"),
        (Spent(input_tokens=900), 0, 101, 0.0, "1,000 tokens"),
        (Spent(), 60, 1, 0.0, "minutes"),
        (Spent(usd=0.9), 0, 1, 0.2, "1.00 USD"),
        (Spent(usd=1.0), 0, 1, None, "1.00 USD"),
    ],
)
def test_a_call_over_a_ceiling_is_refused(
    spent: Spent, seconds: float, tokens: int, usd: float | None, word: str
) -> None:
    """Each ceiling is named when it is reached."""
    with pytest.raises(BudgetSpent, match=word):
        check(BUDGET, spent, seconds=seconds, next_input_tokens=tokens, next_usd=usd)


def test_a_call_within_all_ceilings_is_allowed() -> None:
    """Nothing is said while there is room."""
    check(BUDGET, Spent(usd=0.5, model_calls=2), seconds=59, next_input_tokens=10, next_usd=0.4)
