"""Fifty runs at once against a model that takes two seconds an answer: throughput, the bot's own time, memory.

    python -m benchmarks.concurrency [--runs 50] [--repositories 5] [--seconds 2]

Orders are comments on issues of a stand-in GitHub, all given at once; door, control, engine, workers, sandbox, git and
scan are the real ones, in this process and its children, the stand-ins beside them. The repositories are not Python's
and install nothing; each run takes two answers of the model, edits a file, tests it and opens a pull request. One run
goes before, uncounted: it makes what a machine makes once (a copy of the interpreter, of semgrep's engine).
"""

import argparse
import asyncio
import ctypes
import json
import logging
import os
import resource
import shutil
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from benchmarks.aims import Aim, at_least, at_most, print_aims
from benchmarks.machine import describe_machine
from benchmarks.measuring import descendants, percentile, proportional
from tests.fakes.github import start
from tests.fakes.github.state import Issue
from tests.fakes.models import FakeModels
from tests.stories.library import ISSUE_BODY, ISSUE_TITLE, SHELL_FILES
from tests.stories.models import EDIT, END, compatible
from tests.stories.scene import Scene
from yantra_bot.app.logs import set_up_logging
from yantra_bot.domain.run import Phase
from yantra_bot.runs.records import RunRecord
from yantra_bot.worker.launch import find_fork_server

CORES: Final = 8
AT_ONCE: Final = 200
PATIENCE: Final = 3_600.0
LOOK_SECONDS: Final = 10.0
PR_SET_CHILD_SUBREAPER: Final = 36


class SlowModels(FakeModels):
    """A model that thinks for a while, edits first and finishes next, whoever asks."""

    seconds: float = 2.0

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self.seconds)
        body = json.loads(await request.read())
        has_edited = any(message.get("role") == "tool" for message in body["messages"])
        self.steps.insert(0, END if has_edited else EDIT)
        return await super()._serve(request)


@dataclass(frozen=True, slots=True)
class Told:
    """One run, in seconds: from the first to the last thing that was done for it, and what of that the model took."""

    repository: str
    record: RunRecord
    waited: float
    lasted: float
    model: float

    @property
    def own(self) -> float:
        return self.lasted - self.model


class Watch:
    """Watches the memory of this process and its children, in MB: the sum of proportional sizes, where shared pages
    count once.

    A look takes the kernel milliseconds of a core for each process: one every second would take a whole core where
    fifty runs are at work.
    """

    def __init__(self) -> None:
        self.peak = self.before = self._look()
        self.cpu = 0.0
        """Processor seconds that the looking took."""
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(LOOK_SECONDS):
            self.peak = max(self.peak, self._look())
            self.cpu = time.thread_time()

    @staticmethod
    def _look() -> float:
        me = int(Path("/proc/self").resolve().name)
        return sum(map(proportional, [me, *descendants(me)]))


def make_settings(folder: Path, github: Any, models: SlowModels, runs: int) -> dict[str, Any]:
    """Return the settings of a server that works on all runs at once."""
    key_file = folder / "app.pem"
    key_file.touch(mode=0o600)
    key_file.write_text(github.private_key)
    return {
        "state_folder": folder / "state",
        "port": 0,
        "github_url": github.api_url,
        "github_git_url": github.git_url,
        "github_app_id": str(github.app.id),
        "github_app_key_file": key_file,
        "webhook_secrets": (github.webhook_secret,),
        "package_index_url": "none",
        "review_pull_requests": False,
        "critique_rounds": 0,
        "generated_test_rounds": 0,
        "concurrent_runs": runs,
        "runs_per_repository": runs,
        "runs_per_person_a_day": 10 * runs,
        **compatible(models),
    }


def make_issues(scene: Scene, repositories: int, runs: int) -> list[Issue]:
    """Return issues that take turns over the repositories."""
    every = [scene.work_in(SHELL_FILES, name=f"octo/lib-{number}") for number in range(repositories)]
    return [
        scene.github.add_issue(every[number % repositories], title=ISSUE_TITLE, body=ISSUE_BODY, by="alice")
        for number in range(runs)
    ]


def read_runs(scene: Scene, count: int) -> list[Told]:
    """Return what the records tell of the newest runs."""
    found = []
    records = scene.records()
    try:
        for run in records.runs(count):
            steps = records.steps(run.order.run_id)
            began = min(step.started_at for step in steps)
            model = sum((step.finished_at or 0) - step.started_at for step in steps if step.name.startswith("model#"))
            lasted = (run.ended_at or 0) - began
            found.append(Told(run.order.repository.name, run, began - run.order.accepted_at, lasted, model))
    finally:
        records.close()
    return found


@dataclass(frozen=True, slots=True)
class Took:
    """What all runs together took: seconds until the last had ended, processor seconds, and pull requests opened."""

    seconds: float
    cpu: float
    opened: int


async def work(folder: Path, runs: int, repositories: int, seconds: float) -> tuple[list[Told], Took, Watch]:
    """Order all runs at once, after one to get ready; return them and what they took."""
    github = await start(folder / "github")
    models = SlowModels()
    models.seconds = seconds
    async with models:
        scene = Scene(github, folder, make_settings(folder, github, models, runs))
        github.install("octo")
        first, *issues = make_issues(scene, repositories, runs + 1)
        async with scene.server():
            await github.post_comment(first, "@yantra implement", by="alice")
            await _ended(scene, 1)
            watch, before, began = Watch(), _cpu(), time.perf_counter()
            await asyncio.gather(*(_order(github, issue, number) for number, issue in enumerate(issues)))
            await _ended(scene, runs + 1)
            took = time.perf_counter() - began
        watch.stop()
        cpu = _cpu() - before - watch.cpu
        every = {issue.repository.id: issue.repository for issue in issues}.values()
        opened = sum(len(scene.pull_requests(one)) for one in every) - 1
        told = read_runs(scene, runs)
    await github.close()
    return told, Took(took, cpu, opened), watch


async def _order(github: Any, issue: Issue, number: int) -> None:
    """Order a run. Nobody orders more than five: ten commands a minute are taken from one person."""
    person = f"person-{number // 5}"
    github.permit(issue.repository, person, "write")
    await github.post_comment(issue, "@yantra implement", by=person)


async def _ended(scene: Scene, runs: int) -> None:
    """Return when so many runs have ended."""
    async with asyncio.timeout(PATIENCE):
        while sum(run.ending is not None for run in _runs(scene, runs)) < runs:
            await asyncio.sleep(2.0)


def _runs(scene: Scene, count: int) -> Sequence[RunRecord]:
    if not scene.home.records.exists():
        return ()
    records = scene.records()
    try:
        return records.runs(count)
    finally:
        records.close()


def spread(told: Sequence[Told]) -> float:
    """Return how much later the slowest repository's runs end, on the average, than the quickest one's, as a ratio."""
    ends = defaultdict(list)
    for one in told:
        ends[one.repository].append(one.waited + one.lasted)
    means = [statistics.mean(each) for each in ends.values()]
    return max(means) / min(means)


def report(told: Sequence[Told], took: Took, watch: Watch) -> list[Aim]:
    """Print the tables; return the aims."""
    runs, cpu = len(told), took.cpu
    complete = sum(one.record.ending is not None and one.record.ending.phase is Phase.COMPLETE for one in told)
    own = [one.own for one in told]
    print(
        "| runs | complete | pull requests | seconds in all | runs a minute | CPU seconds a run |\n"
        "|---|---|---|---|---|---|"
    )
    a_minute = runs / took.seconds * 60
    print(f"| {runs} | {complete} | {took.opened} | {took.seconds:.0f} | {a_minute:.1f} | {cpu / runs:.1f} |")
    print("\n| beside the model, s | median | p95 | slowest |\n|---|---|---|---|")
    print(f"| the bot's own time | {statistics.median(own):.1f} | {percentile(own, 0.95):.1f} | {max(own):.1f} |")
    waits = [one.waited for one in told]
    print(f"| waiting to begin | {statistics.median(waits):.1f} | {percentile(waits, 0.95):.1f} | {max(waits):.1f} |")
    print(f"\nMemory, shared pages once: {watch.before:.0f} MB before, at most {watch.peak:.0f} MB, ", end="")
    each = (watch.peak - watch.before) / runs
    print(f"{each:.0f} MB a run. The stand-ins of GitHub and the model are in it.")
    minutes, a_minute = cpu / runs * AT_ONCE / CORES / 60, CORES * 60 / (cpu / runs)
    memory = each * AT_ONCE / 1024
    paper = (
        f"On paper: {AT_ONCE} runs at once on {CORES} cores end within {minutes:.1f} minutes, {a_minute:.0f} a minute",
        f", if nothing but processor time limits them, and hold {memory:.0f} GB: what workers have loaded is there ",
        "once. Beyond the number of cores more runs at once gain only what they wait for models.",
    )
    print("", "".join(paper), sep="\n")
    return [
        at_least("runs that end complete, each with its pull request", min(complete, took.opened) / runs, 1.0),
        at_most("fairness: mean end of the last repository beside the first", spread(told), 1.25, "×", digits=2),
        at_most("processor time a run", cpu / runs, 6.0, "s"),
        at_most("memory a run", each, 350.0, "MB", digits=0),
    ]


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--repositories", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    asked = parser.parse_args()
    set_up_logging(level=logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    machine = describe_machine("python -m benchmarks.concurrency")
    # A guide outlives its worker by a moment; it becomes this process's child then, and its time is counted.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        told, took, watch = await work(folder, asked.runs, asked.repositories, asked.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(machine)
    print(
        f"{asked.runs} orders at once in {asked.repositories} repositories; the model takes {asked.seconds:g} s an "
        "answer.\n"
    )
    print_aims(report(told, took, watch))


def _cpu() -> float:
    """Return the processor seconds of this process, its workers and its ended children; orphans are reaped first."""
    with suppress(ChildProcessError):
        while any(os.waitpid(-1, os.WNOHANG)):
            pass
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    fields = Path(f"/proc/{find_fork_server().process_id}/stat").read_text().rpartition(")")[2].split()
    forked = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return sum(one.ru_utime + one.ru_stime for one in both) + forked


if __name__ == "__main__":
    asyncio.run(main())
