"""The retry policy of SPEC 6, and what a failure of a vendor means: retried, given up for now, or refused for good.

Pure: takes what was said and returns what to do. It never talks to a vendor and never waits.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from yantra_bot.errors import ContextOverflow, Permanent, Transient, YantraError

LONGEST_DETAIL = 300
"""Characters of a vendor's own words that an error message repeats."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a vendor is waited for. All times in seconds."""

    delays: tuple[float, ...] = (0.1, 0.2, 0.4)
    """Back-off before each retry; their number is the number of retries."""
    longest_wait: float = 60.0
    """A vendor that asks to wait longer than this ends the call as Transient, with that time in it."""
    connect: float = 10.0
    first_byte: float = 30.0
    """From the request to the first byte of the answer: YANTRA_MODEL_FIRST_BYTE_SECONDS."""
    silence: float = 120.0
    """Between two pieces of a stream."""
    overall: float = 900.0
    """One answer, retries included."""


class Kind(StrEnum):
    """What a failure means."""

    BUSY = "busy"
    """May work later: overload, rate limit, a broken connection, a cut stream."""
    KEY = "key"
    QUOTA = "quota"
    MODEL = "model"
    OVERFLOW = "overflow"
    REASONING = "reasoning"
    """The vendor does not accept its own earlier reasoning any more: it is left out and the call is made again."""
    REDIRECT = "redirect"
    REQUEST = "request"


class Unusable(Permanent):
    """A vendor takes no request of ours: the key or the quota. Cure: the message says it; another vendor may do."""


class Failure(Exception):
    """One try that brought no answer. Never leaves the models package."""

    def __init__(self, kind: Kind, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Vendor:
    """Whom an error message is about. `setting` is the name of the setting that holds the key."""

    name: str
    setting: str
    base_url: str


QUOTA_WORDS = (
    "credit balance",
    "lack of credits",
    "insufficient credits",
    "insufficient_quota",
    "exceeded your current quota",
    "billing_error",
    "api usage limits",
)
OVERFLOW_WORDS = (
    "context_length_exceeded",
    "prompt is too long",
    "maximum context length",
    "exceed_context_size",
    "exceeds the context window",
    "exceeds the available context size",
    "request_too_large",
)
REASONING_WORDS = (
    "thinking` block",
    "thinking block",
    "thinking` or",
    "invalid_encrypted_content",
    "encrypted content",
)
MODEL_WORDS = ("model_not_found", "model not found", "unknown model")
BUSY_CODES = (
    "overloaded_error",
    "rate_limit_error",
    "rate_limit_exceeded",
    "api_error",
    "timeout_error",
    "server_error",
    "internal_error",
)


def classify(status: int | None, code: str, message: str, *, retry_after: float | None = None) -> Failure:
    """Return what a refusal means. `status` is None for an error inside a stream, which has only its words."""
    kind = find_kind(status, f"{code} {message}".lower())
    # What a vendor says of a wrong key quotes parts of the key.
    detail = "" if status == 401 else shorten(message or code or f"HTTP {status}")
    return Failure(kind, detail, retry_after=retry_after)


def find_kind(status: int | None, words: str) -> Kind:
    """Return what kind of failure an HTTP status and a vendor's words are. Statuses win over words."""
    if status is not None and 300 <= status < 400:
        return Kind.REDIRECT
    if status in (401, 403):
        return Kind.KEY
    # A quota that is used up arrives as 429 or 400, and no waiting mends it.
    if status == 402 or any(word in words for word in QUOTA_WORDS):
        return Kind.QUOTA
    if status in (408, 409, 425, 429, 499) or (status is not None and status >= 500):
        return Kind.BUSY
    if status is None and any(word in words for word in BUSY_CODES):
        return Kind.BUSY
    return find_refusal(status, words)


def find_refusal(status: int | None, words: str) -> Kind:
    """Return what kind of refusal it is that no waiting mends."""
    if status == 413 or any(word in words for word in OVERFLOW_WORDS):
        return Kind.OVERFLOW
    if status == 404 or any(word in words for word in MODEL_WORDS):
        return Kind.MODEL
    if any(word in words for word in REASONING_WORDS):
        return Kind.REASONING
    return Kind.REQUEST if status is not None else Kind.BUSY


def next_wait(failure: Failure, retries_done: int, policy: Policy, *, jitter: Callable[[], float]) -> float | None:
    """Return how long to wait before the next try, None to give up. `jitter` returns a number in [0, 1)."""
    if failure.kind is not Kind.BUSY or retries_done >= len(policy.delays):
        return None
    backoff = policy.delays[retries_done] * (0.5 + jitter())
    if failure.retry_after is None:
        return backoff
    return failure.retry_after + backoff if failure.retry_after <= policy.longest_wait else None


def give_up(failure: Failure, vendor: Vendor, model: str) -> YantraError:
    """Return the error that a call ends with."""
    match failure.kind:
        case Kind.BUSY:
            return Transient(
                f"{vendor.name} brought no answer: {failure.detail}. The run can go on once it does.",
                retry_after=failure.retry_after,
            )
        case Kind.KEY:
            because = f": {failure.detail}" if failure.detail else ""
            return Unusable(
                f"{vendor.name} refuses the key{because}. "
                f"Put one into {vendor.setting} that may use {model}, then retry."
            )
        case Kind.QUOTA:
            return Unusable(f"The quota at {vendor.name} is used up. Add credit to the account of {vendor.setting}.")
        case Kind.MODEL:
            return Permanent(f"{vendor.name} at {vendor.base_url} knows no model {model!r}. Correct YANTRA_MODEL.")
        case Kind.OVERFLOW:
            return ContextOverflow(f"The conversation is too long for {model}: {failure.detail}")
        case Kind.REDIRECT:
            return Permanent(
                f"{vendor.base_url} sends requests elsewhere ({failure.detail}), and the key is not sent along. "
                "Set the base URL to the final address."
            )
    return Permanent(f"{vendor.name} refuses the request: {failure.detail}")


def describe_delay(policy: Policy) -> str:
    """Return the words for an answer that did not begin in time, with the setting that gives it more."""
    return f"nothing came within {policy.first_byte:g} s (YANTRA_MODEL_FIRST_BYTE_SECONDS)"


def read_retry_after(headers: dict[str, str], now: float) -> float | None:
    """Return the seconds that a response asks to wait. Header names in lower case; nonsense counts as absent."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * scale
        except (KeyError, ValueError):
            continue
        # Rejects nan and infinity too.
        return seconds if 0 <= seconds < 10_000_000 else None
    return read_date(headers.get("retry-after", ""), now)


def read_date(value: str, now: float) -> float | None:
    """Return the seconds until an HTTP date, None when it is none."""
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.fromtimestamp(now, UTC)).total_seconds())


def shorten(text: str) -> str:
    """Return a vendor's words as one short line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 1] + "…"


def make_jitter() -> Callable[[], float]:
    """Return a source of jitter that no two processes share."""
    return random.SystemRandom().random
