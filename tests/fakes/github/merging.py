"""Merging pull requests: what the button and the API do alike, and what keeps them from it."""

from tests.fakes.github import closing, git_repository, payloads
from tests.fakes.github.exchange import Answer, GitHubError, Request
from tests.fakes.github.routes_pulls import find_pull
from tests.fakes.github.state import Issue, User
from tests.fakes.github.world import Route, World

METHODS = ("merge", "squash", "rebase")


def merge(world: World, issue: Issue, *, sender: User, message: str, method: str = "merge") -> str:
    """Merge a pull request and close what its text says it fixes; return the new commit. Raises ValueError."""
    pull = issue.pull
    assert pull is not None
    repository = issue.repository
    before = git_repository.head_of(repository.git_dir, pull.base_ref) or ""
    is_squash = method != "merge"
    commit = git_repository.merge(
        repository.git_dir, base=pull.base_ref, head=pull.head_sha, message=message, is_squash=is_squash
    )
    at = world.state.timestamp()
    pull.merged_at, pull.merge_commit_sha, issue.state, issue.closed_at = at, commit, "closed", at
    ref = f"refs/heads/{pull.base_ref}"
    payload = payloads.push(world.links, repository, ref=ref, before=before, after=commit, pusher=sender)
    world.emit("push", payload, repository=repository, sender=sender)
    world.emit_pull_request(issue, action="closed", sender=sender)
    for number in closing.numbers(issue.body):
        fixed = repository.issues.get(number)
        if fixed is not None and fixed.state == "open":
            fixed.state, fixed.closed_at = "closed", at
            world.emit_issue(fixed, action="closed", sender=sender)
    return commit


def merge_pull(world: World, request: Request) -> Answer:
    """By the API: only at the head that is named, in a way that the repository allows, and past its rules."""
    issue, body = find_pull(world, request), request.json()
    pull, repository = issue.pull, issue.repository
    assert pull is not None
    if body.get("sha", pull.head_sha) != pull.head_sha:
        raise GitHubError(409, "Head branch was modified. Review and try the merge again.")
    method = str(body.get("merge_method", "merge"))
    if method not in repository.merge_methods:
        kind = "Merge commits" if method == "merge" else f"{method.capitalize()} merges"
        raise GitHubError(405, f"{kind} are not allowed on this repository.")
    if pull.merged_at is not None or issue.state != "open" or pull.is_draft:
        raise GitHubError(405, "Pull Request is not mergeable")
    if repository.merge_rule:
        raise GitHubError(405, repository.merge_rule)
    title = str(body.get("commit_title") or f"Merge pull request #{issue.number}")
    message = f"{title}\n\n{body.get('commit_message') or ''}".strip()
    try:
        commit = merge(world, issue, sender=world.actor(request.caller), message=message, method=method)
    except ValueError as conflict:
        raise GitHubError(405, "Pull Request is not mergeable") from conflict
    return Answer(json={"sha": commit, "merged": True, "message": "Pull Request successfully merged"})


ROUTES = [Route("PUT", "/repos/{owner}/{repo}/pulls/{pull_number}/merge", merge_pull, ("contents",), "write")]
