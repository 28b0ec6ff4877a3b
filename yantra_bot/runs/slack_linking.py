"""What `link` and `unlink` do on the forge: the account that says them is tied to one in a chat, or no more."""

from collections.abc import Awaitable, Callable

from yantra_bot.chat_ports import Chat
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.ports import Clock
from yantra_bot.replies import slack as say
from yantra_bot.runs.links import ChatPerson
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records


class Linking:
    """Ties accounts. Without a chat it says so."""

    def __init__(self, records: Records, clock: Clock, *, handle: str) -> None:
        self._records, self._clock, self._handle = records, clock, handle
        self.talk: Chat | None = None
        self.name: Callable[[ChatPerson], Awaitable[str]] | None = None
        """Tells what somebody is called in the chat."""

    async def obey(self, command: Command, place: Place) -> str:
        """Do it; return what to answer. Who said it may write there, by a check that was made before."""
        if self.talk is None or self.name is None:
            return say.not_set_up()
        if command.verb is Verb.UNLINK:
            return say.unlinked_there(self._records.unlink_account(place.sender.id))
        code = command.argument.split()[0] if command.argument else ""
        if not code or place.sender.is_bot:
            return say.which_code()
        claimed = self._records.redeem(code, place.sender, by=place.content_key, at=self._clock.now())
        if claimed is None:
            return say.no_such_code()
        mark = f"linked:{place.content_key[:16]}"
        await self.talk.reply(claimed.place, say.linked_here(place.sender.login), mark=mark)
        return say.linked_there(await self.name(claimed.person), self._handle)
