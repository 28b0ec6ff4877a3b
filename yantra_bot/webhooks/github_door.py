"""GitHub's door: takes one delivery, verifies it, looks into it, stores it, answers.

The order is the point: size, type, signature over the raw bytes, and only then a look inside. Nothing here works, calls
a model or asks the forge; a stranger learns nothing, not even why a signature was refused.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from aiohttp import web

from yantra_bot.domain.events import Delivery, Event, Ignored
from yantra_bot.errors import Transient, UserError, YantraError
from yantra_bot.ports import Clock, Inbox
from yantra_bot.webhooks.body import BodyLimits, BodyReader, RefusedBodyError
from yantra_bot.webhooks.github_events import content_key, parse
from yantra_bot.webhooks.metrics import DoorMetrics, Outcome
from yantra_bot.webhooks.signatures import HEADER, SignatureCheck, check_secrets, verify

Result = TypeVar("Result")
Screen = Callable[[Event], Ignored | None]
"""Says why an event need not be stored, None when it has to be; see `policy.screen`."""

_STATUS = {
    Outcome.ACCEPTED: 202,
    Outcome.DUPLICATE: 202,
    Outcome.IGNORED: 202,
    Outcome.UNSIGNED: 401,
    Outcome.MALFORMED: 400,
    Outcome.WRONG_TYPE: 415,
    Outcome.TOO_LARGE: 413,
    Outcome.TOO_SLOW: 408,
    Outcome.UNAVAILABLE: 503,
}
_BODY = {outcome: json.dumps({"status": outcome.value}).encode() + b"\n" for outcome in Outcome}
_EVENT_NAME = re.compile(r"[a-z_]{1,64}", re.ASCII)
_DELIVERY_ID = re.compile(r"[A-Za-z0-9-]{1,100}", re.ASCII)
_JSON_TYPES = frozenset({"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"})
_LARGE = 1024 * 1024
_RETRY_SECONDS = 30
_log = structlog.get_logger()


class GitHubDoor:
    """Answers POST /webhooks/github."""

    def __init__(
        self,
        *,
        secrets: Sequence[str | bytes],
        inbox: Inbox,
        clock: Clock,
        metrics: DoorMetrics,
        screen: Screen | None = None,
        limits: BodyLimits | None = None,
    ) -> None:
        self._secrets = check_secrets(secrets)
        self._inbox = inbox
        self._clock = clock
        self._metrics = metrics
        self._screen = screen or (lambda event: event if isinstance(event, Ignored) else None)
        self._body = BodyReader(limits or BodyLimits())

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one delivery."""
        started = time.perf_counter()
        retry_after: float | None = None
        is_closing = False
        try:
            outcome = await self._judge(request)
        except RefusedBodyError as refused:
            outcome, is_closing = refused.outcome, True
        except YantraError as error:
            _log.error("delivery not stored", error=str(error))
            outcome = Outcome.UNAVAILABLE
            retry_after = error.retry_after if isinstance(error, Transient) else None
        self._metrics.count(outcome, time.perf_counter() - started)
        return _answer(outcome, retry_after=retry_after, is_closing=is_closing)

    async def _judge(self, request: web.Request) -> Outcome:
        self._body.check_length(request)
        headers = request.headers
        if headers.get("Content-Encoding") or not _is_json(headers.getall("Content-Type", [])):
            raise RefusedBodyError(Outcome.WRONG_TYPE)
        body = await self._body.read(request)
        signatures = headers.getall(HEADER, [])
        check = await _off_loop(len(body), verify, body, signatures, self._secrets)
        if check is not SignatureCheck.VALID:
            _log.warning("delivery refused", signature=check.value, peer=request.remote)
            return Outcome.UNSIGNED
        deliveries = headers.getall("X-GitHub-Delivery", [])
        if len(deliveries) != 1 or not _DELIVERY_ID.fullmatch(deliveries[0]):
            return Outcome.MALFORMED
        return await self._take(_event_name(headers.getall("X-GitHub-Event", [])), deliveries[0], body)

    async def _take(self, event_name: str, delivery_id: str, body: bytes) -> Outcome:
        """Look into a body that is known to be GitHub's, and store it if it is of use."""
        try:
            event = await _off_loop(len(body), parse, event_name, body)
        except UserError as error:
            _log.warning("delivery malformed", delivery=delivery_id, event_name=event_name, error=str(error))
            return Outcome.MALFORMED
        if ignored := self._screen(event):
            _log.debug("delivery ignored", delivery=delivery_id, event_name=event_name, reason=ignored.reason)
            return Outcome.IGNORED
        key = content_key(event_name, event, body)
        delivery = Delivery(0, delivery_id, key, "github", event_name, body, self._clock.now())
        is_new = await self._inbox.put(delivery)
        outcome = Outcome.ACCEPTED if is_new else Outcome.DUPLICATE
        _log.info("delivery stored", delivery=delivery_id, event_name=event_name, outcome=outcome.value)
        return outcome


def _answer(outcome: Outcome, *, retry_after: float | None, is_closing: bool) -> web.Response:
    response = web.Response(body=_BODY[outcome], status=_STATUS[outcome], content_type="application/json")
    if outcome is Outcome.UNAVAILABLE:
        response.headers["Retry-After"] = str(max(1, round(retry_after or _RETRY_SECONDS)))
    if is_closing:
        response.force_close()
    return response


def _is_json(types: Sequence[str]) -> bool:
    return len(types) == 1 and types[0].lower() in _JSON_TYPES


def _event_name(names: Sequence[str]) -> str:
    """Return the announced event, empty when that is missing, repeated or no name at all: then it is ignored."""
    return names[0] if len(names) == 1 and _EVENT_NAME.fullmatch(names[0]) else ""


async def _off_loop(size: int, work: Callable[..., Result], *arguments: object) -> Result:
    """Do `work` here when the body is small, else in a thread, so that other deliveries go on meanwhile."""
    return work(*arguments) if size < _LARGE else await asyncio.to_thread(work, *arguments)
