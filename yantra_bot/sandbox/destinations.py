"""Which hosts a sandbox may reach, and which of their addresses: pure rules, and the one place that resolves a name."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Destination:
    """One host and port that a sandbox may reach, through the proxy.

    `own_addresses` are addresses that are not public and nevertheless the operator's: what the host resolved to before
    any untrusted code ran.
    """

    host: str
    port: int
    own_addresses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How a CONNECT request names it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def may_connect(self, address: str) -> bool:
        """Say whether `address`, which the host was resolved to just now, may be connected to."""
        return is_public(address) or address in self.own_addresses


def is_public(address: str) -> bool:
    """Say whether an address belongs to the public network; forms that wrap an address are judged by what they wrap."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)))
        if parsed.sixtofour is not None or parsed.teredo is not None:
            return False
    return parsed.is_global and not parsed.is_multicast


async def find_own_addresses(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host that are not public, but may be the operator's own network."""
    return tuple(address for address in await resolve(host, port) if not is_public(address) and may_be_own(address))


def may_be_own(address: str) -> bool:
    """Say no to addresses that nobody means to serve at: link-local ones (a cloud's metadata), multicast, 0.0.0.0."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return False
    return not (parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified)


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, without doubles; none when it cannot be resolved."""
    try:
        answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
