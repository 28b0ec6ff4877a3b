"""An engine in a folder, for tests that crash it: in this process by an exception, in a child by SIGKILL.

A *point* names where to die: `step#1@before-work`, `…@during-work`, `…@after-work`, `…@after-record`, `…@after-step`.
`during-work` is reached by stories that call `World.effect`.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Order, Outcome
from yantra_bot.runs.context import Story
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.records import Records
from yantra_bot.runs.steps import Moment, Probe

ROOT = Path(__file__).parents[2]
POINTS = tuple(Moment)


class Crash(BaseException):
    """The process dies here, as far as the engine can tell."""


class QuickClock:
    """Real time, and no waiting: sleeps are remembered and give way once."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


def make_order(run_id: str = "run-1", *, repository: int = 1, issue: int = 7, by: int = 5, at: float = 100.0) -> Order:
    """Return an order as the dispatcher would."""
    place = Repository(repository, "octo", f"demo{repository}")
    return Order(run_id, place, 11, issue, Command(Verb.IMPLEMENT, "mend it"), Actor(by, "ann", False), 3, at)


def crash_at(point: str, *, times: int = 1) -> Probe:
    """Return a probe that raises Crash at a point, so many times."""
    left = times

    def probe(run_id: str, name: str, moment: Moment) -> None:
        nonlocal left
        if left and f"{name}@{moment}" == point:
            left -= 1
            raise Crash(point)

    return probe


def kill_at(point: str | None) -> Probe:
    """Return a probe that kills this very process with SIGKILL at a point."""

    def probe(run_id: str, name: str, moment: Moment) -> None:
        if f"{name}@{moment}" == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return probe


@dataclass
class World:
    """What a story may touch outside: an append-only list of effects in a file, which outlives every kill."""

    folder: Path
    die: Callable[[str], None] = lambda point: None

    def effect(self, name: str) -> int:
        """Do something that the outside would notice; return how often it was done by now."""
        with (self.folder / "effects").open("a") as file:
            file.write(f"{name}\n")
            file.flush()
            os.fsync(file.fileno())
        self.die(f"{name}@during-work")
        return self.effects().count(name)

    def effects(self) -> list[str]:
        path = self.folder / "effects"
        return path.read_text().splitlines() if path.exists() else []


@dataclass
class House:
    """A folder with records and an engine's database; engines come and go."""

    folder: Path
    clock: QuickClock = field(default_factory=QuickClock)
    outcomes: list[Outcome] = field(default_factory=list)
    records: Records = field(init=False)

    def __post_init__(self) -> None:
        self.records = Records.open(self.folder / "records.sqlite", on_outcome=[self.outcomes.append])

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder}/engine.sqlite"

    @asynccontextmanager
    async def engine(self, stories: Mapping[str, Story] | Story, **options: Any) -> AsyncIterator[Engine]:
        """Launch an engine over this folder, and close it at the end."""
        given = {"version": "1", "polling_seconds": 0.01, "sweep_seconds": 60.0} | options
        engine = Engine(database_url=self.database_url, records=self.records, clock=self.clock, **given)
        for kind, story in (stories if isinstance(stories, Mapping) else {"implement": stories}).items():
            engine.register(kind, story)
        await engine.launch()
        try:
            yield engine
        finally:
            await engine.close(grace_seconds=5)

    def close(self) -> None:
        self.records.close()


def run_child(
    folder: Path, story: str, *, kill: str | None = None, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run `tests.crash.child` to its end or its death: one order through an engine over `folder`."""
    command = [sys.executable, "-m", "tests.crash.child", str(folder), story, json.dumps({"kill": kill, **options})]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


async def settle(condition: Callable[[], bool]) -> None:
    """Give way until a condition holds."""
    while not condition():
        await asyncio.sleep(0.005)
