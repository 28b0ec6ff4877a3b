"""Is this request really from the Slack that shares our secret, and of now? Pure.

Works on the raw bytes as they came in: nothing may be parsed before this has said VALID. It never raises on what a
stranger sent.
"""

import hmac
import re
from collections.abc import Sequence
from typing import Final

from yantra_bot.webhooks.signatures import SignatureCheck

SIGNATURE: Final = "X-Slack-Signature"
TIMESTAMP: Final = "X-Slack-Request-Timestamp"
MOST_SECONDS: Final = 300
"""How far a request's time may be from ours, either way: an older one may be somebody's who kept it."""
_SHAPE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


def verify_slack(
    body: bytes, *, signatures: Sequence[str], timestamps: Sequence[str], secrets: Sequence[bytes], now: float
) -> SignatureCheck:
    """Check all values of the two headers of a request against its raw body. Every secret is tried."""
    if len(signatures) != 1 or len(timestamps) != 1:
        is_short = not signatures or not timestamps
        return SignatureCheck.MISSING if is_short else SignatureCheck.REPEATED
    if not _SHAPE.fullmatch(signatures[0]) or not _TIME.fullmatch(timestamps[0]):
        return SignatureCheck.MALFORMED
    if abs(now - int(timestamps[0])) > MOST_SECONDS:
        return SignatureCheck.WRONG
    digest = bytes.fromhex(signatures[0].removeprefix("v0="))
    signed = b":".join((b"v0", timestamps[0].encode(), body))
    matches = [hmac.compare_digest(hmac.digest(secret, signed, "sha256"), digest) for secret in secrets]
    return SignatureCheck.VALID if any(matches) else SignatureCheck.WRONG
