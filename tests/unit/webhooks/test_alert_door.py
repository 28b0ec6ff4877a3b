"""The doors of alerts, over HTTP: who is heard, what is stored, and what is answered at once."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from tests.unit.webhooks.alert_payloads import ALERTMANAGER, EVENT
from yantra_bot.app.door import DoorPart, run_door
from yantra_bot.app.home import Home
from yantra_bot.clock import SystemClock
from yantra_bot.domain.events import Delivery
from yantra_bot.errors import SettingsError, Transient
from yantra_bot.webhooks.alert_door import AGAIN_SECONDS, AlertmanagerDoor, SignedDoor, make_delivery
from yantra_bot.webhooks.alert_signatures import verify_timed
from yantra_bot.webhooks.inbox import open_inbox
from yantra_bot.webhooks.metrics import DoorMetrics

TOKEN, OLD_TOKEN = "a-token-of-alertmanager", "a-token-that-is-replaced"
SECRET, SENTRY = "a-secret-of-other-senders", "a-secret-of-sentry"
BODY = json.dumps(ALERTMANAGER).encode()
ALERT = json.dumps({"name": "BackupFailed", "service": "shop"}).encode()
ISSUE_ALERT = json.dumps(EVENT).encode()
JSON = {"Content-Type": "application/json"}


@dataclass
class Street:
    """A running door with all three doors of alerts open."""

    url: str
    home: Home

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/webhooks/{path}", data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status, (await answer.json())["status"]

    async def stored(self) -> Sequence[Delivery]:
        inbox = await open_inbox(self.home.inbox, clock=SystemClock())
        try:
            return await inbox.pending(50)
        finally:
            await inbox.aclose()


def part(folder: Path, **doors: Any) -> DoorPart:
    return DoorPart(
        state_folder=folder,
        host="127.0.0.1",
        port=0,
        webhook_secrets=("github's secret, another one",),
        handle="yantra",
        repositories=(),
        allowed_bots=(),
        **doors,
    )


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    doors = part(tmp_path, alert_tokens=(OLD_TOKEN, TOKEN), alert_secrets=(SECRET,), sentry_secrets=(SENTRY,))
    door = asyncio.create_task(run_door(doors, stop, on_listening=port.set_result))
    yield Street(f"http://127.0.0.1:{await port}", Home(tmp_path))
    stop.set()
    await door


def bearer(token: str) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {token}"}


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {**JSON, "X-Yantra-Timestamp": stamp, "X-Yantra-Signature": f"sha256={digest}"}


def sentry(body: bytes, *, secret: str = SENTRY, resource: str = "event_alert") -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {**JSON, "Sentry-Hook-Resource": resource, "Sentry-Hook-Signature": digest}


@pytest.mark.case("I01")
@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer another-token", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN} x",
     f"Bearer {TOKEN[:-1]}", "Bearer \u00fc"],
)  # fmt: skip
async def test_without_the_token_alertmanager_is_not_heard(street: Street, authorization: str) -> None:
    """Nothing is stored, and the answer says nothing, whatever the body."""
    headers = {**JSON, "Authorization": authorization} if authorization else JSON
    for body in (BODY, b"no JSON"):
        assert await street.post("alertmanager", body, headers) == (401, "unsigned")
    assert await street.stored() == []


@pytest.mark.case("I01")
async def test_two_tokens_are_as_good_as_none(street: Street) -> None:
    """Which one counts would be the choice of whoever stands between."""
    async with aiohttp.ClientSession() as session:
        headers = [*JSON.items(), ("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other")]
        async with session.post(f"{street.url}/webhooks/alertmanager", data=BODY, headers=headers) as answer:
            assert answer.status == 401


@pytest.mark.case("I01")
async def test_a_stranger_costs_no_memory(street: Street) -> None:
    """Who shows no token is answered before a byte of the body is read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(street.url.rpartition(":")[2]))
    head = (
        "POST /webhooks/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999999"
    )
    writer.write(f"{head}\r\n\r\n".encode())
    assert (await reader.readline()).split()[1] == b"401"
    writer.close()


@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
async def test_alerts_with_a_token_are_stored_before_they_are_answered(street: Street, token: str) -> None:
    """Two tokens are valid while one is being replaced."""
    assert await street.post("alertmanager", BODY, bearer(token)) == (202, "accepted")
    (delivery,) = await street.stored()
    assert (delivery.source, delivery.event, delivery.body) == ("alerts", "alertmanager", BODY)


@pytest.mark.parametrize(
    "headers",
    [
        JSON,
        signed(ALERT, secret="another secret"),
        signed(ALERT + b" "),
        {**signed(ALERT), "X-Yantra-Timestamp": str(int(time.time()) - 1)},
        {name: value for name, value in signed(ALERT).items() if name != "X-Yantra-Timestamp"},
        {name: value for name, value in signed(ALERT).items() if name != "X-Yantra-Signature"},
        {**signed(ALERT), "X-Yantra-Timestamp": "now"},
        {**signed(ALERT), "X-Yantra-Signature": signed(ALERT)["X-Yantra-Signature"].upper()},
        signed(ALERT, at=time.time() - 4_000),
        signed(ALERT, at=time.time() + 4_000),
        bearer(SECRET),
    ],
)
async def test_what_is_not_signed_now_is_refused(street: Street, headers: Mapping[str, str]) -> None:
    """Neither another secret, nor another body or time, nor one that somebody kept."""
    assert await street.post("alerts", ALERT, headers) == (401, "unsigned")
    assert await street.stored() == []


@pytest.mark.parametrize(
    ("seconds", "found"), [(-301, "wrong"), (-300, "valid"), (0, "valid"), (300, "valid"), (301, "wrong")]
)
def test_a_signed_delivery_is_of_now(seconds: int, found: str) -> None:
    headers = signed(ALERT, at=1_795_000_000 + seconds)
    check = verify_timed(
        ALERT,
        signatures=[headers["X-Yantra-Signature"]],
        timestamps=[headers["X-Yantra-Timestamp"]],
        secrets=[SECRET.encode()],
        now=1_795_000_000.0,
    )
    assert check.value == found


@given(st.binary(max_size=200), st.lists(st.text(max_size=80), max_size=2), st.lists(st.text(max_size=20), max_size=2))
def test_no_stranger_makes_the_check_stumble(body: bytes, signatures: list[str], timestamps: list[str]) -> None:
    """Whatever the headers hold, it answers, and never that they are valid."""
    check = verify_timed(body, signatures=signatures, timestamps=timestamps, secrets=[SECRET.encode()], now=0.0)
    assert check.value != "valid"


@pytest.mark.parametrize(
    "headers",
    [
        {**JSON, "Sentry-Hook-Resource": "event_alert"},
        sentry(ISSUE_ALERT, secret="another"),
        sentry(ISSUE_ALERT + b" "),
        {**sentry(ISSUE_ALERT), "Sentry-Hook-Signature": "0" * 63},
        {**sentry(ISSUE_ALERT), "Sentry-Hook-Signature": ""},
    ],
)
async def test_what_sentry_did_not_sign_is_refused(street: Street, headers: Mapping[str, str]) -> None:
    assert await street.post("sentry", ISSUE_ALERT, headers) == (401, "unsigned")
    assert await street.stored() == []


async def test_each_sender_is_stored_as_what_it_is(street: Street) -> None:
    """What Sentry tells of itself, and is of no use, is answered and not stored."""
    assert await street.post("alerts", ALERT, signed(ALERT)) == (202, "accepted")
    assert await street.post("sentry", ISSUE_ALERT, sentry(ISSUE_ALERT)) == (202, "accepted")
    installed = b'{"action": "created", "data": {}}'
    assert await street.post("sentry", installed, sentry(installed, resource="installation")) == (202, "ignored")
    assert [one.event for one in await street.stored()] == ["alerts", "sentry/event_alert"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"alerts": 1}', b"\xff"])
async def test_what_is_no_alert_is_refused(street: Street, body: bytes) -> None:
    """400, which its sender does not try again."""
    assert await street.post("alertmanager", body, bearer(TOKEN)) == (400, "malformed")
    assert await street.stored() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_read(street: Street, kind: str) -> None:
    assert await street.post("alertmanager", BODY, {**bearer(TOKEN), "Content-Type": kind}) == (415, "wrong_type")


@pytest.mark.case("I02")
async def test_a_body_without_end_is_refused(street: Street) -> None:
    """Text of a megabyte is taken, and cut later; what no sender sends is 413."""
    long = json.dumps({"name": "x", "text": "y" * 1_000_000}).encode()
    assert await street.post("alerts", long, signed(long)) == (202, "accepted")
    longer = json.dumps({"name": "x", "text": "y" * 5_000_000}).encode()
    assert await street.post("alerts", longer, signed(longer)) == (413, "too_large")


@pytest.mark.case("I09")
async def test_what_is_sent_again_is_one_row(street: Street) -> None:
    """A sender that got no answer, or 5xx, tries again."""
    assert await street.post("alertmanager", BODY, bearer(TOKEN)) == (202, "accepted")
    assert await street.post("alertmanager", BODY, bearer(TOKEN)) == (202, "duplicate")
    assert await street.post("sentry", ISSUE_ALERT, sentry(ISSUE_ALERT)) == (202, "accepted")
    assert await street.post("sentry", ISSUE_ALERT, sentry(ISSUE_ALERT)) == (202, "duplicate")
    headers = signed(ALERT)
    assert await street.post("alerts", ALERT, headers) == (202, "accepted")
    assert await street.post("alerts", ALERT, headers) == (202, "duplicate")
    assert len(await street.stored()) == 3


@pytest.mark.case("I09")
@given(st.floats(1e9, 2e9), st.floats(0, 4 * AGAIN_SECONDS))
def test_minutes_tell_a_retry_from_news(at: float, later: float) -> None:
    """Within five minutes one of the keys is met again, wherever they begin; after ten none is."""
    one, other = (make_delivery("alertmanager", BODY, at=moment) for moment in (at, at + later))
    is_again = one.delivery_id == other.delivery_id or one.content_key == other.content_key
    if later <= AGAIN_SECONDS:
        assert is_again
    elif later >= 2 * AGAIN_SECONDS:
        assert not is_again
    elsewhere = make_delivery("sentry/issue", BODY, at=at)
    assert {one.delivery_id, one.content_key}.isdisjoint({elsewhere.delivery_id, elsewhere.content_key})


class FullInbox:
    """An inbox that cannot store, or takes its time; what it was given is looked at."""

    def __init__(self, *, is_slow: bool) -> None:
        self.is_slow, self.given = is_slow, asyncio.Queue[Delivery]()
        self.go_on = asyncio.Event()

    async def put(self, delivery: Delivery) -> bool:
        if not self.is_slow:
            raise Transient("the disk is full", retry_after=7)
        await self.go_on.wait()
        self.given.put_nowait(delivery)
        return True


@pytest.mark.case("I09")
@pytest.mark.parametrize("is_slow", [False, True])
async def test_what_could_not_be_stored_is_asked_for_again(is_slow: bool) -> None:
    """503 with a time; a write that was only slow is stored all the same, and its retry is the same row."""
    inbox = FullInbox(is_slow=is_slow)
    metrics = DoorMetrics(CollectorRegistry())
    given: Any = {"inbox": inbox, "clock": SystemClock(), "metrics": metrics}
    door = AlertmanagerDoor(secrets=[TOKEN], store_seconds=0.05, **given)
    app = web.Application()
    app.router.add_post("/", door.receive)
    async with TestClient(TestServer(app)) as client:
        answer = await client.post("/", data=BODY, headers=bearer(TOKEN))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30" if is_slow else "7")
        if is_slow:
            inbox.go_on.set()
            first = await inbox.given.get()
            assert (await client.post("/", data=BODY, headers=bearer(TOKEN))).status == 202
            second = await inbox.given.get()
            keys = {first.delivery_id, first.content_key} & {second.delivery_id, second.content_key}
            assert keys


async def test_a_door_without_a_secret_is_not_there(tmp_path: Path) -> None:
    """Nobody could be told from a stranger; each names its setting."""
    with pytest.raises(SettingsError, match="YANTRA_ALERT_SECRETS"):
        SignedDoor(secrets=[" "], inbox=None, clock=None, metrics=None)  # type: ignore[arg-type]
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    door = asyncio.create_task(run_door(part(tmp_path), stop, on_listening=port.set_result))
    url = f"http://127.0.0.1:{await port}/webhooks/"
    async with aiohttp.ClientSession() as session:
        for path in ("alertmanager", "alerts", "sentry"):
            async with session.post(url + path, data=BODY, headers=bearer(TOKEN)) as answer:
                assert answer.status == 404
    stop.set()
    await door
