"""Webhook payloads as GitHub writes them. Reads state, changes none, sends nothing."""

from datetime import datetime
from typing import Any

from tests.fakes.github import git_repository, shapes, shapes_issue, shapes_reviews
from tests.fakes.github.shapes import App, Json, Links
from tests.fakes.github.state import CheckRun, Comment, Installation, Issue, Repository, User
from tests.fakes.github.state_reviews import Review, ReviewComment

NO_COMMIT = "0" * 40


def complete(links: Links, payload: Json, *, repository: Repository, sender: User, installation: Installation) -> Json:
    """Add what every repository event carries."""
    shape = shapes.repository(links, repository)
    return {
        **payload,
        "repository": older_repository(shape) if "pusher" in payload else shape,
        "sender": shapes.user(links, sender),
        "installation": {"id": installation.id, "node_id": shapes.node_id("Installation", installation.id)},
    }


def older_repository(shape: Json) -> Json:
    """Return a repository as pushes still carry it: times as numbers, and a few keys of long ago."""
    numbers = {key: int(datetime.fromisoformat(shape[key]).timestamp()) for key in ("created_at", "pushed_at")}
    owner = {**shape["owner"], "name": shape["owner"]["login"], "email": "owner@example.com"}
    return {**shape, **numbers, "owner": owner, "stargazers": 0, "master_branch": shape["default_branch"]}


def comment(links: Links, of: Issue, one: Comment, *, action: str) -> Json:
    """Return `issue_comment`."""
    return {
        "action": action,
        "issue": shapes_issue.issue(links, of),
        "comment": shapes_issue.comment(links, of, one),
        **({"changes": {"body": {"from": ""}}} if action == "edited" else {}),
    }


def issue(links: Links, one: Issue, *, action: str, label: str | None) -> Json:
    """Return `issues`; `label` names the label of `labeled` and `unlabeled`."""
    payload: Json = {"action": action, "issue": {"draft": False, **shapes_issue.issue(links, one)}}
    if label is not None:
        payload["label"] = shapes_issue.label(links, one.repository, one.repository.labels[label.lower()])
    return payload


def pull_request(links: Links, one: Issue, *, action: str) -> Json:
    """Return `pull_request`."""
    assert one.pull is not None
    shape = shapes_issue.pull_request(links, one, one.pull)
    return {"action": action, "number": one.number, "pull_request": shape}


def review_comment(links: Links, of: Issue, one: ReviewComment, *, action: str) -> Json:
    """Return `pull_request_review_comment`."""
    assert of.pull is not None
    return {
        "action": action,
        "comment": shapes_reviews.comment(links, of, one),
        "pull_request": shapes_issue.pull_request_simple(links, of, of.pull),
    }


def review(links: Links, of: Issue, one: Review, *, action: str) -> Json:
    """Return `pull_request_review`; its states are written in lower case there."""
    assert of.pull is not None
    shape = shapes_reviews.review(links, of, one)
    return {
        "action": action,
        "review": {**shape, "state": one.state.lower(), "body": one.body or None},
        "pull_request": shapes_issue.pull_request_simple(links, of, of.pull),
    }


def check_run(links: Links, repository: Repository, one: CheckRun, *, app: App, action: str) -> Json:
    """Return `check_run`."""
    shape = shapes_issue.check_run(links, repository, one, app=app)
    suite = {
        "id": one.suite_id, "node_id": shapes.node_id("CheckSuite", one.suite_id),
        "head_branch": next(iter(git_repository.branches_at(repository.git_dir, one.head_sha)), None),
        "head_sha": one.head_sha, "status": one.status, "conclusion": one.conclusion,
        "url": f"{links.repo(repository)}/check-suites/{one.suite_id}", "before": None, "after": None,
        "pull_requests": [], "app": shape["app"], "created_at": one.started_at, "updated_at": one.started_at,
    }  # fmt: skip
    return {"action": action, "check_run": {**shape, "check_suite": suite}}


def push(links: Links, repository: Repository, *, ref: str, before: str, after: str, pusher: User) -> Json:
    """Return `push`."""
    head = None if after == NO_COMMIT else pushed_commit(links, repository, after)
    return {
        "ref": ref, "before": before, "after": after, "created": before == NO_COMMIT, "deleted": after == NO_COMMIT,
        "forced": False, "base_ref": None, "compare": f"{links.page(repository)}/compare/{before[:12]}...{after[:12]}",
        "commits": [head] if head else [], "head_commit": head,
        "pusher": {"name": pusher.login, "email": f"{pusher.login}@users.noreply.example.com"},
    }  # fmt: skip


def pushed_commit(links: Links, repository: Repository, sha: str) -> Json:
    """Return a commit as pushes carry it."""
    format_ = "--format=%T%x00%aI%x00%an%x00%ae%x00%B"
    tree, at, name, email, message = git_repository.run_git(
        repository.git_dir, "show", "--no-patch", format_, sha
    ).split("\0", 4)
    person: dict[str, Any] = {"name": name, "email": email}
    return {
        "id": sha, "tree_id": tree, "distinct": True, "message": message.strip(), "timestamp": at,
        "url": f"{links.page(repository)}/commit/{sha}", "author": person, "committer": person,
        "added": [], "removed": [], "modified": [],
    }  # fmt: skip


def installation(links: Links, one: Installation, repositories: list[Repository], *, app: App, action: str) -> Json:
    """Return `installation`, whole, sent by the account's owner."""
    listed = [
        {key: shape[key] for key in ("id", "node_id", "name", "full_name", "private")}
        for shape in (shapes.repository(links, each) for each in repositories)
    ]
    return {
        "action": action, "installation": shapes.installation(links, one, app), "repositories": listed,
        "requester": None, "sender": shapes.user(links, one.account),
    }  # fmt: skip
