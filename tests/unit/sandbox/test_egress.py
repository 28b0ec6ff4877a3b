"""The allow-list proxy, tunnel by tunnel, with a real TLS server behind it."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.fakes.tls_world import HOST, TLSServer, make_certificate
from yantra_bot.sandbox import egress
from yantra_bot.sandbox.destinations import Destination
from yantra_bot.sandbox.egress import Proxy, Tunnel, TunnelLimits

Resolve = Callable[[str, int], Awaitable[list[str]]]
PAGES = {"/simple/": b"the index", "/large": b"x" * 300_000}


class Way:
    """A proxy on a socket, a server behind it, and what the proxy told of its tunnels."""

    def __init__(self, path: Path, certificate: Path, server: TLSServer, tunnels: list[Tunnel]) -> None:
        self.path, self.certificate, self.server, self.tunnels = path, certificate, server, tunnels
        self.target = f"{HOST}:{server.port}"

    async def ask(self, head: str | bytes) -> bytes:
        """Send the head of a request; return the first line of the answer, or what came instead."""
        reader, writer = await asyncio.open_unix_connection(self.path)
        writer.write(head if isinstance(head, bytes) else head.encode())
        answer = await reader.readline()
        writer.close()
        return answer.strip()

    async def open(self, target: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(self.path)
        writer.write(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        assert await reader.readline() == b"\r\n"
        return reader, writer

    async def get(self, path: str, *, name: str = HOST) -> bytes:
        """Fetch a page through a tunnel, naming `name` to the server."""
        reader, writer = await self.open(self.target)
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False
        try:
            await writer.start_tls(context, server_hostname=name)
            writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            return await reader.readexactly(size)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def last(self) -> Tunnel:
        """Return the next tunnel that ends."""
        async with asyncio.timeout(10):
            while not self.tunnels:
                await asyncio.sleep(0)
        return self.tunnels.pop(0)


async def to_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


@asynccontextmanager
async def make_way(
    folder: Path,
    *,
    resolve: Resolve = to_loopback,
    own: tuple[str, ...] = ("127.0.0.1",),
    limits: TunnelLimits | None = None,
    host: str = HOST,
) -> AsyncIterator[Way]:
    certificate, tunnels = make_certificate(folder), list[Tunnel]()
    async with TLSServer(certificate, PAGES) as server:
        allowed = (Destination(host, server.port, own),)
        proxy = Proxy(allowed, limits=limits, on_tunnel=tunnels.append, resolve=resolve)
        path = folder / "proxy.sock"
        async with await proxy.listen(path):
            yield Way(path, certificate, server, tunnels)


async def test_a_listed_server_is_reached(tmp_path: Path) -> None:
    """Through a tunnel to a listed host and port the page comes; the tunnel is told with its bytes."""
    async with make_way(tmp_path) as way:
        assert await way.get("/simple/") == b"the index"
        tunnel = await way.last()
    assert (tunnel.target, tunnel.verdict) == (way.target, "ok")
    assert tunnel.sent > 100
    assert tunnel.received > 100


@pytest.mark.case("C13")
@pytest.mark.parametrize(
    "target",
    [
        "127.0.0.1:{port}",
        "localhost:{port}",
        "index.test:22",
        "index.test.:{port}",
        "sub.index.test:{port}",
        "index.test:0022",
        "[::1]:{port}",
        "2130706433:{port}",
        "data-in-a-name.attacker.example:443",
    ],
)
async def test_everything_else_is_refused_before_any_look_up(tmp_path: Path, target: str) -> None:
    """A name or port that is not listed, letter for letter, gets 403; no name is resolved, nothing is connected to."""
    looked_up: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    async with make_way(tmp_path, resolve=resolve) as way:
        asked = target.format(port=way.server.port)
        assert await way.ask(f"CONNECT {asked} HTTP/1.1\r\n\r\n") == b"HTTP/1.1 403 Not allowed"
        assert (await way.last()).verdict == "not allowed"
        assert looked_up == []
        assert way.server.requests == []


@pytest.mark.parametrize(
    "head",
    [
        b"GET http://index.test/ HTTP/1.1\r\n\r\n",
        b"CONNECT user@index.test:443 HTTP/1.1\r\n\r\n",
        b"CONNECT index.test HTTP/1.1\r\n\r\n",
        b"CONNECT  index.test:443 HTTP/1.1\r\n\r\n",
        b"CONNECT index.test:443/ HTTP/1.1\r\n\r\n",
        b"CONNECT index.test\x00:443 HTTP/1.1\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
        b"\r\n\r\n",
    ],
)
async def test_other_requests_are_refused(tmp_path: Path, head: bytes) -> None:
    """Only CONNECT to host:port is understood."""
    async with make_way(tmp_path) as way:
        assert await way.ask(head) == b"HTTP/1.1 405 Only CONNECT"
        assert (await way.last()).verdict == "no CONNECT"


async def test_names_are_compared_without_case(tmp_path: Path) -> None:
    """Host names have no case."""
    async with make_way(tmp_path) as way:
        _, writer = await way.open(way.target.upper())
        writer.close()
        assert (await way.last()).target == way.target


async def test_a_request_without_end_is_cut(tmp_path: Path) -> None:
    """A head of 20 kB, and a head that never ends, are both cut off."""
    async with make_way(tmp_path, limits=TunnelLimits(handshake_seconds=0.2)) as way:
        assert await way.ask(b"CONNECT " + b"x" * 20_000) == b""
        assert "LimitOverrunError" in (await way.last()).verdict
        assert await way.ask(b"CONNECT index") == b""
        assert "TimeoutError" in (await way.last()).verdict


@pytest.mark.case("F01")
@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_a_listed_name_that_turns_private_is_refused(tmp_path: Path, address: str) -> None:
    """A listed host whose address is not public, and was not from the start, is not connected to."""

    async def resolve(host: str, port: int) -> list[str]:
        return [address]

    async with make_way(tmp_path, resolve=resolve, own=()) as way:
        answer = await way.ask(f"CONNECT {way.target} HTTP/1.1\r\n\r\n")
        assert answer == b"HTTP/1.1 403 Not a public address"
        assert (await way.last()).verdict == "private address"
        assert way.server.requests == []


@pytest.mark.case("F02")
async def test_the_judged_address_is_the_one_connected_to(tmp_path: Path) -> None:
    """A name is resolved once for each tunnel; what it would resolve to afterwards does not matter."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async def resolve(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async with make_way(tmp_path, resolve=resolve) as way:
        assert await way.get("/simple/") == b"the index"
        assert answers == [["169.254.169.254"]]


async def test_a_private_address_among_good_ones_is_passed_over(tmp_path: Path) -> None:
    """Of several addresses those that are allowed are tried, in order, and no other."""

    async def resolve(host: str, port: int) -> list[str]:
        return ["169.254.169.254", "127.0.0.2", "127.0.0.1"]

    async with make_way(tmp_path, resolve=resolve) as way:
        assert await way.get("/simple/") == b"the index"


async def test_a_server_that_is_away_is_told(tmp_path: Path) -> None:
    """A listed host without address, or with nobody listening, gets 502."""

    async def resolve(host: str, port: int) -> list[str]:
        return []

    async with make_way(tmp_path, resolve=resolve) as way:
        assert await way.ask(f"CONNECT {way.target} HTTP/1.1\r\n\r\n") == b"HTTP/1.1 502 Unreachable"
        assert (await way.last()).verdict == "unreachable"


async def test_a_tunnel_is_for_one_server_only(tmp_path: Path) -> None:
    """Another server name inside the tunnel, or no TLS at all, ends it before a byte goes out."""
    async with make_way(tmp_path) as way:
        with pytest.raises((ssl.SSLError, OSError)):
            await way.get("/simple/", name="other.test")
        assert (await way.last()).verdict == "other server name"
        for plain in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"SSH-2.0-x\r\n" + b"y" * 20_000):
            reader, writer = await way.open(way.target)
            writer.write(plain)
            assert await reader.read() == b""
            writer.close()
            tunnel = await way.last()
            assert (tunnel.verdict, tunnel.sent) == ("no TLS", 0)
        assert way.server.requests == []


async def test_an_address_has_no_name_to_give(tmp_path: Path) -> None:
    """An index that is addressed by number is reached by clients that name no server."""
    async with make_way(tmp_path, host="127.0.0.1") as way:
        way.target = f"127.0.0.1:{way.server.port}"
        assert await way.get("/simple/", name="127.0.0.1") == b"the index"


async def test_little_goes_out_and_not_everything_comes_in(tmp_path: Path) -> None:
    """A tunnel that sends or receives more than it may is cut."""
    async with make_way(tmp_path, limits=TunnelLimits(received_bytes=100_000)) as way:
        with pytest.raises((OSError, EOFError)):
            await way.get("/large")
        assert (await way.last()).verdict == "received too much"
    (tmp_path / "two").mkdir()
    async with make_way(tmp_path / "two", limits=TunnelLimits(sent_bytes=600)) as way:
        with pytest.raises((OSError, EOFError)):
            await way.get("/simple/" + "x" * 2000)
        assert (await way.last()).verdict == "sent too much"


async def test_an_idle_tunnel_is_closed(tmp_path: Path) -> None:
    """A tunnel in which nothing moves does not hold its place."""
    async with make_way(tmp_path, limits=TunnelLimits(idle_seconds=0.1)) as way:
        reader, writer = await way.open(way.target)
        context = ssl.create_default_context(cafile=str(way.certificate))
        await writer.start_tls(context, server_hostname=HOST)
        assert await reader.read() == b""
        writer.close()
        assert (await way.last()).verdict == "ok: TimeoutError"


async def test_tunnels_wait_for_a_place(tmp_path: Path) -> None:
    """No more tunnels than allowed are open at one time; the next one is served when a place is free."""
    async with make_way(tmp_path, limits=TunnelLimits(connections=1)) as way:
        _, first = await way.open(way.target)
        waiting = asyncio.create_task(way.get("/simple/"))
        first.close()
        assert await waiting == b"the index"


async def test_the_process_serves_until_its_input_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`run` follows its configuration line, says ready, logs one line a tunnel, and ends with its input."""
    near, far = socket.socketpair()
    monkeypatch.setattr("sys.stdin", near.makefile())
    configuration = {"socket": str(tmp_path / "s"), "destinations": [], "limits": {}, "user": None}
    serving = asyncio.create_task(egress.run(json.dumps(configuration)))
    while not (tmp_path / "s").exists():
        await asyncio.sleep(0)
    reader, writer = await asyncio.open_unix_connection(tmp_path / "s")
    writer.write(b"CONNECT a.test:1 HTTP/1.1\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 403 ")
    writer.close()
    far.close()
    await serving
    near.close()
    lines = capsys.readouterr().out.splitlines()
    assert "ready" in lines
    assert [json.loads(line)["verdict"] for line in lines if line != "ready"] == ["not allowed"]
