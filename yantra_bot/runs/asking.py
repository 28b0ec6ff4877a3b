"""Asking a model as a durable step: an answer that was paid for once is never paid for again, and each is recorded."""

from dataclasses import replace

import structlog
from pydantic import TypeAdapter

from yantra_bot.agent.budget import BudgetSpent
from yantra_bot.agent.loop import Answered, Ask, Conversation
from yantra_bot.domain.behalf import BEHALF
from yantra_bot.domain.conversation import ModelRequest, Usage
from yantra_bot.retrieval.budget import Fill, WindowUse
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

_REQUEST = TypeAdapter(ModelRequest)
DAY = 86_400.0
"""Seconds."""
_log = structlog.get_logger()


def asking(context: RunContext, workshop: Workshop, talk: Conversation, *, shares: bool = False) -> Ask:
    """Return what asks the model of a run; calls are numbered in its record by what `talk` has cost so far.

    `shares`: what another run was answered to the very same request will do, unless the order says `--fresh`.
    """
    order = context.order
    answers = workshop.answers if shares and not order.command.options.fresh else None

    async def ask(request: ModelRequest) -> Answered:
        number = talk.spent.model_calls + 1

        async def answer() -> Answered:
            _tell_room(talk.use)
            _heed_ceilings(workshop, context.order.repository.id)
            kept = None if answers is None else answers.find(order.repository.id, request, run=order.run_id)
            if kept is not None:
                given = replace(kept.answer, usage=Usage(), cost_usd=0.0, seconds=0.0, kept_at=kept.at)
            else:
                BEHALF.set(str(order.repository.id))
                given = await workshop.model(request.model).answer(request)
                if answers is not None:
                    answers.keep(order.repository.id, request, given, run=order.run_id)
            at = workshop.clock.now()
            workshop.records.model_call(context.order.run_id, number, given, at=at)
            return Answered(given, at)

        shown = _REQUEST.dump_json(request).decode()
        return await context.step("model", answer, Answered, request=shown, stoppable=True, tries=2)

    return ask


def _heed_ceilings(workshop: Workshop, repository: int) -> None:
    """Raise BudgetSpent when the day's money is spent; runs that ask at the same moment may each make one call more."""
    limits, since = workshop.limits, workshop.clock.now() - DAY
    if limits.day_usd is not None and workshop.records.spent_since(since) >= limits.day_usd:
        raise BudgetSpent(
            f"the {limits.day_usd:.2f} USD that all runs may cost in 24 hours are spent. The operator can raise "
            "YANTRA_BUDGET_USD_PER_DAY"
        )
    of_repository = limits.repository_day_usd
    if of_repository is not None and workshop.records.spent_since(since, repository=repository) >= of_repository:
        raise BudgetSpent(
            f"the {of_repository:.2f} USD that this repository's runs may cost in 24 hours are spent. The operator can "
            "raise YANTRA_REPOSITORY_BUDGET_USD_PER_DAY"
        )


def _tell_room(use: WindowUse | None) -> None:
    if use is not None:
        tell = _log.info if use.fill is Fill.ROOM else _log.warning
        tell("window", percent=round(use.percent), remaining=use.remaining, use=str(use))
