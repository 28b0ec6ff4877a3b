"""A folder on this machine in place of GitHub, for `yantra implement "TASK" --repo PATH`: ports Forge and Remote.

The folder's work tree, index and current branch are never touched, and nothing that its configuration or its hooks
name is ever executed: it is read by fetching, and written by adding objects and one new branch.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from yantra_bot.deploy_ports import Reverted, Shipping
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.paths import check_path
from yantra_bot.domain.repository import Actor, Issue, Permission, PullRequest, Reaction, Repository, RepositoryFacts
from yantra_bot.domain.talk import Reach, Thread
from yantra_bot.errors import Permanent, UserError
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.forge.app_auth import Credentials
from yantra_bot.forge.commits import NOBODY, Author
from yantra_bot.forge.git_failures import words_of
from yantra_bot.forge.git_names import check_branch, check_commit
from yantra_bot.forge.git_process import Done, Git, Job
from yantra_bot.forge.git_remote import GitRemote, moved_words
from yantra_bot.forge.mirror import Mirror
from yantra_bot.monitor_ports import IncidentForge
from yantra_bot.ports import BlobStore, CheckRun, Clock, NewPullRequest
from yantra_bot.review_ports import Reviews

YOU = Actor(0, "you", is_bot=False)
AUTHOR = Author("Yantra", "yantra@localhost")
MAX_FILE_BYTES = 1024 * 1024
_NO_NUMBER = 0
"""What stands for the number of a pull request that is none."""


class LocalFolder:
    """A person's repository, asked by git as plumbing; see `conversation.Server`."""

    protocol = "file"
    credentials: Credentials | None = None

    def __init__(self, path: Path, git: Git, state: Path) -> None:
        """`state` is a folder for the one file of configuration that git needs here."""
        self._path = path.absolute()
        self._git = git
        self._state = state
        self._git_dir: Path | None = None

    async def url(self, *, anew: bool = False) -> str:
        return str(await self.git_dir())

    async def pages(self) -> str:
        return ""

    async def author(self) -> Author:
        return AUTHOR

    async def git_dir(self) -> Path:
        """Return where its objects and branches are; raise UserError when it is no repository."""
        if self._git_dir is None:
            if not self._path.is_dir():
                raise UserError(f"{self._path} is no folder. Name the folder of a git repository with --repo.")
            words = ("-C", str(self._path), "rev-parse", "--path-format=absolute", "--git-common-dir")
            done = await self._run(words, None)
            if done.code != 0:
                raise UserError(f"{self._path} is no git repository ({words_of(done)}). Run git init and commit there.")
            self._git_dir = Path(done.text)
        return self._git_dir

    def configuration(self) -> dict[str, str]:
        """Return the environment in which git reads a folder of another user, which a person named on purpose."""
        self._state.mkdir(parents=True, exist_ok=True)
        file = self._state / "gitconfig"
        if not file.exists():
            draft = file.with_suffix(".new")
            draft.write_text("[safe]\n\tdirectory = *\n")
            draft.replace(file)
        return {"GIT_CONFIG_GLOBAL": str(file)}

    async def ask(self, *words: str, stdin: bytes = b"") -> Done:
        """Run a plumbing command on its objects and branches."""
        return await self._run(words, await self.git_dir(), stdin=stdin)

    async def current_branch(self) -> str:
        """Return the branch that is checked out, its first commit made or not; raise UserError when there is none."""
        await self.git_dir()  # what is no repository is said to be none
        words = ("-C", str(self._path), "symbolic-ref", "--quiet", "HEAD")
        done = await self._run(words, None)
        if done.code != 0 or not done.text.startswith("refs/heads/"):
            raise UserError(f"{self._path} has no branch checked out. Check one out first, such as: git switch main")
        return check_branch(done.text.removeprefix("refs/heads/"))

    async def branch_head(self, branch: str) -> str | None:
        """Return the commit id of a branch, None when there is no such branch."""
        name = f"refs/heads/{check_branch(branch)}^{{commit}}"
        done = await self.ask("rev-parse", "--verify", "--quiet", name)
        return done.text if done.code == 0 else None

    async def size_kb(self) -> int:
        """Return how much its objects take."""
        found = [line.split(": ") for line in (await self.ask("count-objects", "-v")).text.splitlines()]
        return sum(int(pair[1]) for pair in found if pair[0] in {"size", "size-pack"})

    async def _run(self, words: tuple[str, ...], git_dir: Path | None, *, stdin: bytes = b"") -> Done:
        return await self._git.run(Job(words, git_dir, stdin=stdin, environment=self.configuration()))


class LocalRemote:
    """Implements Remote between a mirror and a folder."""

    def __init__(self, mirror: Mirror, folder: LocalFolder, blobs: BlobStore, clock: Clock) -> None:
        self._mirror = mirror
        self._folder = folder
        self._remote = GitRemote(mirror, folder, blobs, clock)

    async def fetch(self, branch: str) -> str:
        return await self._remote.fetch(branch)

    async def hold(self, commit: str, run_id: str) -> Path:
        return await self._remote.hold(commit, run_id)

    async def release(self, run_id: str) -> None:
        await self._remote.release(run_id)

    async def past(self, commit: str, *, depth: int) -> Path:
        return await self._remote.past(commit, depth=depth)

    async def commit(self, base: str, changes: Changeset, *, message: str, at: float) -> str:
        return await self._remote.commit(base, changes, message=message, at=at)

    async def revert(self, *, bad: str, good: str, branch: str, run_id: str, message: str, at: float) -> Reverted:
        return await self._remote.revert(bad=bad, good=good, branch=branch, run_id=run_id, message=message, at=at)

    async def show(self, pictures: Mapping[str, str], *, run_id: str, at: float) -> Mapping[str, str]:
        """Return nothing: what a run says of a folder is read in a terminal, which shows no pictures."""
        return {}

    async def push(self, commit: str, branch: str, *, expected: str | None) -> None:
        """Make the branch in the folder; raise Permanent when it is there already with something else.

        Objects are handed over as a pack and the branch is set as plumbing does it: no hook runs, no file changes. A
        branch that exists is never moved, whatever is `expected`: somebody may have it checked out.
        """
        check_commit(commit)
        there = await self._folder.branch_head(branch)
        if there == commit:
            return
        if there is not None:
            raise Permanent(f"Writing the branch {branch}: {moved_words(branch)}")
        async with self._mirror.writing():
            wanted = f"{commit}\n^{commit}^\n".encode()
            pack = await self._mirror.ask("pack-objects", "--revs", "--stdout", "-q", stdin=wanted)
        _must(pack, "Packing the commit")
        _must(await self._folder.ask("unpack-objects", "-q", stdin=pack.stdout), "Writing the commit")
        words = ("update-ref", "--no-deref", "-m", "yantra", f"refs/heads/{branch}", commit, NOBODY)
        _must(await self._folder.ask(*words), f"Writing the branch {branch}")


class LocalForge:
    """Implements Forge for one task given on a command line: the person at the terminal is the administrator."""

    def __init__(self, folder: LocalFolder, task: str, *, name: str, on_comment: Callable[[str, str], None]) -> None:
        """`name` is what the repository is called; `on_comment` takes the tag and the text of what the bot says."""
        self._folder = folder
        self._task = task
        self._repository = Repository(0, "local", name)
        self._on_comment = on_comment
        self._opened: NewPullRequest | None = None
        self.reviews: Reviews | None = None
        self.follow_ups: FollowUpForge | None = None
        self.shipping: Shipping | None = None
        self.incidents: IncidentForge | None = None

    async def facts(self) -> RepositoryFacts:
        branch = await self._folder.current_branch()
        head = await self._folder.branch_head(branch)
        size = await self._folder.size_kb()
        return RepositoryFacts(self._repository, branch, size, is_private=True, is_archived=False, head=head)

    async def permission(self, login: str) -> Permission:
        return Permission.ADMIN

    async def issue(self, number: int) -> Issue:
        """Return the task as an issue: its first line is the title."""
        title, _, body = self._task.strip().partition("\n")
        is_open, is_locked, is_pull_request = True, False, False
        return Issue(number, title.strip(), body.strip(), YOU, is_open, is_locked, is_pull_request)

    async def read_file(self, path: str, *, branch: str = "") -> bytes | None:
        """Return a file of the current branch as it is committed; a link, a folder and a submodule are no files."""
        clean = check_path(path)
        head = await self._folder.branch_head(await self._folder.current_branch())
        if head is None:
            return None
        listed = (await self._folder.ask("ls-tree", "-l", "-z", "--full-tree", head, "--", clean)).text
        mode, kind, digest, size = (listed.partition("\t")[0].split() + [""] * 4)[:4]
        if kind != "blob" or mode == "120000":
            return None
        if int(size) > MAX_FILE_BYTES:
            raise Permanent(f"The file {clean} has {size} bytes, more than the {MAX_FILE_BYTES} that are read.")
        done = await self._folder.ask("cat-file", "blob", digest)
        _must(done, f"Reading {clean}")
        return done.stdout

    async def picture(self, address: str) -> bytes:
        raise UserError("A folder has no place for pictures.")

    async def put_comment(self, issue_number: int, *, tag: str, body: str) -> int:
        self._on_comment(tag, body)
        return _number_of(tag)

    async def react(self, comment_id: int, reaction: str) -> None:
        """A terminal shows progress in other ways."""

    async def reactions(self, comment_id: int) -> tuple[Reaction, ...]:
        """Nobody reacts to a terminal's comment."""
        return ()

    async def react_to_issue(self, issue_number: int, reaction: str) -> None:
        """A terminal shows progress in other ways."""

    async def put_check(self, check: CheckRun) -> int:
        return _number_of(check.external_id)

    async def branch_head(self, branch: str) -> str | None:
        return await self._folder.branch_head(branch)

    async def open_pull_request(self, new: NewPullRequest) -> PullRequest:
        """Return the branch, read back, as a pull request would be; number 0, and its name for an address."""
        head = await self._folder.branch_head(new.head_branch)
        if head is None:
            raise Permanent(f"The branch {new.head_branch} is not there. Ask for a new run.")
        self._opened = new
        return PullRequest(
            number=_NO_NUMBER,
            url=f"{await self._folder.url()}#{new.head_branch}",
            title=new.title,
            head_branch=new.head_branch,
            head_sha=head,
            base_branch=new.base_branch,
            is_draft=new.is_draft,
            is_open=True,
        )

    async def pull_request(self, number: int) -> PullRequest:
        """Return the branch of this run as it is now; there are no others to look up."""
        if self._opened is None or number != _NO_NUMBER:
            raise UserError("A folder has no pull requests. Look at its branches.")
        return await self.open_pull_request(self._opened)

    async def merge_base(self, base: str, head: str) -> str | None:
        """A folder has no pull requests to ask this of."""
        return None

    async def list_threads(self, *, limit: int, reach: Reach) -> tuple[Thread, ...]:
        """Return nothing: what is talked about a folder is talked elsewhere."""
        return ()


def _must(done: Done, what: str) -> None:
    if done.code != 0:
        raise Permanent(f"{what} failed: {words_of(done)}.")


def _number_of(mark: str) -> int:
    return int.from_bytes(hashlib.sha256(mark.encode()).digest()[:4])
