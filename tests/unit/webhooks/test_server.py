"""The server says how it is, ends in order, and tells strangers nothing."""

import asyncio
import json
import socket

import aiohttp
import pytest
import structlog
from prometheus_client import CollectorRegistry

from tests.fakes.door import SECRET, BrokenInbox, ManualClock, comment_payload, delivery_request, open_door, read_answer
from yantra_bot.domain.events import Ignored
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.webhooks.github_door import GitHubDoor
from yantra_bot.webhooks.metrics import DoorMetrics
from yantra_bot.webhooks.server import DoorLimits, build_app, listen, serve


async def test_a_delivery_is_stored_before_it_is_acknowledged(tmp_path):
    """202 means it is in the inbox, with the sender's id, the time and the raw bytes."""
    async with open_door(tmp_path) as door:
        body = json.dumps(comment_payload()).encode()
        answer = await door.deliver(body, delivery="guid-1")
        assert (answer.status, json.loads(answer.body)) == (202, {"status": "accepted"})
        (stored,) = await door.stored()
        assert (stored.delivery_id, stored.event, stored.body) == ("guid-1", "issue_comment", body)
        assert (stored.source, stored.received_at) == ("github", door.clock.time)


async def test_ignored_events_are_acknowledged_and_not_stored(tmp_path):
    """What is of no use gets 202 with a word, so that GitHub does not show it as failed."""
    async with open_door(tmp_path) as door:
        for payload, event in ((comment_payload(action="edited"), "issue_comment"), ({"zen": "x"}, "ping")):
            answer = await door.deliver(payload, event=event)
            assert (answer.status, json.loads(answer.body)) == (202, {"status": "ignored"})
        assert await door.stored() == []


async def test_the_operators_screen_has_the_last_word(tmp_path):
    """An event that the screen has no use for is acknowledged and not stored."""
    async with open_door(tmp_path, screen=lambda _event: Ignored("not today")) as door:
        assert json.loads((await door.deliver(comment_payload())).body) == {"status": "ignored"}
        assert await door.stored() == []


@pytest.mark.parametrize(
    ("error", "retry_after"),
    [(Transient("disk full", retry_after=60), "60"), (Transient("locked"), "30"), (Permanent("damaged"), "30")],
)
async def test_what_cannot_be_stored_is_not_acknowledged(tmp_path, error, retry_after):
    """While the inbox is unavailable GitHub is told to try again, and nothing of the reason."""
    async with open_door(tmp_path, inbox=BrokenInbox(error)) as door:
        answer = await door.deliver(comment_payload())
        assert (answer.status, answer.headers["retry-after"]) == (503, retry_after)
        assert json.loads(answer.body) == {"status": "unavailable"}


async def test_one_connection_carries_many_deliveries(tmp_path):
    """Keep-alive works, also after a refusal whose body was read."""
    async with open_door(tmp_path) as door:
        reader, writer = await door.connect()
        statuses = []
        for number in range(4):
            body = json.dumps(comment_payload(comment={**comment_payload()["comment"], "id": number})).encode()
            writer.write(delivery_request(body, secret=SECRET if number != 1 else b"another-secret-than-ours"))
            statuses.append((await read_answer(reader)).status)
        assert statuses == [202, 401, 202, 202]


async def test_large_deliveries_do_their_work_beside_the_others(tmp_path):
    """A body of megabytes is verified, parsed and stored like a small one."""
    async with open_door(tmp_path) as door:
        answer = await door.deliver(comment_payload(padding="x" * 3_000_000))
        assert answer.status == 202
        assert len(await door.stored()) == 1


async def test_health_and_readiness(tmp_path):
    """Alive is always yes; ready is every check by name, with no reason given."""

    async def fail() -> None:
        raise Transient("the password is hunter2")

    async def hang() -> None:
        await asyncio.Event().wait()

    async with open_door(tmp_path) as door:
        assert (await door.request("GET", "/healthz")).body == b"ok\n"
        answer = await door.request("GET", "/readyz")
        assert (answer.status, json.loads(answer.body)) == (200, {"ready": True, "checks": {"inbox": "ok"}})
    async with open_door(tmp_path, checks={"bad": fail, "slow": hang}) as door:
        answer = await door.request("GET", "/readyz")
        assert answer.status == 503
        assert json.loads(answer.body) == {"ready": False, "checks": {"bad": "failing", "slow": "failing"}}


async def test_a_failing_check_is_logged_when_it_changes(tmp_path):
    """A probe each second floods no log."""
    states = iter([False, False, True, True, False])

    async def check() -> None:
        if not next(states):
            raise Transient("control has not started yet")

    with structlog.testing.capture_logs() as lines:
        async with open_door(tmp_path, checks={"control": check}) as door:
            for _ in range(5):
                await door.request("GET", "/readyz")
    said = [line["event"] for line in lines if line.get("check") == "control"]
    assert said == ["readiness check failed", "readiness check is well again", "readiness check failed"]


async def test_metrics_count_outcomes_and_name_nobody(tmp_path):
    """The page counts answers and what waits; no repository, person or delivery is on it."""
    async with open_door(tmp_path) as door:
        await door.deliver(comment_payload(), delivery="guid-1")
        await door.deliver(comment_payload(), secret=b"another-secret-than-ours")
        answer = await door.request("GET", "/metrics")
        page = answer.body.decode()
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert 'yantra_webhook_deliveries_total{outcome="accepted"} 1.0' in page
        assert 'yantra_webhook_deliveries_total{outcome="unsigned"} 1.0' in page
        assert "yantra_inbox_waiting 1.0" in page
        assert not {"acme", "widget", "ada", "guid-1"} & set(page.replace('"', " ").split())


async def test_metrics_are_shown_while_the_inbox_is_locked():
    """What waits cannot be counted then; the other numbers are wanted all the more."""

    async def count() -> int:
        raise Transient("the inbox is locked")

    metrics = DoorMetrics(CollectorRegistry())
    door = GitHubDoor(secrets=[SECRET], inbox=BrokenInbox(Transient("x")), clock=ManualClock(), metrics=metrics)
    app = build_app(door, metrics=metrics, checks={}, waiting=count)
    async with (
        listen(app, host="127.0.0.1", port=0) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        assert answer.status == 200
        assert "yantra_webhook_seconds" in await answer.text()


async def test_metrics_work_without_an_inbox_to_ask(tmp_path):
    """The page needs nothing but its own numbers."""
    metrics = DoorMetrics(CollectorRegistry())
    door = GitHubDoor(secrets=[SECRET], inbox=BrokenInbox(Transient("x")), clock=ManualClock(), metrics=metrics)
    async with listen(build_app(door, metrics=metrics, checks={}), host="127.0.0.1", port=0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: door\r\n\r\n")
        assert (await read_answer(reader)).status == 200
        writer.close()


async def test_one_connection_too_many_is_closed_unread(tmp_path):
    """Beyond the limit a connection is closed at once; when one ends there is room again."""
    async with open_door(tmp_path, limits=DoorLimits(connections=1)) as door:
        reader, writer = await door.connect()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: door\r\n\r\n")
        assert (await read_answer(reader)).status == 200
        refused, _ = await door.connect()
        assert await refused.read() == b""
        writer.close()
        await writer.wait_closed()
        while (answer := await knock(door)) is None:
            await asyncio.sleep(0)
        assert answer.status == 200


async def knock(door):
    try:
        return await door.request("GET", "/healthz")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class DrainClock(ManualClock):
    """Drains until it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.drained = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        assert seconds == 5
        await self.drained.wait()


async def start_serving(bench, stop, clock):
    """Serve the bench's application once more, on a port of its own, which the bench then talks to."""
    ports = asyncio.Queue()
    serving = asyncio.create_task(
        serve(
            bench.app, host="127.0.0.1", port=0, stop=stop, clock=clock, drain_seconds=5, on_listening=ports.put_nowait
        )
    )
    bench.port = await ports.get()
    return serving


async def test_the_end_is_red_first_and_then_the_port_is_free(tmp_path):
    """On a stop /readyz turns red while the door still takes deliveries; then it closes."""
    async with open_door(tmp_path) as door:
        stop, clock = asyncio.Event(), DrainClock()
        serving = await start_serving(door, stop, clock)
        assert (await door.request("GET", "/readyz")).status == 200
        stop.set()
        await asyncio.sleep(0)
        answer = await door.request("GET", "/readyz")
        assert (answer.status, json.loads(answer.body)["checks"]["ending"]) == (503, "failing")
        assert (await door.deliver(comment_payload())).status == 202
        clock.drained.set()
        await serving
        with pytest.raises(ConnectionRefusedError):
            await door.connect()


async def test_a_delivery_in_flight_is_finished_at_the_end(tmp_path):
    """A request whose answer waits for the disk when the server stops is stored and answered."""
    entered, may_store = asyncio.Event(), asyncio.Event()

    class SlowInbox(BrokenInbox):
        async def put(self, delivery: object) -> bool:
            entered.set()
            await may_store.wait()
            return True

    async with open_door(tmp_path, inbox=SlowInbox(Transient("x"))) as door:
        stop, clock = asyncio.Event(), DrainClock()
        serving = await start_serving(door, stop, clock)
        reader, writer = await door.connect()
        writer.write(delivery_request(json.dumps(comment_payload()).encode()))
        await entered.wait()
        stop.set()
        clock.drained.set()
        while await knock(door) is not None:
            await asyncio.sleep(0)
        may_store.set()
        assert (await read_answer(reader)).status == 202
        await serving


async def test_a_port_that_is_taken_stops_start_up(tmp_path):
    """The error names the settings to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with open_door(tmp_path) as door:
            with pytest.raises(SettingsError, match="YANTRA_PORT"):
                async with listen(door.app, host="127.0.0.1", port=taken.getsockname()[1]):
                    pass


def test_a_door_without_a_secret_cannot_be_built():
    """There is no way to a server that checks no signatures."""
    metrics = DoorMetrics(CollectorRegistry())
    with pytest.raises(SettingsError, match="YANTRA_WEBHOOK_SECRETS"):
        GitHubDoor(secrets=[], inbox=BrokenInbox(Transient("x")), clock=ManualClock(), metrics=metrics)
