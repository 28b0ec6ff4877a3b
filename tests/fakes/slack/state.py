"""What a Slack holds: a workspace, people, channels with messages, windows, whispers, and what it was asked."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEAM = "T0HOME"
APP = "A0YANTRA"
BOT_USER = "U0BOT"
BOT = "B0BOT"
BOT_TOKEN = "xoxb-test-0000-of-the-fake-slack"
APP_TOKEN = "xapp-test-0000-of-the-fake-slack"
SIGNING_SECRET = "signing-secret-of-the-fake-slack"
TRIGGER_SECONDS = 3.0


@dataclass
class User:
    """A person, or a bot."""

    id: str
    name: str
    team: str = TEAM
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False


@dataclass
class Message:
    """A message of a channel. `user` is who wrote it."""

    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    edits: int = 0

    @property
    def shown(self) -> str:
        """Everything that a person reads in it, as one text."""
        return "\n".join(shown_texts(self.blocks)) or self.text

    @property
    def buttons(self) -> dict[str, dict[str, Any]]:
        """Its buttons by their actions."""
        rows = [block["elements"] for block in self.blocks if block["type"] == "actions"]
        return {one["action_id"]: one for one in itertools.chain(*rows)}


def shown_texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for one in value.values() for text in shown_texts(one)]
    return [text for one in value for text in shown_texts(one)] if isinstance(value, list) else []


@dataclass
class Channel:
    """A channel; the bot may speak where it is a member, and in public ones."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    messages: list[Message] = field(default_factory=list)

    def find(self, ts: str) -> Message | None:
        return next((one for one in self.messages if one.ts == ts), None)


@dataclass
class Whisper:
    """Something that one person alone was shown."""

    channel: str
    user: str
    text: str
    blocks: list[dict[str, Any]]

    @property
    def shown(self) -> str:
        return "\n".join(shown_texts(self.blocks)) or self.text


@dataclass
class Trigger:
    """What may open a window once, for three seconds."""

    user: str
    made_at: float
    is_used: bool = False


@dataclass
class View:
    """A window that a person was shown."""

    id: str
    user: str
    view: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class Call:
    """One request to the Web API."""

    method: str
    arguments: Mapping[str, Any]
    token: str


class State:
    """Everything, with the clock that makes its ids."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.trigger_seconds = TRIGGER_SECONDS
        self.clock = itertools.count(1_795_000_000)
        self.users: dict[str, User] = {BOT_USER: User(BOT_USER, "yantra", is_bot=True)}
        self.channels: dict[str, Channel] = {}
        self.triggers: dict[str, Trigger] = {}
        self.views: list[View] = []
        self.whispers: list[Whisper] = []
        self.hooks: dict[str, tuple[str, str]] = {}
        """Addresses for answers, each with its channel and person."""
        self.calls: list[Call] = []
        self.violations: list[str] = []

    def number(self) -> int:
        return next(self._numbers)

    def ts(self) -> str:
        return f"{next(self.clock)}.{self.number():06d}"

    def direct(self, user: str) -> Channel:
        """Return the channel between the bot and a person."""
        return self.channels.setdefault(
            f"D{user[1:]}", Channel(f"D{user[1:]}", user, {user, BOT_USER}, is_private=True)
        )
