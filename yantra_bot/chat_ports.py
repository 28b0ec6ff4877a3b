"""Protocols of chat: what stories say in Slack. A part of `ports`."""

from typing import Protocol

from yantra_bot.domain.chat import ChatMessage, ChatPlace


class Chat(Protocol):
    """One chat. Raises Transient and Permanent; what it does never holds up the forge's side of a story."""

    async def put(self, place: ChatPlace, message: ChatMessage, *, mark: str) -> ChatPlace:
        """Edit the message that `place` names, or post one; return its place.

        `mark` is the idempotency mark: the same again finds the message that was posted under it.
        """

    async def reply(self, place: ChatPlace, text: str, *, mark: str) -> None:
        """Say something in the thread of a place, once for each mark; to the one user where it names no message.

        `text` is Markdown of our own wording, as it would be said on the forge.
        """
