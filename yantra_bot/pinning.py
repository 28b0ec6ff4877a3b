"""Names to addresses for aiohttp, each address judged before it is connected to: what was looked at is what is reached.

An address that is written as a number is never looked up: who takes addresses from strangers judges these himself.
"""

import socket
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from yantra_bot.sandbox.destinations import is_public, resolve

Resolve = Callable[[str, int], Awaitable[list[str]]]
NOT_ALLOWED: Final = "has no address, or one that is not public"


class JudgedResolver(AbstractResolver):
    """Implements aiohttp's resolver. A name with one address that may not be connected to is reached at none."""

    def __init__(
        self, may_connect: Callable[[str], bool] = is_public, *, resolve: Resolve = resolve, reason: str = NOT_ALLOWED
    ) -> None:
        self._may_connect, self._resolve, self._reason = may_connect, resolve, reason

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises OSError where there is none, or one that may not be connected to."""
        found = await self._resolve(host, port)
        if not found or not all(self._may_connect(address) for address in found):
            raise OSError(f"{host} {self._reason}")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""
