"""The codec: every type a step returns survives, and nothing is guessed or pickled."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from yantra_bot.domain.changes import Changeset, FileChange, FileMode
from yantra_bot.domain.conversation import ModelAnswer, Opaque, StopReason, Text, ToolCall, ToolResult, Usage
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.errors import Permanent, SettingsError, Stopped, Transient, UserError, YantraError
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.codec import (
    Failure,
    FailureKind,
    JsonSerializer,
    ReplayedError,
    StepBug,
    decode,
    decode_envelope,
    encode,
    encode_failure,
    encode_value,
    failure_of,
    to_failure,
)

ANSWER = ModelAnswer(
    "some-model",
    (Text("a"), ToolCall("1", "edit", {"x": [1, 2.5, None]}), ToolCall("2", "edit", None), Opaque("v", {"s": "sig"})),
    StopReason.TOOL_CALLS,
    Usage(1, 2, 3, 4, is_estimate=True),
    None,
    "req",
    0.25,
)
BATCH = ToolBatch((ToolResult("1", "ok"),), Changeset((FileChange("a.py", None, FileMode.EXECUTABLE),)), None)
REPORT = TestReport(
    Verdict.FAIL, ("pytest",), 1, 2.0, (TestOutcome("t", TestStatus.ERROR),), "tail", {"a.py": (1, 2)}, "it fails"
)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (ANSWER, ModelAnswer),
        (BATCH, ToolBatch),
        (REPORT, TestReport),
        (None, type(None)),
        (b"\xff\x00", bytes | None),
        (None, bytes | None),
        ({"a": (1, "b")}, dict[str, tuple[int, str]]),
        (float("-inf"), float),
        (BATCH, ModelAnswer | ToolBatch),
    ],
)
def test_a_value_comes_back_equal_and_of_the_same_type(value: object, result: object) -> None:
    """Dataclasses, unions, enums, tuples, bytes and infinities alike."""
    again = decode_envelope(encode_value(value, result), result)
    assert again == value
    assert type(again) is type(value)


@settings(deadline=None)
@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s), max_leaves=20))
def test_any_plain_value_comes_back(value: object) -> None:
    """Whatever JSON can say."""
    assert decode(encode(value, object), object) == value


@settings(deadline=None)
@given(text=st.text(max_size=50))
def test_half_a_surrogate_pair_becomes_a_replacement_character(text: str) -> None:
    """Any string that Python can hold is storable; what is no text is replaced, once and for all."""
    once = decode(encode("\ud800" + text, str), str)
    assert once == "\ufffd" + text
    assert decode(encode(once, str), str) == once


def test_a_stored_value_of_another_shape_is_refused() -> None:
    """A record that does not fit the type is an error, never a half-filled value."""
    with pytest.raises(ValidationError):
        decode('{"model": 5}', ModelAnswer)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (UserError("a"), FailureKind.USER),
        (SettingsError("a"), FailureKind.SETTINGS),
        (Transient("a", retry_after=2.5), FailureKind.TRANSIENT),
        (Permanent("a"), FailureKind.PERMANENT),
        (Stopped("a"), FailureKind.STOPPED),
    ],
)
def test_a_failure_keeps_its_class_words_and_time(problem: YantraError, kind: FailureKind) -> None:
    """The error policy's classes survive storing; so does the time to wait."""
    envelope = encode_failure(to_failure(problem))
    assert failure_of(envelope) is kind
    with pytest.raises(type(problem)) as caught:
        decode_envelope(envelope, str)
    assert type(caught.value) is type(problem)
    assert str(caught.value) == "a"
    assert getattr(caught.value, "retry_after", None) == getattr(problem, "retry_after", None)


def test_a_subclass_becomes_the_class_of_the_policy() -> None:
    """A finer class of one module is raised as the policy's class it belongs to; an unheard-of one is permanent."""

    class RateLimited(Transient):
        pass

    class Odd(YantraError):
        pass

    assert to_failure(RateLimited("a", retry_after=1)).kind is FailureKind.TRANSIENT
    assert to_failure(Odd("a")).kind is FailureKind.PERMANENT


def test_a_bug_carries_its_name_and_its_evidence() -> None:
    """The words of an unexpected exception are evidence, not a message."""
    with pytest.raises(StepBug) as caught:
        decode_envelope(encode_failure(Failure(FailureKind.BUG, "ValueError", evidence="Traceback …")), str)
    assert (str(caught.value), caught.value.evidence) == ("ValueError", "Traceback …")


def test_the_engines_serializer_is_json_and_refuses_anything_else() -> None:
    """Exceptions are reduced to words, objects are refused, and no byte is ever unpickled."""
    serializer = JsonSerializer()
    assert serializer.name() == "yantra-json"
    data = {"args": ["x"], "kwargs": {}}
    assert serializer.deserialize(serializer.serialize(data)) == data
    again = serializer.deserialize(serializer.serialize(ValueError("words")))
    assert isinstance(again, ReplayedError)
    assert str(again) == "ValueError: words"
    with pytest.raises(TypeError, match="encode it"):
        serializer.serialize(object())
    with pytest.raises(json.JSONDecodeError):
        serializer.deserialize("gASVBQAAAAAAAABLAYWULg==")
