"""A version of the central model as it is handed out: who signed it, what it is for, its weights. Pure.

The signature stands in front of all else and is looked at first; nothing behind it is read until it holds.
"""

import hashlib
import json
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yantra_bot.collective.head import BYTES, Head, read_head
from yantra_bot.collective.messages import BASE_DIGITS
from yantra_bot.errors import Permanent

SIGNATURE_BYTES, LENGTH_BYTES = 64, 4
MOST_MANIFEST: Final = 32 * 1024
MOST_BYTES: Final = SIGNATURE_BYTES + LENGTH_BYTES + MOST_MANIFEST + BYTES
KEPT_CHANGES: Final = 20
"""Entries of the change log that travel with a version, the newest first."""
_DOMAIN: Final = b"yantra collective update\n"


class Change(BaseModel):
    """One entry of the change log."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Annotated[int, Field(ge=0, lt=10**9)]
    at: Annotated[int, Field(ge=0, lt=10**11)]
    """Unix time in seconds."""
    said: Annotated[str, Field(max_length=300, pattern=r"^[ -~]*$")]


class Manifest(BaseModel):
    """What a version says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    format: Literal[2] = 2
    """Weights of format 1 read embeddings of four digits."""
    version: Annotated[int, Field(ge=0, lt=10**9)]
    """Grows with each that is handed out; weights that come back after a withdrawal have a new one."""
    features: Annotated[int, Field(ge=0, lt=10**6)]
    base: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{BASE_DIGITS}}}$")]
    """The weights whose embeddings it reads."""
    issued: Annotated[int, Field(ge=0, lt=10**11)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the weights."""
    changes: Annotated[list[Change], Field(max_length=KEPT_CHANGES)] = []


def write_update(key: Ed25519PrivateKey, manifest: Manifest, weights: bytes) -> bytes:
    """Return a signed update: signature, length of the manifest, manifest, weights."""
    told = manifest.model_dump_json().encode()
    rest = len(told).to_bytes(LENGTH_BYTES) + told + weights
    return key.sign(_DOMAIN + rest) + rest


def read_update(data: bytes, *, key: str, features: int, base: str, newest: int) -> tuple[Manifest, Head]:
    """Return an update's manifest and model; raise Permanent for one that is not to be used, and say why.

    `key` is the pinned public key, 64 hexadecimal digits; `newest` the highest version that was ever taken: an older
    one, and the same again, are refused, however well they are signed.
    """
    if len(data) > MOST_BYTES:
        raise Permanent(f"A model update has {len(data):,} bytes, more than any. Cure: tell who runs the service.")
    signature, rest = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, _DOMAIN + rest)
    except (InvalidSignature, ValueError):
        raise Permanent(
            "A model update is not signed by the pinned key, and is thrown away. Cure: compare collective_key with "
            "what who runs the service tells you another way."
        ) from None
    manifest, weights = _split(rest)
    if (manifest.features, manifest.base) != (features, base):
        raise Permanent("A model update is for other features or weights than these. Cure: upgrade this installation.")
    if manifest.version <= newest:
        raise Permanent(f"Model update {manifest.version} is not newer than {newest}, and is thrown away. Cure: none.")
    if hashlib.sha256(weights).hexdigest() != manifest.digest:
        raise Permanent("A model update's weights are not those that it names. Cure: tell who runs the service.")
    return manifest, read_head(weights)


def _split(rest: bytes) -> tuple[Manifest, bytes]:
    length = int.from_bytes(rest[:LENGTH_BYTES])
    end = LENGTH_BYTES + length
    if length > MOST_MANIFEST or end > len(rest):
        raise Permanent("A model update is cut off. Cure: tell who runs the service.")
    try:
        return Manifest.model_validate_json(rest[LENGTH_BYTES:end]), rest[end:]
    except ValidationError:
        raise Permanent("A model update is of a form that is not known. Cure: upgrade this installation.") from None


def write_changes(changes: list[Change]) -> str:
    """Return a change log as it is stored."""
    return json.dumps([one.model_dump() for one in changes[:KEPT_CHANGES]])
