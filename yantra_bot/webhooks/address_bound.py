"""Bounds how many connections one address holds open. It looks at addresses only, and remembers none."""

import asyncio
from collections.abc import Collection
from ipaddress import IPv6Network, ip_address
from typing import Final

from aiohttp import web

_BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class AddressBound(asyncio.Protocol):
    """A new connection until its address is known: then it is the server's, or is told to come later."""

    def __init__(self, server: web.Server, each: int, exempt: Collection[str]) -> None:
        self._server, self._each, self._exempt = server, each, exempt

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand the connection to the server if its address has room."""
        assert isinstance(transport, asyncio.Transport), "TCP makes no others"  # noqa: S101 (narrows a type)
        peer, network = _address_of(transport), _network_of(transport)
        held = sum(_network_of(one.transport) == network for one in self._server.connections)
        if peer not in self._exempt and held >= self._each:
            transport.write(_BUSY)
            transport.close()
            return
        taken = self._server()
        transport.set_protocol(taken)
        taken.connection_made(transport)


def _address_of(transport: asyncio.BaseTransport | None) -> str:
    peer = transport.get_extra_info("peername") if transport else None
    return str(peer[0]) if peer else ""


def _network_of(transport: asyncio.BaseTransport | None) -> str:
    """Return what counts as one address: one of IPv4, or 64 bits of IPv6, which is what one subscriber has."""
    address = _address_of(transport).partition("%")[0]
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(found.ipv4_mapped or IPv6Network((int(found), 64), strict=False))
