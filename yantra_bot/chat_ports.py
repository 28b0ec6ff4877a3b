"""Protocols of chat: what stories say in Slack. A part of `ports`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from yantra_bot.domain.chat import ChatMessage, ChatPlace
from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor
from yantra_bot.errors import Permanent


class ChatClosed(Permanent):
    """The chat takes nothing from the bot any more, whatever is said. Cure: the message says who has to do what."""


class Chat(Protocol):
    """One chat. Raises Transient and Permanent; what it does never holds up the forge's side of a story."""

    async def put(self, place: ChatPlace, message: ChatMessage, *, mark: str) -> ChatPlace:
        """Edit the message that `place` names, or post one; return its place.

        `mark` is the idempotency mark: the same again finds the message that was posted under it.
        """

    async def reply(self, place: ChatPlace, text: str, *, mark: str) -> None:
        """Say something in the thread of a place, once for each mark; to the user alone where there is none.

        `text` is Markdown of our own wording, as it would be said on the forge.
        """


@dataclass(frozen=True, slots=True)
class ChatProfile:
    """What a chat says of one of its people. `team` is the workspace that the account belongs to."""

    team: str
    user: str
    name: str
    is_guest: bool = False
    """Not a full member of this workspace: a guest, or somebody of another one in a shared channel."""
    is_bot: bool = False
    is_gone: bool = False


class ChatPeople(Protocol):
    """Who the people of a chat are, read live. Raises Transient and Permanent."""

    async def profile(self, user: str) -> ChatProfile | None:
        """Return what is known of somebody, None where there is nobody of this id."""


class Windows(Protocol):
    """Windows that ask somebody in a chat for what is missing. Raises Transient and Permanent."""

    async def open(self, trigger: str, window: Mapping[str, Any]) -> bool:
        """Show a window to whoever caused `trigger`; return False where that is too long ago."""


class Directory(Protocol):
    """The repositories that the bot is installed on, and accounts of the forge by their numbers."""

    async def find(self, name: str) -> Sequence[Origin]:
        """Return the repositories of this name, `shop` or `acme/shop`, whatever its case."""

    async def account(self, account_id: int, origin: Origin) -> Actor | None:
        """Return an account under its present login, asked through a repository; None where there is none."""
