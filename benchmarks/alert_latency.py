"""How soon people hear of what fires: from a number that turns bad to the incident's message and its issue.

    python -m benchmarks.alert_latency [--alerts 30]

`yantra serve` runs as it does for an operator, door and control as processes of their own; Prometheus and Alertmanager
are Debian's, scraping and evaluating each second, with no wait of a group. GitHub, Slack and the model are stand-ins in
this process. One service after the other turns bad; before the next one does, the diagnosis of the last goes on beside.
"""

import argparse
import asyncio
import contextlib
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
from aiohttp import web

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.concurrency import SlowModels, make_settings
from benchmarks.machine import describe_machine
from benchmarks.measuring import percentile
from tests.fakes import alerting
from tests.fakes.github import start
from tests.fakes.slack import start as start_slack
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.slack_town import Town
from yantra_bot.app.logs import set_up_logging

TOKEN: Final = "a-token-of-the-benchmark"
PATIENCE: Final = 120.0
LOOK: Final = 0.005
RULE: Final = alerting.rule(
    "HighErrorRate", "last_over_time(bad[5m]) > 0", labels={"severity": "error"}, summary="Requests fail."
)


@dataclass
class Way:
    """Services that show their numbers, and the way from Alertmanager to the door, with the time of each delivery."""

    port: int = 0
    bad: set[str] = field(default_factory=set)
    services: Sequence[str] = ()
    told: dict[str, float] = field(default_factory=dict)
    """When Alertmanager first told of a service."""

    async def tell(self, _request: web.Request) -> web.Response:
        lines = (f'bad{{service="{one}"}} {int(one in self.bad)}\n' for one in self.services)
        return web.Response(text="".join(lines))

    async def hand_on(self, request: web.Request) -> web.Response:
        at, data = time.perf_counter(), await request.json()
        for alert in data["alerts"]:
            self.told.setdefault(alert["labels"]["service"], at)
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
        url = f"http://127.0.0.1:{self.port}/webhooks/alertmanager"
        async with httpx2.AsyncClient(trust_env=False, timeout=120) as client:
            answer = await client.post(url, content=await request.read(), headers=headers)
        return web.Response(status=answer.status_code)

    @asynccontextmanager
    async def alarms(self, folder: Path) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_get("/metrics", self.tell)
        app.router.add_post("/hook", self.hand_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        receiver = f"http://127.0.0.1:{port}/hook"
        try:
            async with alerting.start(folder, rules=[RULE], targets={"all": port}, receiver=receiver, token=TOKEN):
                yield
        finally:
            await runner.cleanup()


@dataclass
class Times:
    """Seconds of each alert, from when Alertmanager told of it; `fired` is what Prometheus and it took before."""

    fired: list[float] = field(default_factory=list)
    stored: list[float] = field(default_factory=list)
    message: list[float] = field(default_factory=list)
    issue: list[float] = field(default_factory=list)


async def until(condition: Any) -> float:
    """Return when something was true."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(LOOK)
    return time.perf_counter()


def is_stored(scene: Scene, service: str) -> bool:
    with contextlib.closing(scene.records()) as records:
        return any(one.service == service for one in records.incidents(limit=5))


async def measure(town: Town, way: Way) -> Times:
    """Turn one service bad after the other."""
    times, issues = Times(), town.scene.repository.issues
    for service in way.services:
        began = time.perf_counter()
        way.bad.add(service)
        fired = await until(lambda one=service: one in way.told) and way.told[service]
        stored, message, issue = await asyncio.gather(
            until(lambda one=service: is_stored(town.scene, one)),
            until(lambda one=service: any(f"{one} in" in said.shown for said in town.slack.said(town.channel))),
            until(lambda one=service: any(f"{one} in" in made.title for made in issues.values())),
        )
        times.fired.append(fired - began)
        for name, at in (("stored", stored), ("message", message), ("issue", issue)):
            getattr(times, name).append(at - fired)
    return times


async def work(folder: Path, alerts: int) -> Times:
    """Serve, let it fire, measure."""
    github = await start(folder / "github")
    way = Way(services=[f"service-{number:02}" for number in range(alerts)])
    async with SlowModels() as models, start_slack() as slack:
        scene = Scene(github, folder, make_settings(folder, github, models, 4))
        github.install("octo")
        town = Town(scene, slack)
        more = {
            "services": tuple(f"{one}=octo/calc/production" for one in way.services),
            "alert_tokens": (TOKEN,),
            "slack_alert_channel": town.channel.id,
        }
        given = scene.values | town.settings | more
        scene.values = {name: value for name, value in given.items() if value is not None}
        async with serving(scene):
            way.port = scene.port
            async with way.alarms(folder / "alerting"):
                times = await measure(town, way)
    await github.close()
    return times


def report(times: Times) -> list[Aim]:
    """Print the table; return the aims."""
    print("| ms | how many | p50 | p95 | slowest |\n|---|---|---|---|---|")
    rows = {
        "a number turns bad → Alertmanager tells of it": times.fired,
        "… → the incident is stored": times.stored,
        "… → its message stands in Slack": times.message,
        "… → its issue is open": times.issue,
    }
    for what, values in rows.items():
        shown = (statistics.median(values), percentile(values, 0.95), max(values))
        print(f"| {what} | {len(values)} | " + " | ".join(f"{1_000 * one:.0f}" for one in shown) + " |")
    return [
        at_most("from the alert to the incident's message, p50", statistics.median(times.message), 5.0, "s", digits=2),
        at_most("from the alert to the incident's message, p95", percentile(times.message, 0.95), 10.0, "s", digits=2),
    ]


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=30)
    asked = parser.parse_args()
    if alerting.missing():
        raise SystemExit(alerting.missing())
    set_up_logging(level=logging.ERROR)
    machine = describe_machine("python -m benchmarks.alert_latency")
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    try:
        times = await work(folder, asked.alerts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(machine)
    print_aims(report(times))


if __name__ == "__main__":
    asyncio.run(main())
