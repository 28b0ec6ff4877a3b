"""Reads a request's body within bounds of size, time and memory, before anybody knows who sent it.

It never inflates, decodes or parses anything.
"""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from yantra_bot.webhooks.metrics import Outcome


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bounds of one body, and of all that are being read at once."""

    body_bytes: int = 25 * 1024 * 1024
    """What GitHub sends at most."""
    body_seconds: float = 30.0
    """Time from the head to the last byte."""
    free_bytes: int = 256 * 1024
    """What each body may hold of memory without asking; nearly every delivery fits."""
    shared_bytes: int = 256 * 1024 * 1024
    """What all larger bodies together may hold beyond that."""


class RefusedBodyError(Exception):
    """The body will not be read to its end. The connection has to be closed, since what follows on it is unknown."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


class BodyReader:
    """Reads bodies of many requests under one shared bound of memory."""

    def __init__(self, limits: BodyLimits) -> None:
        self._limits = limits
        self._shared = 0

    def check_length(self, request: web.BaseRequest) -> None:
        """Raise RefusedBodyError when the head announces more than is taken."""
        if (request.content_length or 0) > self._limits.body_bytes:
            raise RefusedBodyError(Outcome.TOO_LARGE)

    async def read(self, request: web.BaseRequest) -> bytes:
        """Return the raw body. Raises RefusedBodyError when it is too large, too slow, broken, or too much at once."""
        self.check_length(request)
        stream = request.content
        if stream.is_eof() and stream.total_bytes <= self._limits.free_bytes:
            return stream.read_nowait()
        held = 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                parts: list[bytes] = []
                size = 0
                while part := await stream.readany():
                    parts.append(part)
                    size += len(part)
                    held += self._hold(size, held)
                return b"".join(parts)
        except TimeoutError as error:
            raise RefusedBodyError(Outcome.TOO_SLOW) from error
        except web.RequestPayloadError as error:
            raise RefusedBodyError(Outcome.MALFORMED) from error
        finally:
            self._shared -= held

    def _hold(self, size: int, held: int) -> int:
        """Take what a body of `size` needs beyond what it holds; return how much that was."""
        if size > self._limits.body_bytes:
            raise RefusedBodyError(Outcome.TOO_LARGE)
        more = max(0, size - self._limits.free_bytes - held)
        if self._shared + more > self._limits.shared_bytes:
            raise RefusedBodyError(Outcome.UNAVAILABLE)
        self._shared += more
        return more
