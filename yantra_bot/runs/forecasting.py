"""What a plan may take: by the price table, and by what earlier runs of the repository took. Told as a step."""

from dataclasses import replace
from typing import Final

from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.domain.plan import Forecast, Plan
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

EARLIER_RUNS: Final = 5
TOKENS_A_TURN: Final = 1_500
"""By how much a conversation grows with each turn, about."""
OUTPUT_A_TURN: Final = 600


async def foresee(context: RunContext, workshop: Workshop, plan: Plan, *, model: str) -> Forecast:
    """Return what the steps of a plan may take with a model."""

    async def look() -> Forecast:
        turns = plan.turns
        first = ModelRequest(model, "", (), (), OUTPUT_A_TURN)
        begun = workshop.estimate.tokens(first) + workshop.limits.context_tokens
        tokens = turns * begun + TOKENS_A_TURN * turns * (turns - 1) // 2
        usd = workshop.estimate.usd(model, tokens, OUTPUT_A_TURN * turns)
        earlier = workshop.records.earlier_runs(context.order.repository.id, limit=EARLIER_RUNS)
        return replace(earlier, turns=turns, usd=usd)

    return await context.step("forecast", look, Forecast, request=encode(plan, Plan))
