"""The test GitHub over HTTP: every request passes here, is authorised, faulted, answered, recorded and judged."""

import asyncio
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.fakes.github import access, git_http, graphql, routes_ci, routing, uploads
from tests.fakes.github.exchange import Answer, Call, Caller, GitHubError, Request, repository_of
from tests.fakes.github.faults import Fault, Kind
from tests.fakes.github.git_http import GitRequest
from tests.fakes.github.judge import Judge
from tests.fakes.github.world import World

MAX_REQUEST_BYTES = 512 * 1024 * 1024
ENTERPRISE_PREFIX = "/api/v3"


class Cut(Exception):
    """The connection is to be cut without an answer."""


class Server:
    """Serves one world. `address` is known once it started."""

    def __init__(self, world: World, judge: Judge | None) -> None:
        self.world = world
        self.judge = judge
        self.closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> int:
        """Listen on 127.0.0.1 and return the port."""
        application = web.Application(client_max_size=MAX_REQUEST_BYTES)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        chosen: int = self._runner.addresses[0][1]
        return chosen

    async def close(self) -> None:
        self.closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        raw_path, query, body = http.rel_url.raw_path, http.rel_url.raw_query_string, await http.read()
        headers = {name.lower(): value for name, value in http.headers.items()}
        if raw_path.startswith(routes_ci.STORAGE):
            stored = routes_ci.serve_log(self.world, raw_path, headers)
            return web.Response(status=stored.status, body=stored.body, headers={"Content-Type": stored.content_type})
        if raw_path.startswith(uploads.PREFIX):
            upload = uploads.serve(self.world, raw_path, headers)
            return web.Response(status=upload.status, body=upload.body, headers=self._headers(upload))
        git = git_http.parse(http.method, unquote(raw_path), query, headers=headers, body=body)
        try:
            if git is not None:
                answer = await self._answer_git(git, raw_path)
            else:
                path = rest_of(raw_path)
                answer = await self._answer_api(http.method, path, dict(http.query), headers=headers, body=body)
        except Cut:
            if http.transport is not None:
                http.transport.abort()
            return web.Response(status=500)
        return web.Response(status=answer.status, body=answer.body, headers=self._headers(answer))

    def _headers(self, answer: Answer) -> dict[str, str]:
        own = {"X-GitHub-Request-Id": uuid.uuid4().hex.upper()[:20], "Server": "GitHub.com"}
        own["Date"] = formatdate(self.world.state.now(), usegmt=True)
        headers = {**own, **answer.headers}
        if answer.body:
            headers["Content-Type"] = answer.content_type
        return headers

    async def _answer_git(self, git: GitRequest, path: str) -> Answer:
        fault = self.world.faults.take(git.method, path)
        caller = Caller()
        try:
            answer = await self._before(fault)
            if answer is None:
                answer, caller = await git_http.serve(self.world, git)
                answer = await self._after(fault, answer)
        except GitHubError as problem:
            answer = Answer(
                problem.status, raw=problem.message.encode(), content_type="text/plain", headers=problem.headers
            )
        except Cut:
            self._record(git.method, path, {"service": git.service}, headers=git.headers, body=git.body, caller=caller)
            raise
        query = {"query": git.query}
        self._record(git.method, path, query, headers=git.headers, body=git.body, caller=caller, answer=answer)
        return answer

    async def _before(self, fault: Fault | None) -> Answer | None:
        """Do what a fault does before any effect; None means: go on."""
        return None if fault is None or fault.after_effect else await self._suffer(fault)

    async def _after(self, fault: Fault | None, answer: Answer) -> Answer:
        """Do what a fault does once the effect took place."""
        return answer if fault is None or not fault.after_effect else await self._suffer(fault)

    async def _suffer(self, fault: Fault) -> Answer:
        if fault.kind is Kind.HANG:
            ends = [asyncio.ensure_future(one.wait()) for one in (self.closing, fault.released)]
            try:
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in ends:
                    one.cancel()
        if fault.answer is None:
            raise Cut
        return fault.answer

    async def _answer_api(
        self, method: str, raw_path: str, query: Mapping[str, str], *, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        raw_path = self._name(raw_path)
        path = unquote(raw_path)
        fault = self.world.faults.take(method, path)
        match = routing.find(method, raw_path)
        template = match.route.template if match else ""
        parameters = match.parameters if match else {}
        request = Request(method, path, template, parameters, query, headers, body, Caller())
        try:
            answer = await self._before(fault)
            if answer is None:
                request, answer = self._work(request, match)
                answer = await self._after(fault, answer)
        except Cut:
            self._record(method, path, query, headers=headers, body=body, caller=self._peek(headers))
            raise
        if fault is None:
            self._judge(request, answer)
        self._record(method, path, query, headers=headers, body=body, caller=self._peek(headers), answer=answer)
        return answer

    def _name(self, raw_path: str) -> str:
        """Return a path below a repository's number, where redirects lead to, as the path below its name."""
        _, _, rest = raw_path.partition("/repositories/")
        number, slash, rest = rest.partition("/")
        found = [one for one in self.world.state.repositories if slash and str(one.id) == number]
        return f"/repos/{found[0].full_name}/{rest}" if found else raw_path

    def _work(self, request: Request, match: routing.Match | None) -> tuple[Request, Answer]:
        """Authorise and answer one API request; refusals are answers."""
        limits: dict[str, str] = {}
        try:
            if not request.headers.get("user-agent"):
                raise GitHubError(403, "Request forbidden by administrative rules. Please add a User-Agent header.")
            request = replace(request, caller=access.identify(self.world.state, self.world.app, request.headers))
            limits = self._count(request.caller)
            if match is None:
                raise GitHubError(404, "Not Found")
            self._authorise(request, match)
            answer = not_modified(request, match.route.handler(self.world, request))
        except GitHubError as problem:
            answer = problem.answer()
        if answer.status == 304:
            limits = self._uncount(request.caller)
        return request, replace(answer, headers={**limits, **answer.headers})

    def _authorise(self, request: Request, match: routing.Match) -> None:
        route = match.route
        if "owner" not in match.parameters:
            return
        owner, name = match.parameters["owner"], match.parameters["repo"]
        repository = self.world.state.find_repository(owner, name)
        if repository is None:
            moved = self.world.state.find_renamed(owner, name)
            if moved is None:
                raise GitHubError(404, "Not Found")
            rest = request.path.removeprefix(f"/repos/{owner}/{name}")
            location = f"{self.world.links.api}/repositories/{moved.id}{rest}"
            status = 301 if request.method == "GET" else 307
            raise GitHubError(status, "Moved Permanently", headers={"Location": location})
        if route.needs:
            access.check_repository(request.caller, repository, needs=route.needs, level=route.level)

    def _count(self, caller: Caller) -> dict[str, str]:
        """Count a request against its hour. Raises GitHub's refusal when that is used up."""
        used = self.world.requests_used.get(caller.name, 0) + 1
        self.world.requests_used[caller.name] = used
        limits = self._limits(used)
        if used > self.world.rate_limit:
            raise GitHubError(403, "API rate limit exceeded for installation.", headers=limits)
        return limits

    def _uncount(self, caller: Caller) -> dict[str, str]:
        self.world.requests_used[caller.name] -= 1
        return self._limits(self.world.requests_used[caller.name])

    def _limits(self, used: int) -> dict[str, str]:
        limit = self.world.rate_limit
        reset = str((int(self.world.state.now()) // 3600 + 1) * 3600)
        return {
            "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(max(limit - used, 0)),
            "X-RateLimit-Used": str(used), "X-RateLimit-Reset": reset, "X-RateLimit-Resource": "core",
        }  # fmt: skip

    def _judge(self, request: Request, answer: Answer) -> None:
        if answer.status in (301, 307):
            return  # given before the operation is reached, and described for a few of them only
        if not request.template:
            self.world.violations.append(f"{request.method} {request.path}: the test GitHub has no such operation")
        elif self.judge is not None and request.template != graphql.PATH:
            self.world.violations += self.judge.check(request, answer)

    def _peek(self, headers: Mapping[str, str]) -> Caller:
        try:
            return access.identify(self.world.state, self.world.app, headers)
        except GitHubError:
            return Caller()

    def _record(
        self, method: str, path: str, query: Mapping[str, str], *,
        headers: Mapping[str, str], body: bytes, caller: Caller, answer: Answer | None = None,
    ) -> None:  # fmt: skip
        token = caller.token
        self.world.calls.append(
            Call(
                method,
                path,
                query,
                readable(body),
                answer.status if answer else None,
                answer.json if answer else None,
                repository_of(token),
                token.permissions if token else {},
                headers.get("user-agent", ""),
            )
        )


def rest_of(raw_path: str) -> str:
    """Return a path of GitHub Enterprise, where GraphQL lies beside REST, as GitHub has it."""
    return graphql.PATH if raw_path == f"/api{graphql.PATH}" else raw_path.removeprefix(ENTERPRISE_PREFIX)


def readable(body: bytes) -> Any:
    """Return a body as a record keeps it."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return len(body)


def not_modified(request: Request, answer: Answer) -> Answer:
    """Give a GET its ETag, and answer 304 to who has that one already."""
    if request.method != "GET" or answer.status != 200:
        return answer
    tag = f'W/"{hashlib.sha256(answer.body).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Answer(304, headers={"ETag": tag})
    return replace(answer, headers={"ETag": tag, "Cache-Control": "private, max-age=60, s-maxage=60", **answer.headers})
