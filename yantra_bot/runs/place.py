"""Where a command was given, and how it can be answered there."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from yantra_bot.chat_ports import Chat
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.events import Origin
from yantra_bot.domain.plan import Means
from yantra_bot.domain.repository import Actor
from yantra_bot.ports import Forge
from yantra_bot.replies import commands as say

WRITTEN_WITHIN: Final = 5.0
"""By so many seconds the forge's time of writing may lie before the real one: it counts whole seconds, by its clock."""


def time_said(written_at: str, received_at: float) -> float:
    """Return when something was said, in Unix time: as the forge tells it (ISO 8601), else when the door heard of it.

    What was missed is heard hours later: it is for what stood there when it was written, not for what stands there now.
    """
    try:
        written = dt.datetime.fromisoformat(written_at)
    except ValueError:
        return received_at
    if written.tzinfo is None:
        return received_at
    return min(received_at, written.timestamp() + WRITTEN_WITHIN)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command was given and how it can be answered. `comment_id` is None for a label."""

    origin: Origin
    issue_number: int
    comment_id: int | None
    sender: Actor
    content_key: str
    forge: Forge
    is_pull_request: bool = False
    thread_id: int = 0
    """First comment of the review's thread that it was given in; 0: in the conversation."""
    said_at: float = 0.0
    """When it was said, in Unix time, as `time_said` has it: the same however often it is handled; 0: unknown."""
    means: Means = Means.COMMENT
    """A reaction stands on the comment that `comment_id` names, and is nothing that could be answered as unclear."""
    chat: ChatPlace | None = None
    """Where in a chat it was given; then it is answered there, and not on the forge."""
    talk: Chat | None = None
    """Says what is answered in that chat."""
    run_id: str = ""
    """The run that a pressed button names; empty: the one that stands where it was said."""

    @property
    def reply_tag(self) -> str:
        return say.tag(self.comment_id) if self.comment_id is not None else f"reply:{self.content_key[:16]}"

    @property
    def ordered_in(self) -> ChatPlace | None:
        """The place in a chat as an order keeps it."""
        return self.chat.lasting if self.chat is not None else None

    @property
    def is_in_thread(self) -> bool:
        """Tell whether an answer stands in a review's thread, and not in the conversation."""
        return self.thread_id != 0 and self.forge.reviews is not None

    async def reply(self, text: str) -> int | None:
        """Answer there, once for each command; return the comment's id, None in a review's thread or a chat."""
        if self.chat is not None and self.talk is not None:
            await self.talk.reply(self.chat, text, mark=self.reply_tag)
            return None
        if self.thread_id and self.forge.reviews is not None:
            await self.forge.reviews.reply(self.issue_number, self.thread_id, tag=self.reply_tag, body=text)
            return None
        return await self.forge.put_comment(self.issue_number, tag=self.reply_tag, body=text)
