"""Slack's side of control, out of the settings: what speaks there, what listens, and what tells of runs."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from yantra_bot.app.workshop import Materials
from yantra_bot.chat_ports import ChatPeople, Directory, Windows
from yantra_bot.ports import Inbox
from yantra_bot.runs.dispatcher import Dispatcher
from yantra_bot.runs.orders import Orders
from yantra_bot.runs.slack_listening import SlackListener
from yantra_bot.runs.slack_outbox import SlackOutbox
from yantra_bot.runs.slack_people import SlackPersons
from yantra_bot.runs.slack_progress import SlackProgress
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings
from yantra_bot.slack_settings import has_slack
from yantra_bot.webhooks.slack_policy import ChatRules

Part = Coroutine[Any, Any, None]


@dataclass(frozen=True, slots=True)
class SlackSide:
    """One connected Slack. `talk` never fails and never waits: it keeps what is said, and a part of control says it."""

    talk: SlackOutbox
    people: ChatPeople
    windows: Windows
    listen: Callable[[Inbox], list[Part]]
    """Returns what listens over a connection of our own; nothing where the door does."""


@asynccontextmanager
async def open_slack(settings: Settings, materials: Materials) -> AsyncIterator[SlackSide | None]:
    """Connect to Slack, None where no bot token is set. Nothing is asked of Slack yet."""
    if not has_slack(settings):
        yield None
        return
    # Half a second of imports that a server without Slack does without.
    from yantra_bot.slack.api import SlackApi
    from yantra_bot.slack.client import SlackChat
    from yantra_bot.slack.people import SlackPeople

    records, clock = materials.records, materials.clock
    api = SlackApi(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_url, ca_file=settings.ca_file)
    talk = SlackOutbox(SlackChat(api, records, clock, hooks_url=settings.slack_hooks_url), records, clock)
    people = SlackPeople(api)

    def listen(inbox: Inbox) -> list[Part]:
        app_token = settings.slack_app_token.get_secret_value()
        if not app_token:
            return []
        from yantra_bot.slack.socket_mode import SocketMode

        return [SocketMode(api, app_token, inbox, clock).run()]

    try:
        yield SlackSide(talk, people, people, listen)
    finally:
        await api.close()


def connect_slack(
    side: SlackSide | None,
    settings: Settings,
    workshop: Workshop,
    *,
    dispatcher: Dispatcher,
    orders: Orders,
    directory: Callable[[], Directory],
    inbox: Inbox,
    models: tuple[str, ...],
) -> list[Part]:
    """Let the dispatcher hear Slack; return what control has to run for it."""
    if side is None:
        return []
    persons = SlackPersons(
        people=side.people,
        directory=directory(),
        forge=workshop.forge,
        records=workshop.records,
        rules=ChatRules(frozenset(settings.slack_teams), frozenset(settings.slack_users)),
        repositories=settings.repositories,
    )
    listener = SlackListener(
        persons=persons,
        obey=dispatcher.obey,
        records=workshop.records,
        forge=workshop.forge,
        talk=side.talk,
        windows=side.windows,
        handle=settings.handle,
        models=models,
        page_url=workshop.page_url,
    )
    dispatcher.hear_chat = listener.hear
    orders.linking.talk, orders.linking.name = side.talk, persons.name
    progress = SlackProgress(workshop.records, side.talk, workshop.clock, page_url=workshop.page_url)
    return [side.talk.run(), progress.run(), *side.listen(inbox)]
