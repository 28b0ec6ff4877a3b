"""A story's Slack beside its GitHub: people in a channel, and what they see there."""

import re
from typing import Any

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import Answer
from tests.fakes.slack.state import Message, User, View, Whisper
from tests.stories.scene import Scene


class Town:
    """A scene with a Slack: Ann, who is alice on GitHub once they are tied, and Ben, who is nobody there."""

    def __init__(self, scene: Scene, slack: FakeSlack) -> None:
        self.scene, self.slack = scene, slack
        # A machine under load may take longer than Slack allows; that a window comes too late is tried elsewhere.
        slack.state.trigger_seconds = 600.0
        self.ann, self.ben = slack.add_user("ann"), slack.add_user("ben")
        self.channel = slack.add_channel("dev", self.ann, self.ben)

    @property
    def settings(self) -> dict[str, Any]:
        return self.slack.settings()

    def find_door(self) -> None:
        """Send requests to the server that the scene knows."""
        self.slack.door = f"http://127.0.0.1:{self.scene.port}/webhooks/slack"

    async def say(self, text: str, *, by: User | None = None) -> Answer:
        """Type `/yantra TEXT`."""
        self.find_door()
        return await self.slack.command(by or self.ann, text, self.channel)

    async def mention(self, text: str, *, by: User | None = None, thread: str = "") -> Answer:
        """Write `@yantra TEXT`."""
        self.find_door()
        return await self.slack.mention(by or self.ann, text, self.channel, thread=thread)

    async def press(self, message: Message, action: str, *, by: User | None = None) -> Answer:
        """Press a button."""
        self.find_door()
        return await self.slack.press(by or self.ann, self.channel, message, action)

    async def submit(self, view: View, *, by: User | None = None, **values: str) -> Answer:
        """Fill a window in."""
        self.find_door()
        return await self.slack.submit(by or self.ann, view, values)

    async def whispered(self, words: str, *, to: User | None = None, after: int = 0) -> Whisper:
        """Wait until somebody alone is told something with these words, beyond the first `after` of such."""

        def found() -> Whisper | None:
            user = (to or self.ann).id
            told = [one for one in self.slack.whispers if one.user == user and words in one.shown]
            return told[after] if len(told) > after else None

        whisper: Whisper = await self.scene.until(found)
        return whisper

    async def said(self, words: str) -> Message:
        """Wait until a message of the bot in the channel holds these words."""

        def found() -> Message | None:
            told = [one for one in self.slack.said(self.channel) if words in one.shown]
            return told[-1] if told else None

        message: Message = await self.scene.until(found)
        return message

    async def window(self) -> View:
        """Wait until a window is shown."""
        view: View = await self.scene.until(lambda: self.slack.state.views[-1:] and self.slack.state.views[-1])
        return view

    async def code(self, *, by: User | None = None) -> str:
        """Ask for a code, and read it."""
        who = by or self.ann
        before = [one for one in self.slack.whispers if one.user == who.id and "@yantra link" in one.shown]
        await self.say("link", by=who)
        shown = (await self.whispered("@yantra link", to=who, after=len(before))).shown
        found = re.search(r"@yantra link ([0-9a-f]{20})", shown)
        assert found is not None, shown
        return found[1]

    async def link(self, *, by: User | None = None, login: str = "alice") -> None:
        """Tie a person to an account, from both sides."""
        await self.scene.comment(f"@yantra link {await self.code(by=by)}", by=login)
        await self.whispered(f"You are `{login}` on GitHub", to=by or self.ann)
