"""What is done about what people say in a chat: who speaks is made sure of, then it is obeyed as a comment would be.

Whoever is not tied to an account of the forge starts nothing; rights are that account's, read live. What is answered
goes into an outbox, so that a chat that fails holds nothing up. Every effect can be repeated.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from yantra_bot.chat_ports import Chat, Windows
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.chat_events import (
    ABOUT_EITHER,
    ABOUT_REPOSITORIES,
    ChatCommand,
    ChatForm,
    ChatHeard,
    ChatMention,
    ChatPress,
    Subject,
)
from yantra_bot.domain.commands import Command, CommandProblem, Verb
from yantra_bot.domain.events import Delivery, Origin
from yantra_bot.errors import Permanent
from yantra_bot.ports import ForgeFactory
from yantra_bot.replies import commands as say_commands
from yantra_bot.replies import slack as say
from yantra_bot.replies.slack_windows import WINDOW, command_window, words_of
from yantra_bot.runs.links import ChatPerson, Link
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.slack_buttons import Buttons
from yantra_bot.runs.slack_people import SlackPersons
from yantra_bot.webhooks.commands import parse_words
from yantra_bot.webhooks.slack_words import find_window, read_subject
from yantra_bot.webhooks.verbs import VERBS, help_text

NOTHING: Final = Subject("", 0, "")
_SUMMARIES: Final = {spec.verb: spec.summary for spec in VERBS.values()}
Obey = Callable[[Command, Place], Awaitable[str]]


class SlackListener:
    """Hears people in a chat."""

    def __init__(
        self,
        *,
        persons: SlackPersons,
        obey: Obey,
        records: Records,
        forge: ForgeFactory,
        talk: Chat,
        windows: Windows,
        handle: str,
        models: tuple[str, ...],
        page_url: Callable[[str], str],
    ) -> None:
        """`obey` authorises a command and carries it out (`Listener.obey`)."""
        self._persons, self._obey, self._records, self._forge = persons, obey, records, forge
        self._talk, self._windows, self._handle, self._models, self._page_url = talk, windows, handle, models, page_url
        self._buttons = Buttons(persons=persons, obey=obey, records=records, forge=forge, talk=talk, handle=handle)

    async def hear(self, delivery: Delivery, event: ChatHeard) -> str:
        """Act on what somebody did; return a few words for the record."""
        if why := await self._persons.refusal(event.place):
            return await self._answer(delivery, event.place, say.refused(why))
        match event:
            case ChatPress():
                return await self._buttons.press(delivery, event)
            case ChatForm(window=window) if window != WINDOW:
                return "a window of no use"
            case ChatForm():
                return await self._hear_words(delivery, event.place, words_of(event.values))
            case ChatMention():
                return await self._hear_words(delivery, event.place, event.words or Verb.HELP.value)
            case ChatCommand():
                return await self._hear_command(delivery, event)

    async def _hear_command(self, delivery: Delivery, event: ChatCommand) -> str:
        """Ask for what is missing by a window, where that is something that a window can ask for."""
        verb = find_window(event.words)
        if verb is None:
            return await self._hear_words(delivery, event.place, event.words)
        if self._persons.link(event.place) is None:
            return await self._answer(delivery, event.place, say.not_linked())
        where = " ".join(event.words.split()[1:])
        window = command_window(verb, where, event.place, summaries=_SUMMARIES)
        if await self._windows.open(event.trigger, window):
            return f"asked for what {verb} lacks"
        return await self._answer(delivery, event.place, say.window_too_late(verb))

    async def _hear_words(self, delivery: Delivery, place: ChatPlace, words: str) -> str:
        match parse_words(words, models=self._models):
            case Command() as command:
                return await self._hear_parsed(delivery, place, command)
            case CommandProblem() as problem:
                return await self._answer(delivery, place, say_commands.problem(problem, self._handle))
        return "no command"

    async def _hear_parsed(self, delivery: Delivery, place: ChatPlace, command: Command) -> str:
        match command.verb:
            case Verb.HELP:
                words = say.commands(help_text(handle=self._handle, models=self._models))
                return await self._answer(delivery, place, words)
            case Verb.LINK:
                return await self._give_code(delivery, place)
            case Verb.UNLINK:
                was_linked = self._records.unlink(ChatPerson(place.team, place.user))
                return await self._answer(delivery, place, say.unlinked(was_linked))
        link = self._persons.link(place)
        if link is None:
            return await self._answer(delivery, place, say.not_linked())
        if command.verb is Verb.RUNS and not command.argument:
            return await self._list_runs(delivery, place, link)
        subject = read_subject(command.argument) or NOTHING
        is_whole = subject.number or command.verb in ABOUT_REPOSITORIES | ABOUT_EITHER
        lacks_words = VERBS[command.verb].needs_argument and not subject.rest
        if not subject.name or not is_whole or lacks_words:
            return await self._answer(delivery, place, say.what_about(command.verb))
        return await self._order(delivery, place, link, subject, replace(command, argument=subject.rest))

    async def _order(self, delivery: Delivery, place: ChatPlace, link: Link, subject: Subject, command: Command) -> str:
        """Find out what is meant, then do it as if it had been said there."""
        found = await self._persons.repositories(subject, link)
        if len(found) > 1:
            shown = [origin.repository for origin in found]
            return await self._answer(delivery, place, say.which_repository(subject, shown))
        sender = await self._persons.actor(link, found[0]) if found else None
        if sender is None:
            return await self._answer(delivery, place, say.no_repository(subject))
        origin = found[0]
        forge = self._forge(origin.repository, origin.installation_id)
        is_pull_request = False
        if subject.number:
            try:
                is_pull_request = (await forge.issue(subject.number)).is_pull_request
            except Permanent:
                return await self._answer(delivery, place, say.nothing_there(subject, origin.repository))
        said = Place(
            origin=origin,
            issue_number=subject.number,
            comment_id=None,
            sender=sender,
            content_key=delivery.content_key,
            forge=forge,
            is_pull_request=is_pull_request,
            said_at=delivery.received_at,
            chat=place,
            talk=self._talk,
        )
        return await self._obey(command, said)

    async def _give_code(self, delivery: Delivery, place: ChatPlace) -> str:
        """Tell a code to who asked for it alone: in a thread others would read it."""
        code = self._records.new_code(ChatPerson(place.team, place.user), place.lasting, at=delivery.received_at)
        whispered = replace(place, thread="", message="")
        await self._talk.reply(whispered, say.code(code, self._handle), mark=_mark(delivery))
        return "gave out a code"

    async def _list_runs(self, delivery: Delivery, place: ChatPlace, link: Link) -> str:
        """List what is at work where the speaker may write."""
        may: dict[int, bool] = {}
        shown = []
        for order in self._records.active():
            if order.installation_id == 0:  # from a terminal
                continue
            if order.repository.id not in may:
                origin = Origin(order.installation_id, order.repository)
                may[order.repository.id] = await self._may_see(link, origin)
            if may[order.repository.id]:
                shown.append(order)
        listed = [
            (one, self._records.phase_of(one.run_id), self._page_url(one.run_id)) for one in shown[: say.MOST_RUNS]
        ]
        words = say.runs(listed, len(shown) - len(listed)) if shown else say.no_runs()
        return await self._answer(delivery, place, words)

    async def _may_see(self, link: Link, origin: Origin) -> bool:
        try:
            return await self._persons.may_write(link, origin)
        except Permanent:  # the App was removed there
            return False

    async def _answer(self, delivery: Delivery, place: ChatPlace, text: str) -> str:
        await self._talk.reply(place, text, mark=_mark(delivery))
        return text.splitlines()[0][:120]


def _mark(delivery: Delivery) -> str:
    return f"reply:{delivery.content_key[:16]}"
