"""The test GitHub: reviews, comments on lines of diffs, threads by GraphQL, annotations, code scanning."""

import base64
import gzip
import json
from functools import partial
from typing import Any

import pytest

from tests.fakes.github import FakeGitHub
from tests.fakes.github.client import ask
from tests.fakes.github.state import Issue, Repository

REPO = "/repos/octo/one"
LINES = [f"line {number}\n" for number in range(40)]
THREADS = (
    "query($owner: String!, $name: String!, $number: Int!, $after: String) { repository(owner: $owner, name: $name) "
    "{ pullRequest(number: $number) { reviewThreads(first: 100, after: $after) { nodes { id } } } } }"
)
RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }"


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    one = github.add_repository("octo/one", files={"a.txt": "".join(LINES), "old.txt": "x\n" * 20})
    github.install("octo")
    return one


@pytest.fixture
def pull(github: FakeGitHub, repository: Repository) -> Issue:
    changed = [*LINES[:10], "new\n", *LINES[11:30], *LINES[31:]]
    github.commit(repository, {"a.txt": "".join(changed), "b.txt": "b\n", "old.txt": None}, branch="change")
    return github.add_pull_request(repository, head="change", title="A change", by="ann")


@pytest.fixture
def token(github: FakeGitHub, repository: Repository) -> str:
    return github.token_for(repository).value


def review(*comments: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"event": "COMMENT", "body": "Well.", "comments": list(comments), **changed}


def at(line: int, path: str = "a.txt", **more: Any) -> dict[str, Any]:
    return {"path": path, "line": line, "side": "RIGHT", "body": "x", **more}


@pytest.mark.parametrize(
    ("comment", "is_taken"),
    [
        (at(11), True),  # the line that was changed
        (at(8), True),  # three lines of context
        (at(14), True),
        (at(7), False),
        (at(15), False),
        (at(11, side="LEFT"), True),
        (at(31, side="LEFT"), True),  # a line that was removed
        (at(30), True),
        (at(1, "b.txt"), True),
        (at(2, "b.txt"), False),
        (at(20, "old.txt", side="LEFT"), True),
        (at(1, "old.txt"), False),
        (at(1, "none.txt"), False),
        (at(13, start_line=9, start_side="RIGHT"), True),
        (at(30, start_line=13, start_side="RIGHT"), False),  # from one hunk into another
        (at(9, start_line=13, start_side="RIGHT"), False),
    ],
)
async def test_a_comment_stands_on_lines_of_the_diff_alone(
    github: FakeGitHub, pull: Issue, token: str, comment: dict[str, Any], is_taken: bool
) -> None:
    """Those of its hunks, with three lines of context, on the side that has them; else the whole review is refused."""
    answer = await ask(github, "POST", f"{REPO}/pulls/{pull.number}/reviews", auth=token, body=review(at(11), comment))
    assert answer.status == (200 if is_taken else 422)
    assert len(github.talk_of(pull).comments) == (2 if is_taken else 0)
    if is_taken:
        assert answer.json["state"] == "COMMENTED"


async def test_reviews_and_single_comments_are_checked(github: FakeGitHub, pull: Issue, token: str) -> None:
    """An event, a body and a commit of the pull request are needed."""
    post = partial(ask, github, "POST", auth=token)
    url = f"{REPO}/pulls/{pull.number}"
    for wrong in (review(event="LIKE"), review(body=" "), review(body="x" * 65_537), review(commit_id="0" * 40)):
        assert (await post(f"{url}/reviews", body=wrong)).status == 422
    assert pull.pull is not None
    right = {**at(11), "commit_id": pull.pull.head_sha}
    assert (await post(f"{url}/comments", body=right)).status == 201
    for wrong in ({**right, "line": 20}, {**right, "commit_id": pull.pull.base_sha}, {**right, "body": ""}):
        assert (await post(f"{url}/comments", body=wrong)).status == 422
    assert (await ask(github, "GET", f"{url}/reviews", auth=token)).json[0]["state"] == "COMMENTED"


async def test_a_thread_has_replies_and_reactions(github: FakeGitHub, pull: Issue, token: str) -> None:
    """Replies belong to the first comment; a reply to a reply, or to nothing, is not found."""
    post = partial(ask, github, "POST", auth=token)
    url = f"{REPO}/pulls/{pull.number}"
    await post(f"{url}/reviews", body=review(at(11)))
    (first,) = github.talk_of(pull).comments
    reply = (await post(f"{url}/comments/{first.id}/replies", body={"body": "y"})).json
    assert reply["in_reply_to_id"] == first.id
    assert (await post(f"{url}/comments/{reply['id']}/replies", body={"body": "z"})).status == 404
    reactions = f"{REPO}/pulls/comments/{first.id}/reactions"
    assert (await post(reactions, body={"content": "+1"})).status == 201
    assert (await post(reactions, body={"content": "+1"})).status == 200
    assert (await ask(github, "GET", f"{reactions}?content=-1", auth=token)).json == []
    assert len((await ask(github, "GET", reactions, auth=token)).json) == 1
    assert (await ask(github, "GET", f"{REPO}/pulls/comments/1/reactions", auth=token)).status == 404
    shown = (await ask(github, "GET", f"{url}/comments", auth=token)).json
    assert [one["reactions"]["+1"] for one in shown] == [1, 0]


async def test_threads_are_told_and_resolved_by_graphql(github: FakeGitHub, pull: Issue, token: str) -> None:
    """Refusals are answers with errors; a field that nobody knows is a violation."""
    await ask(github, "POST", f"{REPO}/pulls/{pull.number}/reviews", auth=token, body=review(at(11)))

    async def say(query: str, auth: str = token, **variables: Any) -> Any:
        return (await ask(github, "POST", "/graphql", auth=auth, body={"query": query, "variables": variables})).json

    place = {"owner": "octo", "name": "one", "number": pull.number, "after": None}
    (thread,) = (await say(THREADS, **place))["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    assert not thread["isResolved"]
    assert (await say(RESOLVE, id=thread["id"]))["data"]["resolveReviewThread"]["thread"]["isResolved"]
    (resolved,) = (await say(THREADS, **place))["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    assert resolved["resolvedBy"] == {"login": "yantra", "__typename": "Bot"}
    weak = github.token_for(pull.repository, permissions={"pull_requests": "write"}).value
    assert (await say(RESOLVE, auth=weak, id=thread["id"]))["errors"][0]["type"] == "FORBIDDEN"
    assert (await say(RESOLVE, id="none"))["errors"][0]["type"] == "NOT_FOUND"
    assert (await say(THREADS, **{**place, "number": 99}))["errors"][0]["type"] == "NOT_FOUND"
    assert (await say(THREADS, **{**place, "owner": "nobody"}))["errors"][0]["type"] == "NOT_FOUND"
    assert (await say(THREADS, **{**place, "number": "1"}))["errors"][0]["type"] == "INVALID"
    assert (await ask(github, "POST", "/graphql", body={"query": THREADS})).status == 401
    assert "errors" in await say("query { repositories { reviewThreads } }")
    assert github.violations == ["GraphQL: no such field or argument: ['repositories']"]
    github.violations.clear()


async def test_annotations_are_added_up(github: FakeGitHub, pull: Issue, token: str) -> None:
    """Fifty a request, each as it has to be; every request adds to what is there."""
    assert pull.pull is not None
    mark = {"path": "a.txt", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    output = {"title": "t", "summary": "s", "annotations": [mark] * 50}
    body = {"name": "c", "head_sha": pull.pull.head_sha, "output": output}
    made = (await ask(github, "POST", f"{REPO}/check-runs", auth=token, body=body)).json
    change = partial(ask, github, "PATCH", f"{REPO}/check-runs/{made['id']}", auth=token)
    more = (await change(body={"output": {**output, "annotations": [mark] * 10}})).json
    assert more["output"]["annotations_count"] == 60
    listed = await ask(github, "GET", f"{REPO}/check-runs/{made['id']}/annotations?per_page=100", auth=token)
    assert len(listed.json) == 60
    assert (await change(body={"output": {**output, "annotations": [mark] * 51}})).status == 422
    for wrong in ({"path": "/a"}, {"annotation_level": "loud"}, {"start_line": 3}, {"message": ""}):
        assert (await change(body={"output": {**output, "annotations": [{**mark, **wrong}]}})).status == 422
    github.violations.clear()  # what was wrong on purpose


async def test_code_scanning_takes_packed_sarif(github: FakeGitHub, pull: Issue) -> None:
    """With its permission, for a commit that is there."""
    assert pull.pull is not None
    installation = github.world.installation_of(pull.repository)
    assert installation is not None
    installation.permissions["security_events"] = "write"
    token = github.token_for(pull.repository).value
    packed = base64.b64encode(gzip.compress(json.dumps({"version": "2.1.0"}).encode())).decode()
    body = {"commit_sha": pull.pull.head_sha, "ref": "refs/pull/1/head", "sarif": packed}
    post = partial(ask, github, "POST", f"{REPO}/code-scanning/sarifs", auth=token)
    assert (await post(body=body)).status == 202
    assert (await post(body={**body, "sarif": "e30="})).status == 400
    assert (await post(body={**body, "commit_sha": "0" * 40})).status == 404
    assert len(pull.repository.uploads) == 1


async def test_two_commits_are_compared(github: FakeGitHub, pull: Issue, token: str) -> None:
    """From where they parted; unknown ones are not found."""
    assert pull.pull is not None
    get = partial(ask, github, "GET", auth=token)
    base, head = pull.pull.base_sha, pull.pull.head_sha
    told = (await get(f"{REPO}/compare/{base}...{head}")).json
    assert (told["status"], told["merge_base_commit"]["sha"], told["ahead_by"]) == ("ahead", base, 1)
    assert (await get(f"{REPO}/compare/{head}...{base}")).json["status"] == "behind"
    assert (await get(f"{REPO}/compare/{head}...{head}")).json["status"] == "identical"
    assert (await get(f"{REPO}/compare/{base}...{'0' * 40}")).status == 404
    assert (await get(f"{REPO}/compare/main")).status == 404


async def test_a_pull_request_follows_its_branch(github: FakeGitHub, pull: Issue) -> None:
    """Pushed to, forced, and from a fork: each is announced with the new head."""
    assert pull.pull is not None
    before = pull.pull.head_sha
    await github.push_again(pull, {"c.txt": "c\n"}, by="ann")
    await github.push_again(pull, {"d.txt": "d\n"}, by="ann", is_forced=True)
    assert before != pull.pull.head_sha
    assert [one.payload["action"] for one in github.deliveries if one.event == "pull_request"] == ["synchronize"] * 2
    fork = github.fork(pull.repository, "eve")
    theirs = await github.open_pull_request(pull.repository, {"e.txt": "e\n"}, by="eve", from_fork=fork, branch="e")
    await github.push(fork, {"f.txt": "f\n"}, by="eve", branch="e")
    last = [one for one in github.deliveries if one.event == "pull_request"][-1]
    assert theirs.pull is not None
    assert last.payload["pull_request"]["head"]["sha"] == theirs.pull.head_sha
