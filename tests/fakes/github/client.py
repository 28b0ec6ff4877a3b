"""A bare client of the API, for tests of the test GitHub itself and for looking around; nothing of the product."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt

from tests.fakes.github.fake import FakeGitHub


@dataclass(frozen=True)
class Reply:
    """An answer; header names in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def app_jwt(github: FakeGitHub, *, key: str | None = None, **claims: object) -> str:
    """Return a JSON web token as the app makes it; `claims` replace its own."""
    now = int(time.time())
    whole = {"iat": now - 60, "exp": now + 540, "iss": str(github.app.id), **claims}
    return jwt.encode(
        {name: value for name, value in whole.items() if value is not None}, key or github.private_key, "RS256"
    )


async def ask(
    github: FakeGitHub, method: str, path: str, *, auth: str | None = None, body: Any = None,
    headers: Mapping[str, str] | None = None, base: str | None = None,
) -> Reply:  # fmt: skip
    """Send one request. `auth` is a bearer token, a bare JSON web token of the app when it says "app"."""
    sent = dict(headers or {})
    if auth is not None:
        sent["Authorization"] = "Bearer " + (app_jwt(github) if auth == "app" else auth)
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    if data is not None:
        sent.setdefault("Content-Type", "application/json")
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            method, (base or github.api_url) + path, data=data, headers=sent, allow_redirects=False
        ) as answer,
    ):
        content = await answer.read()
        return Reply(answer.status, content, {name.lower(): value for name, value in answer.headers.items()})
