"""The one door to GitHub's API: every request goes through here, with its retries, waits, pages and cache.

URLs are made of the configured base and of names and numbers, never of anything a payload or an answer brought,
except pages and redirects that stay below that base. The credentials are never sent anywhere else.
"""

import contextlib
import json
import random
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from gidgethub import sansio
from pydantic import SecretStr
from yarl import URL

from yantra_bot import __name__ as requester
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.forge.answers import (
    Answer,
    EffectUnknown,
    Refused,
    Response,
    rate_limit_wait,
    read_answer,
    read_graphql,
    server_time,
)
from yantra_bot.forge.app_auth import Credentials
from yantra_bot.forge.outgoing import clear
from yantra_bot.forge.pause import Pause
from yantra_bot.forge.transport import Transport
from yantra_bot.ports import Clock

Variables = Mapping[str, Any]
"""What fills a URL template: text and numbers, and lists of text for paths. All of it is percent-encoded."""

API_VERSION = "2022-11-28"
ATTEMPTS = 4
"""Requests made for one call at most, the first one included; waits of rate limits count too."""
PATIENCE = 90.0
"""Longest rate limit in seconds that is sat out here; a longer one is Transient and parks the run."""
MAX_REDIRECTS = 3
MAX_PAGES = 100
CACHED_ANSWERS = 256
CACHED_BYTES = 8 * 1024 * 1024
"""Of all answers that are kept for one repository, as they were sent."""

_OTHER_REPOSITORY = re.compile(r"/repositories/(\d+)(/|$)")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make. `repeatable` tells that sending it twice does no harm. `what` names it in messages."""

    method: str
    url: str
    what: str
    body: bytes = b""
    repeatable: bool = True
    is_followed: bool = True
    """Whether redirects are followed, which are then answers of the API."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer that may not have changed."""

    etag: str
    answer: Answer
    size: int


class Client:
    """Requests with one identity. Raises Refused, Transient, or EffectUnknown when a write may have happened."""

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        clock: Clock,
        *,
        base_url: str,
        repository_id: int = 0,
        pause: Pause | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """`base_url` is such as https://api.github.com; redirects to a repository with another id are refused."""
        self._transport = transport
        self._credentials = credentials
        self._clock = clock
        self._base = read_base_url(base_url)
        self._repository_id = repository_id
        self._pause = pause if pause is not None else Pause()
        self._jitter = jitter
        self._cache: OrderedDict[str, _Kept] = OrderedDict()

    async def get(self, template: str, variables: Variables, *, what: str) -> Any:
        """Return one thing."""
        return (await self._perform(Call("GET", self._url(template, variables), what))).data

    async def locate(self, template: str, variables: Variables, *, what: str) -> str:
        """Return where something lies that the API only points to, as it says so: nothing is sent there."""
        response = await self._send(Call("GET", self._url(template, variables), what, is_followed=False))
        location = response.headers.get("location", "")
        if response.status not in {301, 302, 307, 308} or not location:
            read_answer(response, what=what)
            raise Permanent(f"{what}: GitHub does not say where it lies.")
        return str(URL(self._url(template, variables)).join(URL(location, encoded=True)))

    async def get_all(self, template: str, variables: Variables, *, what: str, key: str | None = None) -> list[Any]:
        """Return the items of all pages; `key` is where a page keeps them when it is no list."""
        items: list[Any] = []
        async for page in self.pages(template, variables, what=what, key=key):
            items += page
        return items

    async def get_some(self, template: str, variables: Variables, *, what: str, limit: int) -> list[Any]:
        """Return the first `limit` items; no page is asked for beyond them."""
        items: list[Any] = []
        async with contextlib.aclosing(self.pages(template, variables, what=what)) as pages:
            async for page in pages:
                items += page
                if len(items) >= limit:
                    break
        return items[:limit]

    async def pages(
        self, template: str, variables: Variables, *, what: str, key: str | None = None
    ) -> AsyncGenerator[list[Any], None]:
        """Yield the items page by page; raise Permanent for what goes on for more than MAX_PAGES."""
        url = self._url(template, variables)
        for _ in range(MAX_PAGES):
            answer = await self._perform(Call("GET", url, what))
            page = answer.data.get(key) if key is not None and isinstance(answer.data, dict) else answer.data
            if not isinstance(page, list):
                raise Permanent(f"{what}: the answer is no list. Check that the configured API address is GitHub's.")
            yield page
            if answer.next_url is None:
                return
            url = self._below_base(answer.next_url, what)
        raise Permanent(f"{what}: there are more than {MAX_PAGES} pages. Clear some of it away.")

    async def write(
        self, method: str, template: str, variables: Variables, data: object, *, what: str, repeatable: bool
    ) -> Any:
        """Send `data` as JSON; a write that is not `repeatable` is sent once, and again only if it never arrived.

        What looks like a secret in it is replaced; raises Permanent where that cannot be, in the name of a branch.
        """
        body = json.dumps(clear(data, what=what)).encode()
        return (await self._perform(Call(method, self._url(template, variables), what, body, repeatable))).data

    async def graphql(self, query: str, variables: Mapping[str, object], *, what: str, repeatable: bool) -> Any:
        """Ask what REST has no way to ask; return the data. Raises as `write`; Refused for what GraphQL refuses."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        # On GitHub Enterprise REST lies below /api/v3, and GraphQL beside it.
        base = str(self._base).rstrip("/").removesuffix("/v3")
        answer = await self._perform(Call("POST", f"{base}/graphql", what, body, repeatable))
        return read_graphql(answer.data, what=what)

    async def _perform(self, call: Call) -> Answer:
        return self._remember(call, await self._send(call))

    async def _send(self, call: Call) -> Response:
        """Send until there is an answer that is neither a rate limit nor a failure of the forge's own."""
        for attempt in range(ATTEMPTS):
            await self._wait_for_pause(call)
            secret = await self._credentials.secret()
            try:
                response = await self._exchange(call, secret)
                if not self._is_limited(call, response, attempt):
                    return response
            except Transient as error:
                is_safe = call.repeatable or not isinstance(error, EffectUnknown)
                if not is_safe or attempt + 1 >= ATTEMPTS:
                    raise
                await self._back_off(call, error, attempt)
        await self._wait_for_pause(call, patience=0)
        raise Transient(f"{call.what}: GitHub did not answer after {ATTEMPTS} attempts. It is tried again later.")

    async def _exchange(self, call: Call, secret: SecretStr) -> Response:
        """Send with the credentials, and once more with new ones when those were refused."""
        response = await self._follow(call, secret)
        if response.status == 401 and self._credentials.refuse(secret, server_time=server_time(response)):
            response = await self._follow(call, await self._credentials.secret())
        if response.status >= 500:
            raise _broken(call, response)
        return response

    def _is_limited(self, call: Call, response: Response, attempt: int) -> bool:
        """Tell whether this is a rate limit, and make everybody of the installation wait for its end."""
        wait = rate_limit_wait(response, now=self._clock.now(), attempt=attempt)
        if wait is None:
            return False
        self._pause.extend(wait, now=self._clock.now())
        structlog.get_logger().warning("rate limited", what=call.what, status=response.status, seconds=wait)
        return True

    async def _wait_for_pause(self, call: Call, *, patience: float = PATIENCE) -> None:
        wait = self._pause.left(self._clock.now())
        if wait > patience:
            raise Transient(f"{call.what}: GitHub's rate limit lasts {wait:.0f} s more.", retry_after=wait)
        if wait > 0:
            await self._clock.sleep(wait)

    async def _back_off(self, call: Call, error: Transient, attempt: int) -> None:
        structlog.get_logger().info("asking the forge again", what=call.what, reason=str(error), attempt=attempt + 1)
        await self._clock.sleep(max(error.retry_after or 0.0, 0.5 * 2**attempt * (0.5 + self._jitter())))

    async def _follow(self, call: Call, secret: SecretStr) -> Response:
        """Send, and follow redirects that stay below the base: that is how GitHub answers for a renamed repository."""
        url = call.url
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._transport.send(call.method, url, self._headers(call, url, secret), call.body)
            location = response.headers.get("location")
            if response.status not in {301, 302, 307, 308} or location is None or not call.is_followed:
                return response
            url = self._below_base(str(URL(url).join(URL(location, encoded=True))), call.what)
        raise Refused(f"{call.what}: GitHub redirects in a circle. Try again later.", status=310)

    def _headers(self, call: Call, url: str, secret: SecretStr) -> dict[str, str]:
        headers = sansio.create_headers(requester)
        headers["authorization"] = f"{self._credentials.scheme} {secret.get_secret_value()}"
        headers["x-github-api-version"] = API_VERSION
        if call.body:
            headers["content-type"] = "application/json; charset=utf-8"
        if call.method == "GET" and url in self._cache:
            headers["if-none-match"] = self._cache[url].etag
        return headers

    def _remember(self, call: Call, response: Response) -> Answer:
        """Read the answer; keep it with its ETag, or take the kept one when it has not changed."""
        if response.status == 304 and call.url in self._cache:
            self._cache.move_to_end(call.url)
            return self._cache[call.url].answer
        answer = read_answer(response, what=call.what)
        etag = response.headers.get("etag")
        if call.method == "GET":
            self._cache.pop(call.url, None)
            if etag is not None:
                self._cache[call.url] = _Kept(etag, answer, len(response.body))
            while len(self._cache) > CACHED_ANSWERS or sum(one.size for one in self._cache.values()) > CACHED_BYTES:
                self._cache.popitem(last=False)
        return answer

    def _url(self, template: str, variables: Variables) -> str:
        return sansio.format_url(template, variables, base_url=str(self._base))

    def _below_base(self, url: str, what: str) -> str:
        """Return `url` if the credentials may be sent there; raise Refused."""
        target = URL(url, encoded=True)
        path = target.raw_path.removeprefix(self._base.raw_path.rstrip("/"))
        is_below = target.origin() == self._base.origin() and (
            self._base.raw_path == "/" or target.raw_path.startswith(self._base.raw_path.rstrip("/") + "/")
        )
        other = _OTHER_REPOSITORY.match(path)
        if is_below and self._repository_id and other and int(other[1]) != self._repository_id:
            raise Refused(f"{what}: it was moved to another repository. Give the command there.", status=301)
        if not is_below or ".." in target.parts:
            raise Refused(f"{what}: GitHub points to {target.host}, which is not asked. Report this.", status=301)
        return str(target)


def read_base_url(base_url: str) -> URL:
    """Return the base of the API; raise SettingsError unless it is https, or http on this machine."""
    base = URL("")
    with contextlib.suppress(ValueError):
        base = URL(base_url.rstrip("/") + "/")
    is_local = base.host in {"127.0.0.1", "::1", "localhost"}
    if base.user is not None or base.password is not None or base.query_string or base.fragment:
        raise SettingsError("github_url has more than a host and a path. Leave credentials and query out of it.")
    if not base.host or (base.scheme != "https" and not (base.scheme == "http" and is_local)):
        raise SettingsError(f"github_url is {str(base)!r}. Set it to an https address, such as https://api.github.com.")
    return base


def _broken(call: Call, response: Response) -> EffectUnknown:
    retry_after = response.headers.get("retry-after", "")
    wait = min(float(retry_after), PATIENCE) if retry_after.isdecimal() else None
    return EffectUnknown(
        f"{call.what}: GitHub has trouble (HTTP {response.status}). It is tried again.", retry_after=wait
    )
