"""Who we are to the forge: the App's signed claims, and tokens for one installation and one repository.

Tokens live in memory only, as SecretStr. This module never writes one anywhere, and never asks for more than a run
needs.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm
from pydantic import SecretStr

from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Permanent, SettingsError
from yantra_bot.forge.answers import reading
from yantra_bot.ports import Clock

PERMISSIONS = {
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}
"""All that a run ever needs; `app.yaml` asks for the same. No `workflows`, no `administration`."""
CODE_SCANNING = {"metadata": "read", "security_events": "write"}
"""What one upload to code scanning needs, with a token of its own: an App that lacks it loses nothing else."""
LISTING = {"metadata": "read"}
"""What it takes to list the repositories of an installation: nothing in them can be read with it."""
READING_CI = {"actions": "read", "metadata": "read", "statuses": "read"}
"""What is needed to read commit statuses and the logs of jobs, with a token of its own for the same reason."""
DEPLOYMENTS = {"deployments": "write", "metadata": "read"}
"""What is needed to show deployments on the forge, with a token of its own for the same reason."""
RENEW_BEFORE = 300.0
"""Seconds of life a token must have left to be used: longer than any one request or push takes."""
CLAIMS_SECONDS = 480
"""Life of the App's signed claims; with the backdating it stays within the ten minutes that GitHub allows."""
BACKDATED_SECONDS = 60
"""The forge refuses claims from its future, so that a fast clock needs room."""


class Credentials(Protocol):
    """Gives the secret for a request, and takes back one that was refused."""

    scheme: str
    """`token` or `bearer`, as the Authorization header wants it."""

    async def secret(self) -> SecretStr:
        """Return what is valid now. Raises Permanent when there cannot be one."""

    def refuse(self, secret: SecretStr, *, server_time: float | None = None) -> bool:
        """Hear that `secret` was answered with 401; tell whether a new one may do better."""


class PlainToken:
    """A person's own token, for `yantra implement --issue` from a terminal."""

    scheme = "token"

    def __init__(self, token: SecretStr) -> None:
        if not token.get_secret_value().strip():
            raise SettingsError("The GitHub token is empty. Set GITHUB_TOKEN to one that may write to the repository.")
        self._token = SecretStr(token.get_secret_value().strip())

    async def secret(self) -> SecretStr:
        return self._token

    def refuse(self, secret: SecretStr, *, server_time: float | None = None) -> bool:
        """A person's token does not change by itself."""
        return False


class AppClaims:
    """The App's own identity: a JWT signed with its private key, valid a few minutes, made anew for each request."""

    scheme = "bearer"

    def __init__(self, app_id: str, private_key: SecretStr, clock: Clock) -> None:
        """`private_key` is PEM. Raises SettingsError when it is none."""
        self._app_id = app_id
        self._key = read_private_key(private_key)
        self._clock = clock
        self._skew = 0.0

    async def secret(self) -> SecretStr:
        return self._sign(self._clock.now() + self._skew)

    def refuse(self, secret: SecretStr, *, server_time: float | None = None) -> bool:
        """Go by the forge's clock from now on if ours was the reason."""
        if server_time is None or abs(server_time - self._clock.now() - self._skew) < BACKDATED_SECONDS / 2:
            return False
        self._skew = server_time - self._clock.now()
        structlog.get_logger().warning("clock differs from the forge's: set it by NTP", seconds=round(self._skew))
        return True

    def _sign(self, now: float) -> SecretStr:
        issued = int(now) - BACKDATED_SECONDS
        claims = {"iat": issued, "exp": int(now) + CLAIMS_SECONDS, "iss": self._app_id}
        return SecretStr(jwt.encode(claims, self._key, algorithm="RS256"))


def read_private_key(pem: SecretStr) -> RSAPrivateKey:
    """Return the App's key, read and checked once: that takes longer than to sign. Raises SettingsError."""
    try:
        key = RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(pem.get_secret_value())
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("a public key")
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        # `from None`: the vendor's message may quote the key.
        raise SettingsError(
            "The App's private key is no RSA key in PEM form "
            f"({type(error).__name__}). Set github_app_key or github_app_key_file to the file that GitHub gave out."
        ) from None
    return key


Mint = Callable[[int, dict[str, object]], Awaitable[object]]
"""Asks the forge for an installation token: installation id and request in, GitHub's answer out."""


class InstallationToken:
    """A token for one installation, and one repository of it if named, kept until shortly before it expires."""

    scheme = "token"

    def __init__(
        self,
        mint: Mint,
        clock: Clock,
        *,
        installation_id: int,
        repository: Repository | None,
        permissions: Mapping[str, str] = MappingProxyType(PERMISSIONS),
    ) -> None:
        self._permissions = dict(permissions)
        self._mint = mint
        self._clock = clock
        self._installation_id = installation_id
        self._repository = repository
        self._token: SecretStr | None = None
        self._expires_at = 0.0
        self._lock = asyncio.Lock()

    async def secret(self) -> SecretStr:
        async with self._lock:
            if self._token is None or self._clock.now() > self._expires_at - RENEW_BEFORE:
                await self._renew()
            assert self._token is not None  # noqa: S101 (narrows the type: _renew sets it or raises)
            return self._token

    def refuse(self, secret: SecretStr, *, server_time: float | None = None) -> bool:
        """Drop the token, unless another request has replaced it already."""
        if self._token == secret:
            self._token = None
        return True

    async def _renew(self) -> None:
        name = self._repository.full_name if self._repository is not None else f"installation {self._installation_id}"
        what, ids = f"A token for {name}", [self._repository.id] if self._repository is not None else []
        asked: dict[str, object] = {"permissions": self._permissions, **({"repository_ids": ids} if ids else {})}
        data = await self._mint(self._installation_id, asked)
        with reading(what):
            token, expires_at, granted = _read_token(data)
        if ids and granted and granted != ids:
            raise Permanent(f"{what}: the forge gave one for other repositories, so it is not used. Report this.")
        self._token = token
        # A token that seems expired on arrival means that our clock is fast: it is used, and renewed on a 401.
        self._expires_at = max(expires_at, self._clock.now() + RENEW_BEFORE + 60)


def _read_token(data: object) -> tuple[SecretStr, float, list[int]]:
    if not isinstance(data, dict):
        raise TypeError("no object")
    expires_at = dt.datetime.fromisoformat(str(data["expires_at"])).timestamp()
    granted = [int(repository["id"]) for repository in data.get("repositories") or []]
    return SecretStr(str(data["token"])), expires_at, granted
