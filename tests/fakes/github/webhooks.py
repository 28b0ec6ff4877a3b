"""Signed deliveries over HTTP, recorded, with redelivery. What they say is made elsewhere (`payloads`)."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from tests.fakes.github.shapes import Json

TIMEOUT_SECONDS = 10
HOOK_ID = "990"


@dataclass(eq=False)
class Delivery:
    """One attempt to deliver one event. `status_code` 0 means that nobody answered."""

    id: int
    guid: str
    event: str
    body: bytes
    installation_id: int | None
    repository_id: int | None
    is_redelivery: bool
    delivered_at: str
    status_code: int = 0
    seconds: float = 0.0

    @property
    def payload(self) -> Json:
        parsed: Json = json.loads(self.body)
        return parsed

    @property
    def status(self) -> str:
        if self.status_code == 0:
            return "failed to connect to host"
        return "OK" if self.status_code < 400 else "Invalid HTTP Response: " + str(self.status_code)


@dataclass(eq=False)
class Deliveries:
    """Everything sent to the webhook URL, in order. With no URL set, events are recorded as not delivered."""

    secret: str
    app_id: int
    new_id: Callable[[], int]
    timestamp: Callable[[], str]
    url: str | None = None
    sent: list[Delivery] = field(default_factory=list)
    tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def send(self, event: str, payload: Json, *, installation_id: int | None, repository_id: int | None) -> Delivery:
        """Record a delivery and start it; `wait` waits for it."""
        body = json.dumps(payload, separators=(",", ":")).encode()
        guid = str(uuid.uuid4())
        delivery = Delivery(self.new_id(), guid, event, body, installation_id, repository_id, False, self.timestamp())
        self._start(delivery)
        return delivery

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Send the same bytes under the same GUID again, as the button on GitHub's page does."""
        again = Delivery(
            self.new_id(), delivery.guid, delivery.event, delivery.body, delivery.installation_id,
            delivery.repository_id, True, self.timestamp(),
        )  # fmt: skip
        self._start(again)
        return again

    async def wait(self) -> None:
        """Return when everything that was sent is answered."""
        while self.tasks:
            await asyncio.gather(*self.tasks)

    def headers(self, delivery: Delivery) -> dict[str, str]:
        """Return the headers of a delivery, signatures included."""
        key = self.secret.encode()
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/044aadd",
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": HOOK_ID,
            "X-GitHub-Hook-Installation-Target-ID": str(self.app_id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": "sha1=" + hmac.new(key, delivery.body, hashlib.sha1).hexdigest(),
            "X-Hub-Signature-256": "sha256=" + hmac.new(key, delivery.body, hashlib.sha256).hexdigest(),
        }

    def _start(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
        if self.url is None:
            return
        task = asyncio.get_running_loop().create_task(self._post(self.url, delivery))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _post(self, url: str, delivery: Delivery) -> None:
        started = time.monotonic()
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=delivery.body, headers=self.headers(delivery)) as answer,
            ):
                delivery.status_code = answer.status
        except (aiohttp.ClientError, TimeoutError):
            delivery.status_code = 0
        delivery.seconds = time.monotonic() - started
