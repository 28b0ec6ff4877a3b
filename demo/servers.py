"""The processes of the demonstration: a local GitHub, and the real `yantra serve` in front of it."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp

from yantra_bot import artefacts
from yantra_bot.sandbox.interpreter import make_once

ROOT = Path(__file__).parent.parent
REPOSITORY = "octo/parse"
PERSON = "alice"
ISSUE_TITLE = "%f does not match fractions with fewer than six digits"
WHEELS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage", "setuptools")
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class LocalGitHub:
    """The local GitHub that was started, and how to steer it."""

    facts: dict[str, Any]
    key_file: Path

    async def ask(self, method: str, path: str, **body: Any) -> Any:
        """Do something there as a person would, or look at it."""
        headers = {"X-Fake-Control": self.facts["control_secret"]}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, self.facts["control_url"] + path, json=body or None) as answer,
        ):
            answer.raise_for_status()
            return await answer.json()

    async def comment(self, issue: int, text: str, *, repository: str = REPOSITORY) -> None:
        """Post a comment on an issue; the webhook for it is delivered, signed."""
        await self.ask("POST", "/comments", repository=repository, issue=issue, body=text, by=PERSON)

    async def open_issue(self, title: str, body: str, *, repository: str = REPOSITORY) -> int:
        """Open an issue; return its number."""
        opened = await self.ask("POST", "/issues", repository=repository, title=title, body=body, by=PERSON)
        return int(opened["number"])

    async def show(self, number: int, *, repository: str = REPOSITORY) -> dict[str, Any]:
        """Return what stands on an issue or a pull request, and all checks of the repository under `checks`."""
        repositories = (await self.ask("GET", "/state"))["repositories"]
        shown = next(one for one in repositories if one["name"] == repository)
        found: dict[str, Any] = next(one for one in shown["issues"] if one["number"] == number)
        return found | {"checks": shown["check_runs"]}


def wheel_folder(place: Path) -> Path:
    """Return a folder below `place` with the wheels that a small library's tests need, so that no index is asked.

    They are copied once: workers' accounts can reach `place`, and often not a checkout in somebody's closed home.
    """

    def fill(draft: Path) -> None:
        draft.mkdir()
        for name in WHEELS:
            for wheel in artefacts.path(f"demo-wheel-{name}").iterdir():
                shutil.copyfile(wheel, draft / wheel.name)

    return make_once(place / "wheels", fill)


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def local_github(folder: Path, *, webhook_url: str) -> AsyncIterator[LocalGitHub]:
    """Run the local GitHub with the library as a repository and the bug as an issue."""
    key_file = folder / "app.pem"
    command = [
        *(sys.executable, "-m", "tests.fakes.github", "--repository", REPOSITORY, "--user", PERSON),
        *("--folder", str(artefacts.path("demo-library")), "--data", str(folder / "github")),
        *("--app-key", str(key_file), "--webhook-url", webhook_url),
        *("--issue-title", ISSUE_TITLE, "--issue-body", str(ROOT / "demo" / "bug.md")),
    ]
    if artefacts.available("github-openapi"):
        command += ["--description", str(artefacts.path("github-openapi"))]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        yield LocalGitHub(json.loads(line), key_file)
    finally:
        await end(process)


def server_environment(
    github: LocalGitHub, *, state: Path, port: int, more: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Return the settings of the demo's server; a model is taken from the caller's environment, else the recording."""
    facts = github.facts
    own = {
        "YANTRA_STATE_FOLDER": str(state),
        "YANTRA_PORT": str(port),
        "YANTRA_GITHUB_URL": facts["api_url"],
        "YANTRA_GITHUB_GIT_URL": facts["git_url"],
        "YANTRA_GITHUB_APP_ID": str(facts["app_id"]),
        "YANTRA_GITHUB_APP_KEY_FILE": str(github.key_file),
        "YANTRA_WEBHOOK_SECRETS": facts["webhook_secret"],
        "YANTRA_REVIEW_BUDGET_USD": "0",
        "YANTRA_PACKAGE_INDEX_URL": "none",
        "YANTRA_PACKAGE_FOLDERS": str(wheel_folder(state.parent)),
        "YANTRA_MEMORY_URL": memory_place(),
    }
    if uses_recording():
        own["YANTRA_REPLAY_SCRIPT"] = str(ROOT / "demo" / "recording.toml")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YANTRA_") or is_model(name)}
    return {**kept, **own, **more}


def memory_place() -> str:
    """Return where the demo remembers mistakes from one time that it is played to the next."""
    return os.environ.get("YANTRA_MEMORY_URL") or str(ROOT / ".state" / "demo-memory")


def is_model(name: str) -> bool:
    """Say whether a setting chooses the model."""
    return name.startswith(("YANTRA_MODEL", "YANTRA_ANTHROPIC", "YANTRA_OPENAI", "YANTRA_BUDGET"))


def uses_recording() -> bool:
    """Say whether no model was configured."""
    return not any(os.environ.get(name) for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "YANTRA_MODEL_BASE_URL"))


@asynccontextmanager
async def server(environment: Mapping[str, str], log: Path) -> AsyncIterator["asyncio.subprocess.Process"]:
    """Run `yantra serve`; what it logs goes to a file."""
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "yantra_bot", "serve", cwd=log.parent, env=dict(environment), stdout=sink, stderr=sink
        )
    try:
        yield process
    finally:
        await end(process)


async def wait_until_ready(port: int, process: "asyncio.subprocess.Process", log: Path) -> None:
    """Return when /readyz is green; raise with the log's end when the server ended instead."""
    async with aiohttp.ClientSession() as session:
        for _ in range(int(START_SECONDS / 0.1)):
            if process.returncode is not None:
                break
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise SystemExit(f"The server did not come up. The end of its log, {log}:\n{log.read_text()[-3000:]}")


async def end(process: "asyncio.subprocess.Process") -> None:
    """End a process that was started here, gently first; what it still says is read, so that its pipes are closed."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.communicate(), 25)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
