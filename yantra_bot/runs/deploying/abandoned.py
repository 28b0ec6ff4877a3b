"""A deployment that ended without its story: nobody knows how far it came, so it is locked, and people are told."""

from dataclasses import replace

import structlog

from yantra_bot.chat_ports import Chat
from yantra_bot.deploy_ports import DeploymentState
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.deploying import Deployment
from yantra_bot.domain.deployments import Deployed, EnvironmentLock, LockCause
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import YantraError
from yantra_bot.ports import Forge
from yantra_bot.replies.deploy import endings as say
from yantra_bot.replies.deploy.chat import deploy_message
from yantra_bot.replies.deploy.comment import deploy_comment, deploy_tag
from yantra_bot.runs.codec import decode
from yantra_bot.runs.deploying.orders import environment_of
from yantra_bot.runs.deploying.telling import NOTE
from yantra_bot.runs.workshop import Workshop

_log = structlog.get_logger()


async def tell_abandoned_deployment(
    workshop: Workshop, forge: Forge, order: Order, reason: str, *, chat: Chat | None, alert: str
) -> None:
    """Keep that it ended, lock the environment if anything may have been changed there, then say so everywhere."""
    begun = workshop.records.deployment(order.run_id, environment_of(order))
    is_open = begun is not None and begun.verdict in (None, Verdict.ERROR)
    ending = Ending(Phase.ROLLBACK_FAILED if is_open else Phase.FAILED, say.abandoned(reason, was_begun=is_open))
    if begun is not None and is_open:
        _close(workshop, order, begun, ending.reason)
        await _tell_forge(forge, order, begun, ending.reason)
    shown = _shown(workshop, order, ending)
    if chat is not None and order.chat is not None:
        await chat.put(order.chat, deploy_message(shown), mark=f"deploy:{order.run_id}")
    if chat is not None and alert and is_open:
        await chat.put(ChatPlace("", alert), deploy_message(shown), mark=f"alert:{order.run_id}")
    if order.issue_number:
        await forge.put_comment(order.issue_number, tag=deploy_tag(order), body=deploy_comment(shown))


def _close(workshop: Workshop, order: Order, begun: Deployed, reason: str) -> None:
    at, records = workshop.clock.now(), workshop.records
    records.end_deployment(order.run_id, begun.environment, Verdict.ERROR, reason=reason, at=at)
    lock = EnvironmentLock(
        begun.environment, LockCause.ROLL_OUT, workshop.handle, reason, at, begun.release.commit, order.run_id
    )
    records.lock_environment(order.repository.id, lock)


async def _tell_forge(forge: Forge, order: Order, begun: Deployed, reason: str) -> None:
    """Let the forge's deployment not stay as one that goes on; that it cannot be told is logged."""
    if forge.shipping is None:
        return
    place = Environment(begun.environment, begun.cluster, begun.namespace)
    try:
        number = await forge.shipping.begin(begun.release, place, mark=order.run_id, description=reason[:140])
        await forge.shipping.tell(number, DeploymentState.ERROR, description=reason[:140], log_url="")
    except YantraError as problem:
        _log.warning("the forge does not show that a deployment was given up", problem=str(problem))


def _shown(workshop: Workshop, order: Order, ending: Ending) -> Deployment:
    """Return the deployment as it was told last, ended."""
    note = workshop.records.notes(order.run_id).get(NOTE)
    plain = Deployment(
        order,
        service=order.repository.name,
        environment=environment_of(order),
        page_url=workshop.page_url(order.run_id),
        handle=workshop.handle,
    )
    shown: Deployment = plain if note is None else decode(note, Deployment)
    return replace(shown, ending=ending, asking=None, now="")
