"""The test GitHub: git over smart HTTP."""

import asyncio
import base64
from pathlib import Path

import pytest

from tests.fakes.github import FakeGitHub, git_repository
from tests.fakes.github.client import ask
from tests.fakes.github.state import Repository

IDENTITY = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


async def git(*arguments: str, token: str | None = None) -> tuple[int, str]:
    """Run git as a client, with a token as the password of x-access-token."""
    options = []
    if token is not None:
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        options = ["-c", f"http.extraHeader=Authorization: Basic {basic}"]
    process = await asyncio.create_subprocess_exec(
        "git", *options, *arguments, env=git_repository.git_environment(**IDENTITY),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    return await process.wait(), out.decode()


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    one = github.add_repository("octo/one", files={"a.py": "x = 1\n", "docs/b.md": "b\n"})
    github.install("octo")
    return one


@pytest.fixture
async def clone(github: FakeGitHub, repository: Repository, tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    token = github.token_for(repository).value
    code, said = await git("clone", "--quiet", f"{github.git_url}/octo/one.git", str(folder), token=token)
    assert code == 0, said
    return folder


async def commit(folder: Path, name: str, content: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content)
    await git("-C", str(folder), "add", "--all")
    code, said = await git("-C", str(folder), "commit", "--quiet", "--message", f"Change {name}")
    assert code == 0, said


async def test_a_push_lands_and_is_told(github: FakeGitHub, repository: Repository, clone: Path) -> None:
    """A push with a writing token moves the branch and sends a push event by the app."""
    await commit(clone, "a.py", "x = 2\n")
    token = github.token_for(repository, permissions={"contents": "write"}).value
    code, said = await git("-C", str(clone), "push", "--quiet", "origin", "HEAD:refs/heads/yantra/1-x", token=token)
    assert code == 0, said
    head = git_repository.head_of(repository.git_dir, "yantra/1-x")
    [event] = [one.payload for one in github.deliveries if one.event == "push"]
    assert (event["ref"], event["after"], event["created"]) == ("refs/heads/yantra/1-x", head, True)
    assert event["sender"]["login"] == "yantra[bot]"
    assert github.calls[-1].token_permissions == {"contents": "write"}


async def test_a_partial_clone_and_any_commit_can_be_fetched(
    github: FakeGitHub, repository: Repository, tmp_path: Path
) -> None:
    """Blob filters work, and a commit that no branch is at can be fetched by its id."""
    token, folder = github.token_for(repository).value, str(tmp_path / "partial")
    old = git_repository.head_of(repository.git_dir, "main")
    github.commit(repository, {"a.py": "x = 3\n"})
    url = f"{github.git_url}/octo/one"
    code, said = await git("clone", "--quiet", "--filter=blob:none", "--bare", url, folder, token=token)
    assert code == 0, said
    assert "warning" not in said
    code, said = await git("-C", folder, "fetch", "--quiet", "--depth=1", url, str(old), token=token)
    assert code == 0, said


@pytest.mark.parametrize("token", [None, "ghs_wrong"])
async def test_private_repositories_ask_for_a_password(
    github: FakeGitHub, repository: Repository, token: str | None
) -> None:
    """No token and a wrong one are 401 with a challenge."""
    path = "/octo/one.git/info/refs?service=git-upload-pack"
    reply = await ask(github, "GET", path, auth=token)
    assert (reply.status, reply.headers["www-authenticate"]) == (401, 'Basic realm="GitHub"')
    code, said = await git("ls-remote", f"{github.git_url}/octo/one", token=token)
    assert code != 0
    assert "could not read Username" in said


async def test_tokens_reach_their_own_repository_only(github: FakeGitHub, repository: Repository) -> None:
    """Another repository, and one that does not exist, are not found; the app's own JSON web token opens nothing."""
    github.add_repository("octo/two")
    token = github.token_for(repository).value
    for name in ("two", "three"):
        code, said = await git("ls-remote", f"{github.git_url}/octo/{name}", token=token)
        assert code != 0
        assert "not found" in said
    reply = await ask(github, "GET", "/octo/one.git/info/refs?service=git-upload-pack", auth="app")
    assert reply.status == 401


async def test_a_reading_token_does_not_push(github: FakeGitHub, repository: Repository, clone: Path) -> None:
    """contents:read clones and is refused with 403 on a push."""
    await commit(clone, "a.py", "x = 2\n")
    token = github.token_for(repository, permissions={"contents": "read"}).value
    code, said = await git("-C", str(clone), "push", "origin", "HEAD:refs/heads/x", token=token)
    assert code != 0
    assert "403" in said
    assert git_repository.head_of(repository.git_dir, "x") is None


async def test_public_repositories_are_read_by_anybody(github: FakeGitHub, tmp_path: Path) -> None:
    """A public repository is cloned with no token, and not pushed to."""
    github.add_repository("octo/public", files={"a": "a"}, is_private=False)
    code, said = await git("clone", "--quiet", f"{github.git_url}/octo/public", str(tmp_path / "c"))
    assert code == 0, said
    await commit(tmp_path / "c", "a", "b")
    code, _ = await git("-C", str(tmp_path / "c"), "push", "origin", "HEAD:refs/heads/x")
    assert code != 0


async def test_workflows_need_their_own_permission(github: FakeGitHub, repository: Repository, clone: Path) -> None:
    """A push that touches .github/workflows is declined without `workflows`, and lands with it."""
    await commit(clone, ".github/workflows/ci.yml", "on: push\n")
    push = ["-C", str(clone), "push", "origin", "HEAD:refs/heads/x"]
    code, said = await git(*push, token=github.token_for(repository).value)
    assert code != 0
    assert "without `workflows` permission" in said
    may = {"contents": "write", "workflows": "write"}
    code, said = await git(*push, token=github.token_for(repository, permissions=may).value)
    assert code == 0, said


async def test_protected_branches_do_not_move(github: FakeGitHub, repository: Repository, clone: Path) -> None:
    """A protected branch declines every push, others do not; a branch can be deleted."""
    repository.protected_branches.add("main")
    await commit(clone, "a.py", "x = 2\n")
    token = github.token_for(repository).value
    code, said = await git("-C", str(clone), "push", "origin", "HEAD:refs/heads/main", token=token)
    assert code != 0
    assert "GH006: Protected branch update failed" in said
    assert (await git("-C", str(clone), "push", "origin", "HEAD:refs/heads/x", token=token))[0] == 0
    assert (await git("-C", str(clone), "push", "origin", ":refs/heads/x", token=token))[0] == 0
    assert [one.payload["deleted"] for one in github.deliveries if one.event == "push"] == [False, True]


async def test_a_push_over_somebodys_work_is_refused(github: FakeGitHub, repository: Repository, clone: Path) -> None:
    """A branch that moved in between is not overwritten by a lease on its old place."""
    old = git_repository.head_of(repository.git_dir, "main")
    github.commit(repository, {"a.py": "x = 9\n"})
    await commit(clone, "a.py", "x = 2\n")
    token = github.token_for(repository).value
    lease = f"--force-with-lease=refs/heads/main:{old}"
    code, said = await git("-C", str(clone), "push", lease, "origin", "HEAD:refs/heads/main", token=token)
    assert code != 0
    assert "stale info" in said or "rejected" in said


async def test_pull_requests_follow_their_branch(github: FakeGitHub, repository: Repository, clone: Path) -> None:
    """A push moves the pull request's head and is told; deleting the branch closes it; refs/pull/N/head is there."""
    token, push = github.token_for(repository).value, ["-C", str(clone), "push", "--quiet", "origin"]
    await commit(clone, "a.py", "x = 2\n")
    await git(*push, "HEAD:refs/heads/x", token=token)
    issue = github.add_pull_request(repository, head="x", title="x", by="ann")
    await commit(clone, "a.py", "x = 3\n")
    await git(*push, "HEAD:refs/heads/x", token=token)
    assert issue.pull is not None
    assert issue.pull.head_sha == git_repository.head_of(repository.git_dir, "x")
    _, said = await git("ls-remote", f"{github.git_url}/octo/one", "refs/pull/1/head", token=token)
    assert said.startswith(issue.pull.head_sha)
    assert (await git(*push, "HEAD:refs/pull/1/head", token=token))[0] != 0
    await git(*push, ":refs/heads/x", token=token)
    assert issue.state == "closed"
    actions = [one.payload["action"] for one in github.deliveries if one.event == "pull_request"]
    assert actions == ["synchronize", "closed"]


async def test_the_fault_plan_meets_git_too(github: FakeGitHub, repository: Repository, clone: Path) -> None:
    """A push whose answer is lost took place all the same; a clone can meet a 500."""
    await commit(clone, "a.py", "x = 2\n")
    token = github.token_for(repository).value
    github.faults.drop("POST", "/octo/one.git/git-receive-pack", after_effect=True, times=2)
    code, _ = await git("-C", str(clone), "push", "origin", "HEAD:refs/heads/x", token=token)
    assert code != 0
    assert git_repository.head_of(repository.git_dir, "x") is not None
    pushes = [one.status for one in github.calls if one.path.endswith("git-receive-pack")]
    assert set(pushes) == {None}  # curl may try a cut connection once more by itself
    github.faults.answer("GET", "*info/refs", 500)
    code, said = await git("ls-remote", f"{github.git_url}/octo/one", token=token)
    assert code != 0
    assert "500" in said


async def test_the_same_files_make_the_same_commit(github: FakeGitHub, tmp_path: Path) -> None:
    """A repository made from a folder and one made from the same files are at the same commit."""
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a").write_text("a")
    one = github.add_repository("octo/x", folder=tmp_path / "f")
    two = github.add_repository("octo/y", files={"a": "a"})
    assert git_repository.refs(one.git_dir) == git_repository.refs(two.git_dir) != {}
