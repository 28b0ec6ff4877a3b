"""The allow-list proxy: the only way out of a sandbox. A process of its own, with an empty environment and no key.

Speaks HTTP CONNECT on a Unix socket, to an exact list of hosts and ports. Never resolves a name that is not listed,
never connects to an address it has not judged, never lets a tunnel name another server than it was opened for.

Run as `python -I -m yantra_bot.sandbox.egress`: reads its configuration, one JSON line, from standard input, and lives
as long as that stays open; writes one JSON line for each tunnel.
"""

import asyncio
import importlib
import ipaddress
import json
import os
import re
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from yantra_bot.sandbox.destinations import Destination, resolve
from yantra_bot.sandbox.output import escape
from yantra_bot.sandbox.tls_hello import HANDSHAKE, HEADER_BYTES, RECORD_BYTES, NoHelloError, read_server_name

_CHUNK_BYTES = 1 << 16
_HEAD_BYTES = 8192
_REQUEST = re.compile(rb"CONNECT ([A-Za-z0-9.\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):([0-9]{1,5}) HTTP/1\.[01]")
_LOG_LINES = 2000


@dataclass(frozen=True, slots=True)
class TunnelLimits:
    """Limits of one proxy. Little goes up, since requests for packages are small and data must not leak out in them."""

    connections: int = 32
    """Tunnels at one time; more wait."""
    handshake_seconds: float = 10.0
    idle_seconds: float = 60.0
    total_seconds: float = 900.0
    sent_bytes: int = 4 << 20
    """Sent out, a tunnel."""
    received_bytes: int = 4 << 30
    """Received, a tunnel: the largest packages have some gigabytes."""


@dataclass(slots=True)
class Tunnel:
    """What happened to one connection; one line of the log. `target` is what the sandbox asked for."""

    target: str = ""
    verdict: str = "cut"
    sent: int = 0
    received: int = 0
    seconds: float = 0.0


class _Refused(Exception):
    """Ends a tunnel. Carries the word for the log and the answer, None when it is too late for one."""

    def __init__(self, verdict: str, answer: bytes | None = None) -> None:
        super().__init__(verdict)
        self.verdict = verdict
        self.answer = answer


class Proxy:
    """Serves tunnels. `on_tunnel` is told of each one at its end; `resolve` turns a listed name into addresses."""

    def __init__(
        self,
        destinations: tuple[Destination, ...],
        *,
        limits: TunnelLimits | None = None,
        on_tunnel: Callable[[Tunnel], None],
        resolve: Callable[[str, int], Awaitable[list[str]]] = resolve,
    ) -> None:
        self._allowed = {destination.name: destination for destination in destinations}
        self._limits = limits or TunnelLimits()
        self._on_tunnel = on_tunnel
        self._resolve = resolve
        self._places = asyncio.Semaphore(self._limits.connections)

    async def listen(self, path: Path) -> asyncio.Server:
        """Serve on a new Unix socket at `path`, which every user may connect to: the folder decides who reaches it."""
        server = await asyncio.start_unix_server(self.serve, path, limit=_HEAD_BYTES)
        await asyncio.to_thread(path.chmod, 0o666)
        return server

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle one connection to its end."""
        tunnel, started = Tunnel(), time.monotonic()
        try:
            async with self._places, asyncio.timeout(self._limits.total_seconds):
                await self._serve(reader, writer, tunnel)
        except _Refused as refusal:
            tunnel.verdict = refusal.verdict
            await _answer(writer, refusal.answer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            tunnel.verdict = f"{tunnel.verdict}: {type(error).__name__}"
        except asyncio.CancelledError:
            pass  # the proxy ends, and Python 3.11 would print a trace for a task that is cancelled
        finally:
            writer.close()
            tunnel.seconds = round(time.monotonic() - started, 3)
            self._on_tunnel(tunnel)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tunnel: Tunnel) -> None:
        async with asyncio.timeout(self._limits.handshake_seconds):
            destination = self._judge(await reader.readuntil(b"\r\n\r\n"), tunnel)
            far_reader, far_writer = await self._connect(destination)
        try:
            await _answer(writer, b"200 OK")
            async with asyncio.timeout(self._limits.handshake_seconds):
                hello = await _read_hello(reader, destination)
            far_writer.write(hello)
            tunnel.sent, tunnel.verdict = len(hello), "ok"
            await self._join(tunnel, (reader, writer), (far_reader, far_writer))
        finally:
            far_writer.close()

    def _judge(self, head: bytes, tunnel: Tunnel) -> Destination:
        """Return the destination asked for. Looks the exact text up: no name is resolved, no text normalised."""
        line = head.partition(b"\r\n")[0]
        tunnel.target = escape(line[:300].decode("ascii", "replace"))
        request = _REQUEST.fullmatch(line)
        if request is None:
            raise _Refused("no CONNECT", b"405 Only CONNECT")
        tunnel.target = b":".join(request.groups()).decode().lower()
        destination = self._allowed.get(tunnel.target)
        if destination is None:
            raise _Refused("not allowed", b"403 Not allowed")
        return destination

    async def _connect(self, destination: Destination) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to an address of the destination that was judged; it is not resolved a second time."""
        addresses = await self._resolve(destination.host, destination.port)
        judged = [address for address in addresses if destination.may_connect(address)]
        if addresses and not judged:
            raise _Refused("private address", b"403 Not a public address")
        for address in judged:
            with suppress(OSError):
                return await asyncio.open_connection(address, destination.port, limit=_CHUNK_BYTES)
        raise _Refused("unreachable", b"502 Unreachable")

    async def _join(
        self,
        tunnel: Tunnel,
        near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        def count_sent(size: int) -> None:
            tunnel.sent += size
            if tunnel.sent > self._limits.sent_bytes:
                raise _Refused("sent too much")

        def count_received(size: int) -> None:
            tunnel.received += size
            if tunnel.received > self._limits.received_bytes:
                raise _Refused("received too much")

        loop, seconds = asyncio.get_running_loop(), self._limits.idle_seconds
        async with asyncio.timeout(seconds) as idle:

            async def pump(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[int], None]
            ) -> None:
                while data := await reader.read(_CHUNK_BYTES):
                    idle.reschedule(loop.time() + seconds)
                    count(len(data))
                    writer.write(data)
                    await writer.drain()
                writer.write_eof()

            both = [
                asyncio.create_task(pump(near[0], far[1], count_sent)),
                asyncio.create_task(pump(far[0], near[1], count_received)),
            ]
            try:
                await asyncio.gather(*both)
            finally:
                for one in both:
                    one.cancel()
                await asyncio.gather(*both, return_exceptions=True)


async def _answer(writer: asyncio.StreamWriter, status: bytes | None) -> None:
    if status is None:
        return
    ending = b"" if status.startswith(b"200") else b"Content-Length: 0\r\nConnection: close\r\n"
    with suppress(OSError):
        writer.write(b"HTTP/1.1 " + status + b"\r\n" + ending + b"\r\n")
        await writer.drain()


async def _read_hello(reader: asyncio.StreamReader, destination: Destination) -> bytes:
    """Return the first TLS record, which has to name the destination; an address has no name to give."""
    header = await reader.readexactly(HEADER_BYTES)
    size = int.from_bytes(header[3:], "big")
    if header[0] != HANDSHAKE or size > RECORD_BYTES:
        raise _Refused("no TLS")
    hello = header + await reader.readexactly(size)
    try:
        name = read_server_name(hello)
    except NoHelloError as error:
        raise _Refused("no TLS") from error
    expected = None if _is_address(destination.host) else destination.host.lower()
    if name != expected:
        raise _Refused("other server name")
    return hello


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def run(configuration: str) -> None:
    """Serve as the configuration line says until standard input ends; give up the rights of root first."""
    wanted = json.loads(configuration)
    lines = 0

    def write(tunnel: Tunnel) -> None:
        nonlocal lines
        lines += 1
        if lines <= _LOG_LINES:
            sys.stdout.write(json.dumps(asdict(tunnel)) + "\n")
            sys.stdout.flush()

    destinations = tuple(Destination(host, port, tuple(own)) for host, port, own in wanted["destinations"])
    proxy = Proxy(destinations, limits=TunnelLimits(**wanted["limits"]), on_tunnel=write)
    server = await proxy.listen(Path(wanted["socket"]))
    _give_up_rights(wanted["user"])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with server:
        await asyncio.to_thread(sys.stdin.read)


def _give_up_rights(user: int | None) -> None:
    """Become an ordinary user. What is loaded late has to be loaded before: its folder may be out of reach then."""
    importlib.import_module("encodings.idna")
    importlib.import_module("concurrent.futures.thread")
    with suppress(OSError):
        socket.getaddrinfo("localhost", 0)
    if user is not None and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


if __name__ == "__main__":
    asyncio.run(run(sys.stdin.readline()))
