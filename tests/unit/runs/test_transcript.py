"""What a transcript says of each kind of step, and what it hides."""

import json
from typing import Any

from tests.unit.runs.test_replaying import ORDER
from yantra_bot.domain.run import Ending, Phase, Spent
from yantra_bot.runs.codec import Failure, FailureKind, encode_failure
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.records import PhaseTime, RunRecord
from yantra_bot.runs.transcript import hide, transcribe

TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"


def row(number: int, name: str, envelope: str | None, request: str = "") -> StepRow:
    return StepRow(number, name, "", request, envelope, None, 1, float(number), number + 0.5)


def transcript(*rows: StepRow, ending: Ending | None = None) -> list[dict[str, Any]]:
    phases = (PhaseTime(Phase.QUEUED, 0.0), PhaseTime(Phase.CONTEXT_ASSEMBLY, 1.0), PhaseTime(Phase.STOPPED, 9.0))
    return list(transcribe(RunRecord(ORDER, Phase.STOPPED, phases, ending, 9.0, Spent(), (), None), rows))


def test_everything_comes_in_order_with_its_own_form() -> None:
    """Order, phases at their time, calls before results, failures, what has no result, the ending."""
    batch = {"results": [{"call_id": "1", "content": "ok", "is_error": False}], "changes": {}}
    told = transcript(
        row(1, "read issue#1", 'ok {"title":"t"}'),
        row(2, "model#1", 'ok {"answer":{"model":"m","blocks":[]},"at":2.0}', '{"model":"m","system":"s"}'),
        row(3, "tools#1", "ok " + json.dumps(batch), '[["read_file",{"path":"a"}]]'),
        row(4, "test#1", 'ok {"verdict":"pass"}'),
        row(5, "push#1", encode_failure(Failure(FailureKind.PERMANENT, "moved")), "[1]"),
        row(6, "check#1", None),
        ending=Ending(Phase.STOPPED, "ann stopped this run."),
    )
    assert [one["type"] for one in told] == [
        *("order", "phase", "phase", "step", "model_request", "model_answer", "tool_call", "tool_result"),
        *("tests", "failure", "unfinished", "phase", "ending"),
    ]
    assert told[0]["schema"] == 1
    assert told[3] == {"type": "step", "step": 1, "at": 1.5, "name": "read issue#1", "result": {"title": "t"}}
    assert told[6] == {"type": "tool_call", "step": 3, "at": 3.0, "tool": "read_file", "arguments": {"path": "a"}}
    assert told[9] == {
        "type": "failure",
        "step": 5,
        "at": 5.5,
        "name": "push#1",
        "kind": "permanent",
        "message": "moved",
    }
    assert told[-1]["reason"] == "ann stopped this run."


def test_secrets_are_hidden_wherever_they_stand() -> None:
    """In values, in keys, in lists, and where only the key says that it is one."""
    value = {"a": [f"x {TOKEN}", 1, None], TOKEN: True, "aws_secret_access_key": "a1B2" * 10}
    assert hide(value) == {"a": ["x [redacted]", 1, None], "[redacted]": True, "aws_secret_access_key": "[redacted]"}


def test_calls_that_were_made_at_once_come_in_order() -> None:
    """All requests, then what each came to: an answer, or why there is none."""
    tried = [
        {"answered": {"answer": {"model": "m", "blocks": []}, "at": 2.0}, "problem": "", "is_too_long": False},
        {"answered": None, "problem": "busy", "is_too_long": False},
    ]
    told = transcript(row(1, "models#1", f"ok {json.dumps(tried)}", '[{"model":"m"},{"model":"n"}]'))
    calls = [one for one in told if one.get("step") == 1]
    assert [(one["type"], one.get("model"), one.get("message")) for one in calls] == [
        ("model_request", "m", None),
        ("model_request", "n", None),
        ("model_answer", "m", None),
        ("failure", None, "busy"),
    ]
