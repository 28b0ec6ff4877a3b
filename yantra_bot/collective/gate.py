"""Reads bodies of requests whose head was found right: bounded in size, in time, in number, and for each address.

What is too much is told at once to come again later; nobody waits for who is slow.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final

from aiohttp import web

from yantra_bot.collective.messages import DIGEST, MOST_BYTES
from yantra_bot.errors import Transient, UserError

BODY_SECONDS: Final = 10.0
BODIES_AT_ONCE: Final = 128
"""Of `MOST_BYTES` each: 8 MiB in all."""
BODIES_EACH: Final = 4
"""Of one address."""


class Gate:
    """Counts who is being read. One for each service."""

    def __init__(self, proxies: Collection[str], *, seconds: float = BODY_SECONDS) -> None:
        """`proxies` are the addresses whose word is taken for whom they speak for; `seconds` is a body's time."""
        self._proxies, self._seconds = frozenset(proxies), seconds
        self._reading: Counter[str] = Counter()

    async def read(self, request: web.Request) -> bytes:
        """Return a body that is the one its head names.

        Raises HTTPLengthRequired and HTTPRequestEntityTooLarge before a byte is read, Transient where too many are
        being read, TimeoutError for a slow one, UserError for another body than the head's.
        """
        if request.content_length is None:
            raise web.HTTPLengthRequired
        if request.content_length > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length)
        address = self._address(request)
        if self._reading.total() >= BODIES_AT_ONCE or (address and self._reading[address] >= BODIES_EACH):
            raise Transient("Too many bodies are being read. Cure: come again in a minute.")
        self._reading[address] += 1
        try:
            async with asyncio.timeout(self._seconds):
                body = await request.read()
        finally:
            self._reading[address] -= 1
            self._reading += Counter()  # forgets who is at 0
        if hashlib.sha256(body).hexdigest() != request.headers.get(DIGEST):
            raise UserError("A body is not the one that its head names. Cure: upgrade the client.")
        return body

    def _address(self, request: web.Request) -> str:
        """Return who is asking; empty for a proxy that does not say for whom: all of its clients would be one."""
        peer = request.remote or ""
        if peer not in self._proxies:
            return peer
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        try:
            return str(ip_address(told))
        except ValueError:
            return ""
