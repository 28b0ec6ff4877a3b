"""Issues, their comments, labels and reactions."""

from collections.abc import Sequence
from typing import TypeVar

from tests.fakes.github import shapes_issue
from tests.fakes.github.exchange import Answer, GitHubError, Request, invalid, not_found, paginate
from tests.fakes.github.shapes_issue import REACTIONS
from tests.fakes.github.state import Comment, Issue, Label, Reaction, Repository
from tests.fakes.github.world import Route, World

MAX_BODY = 65536
Talk = TypeVar("Talk", Issue, Comment)


def find_issue(world: World, request: Request) -> Issue:
    """Return the issue (or pull request) of a path. Raises 404, or 410 for a deleted one."""
    issue = world.repository_for(request).issues.get(request.number("issue_number"))
    if issue is None:
        raise not_found()
    if issue.is_deleted:
        raise GitHubError(410, "This issue was deleted")
    return issue


def find_comment(world: World, request: Request) -> tuple[Issue, Comment]:
    number = request.number("comment_id")
    for issue in world.repository_for(request).issues.values():
        for comment in issue.comments:
            if comment.id == number and not issue.is_deleted:
                return issue, comment
    raise not_found()


def checked_body(request: Request, resource: str) -> str:
    """Return the text of a new comment. Raises GitHub's 422."""
    body = request.json().get("body")
    if not isinstance(body, str) or not body.strip():
        raise invalid(resource, code="unprocessable", field_name="data", message="Body cannot be blank")
    if len(body) > MAX_BODY:
        message = f"Body is too long (maximum is {MAX_BODY} characters)"
        raise invalid(resource, code="custom", field_name="body", message=message)
    return body


def get_issue(world: World, request: Request) -> Answer:
    return Answer(json=shapes_issue.issue(world.links, find_issue(world, request)))


def create_issue(world: World, request: Request) -> Answer:
    """Open an issue; labels that are not there yet are made, for who may write."""
    repository, body = world.repository_for(request), request.json()
    if not isinstance(body.get("title"), str) or not body["title"].strip():
        raise invalid("Issue", code="missing_field", field_name="title")
    text = body.get("body") or ""
    if len(text) > MAX_BODY:
        message = f"body is too long (maximum is {MAX_BODY} characters)"
        raise invalid("Issue", code="custom", field_name="body", message=message)
    sender = world.actor(request.caller)
    issue = world.state.add_issue(repository, title=body["title"], body=text, user=sender)
    issue.labels = [world.state.label_of(repository, str(name)) for name in body.get("labels") or ()]
    world.emit_issue(issue, action="opened", sender=sender)
    shape = shapes_issue.issue(world.links, issue)
    return Answer(201, shape, headers={"Location": shape["url"]})


def update_issue(world: World, request: Request) -> Answer:
    """Title, text and state."""
    issue, body = find_issue(world, request), request.json()
    issue.title, issue.body = body.get("title", issue.title), body.get("body", issue.body) or ""
    issue.updated_at = world.state.timestamp()
    state = body.get("state", issue.state)
    if state not in ("open", "closed"):
        raise invalid("Issue", code="invalid", field_name="state")
    if state != issue.state:
        issue.state, issue.closed_at = state, world.state.timestamp() if state == "closed" else None
        action = "closed" if state == "closed" else "reopened"
        world.emit_issue(issue, action=action, sender=world.actor(request.caller))
    return Answer(json=shapes_issue.issue(world.links, issue))


def list_issues(world: World, request: Request) -> Answer:
    repository = world.repository_for(request)
    query = request.query
    state, labels, since = query.get("state", "open"), query.get("labels"), query.get("since", "")
    wanted = set(labels.lower().split(",")) if labels else set()
    found = [
        issue
        for issue in repository.issues.values()
        if state in ("all", issue.state)
        and not issue.is_deleted
        and issue.updated_at >= since
        and wanted <= {one.name.lower() for one in issue.labels}
    ]
    found = sort_talk(found, by=query.get("sort", "created"), direction=query.get("direction", "desc"))
    page, headers = paginate(request, found, url=f"{world.links.repo(repository)}/issues")
    return Answer(json=[shapes_issue.issue(world.links, issue) for issue in page], headers=headers)


def sort_talk(found: list[Talk], *, by: str, direction: str) -> list[Talk]:
    """Return issues or comments in the order of a listing."""
    return sorted(
        found,
        key=lambda one: (one.updated_at if by == "updated" else one.created_at, one.id),
        reverse=direction == "desc",
    )


def list_all_comments(world: World, request: Request) -> Answer:
    """Return the comments of every issue and pull request; without a `sort` a direction counts for nothing."""
    repository, query = world.repository_for(request), request.query
    since, direction = query.get("since", ""), query.get("direction", "desc") if "sort" in query else "asc"
    found = [
        (issue, one)
        for issue in repository.issues.values()
        for one in issue.comments
        if not issue.is_deleted and one.updated_at >= since
    ]
    owners = {id(one): issue for issue, one in found}
    ordered = sort_talk([one for _, one in found], by=query.get("sort", "created"), direction=direction)
    page, headers = paginate(request, ordered, url=f"{world.links.repo(repository)}/issues/comments")
    return Answer(json=[shapes_issue.comment(world.links, owners[id(one)], one) for one in page], headers=headers)


def list_comments(world: World, request: Request) -> Answer:
    issue = find_issue(world, request)
    comments: Sequence[Comment] = issue.comments
    if "since" in request.query:
        comments = [one for one in comments if one.updated_at >= request.query["since"]]
    url = f"{world.links.repo(issue.repository)}/issues/{issue.number}/comments"
    page, headers = paginate(request, list(comments), url=url)
    return Answer(json=[shapes_issue.comment(world.links, issue, one) for one in page], headers=headers)


def create_comment(world: World, request: Request) -> Answer:
    issue = find_issue(world, request)
    if issue.is_locked and not is_collaborator(world, request, issue.repository):
        raise GitHubError(403, "Unable to create comment because issue is locked.")
    body, sender = checked_body(request, "IssueComment"), world.actor(request.caller)
    comment = world.state.add_comment(issue, user=sender, body=body)
    world.emit_comment(issue, comment, action="created", sender=sender)
    shape = shapes_issue.comment(world.links, issue, comment)
    return Answer(201, shape, headers={"Location": shape["url"]})


def is_collaborator(world: World, request: Request, repository: Repository) -> bool:
    """Say whether a locked issue is open to the caller: people who may write, never an app."""
    token = request.caller.token
    if token is None or token.user is None:
        return False
    return repository.permission_of(token.user.login) in ("write", "maintain", "admin")


def get_comment(world: World, request: Request) -> Answer:
    return Answer(json=shapes_issue.comment(world.links, *find_comment(world, request)))


def edit_comment(world: World, request: Request) -> Answer:
    issue, comment = find_comment(world, request)
    comment.body, comment.updated_at = checked_body(request, "IssueComment"), world.state.timestamp()
    world.emit_comment(issue, comment, action="edited", sender=world.actor(request.caller))
    return Answer(json=shapes_issue.comment(world.links, issue, comment))


def delete_comment(world: World, request: Request) -> Answer:
    issue, comment = find_comment(world, request)
    issue.comments.remove(comment)
    return Answer(204)


def add_reaction(world: World, request: Request, reactions: list[Reaction]) -> Answer:
    content = request.json().get("content")
    if content not in REACTIONS:
        raise invalid("Reaction", code="invalid", field_name="content")
    reaction, is_new = world.state.add_reaction(reactions, user=world.actor(request.caller), content=str(content))
    return Answer(201 if is_new else 200, shapes_issue.reaction(world.links, reaction))


def react_to_comment(world: World, request: Request) -> Answer:
    _, comment = find_comment(world, request)
    return add_reaction(world, request, comment.reactions)


def react_to_issue(world: World, request: Request) -> Answer:
    return add_reaction(world, request, find_issue(world, request).reactions)


def list_comment_reactions(world: World, request: Request) -> Answer:
    issue, comment = find_comment(world, request)
    url = f"{world.links.repo(issue.repository)}/issues/comments/{comment.id}/reactions"
    page, headers = paginate(request, comment.reactions, url=url)
    return Answer(json=[shapes_issue.reaction(world.links, one) for one in page], headers=headers)


def list_labels(world: World, request: Request) -> Answer:
    return labels_answer(world, find_issue(world, request))


def labels_answer(world: World, issue: Issue) -> Answer:
    return Answer(json=[shapes_issue.label(world.links, issue.repository, one) for one in issue.labels])


def add_labels(world: World, request: Request) -> Answer:
    issue = find_issue(world, request)
    names = request.json().get("labels", [])
    for name in names:
        put_label(world, request, issue, world.state.label_of(issue.repository, name))
    return labels_answer(world, issue)


def put_label(world: World, request: Request, issue: Issue, label: Label) -> None:
    if label not in issue.labels:
        issue.labels.append(label)
        world.emit_issue(issue, action="labeled", sender=world.actor(request.caller), label=label.name)


def remove_label(world: World, request: Request) -> Answer:
    issue, name = find_issue(world, request), request.parameters["name"].lower()
    kept = [one for one in issue.labels if one.name.lower() != name]
    if len(kept) == len(issue.labels):
        raise GitHubError(404, "Label does not exist")
    issue.labels = kept
    world.emit_issue(issue, action="unlabeled", sender=world.actor(request.caller), label=name)
    return labels_answer(world, issue)


TALK = ("issues", "pull_requests")
ISSUES = "/repos/{owner}/{repo}/issues"
ROUTES = [
    Route("GET", ISSUES, list_issues, TALK),
    Route("POST", ISSUES, create_issue, TALK[:1], "write"),
    Route("GET", f"{ISSUES}/{{issue_number}}", get_issue, TALK),
    Route("PATCH", f"{ISSUES}/{{issue_number}}", update_issue, TALK, "write"),
    Route("GET", f"{ISSUES}/{{issue_number}}/comments", list_comments, TALK),
    Route("POST", f"{ISSUES}/{{issue_number}}/comments", create_comment, TALK, "write"),
    Route("GET", f"{ISSUES}/comments", list_all_comments, TALK),
    Route("GET", f"{ISSUES}/comments/{{comment_id}}", get_comment, TALK),
    Route("PATCH", f"{ISSUES}/comments/{{comment_id}}", edit_comment, TALK, "write"),
    Route("DELETE", f"{ISSUES}/comments/{{comment_id}}", delete_comment, TALK, "write"),
    Route("GET", f"{ISSUES}/comments/{{comment_id}}/reactions", list_comment_reactions, TALK),
    Route("POST", f"{ISSUES}/comments/{{comment_id}}/reactions", react_to_comment, TALK, "write"),
    Route("POST", f"{ISSUES}/{{issue_number}}/reactions", react_to_issue, TALK, "write"),
    Route("GET", f"{ISSUES}/{{issue_number}}/labels", list_labels, TALK),
    Route("POST", f"{ISSUES}/{{issue_number}}/labels", add_labels, TALK, "write"),
    Route("DELETE", f"{ISSUES}/{{issue_number}}/labels/{{name}}", remove_label, TALK, "write"),
]
