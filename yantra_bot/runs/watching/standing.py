"""What the bot may do of its own accord for an incident: what the rules of the default branch let it, read live."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.deploy.eligibility import serving
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.deployments import Approval, Deployed
from yantra_bot.domain.incidents import HealingKind, Incident, Policy
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.repository import Permission
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.ports import Forge
from yantra_bot.runs.records import Records
from yantra_bot.runs.rules import PATH, parse_rules

LEAVING: Final = "leaving"
"""The word before the commit that a roll-back of the bot's own goes back from."""
UNDO: Final = "undo-of-incident"
"""What the order to take a hot-fix back says instead of a reason."""


async def permission_of(order: Order, records: Records, forge: Forge) -> Permission:
    """Return what who asked may do now: a person what the forge says, the bot for an incident what the rules say."""
    incident = records.incident(order.incident) if order.incident else None
    if not order.requested_by.is_bot:
        asked = await forge.permission(order.requested_by.login)
        is_dry = incident is not None and (await _watch(incident, forge)).is_dry
        return Permission.NONE if is_dry else asked
    if incident is None or incident.repository_id != order.repository.id:
        return await forge.permission(order.requested_by.login) if not order.incident else Permission.NONE
    if records.is_paused(order.repository.id):
        return Permission.NONE
    if order.command.verb is Verb.ROLLBACK and UNDO in order.command.argument.split():
        return Permission.WRITE  # what was shipped under approval and did not help is taken back
    watch = await _watch(incident, forge)
    policy = watch.policy(HealingKind.ROLL_BACK if order.command.verb is Verb.ROLLBACK else None)
    may = not watch.is_dry and (policy is Policy.AUTOMATIC or bool(incident.agreed_by))
    return Permission.WRITE if may else Permission.NONE


async def _watch(incident: Incident, forge: Forge) -> Watch:
    return parse_rules(await forge.read_file(PATH)).monitor.of(incident.environment)


def refuse_other(order: Order, history: Sequence[Deployed]) -> None:
    """Raise UserError where a roll-back of the bot's own is for another commit than the one that serves for certain."""
    words = order.command.argument.split()
    if not order.incident or LEAVING not in words:
        return
    leaving, now = words[words.index(LEAVING) + 1 :][:1], serving(history)
    if now is None or [now.release.commit] != leaving:
        raise UserError(
            "Something else serves by now than what this incident is about, so that I go back from nothing."
        )


async def find_approver(records: Records, forge: Forge, incident: Incident) -> Approval:
    """Return the approval by which a hot-fix was shipped. Raises UserError where nobody's counts any more."""
    for approval in records.deployment_approvals(incident.run_of("ship")):
        if approval.pin.commit != incident.fixed_commit:
            continue
        if (await forge.permission(approval.person.login)).may_write:
            return approval
    raise UserError(
        f"Nobody who may write has approved of #{incident.pull_request}, so that merging it is a person's to do."
    )
