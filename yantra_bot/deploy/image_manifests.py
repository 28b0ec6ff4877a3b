"""What a registry says of an image: manifests, indexes of several platforms, and the commit that it was built of. Pure.

All of it is a stranger's text, whose digest was compared before it came here.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.deploy.images import is_digest
from yantra_bot.errors import UserError

INDEXES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
IMAGES: Final = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
REVISION: Final = "org.opencontainers.image.revision"
"""The label that says which commit an image was built of."""
MAX_PLATFORMS: Final = 20
_SHORTEST: Final = 7
_ATTESTATION: Final = "vnd.docker.reference.type"


@dataclass(frozen=True, slots=True)
class Index:
    """An image for several platforms: the digests of their manifests."""

    manifests: tuple[str, ...]
    revision: str


@dataclass(frozen=True, slots=True)
class Image:
    """An image for one platform. `config` is the digest of what describes it."""

    config: str
    config_bytes: int
    revision: str


def read_manifest(body: bytes, kind: str, *, shown: str) -> Index | Image:
    """Return what a manifest says; `kind` is the media type that it was sent as. Raises UserError for what is none."""
    found = read_json(body, shown=shown)
    stated = str(found.get("mediaType") or kind)
    if found.get("schemaVersion") != 2 or stated != kind or kind not in (*INDEXES, *IMAGES):
        raise UserError(f"{shown} is of a kind that is not deployed ({kind[:80]!a}). Push it as an OCI image.")
    revision = _revision(found.get("annotations"))
    if kind in INDEXES:
        parts = found.get("manifests")
        images = [one for one in parts if _is_image(one)] if isinstance(parts, list) else []
        if not 0 < len(images) <= MAX_PLATFORMS:
            raise UserError(f"{shown} is for {len(images)} platforms. Push it for 1 to {MAX_PLATFORMS}.")
        return Index(tuple(_digest(one, shown) for one in images), revision)
    config = found.get("config")
    size = config.get("size") if isinstance(config, dict) else None
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise UserError(f"{shown} has no configuration. Push it as an OCI image.")
    return Image(_digest(config, shown), size, revision)


def read_revision(config: bytes, *, shown: str) -> str:
    """Return the commit that an image's labels name; empty where they name none."""
    inner = read_json(config, shown=shown).get("config")
    return _revision(inner.get("Labels") if isinstance(inner, dict) else None)


def check_revision(revision: str, commit: str, *, shown: str) -> None:
    """Raise UserError where an image says that it was built of another commit; one that says nothing is taken."""
    said = revision.strip().lower()
    if said and not (len(said) >= _SHORTEST and commit.startswith(said)):
        raise UserError(
            f"{shown} was built of {revision[:40]!a}, as its label {REVISION} says, and not of {commit[:12]}. "
            "Build the image of this commit, and push it under this commit's tag."
        )


def read_json(body: bytes, *, shown: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UserError(f"What the registry has as {shown} cannot be read. Push the image again.") from error
    if not isinstance(found, dict):
        raise UserError(f"What the registry has as {shown} is no image. Push the image again.")
    return found


def _is_image(one: Any) -> bool:
    """Attestations are stored beside images, as manifests of no platform."""
    annotations = one.get("annotations") if isinstance(one, dict) else None
    return not (isinstance(annotations, dict) and _ATTESTATION in annotations)


def _digest(data: Any, shown: str) -> str:
    digest = data.get("digest") if isinstance(data, dict) else None
    if not isinstance(digest, str) or not is_digest(digest):
        raise UserError(f"{shown} names a part without a sha256 digest. Push the image again.")
    return digest


def _revision(labels: Any) -> str:
    value = labels.get(REVISION) if isinstance(labels, dict) else None
    return value if isinstance(value, str) else ""
