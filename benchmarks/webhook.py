"""Webhooks accepted and durably stored: p50, p99 and requests a second, beside a bare Probot that stores nothing.

    python -m benchmarks.webhook

Both servers get the same signed payload over loopback from the same load (`webhook_load.py`, a process of its own), by
turns, on the same machine in the same run. Prints a Markdown table. Probot comes from npm once, into .artefacts/.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry

from benchmarks.aims import Aim, print_aims
from benchmarks.machine import describe_machine
from demo.servers import free_port
from yantra_bot import artefacts
from yantra_bot.clock import SystemClock
from yantra_bot.webhooks.github_door import GitHubDoor
from yantra_bot.webhooks.inbox import open_inbox
from yantra_bot.webhooks.metrics import DoorMetrics
from yantra_bot.webhooks.server import build_app, serve

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a-secret-for-benchmarks-only"
ROUNDS = 3
REQUESTS = {1: 1500, 50: 5000}


async def serve_door() -> None:
    """Be the door, as in production: one line of JSON a delivery into a file, every delivery durable."""
    with (
        tempfile.TemporaryDirectory(prefix="yantra-benchmark-", dir=ROOT) as folder,
        Path(folder, "log").open("w") as log,
    ):
        log_into(log)
        clock = SystemClock()
        inbox = await open_inbox(Path(folder, "inbox.sqlite"), clock=clock)
        metrics = DoorMetrics(CollectorRegistry())
        door = GitHubDoor(secrets=[SECRET], inbox=inbox, clock=clock, metrics=metrics)
        app = build_app(door, metrics=metrics, checks={"inbox": inbox.check}, waiting=inbox.waiting)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await serve(app, host="127.0.0.1", port=0, stop=stop, clock=clock, on_listening=lambda p: print(p, flush=True))
        await inbox.aclose()


def log_into(log: TextIO) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(log),
        cache_logger_on_first_use=True,
    )


@contextmanager
def started(argv: list[str], cwd: Path, environment: dict[str, str]) -> Iterator[int]:
    """Run a server that prints its port; end it afterwards."""
    process = subprocess.Popen(argv, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=30)


def install_probot() -> Path:
    """Return a folder with Probot in it, installed by npm when it is not there yet."""
    folder = ROOT / ".artefacts" / "benchmark-probot"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "server.mjs"):
        shutil.copy(ROOT / "benchmarks" / "probot" / name, folder / name)
    if not (folder / "node_modules" / "probot").is_dir():
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"], cwd=folder, check=True
        )
    return folder


def read_payload() -> dict[str, Any]:
    """Return GitHub's own example of a new comment, as an App gets it."""
    events = json.loads((artefacts.path("webhook-examples") / "index.json").read_text())
    comments = next(event for event in events if event["name"] == "issue_comment")
    payload: dict[str, Any] = next(example for example in comments["examples"] if example["action"] == "created")
    payload["installation"] = {"id": 1, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMQ=="}
    return payload


def measure(port: int, connections: int, payload: dict[str, Any]) -> dict[str, float]:
    order = {
        "port": port,
        "connections": connections,
        "requests": REQUESTS[connections],
        "secret": SECRET,
        "payload": payload,
    }
    argv = [sys.executable, "-m", "benchmarks.webhook_load"]
    answer = subprocess.run(argv, cwd=ROOT, input=json.dumps(order), stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, float] = json.loads(answer.stdout)
    return result


def compare(servers: dict[str, int], payload: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Yield (server, connections, medians), the servers taking turns."""
    for connections in REQUESTS:
        results: dict[str, list[dict[str, float]]] = {name: [] for name in servers}
        for _ in range(ROUNDS):
            for name, port in servers.items():
                results[name].append(measure(port, connections, payload))
        for name, rounds in results.items():
            yield name, connections, {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}


def print_table(machine: str, rows: list[tuple[str, int, dict[str, float]]]) -> None:
    node = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    print(
        f"{machine}\nBody of {rows[0][2]['body_bytes']:.0f} bytes, Node {node}, median of {ROUNDS} rounds of "
        f"{' / '.join(str(count) for count in REQUESTS.values())} requests, the servers taking turns. The load is one "
        "asyncio process with requests signed beforehand; its share of one CPU is shown.\n"
    )
    print("| server | connections | p50 ms | p99 ms | requests/s | load's CPU |\n|---|---|---|---|---|---|")
    for name, connections, row in rows:
        print(
            f"| {name} | {connections} | {row['p50_ms']:.2f} | {row['p99_ms']:.2f} | {row['rate']:.0f} "
            f"| {row['load_cpu']:.0%} |"
        )


def find_aims(rows: list[tuple[str, int, dict[str, float]]]) -> Iterator[Aim]:
    """Yield one aim for each number of connections: no slower than the bare server, though it stores nothing."""
    for connections in REQUESTS:
        ours, bare = [row["p50_ms"] for _, number, row in rows if number == connections][:2]
        what = f"p50 with {connections} connections beside a bare Probot"
        yield Aim(what, "≤ 1×", f"{ours / bare:.1f}×", ours <= bare)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help="be the door under test")
    if parser.parse_args().serve:
        asyncio.run(serve_door())
        return
    machine = describe_machine("python -m benchmarks.webhook")
    probot, payload = install_probot(), read_payload()
    node = ["node", "server.mjs"]
    door = [sys.executable, "-m", "benchmarks.webhook", "--serve"]
    with (
        started(door, ROOT, {}) as door_port,
        started(node, probot, {"SECRET": SECRET, "PORT": str(free_port())}) as bare_port,
        started(node, probot, {"SECRET": SECRET, "PORT": str(free_port()), "WITH_HANDLER": "1"}) as handler_port,
    ):
        servers = {
            "Yantra, durably stored": door_port,
            "Probot, no handler, stores nothing": bare_port,
            "Probot, one empty handler, stores nothing": handler_port,
        }
        rows = list(compare(servers, payload))
    print_table(machine, rows)
    print_aims(find_aims(rows))


if __name__ == "__main__":
    main()
