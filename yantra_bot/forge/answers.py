"""What an HTTP answer of the forge means: data, a refusal with its cure, or a wait. Pure.

This module and `client` and `app_auth` are all that know gidgethub. It never sends anything.
"""

import email.utils
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gidgethub
from gidgethub import sansio

from yantra_bot.errors import Permanent, Transient

SECONDARY_WAIT = 60.0
"""Seconds to wait at least after a secondary rate limit that names no time."""
LONGEST_WAIT = 3600.0
"""Seconds no answer can make us wait longer than: the primary limit is reset every hour."""
CLOCK_MARGIN = 1.0
"""Seconds added to a reset, which the forge gives in whole seconds."""

_RATE_WORDS = re.compile(r"secondary rate limit|abuse detection|rate limit exceeded", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")

_CURES = {
    401: "the credentials were refused: check the App's number and its private key, or the token",
    403: "the App may not do this: let an owner accept its permissions, or lift the rule that forbids it",
    404: "it does not exist, or the App is not installed on it: install the App on this repository",
    410: "it was deleted or is switched off: switch it on in the repository's settings",
    451: "it is blocked for legal reasons: nothing can be done here",
}


class Refused(Permanent):
    """The forge said no. Cure: the message names it. `status` is the HTTP status, `said` the forge's own words."""

    def __init__(self, message: str, *, status: int, said: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.said = said


class EffectUnknown(Transient):
    """A write was sent and its answer never came. Cure: look whether it happened, then write again."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer: `headers` with names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for. `next_url` is the next page, None on the last one."""

    data: Any
    next_url: str | None = None


def read_answer(response: Response, *, what: str) -> Answer:
    """Return the data of a successful answer; raise Refused for a refusal, EffectUnknown for nonsense."""
    try:
        data, _, next_url = sansio.decipher_response(response.status, response.headers, response.body)
    except gidgethub.HTTPException as error:
        raise refusal(response, what=what) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # gidgethub raises these on bad JSON, unknown charsets, unknown statuses and odd headers.
        if response.status >= 400:
            raise refusal(response, what=what) from error
        raise EffectUnknown(f"{what}: GitHub's answer cannot be read. It is tried again.") from error
    return Answer(data, next_url)


def read_graphql(data: Any, *, what: str) -> Any:
    """Return the data of GraphQL's answer, which has status 200 for refusals too; raise Refused or Transient."""
    if not isinstance(data, dict):
        raise Permanent(f"{what}: the answer is no object. Check that the configured API address is GitHub's.")
    errors = [error for error in data.get("errors") or [] if isinstance(error, dict)]
    if not errors:
        return data.get("data")
    said = _CONTROL.sub(" ", "; ".join(str(error.get("message", "")) for error in errors[:5]))[:300]
    kinds = {str(error.get("type", "")) for error in errors}
    if "RATE_LIMITED" in kinds:
        raise Transient(f"{what}: GitHub's rate limit is reached.", retry_after=SECONDARY_WAIT)
    status = 404 if "NOT_FOUND" in kinds else 403
    raise Refused(f'{what}: {_CURES[status]}. GitHub says: "{said}".', status=status, said=said)


def refusal(response: Response, *, what: str) -> Permanent:
    """Return what to raise for a status that will not change by itself."""
    said = said_by(response.body)
    cure = _CURES.get(response.status, f"HTTP {response.status}: change what was asked for")
    quoted = f' GitHub says: "{said}".' if said else ""
    return Refused(f"{what}: {cure}.{quoted}", status=response.status, said=said)


def said_by(body: bytes) -> str:
    """Return the forge's own explanation, one line, at most 300 characters, nothing when there is none."""
    try:
        data, _, _ = sansio.decipher_response(200, {"content-type": "application/json"}, body)
    except (ValueError, LookupError, RecursionError):
        return ""
    if not isinstance(data, dict):
        return ""
    parts = [data.get("message"), *_details(data.get("errors"))]
    line = "; ".join(part for part in parts if isinstance(part, str) and part)
    return _CONTROL.sub(" ", line)[:300]


def _details(errors: object) -> list[object]:
    if isinstance(errors, str):
        return [errors]
    if not isinstance(errors, list):
        return []
    return [_detail(error) for error in errors[:5]]


def _detail(error: object) -> object:
    if not isinstance(error, dict):
        return error
    return error.get("message") or " ".join(str(error[key]) for key in ("field", "code") if key in error)


def rate_limit_wait(response: Response, *, now: float, attempt: int) -> float | None:
    """Return how many seconds a rate limit asks to wait, None when this is no rate limit.

    `attempt` counts from 0; a secondary limit that names no time is waited out one minute, then two, then four.
    The reset of a primary limit is compared with the forge's own clock, since ours may be wrong.
    """
    if response.status not in {403, 429}:
        return None
    retry_after = _number(response.headers.get("retry-after"))
    if retry_after is not None:
        return _within(retry_after)
    if response.headers.get("x-ratelimit-remaining") == "0":
        reset = _number(response.headers.get("x-ratelimit-reset"))
        if reset is not None:
            there = server_time(response)
            return _within(reset - (now if there is None else there) + CLOCK_MARGIN)
    if response.status == 429 or _RATE_WORDS.search(said_by(response.body)):
        return _within(SECONDARY_WAIT * 2**attempt)
    return None


def server_time(response: Response) -> float | None:
    """Return the Unix time of the answer by the forge's clock, None when it does not say."""
    try:
        return email.utils.parsedate_to_datetime(response.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@contextmanager
def reading(what: str) -> Generator[None, None, None]:
    """Turn an answer of another shape than GitHub documents into Permanent; wraps the parsing of one answer."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Permanent(
            f"{what}: the answer does not have the shape that GitHub documents ({type(error).__name__}: {error}). "
            "Check that the configured API address is GitHub's."
        ) from error


def _number(text: str | None) -> float | None:
    try:
        return max(0.0, float(int(text))) if text is not None else None
    except ValueError:
        return None


def _within(seconds: float) -> float:
    return min(max(seconds, CLOCK_MARGIN), LONGEST_WAIT)
