"""The scene of a story: a GitHub with a small library, and the real door and control beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from tests.fakes.github import FakeGitHub
from tests.stories.library import GOOD, ISSUE_BODY, ISSUE_TITLE, write_library
from yantra_bot import artefacts
from yantra_bot.app.control import ControlPart, run_control
from yantra_bot.app.door import DoorPart, run_door
from yantra_bot.app.home import Home
from yantra_bot.domain.run import Ending
from yantra_bot.runs.records import Records, RunRecord
from yantra_bot.settings import Settings

WHEELS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage", "setuptools")
PATIENCE = 60.0


class Scene:
    """A GitHub with one repository and one issue, and the settings of a server for it."""

    def __init__(self, github: FakeGitHub, folder: Path, settings: dict[str, Any]) -> None:
        self.github = github
        self.folder = folder
        self.values = settings
        self.repository = github.add_repository("octo/calc", folder=write_library(folder / "library"))
        github.permit(self.repository, "alice", "write")
        github.permit(self.repository, "eve", "read")
        github.install("octo")
        self.issue = github.add_issue(self.repository, title=ISSUE_TITLE, body=ISSUE_BODY, by="alice")

    @property
    def home(self) -> Home:
        return Home(self.folder / "state")

    def play(self, script: str) -> None:
        """Let this script answer instead of a model."""
        (self.folder / "script.toml").write_text(script)

    @asynccontextmanager
    async def server(self, **changed: Any) -> AsyncIterator[None]:
        """Run door and control in this process, as `yantra serve` runs them in two."""
        settings = Settings(**{**self.values, **changed})
        stop, ports = asyncio.Event(), asyncio.get_running_loop().create_future()
        parts = [
            asyncio.create_task(run_door(DoorPart.of(settings), stop, on_listening=ports.set_result)),
            asyncio.create_task(run_control(ControlPart.of(settings), stop, registry=CollectorRegistry())),
        ]
        try:
            await asyncio.wait([ports, *parts], return_when=asyncio.FIRST_COMPLETED)
            self.port = ports.result()
            self.github.send_webhooks_to(f"http://127.0.0.1:{self.port}/webhooks/github")
            yield
        finally:
            stop.set()
            await asyncio.gather(*parts)

    async def comment(self, text: str, *, by: str = "alice") -> None:
        """Comment on the issue; the webhook is delivered before this returns."""
        await self.github.post_comment(self.issue, text, by=by)

    def records(self) -> Records:
        """Return the server's records, for reading."""
        return Records.open(self.home.records, read_only=True)

    def runs(self) -> tuple[RunRecord, ...]:
        """Return all runs, newest first; none while there are no records."""
        if not self.home.records.exists():
            return ()
        records = self.records()
        try:
            return records.runs(50)
        finally:
            records.close()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is true, and return it."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):
                await asyncio.sleep(0.02)
        return found

    async def ending(self) -> Ending:
        """Return how the newest run ended, once it has and has said so."""

        def ended() -> Ending | None:
            runs = self.runs()
            return runs[0].ending if runs else None

        found: Ending = await self.until(ended)
        return found

    def said(self) -> list[str]:
        """Return what the bot wrote under the issue."""
        return [one.body for one in self.issue.comments if one.user.kind == "Bot"]

    def pull_requests(self) -> list[Any]:
        """Return the pull requests there are."""
        return [one for one in self.repository.issues.values() if one.pull is not None]


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep installed environments between the stories of a session."""
    folder = tmp_path_factory.getbasetemp().parent / "environments"
    folder.mkdir(exist_ok=True)
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and str(above).startswith("/tmp/"):
            above.chmod(above.stat().st_mode | 0o011)
    return folder


@pytest.fixture
def scene(github: FakeGitHub, tmp_path: Path, environments: Path) -> Scene:
    """A scene whose model answers from a script that does the work well."""
    for above in (tmp_path, tmp_path.parent):
        above.chmod(0o711)
    key_file = tmp_path / "app.pem"
    key_file.touch(mode=0o600)
    key_file.write_text(github.private_key)
    settings = {
        "state_folder": tmp_path / "state",
        "cache_folder": environments,
        "port": 0,
        "github_url": github.api_url,
        "github_git_url": github.git_url,
        "github_app_id": str(github.app.id),
        "github_app_key_file": key_file,
        "webhook_secrets": (github.webhook_secret,),
        "replay_script": tmp_path / "script.toml",
        "package_index_url": "none",
        "package_folders": tuple(artefacts.path(f"demo-wheel-{name}") for name in WHEELS),
        "polling_seconds": 0.01,
    }
    made = Scene(github, tmp_path, settings)
    made.play(GOOD)
    return made
