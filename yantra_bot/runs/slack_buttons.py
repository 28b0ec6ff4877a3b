"""Buttons of our own messages: what is pressed becomes the command that it stands for, about the run that it names.

A button says what its message said when it was made; what counts is what is true now. Nothing is done twice by it: the
decision, the word or the run that follows is stored once, whoever presses, and however often.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from yantra_bot.chat_ports import Chat
from yantra_bot.domain.chat import ChatMessage
from yantra_bot.domain.chat_events import ChatPress
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import Delivery, Origin
from yantra_bot.domain.plan import Means
from yantra_bot.domain.run import Order
from yantra_bot.ports import ForgeFactory
from yantra_bot.replies import slack as say
from yantra_bot.replies.deploy import chat as deploy
from yantra_bot.replies.incident import chat as incidents
from yantra_bot.replies.slack_run import APPROVE, LOG, REJECT, RETRY, STOP, log_message
from yantra_bot.runs.links import Link
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.slack_people import SlackPersons

VERBS_OF_BUTTONS: Final = {
    APPROVE: Verb.APPROVE,
    REJECT: Verb.REJECT,
    STOP: Verb.STOP,
    RETRY: Verb.RETRY,
    deploy.APPROVE: Verb.APPROVE,
    deploy.REJECT: Verb.REJECT,
    deploy.PROMOTE: Verb.PROMOTE,
    deploy.ABORT: Verb.ABORT,
    deploy.ROLLBACK: Verb.ROLLBACK,
    incidents.APPROVE: Verb.APPROVE,
    incidents.REJECT: Verb.REJECT,
}
_NAMES_ENVIRONMENT: Final = frozenset({Verb.PROMOTE, Verb.ABORT, Verb.ROLLBACK})
LOG_LINES: Final = 60


class Buttons:
    """Acts on pressed buttons."""

    def __init__(
        self,
        *,
        persons: SlackPersons,
        obey: Callable[[Command, Place], Awaitable[str]],
        records: Records,
        forge: ForgeFactory,
        talk: Chat,
        handle: str,
    ) -> None:
        self._persons, self._obey, self._records, self._forge = persons, obey, records, forge
        self._talk, self._handle = talk, handle

    async def press(self, delivery: Delivery, event: ChatPress) -> str:
        """Do what a button stands for; the speaker is listened to already. Returns a few words for the record."""
        link = self._persons.link(event.place)
        if link is None:
            return await self._answer(delivery, event, say.not_linked())
        incident = self._records.incident(event.value)
        latest = incident.runs[-1][1] if incident is not None and incident.runs else event.value
        order = self._records.order(latest)
        if (
            order is None
            or order.installation_id == 0
            or (event.action != LOG and event.action not in VERBS_OF_BUTTONS)
        ):
            return await self._answer(delivery, event, say.unknown_button())
        origin = Origin(order.installation_id, order.repository)
        sender = await self._persons.actor(link, origin)
        if sender is None:
            return await self._answer(delivery, event, say.not_linked())
        if event.action == LOG:
            return await self._show_log(delivery, event, order, link)
        if event.action in (APPROVE, REJECT) and not self._records.waits(order.run_id):
            decided = self._records.decision(order.run_id)
            return await self._answer(delivery, event, say.decided_already(decided.by if decided else ""))
        forge = self._forge(order.repository, order.installation_id)
        verb = VERBS_OF_BUTTONS[event.action]
        number = order.issue_number if incident is None else incident.issue
        place = Place(
            origin=origin,
            issue_number=number,
            comment_id=None,
            sender=sender,
            content_key=delivery.content_key,
            forge=forge,
            is_pull_request=bool(number) and (await forge.issue(number)).is_pull_request,
            said_at=delivery.received_at,
            means=Means.BUTTON,
            chat=event.place,
            talk=self._talk,
            run_id=event.value,
        )
        return await self._obey(Command(verb, order.command.argument if verb in _NAMES_ENVIRONMENT else ""), place)

    async def _show_log(self, delivery: Delivery, event: ChatPress, order: Order, link: Link) -> str:
        """Show the last lines of a run in the thread, to who may write where it works."""
        if not await self._persons.may_write(link, Origin(order.installation_id, order.repository)):
            return await self._answer(delivery, event, say.unknown_button())
        self._records.flush_log(order.run_id)
        lines = self._records.lines(order.run_id)[-LOG_LINES:]
        message: ChatMessage = log_message(order, tuple(line.text for line in lines))
        await self._talk.put(event.place.lasting, message, mark=f"log:{delivery.content_key[:16]}")
        return f"showed the log of {order.run_id}"

    async def _answer(self, delivery: Delivery, event: ChatPress, text: str) -> str:
        await self._talk.reply(event.place, text, mark=f"reply:{delivery.content_key[:16]}")
        return text.splitlines()[0][:120]
