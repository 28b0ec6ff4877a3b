"""One bounded request to a service that keeps logs. Its address is the operator's; nothing is followed elsewhere."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from yarl import URL

from yantra_bot.errors import SettingsError, Transient, UserError

SECONDS: Final = 20.0
MAX_ANSWER: Final = 16 << 20


def read_base(url: str, setting: str) -> URL:
    """Return the base address that a setting names. Raises SettingsError for what is none."""
    parsed = URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.user:
        raise SettingsError(f"{setting} is no address. Cure: write https://HOST, without a user.")
    return parsed


async def ask(
    name: str,
    method: str,
    url: URL,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Any:
    """Return the answer as JSON. `name` is the service's, for people.

    Raises Transient where another try may help, UserError with the cure where it does not.
    """
    try:
        async with (
            asyncio.timeout(SECONDS),
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(method, url, headers=headers, data=body, allow_redirects=False) as answer,
        ):
            data = await _read(answer, name)
            if answer.status != 200:
                raise _refusal(name, answer, data)
            return json.loads(data)
    except TimeoutError:
        raise Transient(f"{name} took over {SECONDS:.0f} s.") from None
    except (aiohttp.ClientError, OSError) as problem:
        raise Transient(f"{name} cannot be asked ({type(problem).__name__}).") from problem
    except (ValueError, RecursionError):
        raise Transient(f"{name} answers with no JSON: is that its address?") from None


async def _read(answer: aiohttp.ClientResponse, name: str) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > MAX_ANSWER:
            raise UserError(f"{name} answers with over {MAX_ANSWER >> 20} MB. Cure: narrow what is asked for.")
    return bytes(body)


def _refusal(name: str, answer: aiohttp.ClientResponse, data: bytes) -> Transient | UserError:
    said = " ".join(data[:400].decode("utf-8", "replace").split())
    if answer.status in (408, 429) or answer.status >= 500 or "Throttl" in said:
        wait = answer.headers.get("retry-after", "")
        return Transient(
            f"{name} cannot answer now ({answer.status}).", retry_after=float(wait) if wait.isdecimal() else None
        )
    if answer.status in (401, 403):
        return UserError(f"{name} does not let us read ({answer.status}): {said}. Cure: see its settings.")
    return UserError(f"{name} refuses ({answer.status}): {said}")
