"""Asking a model as a durable step: an answer that was paid for once is never paid for again, and each is recorded."""

from collections.abc import Sequence
from dataclasses import replace

import structlog
from pydantic import TypeAdapter

from yantra_bot.agent.batch import AskAll, Tried, ask_many, try_one
from yantra_bot.agent.budget import BudgetSpent
from yantra_bot.agent.loop import Answered, Ask, Conversation
from yantra_bot.agent.purse import Purse
from yantra_bot.domain.behalf import BEHALF
from yantra_bot.domain.conversation import ModelRequest, Usage
from yantra_bot.domain.run import Order
from yantra_bot.errors import Transient
from yantra_bot.retrieval.budget import Fill, WindowUse
from yantra_bot.runs.answers import AnswerCache
from yantra_bot.runs.batches import KeptBatch
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

BATCH = "models"
"""The step of several calls at once."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before a call of many is made once more."""
_REQUEST = TypeAdapter(ModelRequest)
_REQUESTS = TypeAdapter(tuple[ModelRequest, ...])
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
            answered = await answer_request(workshop, context.order, request, answers)
            workshop.records.model_call(context.order.run_id, number, answered.answer, at=answered.at)
            return answered

        shown = _REQUEST.dump_json(request).decode()
        return await context.step("model", answer, Answered, request=shown, stoppable=True, tries=2)

    return ask


def asking_all(context: RunContext, workshop: Workshop, talk: Conversation, *, shares: bool = False) -> AskAll:
    """Return what asks the model of a run several things at once, in one step; one thing is asked as `asking` does.

    Each answer is kept as soon as it is there: a kill before the last one costs no more than what was under way.
    """
    order = context.order
    answers = workshop.answers if shares and not order.command.options.fresh else None
    ask_one = asking(context, workshop, talk, shares=shares)

    async def ask_all(requests: Sequence[ModelRequest], purse: Purse) -> Sequence[Tried]:
        if len(requests) == 1:
            return (await try_one(ask_one, requests[0], purse),)
        first = talk.spent.model_calls + 1

        async def work() -> tuple[Tried, ...]:
            kept = KeptBatch(workshop.records, order.run_id, first)

            async def ask(at: int, request: ModelRequest) -> Answered:
                known = kept.find(at, request)
                if known is not None:
                    return known
                answered = await _answer_patiently(workshop, order, request, answers)
                kept.keep(at, request, answered)
                return answered

            return await ask_many(requests, ask, purse)

        shown = _REQUESTS.dump_json(tuple(requests)).decode()
        return await context.step(BATCH, work, tuple[Tried, ...], request=shown, stoppable=True)

    return ask_all


async def _answer_patiently(
    workshop: Workshop, order: Order, request: ModelRequest, answers: AnswerCache | None
) -> Answered:
    """Ask, and once more after a while where that may help: one call of many is no reason to make all anew."""
    try:
        return await answer_request(workshop, order, request, answers)
    except Transient as problem:
        await workshop.clock.sleep(min(LONGEST_WAIT, problem.retry_after or FIRST_WAIT))
        return await answer_request(workshop, order, request, answers)


async def answer_request(
    workshop: Workshop, order: Order, request: ModelRequest, answers: AnswerCache | None
) -> Answered:
    """Return what another run was answered to the very same request, else the model's own answer."""
    _heed_ceilings(workshop, order.repository.id)
    kept = None if answers is None else answers.find(order.repository.id, request, run=order.run_id)
    if kept is not None:
        given = replace(kept.answer, usage=Usage(), cost_usd=0.0, seconds=0.0, kept_at=kept.at)
    else:
        BEHALF.set(str(order.repository.id))
        given = await workshop.model(request.model).answer(request)
        if answers is not None:
            answers.keep(order.repository.id, request, given, run=order.run_id)
    return Answered(given, workshop.clock.now())


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
