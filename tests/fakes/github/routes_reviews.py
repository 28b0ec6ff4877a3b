"""Reviews of pull requests, comments on lines of their diffs, and findings for code scanning."""

import base64
import binascii
import gzip
import json
import uuid
import zlib

from tests.fakes.github import diff_lines, git_repository, payloads, shapes_issue, shapes_reviews
from tests.fakes.github.exchange import Answer, GitHubError, Request, invalid, not_found, paginate
from tests.fakes.github.routes_issues import MAX_BODY, add_reaction, checked_body
from tests.fakes.github.routes_pulls import PULLS, find_pull
from tests.fakes.github.shapes import Json, node_id
from tests.fakes.github.state import Issue, PullRequest, User
from tests.fakes.github.state_reviews import Review, ReviewComment, Thread, Upload
from tests.fakes.github.world import Route, World

STATES = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
MAX_UPLOAD = 10 * 1024 * 1024


def create_review(world: World, request: Request) -> Answer:
    """All comments or none: one whose line is not in the diff refuses the whole review, as on GitHub."""
    issue, body = find_pull(world, request), request.json()
    user = world.actor(request.caller)
    event = body.get("event")
    if event not in STATES:
        raise GitHubError(422, "Unprocessable Entity", errors=["Variable $event was provided invalid value"])
    text = body.get("body") or ""
    if event != "APPROVE" and not text.strip():
        raise GitHubError(422, "Unprocessable Entity", errors=["Review body can't be blank"])
    if len(text) > MAX_BODY:
        raise GitHubError(422, "Unprocessable Entity", errors=["Body is too long"])
    commit = str(body.get("commit_id") or pull_of(issue).head_sha)
    if not is_of_pull(issue, commit):
        raise GitHubError(422, "Unprocessable Entity", errors=["commit_id is not part of the pull request"])
    places = [checked_place(issue, one, commit) for one in body.get("comments", [])]
    if None in places:
        raise GitHubError(422, "Unprocessable Entity", errors=["Line could not be resolved"])
    review = Review(world.state.new_large_id(), user, text, STATES[event], commit, world.state.timestamp())
    pull_of(issue).talk.reviews.append(review)
    for one, hunk in zip(body.get("comments", []), places, strict=True):
        add_comment(world, issue, review, one, commit=commit, hunk=str(hunk), user=user)
    announce_review(world, issue, review)
    return Answer(200, shapes_reviews.review(world.links, issue, review))


def create_comment(world: World, request: Request) -> Answer:
    issue, body = find_pull(world, request), request.json()
    checked_body(request, "PullRequestReviewComment")
    commit, user = str(body["commit_id"]), world.actor(request.caller)
    if not is_of_pull(issue, commit):
        message = "commit_id is not part of the pull request"
        raise invalid("PullRequestReviewComment", code="custom", field_name="commit_id", message=message)
    hunk = checked_place(issue, body, commit)
    if hunk is None:
        field_name = "pull_request_review_thread.line"
        raise invalid(
            "PullRequestReviewComment", code="invalid", field_name=field_name, message="line must be part of the diff"
        )
    review = Review(world.state.new_large_id(), user, "", "COMMENTED", commit, world.state.timestamp())
    pull_of(issue).talk.reviews.append(review)
    comment = add_comment(world, issue, review, body, commit=commit, hunk=hunk, user=user)
    shape = shapes_reviews.comment(world.links, issue, comment)
    return Answer(201, shape, headers={"Location": shape["url"]})


def pull_of(issue: Issue) -> PullRequest:
    assert issue.pull is not None
    return issue.pull


def is_of_pull(issue: Issue, sha: str) -> bool:
    """Say whether a commit is one of the pull request's."""
    pull, git_dir = pull_of(issue), issue.repository.git_dir
    return sha in (git_repository.ask_git(git_dir, "rev-list", f"{pull.base_sha}..{pull.head_sha}") or "").split()


def checked_place(issue: Issue, asked: Json, commit: str) -> str | None:
    """Return the hunk that a comment's lines are in; None when they are in none, or in two."""
    files = diff_lines.lines_of_diff(issue.repository.git_dir, pull_of(issue).base_sha, commit)
    file = files.get(str(asked.get("path")))
    if file is None or asked.get("line") is None:
        return None
    lines = file.of(str(asked.get("side", "RIGHT")))
    start = asked.get("start_line") or asked["line"]
    first, last = lines.get(start, ""), lines.get(asked["line"], "")
    is_one_hunk = bool(first) and first.partition("\n")[0] == last.partition("\n")[0]
    return last if is_one_hunk and start <= asked["line"] else None


def add_comment(
    world: World, issue: Issue, review: Review, asked: Json, *, commit: str, hunk: str, user: User
) -> ReviewComment:
    """Add a comment that begins a thread, and announce it."""
    at = world.state.timestamp()
    comment = ReviewComment(
        world.state.new_large_id(), user, asked["body"], asked["path"], asked["line"], asked.get("start_line"),
        asked.get("side", "RIGHT"), commit, at, at, review.id, hunk,
    )  # fmt: skip
    talk = pull_of(issue).talk
    talk.comments.append(comment)
    talk.threads.append(Thread(node_id("PullRequestReviewThread", comment.id), comment))
    announce(world, issue, comment)
    return comment


def announce_review(world: World, issue: Issue, review: Review) -> None:
    payload = payloads.review(world.links, issue, review, action="submitted")
    world.emit("pull_request_review", payload, repository=issue.repository, sender=review.user)


def announce(world: World, issue: Issue, comment: ReviewComment) -> None:
    payload = payloads.review_comment(world.links, issue, comment, action="created")
    world.emit("pull_request_review_comment", payload, repository=issue.repository, sender=comment.user)


def answer_in_thread(world: World, issue: Issue, first: ReviewComment, body: str, *, user: User) -> ReviewComment:
    """Add a reply, and announce it."""
    at = world.state.timestamp()
    reply = ReviewComment(
        world.state.new_large_id(), user, body, first.path, first.line, first.start_line, first.side, first.commit_id,
        at, at, first.review_id, first.diff_hunk, reply_to=first.id,
    )  # fmt: skip
    pull_of(issue).talk.comments.append(reply)
    announce(world, issue, reply)
    return reply


def create_reply(world: World, request: Request) -> Answer:
    issue, body = find_pull(world, request), checked_body(request, "PullRequestReviewComment")
    number = request.number("comment_id")
    found = next((one for one in pull_of(issue).talk.comments if one.id == number), None)
    if found is None or found.reply_to is not None:
        raise not_found()
    reply = answer_in_thread(world, issue, found, body, user=world.actor(request.caller))
    shape = shapes_reviews.comment(world.links, issue, reply)
    return Answer(201, shape, headers={"Location": shape["url"]})


def list_comments(world: World, request: Request) -> Answer:
    issue = find_pull(world, request)
    url = f"{world.links.repo(issue.repository)}/pulls/{issue.number}/comments"
    page, headers = paginate(request, pull_of(issue).talk.comments, url=url)
    return Answer(json=[shapes_reviews.comment(world.links, issue, one) for one in page], headers=headers)


def list_reviews(world: World, request: Request) -> Answer:
    issue = find_pull(world, request)
    url = f"{world.links.repo(issue.repository)}/pulls/{issue.number}/reviews"
    page, headers = paginate(request, pull_of(issue).talk.reviews, url=url)
    return Answer(json=[shapes_reviews.review(world.links, issue, one) for one in page], headers=headers)


def find_comment(world: World, request: Request) -> tuple[Issue, ReviewComment]:
    number = request.number("comment_id")
    for issue in world.repository_for(request).issues.values():
        for comment in issue.pull.talk.comments if issue.pull else ():
            if comment.id == number:
                return issue, comment
    raise not_found()


def list_reactions(world: World, request: Request) -> Answer:
    issue, comment = find_comment(world, request)
    wanted = request.query.get("content")
    found = [one for one in comment.reactions if wanted is None or one.content == wanted]
    url = f"{world.links.repo(issue.repository)}/pulls/comments/{comment.id}/reactions"
    page, headers = paginate(request, found, url=url)
    return Answer(json=[shapes_issue.reaction(world.links, one) for one in page], headers=headers)


def react(world: World, request: Request) -> Answer:
    _, comment = find_comment(world, request)
    return add_reaction(world, request, comment.reactions)


def upload_sarif(world: World, request: Request) -> Answer:
    """Take findings, gzipped and in base64, as code scanning does; a repository without it refuses."""
    repository, body = world.repository_for(request), request.json()
    if not repository.has_code_scanning:
        raise GitHubError(403, "Code scanning is not enabled for this repository. Please enable code scanning.")
    sha = str(body["commit_sha"])
    if git_repository.find_commit(repository.git_dir, sha) is None:
        raise GitHubError(404, f"commit not found: {sha}")
    packed = str(body["sarif"])
    if len(packed) > MAX_UPLOAD:
        raise GitHubError(413, "Payload Too Large")
    try:
        sarif = json.loads(gzip.decompress(base64.b64decode(packed, validate=True)))
    except (binascii.Error, OSError, EOFError, zlib.error, ValueError) as problem:
        raise GitHubError(400, "sarif is not gzipped JSON in base64") from problem
    upload = Upload(str(uuid.uuid4()), sha, str(body["ref"]), sarif)
    repository.uploads.append(upload)
    url = f"{world.links.repo(repository)}/code-scanning/sarifs/{upload.id}"
    return Answer(202, {"id": upload.id, "url": url})


PULL = "/repos/{owner}/{repo}/pulls/{pull_number}"
COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment_id}"
ROUTES = [
    Route("POST", f"{PULL}/reviews", create_review, PULLS, "write"),
    Route("GET", f"{PULL}/reviews", list_reviews, PULLS),
    Route("GET", f"{PULL}/comments", list_comments, PULLS),
    Route("POST", f"{PULL}/comments", create_comment, PULLS, "write"),
    Route("POST", f"{PULL}/comments/{{comment_id}}/replies", create_reply, PULLS, "write"),
    Route("GET", f"{COMMENT}/reactions", list_reactions, PULLS),
    Route("POST", f"{COMMENT}/reactions", react, PULLS, "write"),
    Route("POST", "/repos/{owner}/{repo}/code-scanning/sarifs", upload_sarif, ("security_events",), "write"),
]
