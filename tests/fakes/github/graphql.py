"""The few operations of GraphQL that REST has no equal for: threads of reviews, and resolving them.

GitHub's description has no GraphQL, so that nothing judges these but this module: it takes the very operations that
are known here, with variables of their types, and answers in GraphQL's own way, refusals included (status 200).
"""

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.github import access
from tests.fakes.github.exchange import Answer, GitHubError, Request
from tests.fakes.github.shapes import Json
from tests.fakes.github.state import Issue, Repository, User
from tests.fakes.github.state_reviews import Thread
from tests.fakes.github.world import Route, World

PER_PAGE = 100
_FIELDS = re.compile(r"\b(resolveReviewThread|unresolveReviewThread|reviewThreads)\b")
KNOWN = frozenset(
    {
        "query", "mutation", "owner", "name", "number", "after", "id", "String", "Int", "ID", "repository",
        "pullRequest", "reviewThreads", "first", "pageInfo", "hasNextPage", "endCursor", "nodes", "isResolved",
        "resolvedBy", "login", "__typename", "comments", "databaseId", "resolveReviewThread", "input", "threadId",
        "unresolveReviewThread", "thread",
    }
)  # fmt: skip
"""Every word that the operations are made of: a misspelt field is a violation."""


class Wrong(Exception):
    """A refusal, with GraphQL's `type`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


def answer(world: World, request: Request) -> Answer:
    """Answer one operation."""
    if request.caller.token is None:
        raise GitHubError(401, "Requires authentication")
    body = request.json()
    text, variables = str(body.get("query", "")), body.get("variables") or {}
    unknown = sorted(set(re.findall(r"[A-Za-z_]\w*", text)) - KNOWN)
    fields = _FIELDS.findall(text)
    if unknown or not fields:
        message = f"GraphQL: no such field or argument: {unknown or text[:80]}"
        world.violations.append(message)
        return Answer(json={"errors": [{"type": "undefinedField", "message": message}]})
    try:
        return Answer(json={"data": OPERATIONS[fields[0]](world, request, variables)})
    except Wrong as wrong:
        return Answer(json={"data": None, "errors": [{"type": wrong.kind, "message": wrong.message}]})


def list_threads(world: World, request: Request, variables: Json) -> Json:
    if not isinstance(variables.get("number"), int):
        raise Wrong("INVALID", "Variable $number of type Int! was provided invalid value")
    repository = world.state.find_repository(str(variables.get("owner")), str(variables.get("name")))
    check(request, repository, level="read")
    issue = repository.issues.get(variables["number"]) if repository else None
    if issue is None or issue.pull is None:
        raise Wrong("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {variables['number']}.")
    threads, start = issue.pull.talk.threads, int(variables.get("after") or 0)
    page = threads[start : start + PER_PAGE]
    info = {"hasNextPage": start + PER_PAGE < len(threads), "endCursor": str(start + len(page))}
    nodes = [describe(one) for one in page]
    return {"repository": {"pullRequest": {"reviewThreads": {"pageInfo": info, "nodes": nodes}}}}


def describe(thread: Thread) -> Json:
    return {
        "id": thread.id,
        "isResolved": thread.is_resolved,
        "resolvedBy": name(thread.resolved_by),
        "comments": {"nodes": [{"databaseId": thread.first.id}]},
    }


def name(user: User | None) -> Json | None:
    """Return who it is as GraphQL does: bots without their suffix, by another type."""
    if user is None:
        return None
    return {"login": user.login.removesuffix("[bot]"), "__typename": "Bot" if user.kind == "Bot" else "User"}


def change(*, is_resolved: bool) -> Callable[[World, Request, Json], Json]:
    def work(world: World, request: Request, variables: Json) -> Json:
        issue, thread = find_thread(world, str(variables.get("id")))
        check(request, issue.repository, level="write")
        thread.is_resolved = is_resolved
        thread.resolved_by = world.actor(request.caller) if is_resolved else None
        field = "resolveReviewThread" if is_resolved else "unresolveReviewThread"
        return {field: {"thread": {"id": thread.id, "isResolved": is_resolved}}}

    return work


def find_thread(world: World, node: str) -> tuple[Issue, Thread]:
    for repository in world.state.repositories:
        for issue in repository.issues.values():
            for thread in issue.pull.talk.threads if issue.pull else ():
                if thread.id == node:
                    return issue, thread
    raise Wrong("NOT_FOUND", f"Could not resolve to a node with the global id of '{node}'")


def check(request: Request, repository: Repository | None, *, level: str) -> None:
    """Let pass who may: GitHub lets an app resolve threads only if it may write contents, too."""
    if repository is None:
        raise Wrong("NOT_FOUND", "Could not resolve to a Repository.")
    needs: tuple[tuple[str, ...], ...] = (("pull_requests",), *((("contents",),) if level == "write" else ()))
    try:
        for need in needs:
            access.check_repository(request.caller, repository, needs=need, level=level)
    except GitHubError as problem:
        raise Wrong("NOT_FOUND" if problem.status == 404 else "FORBIDDEN", problem.message) from problem


OPERATIONS: dict[str, Callable[[World, Request, Any], Json]] = {
    "reviewThreads": list_threads,
    "resolveReviewThread": change(is_resolved=True),
    "unresolveReviewThread": change(is_resolved=False),
}
PATH = "/graphql"
ROUTES = [Route("POST", PATH, answer)]
