"""Reviews, their comments and annotations as GitHub writes them in JSON. Reads state, changes none."""

from tests.fakes.github import shapes
from tests.fakes.github.shapes import Json, Links, node_id
from tests.fakes.github.shapes_issue import association, rollup
from tests.fakes.github.state import Issue, Repository
from tests.fakes.github.state_reviews import Review, ReviewComment


def review(links: Links, of: Issue, one: Review) -> Json:
    """Return GitHub's `pull-request-review`."""
    page = f"{links.page(of.repository)}/pull/{of.number}#pullrequestreview-{one.id}"
    api = f"{links.repo(of.repository)}/pulls/{of.number}"
    return {
        "id": one.id, "node_id": node_id("PullRequestReview", one.id), "user": shapes.user(links, one.user),
        "body": one.body, "state": one.state, "html_url": page, "pull_request_url": api,
        "_links": {"html": {"href": page}, "pull_request": {"href": api}}, "submitted_at": one.submitted_at,
        "commit_id": one.commit_id, "author_association": association(of.repository, one.user),
    }  # fmt: skip


def comment(links: Links, of: Issue, one: ReviewComment) -> Json:
    """Return GitHub's `pull-request-review-comment`; one whose commit is not the head any more is outdated.

    GitHub then answers null for line and position, which its description does not know: they are left out here.
    """
    assert of.pull is not None
    api, page = links.repo(of.repository), f"{links.page(of.repository)}/pull/{of.number}#discussion_r{one.id}"
    url, pull = f"{api}/pulls/comments/{one.id}", f"{api}/pulls/{of.number}"
    is_current = one.commit_id == of.pull.head_sha
    shape: Json = {
        "url": url, "pull_request_review_id": one.review_id, "id": one.id, "diff_hunk": one.diff_hunk,
        "node_id": node_id("PullRequestReviewComment", one.id), "path": one.path, "commit_id": of.pull.head_sha,
        "original_commit_id": one.commit_id, "user": shapes.user(links, one.user), "body": one.body,
        "created_at": one.created_at, "updated_at": one.updated_at, "html_url": page, "pull_request_url": pull,
        "author_association": association(of.repository, one.user), "subject_type": "line", "side": one.side,
        "_links": {"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": pull}},
        "original_line": one.line, "original_position": 1, "start_line": one.start_line if is_current else None,
        "original_start_line": one.start_line, "start_side": one.side if one.start_line else None,
        "reactions": rollup(url, one.reactions),
    }  # fmt: skip
    if is_current:
        shape |= {"line": one.line, "position": 1}
    if one.reply_to is not None:
        shape["in_reply_to_id"] = one.reply_to
    return shape


def annotation(links: Links, repository: Repository, one: Json, *, sha: str) -> Json:
    """Return GitHub's `check-annotation`."""
    return {
        "path": one["path"], "start_line": one["start_line"], "end_line": one["end_line"], "start_column": None,
        "end_column": None, "annotation_level": one["annotation_level"], "title": one.get("title"),
        "message": one["message"], "raw_details": one.get("raw_details"),
        "blob_href": f"{links.page(repository)}/blob/{sha}/{one['path']}",
    }  # fmt: skip
