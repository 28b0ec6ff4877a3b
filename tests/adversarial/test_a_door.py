"""Group A over the wire: forged, replayed, malformed, oversized deliveries at the real server."""

import asyncio
import functools
import gzip
import hashlib
import hmac
import json

import pytest

from tests.fakes.door import SECRET, comment_payload, delivery_request, open_door, read_answer
from yantra_bot.webhooks.body import BodyLimits
from yantra_bot.webhooks.inbox import InboxLimits
from yantra_bot.webhooks.policy import Rules, screen
from yantra_bot.webhooks.server import GITHUB_PATH, DoorLimits
from yantra_bot.webhooks.signatures import HEADER, sign

BODY = json.dumps(comment_payload()).encode()
MEGABYTE = 1024 * 1024


@pytest.fixture
async def door(tmp_path):
    async with open_door(tmp_path) as door:
        yield door


@functools.cache
def bomb() -> bytes:
    """200 MB of zeros in 200 kB."""
    return gzip.compress(b"0" * 200 * MEGABYTE)


async def assert_untouched(door):
    """Nothing was queued, and the door still works."""
    assert await door.stored() == []
    assert (await door.request("GET", "/readyz")).status == 200


@pytest.mark.case("A01")
async def test_an_unsigned_delivery_is_not_even_parsed(door):
    """Without a signature the answer is 401, also for a body that could not be parsed."""
    assert (await door.deliver(BODY, drop=(HEADER,))).status == 401
    assert (await door.deliver(b"[" * 200_000, drop=(HEADER,))).status == 401
    await assert_untouched(door)


@pytest.mark.case("A02")
async def test_a_wrong_signature_is_refused(door):
    """A signature made with another secret opens nothing, and the answer gives no reason."""
    answer = await door.deliver(BODY, secret=b"another-secret-than-ours")
    assert (answer.status, json.loads(answer.body)) == (401, {"status": "unsigned"})
    await assert_untouched(door)


@pytest.mark.case("A03")
async def test_a_valid_sha1_signature_is_no_signature(door):
    """The legacy header is never looked at, alone or in the place of the new one."""
    legacy = "sha1=" + hmac.new(SECRET, BODY, hashlib.sha1).hexdigest()
    only_legacy = await door.deliver(BODY, drop=(HEADER,), extra=(("X-Hub-Signature", legacy),))
    assert only_legacy.status == 401
    assert (await door.deliver(BODY, signature=legacy)).status == 401
    await assert_untouched(door)


@pytest.mark.case("A04")
@pytest.mark.parametrize("signature", ["sha256=é", "sha256=\udcff\udcfe", "\udce2\udc82\udcac" * 20])
async def test_a_signature_that_is_no_ascii_is_wrong_and_no_error(door, signature):
    """Any bytes in the signature's header get 401, never 500."""
    assert (await door.deliver(BODY, signature=signature)).status in (400, 401)
    await assert_untouched(door)


@pytest.mark.case("A05")
async def test_the_signature_covers_the_raw_bytes(door):
    """The same JSON in other bytes, or one byte changed, does not fit the signature."""
    signature = sign(BODY, SECRET)
    rendered_anew = json.dumps(json.loads(BODY), indent=1).encode()
    for body in (rendered_anew, BODY + b" ", BODY.replace(b"created", b"creatfd")):
        assert (await door.deliver(body, signature=signature)).status == 401
    await assert_untouched(door)


@pytest.mark.case("A06")
@pytest.mark.parametrize("is_good_first", [True, False])
async def test_two_signatures_are_none(door, is_good_first):
    """A good signature beside a bad one is refused in either order."""
    good, bad = sign(BODY, SECRET), sign(BODY, b"another-secret-than-ours")
    first, second = (good, bad) if is_good_first else (bad, good)
    assert (await door.deliver(BODY, signature=first, extra=((HEADER, second),))).status == 401
    await assert_untouched(door)


@pytest.mark.case("A07")
async def test_ten_times_at_once_is_once(door):
    """The same delivery ten times in the same moment is acknowledged ten times and stored once."""
    answers = await asyncio.gather(*(door.deliver(BODY, delivery="guid-1") for _ in range(10)))
    assert {answer.status for answer in answers} == {202}
    assert sorted(json.loads(answer.body)["status"] for answer in answers) == ["accepted"] + ["duplicate"] * 9
    assert len(await door.stored()) == 1


@pytest.mark.case("A08")
async def test_a_captured_body_under_a_new_id_is_known(door):
    """The id is not covered by the signature, so a replay is recognised by what it says, also after it was handled."""
    await door.deliver(BODY, delivery="guid-1")
    (stored,) = await door.stored()
    await door.inbox.handled(stored.sequence, "started")
    door.clock.time += 30 * 86_400
    assert await door.inbox.prune() == 1
    answer = await door.deliver(BODY, delivery="guid-2")
    assert (answer.status, json.loads(answer.body)) == (202, {"status": "duplicate"})
    assert await door.stored() == []


@pytest.mark.case("A09")
async def test_a_redelivery_runs_what_was_never_stored_and_nothing_twice(tmp_path):
    """A delivery that was refused while the inbox was full is taken when it is sent again; a finished one is not."""
    async with open_door(tmp_path, inbox_limits=InboxLimits(queue_rows=0)) as door:
        assert (await door.deliver(BODY, delivery="guid-1")).status == 503
    async with open_door(tmp_path) as door:
        assert json.loads((await door.deliver(BODY, delivery="guid-1")).body) == {"status": "accepted"}
        (stored,) = await door.stored()
        await door.inbox.handled(stored.sequence, "started")
        door.clock.time += 3 * 86_400
        assert json.loads((await door.deliver(BODY, delivery="guid-1")).body) == {"status": "duplicate"}
        assert await door.stored() == []


@pytest.mark.case("A10")
async def test_25_megabytes_are_taken(door):
    """What GitHub may send at most is stored."""
    padding = "x" * (25 * MEGABYTE - len(json.dumps(comment_payload(padding=""))))
    assert (await door.deliver(comment_payload(padding=padding))).status == 202
    assert len((await door.stored())[0].body) == 25 * MEGABYTE


@pytest.mark.case("A10")
async def test_an_announced_excess_is_refused_before_it_is_read(door):
    """A head that announces more than 25 MiB gets 413 although not one byte of the body was sent."""
    head = delivery_request(b"", drop=("Content-Length",), extra=(("Content-Length", str(26 * MEGABYTE)),))
    answer = await door.send(head)
    assert (answer.status, answer.headers["connection"]) == (413, "close")
    await assert_untouched(door)


@pytest.mark.case("A10")
async def test_an_excess_that_was_not_announced_is_refused_while_it_comes(tmp_path):
    """A chunked body is cut off at the limit."""
    async with open_door(tmp_path, body=BodyLimits(body_bytes=10_000)) as door:
        reader, writer = await door.connect()
        writer.write(delivery_request(b"", drop=("Content-Length",), extra=(("Transfer-Encoding", "chunked"),)))
        for _ in range(3):
            writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        assert (await read_answer(reader)).status == 413
        await assert_untouched(door)


@pytest.mark.case("A10")
async def test_many_large_bodies_at_once_are_bounded(tmp_path):
    """Large bodies share a bound of memory; beyond it the sender is asked to come again, small ones still pass."""
    limits = BodyLimits(free_bytes=1000, shared_bytes=3000)
    async with open_door(tmp_path, body=limits) as door:
        _, holder = await door.connect()
        head = delivery_request(b"", drop=("Content-Length",), extra=(("Content-Length", "9000"),))
        holder.write(head + b"x" * 3900)
        await holder.drain()
        large = json.dumps(comment_payload(padding="x" * 3000)).encode()
        while (await door.deliver(large)).status != 503:
            await asyncio.sleep(0)
        assert (await door.deliver(comment_payload(comment={**comment_payload()["comment"], "id": 1}))).status == 202


@pytest.mark.case("A11")
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity", "gzip, gzip"])
async def test_no_encoded_body_is_inflated(door, encoding):
    """Any content encoding is refused, and a bomb is not even looked at."""
    answer = await door.deliver(bomb(), extra=(("Content-Encoding", encoding),))
    assert answer.status == 415
    await assert_untouched(door)


@pytest.mark.case("A12")
async def test_a_body_that_drips_is_cut_off_and_disturbs_nobody(tmp_path):
    """A sender who never ends is told so after the time limit; deliveries beside it are answered meanwhile."""
    async with open_door(tmp_path, body=BodyLimits(body_seconds=0.3)) as door:
        reader, writer = await door.connect()
        writer.write(delivery_request(b"", drop=("Content-Length",), extra=(("Transfer-Encoding", "chunked"),)))
        writer.write(b"1\r\n{\r\n")
        assert (await door.deliver(BODY)).status == 202
        answer = await read_answer(reader)
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert len(await door.stored()) == 1


@pytest.mark.case("A12")
async def test_a_head_that_never_ends_is_cut_off(tmp_path):
    """A connection on which no request gets complete is closed after the idle time."""
    async with open_door(tmp_path, limits=DoorLimits(idle_seconds=0.2)) as door:
        reader, writer = await door.connect()
        writer.write(b"POST " + GITHUB_PATH.encode() + b" HTTP/1.1\r\nHost: door\r\nX-Slow: ")
        assert await reader.read() == b""


@pytest.mark.case("A13")
async def test_deep_nesting_is_a_bad_request(door):
    """200 000 brackets, correctly signed, are 400."""
    for body in (b"[" * 200_000, b'{"a":' * 200_000, b'{"action":' + b"[" * 100_000 + b"]" * 100_000 + b"}"):
        assert (await door.deliver(body)).status == 400
    await assert_untouched(door)


@pytest.mark.case("A14")
@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"42", b"true", b"", b" ", b"{}{}"])
async def test_a_body_that_is_no_object_is_a_bad_request(door, body):
    """Correctly signed, and still 400."""
    assert (await door.deliver(body)).status == 400
    await assert_untouched(door)


@pytest.mark.case("A15")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=bogus",
        "application/json; charset=utf-16",
        "text/plain",
        "application/jsonp",
        "",
        "application/json, text/plain",
    ],
)
async def test_another_type_or_charset_is_refused(door, content_type):
    """An unknown charset, or a type that is not JSON, is 415 and never 500."""
    answer = await door.deliver(BODY, drop=("Content-Type",), extra=(("Content-Type", content_type),))
    assert answer.status == 415
    await assert_untouched(door)


@pytest.mark.case("A15")
@pytest.mark.parametrize("body", [BODY.decode().encode("utf-16"), b"\xef\xbb\xbf" + BODY, BODY[:-1] + b',"a":"\xff"}'])
async def test_another_encoding_is_a_bad_request(door, body):
    """UTF-16, a byte order mark and bytes that are no UTF-8 are 400."""
    assert (await door.deliver(body)).status == 400
    await assert_untouched(door)


@pytest.mark.case("A16")
@pytest.mark.parametrize(
    "more", [b'"a":NaN', b'"a":Infinity', b'"a":"\\ud800"', b'"a":' + b"9" * 5000, b'"a":1,', b"'a':1", b'"a":01']
)
async def test_what_only_some_parsers_take_is_a_bad_request(door, more):
    """NaN, half a surrogate pair, numbers of 5000 digits and loose JSON are 400."""
    assert (await door.deliver(BODY[:-1] + b"," + more + b"}")).status == 400
    await assert_untouched(door)


@pytest.mark.case("A16")
async def test_of_a_key_that_is_there_twice_the_last_one_counts(door):
    """Nobody else parses the payload, so two readings of it cannot differ."""
    answer = await door.deliver(BODY[:-1] + b',"action":"edited"}')
    assert (answer.status, json.loads(answer.body)) == (202, {"status": "ignored"})
    answer = await door.deliver(b'{"action":"edited",' + BODY[1:])
    assert json.loads(answer.body) == {"status": "accepted"}


@pytest.mark.case("A17")
@pytest.mark.parametrize("event", [None, "", "unknown_event", "Issue_Comment", "../issue_comment", "x" * 500])
async def test_an_event_without_a_known_name_is_ignored(door, event):
    """A missing, empty or unknown event name is acknowledged and ignored."""
    answer = await door.deliver(BODY, event=event)
    assert (answer.status, json.loads(answer.body)) == (202, {"status": "ignored"})
    await assert_untouched(door)


@pytest.mark.case("A17")
async def test_two_event_names_are_none(door):
    """Which of two names was meant is not guessed."""
    answer = await door.deliver(BODY, extra=(("X-GitHub-Event", "push"),))
    assert json.loads(answer.body) == {"status": "ignored"}


@pytest.mark.case("A17")
@pytest.mark.parametrize("delivery", ["", " ", "a b", "x" * 200, "<script>"])
async def test_a_delivery_without_an_id_is_a_bad_request(door, delivery):
    """Without an id a delivery could not be recognised, and an odd one could do harm in a log."""
    extra = (("X-GitHub-Delivery", delivery),)
    assert (await door.deliver(BODY, drop=("X-GitHub-Delivery",))).status == 400
    answer = await door.deliver(BODY, delivery="guid-1", extra=extra)
    assert answer.status == 400
    await assert_untouched(door)


@pytest.mark.case("A18")
@pytest.mark.parametrize(
    "event", ["push", "pull_request", "issues", "check_run", "check_suite", "installation_repositories"]
)
async def test_a_body_of_another_event_is_ignored(door, event):
    """A comment announced as something else is neither."""
    answer = await door.deliver(BODY, event=event)
    assert (answer.status, json.loads(answer.body)) == (202, {"status": "ignored"})
    await assert_untouched(door)


@pytest.mark.case("A19")
async def test_a_repository_that_is_not_on_the_list_is_ignored(tmp_path):
    """What the operator did not allow is not stored, so nothing can be done for it later."""
    rules = Rules(bot_id=1, repositories=("acme/gadget", "7"))
    async with open_door(tmp_path, screen=lambda event: screen(event, rules)) as door:
        assert json.loads((await door.deliver(BODY)).body) == {"status": "ignored"}
        allowed = comment_payload(repository={"id": 42, "name": "gadget", "owner": {"login": "acme"}})
        assert json.loads((await door.deliver(allowed)).body) == {"status": "accepted"}
        assert len(await door.stored()) == 1


@pytest.mark.case("A22")
async def test_a_flood_is_answered_in_full_and_stored_once_each(door):
    """A thousand deliveries on fifty connections are all acknowledged and all there."""
    requests = iter(
        [
            delivery_request(
                json.dumps(comment_payload(comment={**comment_payload()["comment"], "id": number})).encode()
            )
            for number in range(1000)
        ]
    )
    statuses = []

    async def send_some() -> None:
        reader, writer = await door.connect()
        for request in requests:
            writer.write(request)
            statuses.append((await read_answer(reader)).status)

    await asyncio.gather(*(send_some() for _ in range(50)))
    assert statuses == [202] * 1000
    assert await door.inbox.waiting() == 1000


@pytest.mark.case("A22")
async def test_a_flood_beyond_the_queue_is_refused_and_nothing_is_lost(tmp_path):
    """With a queue too short each delivery is either stored and acknowledged, or refused with a time to come again."""
    async with open_door(tmp_path, inbox_limits=InboxLimits(queue_rows=3)) as door:
        answers = await asyncio.gather(
            *(door.deliver(comment_payload(comment={**comment_payload()["comment"], "id": n})) for n in range(60))
        )
        assert {answer.status for answer in answers} <= {202, 503}
        assert sum(answer.status == 202 for answer in answers) == await door.inbox.waiting()
        assert all("retry-after" in answer.headers for answer in answers if answer.status == 503)


@pytest.mark.case("A24")
async def test_a_form_is_refused(door):
    """A form-encoded delivery, signed or not, is 415."""
    body = b"payload=" + BODY
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    assert (await door.deliver(body, drop=("Content-Type",), extra=form)).status == 415
    await assert_untouched(door)


def smuggled(*lines: str, body: bytes = b"0\r\n\r\n") -> bytes:
    head = [f"POST {GITHUB_PATH} HTTP/1.1", "Host: door", "Content-Type: application/json", *lines, "", ""]
    return "\r\n".join(head).encode() + body


@pytest.mark.case("A25")
@pytest.mark.parametrize(
    "raw",
    [
        smuggled("Content-Length: 5", "Transfer-Encoding: chunked"),
        smuggled("Transfer-Encoding: chunked", "Content-Length: 5"),
        smuggled("Content-Length: 5", "Content-Length: 6"),
        smuggled("Transfer-Encoding: chunked, identity"),
        smuggled("Transfer-Encoding: xchunked"),
        smuggled("Transfer-Encoding : chunked"),
        smuggled("X-A: b", " obs-fold: c", "Content-Length: 5"),
        smuggled("Content-Length: +5"),
        smuggled("Content-Length: -1"),
        smuggled("Content-Length: 5_0"),
        smuggled("Content-Length: 0x5"),
        smuggled("X-A: b\rX-B: c", "Content-Length: 5"),
        smuggled("Transfer-Encoding: chunked", body=b"0_1\r\nx\r\n0\r\n\r\n"),
        smuggled("Transfer-Encoding: chunked", body=b"+1\r\nx\r\n0\r\n\r\n"),
        b"POST " + GITHUB_PATH.encode() + b" HTTP/1.1\nHost: door\nContent-Length: 0\n\n",
    ],
)
async def test_shapes_of_request_smuggling_are_bad_requests(door, raw, caplog):
    """What two servers could read differently ends the connection with 400, and no second request is seen in it."""
    reader, writer = await door.connect()
    writer.write(raw + b"GET /healthz HTTP/1.1\r\nHost: door\r\n\r\n")
    received = await reader.read()
    assert received.split()[1] == b"400"
    assert received.count(b"\nDate: ") == 1
    assert b"Traceback" not in received
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    await assert_untouched(door)


@pytest.mark.case("A26")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", GITHUB_PATH, 405),
        ("PUT", GITHUB_PATH, 405),
        ("POST", GITHUB_PATH + "/", 404),
        ("POST", "/" + GITHUB_PATH, 404),
        ("POST", "/webhook", 404),
        ("GET", "/", 404),
        ("GET", "/webhooks/../healthz", 404),
        ("GET", "/%2e%2e/etc/passwd", 404),
        ("POST", "/metrics", 405),
        ("DELETE", "/healthz", 405),
        ("GET", "/healthz?x=" + "y" * 20_000, 400),
    ],
)
async def test_other_paths_and_methods_say_so_and_no_more(door, method, path, status):
    """A wrong path or method is 404 or 405 in a few words, without a trace of the program."""
    answer = await door.request(method, path)
    assert answer.status == status
    assert len(answer.body) < 300
    for word in (b"Traceback", b'File "', b"yantra_bot"):
        assert word not in answer.body


@pytest.mark.case("E05")
async def test_pages_for_everybody_name_no_repository(door):
    """After a delivery of a private repository no open page knows its name, its people or a secret."""
    await door.deliver(BODY)
    for path in ("/healthz", "/readyz", "/metrics", "/nothing", GITHUB_PATH):
        page = (await door.request("GET", path)).body.lower()
        for word in (b"acme", b"widget", b'ada"', SECRET, b"inbox.sqlite"):
            assert word not in page
