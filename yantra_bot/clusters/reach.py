"""Where health checks may go: to the new pods in the operator's networks, to public addresses, and to listed hosts.

Addresses of pods are taken from the cluster's own words and still judged; those of a repository's rules are judged when
they are read, when their names were looked up, and it is the judged address that is connected to.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from yarl import URL

from yantra_bot.errors import SettingsError, UserError
from yantra_bot.runs.health_rules import problem_of_url
from yantra_bot.sandbox.destinations import is_public, may_be_own

DEFAULT_NETWORKS: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_CURE: Final = "Cure: have the operator add it to"


@dataclass(frozen=True, slots=True)
class Reach:
    """What the operator allows."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    hosts: frozenset[tuple[str, int]]

    @classmethod
    def read(cls, networks: Sequence[str], hosts: Iterable[str]) -> "Reach":
        """Read the settings. Raises SettingsError; no networks are the usual private ones."""
        try:
            found = tuple(ipaddress.ip_network(one) for one in networks or DEFAULT_NETWORKS)
        except ValueError as problem:
            raise SettingsError(f"YANTRA_POD_NETWORKS: {problem}. Cure: write networks such as 10.42.0.0/16.") from None
        return cls(found, frozenset(place for one in hosts for place in _read_host(one)))

    def refuse_pod(self, address: str) -> str:
        """Return why a pod's address is not asked, with the cure; empty: it is."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return f"{address[:60]!a} is no address."
        if any(parsed in one for one in self.networks):
            return ""
        return f"{parsed} is in none of the networks in which pods may be asked. {_CURE} YANTRA_POD_NETWORKS."

    def read_url(self, text: str) -> URL:
        """Return an address as it is asked for. Raises UserError for one that is odd or must not be asked."""
        if problem := problem_of_url(text):
            raise UserError(f"The address {problem}.")
        url = URL(text)
        host, port = url.raw_host or "", url.port or DEFAULT_PORTS[url.scheme]
        if "xn--" in host and (host, port) not in self.hosts:
            raise UserError(f"{host} has foreign letters, which can look like others. {_CURE} YANTRA_HEALTH_HOSTS.")
        if _is_number(host) and not self.may_connect(host, port, host):
            raise UserError(f"{host} is no public address. {_CURE} YANTRA_HEALTH_HOSTS.")
        return url

    def may_connect(self, host: str, port: int, address: str) -> bool:
        """Say whether an address may be connected to for a host; one that no server has, never."""
        return is_public(address) or ((host, port) in self.hosts and may_be_own(address))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _read_host(text: str) -> list[tuple[str, int]]:
    """Return host and port of one word; without a port both usual ones."""
    try:
        url = URL(f"http://{text.lower()}")
        host, port = url.raw_host or "", url.explicit_port
    except ValueError:
        host, port = "", None
    if not host or url.raw_path not in ("", "/") or url.user is not None or problem_of_url(f"http://{text.lower()}/"):
        raise SettingsError(
            f"YANTRA_HEALTH_HOSTS has {text!r}. Cure: write a host, or host and port, such as shop.internal:8080."
        )
    return [(host, port)] if port is not None else [(host, 80), (host, 443)]
