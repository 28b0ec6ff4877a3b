"""The test GitHub: contents, refs, commits, check runs and pull requests."""

import base64
from functools import partial
from typing import Any

import pytest

from tests.fakes.github import FakeGitHub, git_repository
from tests.fakes.github.client import ask
from tests.fakes.github.state import Repository

REPO = "/repos/octo/one"
RAW = {"Accept": "application/vnd.github.raw+json"}


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    one = github.add_repository("octo/one", files={"a.py": "x = 1\n", "docs/b c.md": "b\n"})
    github.install("octo")
    return one


@pytest.fixture
def token(github: FakeGitHub, repository: Repository) -> str:
    return github.token_for(repository).value


async def test_files_are_read(github: FakeGitHub, repository: Repository, token: str) -> None:
    """A file is JSON with base64 or its own bytes; a folder is a list; another ref shows what is there."""
    get = partial(ask, github, "GET", auth=token)
    told = (await get(f"{REPO}/contents/docs/b%20c.md")).json
    assert (base64.b64decode(told["content"]), told["type"], told["name"]) == (b"b\n", "file", "b c.md")
    raw = await get(f"{REPO}/contents/a.py", headers=RAW)
    assert (raw.body, raw.headers["content-type"]) == (b"x = 1\n", "application/vnd.github.raw+json; charset=utf-8")
    assert [one["path"] for one in (await get(f"{REPO}/contents/docs")).json] == ["docs/b c.md"]
    github.commit(repository, {"a.py": None, "n.py": "1"}, branch="topic/x")
    assert (await get(f"{REPO}/contents/n.py")).status == 404
    assert (await get(f"{REPO}/contents/n.py?ref=topic/x")).status == 200
    assert (await get(f"{REPO}/contents/a.py?ref=topic/x")).status == 404
    for path in ("none", "docs/none", "a.py/x", "docs%2F..%2Fa.py", "a.py?ref=none"):
        assert (await get(f"{REPO}/contents/{path}")).status == 404


async def test_large_files_and_links_are_not_inline(github: FakeGitHub, repository: Repository, token: str) -> None:
    """Over 1 MB the JSON has no content, the raw answer all of it; a symbolic link tells its target."""
    github.commit(repository, {"large": b"x" * 1_100_000})
    told = (await ask(github, "GET", f"{REPO}/contents/large", auth=token)).json
    assert (told["encoding"], told["content"], told["size"]) == ("none", "", 1_100_000)
    raw = await ask(github, "GET", f"{REPO}/contents/large", auth=token, headers=RAW)
    assert len(raw.body) == 1_100_000


async def test_an_empty_repository_says_so(github: FakeGitHub) -> None:
    """Refs and commits of an empty repository are 409, contents 404, and its facts are there."""
    empty = github.add_repository("octo/empty")
    github.install("octo")
    get = partial(ask, github, "GET", auth=github.token_for(empty).value)
    for path, status in (
        ("git/ref/heads/main", 409),
        ("commits/main", 409),
        ("contents/a", 404),
        ("branches/main", 404),
    ):
        assert (await get(f"/repos/octo/empty/{path}")).status == status
    assert (await get("/repos/octo/empty")).json["default_branch"] == "main"


async def test_the_size_can_be_said(github: FakeGitHub, repository: Repository, token: str) -> None:
    """A test may let a repository be as large as it likes; else the size is what is on disk."""
    assert (await ask(github, "GET", REPO, auth=token)).json["size"] > 0
    repository.size_kb = 9_000_000
    assert (await ask(github, "GET", REPO, auth=token)).json["size"] == 9_000_000


async def test_refs_with_slashes(github: FakeGitHub, repository: Repository, token: str) -> None:
    """Branches with slashes are found, by ref, branch and commit, encoded or not; a prefix is no ref."""
    sha = github.commit(repository, {"a.py": "x = 2\n"}, branch="yantra/1-a")
    get = partial(ask, github, "GET", auth=token)
    assert (await get(f"{REPO}/git/ref/heads/yantra/1-a")).json["object"] == {
        "type": "commit", "sha": sha, "url": f"{github.api_url}{REPO}/git/commits/{sha}",
    }  # fmt: skip
    assert (await get(f"{REPO}/git/ref/heads%2Fyantra%2F1-a")).status == 200
    assert (await get(f"{REPO}/git/ref/heads/yantra")).status == 404
    assert [one["ref"] for one in (await get(f"{REPO}/git/matching-refs/heads/yan")).json] == ["refs/heads/yantra/1-a"]
    assert (await get(f"{REPO}/branches/yantra/1-a")).json["commit"]["sha"] == sha
    assert [one["name"] for one in (await get(f"{REPO}/branches")).json] == ["main", "yantra/1-a"]
    assert (await get(f"{REPO}/commits/yantra/1-a")).json["sha"] == sha
    short = await get(f"{REPO}/commits/main", headers={"Accept": "application/vnd.github.sha"})
    assert short.body.decode() == git_repository.head_of(repository.git_dir, "main")
    assert (await get(f"{REPO}/commits/none")).status == 422
    assert (await ask(github, "DELETE", f"{REPO}/git/refs/heads/yantra/1-a", auth=token)).status == 204
    assert (await ask(github, "DELETE", f"{REPO}/git/refs/heads/yantra/1-a", auth=token)).status == 422


async def test_a_check_run_goes_from_started_to_done(github: FakeGitHub, repository: Repository, token: str) -> None:
    """A run is found again by its commit, keeps its external id, and is told when made and when completed."""
    sha = git_repository.head_of(repository.git_dir, "main")
    new = {"name": "yantra", "head_sha": sha, "external_id": "run-1", "status": "in_progress"}
    made = await ask(github, "POST", f"{REPO}/check-runs", auth=token, body=new)
    assert (made.status, made.json["external_id"], made.json["conclusion"]) == (201, "run-1", None)
    done: dict[str, Any] = {"conclusion": "success", "output": {"title": "t", "summary": "s"}}
    path = f"{REPO}/check-runs/{made.json['id']}"
    updated = (await ask(github, "PATCH", path, auth=token, body=done)).json
    assert (updated["status"], updated["conclusion"], updated["output"]["title"]) == ("completed", "success", "t")
    assert (await ask(github, "GET", path, auth=token)).json == updated
    listed = await ask(github, "GET", f"{REPO}/commits/main/check-runs?check_name=yantra", auth=token)
    assert (listed.json["total_count"], listed.json["check_runs"][0]["id"]) == (1, updated["id"])
    none = await ask(github, "GET", f"{REPO}/commits/{sha}/check-runs?app_id=1", auth=token)
    assert none.json["total_count"] == 0
    assert [one.payload["action"] for one in github.deliveries if one.event == "check_run"] == ["created", "completed"]


async def test_only_the_newest_run_of_a_name_is_listed(github: FakeGitHub, repository: Repository, token: str) -> None:
    """`filter=latest`, the default, shows one of each name; `all` shows all."""
    sha = git_repository.head_of(repository.git_dir, "main")
    for number in ("1", "2"):
        new = {"name": "yantra", "head_sha": sha, "external_id": number}
        await ask(github, "POST", f"{REPO}/check-runs", auth=token, body=new)
    path = f"{REPO}/commits/{sha}/check-runs"
    latest = await ask(github, "GET", path, auth=token)
    assert [one["external_id"] for one in latest.json["check_runs"]] == ["2"]
    assert (await ask(github, "GET", f"{path}?filter=all", auth=token)).json["total_count"] == 2
    assert len({one.suite_id for one in repository.check_runs}) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "head_sha": "0" * 40},
        {"name": "x", "head_sha": "main"},
        {"head_sha": "HEAD"},
        {"name": "x", "head_sha": "HEAD", "status": "completed"},
        {"name": "x", "head_sha": "HEAD", "output": {"title": "t", "summary": "s" * 65_536}},
    ],
)
async def test_wrong_check_runs_are_422(
    github: FakeGitHub, repository: Repository, token: str, body: dict[str, Any]
) -> None:
    """An unknown commit, no name, completed without a conclusion, and too long a text are refused."""
    if body["head_sha"] == "HEAD":
        body = body | {"head_sha": git_repository.head_of(repository.git_dir, "main")}
    assert (await ask(github, "POST", f"{REPO}/check-runs", auth=token, body=body)).status == 422
    assert repository.check_runs == []
    unknown = await ask(github, "GET", f"{REPO}/check-runs/1", auth=token)
    assert unknown.status == 404
    assert (await ask(github, "GET", f"{REPO}/commits/none/check-runs", auth=token)).status == 422


async def test_a_pull_request_is_opened_once(github: FakeGitHub, repository: Repository, token: str) -> None:
    """It is found by owner:branch, told whole, and a second one of the same branch is refused in GitHub's words."""
    sha = github.commit(repository, {"a.py": "x = 2\n", "n.py": "1\n"}, branch="yantra/1-a")
    new = {"title": "fix: a", "head": "yantra/1-a", "base": "main", "body": "Fixes #1", "draft": True}
    made = await ask(github, "POST", f"{REPO}/pulls", auth=token, body=new)
    assert (made.status, made.json["draft"], made.json["head"]["sha"]) == (201, True, sha)
    assert (made.json["changed_files"], made.json["additions"], made.json["commits"]) == (2, 2, 1)
    again = await ask(github, "POST", f"{REPO}/pulls", auth=token, body=new)
    assert again.status == 422
    assert again.json["errors"][0]["message"] == "A pull request already exists for octo:yantra/1-a."
    get = partial(ask, github, "GET", auth=token)
    assert [one["number"] for one in (await get(f"{REPO}/pulls?head=octo:yantra/1-a&state=open")).json] == [1]
    assert (await get(f"{REPO}/pulls?head=octo:other")).json == []
    assert len((await get(f"{REPO}/pulls?head=other")).json) == 1  # without an owner GitHub filters nothing
    assert (await get(f"{REPO}/pulls?base=none")).json == []
    assert (await get(f"{REPO}/issues/1")).json["pull_request"]["url"] == made.json["url"]
    files = (await get(f"{REPO}/pulls/1/files")).json
    assert [(one["filename"], one["status"]) for one in files] == [("a.py", "modified"), ("n.py", "added")]
    assert [one.payload["action"] for one in github.deliveries if one.event == "pull_request"] == ["opened"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"head": "none"}, '"field": "head"'),
        ({"base": "none"}, '"field": "base"'),
        ({"head": "stranger:x"}, '"field": "head"'),
        ({"head": "main"}, "No commits between main and main"),
        ({"title": ""}, '"code": "missing_field"'),
    ],
)
async def test_wrong_pull_requests_are_422(
    github: FakeGitHub, repository: Repository, token: str, change: dict[str, str], said: str
) -> None:
    """A branch that is not there, nothing to merge, and no title are refused in GitHub's words."""
    github.commit(repository, {"a.py": "x = 2\n"}, branch="x")
    body = {"title": "t", "head": "octo:x", "base": "main", **change}
    reply = await ask(github, "POST", f"{REPO}/pulls", auth=token, body=body)
    assert reply.status == 422
    assert said in reply.body.decode()
    assert repository.issues == {}


async def test_some_repositories_have_no_drafts(github: FakeGitHub, repository: Repository, token: str) -> None:
    """Where drafts are not supported, asking for one is 422 and nothing is opened."""
    repository.allows_drafts = False
    github.commit(repository, {"a.py": "x = 2\n"}, branch="x")
    body = {"title": "t", "head": "x", "base": "main", "draft": True}
    reply = await ask(github, "POST", f"{REPO}/pulls", auth=token, body=body)
    assert (reply.status, repository.issues) == (422, {})
    assert "Draft pull requests are not supported" in reply.json["message"]


async def test_a_pull_request_is_changed_closed_and_opened_again(
    github: FakeGitHub, repository: Repository, token: str
) -> None:
    """Title, text and state change by PATCH; draft does not; unknown states are 422."""
    github.commit(repository, {"a.py": "x = 2\n"}, branch="x")
    github.add_pull_request(repository, head="x", title="t", by="ann", is_draft=True)
    patch = partial(ask, github, "PATCH", f"{REPO}/pulls/1", auth=token)
    assert (await patch(body={"title": "new", "body": "text"})).json["title"] == "new"
    assert (await patch(body={"state": "closed"})).json["state"] == "closed"
    reopened = (await patch(body={"state": "open"})).json
    assert (reopened["state"], reopened["draft"], reopened["body"]) == ("open", True, "text")
    assert (await patch(body={"state": "merged"})).status == 422
    assert (await ask(github, "GET", f"{REPO}/pulls/2", auth=token)).status == 404
    assert [one.payload["action"] for one in github.deliveries] == ["closed", "reopened"]


async def test_fixes_closes_on_a_merge_only(github: FakeGitHub, repository: Repository, token: str) -> None:
    """`Fixes #N` closes nothing when the pull request is opened, and the issue when it is merged."""
    issue = github.add_issue(repository, title="bug")
    sha = github.commit(repository, {"a.py": "x = 2\n"}, branch="x")
    body = {"title": "t", "head": "x", "base": "main", "body": "Fixes #1, resolves: #99"}
    await ask(github, "POST", f"{REPO}/pulls", auth=token, body=body)
    assert issue.state == "open"
    merged = await github.merge(repository.issues[2], by="ann")
    assert issue.state == "closed"
    assert git_repository.head_of(repository.git_dir, "main") == merged != sha
    told = (await ask(github, "GET", f"{REPO}/pulls/2", auth=token)).json
    assert (told["merged"], told["state"], told["merge_commit_sha"]) == (True, "closed", merged)
    events = [(one.event, one.payload.get("action")) for one in github.deliveries]
    assert events == [("pull_request", "opened"), ("push", None), ("pull_request", "closed"), ("issues", "closed")]
    assert (await ask(github, "PATCH", f"{REPO}/pulls/2", auth=token, body={"state": "open"})).status == 422


async def test_a_pull_request_can_come_from_a_fork(github: FakeGitHub, repository: Repository, token: str) -> None:
    """Its head names the fork; the commits are reachable in the base; closing it is told."""
    fork = github.fork(repository, "stranger")
    github.commit(fork, {"a.py": "evil\n"}, branch="x")
    issue = github.add_pull_request(repository, head="x", title="t", by="stranger", from_fork=fork)
    told = (await ask(github, "GET", f"{REPO}/pulls/1", auth=token)).json
    assert (told["head"]["repo"]["full_name"], told["head"]["repo"]["fork"]) == ("stranger/one", True)
    assert (told["head"]["label"], told["changed_files"]) == ("stranger:x", 1)
    await github.close_issue(issue, by="ann")
    await github.close_issue(github.add_issue(repository, title="i"), by="ann")
    assert [one.event for one in github.deliveries] == ["pull_request", "issues"]
