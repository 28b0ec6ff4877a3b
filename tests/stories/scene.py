"""The scene of a story: a GitHub with a small library, and the real door and control beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from tests.fakes.github import FakeGitHub, git_repository
from tests.fakes.github.state import Comment, Issue, Repository
from tests.stories.library import ISSUE_BODY, ISSUE_TITLE, SHELL_GOOD, write_library
from yantra_bot.app.control import run_control
from yantra_bot.app.control_part import ControlPart
from yantra_bot.app.door import DoorPart, run_door
from yantra_bot.app.home import Home
from yantra_bot.domain.run import Ending
from yantra_bot.errors import Transient
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.records import Records, RunRecord
from yantra_bot.runs.steps import Probe
from yantra_bot.settings import Settings

PATIENCE = 240.0
"""Seconds until a story that does not move on is given up; no story waits for it."""


class Scene:
    """A GitHub with one repository and one issue, and the settings of a server for it."""

    def __init__(self, github: FakeGitHub, folder: Path, settings: dict[str, Any]) -> None:
        self.github = github
        self.folder = folder
        self.values = settings
        self.port = 0
        self.leaves_runs = False
        """A story that means to end while a run goes on says so."""
        self.repository = self.let_in(self.make_repository("octo/calc"))
        github.install("octo")
        self.issue = github.add_issue(self.repository, title=ISSUE_TITLE, body=ISSUE_BODY, by="alice")

    def make_repository(self, full_name: str) -> Repository:
        """Add the Python library under a name."""
        return self.github.add_repository(full_name, folder=write_library(self.folder / "libraries" / full_name))

    def let_in(self, repository: Repository) -> Repository:
        """Give alice the right to write, and eve the right to read."""
        self.github.permit(repository, "alice", "write")
        self.github.permit(repository, "eve", "read")
        return repository

    def work_in(self, files: Mapping[str, str], *, name: str = "octo/other", script: str = SHELL_GOOD) -> Repository:
        """Let the story play in a repository with these files, and this script answer."""
        self.repository = self.let_in(self.github.add_repository(name, files=files))
        self.issue = self.github.add_issue(self.repository, title=ISSUE_TITLE, body=ISSUE_BODY, by="alice")
        self.play(script)
        return self.repository

    @property
    def home(self) -> Home:
        return Home(self.folder / "state")

    def play(self, script: str) -> None:
        """Let this script answer instead of a model."""
        (self.folder / "script.toml").write_text(script)

    @asynccontextmanager
    async def server(self, *, probe: Probe | None = None, **changed: Any) -> AsyncIterator[None]:
        """Run door and control in this process, as `yantra serve` runs them in two. `probe` watches every step."""
        settings = Settings(**{**self.values, **changed})
        stops, ports = (asyncio.Event(), asyncio.Event()), asyncio.get_running_loop().create_future()
        control = run_control(ControlPart.of(settings), stops[1], registry=CollectorRegistry(), probe=probe)
        parts = [
            asyncio.create_task(run_door(DoorPart.of(settings), stops[0], on_listening=ports.set_result)),
            asyncio.create_task(control),
        ]
        try:
            await asyncio.wait([ports, *parts], return_when=asyncio.FIRST_COMPLETED)
            self.listen(ports.result())
            yield
        finally:
            # One after the other: the engine ends by shutting down the threads of its whole event loop.
            for stop, part in zip(stops, parts, strict=True):
                stop.set()
                await part

    def listen(self, port: int) -> None:
        """Send webhooks to the server on this port."""
        self.port = port
        self.github.send_webhooks_to(f"http://127.0.0.1:{port}/webhooks/github")

    async def comment(self, text: str, *, by: str = "alice", on: Issue | None = None) -> Comment:
        """Comment on an issue; the webhook is delivered before this returns."""
        return await self.github.post_comment(on or self.issue, text, by=by)

    def records(self) -> Records:
        """Return the server's records, for reading."""
        return Records.open(self.home.records, read_only=True)

    def runs(self) -> tuple[RunRecord, ...]:
        """Return all runs, newest first; none while there are no records."""
        if not self.home.records.exists():
            return ()
        with contextlib.suppress(Transient), contextlib.closing(self.records()) as records:
            return records.runs(50)
        return ()

    def steps(self, run: int = 0) -> tuple[StepRow, ...]:
        """Return the steps of a run, by its place among the newest."""
        runs = self.runs()
        if len(runs) <= run:
            return ()
        with contextlib.closing(self.records()) as records:
            return records.steps(runs[run].order.run_id)

    def in_step(self, name: str) -> Callable[[], object]:
        """Return a condition: some run is in a step of this name, which is not finished."""

        def is_in() -> object:
            every = [step for number in range(len(self.runs())) for step in self.steps(number)]
            return [step for step in every if step.name.startswith(f"{name}#") and step.envelope is None]

        return is_in

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is true, and return it."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):
                await asyncio.sleep(0.05)
        return found

    async def meet(self, moment: asyncio.Event) -> None:
        """Wait for a moment in the newest run; a run that ends before is no reason to wait longer."""

        def has_come() -> bool:
            ended = [run.ending.reason for run in self.runs()[:1] if run.ending]
            assert moment.is_set() or not ended, f"it ended before: {ended}"
            return moment.is_set()

        await self.until(has_come)

    async def ending(self, *, of: int = 1) -> Ending:
        """Return how the newest run ended, once there are `of` runs and all have ended and have said so."""

        def ended() -> Ending | None:
            runs = self.runs()
            return runs[0].ending if len(runs) == of and all(run.ending for run in runs) else None

        found: Ending = await self.until(ended)
        return found

    async def reply(self, words: str) -> str:
        """Wait for a comment of the bot that holds these words, and return it."""
        found = await self.until(lambda: [one for one in self.said() if words in one])
        return str(found[-1])

    async def quiet(self) -> None:
        """Wait until the server has acted on everything that it was sent."""
        from yantra_bot.clock import SystemClock
        from yantra_bot.webhooks.inbox import open_inbox

        inbox = await open_inbox(self.home.inbox, clock=SystemClock())
        try:
            async with asyncio.timeout(PATIENCE):
                while await inbox.pending(1):
                    await asyncio.sleep(0.02)
        finally:
            await inbox.aclose()

    def said(self, issue: Issue | None = None) -> list[str]:
        """Return what the bot wrote under an issue."""
        return [one.body for one in (issue or self.issue).comments if one.user.kind == "Bot"]

    def pull_requests(self, repository: Repository | None = None) -> list[Any]:
        """Return the pull requests there are."""
        return [one for one in (repository or self.repository).issues.values() if one.pull is not None]

    def branch_head(self, branch: str) -> str | None:
        """Return the commit of a branch on GitHub."""
        return git_repository.head_of(self.repository.git_dir, branch)

    def branches(self) -> list[str]:
        """Return the branches beside the default one."""
        heads = self.repository.git_dir / "refs" / "heads"
        found = [str(path.relative_to(heads)) for path in heads.rglob("*") if path.is_file()]
        return sorted(name for name in found if name != self.repository.default_branch)
