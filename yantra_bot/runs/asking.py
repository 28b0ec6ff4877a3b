"""Asking a model as a durable step: an answer that was paid for once is never paid for again, and each is recorded."""

import structlog
from pydantic import TypeAdapter

from yantra_bot.agent.loop import Answered, Ask, Conversation
from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.retrieval.budget import Fill, WindowUse
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

_REQUEST = TypeAdapter(ModelRequest)
_log = structlog.get_logger()


def asking(context: RunContext, workshop: Workshop, talk: Conversation) -> Ask:
    """Return what asks the model of a run; calls are numbered in its record by what `talk` has cost so far."""

    async def ask(request: ModelRequest) -> Answered:
        number = talk.spent.model_calls + 1

        async def answer() -> Answered:
            _tell_room(talk.use)
            given = await workshop.model(request.model).answer(request)
            at = workshop.clock.now()
            workshop.records.model_call(context.order.run_id, number, given, at=at)
            return Answered(given, at)

        shown = _REQUEST.dump_json(request).decode()
        return await context.step("model", answer, Answered, request=shown, stoppable=True, tries=2)

    return ask


def _tell_room(use: WindowUse | None) -> None:
    if use is not None:
        tell = _log.info if use.fill is Fill.ROOM else _log.warning
        tell("window", percent=round(use.percent), remaining=use.remaining, use=str(use))
