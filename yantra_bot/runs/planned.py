"""Which runs plan before they change anything, and what their parts share."""

from collections.abc import Callable
from dataclasses import dataclass

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Conversation
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Order
from yantra_bot.ports import Forge
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import Reading
from yantra_bot.runs.refining import Begin
from yantra_bot.runs.workshop import Workshop


def wants_plan(order: Order) -> bool:
    """Tell whether a run was ordered to plan before it changes anything."""
    options = order.command.options
    return order.command.verb is Verb.PLAN or options.plan or options.head_start


@dataclass(frozen=True, slots=True)
class Tools:
    """What the parts of one run share, and what planning works with."""

    context: RunContext
    workshop: Workshop
    forge: Forge
    bench: Bench
    announcer: Announcer
    talk: Conversation
    """The run's own conversation: its money and its clock are the plan's, too."""
    budget: Callable[[Reading], Budget]
    begin: Begin | None = None
    """Begins what goes on beside the run; None where nothing can."""
