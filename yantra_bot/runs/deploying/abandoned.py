"""A deployment that ended without its story: nobody knows how far it came, so it is locked, and people are told."""

from yantra_bot.domain.deployments import EnvironmentLock, LockCause
from yantra_bot.domain.run import Order
from yantra_bot.ports import Forge
from yantra_bot.replies.deploy import orders as say
from yantra_bot.replies.deploy.comment import deploy_tag
from yantra_bot.runs.deploying.orders import environment_of
from yantra_bot.runs.workshop import Workshop


async def tell_abandoned_deployment(workshop: Workshop, forge: Forge, order: Order, reason: str) -> None:
    """Lock the environment if anything may have been changed there, then say so where it was asked for."""
    records, name = workshop.records, environment_of(order)
    begun = records.deployment(order.run_id, name)
    if begun is not None and begun.verdict is None:
        lock = EnvironmentLock(
            name, LockCause.ROLL_OUT, workshop.handle, reason, workshop.clock.now(), begun.release.commit, order.run_id
        )
        records.lock_environment(order.repository.id, lock)
    if order.issue_number:
        body = say.abandoned(name, reason, workshop.page_url(order.run_id), was_begun=begun is not None)
        await forge.put_comment(order.issue_number, tag=deploy_tag(order), body=body)
