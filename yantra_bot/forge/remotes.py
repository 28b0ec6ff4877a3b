"""Opens mirrors: one folder a repository's number, one writer each. Implements the port RemoteFactory for GitHub."""

import asyncio
from pathlib import Path

from yarl import URL

from yantra_bot.domain.repository import Repository
from yantra_bot.errors import SettingsError
from yantra_bot.forge.app_auth import Credentials
from yantra_bot.forge.commits import Author
from yantra_bot.forge.git_names import RUN_REFS, run_ref
from yantra_bot.forge.git_process import Git
from yantra_bot.forge.git_remote import GitRemote, TreeLimits
from yantra_bot.forge.github import GitHub
from yantra_bot.forge.mirror import Mirror
from yantra_bot.ports import BlobStore, Clock


class GitHubServer:
    """Git over HTTP for one repository on GitHub; see `conversation.Server`."""

    def __init__(self, github: GitHub, repository: Repository, installation_id: int, *, base_url: URL) -> None:
        self._github = github
        self._repository = repository
        self._installation_id = installation_id
        self._base = base_url
        self.protocol = base_url.scheme
        self.credentials: Credentials | None = github.credentials(repository, installation_id)

    async def url(self, *, anew: bool = False) -> str:
        """Return the address under the repository's present name, made sure to lead to the ordered id."""
        found = await self._github(self._repository, self._installation_id).repository(anew=anew)
        return str(self._base / found.owner / f"{found.name}.git")

    async def pages(self) -> str:
        return (await self.url()).removesuffix(".git")

    async def author(self) -> Author:
        me = await self._github.me(self._repository, self._installation_id)
        host = self._base.host or "github.com"
        return Author(me.login, f"{me.id}+{me.login}@users.noreply.{host}")

    def configuration(self) -> dict[str, str]:
        return {}


class Mirrors:
    """Hands out the one `Mirror` of each repository below a folder, so that writers meet at its lock."""

    def __init__(self, folder: Path, git: Git, clock: Clock) -> None:
        self._folder = folder
        self._git = git
        self._clock = clock
        self._open: dict[str, Mirror] = {}

    def of(self, name: str) -> Mirror:
        if name not in self._open:
            self._open[name] = Mirror(self._folder / f"{name}.git", self._git, self._clock)
        return self._open[name]

    async def held(self) -> dict[str, tuple[str, ...]]:
        """Return the runs that each mirror keeps a commit for, by the mirror's name."""
        folders = await asyncio.to_thread(lambda: sorted(self._folder.glob(f"*.git/{RUN_REFS}")))
        return {
            folder.relative_to(self._folder).parts[0].removesuffix(".git"): tuple(
                sorted(one.name for one in folder.iterdir())
            )
            for folder in folders
        }

    async def let_go(self, name: str, run_id: str) -> None:
        """Have a mirror keep nothing for a run any more; again is no error."""
        mirror = self.of(name)
        async with mirror.writing():
            await mirror.must("update-ref", "-d", run_ref(run_id))
            await mirror.clean()


class GitHubRemotes:
    """Implements RemoteFactory."""

    def __init__(
        self,
        github: GitHub,
        mirrors: Mirrors,
        blobs: BlobStore,
        clock: Clock,
        *,
        base_url: str,
        limits: TreeLimits | None = None,
    ) -> None:
        """`base_url` such as https://github.com. Raises SettingsError for one that would send a token in the clear."""
        self._github = github
        self._mirrors = mirrors
        self._blobs = blobs
        self._clock = clock
        self._base_url = read_git_url(base_url)
        self._limits = limits

    def __call__(self, repository: Repository, installation_id: int) -> GitRemote:
        server = GitHubServer(self._github, repository, installation_id, base_url=self._base_url)
        name = str(repository.id) if repository.id else f"{repository.owner}+{repository.name}"
        mirror, past, log = (self._mirrors.of(f"{name}{end}") for end in ("", "-past", "-log"))
        return GitRemote(mirror, server, self._blobs, self._clock, limits=self._limits, past=past, log=log)


def read_git_url(base_url: str) -> URL:
    """Return the base of git over HTTP; raise SettingsError unless it is https, or http on this machine."""
    try:
        base = URL(base_url.rstrip("/"))
    except ValueError as error:
        raise SettingsError("github_git_url is no address. Set it to one such as https://github.com.") from error
    is_local = base.host in {"127.0.0.1", "::1", "localhost"}
    if not base.host or (base.scheme != "https" and not (base.scheme == "http" and is_local)):
        raise SettingsError("github_git_url is no https address. Set it to one such as https://github.com.")
    if base.user is not None or base.password is not None or base.query_string or base.fragment:
        raise SettingsError("github_git_url has more than a host and a path. Leave credentials and query out of it.")
    return base
