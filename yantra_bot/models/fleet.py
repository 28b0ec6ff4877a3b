"""Several models behind one: who fails or is left alone is followed by the next, with the same conversation.

A conversation is the same value for all vendors, so that a run goes on in its middle. What a refusal of the model or
of the request means is decided by who raised it: another vendor is not asked for what one declined.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from yantra_bot.domain.abandoned import ABANDONED
from yantra_bot.domain.behalf import BEHALF
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest, Usage
from yantra_bot.errors import Transient, YantraError
from yantra_bot.models.breaker import Breaker
from yantra_bot.models.bucket import Gate
from yantra_bot.models.caller import Unanswered
from yantra_bot.models.costs import add_usage
from yantra_bot.models.retry import Unusable
from yantra_bot.ports import Model

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Member:
    """One vendor's door and its breaker. `model` is what it is asked for; empty: what the request names."""

    door: Model
    breaker: Breaker
    model: str = ""
    gate: Gate | None = None
    """What keeps calls within the vendor's limits."""


class Fleet:
    """Answers by the first member that does. The first is who was asked for, the others stand in."""

    def __init__(self, members: Sequence[Member], *, tokens: Callable[[ModelRequest], int] = lambda request: 0) -> None:
        """`tokens` says how many a request has, for the gates."""
        self._members = tuple(members)
        self._tokens = tokens

    async def answer(self, request: ModelRequest, *, on_text: Callable[[str], None] | None = None) -> ModelAnswer:
        """Return an answer, billed with what the tries before it cost. Raises as `Model.answer`."""
        used = Usage()
        cost: float | None = 0.0
        problems: list[YantraError] = []
        for member in self._members:
            breaker = member.breaker
            if not breaker.admits():
                problems.append(_left_alone(breaker))
                continue
            asked = replace(request, model=member.model or request.model)
            try:
                with breaker.watch():
                    answer = await self._ask(member, asked, on_text)
            except asyncio.CancelledError:
                if used != Usage():
                    ABANDONED.get()(used, cost)
                raise
            except (Transient, Unusable) as problem:
                problems.append(problem)
                if isinstance(problem, Unanswered):
                    used, cost = add_usage(used, problem.usage), _add(cost, problem.cost_usd)
                continue
            if problems:
                _log.warning("another model stands in", asked=request.model, answered=answer.model)
            return replace(answer, usage=add_usage(used, answer.usage), cost_usd=_add(cost, answer.cost_usd))
        raise _nobody(problems, used, cost)

    async def _ask(self, member: Member, request: ModelRequest, on_text: Callable[[str], None] | None) -> ModelAnswer:
        """Ask one when its vendor's limits allow it."""
        gate = member.gate
        if gate is None:
            return await member.door.answer(request, on_text=on_text)
        tokens = self._tokens(request)
        await gate.enter(tokens, behalf=BEHALF.get())
        answer = await member.door.answer(request, on_text=on_text)
        gate.settle(tokens, answer.usage)
        return answer


def _add(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _left_alone(breaker: Breaker) -> Transient:
    left = breaker.seconds_left()
    return Transient(
        f"{breaker.vendor} brought no answer several times in a row and is left alone for a while. "
        "The run can go on once it does.",
        retry_after=left or None,
    )


def _nobody(problems: Sequence[YantraError], used: Usage, cost: float | None) -> YantraError:
    """Return what a call ends with: the only problem as it was, or all of them in one."""
    if len(problems) == 1:
        return problems[0]
    waits = [one.retry_after for one in problems if isinstance(one, Transient) and one.retry_after is not None]
    told = Transient(" ".join(map(str, problems)), retry_after=min(waits, default=None))
    return Unanswered(told, used, cost)
