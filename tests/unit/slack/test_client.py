"""What is said in Slack: once, in the right place, whatever Slack answers."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.unit.slack.conftest import Bench
from yantra_bot.chat_ports import ChatClosed
from yantra_bot.domain.chat import Button, ButtonStyle, ChatMessage, ChatPlace
from yantra_bot.errors import Permanent, Transient
from yantra_bot.slack.api import SlackRefused, check_answer_url

WORKING = ChatMessage(
    "Working on it", ("run *1*",), buttons=(Button("Stop", "stop", "1", ButtonStyle.DANGER, "Stop it?"),)
)
DONE = ChatMessage("Done", ("see <https://example.com/1|run 1>",), fields=(("Tests", "3 passed"),), footer="0.01 USD")


async def test_a_message_is_posted_once_and_edited_after_that(bench: Bench) -> None:
    """Whoever puts the same mark again edits what stands there."""
    first = await bench.chat.put(bench.place, WORKING, mark="run:1")
    again = await bench.chat.put(bench.place, DONE, mark="run:1")
    by_place = await bench.chat.put(first, WORKING, mark="another mark")
    (message,) = bench.slack.said(bench.channel)
    assert first.message == again.message == by_place.message == message.ts
    assert message.edits == 2
    assert message.buttons["stop"]["confirm"]["text"]["text"] == "Stop it?"


async def test_a_post_that_got_through_unnoticed_is_found_by_its_mark(bench: Bench) -> None:
    """The answer was lost: the second try looks in the channel before it posts."""
    bench.slack.fail("chat.postMessage", status=503, is_done=True)
    with pytest.raises(Transient):
        await bench.chat.put(bench.place, WORKING, mark="run:1")
    place = await bench.chat.put(bench.place, DONE, mark="run:1")
    (message,) = bench.slack.said(bench.channel)
    assert place.message == message.ts
    assert "Done" in message.shown


async def test_an_answer_in_a_thread_that_got_through_unnoticed_is_said_once(bench: Bench) -> None:
    """Threads are looked into as well."""
    top = await bench.chat.put(bench.place, WORKING, mark="run:1")
    bench.slack.fail("chat.postMessage", status=500, is_done=True)
    with pytest.raises(Transient):
        await bench.chat.reply(top, "**Heard**", mark="reply:1")
    await bench.chat.reply(top, "**Heard**", mark="reply:1")
    await bench.chat.reply(top, "**Heard**", mark="reply:1")
    _, reply = bench.slack.said(bench.channel)
    assert reply.thread_ts == top.message
    assert reply.shown == "*Heard*"


async def test_an_answer_under_a_message_calls_who_is_meant(bench: Bench) -> None:
    """An edit tells nobody: what matters is said in the message's thread, wherever that stands."""
    under = replace(bench.place, under="deploy:1")
    await bench.chat.reply(under, "before it is known", mark="reply:1")
    top = await bench.chat.put(bench.place, WORKING, mark="deploy:1")
    await bench.chat.reply(under, "It was taken back.", mark="reply:2")
    await bench.chat.reply(under, "It was taken back.", mark="reply:2")
    _, reply = bench.slack.said(bench.channel)
    assert reply.thread_ts == top.message
    assert reply.shown == f"<@{bench.ann.id}>\nIt was taken back."
    assert [one.shown for one in bench.slack.whispers] == ["before it is known"]


async def test_an_answer_to_one_person_is_seen_by_that_one_alone(bench: Bench) -> None:
    """It goes to the address that came with the command, and not into the channel."""
    await bench.chat.reply(replace(bench.place, answer_url=bench.hook()), "Nothing was started.", mark="reply:1")
    await bench.chat.reply(replace(bench.place, answer_url=bench.hook()), "Nothing was started.", mark="reply:1")
    (whisper,) = bench.slack.whispers
    assert (whisper.user, whisper.shown) == (bench.ann.id, "Nothing was started.")
    assert bench.slack.said(bench.channel) == []


async def test_an_address_that_is_too_old_is_no_reason_to_say_nothing(bench: Bench) -> None:
    """Then it is whispered in the channel."""
    late = replace(bench.place, answer_url=f"{bench.slack.hooks_url}/hooks/gone")
    await bench.chat.reply(late, "Late", mark="reply:1")
    assert [whisper.shown for whisper in bench.slack.whispers] == ["Late"]


@pytest.mark.case("F07")
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/hooks/1",
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com.evil.example/1",
        "https://hooks.slack.com@evil.example/1",
        "https://hooks.slack.com:444/1",
        "https://hooks.slack.com\\@evil.example/1",
        "file:///etc/passwd",
        "https://[",
        "",
    ],
)
def test_answers_are_left_on_slacks_own_host_alone(url: str) -> None:
    """Whatever a request names, nothing is sent elsewhere."""
    with pytest.raises(Permanent, match="not one of Slack's"):
        check_answer_url(url, "https://hooks.slack.com")


@pytest.mark.case("F07")
async def test_a_foreign_address_for_answers_gets_nothing(bench: Bench) -> None:
    """The answer is whispered in the channel instead, and Slack's own address still works."""
    foreign = replace(bench.place, answer_url="http://127.0.0.1:9/hooks/1")
    await bench.chat.reply(foreign, "Here", mark="reply:1")
    assert [whisper.shown for whisper in bench.slack.whispers] == ["Here"]
    check_answer_url("https://hooks.slack.com/commands/T1/2/3", "https://hooks.slack.com")


async def test_where_the_bot_is_no_member_the_person_is_told_directly(bench: Bench) -> None:
    """A private channel that it cannot see is no dead end."""
    closed = bench.slack.add_channel("secret", bench.ann, has_bot=False, is_private=True)
    place = ChatPlace(bench.slack.team, closed.id, bench.ann.id)
    await bench.chat.put(place, WORKING, mark="run:1")
    await bench.chat.put(place, DONE, mark="run:1")
    (message,) = bench.slack.said(bench.slack.direct(bench.ann))
    assert (message.edits, "Done" in message.shown) == (1, True)


@pytest.mark.case("G12")
@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ({"status": 429, "error": "ratelimited", "retry_after": "7"}, 7.0),
        ({"status": 429, "retry_after": "11"}, 11.0),
        ({"status": 503}, None),
        ({"status": 500, "error": "internal_error"}, None),
        ({"error": "fatal_error"}, None),
        ({"error": "ratelimited", "retry_after": "3"}, 3.0),
    ],
)
async def test_what_passes_is_told_apart_with_the_time_to_wait(
    bench: Bench, fault: dict[str, object], seconds: float | None
) -> None:
    """Slack's own wish of pace comes out; nothing is tried again behind the back of who asked."""
    bench.slack.fail("chat.postMessage", **fault)
    with pytest.raises(Transient) as raised:
        await bench.chat.put(bench.place, WORKING, mark="run:1")
    assert raised.value.retry_after == seconds
    assert [call.method for call in bench.slack.calls] == ["chat.postMessage"]


@pytest.mark.case("G12")
@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_a_dead_token_says_the_cure(bench: Bench, code: str) -> None:
    """It is refused for good, and the message says who has to do what."""
    bench.slack.fail("chat.postMessage", error=code)
    with pytest.raises(ChatClosed, match=rf"{code}.*YANTRA_SLACK_BOT_TOKEN"):
        await bench.chat.put(bench.place, WORKING, mark="run:1")


async def test_a_right_that_is_missing_is_told_with_the_cure(bench: Bench) -> None:
    """The app is older than the manifest."""
    bench.slack.fail("chat.postMessage", error="missing_scope")
    with pytest.raises(SlackRefused, match=r"lacks a right for chat\.postMessage.*slack-manifest\.yaml"):
        await bench.chat.put(bench.place, WORKING, mark="run:1")


@pytest.mark.case("G12")
async def test_a_channel_that_is_gone_is_refused_for_good(bench: Bench) -> None:
    """Nobody is there to be told directly."""
    with pytest.raises(SlackRefused, match="channel_not_found"):
        await bench.chat.put(ChatPlace(bench.slack.team, "C0GONE"), WORKING, mark="run:1")


async def _put(bench: Bench, secret: str) -> None:
    await bench.chat.put(bench.place, ChatMessage("Title", (f"a {secret}",), quoted=f"b {secret}"), mark="m")


async def _reply(bench: Bench, secret: str) -> None:
    await bench.chat.reply(replace(bench.place, answer_url=bench.hook()), f"a {secret}", mark="m")


@pytest.mark.parametrize("say", [_put, _reply])
async def test_no_secret_leaves_for_slack(bench: Bench, say: Callable[[Bench, str], Awaitable[None]]) -> None:
    """What looks like a token is replaced on the way out, in every text."""
    secret = "ghs_" + "a1B2" * 9
    await say(bench, secret)
    shown = [one.shown for one in (*bench.slack.said(bench.channel), *bench.slack.whispers)]
    assert len(shown) == 1
    assert secret not in shown[0]
    assert "[redacted]" in shown[0]
