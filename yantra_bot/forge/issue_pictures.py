"""Pictures that people put into issues, fetched from where the forge keeps them, and from nowhere else.

The address was written by anybody: it is compared exactly with the hosts that the forge serves pictures from, no
credentials go there, and a redirect is judged as the first address was. Hosts other than the forge's own are reached at
addresses of the public network alone.
"""

import re
from typing import Final

from yarl import URL

from yantra_bot.errors import Permanent, UserError
from yantra_bot.forge.client import read_base_url
from yantra_bot.forge.transport import Transport

MAX_BYTES: Final = 5_000_000
MAX_REDIRECTS: Final = 3
GITHUB: Final = "github.com"
CONTENT_HOSTS: Final = frozenset(
    {"user-images.githubusercontent.com", "private-user-images.githubusercontent.com", "raw.githubusercontent.com"}
)
"""Hosts of github.com that hold what people uploaded, and files of repositories."""
STORAGE_HOSTS: Final = frozenset(
    {"github-production-user-asset-6210df.s3.amazonaws.com", "objects.githubusercontent.com"}
)
"""Where these lead to; never asked by an address that a person wrote."""
_PATHS: Final = re.compile(r"/(user-attachments/assets/[\w-]+|[\w.-]+/[\w.-]+/(assets|raw|blob)/[\w./%-]+)")
"""Of the forge's own host: uploads, and files of a repository."""
_ODD: Final = re.compile(r"[\x00-\x20\x7f-\uffff\\]")


class IssuePictures:
    """Fetches pictures for one forge."""

    def __init__(self, own: Transport, elsewhere: Transport | None, *, base_url: str) -> None:
        """`own` reaches the API's host, `elsewhere` public hosts alone; None: only the API's host is asked."""
        self._own, self._elsewhere = own, elsewhere
        base = read_base_url(base_url)
        self._is_github = base.host == f"api.{GITHUB}"
        self._pages = URL(f"https://{GITHUB}") if self._is_github else base.origin()

    async def fetch(self, address: str) -> bytes:
        """Return the bytes, whatever they are. Raises UserError for a place that is not asked, Permanent, Transient."""
        place, is_written = _parse(address), True
        for _ in range(MAX_REDIRECTS + 1):
            transport = self._transport_to(place, is_written=is_written)
            response = await transport.send("GET", str(place), {"user-agent": "yantra", "accept": "image/*"}, b"")
            location = response.headers.get("location")
            if response.status in {301, 302, 303, 307, 308} and location:
                place, is_written = place.join(_parse(location)), False
                continue
            if response.status != 200:
                raise Permanent(f"{place.host} answers with HTTP {response.status}.")
            if len(response.body) > MAX_BYTES:
                raise Permanent(f"It has {len(response.body)} bytes, and {MAX_BYTES} are taken.")
            return response.body
        raise Permanent(f"{place.host} redirects in a circle.")

    def _transport_to(self, place: URL, *, is_written: bool) -> Transport:
        host = place.host or ""
        if place.user is None and place.password is None:
            if host and place.origin() == self._pages and _PATHS.fullmatch(place.raw_path):
                return self._reach_pages()
            allowed = self._content_hosts() | (frozenset() if is_written else STORAGE_HOSTS)
            is_plain = place.scheme == "https" and place.explicit_port in (None, 443)
            if is_plain and host in allowed and self._elsewhere is not None:
                return self._elsewhere
        raise UserError(f"It lies at {host[:100] or 'no host'}, which is not asked for pictures.")

    def _content_hosts(self) -> frozenset[str]:
        # An installation of its own keeps them under names below its own.
        return CONTENT_HOSTS if self._is_github else frozenset({f"media.{self._pages.host}", f"raw.{self._pages.host}"})

    def _reach_pages(self) -> Transport:
        if self._is_github and self._elsewhere is not None:
            return self._elsewhere
        return self._own


def _parse(address: str) -> URL:
    if len(address) > 2_000 or _ODD.search(address):
        raise UserError("Its address is not one of a picture.")
    try:
        found = URL(address, encoded=True)
        found.explicit_port  # noqa: B018 (an odd port is only found out when it is asked for)
    except ValueError as odd:
        raise UserError("Its address is not one of a picture.") from odd
    return found
