"""A chat's places and messages, in no vendor's words: what is said in Slack. Pure values."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ChatPlace:
    """Where something is said: a channel, and maybe a thread or a message of it."""

    team: str
    channel: str
    user: str = ""
    """Who spoke there, by the chat's own id."""
    thread: str = ""
    """Message that a thread hangs on; empty: the channel itself."""
    message: str = ""
    """A message of ours there, to be edited; empty: none yet."""
    under: str = ""
    """Mark of a message of ours: an answer belongs into its thread, where it calls `user`, once that is known."""
    answer_url: str = field(default="", repr=False)
    """Where an answer for the speaker alone may be left for some minutes; whoever knows it may answer there."""

    @property
    def lasting(self) -> "ChatPlace":
        """The place without what soon ends: as a run keeps it."""
        return replace(self, answer_url="")


class ButtonStyle(StrEnum):
    """How a button looks."""

    PLAIN = ""
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press. `action` is what is done, `value` on what; both come back as they were, signed by nobody."""

    text: str
    action: str
    value: str
    style: ButtonStyle = ButtonStyle.PLAIN
    confirm: str = ""
    """Asked before it counts; empty: nothing."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message. Text is plain: whoever sends it makes it harmless, and cuts it to what the chat takes."""

    title: str
    lines: tuple[str, ...] = ()
    """Paragraphs of our own wording: `*bold*`, `code` and `<url|text>` of ours stay as they are."""
    fields: tuple[tuple[str, str], ...] = ()
    """Names and values, shown side by side."""
    quoted: str = ""
    """Text of strangers, shown as such: logs, titles."""
    buttons: tuple[Button, ...] = ()
    footer: str = ""
