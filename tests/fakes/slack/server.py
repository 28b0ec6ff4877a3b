"""The HTTP side: the Web API, addresses for answers, and the socket of Socket Mode."""

import asyncio
import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack.methods import METHODS, Refusal
from tests.fakes.slack.shapes import READING, check_arguments
from tests.fakes.slack.state import APP_TOKEN, BOT_TOKEN, Call, State, Whisper


@dataclass
class Fault:
    """What the next calls of a method meet. `is_done`: the call does what it should, and its answer is lost."""

    status: int = 200
    error: str = ""
    retry_after: str = ""
    is_done: bool = False
    times: int = 1
    until: asyncio.Event | None = None
    """The call waits for it, and is then answered as usual."""
    hits: int = 0

    async def waited(self) -> bool:
        """Wait for what the call waits for; False where it is to fail."""
        if self.until is None:
            return False
        await self.until.wait()
        return True


@dataclass
class Sockets:
    """Open connections of Socket Mode, and what was acknowledged on them."""

    open: list[web.WebSocketResponse] = field(default_factory=list)
    acknowledged: dict[str, Any] = field(default_factory=dict)


class Server:
    """Serves one state on a free port of loopback."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.sockets = Sockets()
        self.url = ""
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._answer)
        app.router.add_post("/hooks/{name}", self._take_answer)
        app.router.add_get("/socket", self._serve_socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        for socket in self.sockets.open:
            await socket.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = await self._read(request, method)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.state.calls.append(Call(method, arguments, token))
        fault = self._take_fault(method)
        if fault is None:
            return web.json_response(self._do(method, arguments, token))
        if fault.is_done:
            answer = self._do(method, arguments, token)
            return web.json_response(answer) if await fault.waited() else _fail(fault)
        return web.json_response(self._do(method, arguments, token)) if await fault.waited() else _fail(fault)

    async def _read(self, request: web.Request, method: str) -> dict[str, Any]:
        if request.method == "GET":
            return dict(request.query)
        if request.content_type == "application/json":
            if method in READING:
                self.state.violations.append(f"{method} takes no JSON")
            return dict(await request.json())
        return dict(await request.post())

    def _do(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        if method == "apps.connections.open":
            is_known = token == APP_TOKEN
            address = f"{self.url.replace('http', 'ws', 1)}/socket"
            return {"ok": True, "url": address} if is_known else {"ok": False, "error": "invalid_auth"}
        if method not in METHODS:
            self.state.violations.append(f"{method} is not known")
            return {"ok": False, "error": "unknown_method"}
        if token != BOT_TOKEN:
            return {"ok": False, "error": "invalid_auth"}
        wrong = list(check_arguments(method, arguments))
        self.state.violations += wrong
        if wrong:
            return {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": wrong}}
        try:
            return {"ok": True, **METHODS[method](self.state, arguments)}
        except Refusal as refusal:
            return {"ok": False, "error": str(refusal)}

    def _take_fault(self, method: str) -> Fault | None:
        waiting = self.faults[method]
        if not waiting:
            return None
        fault = waiting[0]
        fault.times -= 1
        fault.hits += 1
        if fault.times <= 0:
            waiting.pop(0)
        return fault

    async def _take_answer(self, request: web.Request) -> web.Response:
        known = self.state.hooks.get(request.match_info["name"])
        if known is None:
            return web.Response(status=404, text="expired_url")
        body = await request.json()
        extra = set(body) - {"text", "blocks", "response_type", "replace_original", "delete_original", "parse"}
        self.state.violations += [f"an answer has no {name}" for name in sorted(extra)]
        self.state.whispers.append(Whisper(known[0], known[1], body.get("text", ""), body.get("blocks", [])))
        return web.Response(text="ok")

    async def _serve_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0YANTRA"}})
        self.sockets.open.append(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    data = json.loads(message.data)
                    self.sockets.acknowledged[data["envelope_id"]] = data.get("payload")
        finally:
            self.sockets.open.remove(socket)
        return socket

    async def send_by_socket(self, kind: str, envelope_id: str, payload: Any, *, patience: float = 240.0) -> Any:
        """Send an envelope on an open connection, on another one when that breaks; return how it was acknowledged."""
        told = {"type": kind, "envelope_id": envelope_id, "payload": payload, "accepts_response_payload": True}
        sent_on: web.WebSocketResponse | None = None
        async with asyncio.timeout(patience):
            while envelope_id not in self.sockets.acknowledged:
                if sent_on not in self.sockets.open and self.sockets.open:
                    sent_on = self.sockets.open[-1]
                    with suppress(ConnectionError):  # it has just been closed: the next one is waited for
                        await sent_on.send_json(told)
                await asyncio.sleep(0.01)
        return self.sockets.acknowledged[envelope_id]


def _fail(fault: Fault) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    if fault.error:
        return web.json_response({"ok": False, "error": fault.error}, status=fault.status, headers=headers)
    return web.Response(status=fault.status, text="<html>Slack is not well</html>", headers=headers)
