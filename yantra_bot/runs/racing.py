"""A race of two models as one durable step: both costs are booked, and how it went is kept for the next ones.

Plans and questions alone are raced, where the operator switched it on and no order names a model; the first call of
each, and no other.
"""

from dataclasses import replace
from typing import Final

from pydantic import TypeAdapter

from yantra_bot.agent.loop import Answered, Ask, Conversation, Estimate
from yantra_bot.agent.racing import Judge, race
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest
from yantra_bot.domain.race import LOOKED_BACK, Kind, Race, Racers, set_bar, usual_seconds
from yantra_bot.domain.tiers import Tier
from yantra_bot.runs.asking import answer_request, asking
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

CHOICE: Final = "choose racers"
STEP: Final = "race"
NOTE: Final = "race"
_REQUEST = TypeAdapter(ModelRequest)


class BothCosts:
    """Counts what both models of a race may cost. Implements `agent.loop.Estimate`."""

    def __init__(self, estimate: Estimate, racers: Racers) -> None:
        self._estimate, self._racers = estimate, racers

    def tokens(self, request: ModelRequest) -> int:
        return self._estimate.tokens(request)

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        """Return the most that a call of both can cost together; None where one has no known price."""
        both = [self._estimate.usd(one, input_tokens, output_tokens) for one in (self._racers.quick, model)]
        known = [one for one in both if one is not None]
        return sum(known) if len(known) == len(both) else None

    def counted(self, text: str, model: str) -> int:
        return self._estimate.counted(text, model)

    def room(self, model: str) -> int:
        return min(self._estimate.room(self._racers.quick), self._estimate.room(model))


async def choose_racers(context: RunContext, workshop: Workshop, kind: Kind) -> Racers | None:
    """Return who races, chosen in a step; None where nobody does."""
    chooser, options = workshop.chooser, context.order.command.options
    if not workshop.limits.races or chooser is None or options.model:
        return None

    async def choose() -> Racers | None:
        quick, strong = chooser.of_tier(Tier.FAST), chooser.of_tier(Tier.PREMIUM)
        prices = [workshop.estimate.usd(model, 1) for model in (quick, strong)]
        if quick == strong or (options.budget_usd is not None and None in prices):
            return None
        records = workshop.records
        bar = set_bar(records.races(LOOKED_BACK), kind)
        return Racers(quick, strong, bar, usual_seconds(records.call_seconds(strong, LOOKED_BACK)))

    return await context.step(CHOICE, choose, Racers | None)


class Racing:
    """What asks in a race: the first call is one, all others are made by `ask`."""

    def __init__(
        self, context: RunContext, workshop: Workshop, talk: Conversation, racers: Racers, kind: Kind, ask: Ask
    ) -> None:
        self._context, self._workshop, self._talk = context, workshop, talk
        self._racers, self._kind, self._ask = racers, kind, ask
        self._race: Race | None = None
        self._has_begun = False

    def asking(self, judge: Judge) -> Ask:
        """Return what asks; `judge` says how sure a first answer is."""

        async def ask(request: ModelRequest) -> Answered:
            if self._has_begun:
                return await self._ask(request)
            self._has_begun = True
            number, context = self._talk.spent.model_calls + 1, self._context

            async def work() -> Answered:
                return await self._run(request, judge, number)

            shown = _REQUEST.dump_json(request).decode()
            answered = await context.step(STEP, work, Answered, request=shown, stoppable=True, tries=2)
            self._race = answered.race
            return answered

        return ask

    async def tell(self, fared: bool | None) -> None:
        """Keep how a quick answer that was taken turned out, for the bar of the next races; None: nobody knows."""
        race_run = self._race
        if race_run is None or not race_run.took_quick or fared is None:
            return
        told = encode(replace(race_run, fared=fared), Race)

        async def keep() -> None:
            self._workshop.records.note(self._context.order.run_id, NOTE, told)

        await self._context.step("race fared", keep, type(None), request=told)

    async def _run(self, request: ModelRequest, judge: Judge, number: int) -> Answered:
        workshop, racers, run_id = self._workshop, self._racers, self._context.order.run_id

        async def call(model: str) -> ModelAnswer:
            return (await answer_request(workshop, self._context.order, replace(request, model=model), None)).answer

        won = await race(
            (racers.quick, lambda: call(racers.quick)),
            (racers.strong, lambda: call(racers.strong)),
            judge,
            bar=racers.bar,
            clock=workshop.clock,
        )
        at = workshop.clock.now()
        workshop.records.model_call(run_id, number, won.answer, at=at)
        if won.lost is not None:
            workshop.records.model_call(run_id, number + 1, won.lost, at=at)
        usual = racers.usual_seconds if won.took_quick else None
        how = Race(
            self._kind,
            racers.quick,
            racers.strong,
            won.took_quick,
            racers.bar,
            won.confidence,
            won.seconds,
            None if usual is None else max(0.0, usual - won.seconds),
            0.0 if won.lost is None else won.lost.cost_usd,
        )
        workshop.records.note(run_id, NOTE, encode(how, Race))
        workshop.note(run_id, how.line)
        return Answered(won.answer, at, won.lost, how)


def arrange(
    context: RunContext,
    workshop: Workshop,
    talk: Conversation,
    racers: Racers | None,
    kind: Kind,
    judge: Judge,
    *,
    shares: bool = False,
) -> tuple[Ask, Estimate, Racing | None]:
    """Return what asks and what counts, with the race if there is one."""
    ask, estimate = asking(context, workshop, talk, shares=shares), workshop.estimate
    if racers is None:
        return ask, estimate, None
    racing = Racing(context, workshop, talk, racers, kind, ask)
    return racing.asking(judge), BothCosts(estimate, racers), racing
