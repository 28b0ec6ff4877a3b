"""How a healing action is ordered: what, of which Deployment. Where follows from the order's incident."""

from typing import Final

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.incidents import HealingKind
from yantra_bot.domain.run import Order
from yantra_bot.errors import Permanent
from yantra_bot.monitor.healing import HEALABLE

HEAL_STORY: Final = "heal"
HEALING: Final = "healing"
"""The note under which a run keeps what it did and what came of it."""


def heal_command(kind: HealingKind, target: str) -> Command:
    """Return the command, such as `heal scale out/shop`."""
    return Command(Verb.HEAL, f"{kind}/{target}")


def ordered(order: Order) -> tuple[HealingKind, str]:
    """Return what is to be done, and the name of the Deployment."""
    kind, _, target = order.command.argument.partition("/")
    if order.command.verb is not Verb.HEAL or kind not in HEALABLE or not target:
        raise Permanent(f"{order.command.argument[:80]!a} is no healing action. Known are: {', '.join(HEALABLE)}.")
    return HealingKind(kind), target
