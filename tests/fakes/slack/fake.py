"""What tests hold: start a Slack, fill it, act in it as people do, look at what was said."""

import asyncio
import hashlib
import hmac
import io
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.server import Fault, Server
from tests.fakes.slack.state import (
    APP,
    APP_TOKEN,
    BOT_TOKEN,
    BOT_USER,
    SIGNING_SECRET,
    TEAM,
    Call,
    Channel,
    Message,
    State,
    Trigger,
    User,
    View,
    Whisper,
)

Headers = Mapping[str, str]


def sign(body: bytes, *, secret: str = SIGNING_SECRET, at: float | None = None) -> dict[str, str]:
    """Return the headers that Slack signs a body with."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hex()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


class FakeSlack:
    """One running Slack. Use `start`."""

    def __init__(self, state: State, server: Server) -> None:
        self.state, self._server = state, server
        self.door = ""
        """Address of the bot's door; empty: requests go by Socket Mode."""

    bot_token, app_token, signing_secret, team = BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, TEAM

    @property
    def api_url(self) -> str:
        return f"{self._server.url}/api/"

    @property
    def hooks_url(self) -> str:
        return self._server.url

    @property
    def calls(self) -> list[Call]:
        return self.state.calls

    @property
    def whispers(self) -> list[Whisper]:
        return self.state.whispers

    @property
    def violations(self) -> list[str]:
        return self.state.violations

    def settings(self) -> dict[str, Any]:
        """Return the operator's settings for it, over HTTP."""
        return {
            "slack_signing_secrets": (SIGNING_SECRET,),
            "slack_bot_token": BOT_TOKEN,
            "slack_teams": (TEAM,),
            "slack_url": self.api_url,
            "slack_hooks_url": self.hooks_url,
        }

    def add_user(self, name: str, **facts: Any) -> User:
        user = User(f"U0{name.upper()}", name, **facts)
        self.state.users[user.id] = user
        return user

    def add_channel(self, name: str, *members: User, has_bot: bool = True, **facts: Any) -> Channel:
        ids = {one.id for one in members} | ({BOT_USER} if has_bot else set())
        channel = Channel(f"C0{name.upper()}", name, ids, **facts)
        self.state.channels[channel.id] = channel
        return channel

    def fail(self, method: str, **fault: Any) -> Fault:
        """Let the next calls of a method fail, or wait; what is returned counts them."""
        made = Fault(**fault)
        self._server.faults[method].append(made)
        return made

    def heal(self) -> None:
        """Let nothing fail any more."""
        self._server.faults.clear()

    async def break_sockets(self) -> None:
        """Close every connection of Socket Mode, as Slack does every few hours."""
        for socket in list(self._server.sockets.open):
            await socket.close()

    def said(self, channel: Channel) -> list[Message]:
        """Return what the bot said in a channel."""
        return [one for one in channel.messages if one.user == BOT_USER]

    def direct(self, user: User) -> Channel:
        return self.state.direct(user.id)

    def trigger(self, user: User) -> str:
        name = f"{self.state.number()}.{self.state.number()}.trigger"
        self.state.triggers[name] = Trigger(user.id, time.monotonic())
        return name

    def command_payload(self, user: User, text: str, channel: Channel) -> dict[str, str]:
        """Return what Slack sends for `/yantra TEXT`."""
        hook = f"hook{self.state.number()}"
        self.state.hooks[hook] = (channel.id, user.id)
        return {
            "token": "gone", "team_id": TEAM, "team_domain": "home", "channel_id": channel.id,
            "channel_name": channel.name, "user_id": user.id, "user_name": user.name, "command": "/yantra",
            "text": text, "api_app_id": APP, "is_enterprise_install": "false",
            "response_url": f"{self._server.url}/hooks/{hook}", "trigger_id": self.trigger(user),
        }  # fmt: skip

    def mention_payload(self, user: User, text: str, channel: Channel, *, thread: str = "") -> dict[str, Any]:
        """Return what Slack sends for a message that mentions the bot, which stands in the channel from now on."""
        message = Message(self.state.ts(), user.id, f"<@{BOT_USER}> {text}", thread_ts=thread)
        channel.messages.append(message)
        told = {
            "type": "app_mention", "user": user.id, "text": message.text, "ts": message.ts, "channel": channel.id,
            "event_ts": message.ts, "team": user.team, **({"thread_ts": thread} if thread else {}),
        }  # fmt: skip
        return self.event_payload(told)

    def event_payload(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "token": "gone", "team_id": TEAM, "api_app_id": APP, "event": dict(event), "type": "event_callback",
            "event_id": f"Ev{self.state.number():08d}", "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }  # fmt: skip

    def press_payload(self, user: User, channel: Channel, message: Message, action: str) -> dict[str, Any]:
        """Return what Slack sends when somebody presses a button of a message."""
        button = message.buttons[action]
        hook = f"hook{self.state.number()}"
        self.state.hooks[hook] = (channel.id, user.id)
        container = {"type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": False}
        pressed = {**button, "type": "button", "block_id": "b1", "action_ts": self.state.ts()}
        return {
            "type": "block_actions", "team": {"id": TEAM, "domain": "home"}, "api_app_id": APP, "token": "gone",
            "user": {"id": user.id, "username": user.name, "team_id": user.team}, "container": container,
            "trigger_id": self.trigger(user), "channel": {"id": channel.id, "name": channel.name},
            "message": {"ts": message.ts, **({"thread_ts": message.thread_ts} if message.thread_ts else {})},
            "response_url": f"{self._server.url}/hooks/{hook}", "actions": [pressed],
        }  # fmt: skip

    def submission_payload(self, user: User, view: View, values: Mapping[str, str]) -> dict[str, Any]:
        """Return what Slack sends when somebody fills a window in. `values` by the names of the inputs' blocks."""
        filled: dict[str, Any] = {}
        for block in view.view["blocks"]:
            if block["type"] != "input":
                continue
            element = block["element"]
            before = element.get("initial_value") or element.get("initial_option", {}).get("value")
            value = values.get(block["block_id"], before)
            kind = block["element"]["type"]
            chosen = {"value": value} if kind == "plain_text_input" else {"selected_option": {"value": value}}
            filled[block["block_id"]] = {block["element"]["action_id"]: {"type": kind, **chosen}}
        return {
            "type": "view_submission", "team": {"id": TEAM, "domain": "home"}, "api_app_id": APP, "token": "gone",
            "user": {"id": user.id, "username": user.name, "team_id": user.team}, "trigger_id": self.trigger(user),
            "view": {"id": view.id, "hash": view.hash, **view.view, "state": {"values": filled}}, "response_urls": [],
        }  # fmt: skip

    async def command(self, user: User, text: str, channel: Channel) -> "Answer":
        payload = self.command_payload(user, text, channel)
        return await self.send("slash_commands", payload)

    async def mention(self, user: User, text: str, channel: Channel, *, thread: str = "") -> "Answer":
        return await self.send("events_api", self.mention_payload(user, text, channel, thread=thread))

    async def press(self, user: User, channel: Channel, message: Message, action: str) -> "Answer":
        return await self.send("interactive", self.press_payload(user, channel, message, action))

    async def submit(self, user: User, view: View, values: Mapping[str, str]) -> "Answer":
        return await self.send("interactive", self.submission_payload(user, view, values))

    async def send(self, kind: str, payload: Mapping[str, Any], *, retry: int = 0) -> "Answer":
        """Send a request as Slack does, signed, or on the open socket; return what was answered."""
        if not self.door:
            envelope = f"envelope-{self.state.number()}"
            return Answer(200, await self._server.send_by_socket(kind, envelope, payload))
        body, content = encode(kind, payload)
        extra = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        answer = await self.post(body, {"Content-Type": content, **sign(body), **extra})
        while kind == "events_api" and answer.status == 503:  # Slack, too, sends an event again
            await asyncio.sleep(0.1)
            answer = await self.post(body, {"Content-Type": content, **sign(body), "X-Slack-Retry-Num": "1"})
        return answer

    async def post(self, body: bytes, headers: Headers) -> "Answer":
        """Send any request to the bot's door."""
        async with (
            aiohttp.ClientSession(skip_auto_headers=("Content-Type",)) as session,
            session.post(self.door, data=io.BytesIO(body), headers=headers) as answer,
        ):
            text = await answer.text()
            return Answer(answer.status, json.loads(text) if text.strip().startswith("{") else text)

    async def close(self) -> None:
        """End; raise AssertionError where something was not as Slack's documentation says."""
        await self._server.close()
        assert self.violations == []


class Answer(tuple[int, Any]):
    """Status and body of what the bot answered."""

    __slots__ = ()

    def __new__(cls, status: int, body: Any) -> Self:
        return super().__new__(cls, (status, body))

    @property
    def status(self) -> int:
        return self[0]

    @property
    def body(self) -> Any:
        return self[1]


def encode(kind: str, payload: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a request's body over HTTP, and its type."""
    if kind == "slash_commands":
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(payload).encode(), "application/json"


@asynccontextmanager
async def start() -> AsyncIterator[FakeSlack]:
    """Run a Slack inside the block."""
    state = State()
    server = Server(state)
    await server.start()
    slack = FakeSlack(state, server)
    try:
        yield slack
    finally:
        await slack.close()
