"""What the bot may do of its own accord for an incident: what the rules of the default branch let it, read live."""

from typing import Final

from yantra_bot.domain.commands import Verb
from yantra_bot.domain.deployments import Approval
from yantra_bot.domain.incidents import HealingKind, Incident, Policy
from yantra_bot.domain.repository import Permission
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.ports import Forge
from yantra_bot.runs.records import Records
from yantra_bot.runs.rules import PATH, parse_rules

UNDO: Final = "undo-of-incident"
"""What the order to take a hot-fix back says instead of a reason."""


async def permission_of(order: Order, records: Records, forge: Forge) -> Permission:
    """Return what who asked may do now: a person what the forge says, the bot for an incident what the rules say."""
    if not (order.incident and order.requested_by.is_bot):
        return await forge.permission(order.requested_by.login)
    incident = records.incident(order.incident)
    if incident is None or incident.repository_id != order.repository.id:
        return Permission.NONE
    if records.is_paused(order.repository.id):
        return Permission.NONE
    if order.command.verb is Verb.ROLLBACK and UNDO in order.command.argument.split():
        return Permission.WRITE  # what was shipped under approval and did not help is taken back
    watch = parse_rules(await forge.read_file(PATH)).monitor.of(incident.environment)
    policy = watch.policy(HealingKind.ROLL_BACK if order.command.verb is Verb.ROLLBACK else None)
    may = not watch.is_dry and (policy is Policy.AUTOMATIC or bool(incident.agreed_by))
    return Permission.WRITE if may else Permission.NONE


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
