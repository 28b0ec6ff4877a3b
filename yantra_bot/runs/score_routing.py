"""Gives a run a stronger model, or ends it, where an earned learned score says that tasks on such code go wrong.

Off unless the operator chose it. The score is of code that is not changed yet, and is judged by what came of runs on
code that was scored so; what came of scores of changes says nothing of it. The choice is a step: what a score has
earned changes with each run, and a run that is put together again has the model that it had. An order that names a
model keeps it.
"""

import asyncio
from typing import Final

from yantra_bot.agent.loop import Conversation
from yantra_bot.domain.run import Order
from yantra_bot.domain.scores import ChangeScore
from yantra_bot.domain.tiers import ScoreRoute, ScoreRouting, Tier
from yantra_bot.errors import UserError
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.money import refuse_unpriced
from yantra_bot.runs.scored import judge_target
from yantra_bot.runs.workshop import Workshop

ROUTE: Final = "choose model by learned score"
WELL: Final = 0.8
"""Above this frequency of tasks that go well the first model is said to do: SPEC 10."""
BADLY: Final = 0.5
"""Below it, not."""


async def route_by_score(context: RunContext, workshop: Workshop, score: ChangeScore | None, talk: Conversation) -> str:
    """Give a run whose task points at what was scored its model, and return why it has another; empty: it has not.

    Raises UserError where the run is refused.
    """
    model, is_off = talk.model, workshop.limits.score_routing is ScoreRouting.OFF
    if is_off or context.order.command.options.model or score is None or not score.symbols:
        return ""

    async def choose() -> ScoreRoute:
        return await asyncio.to_thread(_choose, workshop, context.order.repository.id, score, model)

    route = await context.step(ROUTE, choose, ScoreRoute, request=model, stoppable=True)
    if route.refuses:
        raise UserError(f"{route.why} The operator has such tasks refused. Cure: {_cure(context.order, workshop)}")
    if route.model == model:
        return ""
    refuse_unpriced(workshop, context.order, route.model)
    workshop.records.mark_routed(context.order.run_id)
    talk.model = route.model
    return route.why


def _cure(order: Order, workshop: Workshop) -> str:
    if order.follows is not None:  # nobody ordered it
        return "work on it by hand."
    named = f"`@{workshop.handle} {order.command.verb} --model premium`"
    return f"work on it by hand, or order it with a model that you name: {named}."


def _choose(workshop: Workshop, repository_id: int, score: ChangeScore, model: str) -> ScoreRoute:
    judged = judge_target(workshop.records, repository_id, score)
    if not judged.is_shown or judged.probability is None:
        return ScoreRoute(model, note=f"The learned score chooses no model here: {judged.standing.reason}")
    well = 1 - judged.probability
    if well >= BADLY:
        said = "goes well" if well > WELL else "is open"
        return ScoreRoute(model, note=f"The model stays: by the learned score a task here {said} ({well:.0%}).")
    told = f"By the learned score {well:.0%} of tasks on code like {score.symbols[0].name} go well here"
    if workshop.limits.score_routing is ScoreRouting.REFUSE:
        return ScoreRoute(model, f"{told}.", refuses=True)
    chooser = workshop.chooser
    stronger = "" if chooser is None else chooser.of_tier(Tier.PREMIUM)
    if stronger in ("", model):
        return ScoreRoute(model, note=f"{told}; there is no stronger model than {model}.")
    return ScoreRoute(stronger, f"{told}, so {stronger} worked on it in place of {model}.")
