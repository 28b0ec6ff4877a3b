"""Gets one page: GET alone, of a listed host, at an address of the public network that was looked at before.

Sends no cookie, no credential and no referrer, runs nothing of what comes back, and keeps nothing. Each redirect is
judged as the first address was.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from yarl import URL

from yantra_bot.errors import SettingsError, UserError
from yantra_bot.pinning import JudgedResolver
from yantra_bot.sandbox.destinations import is_public, resolve
from yantra_bot.web.addresses import Address, Site, judge_address
from yantra_bot.web.text import read_html

MAX_REDIRECTS: Final = 3
HEADERS: Final = {
    "user-agent": "yantra",
    "accept": "text/html, text/*, application/json",
    "accept-encoding": "identity",
}
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_READABLE: Final = frozenset({"application/json", "application/xml", "application/toml", "application/yaml"})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What one page may take."""

    seconds: float = 15.0
    """Altogether, redirects included."""
    received_bytes: int = 1 << 20


class Pages:
    """Reads pages of the listed hosts. `resolve` and `may_connect` turn a name into addresses, and judge these."""

    def __init__(
        self,
        sites: Sequence[Site],
        *,
        secrets: Sequence[str] = (),
        ca_file: Path | None = None,
        limits: PageLimits | None = None,
        resolve: Callable[[str, int], Awaitable[list[str]]] = resolve,
        may_connect: Callable[[str], bool] = is_public,
    ) -> None:
        """`secrets` may leave in no address. Raises SettingsError where `ca_file` holds no certificates."""
        self._sites, self._secrets, self._limits = tuple(sites), tuple(secrets), limits or PageLimits()
        self._resolver = JudgedResolver(may_connect, resolve=resolve)
        try:
            self._trust = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        except OSError as problem:
            raise SettingsError(f"ca_file {ca_file} holds no certificates ({problem}). Name a PEM file.") from problem

    async def __call__(self, url: str) -> str:
        """Return the text of a page. Raises UserError with the reason where there is none."""
        address = self._judge(url)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(address)
        except TimeoutError:
            raise UserError(f"{address.site.host} took over {self._limits.seconds:.0f} s. Do without it.") from None
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            raise UserError(f"{address.site.host} cannot be read: {_words_of(problem)}. Do without it.") from None

    def _judge(self, url: str) -> Address:
        return judge_address(url, self._sites, secrets=self._secrets)

    async def _follow(self, address: Address) -> str:
        # A session for each page: nothing that one site says is ever told to another.
        connector = aiohttp.TCPConnector(
            ssl=self._trust, resolver=self._resolver, force_close=True, use_dns_cache=False
        )
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, headers=HEADERS
        ) as session:
            for _ in range(MAX_REDIRECTS + 1):
                url = URL(address.url, encoded=True)
                async with session.get(url, allow_redirects=False) as answer:
                    if answer.status not in _MOVED:
                        return await self._read(answer)
                    address = self._judge(str(url.join(URL(answer.headers.get("location", ""), encoded=True))))
        raise UserError(f"{address.site.host} leads on more than {MAX_REDIRECTS} times. Do without it.")

    async def _read(self, answer: aiohttp.ClientResponse) -> str:
        host = answer.url.host
        if answer.status != 200:
            raise UserError(f"{host} answers with HTTP {answer.status}. Ask for a page that is there.")
        kind = answer.content_type
        if not kind.startswith("text/") and kind not in _READABLE | _HTML:
            raise UserError(f"{host} sends {kind[:60]!a}, which is no text. Only text can be read.")
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise UserError(f"{host} sends packed data although none was asked for. Do without it.")
        body = bytearray()
        async for chunk in answer.content.iter_chunked(1 << 16):
            body += chunk
            if len(body) > self._limits.received_bytes:
                raise UserError(f"The page is larger than {self._limits.received_bytes >> 10} KiB. Do without it.")
        text = _decode(bytes(body), answer.charset)
        return await asyncio.to_thread(read_html, text) if kind in _HTML else text


def _decode(body: bytes, charset: str | None) -> str:
    try:
        return body.decode(charset or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _words_of(problem: Exception) -> str:
    inner = problem.os_error if isinstance(problem, aiohttp.ClientConnectorError) else problem
    return f"{type(inner).__name__}: {inner}"[:200]
