"""A service of which alerts are told by a sender that signs: what no Prometheus is needed for."""

import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2

from tests.stories.shipyard import Shipyard
from tests.stories.slack_town import Town
from tests.stories.watchtower import APP, BROKEN, FIX, TESTS, TRACE
from yantra_bot.domain.incidents import Incident, IncidentState

SECRET: Final = "a-secret-that-alerts-are-signed-with-0123"
NAME: Final = "ShopFails"


class Siren:
    """A broken shop, and somebody who tells of it."""

    def __init__(self, yard: Shipyard, town: Town) -> None:
        self.yard, self.town, self.scene, self.github = yard, town, yard.scene, yard.github
        self.scene.values |= {"services": ("shop=acme/shop/production",)}

    async def lay_out(self, monitor: str) -> None:
        """Write the shop as it is broken, with these keys for production; a model that mends it is at hand."""
        files = {"cart.py": BROKEN, "app.py": APP, "tests/test_app.py": TESTS, "conftest.py": ""}
        self.github.commit(self.yard.repository, files)
        rules = f"monitor:\n  production: {{owners: [alice], watch_minutes: 0.05, {monitor}}}\n"
        await self.yard.lay_out(monitor=rules)
        self.scene.play(FIX)

    @asynccontextmanager
    async def server(self, **changed: Any) -> AsyncIterator[None]:
        """Run the server, with Slack beside it."""
        settings = {
            **self.town.settings,
            "slack_alert_channel": self.town.channel.id,
            "alert_secrets": (SECRET,),
        }
        async with self.scene.server(**{**settings, **changed}):
            yield

    async def ring(self, status: str = "firing", *, text: str = TRACE, **more: Any) -> int:
        """Tell of the alert; return the door's answer."""
        alert = {"name": NAME, "service": "shop", "severity": "error", "summary": "Checkouts fail.", "text": text}
        body = json.dumps({**alert, "status": status, **more}).encode()
        at = str(int(time.time()))
        signature = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Yantra-Timestamp": at, "X-Yantra-Signature": f"sha256={signature}"}
        headers["Content-Type"] = "application/json"
        async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
            url = f"http://127.0.0.1:{self.scene.port}/webhooks/alerts"
            return (await client.post(url, content=body, headers=headers)).status_code

    def incidents(self) -> tuple[Incident, ...]:
        """Return all incidents, newest first."""
        if not self.scene.home.records.exists():
            return ()
        with contextlib.closing(self.scene.records()) as records:
            return records.incidents(limit=20)

    async def incident(self, *states: IncidentState, told: bool = False) -> Incident:
        """Wait until the newest incident is in one of these states, and maybe until its end was told everywhere."""

        def found() -> Incident | None:
            newest = next(iter(self.incidents()), None)
            is_there = newest is not None and (not states or newest.state in states)
            return newest if is_there and (not told or newest.is_told) else None  # type: ignore[union-attr]  # it is there

        incident: Incident = await self.scene.until(found)
        return incident

    async def issue(self) -> Any:
        """Wait for the incident's issue, and have words be said there from now on."""

        def found() -> Any:
            number = next((one.issue for one in self.incidents()), 0)
            return self.yard.repository.issues.get(number)

        self.scene.issue = await self.scene.until(found)
        return self.scene.issue
