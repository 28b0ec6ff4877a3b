"""Bytes to the forge and back over HTTPS: the aiohttp adapter.

It knows nothing of GitHub, follows no redirect, keeps no cookie and retries nothing.
"""

import io
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import aiohttp
from yarl import URL

from yantra_bot.errors import SettingsError, Transient
from yantra_bot.forge.answers import EffectUnknown, Response
from yantra_bot.pinning import JudgedResolver

LARGE_BODY_BYTES = 256 * 1024
MAX_BODY_BYTES = 32 * 1024 * 1024


class Transport(Protocol):
    """Sends one HTTP request."""

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Return the whole answer. Raises Transient when nothing was sent, EffectUnknown when the answer was lost."""


class HttpTransport:
    """One pool of connections, opened at the first request in the running loop. `close` it at the end."""

    def __init__(
        self,
        *,
        timeout: float = 30.0,
        connect_timeout: float = 10.0,
        ca_file: Path | None = None,
        only_public: bool = False,
    ) -> None:
        """`timeout` and `connect_timeout` are seconds for a whole request and for reaching the host.

        With `only_public` a name that leads into a network that is not public is reached at none of its addresses.
        Raises SettingsError when `ca_file` (PEM, trusted instead of the system's) cannot be read.
        """
        self._only_public = only_public
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=connect_timeout)
        self._trust = _read_trust(ca_file)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Response:
        host = URL(url).host
        try:
            async with self._open().request(
                method, URL(url, encoded=True), headers=headers, data=_as_data(body), allow_redirects=False
            ) as answer:
                content = await _read_bounded(answer.content)
                lowered = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status, lowered, content)
        except aiohttp.ClientConnectorError as error:
            raise Transient(f"{host} cannot be reached ({error.os_error}). It is tried again.") from error
        except aiohttp.ServerTimeoutError as error:
            raise EffectUnknown(f"{host} did not answer in time. It is tried again.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise EffectUnknown(
                f"The connection to {host} broke ({type(error).__name__}). It is tried again."
            ) from error

    async def close(self) -> None:
        """Close the connections. A later request opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(
                    ssl=self._trust, limit_per_host=20, resolver=JudgedResolver() if self._only_public else None
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _as_data(body: bytes) -> bytes | io.BytesIO | None:
    """Return a body as it is sent: a large one in parts, so that others get their turn meanwhile."""
    return io.BytesIO(body) if len(body) > LARGE_BODY_BYTES else body or None


def _read_trust(ca_file: Path | None) -> ssl.SSLContext | bool:
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:
        raise SettingsError(f"ca_file {ca_file} holds no certificates ({error}). Name a PEM file.") from error


async def _read_bounded(stream: aiohttp.StreamReader) -> bytes:
    chunks, size = [], 0
    async for chunk in stream.iter_chunked(65536):
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise EffectUnknown(f"GitHub's answer is larger than {MAX_BODY_BYTES} bytes and was dropped.")
        chunks.append(chunk)
    return b"".join(chunks)
