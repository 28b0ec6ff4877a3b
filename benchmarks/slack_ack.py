"""How soon Slack is answered while twenty runs work: the door's answers, windows, and what control replies.

    python -m benchmarks.slack_ack [--runs 20] [--seconds 2] [--pause 0.05]

`yantra serve` runs as it does for an operator, door and control as processes of their own; GitHub, Slack and the model
are stand-ins in this process, so that what they are slow at counts against the figures. Commands come one after the
other for as long as the runs work: most ask for the list of commands, each tenth is a mention, each twentieth lacks
what it is about, so that a window has to be opened within the three seconds that Slack gives.
"""

import argparse
import asyncio
import http.client
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.aims import Aim, at_least, at_most, print_aims
from benchmarks.concurrency import SlowModels, make_issues, make_settings
from benchmarks.machine import describe_machine
from benchmarks.measuring import percentile
from tests.fakes.github import start
from tests.fakes.slack import start as start_slack
from tests.fakes.slack.fake import encode, sign
from tests.stories.process import serving
from tests.stories.scene import Scene
from tests.stories.slack_town import Town
from yantra_bot.app.logs import set_up_logging
from yantra_bot.webhooks.slack_door import SLACK_PATH

PATIENCE: Final = 1_800.0
REPOSITORIES: Final = 5
MENTION_EACH, WINDOW_EACH = 10, 20


@dataclass
class Times:
    """What was measured, in seconds."""

    acks: list[float] = field(default_factory=list)
    replies: list[float] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)
    refused: int = 0
    """Answers that were not 200."""
    at_work: list[int] = field(default_factory=list)
    """Runs that had begun and not ended, at each command."""
    seconds: float = 0.0


def count_at_work(scene: Scene) -> tuple[int, int]:
    """Return how many runs have begun and not ended, and how many have ended."""
    runs = scene.runs()
    ended = sum(run.ending is not None for run in runs)
    begun = sum(len(run.phases) > 1 for run in runs)
    return begun - ended, ended


async def order(town: Town, runs: int) -> None:
    """Order all runs on GitHub; nobody more than five, since ten commands a minute are taken from one person."""
    issues = make_issues(town.scene, REPOSITORIES, runs)
    for number, issue in enumerate(issues):
        person = f"person-{number // 5}"
        town.scene.github.permit(issue.repository, person, "write")
        await town.scene.github.post_comment(issue, "@yantra implement", by=person)


async def measure(town: Town, runs: int, pause: float) -> Times:
    """Give commands until every run has ended."""
    times, began, number = Times(), time.perf_counter(), 0
    async with asyncio.timeout(PATIENCE):
        while True:
            working, ended = await asyncio.to_thread(count_at_work, town.scene)
            if ended >= runs:
                break
            number += 1
            times.at_work.append(working)
            await _give(town, times, number)
            await asyncio.sleep(pause)
    times.seconds = time.perf_counter() - began
    return times


def post(port: int, body: bytes, headers: Mapping[str, str]) -> tuple[int, float]:
    """Send one request to the door; return its status, and the seconds until all of the answer was there."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", SLACK_PATH, body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - began
    finally:
        connection.close()


async def _give(town: Town, times: Times, number: int) -> None:
    """Give one command; every answer that has to follow is waited for."""
    whispers, views, said = len(town.slack.whispers), len(town.slack.state.views), len(town.slack.said(town.channel))
    if number % MENTION_EACH == 0 and number % WINDOW_EACH:
        kind, payload = "events_api", town.slack.mention_payload(town.ann, "help", town.channel)
    else:
        words = "help" if number % WINDOW_EACH else "deploy"
        kind, payload = "slash_commands", town.slack.command_payload(town.ann, words, town.channel)
    body, content = encode(kind, payload)
    began = time.perf_counter()
    # In a thread of its own: here the stand-ins of GitHub and the model may be at work for longer than an answer takes.
    status, took = await asyncio.to_thread(post, town.scene.port, body, {"Content-Type": content, **sign(body)})
    times.acks.append(took)
    times.refused += status != 200
    while len(town.slack.whispers) == whispers and len(town.slack.said(town.channel)) == said:
        if len(town.slack.state.views) > views:
            times.windows.append(time.perf_counter() - began)
            return
        await asyncio.sleep(0.005)
    if number % WINDOW_EACH:
        times.replies.append(time.perf_counter() - began)
    else:
        times.windows.append(PATIENCE)  # the window came too late: it was said in words


def row(what: str, values: Sequence[float]) -> str:
    """Return a row of milliseconds."""
    shown = (statistics.median(values), percentile(values, 0.95), percentile(values, 0.99), max(values))
    return f"| {what} | {len(values)} | " + " | ".join(f"{1_000 * one:.0f}" for one in shown) + " |"


def report(times: Times, runs: int) -> list[Aim]:
    """Print the table; return the aims."""
    busy = statistics.mean(times.at_work)
    print(
        f"{runs} runs, of which {busy:.1f} worked on the average, {max(times.at_work)} at most; "
        f"{times.seconds:.0f} s.\n"
    )
    print("| ms | how many | median | p95 | p99 | slowest |\n|---|---|---|---|---|---|")
    print(row("acknowledged", times.acks))
    print(row("answered by control", times.replies))
    if times.windows:
        print(row("window opened", times.windows))
    in_time = sum(one < 3.0 for one in times.windows) / len(times.windows) if times.windows else 0.0
    return [
        at_most("acknowledged, p99", 1_000 * percentile(times.acks, 0.99), 500.0, "ms", digits=0),
        at_most("acknowledged, slowest", max(times.acks), 3.0, "s", digits=2),
        at_least("windows that were opened in time", in_time, 1.0),
        at_most("commands that were not acknowledged", times.refused, 1.0, digits=0),
    ]


async def work(folder: Path, runs: int, seconds: float, pause: float) -> Times:
    """Serve, order, measure."""
    github = await start(folder / "github")
    models = SlowModels()
    models.seconds = seconds
    async with models, start_slack() as slack:
        settings = make_settings(folder, github, models, runs)
        scene = Scene(github, folder, settings)
        github.install("octo")
        town = Town(scene, slack)
        given = scene.values | town.settings
        scene.values = {name: value for name, value in given.items() if value is not None}
        async with serving(scene):
            await town.link()
            await order(town, runs)
            times = await measure(town, runs, pause)
    await github.close()
    return times


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--pause", type=float, default=0.05)
    asked = parser.parse_args()
    set_up_logging(level=logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    machine = describe_machine("python -m benchmarks.slack_ack")
    try:
        times = await work(folder, asked.runs, asked.seconds, asked.pause)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(machine)
    print_aims(report(times, asked.runs))


if __name__ == "__main__":
    asyncio.run(main())
