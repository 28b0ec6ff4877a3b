"""The Slack of the tests is as strict as Slack's documentation, and refuses as it says."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.fake import sign
from tests.fakes.slack.shapes import check_arguments, check_blocks, check_view

Ask = Callable[..., Any]
TEXT = {"type": "mrkdwn", "text": "x"}


async def ask(slack: FakeSlack, method: str, token: str = "", **arguments: Any) -> Any:
    headers = {"Authorization": f"Bearer {token or slack.bot_token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{slack.api_url}{method}", json=arguments) as answer,
    ):
        return await answer.json()


async def test_messages_are_kept_and_edited(slack: FakeSlack) -> None:
    """Only the bot's own can be edited; threads hang on messages that are there."""
    ann = slack.add_user("ann")
    dev = slack.add_channel("dev", ann)
    posted = await ask(slack, "chat.postMessage", channel=dev.id, text="one")
    assert posted["ok"]
    assert (await ask(slack, "chat.update", channel=dev.id, ts=posted["ts"], text="two"))["ok"]
    (message,) = slack.said(dev)
    assert (message.text, message.edits) == ("two", 1)
    slack.mention_payload(ann, "hello", dev)
    theirs = dev.messages[-1].ts
    assert (await ask(slack, "chat.update", channel=dev.id, ts=theirs, text="x"))["error"] == "cant_update_message"
    assert (await ask(slack, "chat.update", channel=dev.id, ts="1.000001", text="x"))["error"] == "invalid_arguments"
    lost = {"channel": dev.id, "thread_ts": "1795000000.999999", "text": "x"}
    assert (await ask(slack, "chat.postMessage", **lost))["error"] == "thread_not_found"
    slack.violations.clear()


async def test_it_refuses_what_slack_refuses(slack: FakeSlack) -> None:
    """Wrong tokens, channels that are closed to the bot, methods that are not there."""
    ann = slack.add_user("ann")
    slack.add_channel("closed", ann, has_bot=False, is_private=True)
    slack.add_channel("public", ann, has_bot=False)
    assert (await ask(slack, "chat.update", token="another"))["error"] == "invalid_auth"
    assert (await ask(slack, "apps.connections.open"))["error"] == "invalid_auth"
    assert (await ask(slack, "apps.connections.open", token=slack.app_token))["url"].startswith("ws://")
    assert (await ask(slack, "chat.postMessage", channel="C0CLOSED", text="x"))["error"] == "channel_not_found"
    whisper = {"channel": "C0PUBLIC", "user": ann.id, "text": "x"}
    assert (await ask(slack, "chat.postEphemeral", **whisper))["error"] == "not_in_channel"
    assert (await ask(slack, "chat.burn", text="x"))["error"] == "unknown_method"
    assert slack.violations == ["chat.burn is not known"]
    slack.violations.clear()


async def test_it_fails_when_it_is_told_to(slack: FakeSlack) -> None:
    """Before it does something or after, so often as is said."""
    dev = slack.add_channel("dev")
    slack.fail("chat.postMessage", status=200, error="fatal_error", times=2, is_done=True)
    answers = [await ask(slack, "chat.postMessage", channel=dev.id, text=str(number)) for number in range(3)]
    assert [answer["ok"] for answer in answers] == [False, False, True]
    assert len(slack.said(dev)) == 3


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("chat.postMessage", {"channel": "C1", "text": "x", "colour": "red"}),
        ("chat.postMessage", {"channel": "C1", "text": "x" * 40_001}),
        ("chat.postMessage", {"channel": "C1"}),
        ("chat.postMessage", {"channel": "C1", "text": "x", "thread_ts": "yesterday"}),
        ("chat.postMessage", {"channel": "C1", "text": "x", "metadata": {"mark": "x"}}),
        ("views.open", {"trigger_id": "1", "view": {"type": "home", "blocks": []}}),
    ],
)
def test_arguments_are_held_against_the_documentation(method: str, arguments: dict[str, Any]) -> None:
    """Each of these is wrong in one way."""
    assert len(list(check_arguments(method, arguments))) == 1


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}},
        {"type": "section", "fields": [TEXT] * 11},
        {"type": "section"},
        {"type": "actions", "elements": []},
        {"type": "context", "elements": [TEXT] * 11},
        {"type": "carousel"},
        {"type": "input", "label": TEXT, "element": {"type": "plain_text_input"}},
    ],
)
def test_blocks_are_held_against_the_documentation(block: dict[str, Any]) -> None:
    """Each of these is wrong in one way."""
    assert len(list(check_blocks([block], most=50))) == 1
    assert list(check_blocks([{"type": "divider"}] * 51, most=50)) == ["more than 50 blocks"]
    assert list(check_view({"type": "modal", "blocks": [], "title": {"type": "plain_text", "text": "x" * 25}}))


def test_requests_are_signed_as_slack_does() -> None:
    """The example of Slack's documentation, with its published secret."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        b"47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = sign(body, secret="8f742231b10e8888abcd99yyyzzz85a5", at=1531420618)
    assert headers["X-Slack-Signature"] == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
