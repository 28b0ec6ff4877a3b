"""Finds the image that was built of a commit, and names it by digest. Implements the port Registry.

What is deployed is what was looked at: the digest is computed from the bytes, never taken from a header, and an image
that says of itself that it was built of another commit is refused, on every platform.
"""

import asyncio
import hashlib
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from yarl import URL

from yantra_bot.clusters.registry_credentials import DOCKER, read_config
from yantra_bot.clusters.registry_door import RegistryDoor, Trust, check_digest
from yantra_bot.deploy.image_manifests import (
    IMAGES,
    INDEXES,
    Image,
    Index,
    check_revision,
    read_manifest,
    read_revision,
)
from yantra_bot.deploy.images import is_allowed, parse_image
from yantra_bot.domain.environment import DeployRules
from yantra_bot.errors import SettingsError, Transient, UserError
from yantra_bot.pinning import Resolve
from yantra_bot.sandbox.destinations import is_public, resolve

MAX_CONFIG: Final = 1 << 20
SECONDS: Final = 60.0
"""How long one look may take, all platforms and tokens included."""
MAX_TAG: Final = 128
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LOCAL: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_ADDRESSES: Final[Mapping[str, str]] = {DOCKER: "registry-1.docker.io"}
_KINDS: Final = (*INDEXES, *IMAGES)


class ImageRegistry:
    """The registries that the operator allowed."""

    def __init__(
        self,
        allowed: Sequence[str],
        *,
        config: Path | None = None,
        token_hosts: Sequence[str] = (),
        ca_file: Path | None = None,
        resolve: Resolve = resolve,
        may_store: Callable[[str], bool] = is_public,
    ) -> None:
        """`allowed`: `HOST[:PORT]/PATH-PREFIX` each; `config`: a docker `config.json`. Raises SettingsError.

        `may_store` judges the addresses of storages that registries redirect blobs to.
        """
        self._allowed = tuple(_read_prefix(one) for one in allowed)
        self._secrets: Mapping[str, SecretStr] = read_config(config)
        try:
            context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
        except OSError as problem:
            raise SettingsError(f"ca_file {ca_file} holds no certificates ({problem}). Name a PEM file.") from problem
        self._trust = Trust(context, frozenset(one.lower() for one in token_hosts), resolve, may_store)

    async def find(self, rules: DeployRules, commit: str) -> str:
        """Return the digest of the image that was built of a commit.

        Raises UserError where the registry is not allowed, there is no such image, or it is of another commit;
        Permanent where the registry refuses, Transient where it cannot be asked now.
        """
        tag = tag_of(rules, commit)
        shown = f"{rules.image}:{tag}"
        if not is_allowed(rules.image, self._allowed):
            raise UserError(
                f"{rules.image} is in no registry that the operator allows. Cure: have it added to "
                "YANTRA_IMAGE_REGISTRIES, or change `image` under `deploy`."
            )
        try:
            async with asyncio.timeout(SECONDS):
                return await self._look(self._open(rules.image), tag, commit, shown)
        except TimeoutError:
            raise Transient(f"Looking {shown} up took over {SECONDS:.0f} s. It is tried again.") from None

    def _open(self, image: str) -> RegistryDoor:
        host, _, path = image.partition("/")
        name = _ADDRESSES.get(host, host)
        scheme = "http" if URL(f"http://{name}").host in _LOCAL else "https"
        return RegistryDoor(URL(f"{scheme}://{name}"), path, self._secrets.get(host), self._trust)

    async def _look(self, door: RegistryDoor, tag: str, commit: str, shown: str) -> str:
        got = await door.manifest(tag, _KINDS)
        if got.status == 404:
            raise UserError(
                f"There is no image {shown}. Build and push one for each commit, or wait until that is done."
            )
        digest = f"sha256:{hashlib.sha256(got.body).hexdigest()}"
        told = got.headers.get("docker-content-digest", "")
        if told.startswith("sha256:"):
            check_digest(got.body, told, host=shown)
        found = read_manifest(got.body, _kind(got.headers), shown=shown)
        check_revision(found.revision, commit, shown=shown)
        if isinstance(found, Image):
            await self._check_image(door, found, commit, shown)
        else:
            await self._check_index(door, found, commit, shown)
        return digest

    async def _check_index(self, door: RegistryDoor, index: Index, commit: str, shown: str) -> None:
        for digest in index.manifests:
            got = await door.manifest(digest, IMAGES)
            if got.status == 404:
                raise UserError(f"{shown} names an image that is not there. Push it again, all platforms of it.")
            check_digest(got.body, digest, host=shown)
            image = read_manifest(got.body, _kind(got.headers), shown=shown)
            if not isinstance(image, Image):
                raise UserError(f"{shown} has an index within an index. Push it as one image for several platforms.")
            check_revision(image.revision, commit, shown=shown)
            await self._check_image(door, image, commit, shown)

    async def _check_image(self, door: RegistryDoor, image: Image, commit: str, shown: str) -> None:
        if image.config_bytes > MAX_CONFIG:
            raise UserError(f"The configuration of {shown} is larger than {MAX_CONFIG >> 20} MiB. Make it smaller.")
        config = await door.blob(image.config, most=MAX_CONFIG)
        check_revision(read_revision(config, shown=shown), commit, shown=shown)


def tag_of(rules: DeployRules, commit: str) -> str:
    """Return the tag of a commit's image. Raises UserError where there can be none."""
    if not _COMMIT.fullmatch(commit):
        raise UserError(f"{commit[:80]!a} is no full commit id.")
    tag = rules.tag.replace("{commit}", commit).replace("{short}", commit[:7])
    named = parse_image(f"{rules.image}:{tag}")
    if named is None or named.tag != tag or len(tag) > MAX_TAG:
        raise UserError("`image` and `tag` under `deploy` in .github/yantra.yml name no image. Correct them.")
    return tag


def _kind(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _read_prefix(word: str) -> str:
    """Return a word of the setting without its last slash; raise SettingsError where it names no registry."""
    host, slash, path = word.rstrip("/").partition("/")
    named = parse_image(f"{host.lower()}/{path or 'x'}")
    if named is None or named.tag or named.digest or not (set(host) & {".", ":"} or host == "localhost"):
        raise SettingsError(
            f"YANTRA_IMAGE_REGISTRIES has {word[:120]!r}. Cure: write host and beginning of a path, ghcr.io/acme."
        )
    return f"{host.lower()}{slash}{path}"
