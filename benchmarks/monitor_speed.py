"""Watching services: how long it takes to record a point, and to judge a hundred services by what is known of them.

    python -m benchmarks.monitor_speed [--services 100] [--rounds 60]

Every window is full (a thousand points and as many values of each other metric), and every service has the standard
rules. A log's look is two thousand lines: once like errors with traces, once all of them different.
"""

import argparse
import random
import time
import tracemalloc
from typing import Final

from benchmarks.aims import at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import percentile
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import MetricName, Watch
from yantra_bot.domain.repository import Repository
from yantra_bot.monitor.log_groups import LogGroups
from yantra_bot.monitor.metrics import WINDOW, Point
from yantra_bot.monitor.standard_rules import STANDARD_RULES
from yantra_bot.monitor_ports import LogLine
from yantra_bot.runs.watching.log_polling import LINES
from yantra_bot.runs.watching.stations import Station
from yantra_bot.runs.watching.watched import Watched

NOW: Final = 1_800_000_000.0
LOOKS: Final = 30
TRACE: Final = """ERROR order {n} failed
Traceback (most recent call last):
  File "/app/shop/web.py", line 12, in handle
    total(cart)
  File "/app/shop/cart.py", line 40, in total
    return prices[sku]
KeyError: 'A-{n}'"""


def make_station(number: int) -> Station:
    """Return a service whose window is full of the last five minutes."""
    service = Service(f"shop-{number}", f"acme/shop-{number}", "production")
    watch = Watch("production", rules=STANDARD_RULES)
    environment = Environment("production", "main", "shop")
    return Station(Watched(service, Repository(number, "acme", service.name), environment, watch, service.name))


def fill(station: Station, chance: random.Random) -> list[float]:
    """Record a thousand points, and as many values of the others; return how long each took, in milliseconds."""
    took = []
    for number in range(WINDOW):
        at = NOW - 299 + number * 299 / WINDOW
        point = Point(at, chance.uniform(5, 800), chance.random() < 0.02)
        began = time.perf_counter()
        station.window.record(point)
        took.append((time.perf_counter() - began) * 1_000)
        for name in (MetricName.CPU, MetricName.MEMORY, MetricName.DISK, MetricName.UP):
            began = time.perf_counter()
            station.window.note(name, 1.0 if name is MetricName.UP else 0.5, at=at)
            took.append((time.perf_counter() - began) * 1_000)
    return took


def detect(stations: list[Station], rounds: int) -> tuple[list[float], int]:
    """Judge all services again and again, one of which goes down; return milliseconds a round, and the alerts."""
    took, alerts = [], 0
    for turn in range(rounds):
        now = NOW + turn
        stations[turn % len(stations)].window.note(MetricName.UP, 0.0, at=now)
        began = time.perf_counter()
        for station in stations:
            found = station.judge(now, interval=15.0)
            station.heard(found, now)
            alerts += sum(one.name == "ServiceDown" for one in found)
        took.append((time.perf_counter() - began) * 1_000)
    return took, alerts


def read_logs(text: list[str]) -> list[float]:
    """Look at as many lines again and again; return milliseconds a look."""
    groups, took = LogGroups(Service("shop", "acme/shop", "production")), []
    for turn in range(LOOKS):
        lines = [LogLine(NOW + turn, "shop-1", line) for line in text]
        began = time.perf_counter()
        groups.look(lines, threshold=5, now=NOW + turn * 60)
        took.append((time.perf_counter() - began) * 1_000)
    return took


def row(what: str, took: list[float]) -> str:
    ordered = [percentile(took, share) for share in (0.5, 0.95)]
    return f"| {what} | {len(took):,} | {ordered[0]:.4g} | {ordered[1]:.4g} | {max(took):.4g} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    chance = random.Random(12)
    print(describe_machine("python -m benchmarks.monitor_speed"))
    tracemalloc.start()
    stations = [make_station(number) for number in range(options.services)]
    for station in stations:
        fill(station, chance)
    room = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    recorded = [one for station in stations[:10] for one in fill(station, chance)]
    found, alerts = detect(stations, options.rounds)
    like = [line for n in range(LINES // 7) for line in TRACE.format(n=n).splitlines()]
    words = ["".join(chance.choices("abcdefghijklmnop", k=9)) for _ in range(LINES * 4)]
    unlike = [f"ERROR {' '.join(words[n * 4 : n * 4 + 4])}" for n in range(LINES)]
    print("| ms | how many | p50 | p95 | slowest |\n|---|---|---|---|---|")
    print(row("recording one point or value", recorded))
    print(row(f"judging {options.services} services, full windows, seven rules each", found))
    like_took, unlike_took = read_logs(like), read_logs(unlike)
    print(row(f"grouping {len(like):,} lines of a log, like errors with traces", like_took))
    print(row(f"grouping {len(unlike):,} lines of a log, all of them different", unlike_took))
    print(f"\n{alerts} of {options.rounds} services that went down were told in the round in which they did.")
    print(f"All full windows of {options.services} services take {room:.1f} MB.")
    print_aims(
        [
            at_most("recording a point, p95", percentile(recorded, 0.95), 1, "ms", digits=4),
            at_most(f"detection over {options.services} services, p95", percentile(found, 0.95), 100, "ms"),
            at_most("services that went down and were not told at once", options.rounds - alerts, 1, digits=0),
        ]
    )


if __name__ == "__main__":
    main()
