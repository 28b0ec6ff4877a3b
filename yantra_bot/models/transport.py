"""The HTTP client under both SDKs: no redirects, no retries, and only the headers that we mean to send.

The SDKs read environment variables of their own (custom headers, organisations, addresses); what they add to a request
is taken off here, so that what is sent follows from the bot's settings alone.
"""

import ipaddress
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from yantra_bot.errors import SettingsError
from yantra_bot.models.retry import Policy

if TYPE_CHECKING:
    import httpx2

Hear = Callable[[int, Mapping[str, str]], None]

NO_KEY = "none"
"""What is sent where a compatible server wants no key: the SDKs refuse an empty one."""
KEPT_HEADERS = frozenset(
    [
        *("host", "connection", "transfer-encoding", "content-type", "content-length"),
        *("accept", "accept-encoding", "user-agent", "anthropic-version"),
    ]
)


def check_base_url(base_url: str, setting: str) -> str:
    """Return the address without a trailing slash. Raises SettingsError unless it is a plain http(s) address."""
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{setting} must be an address like https://host/v1, not {base_url!r}.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(f"{setting} must hold no user, key, query or fragment: the key has a setting of its own.")
    return base_url.rstrip("/")


def is_loopback(base_url: str) -> bool:
    """Say whether an address is this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def build_client(base_url: str, key: str, policy: Policy, hear: Hear | None = None) -> "httpx2.AsyncClient":
    """Return a client for one vendor. Proxies of the environment are used, but never towards this machine.

    `hear` is told the status and the headers of each response, names in lower case.
    """
    import httpx2

    async def keep_ours(request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in KEPT_HEADERS:
                del request.headers[name]
        request.headers["authorization"] = f"Bearer {key}"

    async def tell(response: httpx2.Response) -> None:
        if hear is not None:
            hear(response.status_code, {name.lower(): value for name, value in response.headers.items()})

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(max(policy.silence, policy.first_byte), connect=policy.connect),
        limits=httpx2.Limits(max_connections=200, max_keepalive_connections=20),
        follow_redirects=False,
        trust_env=not is_loopback(base_url),
        event_hooks={"request": [keep_ours], "response": [tell]},
    )


def hide(text: str, key: str) -> str:
    """Return a server's words without the key, should it have repeated it."""
    return text.replace(key, "***") if len(key) > len(NO_KEY) else text


def broken_connections() -> tuple[type[Exception], ...]:
    """Return what is raised when a connection fails, times out or ends early."""
    import httpx2

    return (httpx2.TransportError, httpx2.StreamError, OSError)
