"""The Protocols of a run's tree and of whoever works in it: a part of `ports`, by which everybody else imports them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import NO_SETTINGS, CheckKind, CheckResult, CheckSettings
from yantra_bot.domain.context import PromptContext
from yantra_bot.domain.conversation import ToolCall, ToolResult, ToolSpec
from yantra_bot.domain.coverage import Executed
from yantra_bot.domain.executions import Execution
from yantra_bot.domain.proof import ChangeFacts, Claim, EnvironmentReport, TestReport
from yantra_bot.domain.runners import RunnerName

Furnish = Callable[[Path, int | None], None]
"""Puts something into a worker's folder, for its account."""


@dataclass(frozen=True, slots=True)
class ToolBatch:
    """Answers of one batch of tool calls, in order, and the whole change to the base after it."""

    results: tuple[ToolResult, ...]
    changes: Changeset
    finished: Claim | None = None
    """What was given to `finish`, None while the model is not done."""
    question: str = ""
    """What a person has to be asked before the work can go on; empty while nobody has to."""
    executions: tuple[Execution, ...] = ()
    """What was executed for these calls, or refused, in order."""


@dataclass(frozen=True, slots=True)
class TestCommand:
    """How a repository's tests are run. `argv` empty means: by the runners that the worker finds.

    `runner` leaves it no choice: that one runs them.
    """

    __test__ = False

    argv: tuple[str, ...] = ()
    timeout_seconds: float = 300.0
    runner: RunnerName | None = None


class Workspace(Protocol):
    """A run's tree, owned by a worker process that holds no key and reaches no network."""

    async def open(self, commit: str, changes: Changeset) -> None:
        """Lay out `commit` with `changes` on top, anew. Blobs of `changes` are read from the blob store."""

    async def prepare(self) -> EnvironmentReport:
        """Install the repository's declared dependencies, or find them installed."""

    def tools(self) -> tuple[ToolSpec, ...]:
        """Return the tools that `call` understands."""

    async def call(
        self,
        calls: Sequence[ToolCall],
        *,
        checkpoints: Sequence[Changeset] = (),
        on_line: Callable[[str], None] | None = None,
    ) -> ToolBatch:
        """Run tool calls in order. New content is put into the blob store before this returns.

        `checkpoints` are the states that `undo` can go back to, oldest first, the one of now included.
        """

    async def test(
        self,
        selection: tuple[str, ...] = (),
        *,
        on_line: Callable[[str], None] | None = None,
        take: Callable[[Path, int | None], None] | None = None,
    ) -> TestReport:
        """Run the named tests, else all, in a sandbox; changes that tests make to the tree are undone.

        With `take`, what each test ran is recorded where it can be; `take` is then shown the worker's folder and
        account.
        """

    async def test_base(self, projects: tuple[str, ...], *, on_line: Callable[[str], None] | None = None) -> TestReport:
        """Run projects, by their labels as a report has them, as the base commit has them."""

    async def check(
        self, kind: CheckKind, settings: CheckSettings = NO_SETTINGS, *, on_line: Callable[[str], None] | None = None
    ) -> CheckResult:
        """Check the tree as it is now; what a check does to it is undone."""

    async def diff(self) -> str:
        """Return the change as a unified diff, for people."""

    async def measure(self, executed: Executed | None = None, *, named: Sequence[str] = ()) -> ChangeFacts:
        """Return how large and how complex the change is, which tests it weakened, and how much of it was executed.

        `named` are symbols, as `path::Outer.inner`, that are looked up in the tree beside it.
        """

    async def outline(self, limit: int) -> str:
        """Return at most `limit` paths of the tree, most useful first, as text for a prompt."""

    async def assemble(self, task: str, *, model: str, budget: int) -> PromptContext:
        """Return what of the repository a task is about, within so many tokens of the model; or why there is none."""

    async def close(self) -> None:
        """End the worker, its sandboxes and its tree. Safe to call twice."""


class WorkspaceFactory(Protocol):
    """Starts a worker for a run; `mirror` is the bare repository its commits are read from.

    `furnish` is shown the worker's folder and account before it starts. One that is not `is_guided` cannot be asked
    about the code as a whole, and starts with half the work.
    """

    def __call__(
        self, run_id: str, mirror: Path, tests: TestCommand, furnish: Furnish | None = None, *, is_guided: bool = True
    ) -> Awaitable[Workspace]: ...
