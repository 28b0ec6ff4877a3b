"""The judge of the test GitHub: what it catches, in requests and in answers."""

from typing import Any

import pytest

from tests.fakes.github import FakeGitHub, graphql, routing
from tests.fakes.github.client import ask
from tests.fakes.github.exchange import Answer, Caller, Request
from tests.fakes.github.judge import STANDS_FOR, Judge
from tests.fakes.github.state import Issue

COMMENTS = "/repos/octo/one/issues/1/comments"
PARAMETERS = {"owner": "octo", "repo": "one", "issue_number": "1"}


@pytest.fixture
def judging(judge: Judge | None) -> Judge:
    if judge is None:
        pytest.skip("the artefact github-openapi is missing")
    return judge


@pytest.fixture
def issue(github: FakeGitHub) -> Issue:
    repository = github.add_repository("octo/one")
    github.install("octo")
    return github.add_issue(repository, title="A bug")


def request(method: str = "GET", *, body: bytes = b"", query: dict[str, str] | None = None) -> Request:
    template = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
    return Request(method, COMMENTS, template, PARAMETERS, query or {}, {}, body, Caller())


async def good_comment(github: FakeGitHub, issue: Issue) -> dict[str, Any]:
    made = await ask(github, "POST", COMMENTS, auth=github.token_for(issue.repository).value, body={"body": "x"})
    told: dict[str, Any] = made.json
    return told


async def test_right_exchanges_pass(judging: Judge, github: FakeGitHub, issue: Issue) -> None:
    """What GitHub itself would send and answer is no violation."""
    told = await good_comment(github, issue)
    assert judging.check(request(), Answer(200, [told])) == []
    assert judging.check(request("POST", body=b'{"body": "x"}'), Answer(201, told)) == []
    assert judging.check(request(), Answer(304)) == []
    assert judging.check(request(), Answer(502, {"message": "Server Error"})) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (request("POST", body=b'{"bodyy": "x"}'), "unknown keys ['bodyy'] in the body"),
        (request("POST", body=b'{"body": 3}'), "body: 3 is not of type 'string'"),
        (request("POST", body=b"{}"), "'body' is a required property"),
        (request("POST"), "body"),
        (request(query={"perpage": "3"}), "unknown query parameters ['perpage']"),
        (request(query={"since": "yesterday"}), "since"),
        (request("PUT"), "GitHub has no such operation"),
    ],
)
async def test_a_wrong_request_is_caught(
    judging: Judge, github: FakeGitHub, issue: Issue, asked: Request, said: str
) -> None:
    """A misspelt key or parameter, a wrong type, a missing body, and an operation that GitHub has not."""
    told = await good_comment(github, issue)
    answer = Answer(201, told) if asked.method == "POST" else Answer(200, [told])
    found = judging.check(asked, answer)
    assert found
    assert said in found[0]
    assert COMMENTS in found[0]


async def test_a_wrong_answer_is_caught(judging: Judge, github: FakeGitHub, issue: Issue) -> None:
    """A missing or mistyped field, a status that GitHub never gives, and an error in no shape of GitHub's."""
    told = await good_comment(github, issue)
    without = {key: value for key, value in told.items() if key != "html_url"}
    [missing] = judging.check(request(), Answer(200, [without]))
    assert missing.endswith("answer 200: 0: 'html_url' is a required property")
    [mistyped] = judging.check(request(), Answer(200, [told | {"id": "x"}]))
    assert "0.id: 'x' is not of type 'integer'" in mistyped
    [status] = judging.check(request(), Answer(202, [told]))
    assert status.endswith("GitHub never answers so")
    [shape] = judging.check(request(), Answer(500, {"error": "x"}))
    assert shape.endswith("GitHub never answers so")


@pytest.mark.case("K17")
async def test_a_violation_fails_the_test_that_caused_it(judging: Judge, github: FakeGitHub, issue: Issue) -> None:
    """Closing the test GitHub raises with everything that was wrong."""
    token = github.token_for(issue.repository).value
    await ask(github, "GET", f"{COMMENTS}?perpage=3", auth=token)
    await ask(github, "GET", "/no/such/thing", auth=token)
    with pytest.raises(AssertionError, match=r"(?s)perpage.*/no/such/thing: the test GitHub has no such operation"):
        await github.close()
    github.violations.clear()


def test_every_operation_here_is_githubs(judging: Judge) -> None:
    """The test GitHub has no operation that GitHub's description has not, but for the one that redirects lead to."""
    for route in (one for one in routing.ALL if one.template != graphql.PATH):
        template = STANDS_FOR.get(route.template, route.template)
        parameters = {"owner": "o", "repo": "r", **dict.fromkeys(route.template.split("{")[1:], "1")}
        asked = Request(route.method, "/", template, parameters, {}, {}, b"", Caller())
        assert not [text for text in judging.check(asked, Answer(304)) if "no such operation" in text]
    assert list(STANDS_FOR) == ["/repositories/{repository_id}"]


def test_what_stands_for_an_operation_is_judged_as_it(judging: Judge) -> None:
    """A repository by its number is held against the repository's description."""
    asked = Request(
        "GET", "/repositories/1", "/repositories/{repository_id}", {"repository_id": "1"}, {}, {}, b"", Caller()
    )
    assert any("required property" in text for text in judging.check(asked, Answer(200, {})))
