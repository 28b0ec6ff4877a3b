"""Slack's door, over HTTP: who is heard, what is stored, and what is answered at once."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack, start
from tests.fakes.slack.fake import encode, sign
from tests.fakes.slack.state import Channel, User
from yantra_bot.app.door import DoorPart, run_door
from yantra_bot.app.home import Home
from yantra_bot.clock import SystemClock
from yantra_bot.domain.events import Delivery
from yantra_bot.webhooks.inbox import open_inbox
from yantra_bot.webhooks.slack_signatures import SIGNATURE, TIMESTAMP, verify_slack

SECRETS = ("signing-secret-that-was-replaced", "signing-secret-of-the-fake-slack")


@dataclass
class Street:
    """A running door, and a Slack with a person in a channel."""

    slack: FakeSlack
    home: Home
    ann: User
    channel: Channel

    async def stored(self) -> Sequence[Delivery]:
        inbox = await open_inbox(self.home.inbox, clock=SystemClock())
        try:
            return await inbox.pending(50)
        finally:
            await inbox.aclose()


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    part = DoorPart(
        state_folder=tmp_path,
        host="127.0.0.1",
        port=0,
        webhook_secrets=("github's secret, another one",),
        handle="yantra",
        repositories=(),
        allowed_bots=(),
        slack_signing_secrets=SECRETS,
    )
    door = asyncio.create_task(run_door(part, stop, on_listening=port.set_result))
    async with start() as slack:
        slack.door = f"http://127.0.0.1:{await port}/webhooks/slack"
        ann = slack.add_user("ann")
        yield Street(slack, Home(tmp_path), ann, slack.add_channel("dev", ann))
    stop.set()
    await door


COMMAND = b"team_id=T1&channel_id=C1&user_id=U1&command=%2Fyantra&text=help&trigger_id=1.2.x"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.case("G01")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Request-Timestamp": str(int(time.time()))},
        sign(COMMAND, secret="another secret"),
        sign(COMMAND + b"&text=more"),
        {name: value for name, value in sign(COMMAND).items() if name != "X-Slack-Signature"},
        {**sign(COMMAND), "X-Slack-Signature": "v0="},
        {**sign(COMMAND), "X-Slack-Signature": "v1=" + "0" * 64},
        {**sign(COMMAND), "X-Slack-Signature": sign(COMMAND)["X-Slack-Signature"].upper()},
    ],
)
async def test_what_slack_did_not_sign_is_refused(street: Street, headers: dict[str, str]) -> None:
    """Nothing is stored, and the answer says nothing."""
    answer = await street.slack.post(COMMAND, {**FORM, **headers})
    assert (answer.status, answer.body) == (401, {"status": "unsigned"})
    assert await street.stored() == []


@pytest.mark.case("G02")
@pytest.mark.parametrize(
    ("seconds", "found"),
    [(-301, "wrong"), (-300, "valid"), (-299, "valid"), (0, "valid"), (299, "valid"), (300, "valid"), (301, "wrong")],
)
def test_a_request_is_of_now(seconds: int, found: str) -> None:
    """More than five minutes off, either way, it may be somebody's who kept it."""
    headers = sign(COMMAND, at=1_795_000_000 + seconds)
    check = verify_slack(
        COMMAND,
        signatures=[headers[SIGNATURE]],
        timestamps=[headers[TIMESTAMP]],
        secrets=[SECRETS[1].encode()],
        now=1_795_000_000.0,
    )
    assert check.value == found


@pytest.mark.case("G02")
@pytest.mark.parametrize(("seconds", "status"), [(-4_000, 401), (-150, 200), (150, 200), (4_000, 401)])
async def test_the_door_looks_at_the_time(street: Street, seconds: int, status: int) -> None:
    """It is the door's own clock that counts."""
    answer = await street.slack.post(COMMAND, {**FORM, **sign(COMMAND, at=time.time() + seconds)})
    assert answer.status == status


@pytest.mark.case("G03")
@pytest.mark.parametrize("stamp", ["abc", "", " ", "-1", "1e9", "٣", "9" * 40, "1795000000.5", "0x10"])
async def test_a_time_that_is_none_is_refused(street: Street, stamp: str) -> None:
    """It is 401, and no error of ours."""
    headers = {**sign(COMMAND), "X-Slack-Request-Timestamp": stamp}
    answer = await street.slack.post(COMMAND, {**FORM, **headers})
    assert answer.status == 401


@pytest.mark.case("G03")
@pytest.mark.parametrize("signature", ["v0=" + "é" * 64, "v0=" + "０" * 64, "üöä", "v0=" + "g" * 64])
async def test_a_signature_of_other_signs_is_refused(street: Street, signature: str) -> None:
    """It is 401, and no error of ours."""
    headers = {**sign(COMMAND), "X-Slack-Signature": signature}
    answer = await street.slack.post(COMMAND, {**FORM, **headers})
    assert answer.status == 401


@pytest.mark.case("G04")
async def test_what_is_sent_again_is_one_row(street: Street) -> None:
    """Slack sends an event up to four times, a person presses twice, and each is answered as the first time."""
    slack, ann = street.slack, street.ann
    mention = slack.mention_payload(ann, "status octo/calc#1", street.channel)
    again = {**mention, "event_id": "Ev-edited"}
    command = slack.command_payload(ann, "help", street.channel)
    for retry in range(4):
        assert (await slack.send("events_api", mention, retry=retry)).status == 200
        assert (await slack.send("slash_commands", command, retry=retry)).body["response_type"] == "ephemeral"
    assert (await slack.send("events_api", again)).status == 200
    assert [one.event for one in await street.stored()] == ["events_api", "slash_commands"]


@pytest.mark.case("G06")
async def test_the_address_is_confirmed_to_slack_alone(street: Street) -> None:
    """Without a signature nobody learns that somebody listens."""
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}).encode()
    json_type = {"Content-Type": "application/json"}
    assert (await street.slack.post(body, json_type)).status == 401
    assert (await street.slack.post(body, {**json_type, **sign(body)})).body == {"challenge": "c"}
    assert await street.stored() == []


@pytest.mark.case("G07")
@pytest.mark.parametrize(
    "changed",
    [
        {"bot_id": "B0BOT"},
        {"bot_id": "B0OTHER", "subtype": "bot_message"},
        {"user": "U0BOT"},
        {"user": None},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"edited": {"user": "U0ANN", "ts": "1.1"}},
        {"type": "message"},
        {"type": "member_joined_channel"},
    ],
)
async def test_bots_and_changed_messages_are_not_heard(street: Street, changed: dict[str, object]) -> None:
    """The bot would answer itself, or do twice what was corrected."""
    payload = street.slack.mention_payload(street.ann, "help", street.channel)
    payload["event"].update(changed)
    assert (await street.slack.send("events_api", payload)).status == 200
    assert await street.stored() == []


async def test_a_command_is_answered_with_what_was_heard(street: Street) -> None:
    """Only who typed it sees it, and nobody is called by it."""
    answer = await street.slack.command(street.ann, "deploy `shop` <!channel> & more", street.channel)
    assert answer.body == {
        "response_type": "ephemeral",
        "text": "Heard: `/yantra deploy 'shop' &lt;!channel&gt; &amp; more`",
    }


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"type":"event_callback","event":{"type":"app_mention","user":"U1"}}', "application/json", 400),
        (b"text=help", FORM["Content-Type"], 400),
        (b"\xff\xfe=1", FORM["Content-Type"], 400),
        (b"payload=%7B", FORM["Content-Type"], 400),
        (b"payload=%7B%22type%22%3A%22block_actions%22%7D", FORM["Content-Type"], 400),
        (b"a=1", "text/plain", 400),
        (b"&".join(b"a=1" for _ in range(500)), FORM["Content-Type"], 400),
        (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, "application/json", 400),
        (b'{"type":"app_rate_limited"}', "application/json", 200),
        (b"ssl_check=1", FORM["Content-Type"], 200),
    ],
)
async def test_signed_nonsense_is_answered_and_not_stored(street: Street, body: bytes, kind: str, status: int) -> None:
    """Whatever Slack may send one day, the door stands."""
    answer = await street.slack.post(body, {"Content-Type": kind, **sign(body)})
    assert answer.status == status
    assert await street.stored() == []


async def test_a_body_has_its_bounds(street: Street) -> None:
    """A megabyte is more than Slack ever sends."""
    body = b"a" * (1024 * 1024 + 1)
    answer = await street.slack.post(body, {**FORM, **sign(body)})
    assert answer.status == 413


async def test_while_nothing_can_be_stored_slack_is_told_to_come_again(street: Street) -> None:
    """Who typed a command is told in words, since Slack does not send that again; nobody waits for the disk."""
    mention = street.slack.mention_payload(street.ann, "help", street.channel)
    body, content = encode("events_api", mention)
    holder = sqlite3.connect(street.home.inbox, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        event, command = await asyncio.gather(
            street.slack.post(body, {"Content-Type": content, **sign(body)}),
            street.slack.command(street.ann, "help", street.channel),
        )
    finally:
        holder.close()
    assert (event.status, command.status) == (503, 200)
    assert "say it again" in command.body["text"]


async def test_a_window_is_stored_once_and_closed(street: Street) -> None:
    """Slack wants an empty answer."""
    view = {"id": "V1", "hash": "1.h", "callback_id": "c", "state": {"values": {}}}
    payload = {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": view}
    answers = [await street.slack.send("interactive", payload) for _ in range(2)]
    assert [(answer.status, answer.body) for answer in answers] == [(200, ""), (200, "")]
    assert [one.event for one in await street.stored()] == ["interactive"]


def test_forms_are_read_as_slack_writes_them() -> None:
    """The fake's own bodies have the types that the door expects."""
    assert encode("slash_commands", {"a": "1"})[1] == FORM["Content-Type"]
    assert encode("events_api", {"a": "1"})[1] == "application/json"
