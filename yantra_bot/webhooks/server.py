"""The server that doors hang in: routes, /healthz, /readyz, /metrics, and the bounds of connections.

It answers strangers, so nothing here names a repository, a person or a reason; and it never works, calls a model or
asks the forge.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.http import HttpProcessingError

from yantra_bot.errors import SettingsError, YantraError
from yantra_bot.ports import Clock
from yantra_bot.webhooks.address_bound import AddressBound
from yantra_bot.webhooks.github_door import GitHubDoor
from yantra_bot.webhooks.metrics import CONTENT_TYPE, DoorMetrics

GITHUB_PATH = "/webhooks/github"
Check = Callable[[], Awaitable[None]]
"""Returns when its part works, raises YantraError when it does not."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How much strangers may ask of the server."""

    connections: int = 512
    """Open connections; one more is closed at once."""
    each: int | None = None
    """Open connections of one address, in IPv6 of one network of 64 bits; one more is told 503. None: no bound."""
    exempt: frozenset[str] = frozenset()
    """Addresses without that bound: proxies, that speak for many."""
    idle_seconds: float = 30.0
    """Time until the head of the first request is complete, and between two requests."""
    linger_seconds: float = 2.0
    """Time in which the rest of a refused body is read and dropped, so that its sender reads the answer."""
    finish_seconds: float = 10.0
    """Time that requests in flight have to finish at the end."""


class Readiness:
    """Whether this process wants work: its named checks, and red for good once it is ending."""

    def __init__(self, checks: Mapping[str, Check], *, check_seconds: float = 2.0) -> None:
        """`check_seconds` is how long a check may take before it counts as failing."""
        self._checks = dict(checks)
        self._check_seconds = check_seconds
        self._is_ending = False
        self._failing: set[str] = set()

    def end(self) -> None:
        """Turn red."""
        self._is_ending = True

    async def report(self) -> tuple[bool, dict[str, str]]:
        """Return whether all is well, and `ok` or `failing` a check."""
        answers = await asyncio.gather(*(self._ask(name, check) for name, check in self._checks.items()))
        states = {name: "ok" if answer else "failing" for name, answer in zip(self._checks, answers, strict=True)}
        if self._is_ending:
            states["ending"] = "failing"
        return "failing" not in states.values(), states

    async def _ask(self, name: str, check: Check) -> bool:
        try:
            async with asyncio.timeout(self._check_seconds):
                await check()
        except (YantraError, TimeoutError) as error:
            if name not in self._failing:  # probes ask every second: what changed is said, once
                self._failing.add(name)
                _log.warning("readiness check failed", check=name, error=str(error))
            return False
        if name in self._failing:
            self._failing.remove(name)
            _log.info("readiness check is well again", check=name)
        return True


READINESS = web.AppKey("readiness", Readiness)


def build_app(
    door: GitHubDoor,
    *,
    metrics: DoorMetrics,
    checks: Mapping[str, Check],
    waiting: Callable[[], Awaitable[int]] | None = None,
    check_seconds: float = 2.0,
) -> web.Application:
    """Return the server's application. `waiting` tells how many deliveries the inbox holds, for the metrics page.

    Routes may be added before it is served. Serve it with `listen` or `serve`, which set the bounds of connections.
    """

    async def show_metrics(_request: web.Request) -> web.Response:
        if waiting is not None:
            with suppress(YantraError):  # a locked inbox shows in /readyz; the other numbers are wanted all the more
                metrics.show_waiting(await waiting())
        return web.Response(body=await metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app[READINESS] = Readiness(checks, check_seconds=check_seconds)
    app.router.add_post(GITHUB_PATH, door.receive)
    app.router.add_get("/healthz", _show_health)
    app.router.add_get("/readyz", _show_readiness)
    app.router.add_get("/metrics", show_metrics)
    return app


@asynccontextmanager
async def listen(app: web.Application, *, host: str, port: int, limits: DoorLimits | None = None) -> AsyncIterator[int]:
    """Serve `app` inside the block; yields the port, which is chosen where 0 is given.

    At the end no new connection is taken, and requests in flight finish. Raises SettingsError when it cannot listen.
    """
    limits = limits or DoorLimits()
    runner = web.AppRunner(
        app,
        logger=_make_logger(),
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=limits.idle_seconds,
        lingering_time=limits.linger_seconds,
        shutdown_timeout=limits.finish_seconds,
    )
    await runner.setup()
    try:
        listener = await _open(runner, host, port, limits)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
    finally:
        await runner.cleanup()


async def serve(
    app: web.Application,
    *,
    host: str,
    port: int,
    stop: asyncio.Event,
    clock: Clock,
    limits: DoorLimits | None = None,
    drain_seconds: float = 0.0,
    on_listening: Callable[[int], None] | None = None,
) -> None:
    """Serve until `stop` is set; then /readyz turns red, `drain_seconds` pass, and requests in flight finish.

    Deliveries that come while it drains are taken as before. The inbox is closed by whoever opened it.
    """
    async with listen(app, host=host, port=port, limits=limits) as bound:
        _log.info("door open", host=host, port=bound)
        if on_listening is not None:
            on_listening(bound)
        await stop.wait()
        app[READINESS].end()
        _log.info("door closing", drain_seconds=drain_seconds)
        await clock.sleep(drain_seconds)


def _make_logger() -> logging.Logger:
    """Return the HTTP library's logger without what strangers get wrong: they could fill a disk with tracebacks."""
    logger = logging.getLogger("yantra_bot.webhooks.http")
    logger.addFilter(_is_our_fault)
    return logger


def _is_our_fault(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


async def _open(runner: web.AppRunner, host: str, port: int, limits: DoorLimits) -> asyncio.Server:
    server = runner.server
    assert server is not None, "runner.setup() makes it"  # noqa: S101 (narrows a type)

    def take_connection() -> asyncio.BaseProtocol:
        if len(server.connections) >= limits.connections:
            return _TurnedAway()
        return server() if limits.each is None else AddressBound(server, limits.each, limits.exempt)

    try:
        return await asyncio.get_running_loop().create_server(take_connection, host, port, backlog=1024)
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {host} port {port}: {error.strerror}. Cure: set another YANTRA_HOST or YANTRA_PORT."
        ) from error


class _TurnedAway(asyncio.Protocol):
    """Closes a connection beyond the limit, unread."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def _show_health(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _show_readiness(request: web.Request) -> web.Response:
    is_ready, states = await request.app[READINESS].report()
    return web.json_response({"ready": is_ready, "checks": states}, status=200 if is_ready else 503)
