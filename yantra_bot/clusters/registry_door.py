"""One registry of images over HTTPS: bounded GETs with the credentials it asks for, and redirects that are judged.

Manifests come from the registry itself. Blobs may lie in a storage elsewhere, which is reached without credentials, at
addresses of the public network alone.
"""

import asyncio
import hashlib
import ipaddress
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from pydantic import SecretStr
from yarl import URL

from yantra_bot.clusters.registry_credentials import Challenge, basic, read_challenge
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.pinning import JudgedResolver, Resolve
from yantra_bot.sandbox.destinations import is_public, may_be_own, resolve

MAX_MANIFEST: Final = 4 << 20
MAX_TOKEN: Final = 1 << 20
MAX_REDIRECTS: Final = 3
SECONDS: Final = 20.0
HEADERS: Final = {"user-agent": "yantra", "accept-encoding": "identity"}
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Got:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom is believed, and what may be reached. Tests let storages be on this machine."""

    context: ssl.SSLContext
    token_hosts: frozenset[str] = frozenset()
    resolve: Resolve = resolve
    may_store: Callable[[str], bool] = is_public


class RegistryDoor:
    """The part of one repository of images, for one look: a token lasts as long."""

    def __init__(self, base: URL, path: str, secret: SecretStr | None, trust: Trust) -> None:
        """`base` is scheme and host of the registry, `path` the repository's name there."""
        self._base, self._path, self._secret, self._trust = base, path, secret, trust
        self._authorization = ""

    async def manifest(self, reference: str, accepted: tuple[str, ...]) -> Got:
        """Return a manifest by tag or digest: status 200 or 404, nothing else. Raises Permanent, Transient."""
        url = self._base / "v2" / self._path / "manifests" / reference
        return await self._ask(url, {"accept": ", ".join(accepted)}, most=MAX_MANIFEST, follows=False)

    async def blob(self, digest: str, *, most: int) -> bytes:
        """Return a blob of at most `most` bytes, its digest compared. Raises UserError, Permanent, Transient."""
        url = self._base / "v2" / self._path / "blobs" / digest
        got = await self._ask(url, {}, most=most, follows=True)
        if got.status != 200:
            raise UserError(f"{self._base.host} lacks a part of the image. Push it again.")
        check_digest(got.body, digest, host=self._base.host or "")
        return got.body

    async def _ask(self, url: URL, headers: Mapping[str, str], *, most: int, follows: bool) -> Got:
        """Ask, and once more with credentials where these are wanted."""
        got = await self._follow(url, headers, most=most, follows=follows)
        if got.status == 401:
            self._authorization = await self._authorize(got)
            got = await self._follow(url, headers, most=most, follows=follows)
        if got.status in (401, 403):
            raise Permanent(
                f"{self._base.host} does not let {self._path} be read (HTTP {got.status}). Cure: have the operator "
                "write a name and password that may into YANTRA_REGISTRY_CONFIG."
            )
        return _checked(got, self._base.host or "")

    async def _follow(self, url: URL, headers: Mapping[str, str], *, most: int, follows: bool) -> Got:
        for _ in range(MAX_REDIRECTS + 1):
            is_own = url.origin() == self._base.origin()
            secret = {"authorization": self._authorization} if self._authorization and is_own else {}
            got = await self._get(url, {**headers, **secret}, most=most, is_own=is_own)
            if got.status not in _MOVED:
                return got
            url = self._judge_redirect(url, got.headers.get("location", ""), follows=follows)
        raise Permanent(f"{self._base.host} redirects more than {MAX_REDIRECTS} times. Report that to its operator.")

    def _judge_redirect(self, url: URL, location: str, *, follows: bool) -> URL:
        """Return where to go on. To another host leads only what is a blob, and only by https."""
        host = self._base.host
        try:
            target = url.join(URL(location, encoded=True))
            is_own = target.origin() == self._base.origin()
        except ValueError as error:
            raise Permanent(f"{host} redirects to what is no address. Report that to its operator.") from error
        if not location or target.user is not None or not (is_own or follows):
            raise Permanent(f"{host} redirects a manifest to {target.host}, which is not followed.")
        if not is_own and target.scheme != "https" and self._base.scheme == "https":
            raise Permanent(f"{host} redirects to an address without encryption, which is not followed.")
        return target

    async def _authorize(self, refused: Got) -> str:
        header = refused.headers.get("www-authenticate", "")
        challenge = read_challenge(header, self._base, self._trust.token_hosts)
        if challenge is None:
            raise Permanent(
                f"{self._base.host} wants a token of a host that it may not name, or asks oddly. Cure: where that is "
                "meant, have the operator add the host to YANTRA_REGISTRY_TOKEN_HOSTS."
            )
        if challenge.realm is None:
            return "" if self._secret is None else basic(self._secret)
        return await self._token(challenge.realm, challenge)

    async def _token(self, realm: URL, challenge: Challenge) -> str:
        """Ask for a token that may read this repository, whatever the registry would have us ask for."""
        asked = {"scope": f"repository:{self._path}:pull"} | (
            {"service": challenge.service} if challenge.service else {}
        )
        headers = {} if self._secret is None else {"authorization": basic(self._secret)}
        got = await self._get(realm.update_query(asked), headers, most=MAX_TOKEN, is_own=True)
        if got.status in (400, 401, 403, 404):
            raise Permanent(
                f"{realm.host} gives no token for {self._path} (HTTP {got.status}). Cure: have the operator write a "
                "name and password that may into YANTRA_REGISTRY_CONFIG."
            )
        found = _token_of(_checked(got, realm.host or "").body)
        if not found:
            raise Permanent(f"{realm.host} answers without a token. Check that it is a registry's.")
        return f"Bearer {found}"

    async def _get(self, url: URL, headers: Mapping[str, str], *, most: int, is_own: bool) -> Got:
        may_connect = _may_serve if is_own else self._trust.may_store
        host = url.host or ""
        if _is_address(host) and not may_connect(host):
            raise Permanent(f"{host} is no address that may be asked for images.")
        reason = "has no address, or one that may not be asked"
        resolver = JudgedResolver(may_connect, resolve=self._trust.resolve, reason=reason)
        connector = aiohttp.TCPConnector(
            ssl=self._trust.context, resolver=resolver, force_close=True, use_dns_cache=False
        )
        try:
            async with (
                asyncio.timeout(SECONDS),
                aiohttp.ClientSession(
                    connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, headers=HEADERS
                ) as session,
                session.get(url, headers=headers, allow_redirects=False) as answer,
            ):
                lowered = {name.lower(): value for name, value in answer.headers.items()}
                return Got(answer.status, lowered, await _read(answer, most, host))
        except TimeoutError:
            raise Transient(f"{host} took over {SECONDS:.0f} s. It is asked again.") from None
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            inner = problem.os_error if isinstance(problem, aiohttp.ClientConnectorError) else problem
            raise Transient(f"{host} cannot be reached ({type(inner).__name__}: {inner})."[:300]) from problem


def check_digest(body: bytes, digest: str, *, host: str) -> None:
    """Raise UserError where bytes are not those that a digest names."""
    found = f"sha256:{hashlib.sha256(body).hexdigest()}"
    if found != digest:
        raise UserError(f"{host} sends {found[:19]}… for {digest[:19]}…, so that nothing of it is believed. Push anew.")


async def _read(answer: aiohttp.ClientResponse, most: int, host: str) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > most:
            raise UserError(f"{host} sends more than {most >> 10} KiB for what is small in any image. Push it anew.")
    return bytes(body)


def _checked(got: Got, host: str) -> Got:
    if got.status == 429 or got.status >= 500:
        wait = got.headers.get("retry-after", "")
        retry_after = min(float(wait), 300.0) if wait.isdecimal() else None
        raise Transient(f"{host} has trouble (HTTP {got.status}). It is asked again.", retry_after=retry_after)
    if got.status not in (200, 404):
        raise Permanent(f"{host} answers with HTTP {got.status}. Check that it is a registry of images.")
    return got


def _token_of(body: bytes) -> str:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    token = (found.get("token") or found.get("access_token")) if isinstance(found, dict) else None
    is_plain = isinstance(token, str) and token.isascii() and token.isprintable() and " " not in token
    return token if isinstance(token, str) and is_plain else ""


def _may_serve(address: str) -> bool:
    """The operator named the registry, so that it may lie in their own network; a cloud's metadata never is one."""
    return is_public(address) or may_be_own(address)


def _is_address(host: str) -> bool:
    """Whether a host is an address that is never looked up; other spellings of one are, and judged then."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
