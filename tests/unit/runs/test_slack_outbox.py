"""What is to be said in a chat: kept, said in order, tried again, given up where it is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yantra_bot.chat_ports import ChatClosed
from yantra_bot.domain.chat import ChatMessage, ChatPlace
from yantra_bot.errors import Permanent, Transient
from yantra_bot.runs.records import Records
from yantra_bot.runs.slack_outbox import SlackOutbox

PLACE = ChatPlace("T0HOME", "C0DEV", "U0ANN", answer_url="https://hooks.slack.com/1")


class Time:
    """A clock that stands until it is set on."""

    at = 1_000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


class Chat:
    """A chat that answers with what it is told to."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.problems: list[Exception] = []

    async def put(self, place: ChatPlace, message: ChatMessage, *, mark: str) -> ChatPlace:
        self._meet()
        self.said.append((mark, message.title))
        return place

    async def reply(self, place: ChatPlace, text: str, *, mark: str) -> None:
        self._meet()
        assert place.answer_url, "an answer needs it"
        self.said.append((mark, text))

    def _meet(self) -> None:
        if self.problems:
            raise self.problems.pop(0)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


async def test_what_is_said_is_kept_until_it_was_said(records: Records) -> None:
    """A server that ends in between says it at its next start; of one message only the newest wording."""
    time, chat = Time(), Chat()
    before = SlackOutbox(chat, records, time)
    await before.put(PLACE, ChatMessage("one"), mark="run:1")
    await before.reply(PLACE, "heard", mark="reply:1")
    await before.put(PLACE, ChatMessage("two"), mark="run:1")
    await SlackOutbox(chat, records, time).sweep()
    await SlackOutbox(chat, records, time).sweep()
    assert chat.said == [("run:1", "two"), ("reply:1", "heard")]


@pytest.mark.case("G12")
async def test_a_wish_of_pace_is_heeded_for_everything(records: Records) -> None:
    """Nothing is sent until the time that Slack named has passed, and then in the old order."""
    time, chat = Time(), Chat()
    outbox = SlackOutbox(chat, records, time)
    await outbox.put(PLACE, ChatMessage("one"), mark="run:1")
    await outbox.reply(PLACE, "heard", mark="reply:1")
    chat.problems = [Transient("wait", retry_after=30)]
    await outbox.sweep()
    time.at += 29
    await outbox.sweep()
    assert chat.said == []
    time.at += 2
    await outbox.sweep()
    assert chat.said == [("run:1", "one"), ("reply:1", "heard")]


@pytest.mark.case("G12")
async def test_what_fails_is_tried_again_while_the_rest_goes_on(records: Records) -> None:
    """The waits grow, and after a day it is given up."""
    time, chat = Time(), Chat()
    outbox = SlackOutbox(chat, records, time)
    await outbox.put(PLACE, ChatMessage("one"), mark="run:1")
    await outbox.reply(PLACE, "heard", mark="reply:1")
    chat.problems = [Transient("down")]
    await outbox.sweep()
    assert chat.said == [("reply:1", "heard")]
    for _ in range(3_000):
        if not records.unsaid_in_chat(now=1e12, limit=1):
            break
        chat.problems = [Transient("down")]
        await outbox.sweep()
        time.at += 60
    assert records.unsaid_in_chat(now=1e12, limit=1) == ()
    assert time.at > 1_000 + 86_400


@pytest.mark.case("G12")
async def test_what_could_not_be_said_for_want_of_a_token_is_said_with_another(records: Records) -> None:
    """The chat is left alone for a minute; nothing is lost by it."""
    time, chat = Time(), Chat()
    outbox = SlackOutbox(chat, records, time)
    await outbox.put(PLACE, ChatMessage("one"), mark="run:1")
    chat.problems = [ChatClosed("token_revoked")]
    await outbox.sweep()
    await outbox.sweep()
    assert chat.said == []
    time.at += 61
    await SlackOutbox(chat, records, time).sweep()
    assert chat.said == [("run:1", "one")]


async def test_what_is_refused_is_given_up(records: Records) -> None:
    """A channel that is gone blocks nothing."""
    time, chat = Time(), Chat()
    outbox = SlackOutbox(chat, records, time)
    await outbox.put(PLACE, ChatMessage("one"), mark="run:1")
    chat.problems = [Permanent("channel_not_found")]
    await outbox.sweep()
    await outbox.sweep()
    assert chat.said == []
    assert records.unsaid_in_chat(now=1e12, limit=1) == ()


async def test_a_wording_that_comes_while_another_is_being_said_is_said_after_it(records: Records) -> None:
    """What was said is forgotten only if nothing newer waits."""
    time, chat = Time(), Chat()
    outbox = SlackOutbox(chat, records, time)
    await outbox.put(PLACE, ChatMessage("one"), mark="run:1")
    (one,) = records.unsaid_in_chat(now=time.at, limit=9)
    await outbox.put(PLACE, ChatMessage("two"), mark="run:1")
    records.said_in_chat(one)
    await outbox.sweep()
    assert chat.said == [("run:1", "two")]


async def test_where_a_message_stands_is_told_once_it_is_known(records: Records) -> None:
    """Who puts it again is told its own id."""
    outbox = SlackOutbox(Chat(), records, Time())
    first = await outbox.put(PLACE, ChatMessage("one"), mark="run:1")
    records.keep_post("run:1", ChatPlace("T0HOME", "C0DEV", "U0ANN", message="1.1"))
    second = await outbox.put(PLACE, ChatMessage("two"), mark="run:1")
    assert (first.message, second.message) == ("", "1.1")
    assert second.answer_url == ""
