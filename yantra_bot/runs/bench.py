"""The workbench of a run: one worker at a time, rebuilt from base commit and patch whenever it is gone.

A run's state is base commit + patch + transcript. After a kill, after a dead worker, or on another machine, the next
use opens a new worker with exactly the tree that the record says.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from yantra_bot.agent.recovery.checkpoints import UNDO, Checkpoints
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import NO_SETTINGS, CheckKind, CheckResult, CheckSettings
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.run import Order
from yantra_bot.errors import YantraError
from yantra_bot.ports import Furnish, Remote, TestCommand, ToolBatch, Workspace
from yantra_bot.runs.workshop import Workshop


class Bench:
    """Opens the worker lazily, and anew after each failure. Holds no state that is not in the record."""

    def __init__(self, order: Order, workshop: Workshop, remote: Remote) -> None:
        self.remote = remote
        self.checkpoints = Checkpoints()
        self._run_id = order.run_id
        self._furnish: Furnish | None = None
        if workshop.graphs is not None and order.repository.id:
            self._furnish = partial(workshop.graphs.hand_out, order.repository)
        self._workshop = workshop
        self._base = ""
        self._tests = TestCommand()
        self._open: Workspace | None = None
        self._laid_out = Changeset()
        self._laid_from = ""
        self.is_prepared = False
        """Whether dependencies were installed: a further worker has to do that, or find it done."""
        self._has_recorded = False

    @property
    def changes(self) -> Changeset:
        """The change to the base, as the record has it."""
        return self.checkpoints.states[-1]

    @changes.setter
    def changes(self, changes: Changeset) -> None:
        self.checkpoints.note(changes)

    @property
    def changed_paths(self) -> frozenset[str]:
        """The paths of the change."""
        return frozenset(self.changes.paths)

    def start_from(self, base: str, tests: TestCommand) -> None:
        """Name the commit that the tree is laid out from, and how its tests are run."""
        self._base, self._tests = base, tests

    @property
    def base(self) -> str:
        """The commit that the tree is laid out from; empty before `start_from`."""
        return self._base

    @property
    def tests(self) -> TestCommand:
        """How the repository's tests are run."""
        return self._tests

    def say(self, line: str) -> None:
        """Keep a line of output for the run's page."""
        self._workshop.note(self._run_id, line)

    async def workspace(self) -> Workspace:
        """Return the open workspace with the recorded change in its tree, laying one out where there is none."""
        if self._open is not None and (self._laid_out, self._laid_from) != (self.changes, self._base):
            # A resumed run opened it before the record had told of its changes; a planned one starts twice.
            await self.close()
        if self._open is None:
            mirror = await self.remote.hold(self._base, self._run_id)
            workspace = await self._workshop.workspace(self._run_id, mirror, self._tests, self._furnish)
            try:
                await workspace.open(self._base, self.changes)
                if self.is_prepared:
                    await workspace.prepare()
            except BaseException:
                await workspace.close()
                raise
            self._open, self._laid_out, self._laid_from = workspace, self.changes, self._base
        return self._open

    async def call(self, calls: Sequence[ToolCall]) -> ToolBatch:
        """Run tool calls; after a failure the next use starts from the last recorded change."""
        workspace = await self.workspace()
        try:
            goes_back = any(call.name == UNDO for call in calls)
            states = self.checkpoints.states if goes_back else ()
            batch = await workspace.call(calls, checkpoints=states, on_line=self.say)
        except BaseException:
            await self.close()
            raise
        self.changes = self._laid_out = batch.changes
        return batch

    async def test(self, selection: tuple[str, ...] = ()) -> TestReport:
        """Run the repository's tests, or some of them."""
        return await self._test(selection=selection)

    async def test_projects_of_base(self, projects: tuple[str, ...]) -> TestReport:
        """Run projects of the base commit, by their labels."""
        workspace = await self.workspace()
        try:
            return await workspace.test_base(projects, on_line=self.say)
        except BaseException:
            await self.close()
            raise

    async def test_without_change(self, tests: Sequence[str]) -> TestReport:
        """Run the change's own tests, by their paths, on the base commit: nothing else of the change is there."""
        mirror = await self.remote.hold(self._base, self._run_id)
        only = Changeset(tuple(change for change in self.changes.files if is_test(change.path)))
        is_pytest = not self._tests.argv and all(path.endswith(".py") for path in tests)
        # Nobody asks it about the code, and loading what answers take costs more than many a library's tests.
        workspace = await self._workshop.workspace(self._run_id, mirror, self._tests, is_guided=False)
        try:
            await workspace.open(self._base, only)
            await workspace.prepare()
            return await workspace.test(tuple(tests) if is_pytest else (), on_line=self.say)
        finally:
            await workspace.close()

    async def check(self, kind: CheckKind, settings: CheckSettings = NO_SETTINGS) -> CheckResult:
        """Check the tree as it is; the next use starts anew after a failure."""
        workspace = await self.workspace()
        try:
            return await workspace.check(kind, settings, on_line=self.say)
        except BaseException:
            await self.close()
            raise

    async def test_base(self, order: Order) -> TestReport:
        """Run the tests of the default branch's head as it is; what each of them ran is kept for reviews."""
        graphs = self._workshop.graphs
        # A terminal's repositories have no number of their own. What ended a worker is not tried twice.
        if graphs is None or not order.repository.id or self._has_recorded:
            return await self._test()
        self._has_recorded = True
        return await self._test(partial(graphs.take_recording, order.repository))

    async def _test(
        self, take: Callable[[Path, int | None], None] | None = None, *, selection: tuple[str, ...] = ()
    ) -> TestReport:
        workspace = await self.workspace()
        try:
            return await workspace.test(selection, on_line=self.say, take=take)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End the worker. Safe to call twice."""
        workspace, self._open = self._open, None
        if workspace is not None:
            await workspace.close()

    async def leave(self) -> None:
        """End the worker and let the mirror forget the base commit."""
        await self.close()
        with suppress(YantraError):  # the next run's clean-up takes what could not be released now
            await self.remote.release(self._run_id)
