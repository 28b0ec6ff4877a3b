"""Money for several calls at once: each is let through when the budget holds even if all under way cost the most.

Free of effects but for its own state; it waits for calls that end, never for time. One loop uses it.
"""

import asyncio
from dataclasses import dataclass, replace

from yantra_bot.agent.budget import Budget, BudgetSpent, bill, check
from yantra_bot.agent.loop import Estimate, shorten_answer
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest
from yantra_bot.domain.run import Spent


@dataclass(frozen=True, slots=True, eq=False)
class Admitted:
    """A call that may be made, and the most that it can cost (USD; None: not known) and read (tokens)."""

    request: ModelRequest
    usd: float | None
    tokens: int


class Purse:
    """What one part of a run may still spend. `spent` is what is spent already, `seconds` since the run began."""

    def __init__(self, budget: Budget, estimate: Estimate, *, spent: Spent, seconds: float) -> None:
        self._budget, self._estimate, self.spent, self._seconds = budget, estimate, spent, seconds
        self._under_way: set[Admitted] = set()
        self._changed = asyncio.Event()

    async def admit(self, request: ModelRequest) -> Admitted:
        """Return the call when it may be made, its answer shortened where nothing else is under way and money is short.

        Raises BudgetSpent where nothing is under way and it may not be made.
        """
        while True:
            try:
                admitted = self._judge(request)
            except BudgetSpent:
                if not self._under_way:
                    raise
                await self._changed.wait()
                continue
            self._under_way.add(admitted)
            return admitted

    def settle(self, admitted: Admitted, answer: ModelAnswer | None) -> None:
        """Book what a call cost; None where it brought no answer."""
        self._under_way.discard(admitted)
        if answer is not None:
            self.spent = bill(self.spent, answer)
        self._changed.set()
        self._changed = asyncio.Event()

    def _judge(self, request: ModelRequest) -> Admitted:
        tokens = self._estimate.tokens(request)
        usd = self._estimate.usd(request.model, tokens, request.max_output_tokens)
        held = list(self._under_way)
        spent = replace(
            self.spent,
            usd=self.spent.usd + sum(one.usd or 0.0 for one in held),
            input_tokens=self.spent.input_tokens + sum(one.tokens for one in held),
            model_calls=self.spent.model_calls + len(held),
        )
        if held:  # with the longest answer, since there will be more money when the others have cost less
            check(self._budget, spent, seconds=self._seconds, next_input_tokens=tokens, next_usd=usd)
            return Admitted(request, usd, tokens)
        short = shorten_answer(request, spent, seconds=self._seconds, budget=self._budget, estimate=self._estimate)
        return Admitted(short, self._estimate.usd(request.model, tokens, short.max_output_tokens), tokens)
