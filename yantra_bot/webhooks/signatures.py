"""Is this request really from the sender who shares our secret? Pure.

Works on the raw bytes as they came in: nothing may be parsed before this has said VALID. It never raises on what a
stranger sent, never accepts SHA-1, and cannot be built without a secret.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from yantra_bot.errors import SettingsError

HEADER = "X-Hub-Signature-256"
SETTING = "YANTRA_WEBHOOK_SECRETS"
_SHAPE = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)


class SignatureCheck(StrEnum):
    """What the check found. Only VALID may go on; the rest is for logs and metrics, not for the sender."""

    VALID = "valid"
    MISSING = "missing"
    REPEATED = "repeated"
    MALFORMED = "malformed"
    WRONG = "wrong"


def check_secrets(secrets: Iterable[str | bytes]) -> tuple[bytes, ...]:
    """Return the secrets as bytes, ready for `verify`; more than one means rotation, and each is valid.

    Raises SettingsError when there is none, or a blank one.
    """
    ready = tuple(secret.encode() if isinstance(secret, str) else bytes(secret) for secret in secrets)
    if not ready or not all(secret.strip() for secret in ready):
        raise SettingsError(
            f"{SETTING} is empty, so anybody could give orders. Cure: set it to the secret of the GitHub App, "
            "for example one made with `openssl rand -hex 32`."
        )
    return ready


def verify(body: bytes, signatures: Sequence[str], secrets: Sequence[bytes]) -> SignatureCheck:
    """Check the values of all `X-Hub-Signature-256` headers of a request against its raw body.

    `signatures` are the header's values in order, empty when it is absent. Every secret is tried, and every comparison
    takes the same time wherever the digests differ. Raises SettingsError when `secrets` is empty.
    """
    if not secrets:
        raise SettingsError(f"{SETTING} is not set, so no signature can be checked.")
    if len(signatures) != 1:
        return SignatureCheck.REPEATED if signatures else SignatureCheck.MISSING
    given = signatures[0]
    if not _SHAPE.fullmatch(given):
        return SignatureCheck.MALFORMED
    digest = bytes.fromhex(given[len("sha256=") :])
    matches = [hmac.compare_digest(hmac.digest(secret, body, "sha256"), digest) for secret in secrets]
    return SignatureCheck.VALID if any(matches) else SignatureCheck.WRONG


def sign(body: bytes, secret: bytes) -> str:
    """Return the header value that `verify` accepts for this body."""
    return "sha256=" + hmac.digest(secret, body, "sha256").hex()
