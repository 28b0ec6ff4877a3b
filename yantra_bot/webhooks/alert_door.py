"""The doors of alerts: each takes one delivery, verifies it, stores it, answers at once. All work comes later.

A sender whose delivery was not stored gets 5xx and tries again; what it sends again within minutes is the same row. A
stranger learns nothing, not even why a signature was refused.
"""

import asyncio
import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from aiohttp import web

from yantra_bot.domain.events import Delivery, Ignored
from yantra_bot.errors import SettingsError, Transient, UserError, YantraError
from yantra_bot.ports import Clock, Inbox
from yantra_bot.webhooks.alert_events import SOURCE, AlertKind, parse
from yantra_bot.webhooks.alert_signatures import (
    AUTHORIZATION,
    SENTRY_RESOURCE,
    SENTRY_SIGNATURE,
    SIGNATURE,
    TIMESTAMP,
    verify_bearer,
    verify_sentry,
    verify_timed,
)
from yantra_bot.webhooks.body import BodyLimits, BodyReader, RefusedBodyError
from yantra_bot.webhooks.metrics import DoorMetrics, Outcome
from yantra_bot.webhooks.signatures import SignatureCheck

ALERTMANAGER_PATH: Final = "/webhooks/alertmanager"
SENTRY_PATH: Final = "/webhooks/sentry"
ALERTS_PATH: Final = "/webhooks/alerts"
STORM: Final = BodyLimits(body_bytes=16 * 1024 * 1024, body_seconds=10.0, shared_bytes=64 * 1024 * 1024)
"""Alertmanager sends whole groups: thousands of alerts have megabytes. Its token is looked at before a byte is read."""
LIMITS: Final = BodyLimits(body_bytes=4 * 1024 * 1024, body_seconds=10.0, shared_bytes=32 * 1024 * 1024)
AGAIN_SECONDS: Final = 300
"""What comes again so soon is the same delivery tried again; after twice that it is news: it still fires."""
STORE_SECONDS: Final = 5.0
"""How long the disk may take; then the sender is told to try again."""
_LARGE: Final = 1024 * 1024
_JSON: Final = "application/json"
_STATUS: Final[Mapping[Outcome, int]] = {
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
_log = structlog.get_logger()


class AlertDoor(ABC):
    """Answers POST at one path. What differs between senders is how they are known, and what kind it is."""

    setting: str
    limits: BodyLimits = LIMITS

    def __init__(
        self,
        *,
        secrets: Sequence[str],
        inbox: Inbox,
        clock: Clock,
        metrics: DoorMetrics,
        store_seconds: float = STORE_SECONDS,
    ) -> None:
        """Raises SettingsError without a secret: anybody could raise alarms."""
        if not secrets or not all(secret.strip() for secret in secrets):
            raise SettingsError(f"{self.setting} is empty. Cure: set it to what the sender of alerts has too.")
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._inbox, self._clock, self._metrics = inbox, clock, metrics
        self._body, self._store_seconds = BodyReader(self.limits), store_seconds

    @abstractmethod
    def _kind(self, request: web.Request) -> str:
        """Return the kind that a delivery is stored as."""

    def _once(self, _request: web.Request) -> str:
        """Return what makes a delivery another one than an earlier one with the same body."""
        return ""

    @abstractmethod
    def _check(self, request: web.Request, body: bytes) -> SignatureCheck:
        """Check who sent it."""

    def _check_head(self, _request: web.Request) -> SignatureCheck:
        """Check what can be checked before the body is read."""
        return SignatureCheck.VALID

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one delivery."""
        started, retry_after, is_closing = time.perf_counter(), None, False
        try:
            outcome = await self._judge(request)
        except RefusedBodyError as refused:
            outcome, is_closing = refused.outcome, True
        except (YantraError, TimeoutError) as error:
            _log.error("alerts not stored", error=str(error))
            outcome = Outcome.UNAVAILABLE
            retry_after = error.retry_after if isinstance(error, Transient) else None
        self._metrics.count(outcome, time.perf_counter() - started)
        response = web.json_response({"status": outcome.value}, status=_STATUS[outcome])
        if outcome is Outcome.UNAVAILABLE:
            response.headers["Retry-After"] = str(max(1, round(retry_after or 30)))
        if is_closing:
            response.force_close()
        return response

    async def _judge(self, request: web.Request) -> Outcome:
        check = self._check_head(request)
        if check is not SignatureCheck.VALID:
            _refuse(request, check)
            raise RefusedBodyError(Outcome.UNSIGNED)  # its body is not read: the connection has to be closed
        types = request.headers.getall("Content-Type", [])
        if len(types) != 1 or types[0].partition(";")[0].strip().lower() != _JSON:
            raise RefusedBodyError(Outcome.WRONG_TYPE)
        body = await self._body.read(request)
        check = self._check(request, body)
        if check is not SignatureCheck.VALID:
            _refuse(request, check)
            return Outcome.UNSIGNED
        kind = self._kind(request)
        try:
            said = parse(kind, body) if len(body) < _LARGE else await asyncio.to_thread(parse, kind, body)
        except UserError as error:
            _log.warning("alerts malformed", kind=kind, error=str(error))
            return Outcome.MALFORMED
        if isinstance(said, Ignored):
            _log.debug("alerts ignored", kind=kind, reason=said.reason)
            return Outcome.IGNORED
        return await self._store(make_delivery(kind, body, once=self._once(request), at=self._clock.now()))

    async def _store(self, delivery: Delivery) -> Outcome:
        putting = asyncio.ensure_future(self._inbox.put(delivery))
        await asyncio.wait({putting}, timeout=self._store_seconds)
        if not putting.done():
            putting.add_done_callback(_look)
            raise TimeoutError(f"the inbox took more than {self._store_seconds:g} s")
        outcome = Outcome.ACCEPTED if putting.result() else Outcome.DUPLICATE
        _log.info("alerts stored", delivery=delivery.delivery_id[:16], kind=delivery.event, outcome=outcome.value)
        return outcome


class AlertmanagerDoor(AlertDoor):
    """Alertmanager's: it shows a token."""

    setting = "YANTRA_ALERT_TOKENS"
    limits = STORM

    def _kind(self, request: web.Request) -> str:
        return AlertKind.ALERTMANAGER

    def _check_head(self, request: web.Request) -> SignatureCheck:
        return verify_bearer(request.headers.getall(AUTHORIZATION, []), self._secrets)

    def _check(self, request: web.Request, body: bytes) -> SignatureCheck:
        return SignatureCheck.VALID  # its head was enough


class SentryDoor(AlertDoor):
    """Sentry's: it signs the body."""

    setting = "YANTRA_SENTRY_SECRETS"

    def _kind(self, request: web.Request) -> str:
        return f"{AlertKind.SENTRY}/{request.headers.get(SENTRY_RESOURCE, '')[:40]}"

    def _check(self, request: web.Request, body: bytes) -> SignatureCheck:
        return verify_sentry(body, request.headers.getall(SENTRY_SIGNATURE, []), self._secrets)


class SignedDoor(AlertDoor):
    """Everybody else's: the time and the body are signed."""

    setting = "YANTRA_ALERT_SECRETS"

    def _kind(self, request: web.Request) -> str:
        return AlertKind.GENERIC

    def _once(self, request: web.Request) -> str:
        # It is signed: a sender that tells no times says by it that the same happens again.
        return request.headers.get(TIMESTAMP, "")

    def _check(self, request: web.Request, body: bytes) -> SignatureCheck:
        return verify_timed(
            body,
            signatures=request.headers.getall(SIGNATURE, []),
            timestamps=request.headers.getall(TIMESTAMP, []),
            secrets=self._secrets,
            now=self._clock.now(),
        )


def make_delivery(kind: str, body: bytes, *, once: str = "", at: float) -> Delivery:
    """Return a delivery as it is stored: under two keys of its content and of the time, either of which is taken once.

    The times of one key change half-way between those of the other, so that whatever is sent again within
    AGAIN_SECONDS meets a key that is taken, and what comes after twice that meets none.
    """
    digest = hashlib.sha256(body).hexdigest() + once
    length = 2 * AGAIN_SECONDS
    keys = [
        hashlib.sha256(repr((SOURCE, kind, digest, which, int(at + shift) // length)).encode()).hexdigest()
        for which, shift in (("even", 0), ("odd", AGAIN_SECONDS))
    ]
    return Delivery(0, keys[0], keys[1], SOURCE, kind, body, at)


def _refuse(request: web.Request, check: SignatureCheck) -> None:
    _log.warning("alerts refused", path=request.path, signature=check.value, peer=request.remote)


def _look(putting: "asyncio.Future[bool]") -> None:
    """Take note of what became of a write that nobody waited for any more."""
    if not putting.cancelled() and (problem := putting.exception()) is not None:
        _log.error("alerts not stored", error=str(problem))
