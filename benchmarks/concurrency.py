"""Fifty runs at once against a model that takes two seconds an answer: throughput, the bot's own time, memory.

    python -m benchmarks.concurrency [--runs 50] [--repositories 5] [--seconds 2]

Orders are comments on issues of a stand-in GitHub, all given at once; door, control, engine, workers, sandbox, git and
scan are the real ones, in this process and its children, the stand-ins beside them. The repositories are not Python's
and install nothing; each run takes two answers of the model, edits a file, tests it and opens a pull request.
"""

import argparse
import asyncio
import json
import logging
import resource
import shutil
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
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

CORES: Final = 8
AT_ONCE: Final = 200
PATIENCE: Final = 3_600.0
LOOK_SECONDS: Final = 10.0


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


def read_runs(scene: Scene) -> list[Told]:
    """Return what the records tell of every run."""
    found = []
    records = scene.records()
    try:
        for run in records.runs(1_000):
            steps = records.steps(run.order.run_id)
            began = min(step.started_at for step in steps)
            model = sum((step.finished_at or 0) - step.started_at for step in steps if step.name.startswith("model#"))
            lasted = (run.ended_at or 0) - began
            found.append(Told(run.order.repository.name, run, began - run.order.accepted_at, lasted, model))
    finally:
        records.close()
    return found


async def work(folder: Path, runs: int, repositories: int, seconds: float) -> tuple[list[Told], float, int]:
    """Order all runs at once; return them, the seconds until the last has ended, and the number of pull requests."""
    github = await start(folder / "github")
    models = SlowModels()
    models.seconds = seconds
    async with models:
        scene = Scene(github, folder, make_settings(folder, github, models, runs))
        github.install("octo")
        issues = make_issues(scene, repositories, runs)
        async with scene.server():
            began = time.perf_counter()
            await asyncio.gather(*(github.post_comment(issue, "@yantra implement", by="alice") for issue in issues))
            async with asyncio.timeout(PATIENCE):
                while sum(run.ending is not None for run in _runs(scene, runs)) < runs:
                    await asyncio.sleep(2.0)
            took = time.perf_counter() - began
        opened = sum(
            len(scene.pull_requests(one))
            for one in {issue.repository.id: issue.repository for issue in issues}.values()
        )
        told = read_runs(scene)
    await github.close()
    return told, took, opened


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


def report(told: Sequence[Told], took: float, opened: int, watch: Watch, cpu: float) -> list[Aim]:
    """Print the tables; return the aims."""
    runs = len(told)
    complete = sum(one.record.ending is not None and one.record.ending.phase is Phase.COMPLETE for one in told)
    own = [one.own for one in told]
    print(
        "| runs | complete | pull requests | seconds in all | runs a minute | CPU seconds a run |\n"
        "|---|---|---|---|---|---|"
    )
    print(f"| {runs} | {complete} | {opened} | {took:.0f} | {runs / took * 60:.1f} | {cpu / runs:.1f} |")
    print("\n| beside the model, s | median | p95 | slowest |\n|---|---|---|---|")
    print(f"| the bot's own time | {statistics.median(own):.1f} | {percentile(own, 0.95):.1f} | {max(own):.1f} |")
    waits = [one.waited for one in told]
    print(f"| waiting to begin | {statistics.median(waits):.1f} | {percentile(waits, 0.95):.1f} | {max(waits):.1f} |")
    print(f"\nMemory, shared pages once: {watch.before:.0f} MB before, at most {watch.peak:.0f} MB, ", end="")
    each = (watch.peak - watch.before) / runs
    print(f"{each:.0f} MB a run. The stand-ins of GitHub and the model are in it.")
    print(
        f"\nOn paper: {AT_ONCE} runs at once on {CORES} cores need {cpu / runs * AT_ONCE / CORES / 60:.1f} minutes of "
        f"all cores and {each * AT_ONCE / 1024:.0f} GB. What limits is processor time: each run starts a worker, a "
        "guide and a scan, and each of them loads what it takes."
    )
    return [
        at_least("runs that end complete, each with its pull request", min(complete, opened) / runs, 1.0),
        at_most("fairness: mean end of the last repository beside the first", spread(told), 1.25, "×", digits=2),
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
    try:
        watch, before = Watch(), _cpu()
        told, took, opened = await work(folder, asked.runs, asked.repositories, asked.seconds)
        watch.stop()
        cpu = _cpu() - before - watch.cpu
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(machine)
    print(
        f"{asked.runs} orders at once in {asked.repositories} repositories; the model takes {asked.seconds:g} s an "
        "answer.\n"
    )
    print_aims(report(told, took, opened, watch, cpu))


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


if __name__ == "__main__":
    asyncio.run(main())
