"""A folder of this machine in place of GitHub."""

import os
from pathlib import Path

import pytest

from tests.fakes.forge_bench import FILES, MemoryBlobs, VirtualClock
from tests.fakes.github import git_repository
from tests.fakes.mirror import run_git
from yantra_bot.errors import Permanent, UserError
from yantra_bot.forge.git_process import Git
from yantra_bot.forge.local import LocalFolder, LocalForge, LocalRemote
from yantra_bot.forge.mirror import Mirror


class Desk:
    """A person's checked-out repository, with work in progress in it."""

    def __init__(self, root: Path) -> None:
        self.path = root / "work"
        self.git_dir = self.path / ".git"
        git_repository.create(self.git_dir, "main")
        run_git(self.path, "config", "core.bare", "false")
        git_repository.commit_files(self.git_dir, FILES, branch="main", message="Start")
        run_git(self.path, "checkout", "-q", "-f", "main")
        (self.path / "README.md").write_text("in progress")
        (self.path / "untracked.txt").write_text("mine")
        self.blobs, clock, git = MemoryBlobs(), VirtualClock(), Git(root / "helper")
        self.folder = LocalFolder(self.path, git, root / "state")
        self.remote = LocalRemote(Mirror(root / "mirrors" / "x.git", git, clock), self.folder, self.blobs, clock)
        self.forge = LocalForge(self.folder, "Fix it", name="work", on_comment=lambda tag, body: None)

    def status(self) -> bytes:
        return run_git(self.path, "status", "--porcelain", "--branch")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def push(desk: Desk, branch: str, content: bytes = b"fixed\n") -> str:
    base = await desk.remote.fetch("main")
    commit = await desk.remote.commit(base, desk.blobs.change({"src/app.py": content}), message="fix\n", at=1.7e9)
    await desk.remote.push(commit, branch, expected=None)
    return commit


async def test_the_work_tree_and_the_branch_of_the_person_are_left_alone(desk: Desk) -> None:
    """Work in progress stays as it is, staged or not; there is one new branch."""
    run_git(desk.path, "add", "untracked.txt")
    before = desk.status()
    commit = await push(desk, "yantra/fix")
    assert desk.status() == before
    assert git_repository.refs(desk.git_dir)["refs/heads/yantra/fix"] == commit
    assert run_git(desk.path, "fsck", "--strict") == b""
    assert (desk.path / "README.md").read_text() == "in progress"


async def test_a_branch_that_is_there_is_never_moved(desk: Desk) -> None:
    """Not even to follow what was pushed before: it may be checked out somewhere."""
    first = await push(desk, "yantra/fix")
    base = await desk.remote.fetch("main")
    second = await desk.remote.commit(base, desk.blobs.change({"a": b"b"}), message="x\n", at=1.7e9)
    with pytest.raises(Permanent, match="somebody else"):
        await desk.remote.push(second, "yantra/fix", expected=first)
    with pytest.raises(Permanent):
        await desk.remote.push(second, "main", expected=base)


async def test_a_linked_work_tree_and_a_subfolder_work(desk: Desk, tmp_path: Path) -> None:
    """The folder may be any place inside the repository."""
    run_git(desk.path, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    linked = LocalFolder(tmp_path / "linked" / "src", Git(tmp_path / "helper"), tmp_path / "state")
    assert await linked.git_dir() == desk.git_dir
    assert await linked.current_branch() == "topic"


async def test_a_folder_of_another_user_is_read(desk: Desk, tmp_path: Path) -> None:
    """The person named it: git's question about its owner is answered."""
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    for path in [desk.path, *desk.path.rglob("*")]:
        os.chown(path, 12345, 12345, follow_symlinks=False)
    assert await desk.remote.fetch("main") == (await desk.forge.facts()).head


async def test_what_is_no_repository_is_said_plainly(tmp_path: Path) -> None:
    """A missing folder and an ordinary one have their own sentences."""
    git = Git(tmp_path / "helper")
    with pytest.raises(UserError, match="is no folder"):
        await LocalFolder(tmp_path / "absent", git, tmp_path / "state").git_dir()
    (tmp_path / "plain").mkdir()
    for ask in (LocalFolder.git_dir, LocalFolder.current_branch):
        with pytest.raises(UserError, match="no git repository"):
            await ask(LocalFolder(tmp_path / "plain", git, tmp_path / "state"))


async def test_a_detached_head_asks_for_a_branch(desk: Desk) -> None:
    """The change needs a branch to be proposed for."""
    run_git(desk.path, "checkout", "-q", "--detach")
    with pytest.raises(UserError, match="git switch"):
        await desk.forge.facts()


async def test_a_repository_without_a_commit_has_no_head(tmp_path: Path) -> None:
    """It is empty, and nothing is read from it."""
    path = tmp_path / "empty"
    path.mkdir()
    run_git(path, "init", "-q", "-b", "main")
    folder = LocalFolder(path, Git(tmp_path / "helper"), tmp_path / "state")
    forge = LocalForge(folder, "x", name="empty", on_comment=lambda tag, body: None)
    assert (await forge.facts()).head is None
    assert await forge.read_file("AGENTS.md") is None


async def test_links_and_long_files_are_not_read(desk: Desk) -> None:
    """Instructions are ordinary, short files of the commit, not of the work tree."""
    (desk.path / "AGENTS.md").symlink_to("/etc/passwd")
    (desk.path / "long.md").write_text("x" * 2_000_000)
    run_git(desk.path, "add", "AGENTS.md", "long.md")
    run_git(desk.path, "commit", "-q", "-m", "x")
    assert await desk.forge.read_file("AGENTS.md") is None
    assert await desk.forge.read_file("README.md") == b"# Demo\n"
    with pytest.raises(Permanent, match="2000000 bytes"):
        await desk.forge.read_file("long.md")


async def test_a_folder_has_no_pull_requests_to_look_up(desk: Desk) -> None:
    """The branch is all there is; a reaction to a comment is nothing."""
    with pytest.raises(UserError):
        await desk.forge.pull_request(1)
    await desk.forge.react(1, "eyes")
    assert (await desk.forge.permission("anybody")).may_write


async def test_a_folder_that_cannot_be_written_is_said_plainly(desk: Desk) -> None:
    """The commit is not half there."""
    if os.getuid() == 0:
        (desk.git_dir / "refs" / "heads" / "yantra").write_text("in the way")
    else:
        (desk.git_dir / "refs" / "heads").chmod(0o500)
    with pytest.raises(Permanent, match=r"Writing the branch yantra/fix"):
        await push(desk, "yantra/fix")
    (desk.git_dir / "refs" / "heads").chmod(0o700)
