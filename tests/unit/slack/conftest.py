"""A Slack and the bot's own client beside it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack, start
from tests.fakes.slack.state import Channel, User
from yantra_bot.clock import SystemClock
from yantra_bot.domain.chat import ChatPlace
from yantra_bot.runs.records import Records
from yantra_bot.slack.api import SlackApi
from yantra_bot.slack.client import SlackChat


@dataclass
class Bench:
    """A person in a channel, and a client."""

    slack: FakeSlack
    records: Records
    api: SlackApi
    chat: SlackChat
    ann: User
    channel: Channel

    @property
    def place(self) -> ChatPlace:
        return ChatPlace(self.slack.team, self.channel.id, self.ann.id)

    def hook(self) -> str:
        """Return an address for an answer to Ann."""
        return self.slack.command_payload(self.ann, "help", self.channel)["response_url"]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with start() as running:
        yield running


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


@pytest.fixture
async def bench(slack: FakeSlack, records: Records) -> AsyncIterator[Bench]:
    api = SlackApi(slack.bot_token, base_url=slack.api_url)
    ann = slack.add_user("ann")
    channel = slack.add_channel("dev", ann)
    chat = SlackChat(api, records, SystemClock(), hooks_url=slack.hooks_url)
    yield Bench(slack, records, api, chat, ann, channel)
    await api.close()
