"""Strangers, slow ones and many at once, over real sockets: what they cost, and that others are heard all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.unit.collective.town import NOW, Speaker, Town, draw, open_town, speak, write
from yantra_bot.collective import identity
from yantra_bot.collective.gate import BODIES_EACH
from yantra_bot.collective.messages import MOST_BYTES, PATTERNS_PATH, SIGNATURE
from yantra_bot.webhooks.server import DoorLimits

LIMITS = DoorLimits(each=16, exempt=frozenset({"127.0.0.1"}))
ATTACKER = "127.0.0.2"


def head_of(length: int, **headers: str) -> bytes:
    lines = [f"POST {PATTERNS_PATH} HTTP/1.1", "Host: x", f"Content-Length: {length}"]
    return "\r\n".join([*lines, *(f"{name}: {told}" for name, told in headers.items()), "", ""]).encode()


@asynccontextmanager
async def connect(
    town: Town, count: int, *, address: str = ATTACKER
) -> AsyncIterator[list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]:
    """Open sockets from an address, each after the one before was taken or turned away."""
    port = int(town.url.rpartition(":")[2])
    opened = [await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0)) for _ in range(count)]
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()


async def status_of(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=20)
    return int(head.split()[1]), head


@pytest.mark.case("P14")
async def test_who_holds_forty_slow_sockets_keeps_nobody_out(tmp_path: Path) -> None:
    """Beyond 16 of an address, and beyond 4 bodies, it is told at once to come later; another is heard meanwhile."""
    async with open_town(tmp_path, limits=LIMITS) as town:
        one, body = await speak(town), write(draw(10))
        async with connect(town, 40) as opened:
            told = [await status_of(reader) for reader, _ in opened[16:]]
            assert {status for status, _ in told} == {503}
            for _, writer in opened[:16]:
                writer.write(head_of(len(body), **one.heads(body)) + body[:-1])
            busy = asyncio.gather(*(status_of(reader) for reader, _ in opened[:16]), return_exceptions=True)
            status, _ = await asyncio.wait_for(town.post(PATTERNS_PATH, body, **one.heads(body)), timeout=8)
            assert status == 202
            for _, writer in opened[:16]:
                writer.write(body[-1:])
            answers = [one for one in await busy if isinstance(one, tuple)]
        assert sum(status == 202 for status, _ in answers) == BODIES_EACH
        refused = [head for status, head in (*answers, *told) if status == 503]
        assert len(refused) == 40 - BODIES_EACH
        assert all(b"Retry-After: 60" in head for head in refused)


async def test_a_slow_body_and_a_slow_head_have_an_end(tmp_path: Path) -> None:
    """A body is told to come later; a head that does not end is closed."""
    async with open_town(tmp_path, limits=DoorLimits(idle_seconds=0.5), body_seconds=0.5) as town:
        one, body = await speak(town), write(draw(10))
        async with connect(town, 2) as ((slow, writer), (silent, other)):
            writer.write(head_of(len(body), **one.heads(body)) + body[:-1])
            other.write(f"POST {PATTERNS_PATH} HTTP/1.1\r\nHost:".encode())
            assert (await status_of(slow))[0] == 503
            assert await asyncio.wait_for(silent.read(), timeout=20) == b""


async def test_a_stranger_is_refused_by_the_head_alone(tmp_path: Path) -> None:
    """Without a credential, with a seal of nobody, with another's: no byte of the body is waited for."""
    async with open_town(tmp_path) as town:
        one, body = await speak(town), write(draw(10))
        good = one.heads(body)
        forged = identity.Credential(one.credential.week, one.credential.identity, "1" * identity.SEAL_DIGITS)
        strangers: list[dict[str, str]] = [{}, Speaker(one.key, forged).heads(body), good | {SIGNATURE: "0" * 128}]
        for headers in strangers:
            async with connect(town, 1) as ((reader, writer),):
                writer.write(head_of(len(body), **headers))
                assert (await status_of(reader))[0] == 401
        for length, status in ((MOST_BYTES + 1, 413), (10**12, 413)):
            async with connect(town, 1) as ((reader, writer),):
                writer.write(head_of(length, **good))
                assert (await status_of(reader))[0] == status


async def test_the_weeks_key_is_read_once(tmp_path: Path) -> None:
    """To load it takes a tenth of a second: strangers do not cost that. It is still known when the file has it not."""
    async with open_town(tmp_path) as town:
        one, body = await speak(town), write(draw(10))
        town.store.forget(identity.week_of(NOW) + 2)
        assert (await town.post(PATTERNS_PATH, body, **one.heads(body)))[0] == 202


async def test_a_proxys_word_is_taken_for_whom_it_speaks_for(tmp_path: Path) -> None:
    """Who is slow behind it keeps out nobody else behind it; a stranger's word is not taken."""
    async with open_town(tmp_path, proxies=("127.0.0.1",)) as town:
        one, body = await speak(town), write(draw(10))
        slow = one.heads(body) | {"X-Forwarded-For": "198.51.100.7, 203.0.113.5"}
        async with connect(town, BODIES_EACH, address="127.0.0.1") as opened:
            for _, writer in opened:
                writer.write(head_of(len(body), **slow) + body[:-1])
            while (await town.post(PATTERNS_PATH, body, **slow))[0] != 503:
                await asyncio.sleep(0)
            for told in ("203.0.113.6", "203.0.113.5, 203.0.113.7", "nobody"):
                assert (await town.post(PATTERNS_PATH, body, **{**slow, "X-Forwarded-For": told}))[0] == 202
