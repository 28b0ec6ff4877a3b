"""The aiohttp adapter against real sockets."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench
from yantra_bot.errors import SettingsError, Transient
from yantra_bot.forge import transport
from yantra_bot.forge.answers import EffectUnknown
from yantra_bot.forge.transport import HttpTransport


@pytest.fixture
async def http() -> AsyncGenerator[HttpTransport, None]:
    opened = HttpTransport(timeout=0.3, connect_timeout=0.3)
    yield opened
    await opened.close()


async def serve(answer: bytes) -> asyncio.Server:
    """Answer every connection with these bytes and close it."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", 0)


def url_of(server: asyncio.Server) -> str:
    return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"


async def test_an_answer_is_taken_as_it_is(http: HttpTransport) -> None:
    """Names of headers are in lower case, and a redirect is an answer like any other."""
    async with await serve(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 2\r\n\r\nok") as server:
        answer = await http.send("GET", url_of(server), {}, b"")
    assert (answer.status, answer.headers["location"], answer.body) == (302, "/y", b"ok")


async def test_a_host_that_is_not_there_took_nothing(http: HttpTransport) -> None:
    """The request can safely be sent again."""
    async with await serve(b"") as server:
        url = url_of(server)
    with pytest.raises(Transient) as caught:
        await http.send("POST", url, {}, b"x")
    assert not isinstance(caught.value, EffectUnknown)


async def test_a_cut_connection_leaves_the_effect_unknown(http: HttpTransport) -> None:
    """The other side may have done what it was asked."""
    for cut in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", b"nonsense\r\n\r\n"):
        async with await serve(cut) as server:
            with pytest.raises(EffectUnknown):
                await http.send("POST", url_of(server), {}, b"x")


async def test_silence_ends_in_time(bench: Bench, http: HttpTransport) -> None:
    """A server that never answers does not hold a run."""
    bench.fake.faults.hang("GET", "/app")
    with pytest.raises(EffectUnknown):
        await http.send("GET", f"{bench.fake.api_url}/app", {}, b"")


async def test_an_endless_answer_is_dropped(http: HttpTransport) -> None:
    """No answer fills the memory."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    async with await serve(head + b"x" * (transport.MAX_BODY_BYTES + 70_000)) as server:
        patient = HttpTransport(timeout=20)
        with pytest.raises(EffectUnknown, match="larger than"):
            await patient.send("GET", url_of(server), {}, b"")
        await patient.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bad_certificate_file_stops_start_up(tmp_path: Path, content: str | None) -> None:
    """The operator hears of it before the first request."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="ca_file"):
        HttpTransport(ca_file=file)
