"""Git on control's side: fetches into the mirror, commits out of blobs, pushes over HTTPS. Implements the port Remote.

The address and the credentials are handed to each command; nothing of them is ever stored. A push never overwrites
what somebody else put on the branch.
"""

import dataclasses
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from yantra_bot.domain.changes import Changeset
from yantra_bot.errors import Permanent
from yantra_bot.forge.app_auth import Credentials
from yantra_bot.forge.commits import Author, build_commit
from yantra_bot.forge.git_failures import Trouble, explain, trouble_of
from yantra_bot.forge.git_names import check_branch, check_commit, head_ref, run_ref
from yantra_bot.forge.git_process import Done, Job
from yantra_bot.forge.mirror import LARGEST_BLOB, PARTIAL, Mirror
from yantra_bot.ports import BlobStore, Clock

ATTEMPTS = 3
"""Tries of one conversation with the server when the network fails."""

_FETCH = (
    *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"),
    "--no-recurse-submodules",
)


class Server(Protocol):
    """The other end: where it is, and who we are there."""

    protocol: str
    """`https`; `http` for a server on this machine, `file` for a folder."""
    credentials: Credentials | None

    async def url(self, *, anew: bool = False) -> str:
        """Return the address, without credentials; `anew` when the last one led nowhere."""

    async def author(self) -> Author:
        """Return whose name commits carry."""

    def configuration(self) -> dict[str, str]:
        """Return what git's environment needs beyond the hardened one."""


@dataclasses.dataclass(frozen=True, slots=True)
class TreeLimits:
    """What a tree may hold, so that nobody unpacks a bomb."""

    files: int = 200_000
    path_bytes: int = 2048


class GitRemote:
    """One repository's mirror and its server."""

    def __init__(
        self, mirror: Mirror, server: Server, blobs: BlobStore, clock: Clock, *, limits: TreeLimits | None = None
    ) -> None:
        self._mirror = mirror
        self._server = server
        self._blobs = blobs
        self._clock = clock
        self._limits = limits or TreeLimits()

    async def fetch(self, branch: str) -> str:
        """Bring the head of `branch` into the mirror, one commit deep, and return its id.

        Raises UserError for an odd name, Permanent when there is no such branch or it is too large, Transient when the
        server cannot be reached. A damaged mirror is thrown away and made anew.
        """
        ref = head_ref(check_branch(branch))
        async with self._mirror.writing():
            await self._fetch(f"+refs/heads/{branch}:{ref}", what=f"Fetching the branch {branch}")
            commit = await self._mirror.must("rev-parse", "--verify", f"{ref}^{{commit}}")
            await self._check_tree(commit)
            return commit

    async def hold(self, commit: str, run_id: str) -> Path:
        """Keep `commit` for this run; return the folder of the mirror. Fetches the commit if it is not here."""
        async with self._mirror.writing():
            await self._need(commit)
            await self._mirror.must("update-ref", run_ref(run_id), commit)
            return self._mirror.folder

    async def release(self, run_id: str) -> None:
        """Let go of what `hold` kept; again is no error."""
        async with self._mirror.writing():
            await self._mirror.must("update-ref", "-d", run_ref(run_id))
            await self._mirror.clean()

    async def commit(self, base: str, changes: Changeset, *, message: str, at: float) -> str:
        """Build a commit on `base`; the same input gives the same id. See `commits.build_commit` for errors."""
        author = await self._server.author()
        async with self._mirror.writing():
            await self._need(base)
            return await build_commit(self._mirror, self._blobs, base, changes, author=author, message=message, at=at)

    async def push(self, commit: str, branch: str, *, expected: str | None) -> None:
        """Push if the branch still is at `expected` (None: does not exist); done already is done.

        Raises Permanent when somebody moved the branch or a rule refused it, Transient when nobody knows.
        """
        ref = f"refs/heads/{check_branch(branch)}"
        check_commit(commit)
        what = f"Pushing to {branch}"
        async with self._mirror.writing():
            if not await self._mirror.has_commit(commit):
                raise Permanent(f"{what}: the commit {commit[:12]} is not in the mirror any more. Ask for a new run.")
            there = await self._there(ref)
            if there == commit:
                return
            if there != expected:
                raise Permanent(f"{what}: {moved_words(branch)}")
            lease = f"--force-with-lease={ref}:{expected or ''}"
            done = await self._talk(
                "push", "--porcelain", "--no-thin", "--no-verify", lease, "origin", f"{commit}:{ref}"
            )
            if done.code != 0 and await self._there(ref) != commit:
                raise explain(trouble_of(done), done, what=what)

    async def _need(self, commit: str) -> None:
        check_commit(commit)
        if not await self._mirror.has_commit(commit):
            await self._fetch(commit, what=f"Fetching the commit {commit[:12]}")
            await self._check_tree(commit)

    async def _fetch(self, refspec: str, *, what: str) -> None:
        words = (*_FETCH, f"--filter=blob:limit={LARGEST_BLOB}", "origin", refspec)
        done = await self._talk(*words)
        # A fetch moves nothing on the server: a ref that cannot be written is one of our own.
        if done.code != 0 and trouble_of(done) in {Trouble.LOCAL, Trouble.MOVED}:
            await self._mirror.renew()
            done = await self._talk(*words)
        if done.code != 0:
            raise explain(trouble_of(done), done, what=what)

    async def _there(self, ref: str) -> str | None:
        """Return the commit that the server has at `ref` now."""
        done = await self._talk("ls-remote", "--refs", "origin", ref)
        if done.code != 0:
            raise explain(trouble_of(done), done, what=f"Asking for {ref.removeprefix('refs/heads/')}")
        found = [line.split("\t") for line in done.text.splitlines()]
        return next((line[0] for line in found if line[1:] == [ref]), None)

    async def _talk(self, *words: str) -> Done:
        """Run a command that speaks to the server, as often as it helps.

        A failed network is tried again; refused credentials and a renamed repository are looked up anew, once each.
        """
        seen: set[Trouble] = set()
        for attempt in range(ATTEMPTS + 2):
            url = await self._server.url()
            credentials = self._server.credentials
            secret = None if credentials is None else await credentials.secret()
            done = await self._send(words, url, secret)
            if done.code == 0:
                break
            trouble, is_new = trouble_of(done), trouble_of(done) not in seen
            seen.add(trouble)
            if trouble is Trouble.NETWORK and attempt + 1 < ATTEMPTS:
                await self._clock.sleep(1.0 * 2**attempt)
            elif not (is_new and await self._mend(trouble, url, secret)):
                break
        return done

    async def _mend(self, trouble: Trouble, url: str, secret: SecretStr | None) -> bool:
        """Tell whether another try may do better, because the credentials or the address are different now."""
        credentials = self._server.credentials
        if trouble is Trouble.CREDENTIALS and credentials is not None and secret is not None:
            return credentials.refuse(secret)
        return trouble is Trouble.NOT_FOUND and await self._server.url(anew=True) != url

    async def _send(self, words: tuple[str, ...], url: str, secret: SecretStr | None) -> Done:
        # Named on the command line only, `origin` has no address in the mirror that anybody could use.
        config, environment = (f"remote.origin.url={url}", *PARTIAL), self._server.configuration()
        job = Job(words, self._mirror.folder, config=config, environment=environment, secret=secret)
        return await self._mirror.run(dataclasses.replace(job, protocol=self._server.protocol))

    async def _check_tree(self, commit: str) -> None:
        """Count what a checkout would make; raise Permanent for more than this bot takes."""
        meter = _TreeMeter(self._limits)
        job = Job(("ls-tree", "-r", "-z", "--name-only", commit), self._mirror.folder, on_output=meter.take)
        done = await self._mirror.run(job)
        if meter.problem is not None:
            raise Permanent(f"The tree of {commit[:12]} {meter.problem}. Make it smaller, or raise the limit.")
        if done.code != 0:
            raise explain(trouble_of(done), done, what=f"Reading the tree of {commit[:12]}")


class _TreeMeter:
    """Counts names, separated by NUL, as they stream by: it never keeps or reads them."""

    def __init__(self, limits: TreeLimits) -> None:
        self._limits = limits
        self._files = 0
        self._open_bytes = 0
        self.problem: str | None = None

    def take(self, piece: bytes) -> bool:
        self._files += piece.count(0)
        first, *rest = piece.split(b"\0")
        longest = max(self._open_bytes + len(first), *(len(name) for name in rest), 0)
        self._open_bytes = len(rest[-1]) if rest else self._open_bytes + len(first)
        if self._files > self._limits.files:
            self.problem = f"has more than {self._limits.files} files"
        elif longest > self._limits.path_bytes:
            self.problem = f"has a path longer than {self._limits.path_bytes} bytes"
        return self.problem is None


def moved_words(branch: str) -> str:
    """Say that a branch is not ours to move."""
    return f"somebody else put commits on {branch}; they are left alone. Ask for a new run."
