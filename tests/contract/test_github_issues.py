"""The test GitHub: issues, comments, labels, reactions."""

from functools import partial

import pytest

from tests.fakes.github import FakeGitHub
from tests.fakes.github.client import ask
from tests.fakes.github.state import Issue

ISSUE = "/repos/octo/one/issues/1"


@pytest.fixture
def issue(github: FakeGitHub) -> Issue:
    repository = github.add_repository("octo/one", files={"a": "a"})
    github.install("octo")
    return github.add_issue(repository, title="A bug", body="It is wrong.", by="ann")


@pytest.fixture
def token(github: FakeGitHub, issue: Issue) -> str:
    return github.token_for(issue.repository).value


async def test_an_issue_is_told(github: FakeGitHub, issue: Issue, token: str) -> None:
    """An issue carries its author, text, labels and number of comments; unknown ones are 404."""
    github.add_comment(issue, "me too", by="bob")
    told = (await ask(github, "GET", ISSUE, auth=token)).json
    assert (told["title"], told["user"]["login"], told["comments"], told["state"]) == ("A bug", "ann", 1, "open")
    assert "pull_request" not in told
    for path in ("/repos/octo/one/issues/2", "/repos/octo/none/issues/1"):
        assert (await ask(github, "GET", path, auth=token)).status == 404


async def test_comments_come_in_pages(github: FakeGitHub, issue: Issue, token: str) -> None:
    """Every comment is reached exactly once by following rel=next, oldest first."""
    for number in range(65):
        github.add_comment(issue, f"comment {number}", by="ann")
    bodies, url, pages = [], f"{ISSUE}/comments?per_page=20", 0
    while url:
        reply = await ask(github, "GET", url, auth=token)
        bodies += [each["body"] for each in reply.json]
        pages += 1
        targets = [part for part in reply.headers.get("link", "").split(", ") if 'rel="next"' in part]
        url = targets[0].split(">")[0].removeprefix(f"<{github.api_url}") if targets else ""
    assert bodies == [f"comment {number}" for number in range(65)]
    assert pages == 4
    last = await ask(github, "GET", f"{ISSUE}/comments?per_page=1000&page=1", auth=token)
    assert len(last.json) == 65
    assert 'rel="next"' not in last.headers.get("link", "")
    assert len((await ask(github, "GET", f"{ISSUE}/comments", auth=token)).json) == 30
    assert (await ask(github, "GET", f"{ISSUE}/comments?page=99", auth=token)).json == []


async def test_a_comment_is_written_edited_and_removed(github: FakeGitHub, issue: Issue, token: str) -> None:
    """The app's comments are its own account's; ids are larger than 32 bits; each change is told as a webhook."""
    made = await ask(github, "POST", f"{ISSUE}/comments", auth=token, body={"body": "working"})
    assert (made.status, made.json["user"]["login"], made.json["user"]["type"]) == (201, "yantra[bot]", "Bot")
    assert made.json["id"] > 2**32
    path = f"/repos/octo/one/issues/comments/{made.json['id']}"
    edited = await ask(github, "PATCH", path, auth=token, body={"body": "done"})
    assert edited.json["body"] == "done"
    assert (await ask(github, "GET", path, auth=token)).json["body"] == "done"
    assert [one.body for one in issue.comments] == ["done"]
    assert [one.payload["action"] for one in github.deliveries] == ["created", "edited"]
    assert {one.payload["sender"]["login"] for one in github.deliveries} == {"yantra[bot]"}
    assert (await ask(github, "DELETE", path, auth=token)).status == 204
    assert (await ask(github, "GET", path, auth=token)).status == 404
    assert (await ask(github, "PATCH", path, auth=token, body={"body": "x"})).status == 404


@pytest.mark.parametrize("body", ["", "  ", "x" * 65_537])
async def test_a_comment_has_limits(github: FakeGitHub, issue: Issue, token: str, body: str) -> None:
    """Blank and longer than 65 536 characters are 422 with GitHub's errors."""
    reply = await ask(github, "POST", f"{ISSUE}/comments", auth=token, body={"body": body})
    assert (reply.status, reply.json["message"]) == (422, "Validation Failed")
    assert reply.json["errors"][0]["resource"] == "IssueComment"
    assert issue.comments == []


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_bad_json_is_400(github: FakeGitHub, issue: Issue, token: str, body: bytes) -> None:
    """What is no JSON object is refused."""
    assert (await ask(github, "POST", f"{ISSUE}/comments", auth=token, body=body)).status == 400
    github.violations.clear()


async def test_locked_and_deleted_issues_refuse(github: FakeGitHub, issue: Issue, token: str) -> None:
    """A locked issue takes comments of people who may write, and of no app; a deleted one is 410."""
    issue.is_locked = True
    reply = await ask(github, "POST", f"{ISSUE}/comments", auth=token, body={"body": "x"})
    assert (reply.status, reply.json["message"]) == (403, "Unable to create comment because issue is locked.")
    github.permit(issue.repository, "ann", "write")
    ann = github.user_token("ann").value
    assert (await ask(github, "POST", f"{ISSUE}/comments", auth=ann, body={"body": "x"})).status == 201
    issue.is_deleted = True
    for method, body in (("GET", None), ("POST", {"body": "x"})):
        assert (await ask(github, method, f"{ISSUE}/comments", auth=token, body=body)).status == 410


async def test_a_reaction_is_put_once(github: FakeGitHub, issue: Issue, token: str) -> None:
    """The first is 201, the same again 200, an unknown one 422; on comments and on issues."""
    comment = github.add_comment(issue, "x", by="ann")
    on_comment = f"/repos/octo/one/issues/comments/{comment.id}/reactions"
    for path, reactions in ((on_comment, comment.reactions), (f"{ISSUE}/reactions", issue.reactions)):
        react = partial(ask, github, "POST", path, auth=token)
        assert (await react(body={"content": "eyes"})).status == 201
        assert (await react(body={"content": "eyes"})).status == 200
        assert (await react(body={"content": "party"})).status == 422
        assert [(one.user.login, one.content) for one in reactions] == [("yantra[bot]", "eyes")]
    listed = await ask(github, "GET", on_comment, auth=token)
    assert [one["content"] for one in listed.json] == ["eyes"]
    assert (await ask(github, "GET", ISSUE, auth=token)).json["reactions"]["eyes"] == 1


async def test_labels_are_put_and_taken(github: FakeGitHub, issue: Issue, token: str) -> None:
    """Labels are made on first use, put once, told as events, and filter the list of issues."""
    github.add_issue(issue.repository, title="other")
    for _ in range(2):
        await ask(github, "POST", f"{ISSUE}/labels", auth=token, body={"labels": ["Yantra"]})
    listed = await ask(github, "GET", f"{ISSUE}/labels", auth=token)
    assert [one["name"] for one in listed.json] == ["Yantra"]
    found = await ask(github, "GET", "/repos/octo/one/issues?labels=yantra&state=all", auth=token)
    assert [one["number"] for one in found.json] == [1]
    assert [one["number"] for one in (await ask(github, "GET", "/repos/octo/one/issues", auth=token)).json] == [2, 1]
    assert (await ask(github, "DELETE", f"{ISSUE}/labels/yantra", auth=token)).json == []
    assert (await ask(github, "DELETE", f"{ISSUE}/labels/yantra", auth=token)).status == 404
    assert [one.payload["action"] for one in github.deliveries] == ["labeled", "unlabeled"]


async def test_comments_since_a_time(github: FakeGitHub, issue: Issue, token: str) -> None:
    """`since` leaves out what was not touched since."""
    github.add_comment(issue, "old", by="ann").updated_at = "2020-01-01T00:00:00Z"
    github.add_comment(issue, "new", by="ann")
    reply = await ask(github, "GET", f"{ISSUE}/comments?since=2021-01-01T00:00:00Z", auth=token)
    assert [one["body"] for one in reply.json] == ["new"]


async def test_what_was_updated_last_comes_first(github: FakeGitHub, issue: Issue, token: str) -> None:
    """Issues and all their comments are sorted as asked; without a sort comments are told as they were said."""
    other = github.add_issue(issue.repository, title="Another", by="ann")
    for number, (of, at) in enumerate(((other, "2030"), (issue, "2031"), (other, "2032"))):
        one = github.add_comment(of, f"c{number}", by="ann")
        one.updated_at = f"{at}-01-01T00:00:00Z"
    issue.updated_at, other.updated_at = "2040-01-01T00:00:00Z", "2035-01-01T00:00:00Z"
    listing = f"{ISSUE.removesuffix('/1')}"

    async def told(path: str, key: str) -> list[object]:
        return [one[key] for one in (await ask(github, "GET", f"{listing}{path}", auth=token)).json]

    assert await told("?state=all&sort=updated&direction=desc", "number") == [1, 2]
    assert await told("?sort=updated&direction=asc", "number") == [2, 1]
    assert await told("", "number") == [2, 1]
    assert await told("?since=2038-01-01T00:00:00Z", "number") == [1]
    assert await told("/comments?sort=updated&direction=desc", "body") == ["c2", "c1", "c0"]
    assert await told("/comments?direction=desc", "body") == ["c0", "c1", "c2"]
    assert await told("/comments?since=2031-06-01T00:00:00Z", "body") == ["c2"]


async def test_accounts_are_told(github: FakeGitHub, token: str) -> None:
    """A profile has the account's number and kind; one's own needs a person's token."""
    bot = await ask(github, "GET", "/users/yantra%5Bbot%5D", auth=token)
    assert (bot.json["id"], bot.json["type"]) == (github.app.bot.id, "Bot")
    assert (await ask(github, "GET", "/users/nobody", auth=token)).status == 404
    assert (await ask(github, "GET", "/user", auth=token)).status == 403
    assert (await ask(github, "GET", "/user")).status == 401
    assert (await ask(github, "GET", "/user", auth=github.user_token("ann").value)).json["login"] == "ann"
