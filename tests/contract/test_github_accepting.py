"""The judge's quick yes: given to what is right, and to nothing that the library would not have passed."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.github import FakeGitHub
from tests.fakes.github.accepting import Accepting
from tests.fakes.github.client import ask
from tests.fakes.github.exchange import Answer, Caller, Request
from tests.fakes.github.judge import Judge
from tests.fakes.github.state import Label

ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
COMMENTS = f"{ISSUE}/comments"
PARAMETERS = {"owner": "octo", "repo": "one", "issue_number": "1"}
WRONG = (None, 3, True, "x", {})


def request(template: str) -> Request:
    return Request("GET", template.format(**PARAMETERS), template, PARAMETERS, {}, {}, b"", Caller())


def schema_of(judge: Judge, template: str) -> Any:
    return judge.described["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def spoilt(value: Any) -> Iterator[Any]:
    """Give copies of a value, each with one place removed or replaced."""
    for place in places(value, 3 if isinstance(value, list) else 2):
        for wrong in (*WRONG, "remove"):
            one = copy.deepcopy(value)
            inner = one
            for step in place[:-1]:
                inner = inner[step]
            if wrong == "remove":
                del inner[place[-1]]
            else:
                inner[place[-1]] = wrong
            yield one


def places(value: Any, depth: int) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in steps if depth else ():
        yield (step,)
        yield from ((step, *rest) for rest in places(part, depth - 1))


async def test_a_quick_yes_is_the_librarys(judge: Judge | None, github: FakeGitHub) -> None:
    """Right answers are accepted; each with one place spoilt is told as the library alone tells it."""
    if judge is None:
        pytest.skip("the artefact github-openapi is missing")
    repository = github.add_repository("octo/one")
    github.install("octo")
    issue = github.add_issue(repository, title="A bug")
    issue.labels = [Label(9, "bug")]
    token = github.token_for(issue.repository).value
    await ask(github, "POST", COMMENTS.format(**PARAMETERS), auth=token, body={"body": "x"})
    thorough, quick, refused = Judge(judge.described, is_thorough=True), Accepting(judge.described), 0
    for template in (ISSUE, COMMENTS):
        told = (await ask(github, "GET", template.format(**PARAMETERS), auth=token)).json
        assert quick.accepts(schema_of(judge, template), told)
        for one in spoilt(told):
            said = judge.check(request(template), Answer(200, one))
            assert said == thorough.check(request(template), Answer(200, one))
            refused += bool(said)
    assert refused > 200


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "string", "nullable": True}, ["x", None], [3, {}]),
        ({"type": "integer"}, [3], [True, 1.5, "3", None]),
        ({"type": "string", "enum": ["a"]}, ["a"], ["b", None, ["a"]]),
        ({"type": "integer", "enum": [1]}, [1], [True, 2]),
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab"], ["a", "abcd"]),
        ({"type": "integer", "minimum": 2, "maximum": 3}, [2, 3], [1, 4]),
        ({"type": "array", "minItems": 1, "items": {"type": "string"}}, [["x"]], [[], [3], ["x", None]]),
        ({"type": "string", "pattern": "^a"}, ["ab"], ["b"]),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, [{"a": "x"}], [{}, {"a": 1}]),
        ({"type": "object", "additionalProperties": False}, [{}], [{"a": 1}]),
        ({"type": "object", "additionalProperties": {"type": "string"}}, [{"a": "x"}], [{"a": 1}]),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, ["x", 3], [[], 1.5]),
        ({"allOf": [{"type": "string"}, {"maxLength": 1}]}, ["x"], ["xx", 3]),
        ({"oneOf": [{"type": "string"}, {"type": "array"}]}, ["x", []], [{}, 3]),
        ({"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 1}]}, [], ["x", "xx"]),
        ({"type": "string", "not": {"enum": ["a"]}}, [], ["a", "b"]),
    ],
)
def test_each_keyword_is_known_or_never_accepted(schema: dict[str, Any], right: list[Any], wrong: list[Any]) -> None:
    """What a keyword forbids is not accepted, nor is anything where a keyword is not known."""
    accepting = Accepting({})
    assert [accepting.accepts(schema, value) for value in right] == [True] * len(right)
    assert [accepting.accepts(schema, value) for value in wrong] == [False] * len(wrong)
