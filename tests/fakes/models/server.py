"""The server: answers in the order it was told, remembers what it was asked, and refuses what a vendor would refuse."""

import asyncio
import json
from dataclasses import dataclass, field
from types import ModuleType, TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.models import chat_api, messages_api, responses_api
from tests.fakes.models.answers import Answer, Event, HttpError, Raw, Redirect, Silence, Step

KEY = "sk-fake-0123456789"
PATHS = {"/v1/messages": messages_api, "/v1/chat/completions": chat_api, "/v1/responses": responses_api}


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict[str, Any]


@dataclass
class FakeModels:
    """All three APIs at one address. Use as an asynchronous context manager; `will` says what comes next."""

    models: frozenset[str] | None = None
    """Models it knows; None knows all."""
    steps: list[Step] = field(default_factory=list)
    by_model: dict[str, list[Step]] = field(default_factory=dict)
    """What requests for a model are answered, before `steps`: of two at once nobody knows which comes first."""
    seen: list[Seen] = field(default_factory=list)
    url: str = ""
    hung: asyncio.Event = field(default_factory=asyncio.Event)
    """A request is being kept waiting."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """The client closed the connection while it was kept waiting."""
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """A request waits for `release`."""
    _gate: asyncio.Event | None = None
    _runner: web.AppRunner | None = None

    @property
    def anthropic_url(self) -> str:
        return self.url

    @property
    def openai_url(self) -> str:
        return f"{self.url}/v1"

    def will(self, *steps: Step) -> Self:
        """Answer these next, in order."""
        self.steps += steps
        return self

    def hold(self) -> None:
        """Let requests wait for `release`; what they are answered then is what a test decided meanwhile."""
        self._gate = asyncio.Event()
        self.held.clear()

    def release(self) -> None:
        """Answer what waits, and wait no more."""
        assert self._gate is not None, "nothing is held"
        self._gate.set()
        self._gate = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/{path:.*}", self._serve)
        # A handler must notice that its client has left.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append(Seen(request.path, headers, body))
        if self._gate is not None:
            self.held.set()
            await self._gate.wait()
        api = PATHS.get(request.path)
        if api is None:
            return web.json_response({"error": {"message": f"no such path {request.path}"}}, status=404)
        own = self.by_model.get(body.get("model", ""))
        steps = own or self.steps
        step = self._judge(api, headers, body) or (steps.pop(0) if steps else HttpError(418, "no step is left"))
        match step:
            case Answer():
                return await self._stream(request, api.build_events(body, step, len(self.seen)), step, api)
            case HttpError(in_stream=True):
                return await self._stream(request, [api.build_error(step)], Answer(), api)
            case HttpError():
                return web.json_response(api.build_error(step)[1], status=step.status, headers=step.headers)
            case Redirect():
                return web.Response(status=step.status, headers={"location": step.target})
            case Raw():
                return web.Response(body=step.data, headers={"content-type": "text/event-stream"})
            case Silence():
                return await self._hang(request, step)

    def _judge(self, api: ModuleType, headers: dict[str, str], body: dict[str, Any]) -> HttpError | None:
        """Return the refusal that a vendor would answer a wrong request with."""
        if headers.get("authorization") != f"Bearer {KEY}":
            return HttpError(401, f"Incorrect API key provided: {headers.get('authorization')}")
        if self.models is not None and body.get("model") not in self.models:
            return HttpError(404, f"model: {body.get('model')}")
        fault: str | None = api.find_fault(body)
        return None if fault is None else HttpError(400, fault)

    async def _stream(
        self, request: web.Request, events: list[Event], answer: Answer, api: ModuleType
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"} | answer.headers)
        await response.prepare(request)
        sent = events if answer.cut is None else events[: answer.cut.after]
        for event in sent:
            await response.write(encode_event(event))
        if answer.cut is not None and answer.cut.is_abrupt:
            await response.write(encode_event(events[len(sent)])[:-9])
            assert request.transport is not None
            request.transport.abort()
            return response
        if answer.cut is None and api is chat_api:
            await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _hang(self, request: web.Request, step: Silence) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        if step.after_headers:
            await response.prepare(request)
        self.hung.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.left.set()
            raise
        return response


def encode_event(event: Event) -> bytes:
    """Return an event as it goes over the wire."""
    name, data = event
    return (f"event: {name}\n" if name else "").encode() + f"data: {json.dumps(data)}\n\n".encode()
