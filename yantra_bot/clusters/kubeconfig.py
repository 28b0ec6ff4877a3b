"""Reads how a cluster is reached: a kubeconfig of the operator's, or what a pod is given. Strict: nothing is executed.

A kubeconfig can name a program to run (`exec`, `auth-provider`), switch the proof of the server off, or send everything
through a proxy. All these are refused; so is a file that lies elsewhere than beside the kubeconfig.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from yantra_bot.errors import SettingsError

IN_CLUSTER: Final = "in-cluster"
POD_FOLDER: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_MOST_BYTES: Final = 256 * 1024
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_CLUSTER_KEYS: Final = frozenset(
    {"server", "certificate-authority", "certificate-authority-data", "tls-server-name", "extensions"}
)
_USER_KEYS: Final = frozenset(
    {
        "token",
        "tokenFile",
        "client-certificate",
        "client-certificate-data",
        "client-key",
        "client-key-data",
        "extensions",
    }
)
_WHY_NOT: Final = {
    "exec": "it runs a program",
    "auth-provider": "it runs a program",
    "insecure-skip-tls-verify": "anybody on the way could take the token",
    "proxy-url": "everything would go through another machine",
    "username": "passwords were removed from Kubernetes",
    "password": "passwords were removed from Kubernetes",
    "as": "rights are those of the account itself",
    "as-groups": "rights are those of the account itself",
    "disable-compression": "it is not needed",
}


@dataclass(frozen=True, slots=True)
class Access:
    """How one cluster is reached. Secrets stay out of the repr."""

    name: str
    server: str
    ca: bytes = b""
    """Certificates in PEM that prove the server; empty: the system's."""
    tls_server_name: str = ""
    token: str = field(default="", repr=False)
    token_file: Path | None = None
    """Read anew for each request that is refused: the cluster replaces it from time to time."""
    certificate: bytes = field(default=b"", repr=False)
    """Of the client, PEM."""
    key: bytes = field(default=b"", repr=False)

    def bearer(self) -> str:
        """Return the token as it is now; empty where certificates are used. Raises SettingsError."""
        if self.token_file is None:
            return self.token
        return _read(self.token_file, f"the token of the cluster {self.name}").decode("ascii", "replace").strip()


def read_access(name: str, where: str) -> Access:
    """Return how the cluster is reached. `where`: `FILE[#CONTEXT]` or `in-cluster`. Raises SettingsError."""
    if where == IN_CLUSTER:
        return read_pod(name, os.environ)
    place, _, context = where.partition("#")
    return read_kubeconfig(name, Path(place).expanduser().absolute(), context)


def read_pod(name: str, environment: Mapping[str, str], folder: Path = POD_FOLDER) -> Access:
    """Return how a pod reaches the cluster it runs in. Raises SettingsError outside of one."""
    host, port = environment.get("KUBERNETES_SERVICE_HOST", ""), environment.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise SettingsError(
            f"YANTRA_CLUSTERS says that {name} is the cluster that this server runs in, and it runs in none. "
            "Cure: name a kubeconfig file instead."
        )
    host = f"[{host}]" if ":" in host else host
    ca = _read(folder / "ca.crt", "the certificate of the cluster")
    access = Access(name, f"https://{host}:{port}", ca=ca, token_file=folder / "token")
    access.bearer()
    return access


def read_kubeconfig(name: str, file: Path, context: str) -> Access:
    """Return how the cluster of a context (empty: the current one) is reached. Raises SettingsError."""
    raw = _parse(file)
    context = context or str(raw.get("current-context") or "")
    chosen = _entry(raw, "contexts", context, "context", file)
    cluster = _entry(raw, "clusters", str(chosen.get("cluster") or ""), "cluster", file)
    user = _entry(raw, "users", str(chosen.get("user") or ""), "user", file)
    _refuse(cluster, _CLUSTER_KEYS, file)
    _refuse(user, _USER_KEYS, file)
    access = Access(
        name,
        _server(cluster, file),
        ca=_material(cluster, "certificate-authority", file),
        tls_server_name=str(cluster.get("tls-server-name") or ""),
        token=str(user.get("token") or ""),
        token_file=None if not user.get("tokenFile") else _beside(file, str(user["tokenFile"]), "tokenFile"),
        certificate=_material(user, "client-certificate", file),
        key=_material(user, "client-key", file),
    )
    if bool(access.certificate) != bool(access.key):
        raise SettingsError(f"{file} has a client certificate without its key, or the reverse. Cure: add the other.")
    if not access.certificate and not access.bearer():
        raise SettingsError(
            f"{file} has no token and no client certificate for its context {context}. "
            "Cure: use a token of the bot's own service account; docs/kubernetes.md says how to make one."
        )
    if any(sign in access.bearer() for sign in "\r\n"):
        raise SettingsError(f"The token of {file} has a line break in it. Cure: write it in one line.")
    return access


def _parse(file: Path) -> dict[str, Any]:
    data = _read(file, "the kubeconfig", is_private=True)
    try:
        raw = yaml.safe_load(data)
    except (yaml.YAMLError, RecursionError, ValueError):
        # What the parser quotes may be a token.
        raise SettingsError(f"{file} is no valid YAML. Cure: write it anew.") from None
    if not isinstance(raw, dict) or raw.get("kind") != "Config":
        raise SettingsError(f"{file} is no kubeconfig (`kind: Config`). Cure: name another file in YANTRA_CLUSTERS.")
    return raw


def _read(file: Path, what: str, *, is_private: bool = False) -> bytes:
    try:
        with file.open("rb") as stream:
            if is_private and os.fstat(stream.fileno()).st_mode & 0o077:
                raise SettingsError(f"{file} can be read by others, and holds keys. Cure: chmod 600 {file}")
            data = stream.read(_MOST_BYTES + 1)
    except OSError as problem:
        message = f"{file}, {what}, cannot be read: {problem.strerror}. Cure: correct the path or its rights."
        raise SettingsError(message) from None
    if len(data) > _MOST_BYTES:
        raise SettingsError(f"{file} is larger than {_MOST_BYTES // 1024} kB. Cure: it should not be; write it anew.")
    return data


def _entry(raw: Mapping[str, Any], listed: str, name: str, key: str, file: Path) -> dict[str, Any]:
    entries = raw.get(listed)
    found = [
        one.get(key)
        for one in (entries if isinstance(entries, list) else [])
        if isinstance(one, dict) and one.get("name") == name
    ]
    if len(found) != 1 or not isinstance(found[0], dict):
        many = "more than one" if len(found) > 1 else "no"
        raise SettingsError(
            f"{file} has {many} {key} named {name!r}. Cure: correct it, or name a context: FILE#CONTEXT."
        )
    return found[0]


def _refuse(entry: Mapping[str, Any], known: frozenset[str], file: Path) -> None:
    for key in entry:
        # `false` and an empty value say the same as nothing.
        if key not in known and entry[key]:
            why = _WHY_NOT.get(str(key), "nothing here knows it")
            raise SettingsError(
                f"{file} has `{key}`, which is refused: {why}. "
                "Cure: use a token of the bot's own service account; docs/kubernetes.md says how to make one."
            )


def _server(cluster: Mapping[str, Any], file: Path) -> str:
    server = str(cluster.get("server") or "").rstrip("/")
    address = urlsplit(server)
    is_safe = address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    if not is_safe or not address.hostname or address.username or address.query or address.fragment:
        raise SettingsError(f"The server of {file} is no https address. Cure: correct `server`.")
    return server


def _material(entry: Mapping[str, Any], key: str, file: Path) -> bytes:
    """Return what stands in the file itself, or in one beside it; empty where there is none."""
    inline, named = entry.get(f"{key}-data"), entry.get(key)
    if inline:
        try:
            return base64.b64decode(str(inline), validate=True)
        except (binascii.Error, ValueError):
            raise SettingsError(f"`{key}-data` of {file} is no base64. Cure: write the file anew.") from None
    return _read(_beside(file, str(named), key), f"`{key}` of {file}") if named else b""


def _beside(file: Path, named: str, key: str) -> Path:
    """Return a file that a kubeconfig names; it has to lie in the same folder or below, links followed."""
    place = (file.parent / named).resolve()
    if not place.is_relative_to(file.parent.resolve()):
        raise SettingsError(
            f"`{key}` of {file} lies outside of the kubeconfig's folder: it is not read. Cure: put it beside the file."
        )
    return place
