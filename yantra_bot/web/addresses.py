"""Which addresses may be asked for: an exact list of hosts, and nothing in the address that could carry a secret out.

Pure. An address is judged as it was written and taken apart once: what is asked for is put together from its parts.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from yantra_bot.domain.redaction import redact
from yantra_bot.errors import SettingsError, UserError

PORTS: Final = {"https": 443, "http": 80}
MAX_LENGTH: Final = 600
"""Characters of an address."""
LONGEST_RUN: Final = 40
"""Letters and digits in a row: as many as a commit's id has."""
RANDOM_RUN: Final = 20
"""From here on a row of letters and digits may not look drawn by lot."""
MAX_BITS: Final = 3.7
"""Bits of entropy a character, over the row itself. Words stay below; keys, and data in base64 or base32, do not."""
SHORTEST_SECRET: Final = 8

_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_TEXT: Final = re.compile(r"[\x21-\x7e]+")
_RUN: Final = re.compile(r"[A-Za-z0-9+/=_%-]+")
_HEX: Final = re.compile(r"[0-9a-f]{7,40}")


@dataclass(frozen=True, slots=True)
class Site:
    """One scheme, host and port that may be asked."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be asked for."""

    site: Site
    target: str
    """Path and query, as they were written."""

    @property
    def url(self) -> str:
        port = "" if PORTS[self.site.scheme] == self.site.port else f":{self.site.port}"
        return f"{self.site.scheme}://{self.site.host}{port}{self.target}"


def read_sites(hosts: Iterable[str]) -> tuple[Site, ...]:
    """Read the operator's list: `host`, `host:port`, or `http://host` for one without TLS. Raises SettingsError."""
    return tuple(_read_site(host.strip()) for host in hosts)


def _read_site(text: str) -> Site:
    scheme, _, rest = text.rpartition("://")
    host, _, port = rest.lower().partition(":")
    scheme = scheme or "https"
    is_port = not port or (port.isascii() and port.isdigit() and 0 < int(port) < 65_536)
    if scheme not in PORTS or not _NAME.fullmatch(host) or not is_port:
        raise SettingsError(
            f"fetch_hosts: {text!a} is no host. Write docs.example.org, docs.example.org:8443, or, for a host without "
            "TLS, http://docs.example.org; each by its whole name, a foreign one as xn--…."
        )
    return Site(scheme, host, int(port) if port else PORTS[scheme])


def judge_address(text: str, sites: Sequence[Site], *, secrets: Sequence[str] = ()) -> Address:
    """Return what may be asked for. Raises UserError with the reason.

    `secrets` are values that may leave in no form. What follows a # is left out: it is never sent.
    """
    if len(text) > MAX_LENGTH or not _TEXT.fullmatch(text) or "\\" in text:
        raise UserError(f"This is no address: one has at most {MAX_LENGTH} plain characters, without spaces or \\.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UserError("This is no address. Write it as https://host/path.") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in PORTS or parts.netloc.count("@") or not host:
        raise UserError("Only https://host/path can be read, without a user or a password in it.")
    site = Site(parts.scheme, host, port or PORTS[parts.scheme])
    if site not in sites:
        there = ", ".join(sorted({one.host for one in sites}))
        raise UserError(f"{host} is none of the hosts that the operator allows in this way. Allowed are: {there}.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    _refuse_secrets(target, secrets)
    return Address(site, target)


def _refuse_secrets(target: str, secrets: Sequence[str]) -> None:
    forms = {target, once := unquote(target), unquote(once)}
    plain = "".join(character for character in "".join(forms).lower() if character.isalnum())
    for secret in secrets:
        bare = "".join(character for character in secret.lower() if character.isalnum())
        if len(bare) >= SHORTEST_SECRET and bare in plain:
            raise UserError("The address holds something that may not leave. It was not asked for.")
    if any(redact(form) != form for form in forms):
        raise UserError("The address holds what looks like a secret. It was not asked for.")
    for run in (found for form in forms for found in _RUN.findall(form)):
        if any(_looks_random(part) for part in re.split(r"[/=_%-]", run)):
            raise UserError(
                "The address holds a long row of letters and digits, in which data could be sent out. Ask for a page "
                "by its name."
            )


def _looks_random(part: str) -> bool:
    """Tell whether a row of letters and digits may be a key or packed data; an id of a commit is none."""
    if len(part) <= LONGEST_RUN and _HEX.fullmatch(part):
        return False
    if len(part) > LONGEST_RUN:
        return True
    if len(part) < RANDOM_RUN:
        return False
    counts = Counter(part)
    bits = -sum(count / len(part) * math.log2(count / len(part)) for count in counts.values())
    is_mixed = any(one.isdigit() for one in part) or (
        part != part.lower() and not re.fullmatch(r"(?:[A-Z]?[a-z]+)+", part)
    )
    return is_mixed and bits > MAX_BITS
