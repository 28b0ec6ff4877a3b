"""The test GitHub: webhooks, faults, the record, and running as a process of its own."""

import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.fakes.github import FakeGitHub
from tests.fakes.github.client import ask
from tests.fakes.github.control import HEADER
from tests.fakes.github.state import Issue
from yantra_bot import artefacts

CHECKOUT = Path(__file__).parents[2]
COMMENTS = "/repos/octo/one/issues/1/comments"


@pytest.fixture
def issue(github: FakeGitHub) -> Issue:
    repository = github.add_repository("octo/one", files={"a": "a"})
    github.install("octo")
    return github.add_issue(repository, title="A bug", by="ann")


@pytest.fixture
def token(github: FakeGitHub, issue: Issue) -> str:
    return github.token_for(issue.repository).value


class Receiver:
    """Takes webhooks; `status` is what it answers."""

    def __init__(self) -> None:
        self.status = 202
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def receiver(github: FakeGitHub) -> AsyncIterator[Receiver]:
    taker, application = Receiver(), web.Application()
    application.router.add_post("/hook", taker.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    github.send_webhooks_to(f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
    yield taker
    await runner.cleanup()


async def test_a_comment_is_delivered_signed(github: FakeGitHub, issue: Issue, receiver: Receiver) -> None:
    """The delivery carries GitHub's headers, a signature over its very bytes, and the whole event."""
    comment = await github.post_comment(issue, "@yantra implement", by="ann")
    [(headers, body)] = receiver.requests
    expected = hmac.new(github.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert (headers["X-GitHub-Event"], headers["Content-Type"]) == ("issue_comment", "application/json")
    assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    payload = json.loads(body)
    assert (payload["action"], payload["comment"]["id"], payload["comment"]["body"]) == (
        "created", comment.id, "@yantra implement",
    )  # fmt: skip
    assert payload["repository"]["full_name"] == "octo/one"
    assert payload["installation"]["id"] in github.state.installations
    assert (payload["sender"]["login"], payload["issue"]["number"]) == ("ann", 1)
    assert [one.status_code for one in github.deliveries] == [202]
    assert headers["X-GitHub-Delivery"] == github.deliveries[0].guid


async def test_events_have_the_keys_of_githubs_own_examples(github: FakeGitHub, issue: Issue) -> None:
    """Every event sent here has at least the keys that GitHub's own example of it has, less what nobody may rely on."""
    if not artefacts.available("webhook-examples"):
        pytest.skip("the artefact webhook-examples is missing")
    listed = json.loads((artefacts.path("webhook-examples") / "index.json").read_text())
    known = {each["name"]: each["examples"] for each in listed}
    await github.post_comment(issue, "x", by="ann")
    await github.label_issue(issue, "yantra", by="ann")
    await github.announce_installation(github.world.installation_of(issue.repository))  # type: ignore[arg-type]  # it is
    github.commit(issue.repository, {"a": "b"}, branch="x")
    pull = github.add_pull_request(issue.repository, head="x", title="t", by="ann")
    await github.merge(pull, by="ann")
    token = github.token_for(issue.repository).value
    run = {"name": "x", "head_sha": pull.pull.head_sha, "conclusion": "success"}  # type: ignore[union-attr]  # it is one
    await ask(github, "POST", "/repos/octo/one/check-runs", auth=token, body=run)
    assert pull.pull is not None
    other = await github.end_check(issue.repository, pull.pull.head_sha, "lint", "failure")
    await github.end_suite(issue.repository, other)
    await github.set_status(issue.repository, pull.pull.head_sha, "ci", "failure")
    github.commit(issue.repository, {"b": "c"}, branch="y")
    reviewed = github.add_pull_request(issue.repository, head="y", title="t", by="ann")
    await github.submit_review(reviewed, {"path": "b", "line": 1, "body": "x"}, by="ann", body="y")
    sent = {one.event: one.payload for one in github.deliveries}
    assert set(sent) == set(github.app.events) | {"installation"}
    for event, payload in sent.items():
        same = [one for one in known[event] if one.get("action") == payload.get("action")] or known[event]
        missing = min((sorted(missing_keys(one, payload)) for one in same), key=len)
        assert missing == [], event


def missing_keys(example: Any, sent: Any, at: str = "") -> set[str]:
    """Return the keys that an example has and a payload has not, as paths."""
    if isinstance(example, dict) and isinstance(sent, dict):
        found = {f"{at}.{key}" for key in example.keys() - sent.keys() if key not in ("organization", "changes")}
        for key in (example.keys() & sent.keys()) - {"permissions"}:
            found |= missing_keys(example[key], sent[key], f"{at}.{key}")
        return found
    if isinstance(example, list) and isinstance(sent, list) and example and sent:
        return missing_keys(example[0], sent[0], f"{at}[]")
    return set()


async def test_a_lost_delivery_is_found_and_sent_again(github: FakeGitHub, issue: Issue, receiver: Receiver) -> None:
    """A failed delivery is listed, newest first and in pages, and goes out again under the same GUID."""
    receiver.status = 503
    await github.post_comment(issue, "one", by="ann")
    receiver.status = 202
    await github.post_comment(issue, "two", by="ann")
    listed = await ask(github, "GET", "/app/hook/deliveries?per_page=1", auth="app")
    assert [(one["event"], one["status_code"]) for one in listed.json] == [("issue_comment", 202)]
    following = listed.headers["link"].split(">")[0].removeprefix(f"<{github.api_url}")
    older = await ask(github, "GET", following, auth="app")
    assert [(one["status"], one["redelivery"]) for one in older.json] == [("Invalid HTTP Response: 503", False)]
    assert "link" not in older.headers
    number = older.json[0]["id"]
    whole = await ask(github, "GET", f"/app/hook/deliveries/{number}", auth="app")
    assert whole.json["request"]["payload"]["comment"]["body"] == "one"
    assert (await ask(github, "POST", f"/app/hook/deliveries/{number}/attempts", auth="app")).status == 202
    await github.settle()
    assert (await ask(github, "GET", "/app/hook/deliveries/1", auth="app")).status == 404
    guids = [headers["X-GitHub-Delivery"] for headers, _ in receiver.requests]
    assert guids[0] == guids[2] != guids[1]
    assert receiver.requests[0][1] == receiver.requests[2][1]
    assert github.deliveries[-1].is_redelivery


async def test_nobody_listening_is_recorded(github: FakeGitHub, issue: Issue) -> None:
    """With no receiver, and with none set at all, the delivery counts as failed and can be sent again later."""
    github.send_webhooks_to("http://127.0.0.1:9/hook")
    await github.post_comment(issue, "one", by="ann")
    github.send_webhooks_to(None)
    await github.edit_comment(issue, issue.comments[0], "two", by="bob")
    again = await github.redeliver(github.deliveries[0])
    assert [one.status_code for one in (*github.deliveries, again)] == [0, 0, 0, 0]
    assert github.deliveries[1].payload["sender"]["login"] == "bob"
    listed = await ask(github, "GET", "/app/hook/deliveries", auth="app")
    assert {one["status"] for one in listed.json} == {"failed to connect to host"}


async def test_only_installed_repositories_send_events(github: FakeGitHub) -> None:
    """Without an installation, or for an event the app does not want, nothing is sent."""
    repository = github.add_repository("octo/one")
    await github.open_issue(repository, title="x", by="ann")
    assert github.deliveries == []
    github.install("octo")
    await github.open_issue(repository, title="y", by="ann")
    assert [one.payload["action"] for one in github.deliveries] == ["opened"]
    assert github.world.emit("watch", {}, repository=repository, sender=repository.owner) is None


async def test_a_fault_before_the_effect(github: FakeGitHub, issue: Issue, token: str) -> None:
    """A status, or a cut connection, before the effect: nothing was written; the next request works."""
    github.faults.answer("POST", "*/comments", 502)
    github.faults.drop("POST", "*/comments")
    reply = await ask(github, "POST", COMMENTS, auth=token, body={"body": "x"})
    assert (reply.status, reply.json["message"]) == (502, "Server Error")
    with pytest.raises(aiohttp.ClientError):
        await ask(github, "POST", COMMENTS, auth=token, body={"body": "x"})
    assert (issue.comments, github.faults.unused) == ([], [])
    assert (await ask(github, "POST", COMMENTS, auth=token, body={"body": "x"})).status == 201
    assert [one.status for one in github.writes("comments")] == [502, None, 201]


async def test_a_fault_after_the_effect(github: FakeGitHub, issue: Issue, token: str) -> None:
    """The comment was written and the answer lost: by a cut connection, or by a status."""
    github.faults.drop("POST", "*/comments", after_effect=True)
    github.faults.answer("POST", "*/comments", 504, after_effect=True)
    with pytest.raises(aiohttp.ClientError):
        await ask(github, "POST", COMMENTS, auth=token, body={"body": "x"})
    assert (await ask(github, "POST", COMMENTS, auth=token, body={"body": "y"})).status == 504
    assert [one.body for one in issue.comments] == ["x", "y"]


async def test_limits_can_be_met_at_will(github: FakeGitHub, issue: Issue, token: str) -> None:
    """Secondary limits with and without Retry-After, a used-up hour, and pages of a proxy."""
    github.faults.secondary_limit("POST", "*/comments", retry_after=7)
    github.faults.secondary_limit("POST", "*/comments")
    github.faults.primary_limit("POST", "*/comments", reset_at=2_000_000_000)
    github.faults.answer_page("POST", "*/comments")
    replies = [await ask(github, "POST", COMMENTS, auth=token, body={"body": "x"}) for _ in range(4)]
    assert [one.status for one in replies] == [403, 403, 403, 502]
    assert [one.headers.get("retry-after") for one in replies] == ["7", None, None, None]
    assert "secondary rate limit" in replies[1].json["message"]
    assert (replies[2].headers["x-ratelimit-remaining"], replies[2].headers["x-ratelimit-reset"]) == ("0", "2000000000")
    assert replies[3].headers["content-type"] == "text/html"
    assert issue.comments == []


async def test_a_thing_just_made_can_be_unknown_for_a_while(github: FakeGitHub, issue: Issue, token: str) -> None:
    """A read right after the write may say 404, as replicas do, and then be there."""
    made = await ask(github, "POST", COMMENTS, auth=token, body={"body": "x"})
    path = f"/repos/octo/one/issues/comments/{made.json['id']}"
    github.faults.hide_once(path)
    assert (await ask(github, "GET", path, auth=token)).status == 404
    assert (await ask(github, "GET", path, auth=token)).status == 200


async def test_silence_ends_when_it_is_closed(github: FakeGitHub, issue: Issue, token: str) -> None:
    """A request that hangs is let go when the test GitHub is closed, so no test waits for ever."""
    github.faults.hang("GET", "*/comments")
    asking = asyncio.create_task(ask(github, "GET", COMMENTS, auth=token))
    while not github.faults.faults[0].hits:
        await asyncio.sleep(0)
    await github.close()
    with pytest.raises(aiohttp.ClientError):
        await asking


async def test_what_came_in_is_recorded(github: FakeGitHub, issue: Issue, token: str) -> None:
    """Method, path, query, body, answer and what the token may are kept; the token itself is not."""
    await ask(github, "GET", f"{COMMENTS}?per_page=5", auth=token)
    await ask(github, "POST", COMMENTS, auth=token, body={"body": "x"})
    read, write = github.calls
    assert (read.method, read.path, read.query, read.is_write) == ("GET", COMMENTS, {"per_page": "5"}, False)
    assert (write.body, write.status, write.answer["body"]) == ({"body": "x"}, 201, "x")
    assert write.token_repositories == ("octo/one",)
    assert github.writes() == [write]
    assert token not in repr(github.calls)


async def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    """It says in one line where it is, is steered by who holds its secret, and ends when its standard input does."""
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "a.py").write_text("x = 1\n")
    (tmp_path / "issue.md").write_text("It is wrong.")
    key = tmp_path / "app.pem"
    options = ["--folder", tmp_path / "repository", "--issue-title", "A bug", "--issue-body", tmp_path / "issue.md"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.github", *map(str, options), "--app-key", str(key),
        cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    assert key.stat().st_mode & 0o777 == 0o600
    control, headers = ready["control_url"], {HEADER: ready["control_secret"]}
    comment = {"repository": "octo/demo", "issue": ready["issue"], "body": "hello", "by": "alice"}
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{control}/state") as refused:
            assert refused.status == 403
        async with session.post(f"{control}/webhook", json={"url": None}, headers=headers) as done:
            assert done.status == 200
        async with session.post(f"{control}/comments", json=comment, headers=headers) as posted:
            assert (await posted.json())["delivery"] == 0
        async with session.post(f"{control}/comments", json=comment | {"issue": 9}, headers=headers) as missing:
            assert missing.status == 404
        fresh = {"repository": "octo/demo", "title": "A wish", "body": "More of it.", "by": "alice"}
        async with session.post(f"{control}/issues", json=fresh, headers=headers) as opened:
            number = (await opened.json())["number"]
        async with session.post(
            f"{control}/issues", json=fresh | {"repository": "octo/no"}, headers=headers
        ) as missing:
            assert missing.status == 404
        async with session.get(f"{control}/state", headers=headers) as told:
            [repository] = (await told.json())["repositories"]
    assert [(one["number"], one["title"]) for one in repository["issues"]] == [(1, "A bug"), (number, "A wish")]
    assert repository["issues"][0]["comments"] == [{"by": "alice", "body": "hello"}]
    assert repository["issues"][0]["body"] == "It is wrong."
    process.stdin.close()
    await process.communicate()
    assert process.returncode == 0
