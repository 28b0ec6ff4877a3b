"""A storm of alerts: five hundred of one group, sent again and again; what becomes of it, how soon, in what room.

    python -m benchmarks.alert_storm [--alerts 500] [--rounds 40]

The door answers over HTTP and stores into a real inbox; then what is stored is parsed and heard as control does, into
real records. Each round is the whole group again with other wording, so that no part of it is a repetition that the
inbox knows, as when pods come and go. A second storm is ten times as large, with a long text in each alert.
"""

import argparse
import asyncio
import http.client
import json
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import percentile, resident
from yantra_bot.app.door import DoorPart, run_door
from yantra_bot.app.home import Home
from yantra_bot.app.logs import set_up_logging
from yantra_bot.clock import SystemClock
from yantra_bot.domain.alert_events import AlertsHeard
from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.monitor.services import Services
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.hearing import AlertListener
from yantra_bot.runs.watching.places import Places
from yantra_bot.webhooks.alert_door import ALERTMANAGER_PATH
from yantra_bot.webhooks.alert_events import parse
from yantra_bot.webhooks.inbox import SqliteInbox, open_inbox

TOKEN: Final = "a-token-of-the-benchmark"
LARGE: Final = 10
TEXT: Final = 2_000


class Forge:
    """Knows the one repository."""

    async def find(self, name: str) -> Sequence[Origin]:
        return [Origin(1, Repository(7, *name.split("/")))]

    async def account(self, account_id: int, origin: Origin) -> Actor | None:
        return None


@dataclass
class Storm:
    """What was measured: seconds for each delivery, and the room that was taken in between."""

    alerts: int
    answered: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    incidents: int = 0
    counted: int = 0
    size: int = 0
    """Of the records' file and its log, in bytes."""


def make_group(alerts: int, turn: int, *, text: int = 0, group: str = "storm") -> bytes:
    """Return a notification of Alertmanager's; every alert has words of its own, and other ones each time."""
    at = "2026-11-29T01:00:00.000Z"
    listed: list[dict[str, Any]] = [
        {
            "status": "firing",
            "labels": {"alertname": "HighErrorRate", "service": "shop", "pod": f"shop-{number}", "severity": "error"},
            "annotations": {"summary": f"pod {number} fails {turn}", "description": f"{number} {turn} " + "x" * text},
            "startsAt": at,
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
            "fingerprint": f"{number:016x}",
        }
        for number in range(alerts)
    ]
    return json.dumps({"version": "4", "groupKey": group, "status": "firing", "alerts": listed}).encode()


def post(port: int, body: bytes) -> None:
    """Send one notification to the door."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        connection.request("POST", ALERTMANAGER_PATH, body, headers)
        answer = connection.getresponse()
        assert answer.status == 202, answer.read()
    finally:
        connection.close()


async def take(inbox: SqliteInbox, listener: AlertListener) -> None:
    """Act on what is stored, as the dispatcher does."""
    for delivery in await inbox.pending(10):
        said = parse(delivery.event, delivery.body)
        assert isinstance(said, AlertsHeard)
        await inbox.handled(delivery.sequence, await listener.hear_alerts(said.alerts))


async def rage(folder: Path, alerts: int, rounds: int, *, text: int = 0) -> Storm:
    """Let one storm come; return what it took."""
    home, clock, storm = Home(folder).lay_out(), SystemClock(), Storm(alerts)
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    part = DoorPart(
        state_folder=folder, host="127.0.0.1", port=0, webhook_secrets=("a secret of the benchmark",), handle="yantra",
        repositories=(), allowed_bots=(), alert_tokens=(TOKEN,),
    )  # fmt: skip
    door = asyncio.create_task(run_door(part, stop, on_listening=port.set_result))
    listening = await port
    inbox, records = await open_inbox(home.inbox, clock=clock), Records.open(home.records)
    services = Services.read(["shop=acme/shop/production"], ["service"])
    listener = AlertListener(services=services, places=Places(Forge()), records=records, clock=clock)
    for turn in range(rounds):
        body = make_group(alerts, turn, text=text)
        began = time.perf_counter()
        await asyncio.to_thread(post, listening, body)
        storm.answered.append(time.perf_counter() - began)
        await take(inbox, listener)
        storm.heard.append(time.perf_counter() - began)
        storm.memory.append(resident())
    found = records.incidents(limit=1_000)
    storm.incidents, storm.counted = len(found), sum(one.alerts for one in found)
    storm.size = sum(path.stat().st_size for path in home.records.parent.glob(f"{home.records.name}*"))
    records.close()
    await inbox.aclose()
    stop.set()
    await door
    return storm


def report(storms: Sequence[Storm]) -> list[Aim]:
    """Print the table; return the aims."""
    print(
        "| alerts in the group | sent | incidents | alerts counted "
        "| answered, p50 / p95 ms | stored, p50 / p95 ms | memory, first → last MB | records, MB |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    for one in storms:
        times = [
            f"{1_000 * statistics.median(values):.0f} / {1_000 * percentile(values, 0.95):.0f}"
            for values in (one.answered, one.heard)
        ]
        room = f"{one.memory[0]:.0f} → {one.memory[-1]:.0f}"
        print(
            f"| {one.alerts:,} | {len(one.heard)} times | {one.incidents} | {one.counted:,} | {times[0]} | {times[1]} "
            f"| {room} | {one.size / 1e6:.1f} |"
        )
    small, large = storms
    return [
        at_most("incidents of 500 alerts in a group", small.incidents, 2, digits=0),
        at_most("from 500 alerts sent to the incident stored, p95", percentile(small.heard, 0.95), 1.0, "s", digits=3),
        at_most("memory that later rounds take beyond the second", grown(small), 16, "MB", digits=1),
        at_most("incidents of ten times as many", large.incidents, 2, digits=0),
        at_most("memory that later rounds of these take", grown(large), 64, "MB", digits=1),
    ]


def grown(storm: Storm) -> float:
    """Return by how much memory grew after the second round, in MB: it has to be bounded, whatever a round takes."""
    return max(0.0, max(storm.memory[2:]) - max(storm.memory[:2]))


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    set_up_logging(level=logging.ERROR)
    machine = describe_machine("python -m benchmarks.alert_storm")
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    try:
        storms = [
            await rage(folder / "small", asked.alerts, asked.rounds),
            await rage(folder / "large", LARGE * asked.alerts, max(3, asked.rounds // LARGE), text=TEXT),
        ]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(machine)
    print_aims(report(storms))


if __name__ == "__main__":
    asyncio.run(main())
