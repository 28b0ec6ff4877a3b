"""Control's side of a worker: starts it, orders, checks everything that comes back, and ends it.

The worker is not trusted: it reads what strangers wrote. Hashes are made here, paths and sizes are judged here, and an
answer that breaks a rule ends the worker. This module never parses a repository's bytes, and hands its environment to
nobody.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter

from yantra_bot.agent.specs import TOOLS
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import NO_SETTINGS, CheckKind, CheckResult, CheckSettings
from yantra_bot.domain.context import PromptContext
from yantra_bot.domain.conversation import ToolCall, ToolSpec
from yantra_bot.domain.coverage import Executed
from yantra_bot.domain.proof import ChangeFacts, EnvironmentReport, TestReport
from yantra_bot.domain.runners import MOST_PROJECTS
from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import Transient
from yantra_bot.ports import BlobStore, Furnish, TestCommand, ToolBatch, Workspace
from yantra_bot.sandbox.interpreter import Interpreter, find_interpreter
from yantra_bot.sandbox.mirror import find_past
from yantra_bot.sandbox.room import telling_no_room
from yantra_bot.validation.browser.program import Browser, find_no_browser
from yantra_bot.worker import protocol
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.employed import Employed, OnLine, finish, give_up, launch, run_in_own_thread, take, warm_up
from yantra_bot.worker.inspection import (
    check_batch,
    check_context,
    check_facts,
    check_result,
    check_text,
    list_pictures,
    make_sendable_calls,
)
from yantra_bot.worker.protocol import Opened, Start
from yantra_bot.worker.score_check import check_model, check_score
from yantra_bot.worker.shelves import Shelf, Shelves
from yantra_bot.worker.slots import Slot, SlotPool
from yantra_bot.worker.tasks import Check, Measure, order_check
from yantra_bot.worker.work import Work

T = TypeVar("T")
Take = Callable[[Path, int | None], None] | None


class WorkerFactory:
    """Starts workers: a `ports.WorkspaceFactory`. One for each control process."""

    def __init__(
        self,
        config: WorkerConfig,
        blobs: BlobStore,
        *,
        find_browser: Callable[[], Browser] = find_no_browser,
        find_score: Callable[[], ScoreModel | None] | None = None,
    ) -> None:
        """`find_browser` returns a browser that workers' sandboxes can use, or raises BrowserMissing.

        `find_score` returns the score file of the next worker, where that may be another one than that of `config`.
        """
        self._config = config
        self._find_browser, self._find_score = find_browser, find_score or (lambda: config.score)
        self._blobs = blobs
        self._slots = SlotPool(
            config.work_folder, accounts=(config.first_account, config.accounts), count=config.places
        )
        self._shelves = Shelves(config.cache_folder, first_group=config.first_group)
        self._interpreter: Interpreter | None = None
        if config.insecure_no_sandbox:
            structlog.get_logger().warning("sandbox_is_off", meaning="untrusted code runs with the workers' rights")

    async def sweep(self) -> int:
        """Remove old environments, and what workers of a dead control process left behind; return for how many."""
        await asyncio.to_thread(self._shelves.sweep)
        return await asyncio.to_thread(self._slots.sweep)

    async def __call__(
        self, run_id: str, mirror: Path, tests: TestCommand, furnish: Furnish | None = None, *, is_guided: bool = True
    ) -> Workspace:
        """Return a workspace whose worker runs; `open` it before anything else."""
        work = Work(run_id, mirror, tests, furnish, find_past(mirror), is_guided=is_guided)
        workspace = WorkerWorkspace(self, work, self._blobs)
        await workspace.start()
        return workspace

    async def employ(self, work: Work) -> Employed:
        """Start one process and hand it what it is for. Raises Transient when it does not come up, or has no room."""
        with telling_no_room():
            return await self._start(work)

    async def _start(self, work: Work) -> Employed:
        slot = await take(self._slots.take, give_up)
        try:
            interpreter = await self._find_interpreter()
            shelf = await finish(asyncio.to_thread(self._equip, work, slot))
            capability = secrets.token_hex(16)
            config = replace(self._config, score=await finish(asyncio.to_thread(self._find_score)))
            launched, reader, writer = await launch(slot.folder, config.ranks, config.score)
        except BaseException:
            await run_in_own_thread(give_up, slot)
            raise
        employed = Employed(slot, launched, reader, writer, capability, config)
        start = Start(
            capability=capability,
            config=config,
            tests=work.tests,
            mirror=work.mirror,
            folder=slot.folder,
            cache=shelf.folder,
            account=slot.account,
            groups=shelf.groups,
            interpreter=interpreter,
            keeps_graph=work.keeps_graph,
            reviews=work.reviews,
            is_guided=work.is_guided,
            past=work.past,
        )
        try:
            await employed.begin(start)
        except BaseException:
            await employed.end()
            raise
        return employed

    async def get_ready(self) -> None:
        """Sweep, and load what workers need, so that none waits for it. Raises UserError when that cannot be done."""
        await self.sweep()
        await warm_up(self._config.ranks, await asyncio.to_thread(self._find_score))

    async def equip_check(self, kind: CheckKind, settings: CheckSettings) -> Check:
        """Return the order for a check, with what it needs that a worker cannot find itself."""
        return await asyncio.to_thread(order_check, kind, settings, self._find_browser)

    def _equip(self, work: Work, slot: Slot) -> Shelf:
        """Return the shelf of a run's repository; who keeps a graph is given that, and no shelf."""
        if work.furnish is not None:
            work.furnish(slot.folder, slot.account)
        return Shelf(slot.folder / "shelf", ()) if not work.has_shelf else self._shelves.find(work.mirror)

    async def _find_interpreter(self) -> Interpreter:
        if self._interpreter is None:
            cache = self._config.cache_folder
            self._interpreter = await asyncio.to_thread(find_interpreter, cache, is_for_other_user=os.geteuid() == 0)
        return self._interpreter


class WorkerWorkspace:
    """A run's workspace: a `ports.Workspace`. After its worker has ended it can be opened anew."""

    def __init__(self, factory: WorkerFactory, work: Work, blobs: BlobStore) -> None:
        self._factory = factory
        self._work = work
        self._blobs = blobs
        self._worker: Employed | None = None
        self._is_fresh = False
        self._known: set[str] = set()

    @property
    def process_id(self) -> int | None:
        """The worker's process; None while there is none."""
        return self._worker.process_id if self._worker else None

    async def start(self) -> None:
        """Have a worker that has opened nothing yet."""
        await self.close()
        self._worker = await self._factory.employ(self._work)
        self._is_fresh = True

    async def open(self, commit: str, changes: Changeset) -> None:
        if not self._is_fresh:
            await self.start()
        self._is_fresh = False
        self._known = {change.blob for change in changes.files if change.blob is not None}
        contents = [self._blobs.get(blob) for blob in sorted(self._known)]
        patience = self._live.config.patience.open
        opened = await self._order(protocol.Open(commit, changes), Opened, patience=patience, blobs=contents)
        structlog.get_logger().info(
            "tree laid out", files=opened.files, bytes=opened.bytes, omitted=len(opened.omitted)
        )

    async def prepare(self) -> EnvironmentReport:
        return await self._order(protocol.Prepare(), EnvironmentReport, patience=self._live.config.patience.prepare)

    def tools(self) -> tuple[ToolSpec, ...]:
        return tuple(tool.spec for tool in TOOLS.values())

    async def call(
        self, calls: Sequence[ToolCall], *, checkpoints: Sequence[Changeset] = (), on_line: OnLine = None
    ) -> ToolBatch:
        task = protocol.Call(make_sendable_calls(calls), tuple(checkpoints))
        blobs = {change.blob for state in checkpoints for change in state.files if change.blob is not None}
        contents, patience = [self._blobs.get(blob) for blob in sorted(blobs)], self._live.config.patience.call
        batch = await self._order(task, ToolBatch, patience=patience, blobs=contents, on_line=on_line)
        self._known |= blobs
        worker = self._live
        async with worker.ending_if_wrong():
            check_batch(batch, calls, known=self._known | worker.blobs.keys(), limits=worker.config.checkout)
        for data in worker.blobs.values():
            self._known.add(self._blobs.put(data))
        return batch

    async def test(self, selection: tuple[str, ...] = (), *, on_line: OnLine = None, take: Take = None) -> TestReport:
        # The plain run after one that could not be recorded, or those of several projects.
        runs = MOST_PROJECTS if take is None else 1 + MOST_PROJECTS
        patience = runs * self._work.tests.timeout_seconds + self._live.config.patience.test
        task = protocol.Test(records=take is not None, selection=selection)
        report = await self._order(task, TestReport, patience=patience, on_line=on_line)
        if take is not None:
            await finish(asyncio.to_thread(take, self._live.folder, self._live.account))
        return report

    async def check(
        self, kind: CheckKind, settings: CheckSettings = NO_SETTINGS, *, on_line: OnLine = None
    ) -> CheckResult:
        patience = self._live.config.patience.check
        order = await self._factory.equip_check(kind, settings)
        result = await self._order(order, CheckResult, patience=patience, on_line=on_line)
        worker = self._live
        async with worker.ending_if_wrong():
            check_result(result, kind)
            check_score(result.score)
            check_model(result.score, worker.config.score)
            pictures = list_pictures(result, worker.blobs)
        for name in pictures:
            self._blobs.put(worker.blobs[name])
        return result

    async def test_base(self, projects: tuple[str, ...], *, on_line: OnLine = None) -> TestReport:
        patience = len(projects) * self._work.tests.timeout_seconds + self._live.config.patience.test
        return await self._order(protocol.Test(base=projects), TestReport, patience=patience, on_line=on_line)

    async def diff(self) -> str:
        return await self._text(protocol.Diff())

    async def measure(self, executed: Executed | None = None, *, named: Sequence[str] = ()) -> ChangeFacts:
        order, patience = Measure(executed, tuple(named)), self._live.config.patience.read
        facts = await self._order(order, ChangeFacts, patience=patience)
        async with self._live.ending_if_wrong():
            return check_facts(facts)

    async def outline(self, limit: int) -> str:
        return await self._text(protocol.Outline(limit))

    async def assemble(self, task: str, *, model: str, budget: int) -> PromptContext:
        order, patience = protocol.Assemble(task, model, budget), self._live.config.patience.assemble
        context = await self._order(order, PromptContext, patience=patience)
        async with self._live.ending_if_wrong():
            check_model(context.score, self._live.config.score)
            return check_context(context)

    async def close(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end()

    async def _text(self, task: Any) -> str:
        text = await self._order(task, str, patience=self._live.config.patience.read)
        async with self._live.ending_if_wrong():
            return check_text(text)

    @property
    def _live(self) -> Employed:
        if self._worker is None:
            raise Transient("The workspace is closed.")
        return self._worker

    async def _order(
        self, task: Any, answer: type[T], *, patience: float, blobs: Sequence[bytes] = (), on_line: OnLine = None
    ) -> T:
        return await self._live.order(task, _adapter(answer), patience=patience, blobs=blobs, on_line=on_line)


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
