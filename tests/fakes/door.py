"""A door to knock at: the real server on a loopback port with a real inbox, and a client as rude as needed."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry

from yantra_bot.domain.events import Delivery
from yantra_bot.errors import YantraError
from yantra_bot.ports import Inbox
from yantra_bot.webhooks.body import BodyLimits
from yantra_bot.webhooks.github_door import GitHubDoor, Screen
from yantra_bot.webhooks.inbox import InboxLimits, SqliteInbox, open_inbox
from yantra_bot.webhooks.metrics import DoorMetrics
from yantra_bot.webhooks.server import GITHUB_PATH, Check, DoorLimits, build_app, listen
from yantra_bot.webhooks.signatures import HEADER, sign

SECRET = b"a-secret-known-to-tests-only"


class ManualClock:
    """Time that moves only when told."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        await asyncio.sleep(0)


class BrokenInbox:
    """An inbox that cannot store: its disk is full, or another process holds the file."""

    def __init__(self, error: YantraError) -> None:
        self.error = error

    async def put(self, delivery: Delivery) -> bool:
        raise self.error

    async def pending(self, limit: int) -> list[Delivery]:
        raise self.error

    async def handled(self, sequence: int, outcome: str) -> None:
        raise self.error


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it came over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class DoorBench:
    """The door under test."""

    port: int
    app: web.Application
    clock: ManualClock
    inbox: SqliteInbox
    open_writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a bare connection; it is closed with the bench."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.open_writers.append(writer)
        return reader, writer

    async def send(self, raw: bytes) -> Answer:
        """Send bytes over a new connection and read one answer."""
        reader, writer = await self.connect()
        writer.write(raw)
        try:
            return await read_answer(reader)
        finally:
            self.open_writers.remove(writer)
            writer.close()

    async def request(self, method: str, path: str) -> Answer:
        """Send a request without a body."""
        return await self.send(f"{method} {path} HTTP/1.1\r\nHost: door\r\n\r\n".encode())

    async def deliver(self, payload: object, *, event: str = "issue_comment", **changes: Any) -> Answer:
        """Send a payload as GitHub would; `changes` go to `delivery_request`."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return await self.send(delivery_request(body, event=event, **changes))

    async def stored(self) -> list[Delivery]:
        """Return what the inbox holds and nobody has handled."""
        return list(await self.inbox.pending(1000))


def delivery_request(
    body: bytes,
    *,
    event: str | None = "issue_comment",
    delivery: str | None = None,
    signature: str | None = None,
    secret: bytes = SECRET,
    drop: tuple[str, ...] = (),
    extra: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Return a whole request as GitHub sends it, but for what is asked to be different."""
    headers = [
        ("Host", "door"),
        ("User-Agent", "GitHub-Hookshot/test"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("X-GitHub-Delivery", delivery or str(uuid.uuid4())),
        (HEADER, signature if signature is not None else sign(body, secret)),
    ]
    if event is not None:
        headers.append(("X-GitHub-Event", event))
    kept = [header for header in headers if header[0] not in drop]
    lines = [f"{name}: {value}" for name, value in (*kept, *extra)]
    head = "\r\n".join([f"POST {GITHUB_PATH} HTTP/1.1", *lines, "", ""])
    return head.encode("utf-8", "surrogateescape") + body


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one response with a Content-Length. Raises IncompleteReadError when the connection is closed before."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status_line, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(status_line.split()[1]), headers, body)


@asynccontextmanager
async def open_door(
    folder: Path,
    *,
    secrets: tuple[bytes, ...] = (SECRET,),
    inbox: Inbox | None = None,
    inbox_limits: InboxLimits | None = None,
    limits: DoorLimits | None = None,
    body: BodyLimits | None = None,
    screen: Screen | None = None,
    checks: Mapping[str, Check] | None = None,
) -> AsyncIterator[DoorBench]:
    """Run a door in this event loop, with its inbox in `folder`; `inbox` puts another behind it."""
    clock = ManualClock()
    real = await open_inbox(folder / "inbox.sqlite", clock=clock, limits=inbox_limits)
    metrics = DoorMetrics(CollectorRegistry())
    door = GitHubDoor(secrets=secrets, inbox=inbox or real, clock=clock, metrics=metrics, screen=screen, limits=body)
    all_checks = {"inbox": real.check} if checks is None else checks
    app = build_app(door, metrics=metrics, checks=all_checks, waiting=real.waiting, check_seconds=0.2)
    try:
        async with listen(app, host="127.0.0.1", port=0, limits=limits or DoorLimits(linger_seconds=0.1)) as port:
            bench = DoorBench(port, app, clock, real)
            try:
                yield bench
            finally:
                for writer in bench.open_writers:
                    writer.close()
    finally:
        await real.aclose()


def comment_payload(body: str = "@yantra implement", **changes: Any) -> dict[str, Any]:
    """Return the payload of a new comment; `changes` replace or add top-level fields."""
    user = {"id": 11, "login": "ada", "type": "User"}
    payload: dict[str, Any] = {
        "action": "created",
        "issue": {"number": 7, "title": "A bug"},
        "comment": {"id": 501, "body": body, "user": user, "updated_at": "2026-01-02T03:04:05Z"},
        "repository": {"id": 42, "name": "widget", "owner": {"id": 12, "login": "acme"}},
        "installation": {"id": 99},
        "sender": user,
    }
    return {**payload, **changes}
