"""One run from a terminal, without a server: the same story, engine, worker and sandbox, and another forge."""

import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from yantra_bot.app.control import open_engine
from yantra_bot.app.workshop import open_materials, open_workshop
from yantra_bot.domain.commands import Command
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.forge.app_auth import PlainToken
from yantra_bot.forge.github import GitHub
from yantra_bot.forge.local import YOU, LocalFolder, LocalForge, LocalRemote
from yantra_bot.forge.remotes import GitHubRemotes
from yantra_bot.forge.transport import HttpTransport
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.orders import STORY
from yantra_bot.runs.records import Records
from yantra_bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """A run that was ordered, and where to follow it."""

    engine: Engine
    records: Records
    order: Order


def make_order(command: Command, repository: Repository, *, issue_number: int, task: str) -> Order:
    """Return an order of the person at the terminal; its id is new each time."""
    at = time.time()
    run_id = hashlib.sha256(f"{at!r} {repository.full_name} {issue_number} {task}".encode()).hexdigest()[:24]
    return Order(run_id, repository, 0, issue_number, command, YOU, None, at)


@asynccontextmanager
async def open_local(
    settings: Settings, folder: Path, task: str, command: Command, *, on_comment: Callable[[str, str], None]
) -> AsyncIterator[Session]:
    """Order a run on a folder. A branch appears in it; its work tree and current branch are left alone."""
    async with open_materials(settings, mirrors=mirrors_of(settings)) as materials:
        key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        local = LocalFolder(folder, materials.git, materials.home.records.parent)
        await local.current_branch()  # a wrong folder is one sentence, not a run that failed
        forge = LocalForge(local, task, name=folder.resolve().name, on_comment=on_comment)
        remote = LocalRemote(materials.mirrors.of(f"local-{key}"), local, materials.records.blobs, materials.clock)
        async with (
            open_workshop(settings, materials, forge=lambda *_: forge, remote=lambda *_: remote) as workshop,
            open_engine(settings, materials, workshop) as engine,
        ):
            repository = Repository(0, "local", folder.resolve().name)
            order = make_order(command, repository, issue_number=0, task=task)
            await engine.enqueue(STORY, order)
            yield Session(engine, materials.records, order)


@asynccontextmanager
async def open_issue(settings: Settings, token: str, issue: str, command: Command) -> AsyncIterator[Session]:
    """Order a run on an issue on GitHub, `owner/name#N`, with a person's own token."""
    repository, number = parse_issue(issue)
    async with open_materials(settings, mirrors=mirrors_of(settings)) as materials:
        transport = HttpTransport(ca_file=settings.ca_file)
        downloads = HttpTransport(ca_file=settings.ca_file, only_public=True)
        identity = PlainToken(SecretStr(token))
        github = GitHub(
            transport, materials.clock, base_url=settings.github_url, identity=identity, downloads=downloads
        )
        remotes = GitHubRemotes(
            github, materials.mirrors, materials.records.blobs, materials.clock, base_url=settings.github_git_url
        )
        try:
            async with (
                open_workshop(settings, materials, forge=github, remote=remotes) as workshop,
                open_engine(settings, materials, workshop) as engine,
            ):
                order = make_order(command, repository, issue_number=number, task=issue)
                me = await github.me(repository, 0)
                order = Order(order.run_id, repository, 0, number, command, me, None, order.accepted_at)
                await engine.enqueue(STORY, order)
                yield Session(engine, materials.records, order)
        finally:
            await transport.close()
            await downloads.close()


def mirrors_of(settings: Settings) -> Path | None:
    """Return the folder of mirrors: in the cache, so that the next run here finds what this one installed."""
    return None if settings.cache_folder is None else settings.cache_folder / "mirrors"


def parse_issue(text: str) -> tuple[Repository, int]:
    """Read `owner/name#N`; raise UserError that shows the form."""
    path, _, number = text.partition("#")
    owner, _, name = path.partition("/")
    if not owner or not name or "/" in name or not number.isascii() or not number.isdigit():
        raise UserError(f"{text!r} names no issue. Write it as owner/name#12.")
    return Repository(0, owner, name), int(number)
