"""Slack's Web API: the one place that calls it. Errors leave as Transient and Permanent, texts without secrets."""

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from yantra_bot.chat_ports import ChatClosed
from yantra_bot.domain.redaction import redact
from yantra_bot.errors import Permanent, Transient

TIMEOUT_SECONDS: Final = 30
USUAL_PAUSE: Final = 30.0
"""Where Slack does not say how long to wait, in seconds."""
_PASSING: Final = frozenset({
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    "team_added_to_org", "external_channel_migrating",
})  # fmt: skip
_DEAD: Final = frozenset({
    "token_revoked", "token_expired", "invalid_auth", "not_authed", "account_inactive", "not_allowed_token_type",
    "org_login_required",
})  # fmt: skip
_CURE: Final = "Install the Slack app again, with slack-manifest.yaml, and set YANTRA_SLACK_BOT_TOKEN anew."
ABSENT: Final = frozenset({
    "channel_not_found", "not_in_channel", "is_archived", "user_not_in_channel", "restricted_action",
})  # fmt: skip
"""What is answered where the bot may not speak in a channel."""


class SlackRefused(Permanent):
    """Slack said no. Cure: the message says it; `code` is Slack's own word."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class SlackApi:
    """Calls methods with one token. Use it in the loop that it was made in, and `close` it."""

    def __init__(self, token: str, *, base_url: str, ca_file: Path | None = None) -> None:
        self._trust = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        self._token, self._base_url = token, base_url
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None

    @property
    def client(self) -> AsyncWebClient:
        """The library's client, made at its first use in the running loop."""
        if self._client is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS), cookie_jar=aiohttp.DummyCookieJar()
            )
            self._client = AsyncWebClient(
                token=self._token,
                base_url=self._base_url,
                timeout=TIMEOUT_SECONDS,
                ssl=self._trust,
                session=self._session,
                logger=quiet_logger(),
                # What was sent and not answered may have been done: whoever calls finds out before it tries again.
                retry_handlers=[],
            )
            if _is_loopback(self._base_url):
                self._client.proxy = None
        return self._client

    async def call(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a method with JSON and return its answer. Raises Transient, and SlackRefused where it says no."""
        try:
            answer = await self.client.api_call(method, json=_without_secrets(arguments))
        except SlackApiError as error:
            raise _wrap(method, error) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Transient(
                f"Slack could not be asked ({method}: {type(error).__name__}). It is tried again."
            ) from None
        except SlackClientError as error:
            raise Permanent(f"Slack cannot be asked that ({method}: {type(error).__name__}).") from None
        data = answer.data
        return data if isinstance(data, dict) else {}

    async def ask(self, method: str, **parameters: str) -> Mapping[str, Any]:
        """Call a method that only reads, which take no JSON."""
        try:
            answer = await self.client.api_call(method, http_verb="GET", params=parameters)
        except SlackApiError as error:
            raise _wrap(method, error) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Transient(
                f"Slack could not be asked ({method}: {type(error).__name__}). It is tried again."
            ) from None
        data = answer.data
        return data if isinstance(data, dict) else {}

    async def post_answer(self, url: str, body: Mapping[str, Any], *, hooks_url: str) -> None:
        """Leave an answer at an address that Slack gave out. Raises Permanent for another host, unsent."""
        check_answer_url(url, hooks_url)
        client = self.client
        assert self._session is not None, "it is made with the client"  # noqa: S101 (narrows a type)
        try:
            async with self._session.post(
                url,
                data=json.dumps(_without_secrets(body)),
                headers={"Content-Type": "application/json"},
                allow_redirects=False,
                ssl=self._trust,
                proxy=client.proxy,
            ) as answer:
                _judge_hook(answer.status, answer.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Transient(f"An answer could not be left in Slack ({type(error).__name__}).") from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)
        self._session = self._client = None


def check_answer_url(url: str, hooks_url: str) -> None:
    """Raise Permanent unless an address lies on Slack's own host for answers."""
    try:
        given, own = urlsplit(url), urlsplit(hooks_url)
        is_own = (given.scheme, given.hostname, given.port) == (own.scheme, own.hostname, own.port)
        is_plain = not given.username and not given.password and "\\" not in url and url.isascii()
    except ValueError:
        is_own = is_plain = False
    if not (is_own and is_plain and url.isprintable() and " " not in url):
        raise Permanent("The address for an answer is not one of Slack's, so nothing was sent to it.")


def _judge_hook(status: int, retry_after: str | None) -> None:
    if status == 429:
        raise Transient("Slack takes no more answers for now.", retry_after=_seconds(retry_after))
    if status >= 500:
        raise Transient(f"An answer could not be left in Slack (HTTP {status}).")
    if status != 200:
        raise SlackRefused(f"An answer could not be left in Slack (HTTP {status}).", code="answer_refused")


def _wrap(method: str, error: SlackApiError) -> Transient | Permanent:
    """Return what Slack's answer means. Its body is not repeated: nobody knows what stands in it."""
    response: Any = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    headers: Mapping[str, str] = getattr(response, "headers", {}) or {}
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Transient(f"Slack asks to wait ({method}).", retry_after=_seconds(headers.get("Retry-After")))
    if status >= 500 or code in _PASSING or not code:
        return Transient(f"Slack could not answer ({method}: {code or f'HTTP {status}'}). It is tried again.")
    if code in _DEAD:
        return ChatClosed(f"Slack does not take the bot's token ({method}: {code}). {_CURE}")
    if code == "missing_scope":
        return SlackRefused(f"The bot lacks a right for {method}. {_CURE}", code=code)
    return SlackRefused(f"Slack refused {method}: {redact(code[:80])}.", code=code)


def _seconds(value: str | None) -> float:
    """Return how long Slack asks to wait, in seconds."""
    return min(float(value), 3_600.0) if value is not None and value.isascii() and value.isdigit() else USUAL_PAUSE


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {name: _without_secrets(one) for name, one in value.items()}
    return [_without_secrets(one) for one in value] if isinstance(value, list | tuple) else value


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


def quiet_logger() -> logging.Logger:
    """Return the library's logger above the level at which it shows what is sent."""
    logger = logging.getLogger("yantra_bot.slack.library")
    logger.setLevel(logging.WARNING)
    return logger
