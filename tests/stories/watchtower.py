"""A shipyard that is watched: the service's own numbers, a real Prometheus and Alertmanager over them, and a Slack."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
from aiohttp import web

from tests.fakes import alerting
from tests.fakes.cluster.fates import write_log
from tests.fakes.github import git_repository
from tests.stories.library import HEAD, call, turn
from tests.stories.shipyard import Shipyard
from tests.stories.slack_town import Town
from yantra_bot.domain.incidents import Incident, IncidentState

TOKEN: Final = "a-token-of-alertmanager-0123456789"
ALERT: Final = "HighErrorRate"
RATE: Final = "sum(rate(shop_errors_total[5s])) / sum(rate(shop_requests_total[5s])) > 0.05"
CART: Final = """\
PRICES = {"apple": 3, "pear": 4}


def price(name):
    return PRICES.get(name, 0)


def total(names):
    return sum(price(name) for name in names)
"""
APP: Final = """\
from cart import total


def checkout(names):
    return {"total": total(names)}
"""
TESTS: Final = """\
from app import checkout


def test_checkout():
    assert checkout(["apple", "pear"]) == {"total": 7}
"""
BROKEN: Final = CART.replace("PRICES.get(name, 0)", "PRICES[name]")
TRACE: Final = """\
ERROR POST /checkout
Traceback (most recent call last):
  File "/app/app.py", line 5, in checkout
    return {"total": total(names)}
  File "/app/cart.py", line 9, in total
    return sum(price(name) for name in names)
  File "/app/cart.py", line 9, in <genexpr>
    return sum(price(name) for name in names)
  File "/app/cart.py", line 5, in price
    return PRICES[name]
KeyError: 'kiwi'
"""
"""What pods write where a fruit is asked for that has no price."""
FIX: Final = (
    HEAD
    + turn(
        "fix",
        call("edit_file", '{path = "cart.py", search = "PRICES[name]", replace = "PRICES.get(name, 0)"}'),
        call(
            "write_file",
            "{path = \"tests/test_cart.py\", content = '''\nfrom cart import total\n\n\ndef test_unknown():\n"
            "    assert total(['kiwi']) == 0\n'''}",
        ),
    )
    + turn("prove", call("run_tests", "{}"))
    + turn(
        "end",
        call("finish", '{title = "fix: know no price", summary = "A fruit without one is free.", confidence = 0.95}'),
    )
)
"""A model that mends what the trace shows, and proves it."""


class Watchtower:
    """What a story of an incident is played on."""

    def __init__(self, yard: Shipyard, town: Town, folder: Path) -> None:
        self.yard, self.town, self.folder = yard, town, folder
        self.scene, self.github = yard.scene, yard.github
        self.failing: set[str] = set()
        """Images whose pods fail half of their requests."""
        self.requests, self.errors = 0, 0
        self._at: alerting.Alerting | None = None

    @property
    def at(self) -> alerting.Alerting:
        assert self._at is not None
        return self._at

    def settings(self, prometheus: str) -> dict[str, Any]:
        return {
            **self.town.settings,
            "slack_alert_channel": self.town.channel.id,
            "services": ("shop=acme/shop/production",),
            "alert_tokens": (TOKEN,),
            "prometheus_url": prometheus,
        }

    async def lay_out(self, *, staging: str = "", production: str = "", monitor: str = "") -> str:
        """Write the shop and its rules, deploy it everywhere, and return the commit."""
        files = {"cart.py": CART, "app.py": APP, "tests/test_app.py": TESTS, "conftest.py": ""}
        self.github.commit(self.yard.repository, files)
        return await self.yard.lay_out(staging=staging, production=production, monitor=monitor)

    async def release(self, files: Mapping[str, str], *, fails: bool = False, log: str = "", branch: str = "") -> str:
        """Push a commit and have its image built; its pods fail half of their requests where they are to."""
        commit = await self.github.push(self.yard.repository, dict(files), by="alice", branch=branch or None)
        await self.build(commit, fails=fails, log=log)
        return commit

    async def build(self, commit: str, *, fails: bool = False, log: str = "") -> None:
        """Build a commit's image, and end its checks."""
        digest = await self.yard.build(commit, fate=f"ready log={write_log(log)}" if log else "ready")
        if fails:
            self.failing.add(f"{self.yard.image}@{digest}")

    @asynccontextmanager
    async def watching(self, **changed: Any) -> AsyncIterator[None]:
        """Run the server with everything that watches around it."""
        async with self.alarms(), self.server(**changed):
            await self.town.link()
            yield

    @asynccontextmanager
    async def server(self, **changed: Any) -> AsyncIterator[None]:
        """Run the server alone; it may be run again beside what watches."""
        async with self.scene.server(**{**self.settings(self.at.prometheus_url), **changed}):
            yield

    @asynccontextmanager
    async def alarms(self, *, lasts: str = "0s") -> AsyncIterator[None]:
        """Run the service's numbers, and Prometheus and Alertmanager over them."""
        runner = web.AppRunner(self._numbers(), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        numbers = runner.addresses[0][1]
        labels = {"service": "shop", "severity": "error"}
        rules = [alerting.rule(ALERT, RATE, lasts=lasts, labels=labels, summary="Requests fail.")]
        try:
            # The door's port is known once it listens, Prometheus' address has to be known before: a way in between.
            receiver = f"http://127.0.0.1:{numbers}/hook"
            targets = {"shop": numbers}
            async with alerting.start(self.folder, rules=rules, targets=targets, receiver=receiver, token=TOKEN) as at:
                self._at = at
                yield
        finally:
            await runner.cleanup()

    def _numbers(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/metrics", self._tell_numbers)
        app.router.add_post("/hook", self._hand_on)
        return app

    async def _tell_numbers(self, _request: web.Request) -> web.Response:
        serving = await self.yard.serving(self.yard.production)
        self.requests += 100
        self.errors += 50 if self.failing & set(serving) else 0
        text = f"shop_requests_total {self.requests}\nshop_errors_total {self.errors}\n"
        return web.Response(text=text)

    async def _hand_on(self, request: web.Request) -> web.Response:
        """Hand a notification on to the door, byte for byte, and its answer back."""
        if not self.scene.port:
            return web.Response(status=503)
        kept = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        url = f"http://127.0.0.1:{self.scene.port}/webhooks/alertmanager"
        async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
            answer = await client.post(url, content=await request.read(), headers=kept)
        return web.Response(status=answer.status_code, body=answer.content)

    def incidents(self) -> tuple[Incident, ...]:
        """Return all incidents, newest first."""
        if not self.scene.home.records.exists():
            return ()
        records = self.scene.records()
        try:
            return records.incidents(limit=20)
        finally:
            records.close()

    async def incident(self, *states: IncidentState, told: bool = False) -> Incident:
        """Wait until the newest incident is in one of these states, and maybe until its end was told everywhere."""

        def found() -> Incident | None:
            newest = next(iter(self.incidents()), None)
            if newest is None or (states and newest.state not in states) or (told and not newest.is_told):
                return None
            return newest

        try:
            incident: Incident = await self.scene.until(found)
        except TimeoutError:
            stands = [(one.state, one.is_firing, one.note, one.news) for one in self.incidents()]
            raise AssertionError(f"no incident is {states}: {stands}") from None
        return incident

    async def pull_request(self) -> Any:
        """Wait for the hot-fix's pull request."""

        def found() -> Any:
            pulls = self.scene.pull_requests(self.yard.repository)
            return next((one for one in pulls if one.pull.head_ref.startswith("yantra/hotfix")), None)

        return await self.scene.until(found)

    async def approve_shipping(self, pull: Any, *, by: str = "bob") -> None:
        """Wait until the hot-fix waits for approval of production, and give it."""

        def asked() -> object:
            return [one for one in self.scene.said(pull) if "Waiting for approval: shop in production" in one]

        await self.scene.until(asked)
        await self.scene.comment("@yantra approve production", by=by, on=pull)

    def git(self, *words: str) -> str:
        """Run git in the repository on GitHub."""
        return git_repository.run_git(self.yard.repository.git_dir, *words)

    def head(self, branch: str = "main") -> str:
        return git_repository.head_of(self.yard.repository.git_dir, branch) or ""
