"""Is this delivery of alerts from a sender that shares a secret with us? Pure; never raises on what a stranger sent.

Alertmanager cannot sign, it can only show a token. Sentry signs the body. All others sign the time and the body.
"""

import hmac
import re
from collections.abc import Sequence
from typing import Final

from yantra_bot.webhooks.signatures import SignatureCheck, verify

AUTHORIZATION: Final = "Authorization"
SENTRY_SIGNATURE: Final = "Sentry-Hook-Signature"
SENTRY_RESOURCE: Final = "Sentry-Hook-Resource"
SIGNATURE: Final = "X-Yantra-Signature"
TIMESTAMP: Final = "X-Yantra-Timestamp"
MOST_SECONDS: Final = 300
"""How far a delivery's time may be from ours, either way: an older one may be somebody's who kept it."""
_BEARER = re.compile(r"bearer +([!-~]{1,4096})", re.ASCII | re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


def verify_bearer(given: Sequence[str], tokens: Sequence[bytes]) -> SignatureCheck:
    """Check all values of the header Authorization; every token is tried, and each takes the same time."""
    if len(given) != 1:
        return SignatureCheck.REPEATED if given else SignatureCheck.MISSING
    found = _BEARER.fullmatch(given[0])
    if found is None:
        return SignatureCheck.MALFORMED
    matches = [hmac.compare_digest(found[1].encode(), token) for token in tokens]
    return SignatureCheck.VALID if any(matches) else SignatureCheck.WRONG


def verify_sentry(body: bytes, signatures: Sequence[str], secrets: Sequence[bytes]) -> SignatureCheck:
    """Check all values of Sentry's header against the raw body."""
    if len(signatures) == 1 and not _HEX.fullmatch(signatures[0]):
        return SignatureCheck.MALFORMED
    return verify(body, [f"sha256={one}" for one in signatures], secrets)


def verify_timed(
    body: bytes, *, signatures: Sequence[str], timestamps: Sequence[str], secrets: Sequence[bytes], now: float
) -> SignatureCheck:
    """Check `sha256=HMAC(TIME.BODY)` against the raw body, and that it is of now."""
    if len(timestamps) != 1:
        return SignatureCheck.REPEATED if timestamps else SignatureCheck.MISSING
    if not _TIME.fullmatch(timestamps[0]):
        return SignatureCheck.MALFORMED
    check = verify(b".".join((timestamps[0].encode(), body)), signatures, secrets)
    is_of_now = abs(now - int(timestamps[0])) <= MOST_SECONDS
    return check if is_of_now or check is not SignatureCheck.VALID else SignatureCheck.WRONG
