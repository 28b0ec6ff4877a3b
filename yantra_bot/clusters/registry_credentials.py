"""What registries of images are asked with: names and passwords of a docker `config.json`, and tokens. Runs nothing.

Secrets stay in memory, go to the registry they were written for, or to where it gives its tokens out, and nowhere else.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from yarl import URL

from yantra_bot.errors import SettingsError

MAX_BYTES: Final = 1 << 20
DOCKER: Final = "docker.io"
REALMS: Final[Mapping[str, str]] = {"registry-1.docker.io": "auth.docker.io", "registry.gitlab.com": "gitlab.com"}
"""Registries whose tokens are given out at another host, which is known."""
_DOCKER_NAMES: Final = frozenset({"index.docker.io", "registry-1.docker.io", "docker.io"})
_SETTING: Final = "YANTRA_REGISTRY_CONFIG"
_PAIR: Final = re.compile(r'([a-zA-Z_]+)="([^"\\]*)"')


def read_config(path: Path | None) -> Mapping[str, SecretStr]:
    """Return `user:password` by the host of a registry, out of a docker `config.json`.

    Raises SettingsError with the cure; also for helpers, which are programs that docker would run.
    """
    if path is None:
        return {}
    try:
        with path.expanduser().open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        found = json.loads(data)
    except OSError as problem:
        raise SettingsError(f"{_SETTING} {path} cannot be read ({problem.strerror}). Name a config.json.") from problem
    except (ValueError, RecursionError) as problem:
        raise SettingsError(f"{_SETTING} {path} is no JSON. Name a config.json of docker's.") from problem
    if len(data) > MAX_BYTES or not isinstance(found, dict):
        raise SettingsError(f"{_SETTING} {path} is no config.json of docker's. Name one.")
    helper = next((key for key in ("credsStore", "credHelpers") if found.get(key)), None)
    if helper is not None:
        raise SettingsError(
            f"{_SETTING} {path} has {helper}, which names programs, and none is run. Cure: make a file of its own with "
            "`auths`, such as by `docker --config FOLDER login REGISTRY` where no helper is set up."
        )
    auths = found.get("auths", {})
    if not isinstance(auths, dict):
        raise SettingsError(f"{_SETTING} {path} has `auths` that hold no registries.")
    return {_host(str(name)): _secret(one, str(name), path) for name, one in auths.items()}


def _host(name: str) -> str:
    """Return the host of a key such as `ghcr.io` or `https://index.docker.io/v1/`."""
    host = name.partition("://")[2] or name
    host = host.partition("/")[0].lower()
    return DOCKER if host in _DOCKER_NAMES else host


def _secret(one: Any, name: str, path: Path) -> SecretStr:
    encoded = one.get("auth") if isinstance(one, dict) else None
    try:
        plain = base64.b64decode(str(encoded or ""), validate=True).decode()
    except (binascii.Error, ValueError):
        plain = ""
    user, colon, password = plain.partition(":")
    if not (user and colon and password) or not plain.isprintable():
        raise SettingsError(f"{_SETTING} {path} has no name and password for {name[:80]}. Log in there anew.")
    return SecretStr(plain)


def basic(secret: SecretStr) -> str:
    """Return the value of an Authorization header."""
    return "Basic " + base64.b64encode(secret.get_secret_value().encode()).decode()


@dataclass(frozen=True, slots=True)
class Challenge:
    """How a registry wants to be asked: with a token from `realm` for `service`, or with a password (no realm)."""

    realm: URL | None
    service: str = ""


def read_challenge(header: str, registry: URL, token_hosts: frozenset[str]) -> Challenge | None:
    """Return what a `WWW-Authenticate` header asks for; None where it asks for what would not be safe, or is odd.

    A token is asked for at the registry itself, or at a host that is known or that the operator allowed: anywhere else,
    the registry's password would go to whom an answer names.
    """
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "basic":
        return Challenge(None)
    if scheme.lower() != "bearer":
        return None
    pairs = dict(_PAIR.findall(rest))
    try:
        realm = URL(pairs.get("realm", ""), encoded=True)
        place = (realm.host or "", realm.port)
    except ValueError:
        return None
    host = place[0]
    is_own = place == (registry.host, registry.port)
    is_known = realm.explicit_port is None and (host in token_hosts or REALMS.get(registry.host or "") == host)
    if realm.scheme != registry.scheme or realm.user is not None or not (is_own or is_known):
        return None
    return Challenge(realm.with_fragment(None), pairs.get("service", ""))
