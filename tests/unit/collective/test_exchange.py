"""Client and service, over a real connection."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.unit.collective.town import (
    BASE,
    ENROLLED,
    FEATURES,
    KEY,
    NOW,
    OTHERS,
    PUBLIC,
    Clock,
    Town,
    draw,
    fill,
    speak,
    write,
)
from yantra_bot.collective import identity, service
from yantra_bot.collective.client import MOST_A_WEEK, Client, ClientSettings
from yantra_bot.collective.credentials import MOST_REST, Credentials
from yantra_bot.collective.head import Head, make_head
from yantra_bot.collective.messages import (
    CREDENTIAL,
    DIGEST,
    ENROLMENT,
    GRAMMAR,
    MOST_BYTES,
    PATTERNS_PATH,
    SEALS_PATH,
    SIGNATURE,
    UPDATE_PATH,
    SealRequest,
    digest_of,
    signed_part,
)
from yantra_bot.collective.outbox import MOST_WAITING, Origin, Outbox, read_secret
from yantra_bot.collective.releasing import is_first
from yantra_bot.collective.store import ALL, FIRST
from yantra_bot.collective.updates import Manifest, read_update, write_update
from yantra_bot.errors import Permanent, SettingsError, UserError


async def test_what_waits_arrives_once_under_the_weeks_id(town: Town) -> None:
    """All of it, as it was made; the outbox is empty then, and another exchange sends nothing."""
    client, patterns = town.client(), draw(100)
    fill(client, patterns)
    await town.settle(client)
    assert await client.exchange() == 100
    ((who, arrived),) = town.store.read(identity.week_of(NOW)).items()
    assert set(arrived) == set(patterns)
    assert len(who) == 64
    assert client.outbox.waiting() == []
    assert await client.exchange() == 0


async def test_no_more_than_a_weeks_share_is_sent(town: Town) -> None:
    """The rest waits for the next week: what a worker may smuggle is bounded where it is made, not where it arrives."""
    client = town.client()
    fill(client, draw(30))
    await town.settle(client)
    credentials = Credentials(client.outbox.folder, town.clock)
    credentials.count(identity.week_of(NOW), 20, MOST_A_WEEK)
    assert [await client.exchange() for _ in range(2)] == [20, 0]
    town.clock.at = NOW + identity.WEEK_SECONDS
    await town.settle(client)
    assert await client.exchange() == 10
    assert credentials.room(identity.week_of(town.clock.at), MOST_A_WEEK) == MOST_A_WEEK - 10


async def test_a_few_wait_for_more(town: Town) -> None:
    """What one run taught is not sent alone."""
    client = town.client()
    fill(client, draw(7))
    await town.settle(client)
    assert await client.exchange() == 0
    assert len(client.outbox.waiting()) == 7


async def test_ids_of_two_weeks_have_nothing_in_common(town: Town) -> None:
    """The id, the seal and the seal's key are others; the enrolment stands beside neither."""
    client, week = town.client(), identity.week_of(NOW)
    for place, seed in enumerate((1, 2)):
        town.clock.at = NOW + place * identity.WEEK_SECONDS
        fill(client, draw(10, seed=seed))
        await town.settle(client)
        assert await client.exchange() == 10
    (first,), (second,) = town.store.read(week), town.store.read(week + 1)
    assert first != second
    kept = (
        (town.folder / "patterns.db").read_bytes() + (town.folder / "patterns.db-wal").read_bytes()
        if (town.folder / "patterns.db-wal").exists()
        else (town.folder / "patterns.db").read_bytes()
    )
    assert ENROLLED.encode() not in kept
    secret = read_secret(town.folder / "one")
    assert secret not in kept
    assert secret.hex().encode() not in kept


async def test_the_service_cannot_tell_whose_seal_it_is(town: Town) -> None:
    """What it was asked to seal is neither the id nor the seal, and is another one each time it is drawn."""
    public = identity.Sealer(1, identity.make_pem()).public
    one, two = (identity.blind(public, "ab" * 32) for _ in range(2))
    assert one.asked != two.asked
    client = town.client()
    fill(client, draw(10))
    await client.exchange()
    week = identity.week_of(NOW)
    seal = (town.folder / "one" / f"seal.{week}").read_text().split()[1]
    asked = (town.folder / "one" / f"blinding.{week}").read_text().split()[1]
    assert seal.lstrip("0") != asked.lstrip("0")


@pytest.mark.case("P04")
async def test_a_replay_stores_nothing(town: Town) -> None:
    """The same bytes again, and the same patterns in another submission: answered, and counted once."""
    one, body = await speak(town), write(draw(10))
    assert json.loads((await town.post(PATTERNS_PATH, body, **one.heads(body)))[1]) == {"stored": 10}
    assert await town.post(PATTERNS_PATH, body, **one.heads(body)) == (202, '{"stored": 0}')
    other = write(draw(10)[:9])
    assert await town.post(PATTERNS_PATH, other, **one.heads(other)) == (202, '{"stored": 0}')


@pytest.mark.case("P05")
async def test_what_is_not_signed_by_a_sealed_id_is_refused(town: Town) -> None:
    """A forged signature, one of another path, one of another body, an id that was never sealed, two signatures."""
    one, body = await speak(town), write(draw(10))
    stranger = Ed25519PrivateKey.generate()
    forged = replace(one, key=stranger, credential=replace(one.credential, identity=identity.id_of(stranger)))
    good = one.heads(body)
    for headers, problem in (
        ({}, (401, "seal")),
        ({CREDENTIAL: "1 a b", SIGNATURE: "zz"}, (401, "seal")),
        (good | {CREDENTIAL: good[CREDENTIAL][:-1]}, (401, "seal")),
        (forged.heads(body), (401, "seal")),
        (replace(one, key=stranger).heads(body), (401, "signature")),
        (one.heads(body, UPDATE_PATH), (401, "signature")),
        (good | {SIGNATURE: "zz"}, (401, "signature")),
        (good | {DIGEST: digest_of(b"other")}, (401, "signature")),
        (one.heads(b"other"), (400, "form")),
    ):
        status, answer = await town.post(PATTERNS_PATH, body, **headers)
        assert (status, json.loads(answer)["problem"]) == problem
    assert town.store.count() == 0


@pytest.mark.case("P06")
async def test_one_enrolment_is_one_id_a_week(town: Town) -> None:
    """Who is enrolled cannot have a second id sealed; who is not, none."""
    client = town.client()
    fill(client, draw(10))
    await client.exchange()
    for name, key, status in ((identity.name_enrolled(ENROLLED), ENROLLED, 429), ("0" * 16, "guessed", 401)):
        body = SealRequest(week=identity.week_of(NOW), blinded=f"{12345:0512x}").model_dump_json().encode()
        code = identity.sign_enrolled(key, signed_part(SEALS_PATH, digest_of(body)))
        heads = {ENROLMENT: name, DIGEST: digest_of(body), SIGNATURE: code}
        assert (await town.post(SEALS_PATH, body, **heads))[0] == status
    stranger = town.client("stranger", enrolment_key="not enrolled anywhere")
    fill(stranger, draw(10, seed=5))
    with pytest.raises(UserError, match="collective_enrolment_key"):
        await stranger.exchange()
    assert len(stranger.outbox.waiting()) == 10


async def test_a_kill_between_asking_for_a_seal_and_hearing_costs_no_week(town: Town) -> None:
    """The same question is asked again, and answered again."""
    client = town.client()
    fill(client, draw(10))
    await town.settle(client)
    (town.folder / "one" / f"seal.{identity.week_of(NOW)}").unlink()
    await town.settle(client)
    assert await client.exchange() == 10
    assert len(town.store.read(identity.week_of(NOW))) == 1


@pytest.mark.case("P07")
@pytest.mark.parametrize("days", [-30, -9, 16, 30])
async def test_a_clock_that_is_far_off_is_told(town: Town, days: int) -> None:
    """Messages of a week that is not open are refused with the cure, and nothing is lost."""
    client = town.client()
    fill(client, draw(10))
    clock = Clock()
    clock.at += days * 86_400
    client = Client(town.folder / "one", ClientSettings(town.url, PUBLIC, ENROLLED), clock)
    with pytest.raises(UserError, match="clock"):
        await client.exchange()
    assert len(client.outbox.waiting()) == 10


def test_a_weeks_messages_are_taken_a_day_late_and_an_hour_early() -> None:
    """What waited, and clocks that differ a little."""
    week, begin = 2_900, 2_900 * identity.WEEK_SECONDS
    end = begin + identity.WEEK_SECONDS
    assert [identity.is_open(week, at) for at in (begin - 3_601, begin - 3_600, end, end + 86_399, end + 86_400)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.case("P08")
async def test_too_large_a_body_is_refused(town: Town) -> None:
    """By what its head says, and by what comes without one."""
    one = await speak(town)
    body = b"x" * (MOST_BYTES + 1)
    assert (await town.post(PATTERNS_PATH, body, **one.heads(body)))[0] == 413

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 1024 + 1):
            yield b"x" * 1024

    async with (
        aiohttp.ClientSession() as session,
        session.post(town.url + PATTERNS_PATH, data=parts(), headers=one.heads(body)) as said,
    ):
        assert said.status == 411
    assert (await town.post(PATTERNS_PATH, b"{}", **one.heads(b"{}")))[0] == 400


async def test_one_id_is_heard_so_often_an_hour_and_so_much_a_week(town: Town) -> None:
    """Beyond, it is told to wait; patterns beyond the week's share are not stored."""
    one, body = await speak(town), write(draw(64))
    for _ in range(service.SUBMISSIONS_AN_HOUR):
        assert (await town.post(PATTERNS_PATH, body, **one.heads(body)))[0] == 202
    assert (await town.post(PATTERNS_PATH, body, **one.heads(body)))[0] == 429
    town.clock.at += 3_601
    assert (await town.post(PATTERNS_PATH, body, **one.heads(body)))[0] == 202
    who, week = "cd" * 32, identity.week_of(NOW)
    assert town.store.add(week, who, draw(600, seed=9), at=NOW, most=500) == 500
    assert town.store.add(week, who, draw(600, seed=10), at=NOW, most=500) == 0


async def test_nothing_is_sent_to_a_service_that_learns_for_others(town: Town) -> None:
    """Other weights or features: what waits goes on waiting."""
    client = town.client()
    fill(client, draw(10, seed=3))
    fill(client, draw(10), base="ba9876543210")
    with pytest.raises(Permanent, match="upgrade"):
        await client.exchange()
    assert town.store.count() == 0
    assert len(client.outbox.waiting()) == 10


async def test_a_version_reaches_the_first_tenth_then_all(town: Town) -> None:
    """Who is in the tenth has it before the others; all have it in the end, once."""
    town.store.release(make_head().to_bytes(), stage=ALL, at=NOW, patterns=0, said="The first.")
    second = town.store.release(
        Head(make_head().weights + 0.5).to_bytes(), stage=FIRST, at=NOW, patterns=9, said="More."
    )
    clients = [town.client(f"c{number}", enrolment_key=one) for number, one in enumerate(OTHERS)]
    for client in clients:
        fill(client, draw(1))
        await client.exchange()
    town.clock.at += MOST_REST
    for client in clients:
        await town.settle(client)
        await client.exchange()
    secret, week = town.store.versions()[0].secret, identity.week_of(NOW)
    ids = [
        identity.id_of(identity.key_of_week(read_secret(town.folder / f"c{number}"), week))
        for number in range(len(OTHERS))
    ]
    assert [client.newest() for client in clients] == [second if is_first(secret, who) else 1 for who in ids]
    town.store.move(second, ALL, at=NOW, said="To all.")
    for client in clients:
        await client.exchange()
        held = client.model()
        assert held is not None
        assert held[0].version == second
        assert [one.said for one in held[0].changes][-2:] == ["More.", "The first."]


def test_about_a_tenth_is_first_and_it_stays_so() -> None:
    """A share of ids, drawn by id and the version's secret: of another version they are others."""
    ids = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(5_000)]
    first = {one for one in ids if is_first(b"seven", one)}
    assert 400 < len(first) < 600
    assert first == {one for one in ids if is_first(b"seven", one)}
    assert len(first & {one for one in ids if is_first(b"eight", one)}) < 120


async def test_nobody_chooses_to_be_first(town: Town) -> None:
    """An id without a seal gets what all get, one with another's is refused; each version has a secret of its own."""
    town.store.release(make_head().to_bytes(), stage=FIRST, at=NOW, patterns=0, said="One.")
    town.store.release(make_head().to_bytes(), stage=FIRST, at=NOW, patterns=0, said="Two.")
    newest, older = town.store.versions()
    assert newest.secret != older.secret
    assert len(newest.secret) == 32
    one = await speak(town)
    for _ in range(20):
        key = Ed25519PrivateKey.generate()
        guess = replace(one, key=key, credential=replace(one.credential, identity=identity.id_of(key)))
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{town.url}{UPDATE_PATH}?have=0", headers=guess.heads(b"", UPDATE_PATH)) as said,
        ):
            assert said.status == 401
    async with aiohttp.ClientSession() as session, session.get(f"{town.url}{UPDATE_PATH}?id={'ab' * 32}") as said:
        assert said.status == 204


def make_update(version: int = 3, *, key: Ed25519PrivateKey = KEY, **changes: object) -> bytes:
    weights = make_head().to_bytes()
    told = {
        "version": version,
        "features": FEATURES,
        "base": BASE,
        "issued": 1,
        "digest": hashlib.sha256(weights).hexdigest(),
    }
    return write_update(key, Manifest.model_validate({**told, **changes}), weights)


def read(data: bytes, newest: int = 2) -> int:
    return read_update(data, key=PUBLIC, features=FEATURES, base=BASE, newest=newest)[0].version


@pytest.mark.case("P09")
@pytest.mark.parametrize(
    ("data", "newest", "problem"),
    [
        (make_update(key=Ed25519PrivateKey.generate()), 2, "pinned key"),
        (make_update()[:-1], 2, "pinned key"),
        (make_update() + b"x", 2, "pinned key"),
        (bytes(64) + make_update()[64:], 2, "pinned key"),
        (b"", 2, "pinned key"),
        (b"x" * 200_000, 2, "more than any"),
        (make_update(2), 2, "not newer"),
        (make_update(1), 2, "not newer"),
        (make_update(features=2), 2, "other features"),
        (make_update(base="ba9876543210"), 2, "other features"),
        (make_update(digest="0" * 64), 2, "not those that it names"),
        (KEY.sign(b"yantra collective update\n\xff\xff\xff\xff") + b"\xff\xff\xff\xff", 2, "cut off"),
        (KEY.sign(b"yantra collective update\n\0\0\0\2{}") + b"\0\0\0\2{}", 2, "form"),
    ],
)
def test_an_update_that_is_not_to_be_used_is_refused(data: bytes, newest: int, problem: str) -> None:
    """Another key, changed, cut off, too large, older, the same again, for other weights."""
    with pytest.raises(Permanent, match=problem):
        read(data, newest)
    assert read(make_update()) == 3


async def test_an_update_is_never_followed_by_an_older_one(town: Town) -> None:
    """Also when the model's file is gone or spoilt, or the service plays an old one."""
    town.store.release(make_head().to_bytes(), stage=ALL, at=NOW, patterns=0, said="One.")
    town.store.release(make_head().to_bytes(), stage=ALL, at=NOW, patterns=0, said="Two.")
    client = town.client()
    assert await client.exchange() == 0
    assert client.newest() == 0
    fill(client, draw(1))
    await client.exchange()
    assert client.newest() == 2
    path = town.folder / "one" / "model.bin"
    path.write_bytes(make_update(1))
    assert client.newest() == 2
    path.write_bytes(b"spoilt")
    assert client.model() is None
    assert client.newest() == 2
    path.unlink()
    await client.exchange()
    assert client.model() is None


async def test_bytes_on_the_wire_hold_no_text(town: Town) -> None:
    """Heads and bodies as a wire-tap sees them: fixed words, digits, and what the grammar allows."""
    sent = bytearray()
    host, port = town.url.removeprefix("http://").split(":")

    relays: list[asyncio.Task[None] | None] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relays.append(asyncio.current_task())
        inward, outward = await asyncio.open_connection(host, int(port))
        back = asyncio.create_task(pump(inward, writer, bytearray()))
        await pump(reader, outward, sent)
        await back

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, seen: bytearray) -> None:
        while part := await source.read(65_536):
            seen.extend(part)
            target.write(part)
            await target.drain()
        target.close()
        await target.wait_closed()

    tap = await asyncio.start_server(relay, "127.0.0.1", 0)
    async with tap:
        there = f"127.0.0.1:{tap.sockets[0].getsockname()[1]}"
        client = town.client(url=f"http://{there}")
        fill(client, draw(20))
        await town.settle(client)
        assert await client.exchange() == 20
        await asyncio.gather(*(one for one in relays if one))
    bodies = [part for part in bytes(sent).split(b"\r\n\r\n") if part.startswith(b'{"format"')]
    assert len(bodies) == 1
    assert GRAMMAR.fullmatch(bodies[0].decode())
    heads = [line for line in bytes(sent).decode().split("\r\n") if ": " in line and not line.startswith("{")]
    known = {"Host", "User-Agent", "Accept", "Accept-Encoding", "Content-Length", "Content-Type", SIGNATURE, ENROLMENT}
    known |= {CREDENTIAL, DIGEST}
    assert {line.split(": ")[0] for line in heads} == known
    agents = {line for line in heads if line.startswith("User-Agent")}
    assert agents == {"User-Agent: yantra-collective"}
    asked = [part for part in bytes(sent).split(b"\r\n\r\n") if f"GET {UPDATE_PATH}".encode() in part]
    assert asked
    assert not any(CREDENTIAL.encode() in part for part in asked)  # what all get is asked for without saying by whom


def test_an_address_without_tls_is_refused(tmp_path: Path) -> None:
    """But for this machine's own."""
    with pytest.raises(SettingsError, match="https"):
        Client(tmp_path, ClientSettings("http://example.com", PUBLIC, ENROLLED), Clock())


def test_the_outbox_is_bounded_and_survives_what_is_spoilt(tmp_path: Path) -> None:
    """The oldest make room; half a line is left out."""
    outbox = Outbox(tmp_path)
    patterns = draw(5)
    for one in patterns:
        outbox.put(one, Origin(FEATURES, BASE))
    file = tmp_path / "waiting.jsonl"
    file.write_text(file.read_text() * 300 + '[[0.1], "half')
    outbox.put(patterns[0], Origin(FEATURES, BASE))
    assert len(outbox.waiting()) <= MOST_WAITING
    assert outbox.waiting()[-1] == patterns[0]
    assert (tmp_path / "waiting.jsonl").stat().st_mode & 0o077 == 0
    assert read_secret(tmp_path) == read_secret(tmp_path)
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
