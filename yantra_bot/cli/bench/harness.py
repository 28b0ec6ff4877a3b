"""Works through the tasks: each a run of `implement`, the same story, engine, worker and sandbox as for anybody.

The model is told the problem and sees the repository as it was; nothing of how the task is judged is anywhere near it.
Runs are durable: who was killed goes on where it was.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from yantra_bot.app.control import open_engine
from yantra_bot.app.workshop import Materials, open_materials, open_workshop
from yantra_bot.cli.bench.evaluation import Court, evaluate
from yantra_bot.cli.bench.repositories import Clones
from yantra_bot.cli.bench.results import Evaluation, Prediction, Results, RunLine
from yantra_bot.cli.bench.tasks import Task
from yantra_bot.cli.display import find_result
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.run import Ending, Order
from yantra_bot.errors import SettingsError, YantraError
from yantra_bot.forge.local import YOU, LocalFolder, LocalForge, LocalRemote
from yantra_bot.ports import Forge, Remote
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.orders import STORY
from yantra_bot.runs.records import Records
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings

OWNER: Final = "swe-bench"
"""What the tasks' repositories belong to; their names are the tasks' ids."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with every task."""

    repositories: Path
    """Folder of the clones."""
    options: Options
    evaluates: bool = False
    on_news: Callable[[str], None] = lambda _: None


async def work_through(settings: Settings, tasks: tuple[Task, ...], results: Results, wish: Wish) -> None:
    """Run all tasks that are not done, as many at once as `concurrent_runs` says; results are kept as they come."""
    async with AsyncExitStack() as stack:
        materials = await stack.enter_async_context(open_materials(settings))
        places = _Places(materials, wish.repositories, {task.instance_id: task for task in tasks})
        for task in tasks:  # what is missing is said before anything is spent
            await places.folder(task)
        workshop = await stack.enter_async_context(
            open_workshop(settings, materials, forge=places.forge, remote=places.remote)
        )
        name = name_model(wish.options.model or workshop.default_model)
        results.check_model(name)
        engine = await stack.enter_async_context(open_engine(settings, materials, workshop))
        harness = _Harness(places, workshop, engine, results, wish, name)
        turns = asyncio.Semaphore(settings.concurrent_runs)

        async def take_turn(task: Task) -> None:
            async with turns:
                await harness.finish(task)

        try:
            async with asyncio.TaskGroup() as group:
                for task in tasks:
                    group.create_task(take_turn(task))
        except* YantraError as failed:
            raise failed.exceptions[0] from None


def name_model(model: str) -> str:
    """Return what stands as `model_name_or_path`. Raises SettingsError where no model is configured."""
    if not model:
        raise SettingsError("No model is configured. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or see docs/settings.md.")
    return f"yantra+{model}"


class _Places:
    """Repository, forge and mirror of each task; a repository's name is its task's id."""

    def __init__(self, materials: Materials, repositories: Path, tasks: dict[str, Task]) -> None:
        self._materials, self._tasks = materials, tasks
        self._state = materials.home.records.parent
        self._clones = Clones(repositories, materials.git, self._state)

    @property
    def records(self) -> Records:
        return self._materials.records

    def _path(self, instance_id: str, part: str) -> Path:
        return self._state / part / f"{instance_id}.git"

    async def folder(self, task: Task, part: str = "tasks") -> LocalFolder:
        """Return a task's repository, made where it is not there."""
        return await self._clones.lay_out(task, self._path(task.instance_id, part))

    def forge(self, repository: Repository, installation_id: int) -> Forge:
        task = self._tasks[repository.name]
        return LocalForge(self._open(repository.name), task.problem, name=task.repo, on_comment=lambda *_: None)

    def remote(self, repository: Repository, installation_id: int) -> Remote:
        return self._remote(self._open(repository.name), f"swe-{repository.name}")

    async def court(self, task: Task, workshop: Workshop) -> Court:
        folder = await self.folder(task, "judged")
        return Court(self._materials.git, folder, self._remote(folder, f"swe-judged-{task.instance_id}"), workshop)

    def _open(self, instance_id: str) -> LocalFolder:
        return LocalFolder(self._path(instance_id, "tasks"), self._materials.git, self._state)

    def _remote(self, folder: LocalFolder, mirror: str) -> Remote:
        made = self._materials
        return LocalRemote(made.mirrors.of(mirror), folder, made.records.blobs, made.clock)


@dataclass(frozen=True, slots=True)
class _Harness:
    places: _Places
    workshop: Workshop
    engine: Engine
    results: Results
    wish: Wish
    model: str

    async def finish(self, task: Task) -> None:
        """See to it that a task is done: run, judged where that is wished, kept."""
        line = self.results.lines.get(task.instance_id)
        prediction = self.results.predictions.get(task.instance_id)
        if line is None or prediction is None or line.has_failed:
            prediction, line = await self._run(task, tries=1 if line is None else line.tries + 1)
        elif line.evaluation is not None or not self.wish.evaluates:
            return
        if self.wish.evaluates:
            line = replace(line, evaluation=await self._evaluate(task, prediction.model_patch, line.run_id))
        self.results.keep(prediction, line)
        self.wish.on_news(f"{task.instance_id}: {line.ending}")

    async def _run(self, task: Task, *, tries: int) -> tuple[Prediction, RunLine]:
        order = self._order(task, tries)
        records = self.places.records
        await self.engine.enqueue(STORY, order, partition=task.instance_id)
        ending = await self.engine.wait(order.run_id)
        patch = find_result(records, order.run_id, "diff", str) or ""
        return Prediction(task.instance_id, self.model, patch), _line(task, order, ending, records, tries)

    def _order(self, task: Task, tries: int) -> Order:
        """Return the order of a task: with the same id each time, so that a run is gone on with."""
        key = f"{self.model} {task.instance_id} {task.base_commit} {tries}"
        run_id = hashlib.sha256(key.encode()).hexdigest()[:24]
        command = Command(Verb.IMPLEMENT, "", self.wish.options)
        return Order(run_id, Repository(0, OWNER, task.instance_id), 0, 0, command, YOU, None, time.time())

    async def _evaluate(self, task: Task, patch: str, run_id: str) -> Evaluation:
        try:
            return await evaluate(await self.places.court(task, self.workshop), task, patch, run_id=run_id)
        except YantraError as problem:
            return Evaluation(None, str(problem))


def _line(task: Task, order: Order, ending: Ending, records: Records, tries: int) -> RunLine:
    record = records.run(order.run_id)
    phases = record.phases if record is not None else ()
    spent = ending.spent
    return RunLine(
        instance_id=task.instance_id,
        run_id=order.run_id,
        ending=str(ending.phase),
        reason=ending.reason,
        seconds=round(phases[-1].at - phases[0].at, 3) if phases else 0.0,
        usd=round(spent.usd, 6),
        unpriced_calls=spent.unpriced_calls,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        model_calls=spent.model_calls,
        tool_calls=spent.tool_calls,
        confidence=None if ending.confidence is None else ending.confidence.score,
        tries=tries,
    )
