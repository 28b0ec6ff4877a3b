"""Issues, comments, pull requests, check runs and commits as GitHub writes them in JSON. Reads state, changes none."""

from tests.fakes.github import git_repository, shapes
from tests.fakes.github.shapes import App, Json, Links, node_id
from tests.fakes.github.state import CheckRun, Comment, Issue, Label, PullRequest, Reaction, Repository, User

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def association(repository: Repository, user: User) -> str:
    """Return how an author stands to a repository; GitHub says it, and nobody may rely on it."""
    if user is repository.owner:
        return "OWNER"
    return "COLLABORATOR" if user.login in repository.permissions else "NONE"


def reaction(links: Links, one: Reaction) -> Json:
    return {
        "id": one.id, "node_id": node_id("Reaction", one.id), "user": shapes.user(links, one.user),
        "content": one.content, "created_at": one.created_at,
    }  # fmt: skip


def rollup(url: str, reactions: list[Reaction]) -> Json:
    counts = {word: sum(one.content == word for one in reactions) for word in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(reactions), **counts}


def label(links: Links, repository: Repository, one: Label) -> Json:
    return {
        "id": one.id, "node_id": node_id("Label", one.id), "url": f"{links.repo(repository)}/labels/{one.name}",
        "name": one.name, "color": "ededed", "default": False, "description": None,
    }  # fmt: skip


def issue(links: Links, one: Issue) -> Json:
    """Return GitHub's `issue`; a pull request carries the key `pull_request`."""
    api, page = f"{links.repo(one.repository)}/issues/{one.number}", links.page(one.repository)
    shape: Json = {
        "url": api, "repository_url": links.repo(one.repository), "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments", "events_url": f"{api}/events", "html_url": f"{page}/issues/{one.number}",
        "id": one.id, "node_id": node_id("Issue", one.id), "number": one.number, "title": one.title,
        "user": shapes.user(links, one.user), "labels": [label(links, one.repository, each) for each in one.labels],
        "state": one.state, "locked": one.is_locked, "assignee": None, "assignees": [], "milestone": None,
        "comments": len(one.comments), "created_at": one.created_at, "updated_at": one.updated_at,
        "closed_at": one.closed_at, "author_association": association(one.repository, one.user),
        "active_lock_reason": None, "body": one.body or None, "closed_by": None,
        "reactions": rollup(api, one.reactions), "timeline_url": f"{api}/timeline",
        "performed_via_github_app": None, "state_reason": "completed" if one.state == "closed" else None,
    }  # fmt: skip
    if one.pull is not None:
        pull_page = f"{page}/pull/{one.number}"
        shape["html_url"], shape["draft"] = pull_page, one.pull.is_draft
        shape["pull_request"] = {
            "url": f"{links.repo(one.repository)}/pulls/{one.number}", "html_url": pull_page,
            "diff_url": f"{pull_page}.diff", "patch_url": f"{pull_page}.patch", "merged_at": one.pull.merged_at,
        }  # fmt: skip
    return shape


def comment(links: Links, of: Issue, one: Comment) -> Json:
    """Return GitHub's `issue-comment`."""
    api, page = f"{links.repo(of.repository)}/issues", links.page(of.repository)
    kind = "issues" if of.pull is None else "pull"
    url = f"{api}/comments/{one.id}"
    return {
        "url": url, "html_url": f"{page}/{kind}/{of.number}#issuecomment-{one.id}",
        "issue_url": f"{api}/{of.number}", "id": one.id, "node_id": node_id("IssueComment", one.id),
        "user": shapes.user(links, one.user), "created_at": one.created_at, "updated_at": one.updated_at,
        "author_association": association(of.repository, one.user), "body": one.body,
        "reactions": rollup(url, one.reactions), "performed_via_github_app": None,
    }  # fmt: skip


def side(links: Links, owner: User, repository: Repository, *, ref: str, sha: str) -> Json:
    """Return the head or the base of a pull request."""
    return {
        "label": f"{owner.login}:{ref}", "ref": ref, "sha": sha, "user": shapes.user(links, owner),
        "repo": shapes.repository(links, repository),
    }  # fmt: skip


def pull_request_simple(links: Links, one: Issue, pull: PullRequest) -> Json:
    """Return GitHub's `pull-request-simple`, as in lists."""
    repository, page = one.repository, f"{links.page(one.repository)}/pull/{one.number}"
    api, issue_api = f"{links.repo(repository)}/pulls/{one.number}", f"{links.repo(repository)}/issues/{one.number}"
    related = {
        "self": api, "html": page, "issue": issue_api, "comments": f"{issue_api}/comments",
        "review_comments": f"{api}/comments", "review_comment": f"{links.repo(repository)}/pulls/comments{{/number}}",
        "commits": f"{api}/commits", "statuses": f"{links.repo(repository)}/statuses/{pull.head_sha}",
    }  # fmt: skip
    return {
        "url": api, "id": pull.id, "node_id": node_id("PullRequest", pull.id), "html_url": page,
        "diff_url": f"{page}.diff", "patch_url": f"{page}.patch", "issue_url": issue_api, "number": one.number,
        "state": one.state, "locked": one.is_locked, "title": one.title, "user": shapes.user(links, one.user),
        "body": one.body or None, "created_at": one.created_at, "updated_at": one.updated_at,
        "closed_at": one.closed_at, "merged_at": pull.merged_at, "merge_commit_sha": pull.merge_commit_sha,
        "assignee": None, "assignees": [], "requested_reviewers": [], "requested_teams": [],
        "labels": [label(links, repository, each) for each in one.labels], "milestone": None, "draft": pull.is_draft,
        "commits_url": related["commits"], "review_comments_url": related["review_comments"],
        "review_comment_url": related["review_comment"], "comments_url": related["comments"],
        "statuses_url": related["statuses"],
        "head": side(links, pull.head_owner, pull.head_repository, ref=pull.head_ref, sha=pull.head_sha),
        "base": side(links, repository.owner, repository, ref=pull.base_ref, sha=pull.base_sha),
        "_links": {key: {"href": url} for key, url in related.items()}, "active_lock_reason": None,
        "author_association": association(repository, one.user), "auto_merge": None,
    }  # fmt: skip


def pull_request(links: Links, one: Issue, pull: PullRequest) -> Json:
    """Return GitHub's `pull-request`, as a single one is answered."""
    git_dir = one.repository.git_dir
    added, removed, files = git_repository.change_between(git_dir, pull.base_sha, pull.head_sha)
    is_open = one.state == "open"
    return {
        **pull_request_simple(links, one, pull), "merged": pull.merged_at is not None,
        "mergeable": True if is_open else None, "rebaseable": True if is_open else None,
        "mergeable_state": ("draft" if pull.is_draft else "clean") if is_open else "unknown", "merged_by": None,
        "comments": len(one.comments), "review_comments": len(pull.talk.comments), "maintainer_can_modify": False,
        "commits": git_repository.count_between(git_dir, pull.base_sha, pull.head_sha), "additions": added,
        "deletions": removed, "changed_files": files,
    }  # fmt: skip


def check_run(links: Links, repository: Repository, one: CheckRun, *, app: App) -> Json:
    """Return GitHub's `check-run`."""
    url = f"{links.repo(repository)}/check-runs/{one.id}"
    output = {"title": None, "summary": None, "text": None, **one.output}
    app = app.other(one.app_slug) if one.app_slug else app
    return {
        "id": one.id, "name": one.name, "node_id": node_id("CheckRun", one.id), "head_sha": one.head_sha,
        "external_id": one.external_id, "url": url, "html_url": f"{links.page(repository)}/runs/{one.id}",
        "details_url": one.details_url or links.web, "status": one.status, "conclusion": one.conclusion,
        "started_at": one.started_at, "completed_at": one.completed_at,
        "output": {**output, "annotations_count": len(one.annotations), "annotations_url": f"{url}/annotations"},
        "check_suite": {"id": one.suite_id}, "app": shapes.app(links, app), "pull_requests": [],
    }  # fmt: skip
