"""Git on control's side: fetches into the mirror, commits out of blobs, pushes over HTTPS. Implements the port Remote.

The address and the credentials are handed to each command; nothing of them is ever stored. A push never overwrites
what somebody else put on the branch.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from yantra_bot.deploy_ports import Reverted
from yantra_bot.domain.changes import Changeset
from yantra_bot.errors import Permanent
from yantra_bot.forge.commits import build_commit
from yantra_bot.forge.conversation import FETCH, Conversation, Server
from yantra_bot.forge.git_failures import Trouble, explain, trouble_of
from yantra_bot.forge.git_names import check_branch, check_commit, head_ref, run_ref
from yantra_bot.forge.git_process import Job
from yantra_bot.forge.mirror import LARGEST_BLOB, PARTIAL, Mirror
from yantra_bot.forge.past import PACKED, Past
from yantra_bot.forge.pictures import build_album, push_album
from yantra_bot.forge.reverting import ALONE, build_revert, complete, list_taken_back
from yantra_bot.ports import BlobStore, Clock

_DEPTH = ("--depth=1", f"--filter=blob:limit={LARGEST_BLOB}")


@dataclasses.dataclass(frozen=True, slots=True)
class TreeLimits:
    """What a tree may hold, so that nobody unpacks a bomb."""

    files: int = 200_000
    path_bytes: int = 2048


class GitRemote:
    """One repository's mirror and its server."""

    def __init__(
        self,
        mirror: Mirror,
        server: Server,
        blobs: BlobStore,
        clock: Clock,
        *,
        limits: TreeLimits | None = None,
        past: Mirror | None = None,
        log: Mirror | None = None,
    ) -> None:
        """`past` is a mirror for what led to a commit, apart from the one that runs read; `log` for commits alone."""
        self._mirror = mirror
        self._server = server
        self._blobs = blobs
        self._limits = limits or TreeLimits()
        self._conversation = Conversation(mirror, server, clock, config=PARTIAL)
        # Told that absent files are meant, git would fetch those that it would only save bytes with in a push.
        self._pushing = Conversation(mirror, server, clock)
        self._log = None if log is None else (log, Conversation(log, server, clock, config=ALONE))
        self._past = None if past is None else Past(past, Conversation(past, server, clock, config=PACKED))

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

    async def past(self, commit: str, *, depth: int) -> Path:
        """Return a bare repository that has at most `depth` generations before `commit`; none where it has fewer.

        Raises Permanent where there is no place for one, or where what led to the commit cannot be had; Transient.
        """
        if self._past is None:
            raise Permanent("Nothing of the past is kept here.")
        return await self._past.bring(commit, depth=depth)

    async def commit(self, base: str, changes: Changeset, *, message: str, at: float) -> str:
        """Build a commit on `base`; the same input gives the same id. See `commits.build_commit` for errors."""
        author = await self._server.author()
        async with self._mirror.writing():
            await self._need(base)
            return await build_commit(self._mirror, self._blobs, base, changes, author=author, message=message, at=at)

    async def revert(self, *, bad: str, good: str, branch: str, run_id: str, message: str, at: float) -> Reverted:
        """Take back, on the head of `branch`, what came between `good` and `bad`; the run holds what is made.

        See `reverting.build_revert` for what comes of it, and for errors.
        """
        author, ref = await self._server.author(), head_ref(check_branch(branch))
        async with self._mirror.writing():
            await self._fetch(f"+refs/heads/{branch}:{ref}", what=f"Fetching the branch {branch}")
            head = await self._mirror.must("rev-parse", "--verify", f"{ref}^{{commit}}")
            await self._check_tree(head)
            for commit in (bad, good):
                await self._need(commit)
            made = await build_revert(
                self._mirror, bad=bad, good=good, head=head, author=author, message=message, at=at
            )
            if made.commit:
                await complete(self._mirror, self._conversation, made)
                await self._mirror.must("update-ref", run_ref(run_id), made.commit)
        if not made.commit or self._log is None:
            return made
        return dataclasses.replace(made, taken_back=await list_taken_back(*self._log, bad=bad, good=good))

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
            there = await self._conversation.there(ref)
            if there == commit:
                return
            if there != expected:
                raise Permanent(f"{what}: {moved_words(branch)}")
            lease = f"--force-with-lease={ref}:{expected or ''}"
            done = await self._pushing.talk(
                "push", "--porcelain", "--no-thin", "--no-verify", lease, "origin", f"{commit}:{ref}"
            )
            if done.code != 0 and await self._conversation.there(ref) != commit:
                raise explain(trouble_of(done), done, what=what)

    async def show(self, pictures: Mapping[str, str], *, run_id: str, at: float) -> Mapping[str, str]:
        """Put pictures on the forge, and return their addresses by name; none where there are no pages to show them."""
        pages = await self._server.pages()
        if not pages or not pictures:
            return {}
        author = await self._server.author()
        message = f"Pictures of run {run_id}\n"
        async with self._mirror.writing():
            commit = await build_album(self._mirror, self._blobs, pictures, author=author, message=message, at=at)
            await push_album(self._conversation, commit, run_id)
        return {name: f"{pages}/blob/{commit}/{name}?raw=true" for name in sorted(pictures)}

    async def _need(self, commit: str) -> None:
        check_commit(commit)
        if not await self._mirror.has_commit(commit):
            await self._fetch(commit, what=f"Fetching the commit {commit[:12]}")
            await self._check_tree(commit)

    async def _fetch(self, refspec: str, *, what: str) -> None:
        words = (*FETCH, *_DEPTH, "origin", refspec)
        done = await self._conversation.talk(*words)
        # A fetch moves nothing on the server: a ref that cannot be written is one of our own.
        if done.code != 0 and trouble_of(done) in {Trouble.LOCAL, Trouble.MOVED}:
            await self._mirror.renew()
            done = await self._conversation.talk(*words)
        if done.code != 0:
            raise explain(trouble_of(done), done, what=what)

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
