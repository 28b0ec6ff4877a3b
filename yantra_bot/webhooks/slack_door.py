"""Slack's door: takes one request, verifies it, stores it, answers at once. All work comes later, in control.

Slack waits three seconds for an answer and sends again what got none; nothing here waits for anything but the disk.
A stranger learns nothing, not even why a signature was refused.
"""

import asyncio
import time
from collections.abc import Sequence

import structlog
from aiohttp import web

from yantra_bot.errors import SettingsError, Transient, UserError, YantraError
from yantra_bot.ports import Clock, Inbox
from yantra_bot.webhooks.body import BodyLimits, BodyReader, RefusedBodyError
from yantra_bot.webhooks.metrics import DoorMetrics, Outcome
from yantra_bot.webhooks.signatures import SignatureCheck
from yantra_bot.webhooks.slack_intake import BUSY, Intake, SlackKind, read_request, take, tell_one
from yantra_bot.webhooks.slack_signatures import SIGNATURE, TIMESTAMP, verify_slack

SLACK_PATH = "/webhooks/slack"
LIMITS = BodyLimits(body_bytes=1024 * 1024, body_seconds=10.0, shared_bytes=32 * 1024 * 1024)
"""What Slack sends has tens of kilobytes at most."""
STORE_SECONDS = 2.0
"""How long the disk may take; then Slack is answered, since it waits for three seconds."""
_STATUS = {
    Outcome.UNSIGNED: 401,
    Outcome.MALFORMED: 400,
    Outcome.WRONG_TYPE: 415,
    Outcome.TOO_LARGE: 413,
    Outcome.TOO_SLOW: 408,
    Outcome.UNAVAILABLE: 503,
}
_log = structlog.get_logger()


class SlackDoor:
    """Answers POST /webhooks/slack: events, slash commands, buttons and windows."""

    def __init__(
        self, *, secrets: Sequence[str], inbox: Inbox, clock: Clock, metrics: DoorMetrics, limits: BodyLimits = LIMITS
    ) -> None:
        """Raises SettingsError without a secret: anybody could give orders."""
        if not secrets or not all(secret.strip() for secret in secrets):
            raise SettingsError(
                "YANTRA_SLACK_SIGNING_SECRETS is empty. Cure: set it to the Slack app's signing secret."
            )
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._inbox, self._clock, self._metrics = inbox, clock, metrics
        self._body = BodyReader(limits)

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one request."""
        started = time.perf_counter()
        try:
            outcome, response = await self._judge(request)
        except RefusedBodyError as refused:
            outcome, response = refused.outcome, _answer(refused.outcome)
            response.force_close()
        self._metrics.count(outcome, time.perf_counter() - started)
        return response

    async def _judge(self, request: web.Request) -> tuple[Outcome, web.Response]:
        body = await self._body.read(request)
        headers = request.headers
        check = verify_slack(
            body,
            signatures=headers.getall(SIGNATURE, []),
            timestamps=headers.getall(TIMESTAMP, []),
            secrets=self._secrets,
            now=self._clock.now(),
        )
        if check is not SignatureCheck.VALID:
            _log.warning("slack request refused", signature=check.value, peer=request.remote)
            return Outcome.UNSIGNED, _answer(Outcome.UNSIGNED)
        try:
            intake = take(*read_request(headers.getall("Content-Type", []), body))
        except UserError as error:
            _log.warning("slack request malformed", error=str(error))
            return Outcome.MALFORMED, _answer(Outcome.MALFORMED)
        return await self._keep(intake)

    async def _keep(self, intake: Intake) -> tuple[Outcome, web.Response]:
        if intake.ignored:
            _log.debug("slack request ignored", kind=intake.kind.value, reason=intake.ignored)
            return Outcome.IGNORED, _accept(intake)
        try:
            is_new = await self._put(intake)
        except (YantraError, TimeoutError) as error:
            _log.error("slack request not stored", error=str(error))
            return Outcome.UNAVAILABLE, _put_off(intake, error)
        outcome = Outcome.ACCEPTED if is_new else Outcome.DUPLICATE
        _log.info("slack request stored", delivery=intake.key[:16], kind=intake.kind.value, outcome=outcome.value)
        return outcome, _accept(intake)

    async def _put(self, intake: Intake) -> bool:
        """Store a request; raise TimeoutError where the disk takes too long. Then it may be stored all the same."""
        putting = asyncio.ensure_future(self._inbox.put(intake.as_delivery(at=self._clock.now())))
        # What is there by the time that the wait ends counts, however late that was noticed.
        await asyncio.wait({putting}, timeout=STORE_SECONDS)
        if putting.done():
            return putting.result()
        putting.add_done_callback(_look)
        raise TimeoutError(f"the inbox took more than {STORE_SECONDS:g} s")


def _look(putting: "asyncio.Future[bool]") -> None:
    """Take note of what became of a write that nobody waited for any more."""
    if not putting.cancelled() and (problem := putting.exception()) is not None:
        _log.error("slack request not stored", error=str(problem))


def _accept(intake: Intake) -> web.Response:
    return web.Response() if intake.answer is None else web.json_response(intake.answer)


def _put_off(intake: Intake, problem: Exception) -> web.Response:
    """Answer what could not be stored: Slack sends events again; who typed a command is told, since it does not."""
    if intake.kind is SlackKind.COMMAND:
        return web.json_response(tell_one(BUSY))
    response = _answer(Outcome.UNAVAILABLE)
    wait = problem.retry_after if isinstance(problem, Transient) else None
    response.headers["Retry-After"] = str(max(1, round(wait or 30)))
    return response


def _answer(outcome: Outcome) -> web.Response:
    return web.json_response({"status": outcome.value}, status=_STATUS[outcome])
