"""Steering a test GitHub that runs as a process of its own: a person's acts and a look inside, over HTTP.

Only for the demo and for people trying things out; every request carries the secret that the process printed.
"""

import hmac
import json
import secrets
from typing import Any

from aiohttp import web

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.git_repository import head_of
from tests.fakes.github.state import Issue, Repository
from tests.fakes.github.state_reviews import ReviewComment

HEADER = "X-Fake-Control"


class Control:
    """The control surface of one GitHub, on a port of its own."""

    def __init__(self, github: FakeGitHub) -> None:
        self.github = github
        self.secret = secrets.token_hex(16)
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Listen on a free port of 127.0.0.1 and return the URL."""
        application = web.Application()
        application.router.add_post("/comments", self._post_comment)
        application.router.add_post("/issues", self._open_issue)
        application.router.add_post("/repositories", self._add_repository)
        application.router.add_post("/pushes", self._push)
        application.router.add_post("/checks", self._end_check)
        application.router.add_post("/webhook", self._set_webhook)
        application.router.add_get("/state", self._state)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def _check(self, request: web.Request) -> None:
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), self.secret.encode()):
            raise web.HTTPForbidden(text=f"{HEADER} is missing or wrong")

    async def _post_comment(self, request: web.Request) -> web.Response:
        """Post a comment as somebody: {"repository", "issue", "body", "by"}; answers its id and the webhook's fate."""
        self._check(request)
        asked = await request.json()
        issue = self._issue(asked)
        comment = await self.github.post_comment(issue, asked["body"], by=asked["by"])
        delivered = [one for one in self.github.deliveries if one.event == "issue_comment"][-1:]
        return web.json_response({"id": comment.id, "delivery": delivered[0].status_code if delivered else 0})

    async def _open_issue(self, request: web.Request) -> web.Response:
        """Open an issue as somebody: {"repository", "title", "body", "by"}; answers its number."""
        self._check(request)
        asked = await request.json()
        repository = self._repository(asked)
        issue = await self.github.open_issue(repository, title=asked["title"], body=asked["body"], by=asked["by"])
        return web.json_response({"number": issue.number})

    async def _add_repository(self, request: web.Request) -> web.Response:
        """Add a repository that somebody may write to: {"repository", "files", "by"}; answers its head."""
        self._check(request)
        asked = await request.json()
        repository = self.github.add_repository(asked["repository"], files=asked["files"])
        self.github.permit(repository, asked["by"], "write")
        return web.json_response({"head": head_of(repository.git_dir, repository.default_branch)})

    async def _push(self, request: web.Request) -> web.Response:
        """Commit files to the default branch as somebody: {"repository", "files", "by"}; answers the commit."""
        self._check(request)
        asked = await request.json()
        commit = await self.github.push(self._repository(asked), asked["files"], by=asked["by"])
        return web.json_response({"commit": commit})

    async def _end_check(self, request: web.Request) -> web.Response:
        """Have another App's check end: {"repository", "commit", "name", "conclusion"}."""
        self._check(request)
        asked = await request.json()
        await self.github.end_check(self._repository(asked), asked["commit"], asked["name"], asked["conclusion"])
        return web.json_response({})

    def _issue(self, asked: dict[str, Any]) -> Issue:
        issue = self._repository(asked).issues.get(asked["issue"])
        if issue is None:
            raise web.HTTPNotFound(text="there is no such issue")
        return issue

    def _repository(self, asked: dict[str, Any]) -> Repository:
        owner, _, name = asked["repository"].partition("/")
        repository = self.github.state.find_repository(owner, name)
        if repository is None:
            raise web.HTTPNotFound(text="there is no such repository")
        return repository

    async def _set_webhook(self, request: web.Request) -> web.Response:
        """Set the webhook URL: {"url"}, null for none."""
        self._check(request)
        self.github.send_webhooks_to((await request.json())["url"])
        return web.json_response({})

    async def _state(self, request: web.Request) -> web.Response:
        """Show what a person would see on the pages, and what was wrong with the requests so far."""
        self._check(request)
        shown = {"repositories": [describe(one) for one in self.github.state.repositories]}
        text = json.dumps(shown | {"violations": self.github.violations, "calls": len(self.github.calls)})
        return web.Response(text=text, content_type="application/json")


def remarks_of(issue: Issue) -> list[ReviewComment]:
    """Return the comments on lines of a pull request."""
    return issue.pull.talk.comments if issue.pull else []


def describe(repository: Any) -> dict[str, Any]:
    """Return a repository's issues, pull requests and check runs, in few words."""
    issues = [
        {
            "number": one.number, "title": one.title, "state": one.state, "body": one.body,
            "is_pull_request": one.pull is not None, "is_draft": bool(one.pull and one.pull.is_draft),
            "head": one.pull.head_ref if one.pull else None, "head_sha": one.pull.head_sha if one.pull else None,
            "comments": [{"by": each.user.login, "body": each.body} for each in one.comments],
            "remarks": [{"path": each.path, "line": each.line, "body": each.body} for each in remarks_of(one)],
        }
        for one in repository.issues.values()
    ]  # fmt: skip
    checks = [
        {"name": one.name, "status": one.status, "conclusion": one.conclusion, "head_sha": one.head_sha}
        for one in repository.check_runs
    ]
    return {"name": repository.full_name, "issues": issues, "check_runs": checks}
