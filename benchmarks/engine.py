"""The durable engine: resuming after a kill, what a step costs, what a save and a lookup cost.

    python -m benchmarks.engine

Everything runs on the disk of the checkout, with the durability of production (WAL, synchronous=FULL), in folders that
are removed again. Prints a Markdown table.
"""

import argparse
import asyncio
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from benchmarks.aims import at_most, print_aims
from yantra_bot.clock import SystemClock
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Usage
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.runs.context import RunContext, Story
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.records import Records

ROOT = Path(__file__).resolve().parent.parent
KILLS = 10
STEPS = 300
SAVES = 1000
DONE = Ending(Phase.COMPLETE, "done")


def make_order(run_id: str, repository: int = 1) -> Order:
    place = Repository(repository, "octo", "demo")
    return Order(run_id, place, 1, 7, Command(Verb.IMPLEMENT), Actor(1, "ann", is_bot=False), None, time.time())


def make_engine(folder: Path, records: Records, story: Story, **options: int) -> Engine:
    url = f"sqlite:///{folder}/engine.sqlite"
    engine = Engine(database_url=url, records=records, clock=SystemClock(), version="1", **options)
    engine.register("implement", story)
    return engine


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yantra-benchmark-", dir=ROOT) as folder:
        yield Path(folder)


# ------------------------------------------------------------------ resuming


async def be_killed(folder: Path) -> None:
    """Be the process: finish twenty steps, then die in the next one; the second time, say when that one begins."""
    records = Records.open(folder / "records.sqlite")
    is_first = records.run("run-1") is None
    reached = asyncio.Event()

    async def story(context: RunContext) -> Ending:
        async def quick() -> str:
            return "x" * 1000

        async def long() -> None:
            if is_first:
                os.kill(os.getpid(), signal.SIGKILL)
            sys.stdout.write(f"{time.time()} {launched}\n")
            reached.set()

        for _ in range(20):
            await context.step("quick", quick, str)
        await context.step("long", long, type(None))
        return DONE

    engine = make_engine(folder, records, story)
    launched = time.time()
    await engine.launch()
    await engine.enqueue("implement", make_order("run-1"))
    await reached.wait()
    await engine.wait("run-1")
    await engine.close()


def measure_resume() -> list[tuple[float, float]]:
    """Return, for each kill, the seconds to the step from the new process's start and from its engine's launch."""
    found = []
    for _ in range(KILLS):
        with scratch() as folder:
            command = [sys.executable, "-m", "benchmarks.engine", "--be-killed", str(folder)]
            assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
            started = time.time()
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            reached, launched = map(float, done.stdout.split())
            found.append((reached - started, reached - launched))
    return found


# --------------------------------------------------------------------- steps


async def time_steps(folder: Path, size: int) -> tuple[float, float]:
    """Return the seconds that a step takes, and that a finished one takes on replay."""
    records = Records.open(folder / "records.sqlite")
    taken: list[float] = []
    ready, go = asyncio.Event(), asyncio.Event()

    async def story(context: RunContext) -> Ending:
        async def work() -> str:
            return "x" * size

        started = time.perf_counter()
        for _ in range(STEPS):
            await context.step("work", work, str)
        taken.append((time.perf_counter() - started) / STEPS)
        ready.set()
        await go.wait()
        return DONE

    for _ in range(2):
        engine = make_engine(folder, records, story)
        await engine.launch()
        await engine.enqueue("implement", make_order("run-1"))
        await ready.wait()
        ready.clear()
        await engine.close()
    records.close()
    return taken[0], taken[1]


async def time_runs(folder: Path, runs: int, steps: int) -> float:
    """Return the seconds that many runs of a few 50 ms steps take, all at once."""
    records = Records.open(folder / "records.sqlite")

    async def story(context: RunContext) -> Ending:
        async def work() -> None:
            await asyncio.sleep(0.05)

        for _ in range(steps):
            await context.step("work", work, type(None))
        return DONE

    engine = make_engine(folder, records, story, concurrency=runs)
    await engine.launch()
    for number in range(runs):
        await engine.enqueue("implement", make_order(f"run-{number}", number))
    started = time.perf_counter()
    for number in range(runs):
        await engine.wait(f"run-{number}")
    taken = time.perf_counter() - started
    await engine.close()
    records.close()
    return taken


async def time_life(folder: Path) -> dict[str, float]:
    """Return the seconds of a launch of an existing database, an enqueue, and a close."""
    records = Records.open(folder / "records.sqlite")

    async def story(context: RunContext) -> Ending:
        return DONE

    first = make_engine(folder, records, story)
    await first.launch()
    await first.close()
    engine, moments = make_engine(folder, records, story), [time.perf_counter()]
    await engine.launch()
    moments.append(time.perf_counter())
    await engine.enqueue("implement", make_order("run-1"))
    moments.append(time.perf_counter())
    await engine.enqueue("implement", make_order("run-2"))
    moments.append(time.perf_counter())
    await engine.wait("run-2")
    moments.append(time.perf_counter())
    await engine.close()
    moments.append(time.perf_counter())
    records.close()
    names = ("launch", "enqueue the first order", "enqueue another", "empty run, from enqueued to ended", "close")
    return dict(zip(names, (after - before for before, after in pairwise(moments)), strict=True))


# ------------------------------------------------------------------- records


def time_each(action: Callable[[int], object]) -> tuple[float, float]:
    """Return p50 and p99 in seconds."""
    taken = []
    for number in range(SAVES):
        started = time.perf_counter()
        action(number)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken), statistics.quantiles(taken, n=100)[-1]


def time_records(folder: Path) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield what each kind of save and lookup takes, in a file that holds a thousand runs."""
    records = Records.open(folder / "records.sqlite")
    answer = ModelAnswer("model", (), StopReason.END_TURN, Usage(1, 2), 0.1, "req", 1.0)
    request = "x" * 8000
    large = "ok " + "x" * 300_000
    yield "save a new run", time_each(lambda n: records.start_run(make_order(f"run-{n}"), 1.0))
    yield "save a phase", time_each(lambda n: records.phase("run-1", Phase.UNIT_TESTING, 2.0, ordinal=n + 1))
    yield "save a step's begin", time_each(lambda n: records.begin_step("run-1", n, f"s#{n}", request=request, at=1))
    yield "save a step's result (8 kB)", time_each(lambda n: records.finish_step("run-1", n, "ok " + "x" * 8000, at=2))
    yield "save a model call", time_each(lambda n: records.model_call("run-1", n, answer, at=1.0))
    yield (
        "save a step's result (300 kB, a blob)",
        time_each(lambda n: records.finish_step("run-1", n, f"{large}{n}", at=2)),
    )
    yield "look a finished step up", time_each(lambda n: records.finished_step("run-1", n, f"s#{n}", request=request))
    yield "look an ending up", time_each(lambda n: records.ending(f"run-{n}"))
    yield "look a stop request up", time_each(lambda n: records.stop_requested(f"run-{n}"))
    yield "look a whole run up", time_each(lambda n: records.run(f"run-{n + 2 if n < 900 else n}"))
    yield "sum what a run with 1000 calls spent", time_each(lambda n: records.spent("run-1"))
    yield "write a log line", time_each(lambda n: records.log(f"run-{n}", "a line"))
    records.close()


def show(name: str, *values: str) -> None:
    print(f"| {name} | {' | '.join(values)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--be-killed", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.be_killed is not None:
        asyncio.run(be_killed(options.be_killed))
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}\n")
    show("resuming after kill -9 (20 finished steps)", "median", "worst")
    show("---", "---", "---")
    resumed = measure_resume()
    for name, values in (
        ("from the new process's start to the next step", [since_start for since_start, _ in resumed]),
        ("from the engine's launch to the next step", [since_launch for _, since_launch in resumed]),
    ):
        show(name, f"{statistics.median(values):.2f} s", f"{max(values):.2f} s")
    print()
    show("engine", "time")
    show("---", "---")
    with scratch() as folder:
        for name, seconds in asyncio.run(time_life(folder)).items():
            show(name, f"{seconds * 1000:.0f} ms")
    for size in (10, 8_000, 300_000):
        with scratch() as folder:
            step, replayed = asyncio.run(time_steps(folder, size))
        show(f"step with a result of {size} bytes: first, replayed", f"{step * 1000:.1f} ms, {replayed * 1000:.1f} ms")
    with scratch() as folder:
        show(
            "50 runs × 10 steps of 50 ms, all at once (ideal 0.5 s)", f"{asyncio.run(time_runs(folder, 50, 10)):.1f} s"
        )
    print()
    show("records", "p50", "p99")
    show("---", "---", "---")
    slowest = {"save": 0.0, "look": 0.0}
    with scratch() as folder:
        for name, (p50, p99) in time_records(folder):
            show(name, f"{p50 * 1000:.2f} ms", f"{p99 * 1000:.2f} ms")
            if name[:4] in slowest:
                slowest[name[:4]] = max(slowest[name[:4]], p99 * 1000)
    print_aims(
        [
            at_most("the next step after a kill, worst", max(since for since, _ in resumed), 1, "s", digits=2),
            at_most("the slowest save, p99", slowest["save"], 5, "ms", digits=2),
            at_most("the slowest lookup, p99", slowest["look"], 1, "ms", digits=2),
        ]
    )


if __name__ == "__main__":
    main()
