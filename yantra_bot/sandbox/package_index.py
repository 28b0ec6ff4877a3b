"""Where packages may come from, as the operator set it, and which hosts that means. Downloads no package."""

import asyncio
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import structlog

from yantra_bot.errors import SettingsError
from yantra_bot.sandbox.destinations import Destination, find_own_addresses

_HTTPS = 443
_ANSWER_BYTES = 4 << 20
_ANSWER_SECONDS = 20.0
_LINK = re.compile(rb"""href\s*=\s*["']?(https://[^"'\s>]+)""", re.IGNORECASE)
_KNOWN_PROJECT = "pip/"
"""A project that every index of Python packages has; its page shows where the index keeps its files."""


@dataclass(frozen=True, slots=True)
class PackageIndex:
    """The operator's package sources. Nothing in a repository can add to them.

    `url` is the https address of a simple index (None: no network at all); `find_links` are folders of wheels;
    `file_indexes` are folders that hold a simple index in `simple/`; `ca_file` is a bundle of certificates to trust
    instead of the usual ones; `file_hosts` are hosts, or host:port, that serve the index's files, when they cannot be
    learnt from its pages; `npm_url` is the https address of a registry of npm packages. Raises SettingsError when an
    address cannot be used.
    """

    url: str | None = None
    find_links: tuple[Path, ...] = ()
    ca_file: Path | None = None
    file_indexes: tuple[Path, ...] = ()
    file_hosts: tuple[str, ...] = ()
    npm_url: str | None = None

    def __post_init__(self) -> None:
        for address in (self.url, self.npm_url):
            if address is not None:
                _check_address(address)

    @property
    def is_empty(self) -> bool:
        return self.url is None and not self.find_links and not self.file_indexes


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise SettingsError("The package index has to be an https address. Cure: set it, or use a folder of wheels.")
    if parts.username or parts.password or parts.query:
        raise SettingsError(
            "The package index's address holds credentials, which a sandbox must never see. "
            "Cure: use an index that needs none from this machine, or a folder of wheels."
        )


async def find_destinations(index: PackageIndex) -> tuple[Destination, ...]:
    """Return all that an installation from `index` has to reach; nothing for an index without an address.

    Asks the index where its files lie, unless `file_hosts` says it. To be called before untrusted code runs.
    """
    hosts: list[tuple[str, int]] = []
    for address in (index.url, index.npm_url):
        if address is not None:
            parts = urlsplit(address)
            hosts.append((parts.hostname or "", parts.port or _HTTPS))
    if index.url is not None:
        hosts += [_split_host(text) for text in index.file_hosts] or await asyncio.to_thread(_learn_file_hosts, index)
    return tuple([Destination(host, port, await find_own_addresses(host, port)) for host, port in dict.fromkeys(hosts)])


def _split_host(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise SettingsError(f"{text!r} is no host. Cure: write package file hosts as `host` or `host:port`.")
    return parts.hostname, parts.port or _HTTPS


def _learn_file_hosts(index: PackageIndex) -> list[tuple[str, int]]:
    """Return the hosts that a page of the index links to. An index that does not answer is no error here."""
    context = ssl.create_default_context(cafile=None if index.ca_file is None else str(index.ca_file))
    address = urljoin(f"{(index.url or '').rstrip('/')}/", _KNOWN_PROJECT)
    request = urllib.request.Request(address, headers={"Accept": "text/html"})  # noqa: S310 (checked to be https)
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS, context=context) as answer:  # noqa: S310 (same)
            page = answer.read(_ANSWER_BYTES)
    except (urllib.error.URLError, OSError) as error:
        structlog.get_logger().warning("package_index_unreachable", error=type(error).__name__)
        return []
    return _find_linked_hosts(_LINK.findall(page))


def _find_linked_hosts(links: Iterable[bytes]) -> list[tuple[str, int]]:
    hosts: dict[tuple[str, int], None] = {}
    for link in links:
        parts = urlsplit(link.decode("ascii", "replace"))
        if parts.hostname:
            hosts[parts.hostname, parts.port or _HTTPS] = None
    return list(hosts)
