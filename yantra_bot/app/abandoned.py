"""Says of runs that ended without a story to end them that they did, where they were ordered."""

from yantra_bot.chat_ports import Chat
from yantra_bot.domain.commands import INTERNAL, Verb
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.replies.review import posted
from yantra_bot.replies.run import Progress, progress, progress_tag
from yantra_bot.runs.deploying.abandoned import tell_abandoned_deployment
from yantra_bot.runs.deploying.orders import DEPLOYS
from yantra_bot.runs.workshop import Workshop


async def tell_abandoned(
    workshop: Workshop, order: Order, reason: str, *, chat: Chat | None = None, alert: str = ""
) -> None:
    """Say in the run's own comment that it ended without a story to end it."""
    forge = workshop.forge(order.repository, order.installation_id)
    if order.command.verb in DEPLOYS:
        await tell_abandoned_deployment(workshop, forge, order, reason, chat=chat, alert=alert)
        return
    if order.command.verb in INTERNAL:  # its incident tells what became of it
        return
    if order.command.verb is Verb.REVIEW:
        body = posted.ended(reason, "", workshop.page_url(order.run_id))
        await forge.put_comment(order.issue_number, tag=posted.TAG, body=body)
        return
    shown = Progress(
        order,
        workshop.records.timeline(order.run_id),
        workshop.page_url(order.run_id),
        Ending(Phase.FAILED, reason, spent=workshop.records.spent(order.run_id)),
        workshop.clock.now(),
    )
    await forge.put_comment(order.issue_number, tag=progress_tag(order), body=progress(shown))
