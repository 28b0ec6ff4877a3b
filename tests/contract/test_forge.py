"""The port Forge: what the story may rely on, held on GitHub and on a folder of this machine."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes.forge_bench import FILES, Bench, VirtualClock, open_bench
from tests.fakes.github import git_repository
from tests.fakes.github.judge import Judge
from yantra_bot.domain.repository import Permission
from yantra_bot.errors import Permanent
from yantra_bot.forge.git_process import Git
from yantra_bot.forge.local import LocalFolder, LocalForge, LocalRemote
from yantra_bot.forge.mirror import Mirror
from yantra_bot.ports import CheckRun, Forge, NewPullRequest, Remote

TITLE, BODY = "add subtracts", "It should add.\n\nSee `src/app.py`."


@dataclass
class Side:
    """One implementation with a repository, an issue 1 and a person `ann` who may write."""

    forge: Forge
    remote: Remote
    propose: Callable[[str], Awaitable[str]]
    """Commits a change, pushes it to a branch, and returns its id."""
    said: dict[str, str] = field(default_factory=dict)
    """The bot's comments by tag, as a person sees them."""


async def open_github_side(tmp_path: Path, judge: Judge | None) -> AsyncGenerator[Side, None]:
    async with open_bench(tmp_path, judge=judge) as bench:
        bench.fake.permit(bench.there, "ann", "write")
        bench.fake.add_issue(bench.there, title=TITLE, body=BODY, by="ann")
        yield Side(bench.forge, bench.remote, proposer(bench.remote, bench), Comments(bench))


class Comments(dict[str, str]):
    """Looks into the test GitHub."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self._bench = bench

    def __getitem__(self, tag: str) -> str:
        mark = f"<!-- yantra:{tag} -->"
        (found,) = [one.body for one in self._bench.there.issues[1].comments if mark in one.body]
        return found


def proposer(remote: Remote, bench: Bench) -> Callable[[str], Awaitable[str]]:
    async def propose(branch: str) -> str:
        base = await remote.fetch("main")
        changes = bench.blobs.change({"src/app.py": b"def add(a, b):\n    return a + b\n"})
        commit = await remote.commit(base, changes, message="fix: add\n", at=1_700_000_000.0)
        await remote.push(commit, branch, expected=None)
        return commit

    return propose


async def open_local_side(tmp_path: Path, judge: Judge | None) -> AsyncGenerator[Side, None]:
    async with open_bench(tmp_path, judge=judge) as bench:
        git_dir = tmp_path / "work" / ".git"
        git_dir.parent.mkdir()
        git_repository.create(git_dir, "main")
        git_repository.run_git(git_dir, "config", "core.bare", "false")
        git_repository.commit_files(git_dir, FILES, branch="main", message="Start")
        git, clock, said = Git(tmp_path / "helper"), VirtualClock(), {}
        folder = LocalFolder(git_dir.parent, git, tmp_path / "state")
        remote = LocalRemote(Mirror(tmp_path / "mirrors" / "local.git", git, clock), folder, bench.blobs, clock)
        forge = LocalForge(folder, f"{TITLE}\n\n{BODY}", name="work", on_comment=said.__setitem__)
        yield Side(forge, remote, proposer(remote, bench), said)


@pytest.fixture(params=[open_github_side, open_local_side], ids=["github", "local"])
async def side(request: pytest.FixtureRequest, tmp_path: Path, judge: Judge | None) -> AsyncGenerator[Side, None]:
    async for opened in request.param(tmp_path, judge):
        yield opened


async def test_facts_are_known_before_anything_is_fetched(side: Side) -> None:
    """Size, default branch and its head come without a clone."""
    facts = await side.forge.facts()
    assert facts.default_branch == "main"
    assert facts.head == await side.forge.branch_head("main") == await side.remote.fetch("main")
    assert facts.size_kb >= 0
    assert not facts.is_archived


async def test_the_issue_is_read_whole(side: Side) -> None:
    """Title and body are what the person wrote."""
    issue = await side.forge.issue(1)
    assert (issue.title, issue.body) == (TITLE, BODY)
    assert issue.is_open
    assert not issue.is_pull_request


async def test_who_may_write_may_write(side: Side) -> None:
    """A person with write permission is told from nobody."""
    assert (await side.forge.permission("ann")).may_write


async def test_files_of_the_default_branch_are_read(side: Side) -> None:
    """Bytes for a file; nothing for a folder or for what is not there."""
    assert await side.forge.read_file("src/app.py") == b"def add(a, b):\n    return a - b\n"
    assert await side.forge.read_file("AGENTS.md") is None
    assert await side.forge.read_file("src") is None


async def test_one_comment_a_tag_is_edited_in_place(side: Side) -> None:
    """The same tag is the same comment, another tag another."""
    first = await side.forge.put_comment(1, tag="run:1", body="Working on it.")
    assert await side.forge.put_comment(1, tag="run:1", body="Done.") == first
    assert await side.forge.put_comment(1, tag="run:2", body="Other.") != first
    assert "Done." in side.said["run:1"]


async def test_reactions_and_checks_may_be_repeated(side: Side) -> None:
    """A repeated step finds what it wrote."""
    head = await side.forge.branch_head("main")
    assert head is not None
    await side.forge.react_to_issue(1, "eyes")
    await side.forge.react_to_issue(1, "eyes")
    begun = CheckRun("run-1", head, "Yantra", "Working", "…", None)
    ended = CheckRun("run-1", head, "Yantra", "Done", "Fine.", "success")
    assert await side.forge.put_check(begun) == await side.forge.put_check(ended)


async def test_a_pull_request_is_opened_once_and_read_back(side: Side) -> None:
    """It has the pushed commit, and asking again gives the same one."""
    commit = await side.propose("yantra/1-add")
    new = NewPullRequest("yantra/1-add", "main", "fix: add", "Fixes #1", is_draft=True)
    opened = await side.forge.open_pull_request(new)
    assert (opened.head_branch, opened.head_sha, opened.base_branch) == ("yantra/1-add", commit, "main")
    assert opened.is_draft
    assert opened.is_open
    assert opened.url
    assert await side.forge.open_pull_request(new) == opened
    assert await side.forge.pull_request(opened.number) == opened


async def test_a_pull_request_without_its_branch_is_refused(side: Side) -> None:
    """Nothing is proposed that was not pushed."""
    assert await side.forge.branch_head("yantra/2-none") is None
    with pytest.raises(Permanent, match="yantra/2-none"):
        await side.forge.open_pull_request(NewPullRequest("yantra/2-none", "main", "x", "y", is_draft=False))


async def test_the_same_change_gives_the_same_commit(side: Side) -> None:
    """A repeated step builds the very same commit, pushes it again, and nothing moves."""
    first = await side.propose("yantra/1-add")
    assert await side.propose("yantra/1-add") == first
    assert await side.forge.branch_head("yantra/1-add") == first


async def test_a_branch_with_other_commits_is_left_alone(side: Side) -> None:
    """What somebody else put there is not overwritten."""
    commit = await side.propose("yantra/1-add")
    base = await side.remote.fetch("main")
    with pytest.raises(Permanent, match="somebody else"):
        await side.remote.push(base, "yantra/1-add", expected=None)
    assert await side.forge.branch_head("yantra/1-add") == commit


async def test_a_run_holds_its_base(side: Side) -> None:
    """The commit is in the folder that the worker reads, until it is released; twice is no error."""
    base = await side.remote.fetch("main")
    folder = await side.remote.hold(base, "run-1")
    assert git_repository.find_commit(folder, base) == base
    await side.remote.release("run-1")
    await side.remote.release("run-1")


async def test_a_branch_that_is_not_there_is_said_plainly(side: Side) -> None:
    """The message names the branch."""
    with pytest.raises(Permanent, match="nowhere"):
        await side.remote.fetch("nowhere")


async def test_permissions_are_ordered() -> None:
    """The weakest come first, and only two may write."""
    assert [one for one in Permission if one.may_write] == [Permission.WRITE, Permission.ADMIN]
