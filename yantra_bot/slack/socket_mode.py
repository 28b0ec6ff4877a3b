"""Slack's other way in: a connection that the bot opens itself, for who has no address that Slack could reach.

Bolt holds the connection and acknowledges; what comes is stored in the same inbox as the door's, under the same keys,
and nothing is handled here. A request that could not be stored is not acknowledged, so that Slack sends it again.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError

from yantra_bot.errors import UserError, YantraError
from yantra_bot.ports import Clock, Inbox
from yantra_bot.slack.api import SlackApi, quiet_logger
from yantra_bot.webhooks.slack_intake import SlackKind, take

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0
CHECK_SECONDS: Final = 1.0

_log = structlog.get_logger()


class SocketMode:
    """Takes what Slack sends over a connection of our own."""

    def __init__(self, api: SlackApi, app_token: str, inbox: Inbox, clock: Clock) -> None:
        """`api` gives the client that asks for a connection; `app_token` is the app-level one."""
        self._api, self._app_token, self._inbox, self._clock = api, app_token, inbox, clock

    async def run(self) -> None:
        """Listen until cancelled; a connection that breaks is opened anew by itself."""
        wait = FIRST_WAIT
        while True:
            handler = self._open()
            try:
                await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt leaves it without annotations
                _log.info("slack is listened to by socket mode")
                wait = FIRST_WAIT
                while not handler.client.closed:
                    await self._clock.sleep(CHECK_SECONDS)
            except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as problem:
                _log.warning("slack cannot be listened to", problem=type(problem).__name__, seconds=wait)
            finally:
                await handler.close_async()  # type: ignore[no-untyped-call]  # the same
            await self._clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _open(self) -> AsyncSocketModeHandler:
        logger, client = quiet_logger(), self._api.client
        app = AsyncApp(
            logger=logger,
            client=client,
            authorize=_authorize,
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            ignoring_self_assistant_message_events_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.use(self._keep)
        return AsyncSocketModeHandler(app, self._app_token, logger=logger, web_client=client, proxy=client.proxy)

    async def _keep(self, req: AsyncBoltRequest, next: Callable[[], Awaitable[Any]]) -> BoltResponse:  # noqa: A002 (bolt gives arguments by their names)
        """Store one request, then acknowledge it. `next` would hand it to a listener, of which there is none."""
        del next
        try:
            intake = take(_kind_of(req.body), req.body)
            if not intake.ignored:
                await self._inbox.put(intake.as_delivery(at=self._clock.now()))
        except UserError as problem:
            _log.warning("slack request malformed", error=str(problem))
            return BoltResponse(status=200)
        except YantraError as problem:
            _log.error("slack request not stored", error=str(problem))
            return BoltResponse(status=503)
        if intake.answer is None:
            return BoltResponse(status=200)
        return BoltResponse(status=200, body=json.dumps(intake.answer), headers={"content-type": "application/json"})


async def _authorize() -> AuthorizeResult:
    """Let bolt go on without asking Slack who the bot is: control judges who may speak."""
    return AuthorizeResult(enterprise_id=None, team_id=None, bot_token="none")  # noqa: S106 (no token is used here)


def _kind_of(payload: Mapping[str, Any]) -> SlackKind:
    if "command" in payload:
        return SlackKind.COMMAND
    return SlackKind.EVENT if payload.get("type") == "event_callback" else SlackKind.ACTION
