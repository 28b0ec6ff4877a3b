"""Which model a run is given: the one its order names, that of the tier it names, or what the router chooses.

A choice is a step of its own, so that a run that is resumed or told again has the same model. An order that names a
model, or names nothing where nobody chooses, takes no step.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from yantra_bot.domain.tiers import Chosen, Tier, find_tier
from yantra_bot.errors import Transient
from yantra_bot.ports import Forge
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.workshop import Workshop

CHOICE: Final = "choose model"
ORDERED: Final = "The order names the tier."
TRIES: Final = 4


async def read_task(context: RunContext, forge: Forge) -> str:
    """Return what an order asks for: the issue's words and its own."""
    issue = await forge.issue(context.order.issue_number)
    return f"{issue.title}\n\n{issue.body}\n\n{context.order.command.argument}".strip()


async def choose_model(context: RunContext, workshop: Workshop, read: Callable[[], Awaitable[str]] | None) -> str:
    """Return the model of a run. `read` brings what is asked for; None where the router has no say."""
    asked, chooser = context.order.command.options.model, workshop.chooser
    tier = find_tier(asked)
    if chooser is None or (tier is None and (asked or read is None or not chooser.routes)):
        return asked or workshop.default_model

    async def choose() -> Chosen:
        if tier is not None:
            return Chosen(chooser.of_tier(tier), tier, ORDERED)
        try:
            route = await chooser.route(await read() if read is not None else "")
        except Transient:
            raise
        except Exception as problem:  # noqa: BLE001 (whatever is wrong with a router, the usual model does the work)
            return Chosen(
                chooser.of_tier(Tier.BALANCED), Tier.BALANCED, f"The router failed: {type(problem).__name__}."
            )
        return Chosen(chooser.of_tier(route.tier), route.tier, route.why)

    chosen = await context.step(CHOICE, choose, Chosen, request=asked or "", stoppable=True, tries=TRIES)
    return chosen.model
