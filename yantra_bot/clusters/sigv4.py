"""Signs requests to AWS with an access key: Signature Version 4, for a body that is known. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from yarl import URL

ALGORITHM: Final = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AwsKey:
    """An access key of one AWS user."""

    id: str
    secret: str = field(repr=False)
    region: str
    service: str


def sign(key: AwsKey, method: str, url: URL, headers: Mapping[str, str], body: bytes, *, at: float) -> dict[str, str]:
    """Return the headers with which a request is sent at a time: those given, the time and the signature."""
    moment = datetime.fromtimestamp(at, UTC)
    stamp, day = moment.strftime("%Y%m%dT%H%M%SZ"), moment.strftime("%Y%m%d")
    sent = {**headers, "x-amz-date": stamp}
    signed = {"host": _host(url), **{name.lower(): " ".join(value.split()) for name, value in sent.items()}}
    names = ";".join(sorted(signed))
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(url.query.items())
    )
    canonical = "\n".join(
        [
            *(method, quote(url.raw_path, safe="/-_.~"), query),
            *(f"{name}:{signed[name]}" for name in sorted(signed)),
            *("", names, hashlib.sha256(body).hexdigest()),
        ]
    )
    scope = f"{day}/{key.region}/{key.service}/aws4_request"
    text = "\n".join([ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    secret = f"AWS4{key.secret}".encode()
    for part in (day, key.region, key.service, "aws4_request"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.digest(secret, text.encode(), "sha256").hex()
    credential = f"Credential={key.id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**sent, "authorization": f"{ALGORITHM} {credential}"}


def _host(url: URL) -> str:
    return (url.raw_host or "") + ("" if url.is_default_port() else f":{url.port}")
