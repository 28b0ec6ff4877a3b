"""What people do in a chat, parsed: commands, mentions, pressed buttons, windows that were filled in. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.chat import ChatPlace
from yantra_bot.domain.commands import Verb

ABOUT_NOTHING: Final = frozenset({Verb.HELP, Verb.LINK, Verb.UNLINK, Verb.RUNS})
"""They need no repository; `runs` takes one."""
ABOUT_REPOSITORIES: Final = frozenset({
    Verb.DEPLOY, Verb.ROLLBACK, Verb.LOCK, Verb.UNLOCK, Verb.PROMOTE, Verb.ABORT, Verb.RUNS,
})  # fmt: skip
"""They are about a repository, and take an environment of it; all others are about an issue or a pull request."""
ABOUT_EITHER: Final = frozenset({Verb.APPROVE, Verb.REJECT, Verb.STATUS})
"""Without a number they are about what is deployed."""


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """A slash command. `words` are what stands after it."""

    place: ChatPlace
    words: str
    trigger: str
    """What opens a window for who typed it, for three seconds."""


@dataclass(frozen=True, slots=True)
class ChatMention:
    """A message that addresses the bot at the beginning of a line. `words` are what follows."""

    place: ChatPlace
    words: str


@dataclass(frozen=True, slots=True)
class ChatPress:
    """A button of a message of ours. `place` is where an answer belongs: the thread of that message."""

    place: ChatPlace
    action: str
    value: str


@dataclass(frozen=True, slots=True)
class ChatForm:
    """A window that was filled in, by the names of its fields; what was left empty is not among them."""

    place: ChatPlace
    window: str
    values: Mapping[str, str]


ChatHeard = ChatCommand | ChatMention | ChatPress | ChatForm


@dataclass(frozen=True, slots=True)
class Subject:
    """What was named: `name` is `shop` or `acme/shop`, `number` 0 where only a repository was; `rest` follows it."""

    name: str
    number: int
    rest: str

    @property
    def shown(self) -> str:
        return f"{self.name}#{self.number}" if self.number else self.name
