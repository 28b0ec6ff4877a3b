"""A model's part of a review from a terminal: no server and no durable run, the same rules and the same budget."""

from collections.abc import Sequence
from dataclasses import replace

from yantra_bot import artefacts
from yantra_bot.agent.batch import Tried, ask_many
from yantra_bot.agent.loop import Answered, Conversation
from yantra_bot.agent.purse import Purse
from yantra_bot.app.workshop import access_of, limits_of
from yantra_bot.clock import SystemClock
from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.domain.review import Review
from yantra_bot.domain.tiers import Tier
from yantra_bot.errors import UserError
from yantra_bot.models.vendors import Vendors
from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.runs.remarks import add_remarks
from yantra_bot.settings import Settings


async def remark(
    settings: Settings, review: Review, *, usd: float | None, agents: str, tier: Tier | None = None
) -> Review:
    """Return the review with the remarks of a tier's model, for at most `usd`; None: the settings' model and budget.

    Raises SettingsError where no model is configured, UserError where money is set for one whose price is not known.
    """
    clock = SystemClock()
    vendors = Vendors(access_of(settings), tokenizers=Tokenizers(artefacts.path("token-ranks")), clock=clock)
    model = vendors.default if tier is None else vendors.of_tier(tier)
    try:
        if usd is not None and vendors.usd(model, 1) is None:
            raise UserError(
                f"The price of {model} is not known here, so --budget cannot be held. Leave it out; the "
                "limits on calls, tokens and minutes hold all the same."
            )

        async def ask(_: int, request: ModelRequest) -> Answered:
            return Answered(await vendors(request.model).answer(request), clock.now())

        async def ask_all(requests: Sequence[ModelRequest], purse: Purse) -> Sequence[Tried]:
            return await ask_many(requests, ask, purse)

        budget = limits_of(settings).budget
        talk = Conversation(model, started_at=clock.now(), now=clock.now())
        most = budget.usd if usd is None else min(usd, budget.usd)
        return await add_remarks(
            review, talk, ask_all=ask_all, budget=replace(budget, usd=most), estimate=vendors, agents=agents
        )
    finally:
        await vendors.close()
