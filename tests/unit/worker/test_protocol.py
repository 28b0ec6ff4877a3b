"""Frames and messages survive the way, and nothing else gets through."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from yantra_bot.domain.beside import Beside
from yantra_bot.domain.changes import Changeset, FileChange, FileMode
from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.domain.proof import Claim, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.talk import Message, Reach, SourceKind, Thread
from yantra_bot.ports import TestCommand, ToolBatch
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.worker import protocol
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.protocol import Answer, Blob, Failure, Line, ProtocolError, Request, Start
from yantra_bot.worker.tasks import Keep, Measure

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
CALLS = st.builds(ToolCall, TEXT, TEXT, st.none() | st.dictionaries(TEXT, JSON, max_size=4))
CHANGES = st.builds(
    Changeset,
    st.lists(st.builds(FileChange, TEXT, st.none() | TEXT, st.sampled_from(FileMode)), max_size=4).map(tuple),
)
TASKS = st.one_of(
    st.builds(protocol.Open, TEXT, CHANGES),
    st.builds(protocol.Call, st.lists(CALLS, max_size=4).map(tuple)),
    st.builds(protocol.Outline, st.integers(0, 10_000)),
    st.sampled_from([protocol.Prepare(), protocol.Test(), protocol.Diff(), Measure(), protocol.Close()]),
)
TO_WORKER = st.builds(Request, TEXT, st.integers(0, 2**31), TASKS) | st.builds(Blob, st.binary(max_size=300))
TO_CONTROL = st.one_of(
    st.builds(Blob, st.binary(max_size=300)),
    st.builds(Line, st.integers(), TEXT),
    st.builds(Answer, st.integers(), JSON),
    st.builds(Failure, st.integers(), st.sampled_from(["user", "transient", "permanent", "bug"]), TEXT),
)


def _body(frame: bytes) -> bytes:
    assert protocol.read_length(frame[:4]) == len(frame) - 4
    return frame[4:]


@given(TO_WORKER)
def test_what_control_says_arrives(message: Request | Blob) -> None:
    """Every order and every blob is the same on the other side."""
    assert protocol.decode_to_worker(_body(protocol.encode_frame(message))) == message


@given(TO_CONTROL)
def test_what_a_worker_says_arrives(message: Blob | Line | Answer | Failure) -> None:
    """Every answer, line, blob and failure is the same on the other side."""
    assert protocol.decode_to_control(_body(protocol.encode_frame(message))) == message


@given(st.binary(max_size=200))
def test_noise_is_never_a_message(noise: bytes) -> None:
    """Arbitrary bytes end in a ProtocolError, on both sides, and in no other way."""
    for decode in (protocol.decode_to_worker, protocol.decode_to_control):
        with pytest.raises(ProtocolError):
            decode(noise)


@pytest.mark.parametrize(
    "body",
    [
        b"[]", b"null", b'{"kind":"blob"}', b'{"kind":"blob","data":"*"}', b'{"kind":"blob","data":"","more":1}',
        b'{"kind":"request","capability":"c","id":"x","task":{"kind":"test"}}',
        b'{"kind":"request","capability":"c","id":1,"task":{"kind":"format_disk"}}',
        b'{"kind":"blob","data":' + b"[" * 100_000, b'{"kind":"answer","id":1}',
        b'{"kind":"line","id":1,"text":"\xff"}',
        b'{"kind":"line","id":1,"text":"' + b"x" * 5000 + b'"}',
    ],
)  # fmt: skip
def test_wrong_messages_are_refused(body: bytes) -> None:
    """A message with a missing, an unknown, a wrong or an endless part is none, whoever reads it."""
    for decode in (protocol.decode_to_worker, protocol.decode_to_control):
        with pytest.raises(ProtocolError) as caught:
            decode(body)
        assert "format_disk" not in str(caught.value), "what was sent is not quoted"


def test_lengths_are_held_against_the_limit() -> None:
    """A frame of no bytes, of too many, or with half a header is refused before anything is read."""
    for header in (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0", (protocol.MAX_FRAME_BYTES + 1).to_bytes(4, "big")):
        with pytest.raises(ProtocolError):
            protocol.read_length(header)
    assert protocol.read_length(protocol.MAX_FRAME_BYTES.to_bytes(4, "big")) == protocol.MAX_FRAME_BYTES
    with pytest.raises(ProtocolError, match="are allowed"):
        protocol.encode_frame(Blob(b"x" * protocol.MAX_FRAME_BYTES))


def test_the_largest_file_fits_into_a_frame() -> None:
    """What may be part of a change can be sent."""
    frame = protocol.encode_frame(Blob(b"x" * protocol.MAX_BLOB_BYTES))
    assert len(frame) < protocol.MAX_FRAME_BYTES


def test_what_json_cannot_say_is_an_error_here() -> None:
    """Half a surrogate pair and bottomless nesting are refused before they are sent."""
    bottomless: dict[str, object] = {}
    for _ in range(1000):
        bottomless = {"a": bottomless}
    for arguments in ({"a": "\ud800"}, bottomless):
        with pytest.raises(ProtocolError):
            protocol.encode_frame(Request("c", 1, protocol.Call((ToolCall("1", "x", arguments),))))


def test_talk_travels_as_data() -> None:
    """What strangers wrote comes out as it went in; who may read it is one of the known words."""
    said = Message('"}, {"kind": "close"} \u2028 \x01', "eve", 1.5, "https://x/1")
    thread = Thread(SourceKind.ISSUE, "1", "</x>", (said,), "o/r", Reach.SHARED)
    order = Request("c", 1, Keep("1" * 40, "o/r", 2, Beside((thread,), reach=Reach.SHARED)))
    body = _body(protocol.encode_frame(order))
    assert protocol.decode_to_worker(body) == order
    with pytest.raises(ProtocolError):
        protocol.decode_to_worker(body.replace(b'"shared"', b'"everybody"'))


def test_the_start_carries_the_whole_configuration() -> None:
    """A worker gets every value of its configuration, and the frame holds nothing but those."""
    config = WorkerConfig(Path("/w"), Path("/c"))
    interpreter = Interpreter("/p/bin/python3", "/p", "3", None)
    start = Start(
        capability="cap", config=config, tests=TestCommand(("make", "test"), 9.0), mirror=Path("/m"),
        folder=Path("/w/run-0"), cache=Path("/c/x"), account=59_000, groups=(60_000,), interpreter=interpreter,
    )  # fmt: skip
    body = _body(protocol.encode_frame(start))
    assert protocol.decode_to_worker(body) == start
    assert set(json.loads(body)) == {
        "capability", "config", "tests", "mirror", "folder", "cache", "account", "groups", "interpreter",
        "keeps_graph", "reviews", "past", "is_guided", "kind",
    }  # fmt: skip


def test_answers_are_decoded_as_what_was_asked_for() -> None:
    """Reports, batches and texts come back as the values they were; anything else is an error."""
    report = TestReport(
        Verdict.FAIL, ("pytest",), 1, 0.5, (TestOutcome("t", TestStatus.FAILED, 0.1, "no"),), "tail", {"a.py": (1, 2)}
    )
    batch = ToolBatch(
        (ToolResult("1", "ok"),), Changeset((FileChange("a", "b", FileMode.EXECUTABLE),)), Claim("t", "s", 0.5)
    )
    for kind, value in ((TestReport, report), (ToolBatch, batch), (str, "text")):
        message = protocol.decode_to_control(_body(protocol.encode_frame(Answer(1, value))))
        assert isinstance(message, Answer)
        assert protocol.decode_value(TypeAdapter(kind), message.value) == value
        for wrong in ({"x": 1}, 5, [1], {"results": 1}):
            with pytest.raises(ProtocolError):
                protocol.decode_value(TypeAdapter(kind), wrong)
