"""A run as a list of plain objects, in order: what was ordered, asked, answered, tested, and how it ended.

Responsible for the schema of docs/transcripts.md, and for no secret being in what is given out. It must never drop a
step: what has no form of its own is given as it is kept.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from yantra_bot.domain.redaction import REDACTED, redact
from yantra_bot.domain.run import Ending, Order
from yantra_bot.runs.asking import BATCH
from yantra_bot.runs.branches import PREFIX
from yantra_bot.runs.codec import encode
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.racing import STEP as RACE
from yantra_bot.runs.records import RunRecord

SCHEMA: Final = 1
"""Raised when a field is renamed, removed, or means something else; new types and fields do not raise it."""
_MODEL: Final = ("model", RACE)
_TESTS: Final = ("test", "test base", "prove on base", "try new tests", "try one test")


def transcribe(record: RunRecord, rows: Sequence[StepRow]) -> Iterator[dict[str, Any]]:
    """Yield a run's objects, the oldest first, each of plain JSON and without secrets."""
    for one in _transcribe(record, rows):
        yield hide(one)


def describe_run(record: RunRecord) -> dict[str, Any]:
    """Return a run as one object of plain JSON without secrets: its order, where it stands, and how it ended."""
    order = json.loads(encode(record.order, Order))
    ending = json.loads(encode(record.ending, Ending)) if record.ending is not None else {"spent": asdict(record.spent)}
    phases = [{"phase": str(one.phase), "at": one.at} for one in record.phases]
    told = {**order, **ending, "phase": str(record.phase), "phases": phases, "ended_at": record.ended_at}
    shown: dict[str, Any] = hide(told)
    return shown


def _transcribe(record: RunRecord, rows: Sequence[StepRow]) -> Iterator[dict[str, Any]]:
    order = json.loads(encode(record.order, Order))
    yield {"type": "order", "schema": SCHEMA, "at": record.order.accepted_at, **order}
    phases = list(record.phases)
    for row in rows:
        while phases and phases[0].at <= row.started_at:
            yield _phase(phases.pop(0))
        yield from _transcribe_step(row)
    for phase in phases:
        yield _phase(phase)
    if record.ending is not None:
        yield {"type": "ending", "at": record.ended_at, **json.loads(encode(record.ending, Ending))}


def _phase(entered: Any) -> dict[str, Any]:
    return {"type": "phase", "at": entered.at, "phase": str(entered.phase)}


def _transcribe_step(row: StepRow) -> Iterator[dict[str, Any]]:
    kind = row.name.rpartition("#")[0].removeprefix(PREFIX)
    asked, came = {"step": row.number, "at": row.started_at}, {"step": row.number, "at": row.finished_at}
    state, _, text = (row.envelope or "").partition(" ")
    result: Any = json.loads(text) if text else None
    if kind in _MODEL:
        yield {"type": "model_request", **asked, **json.loads(row.request)}
    elif kind == BATCH:
        yield from ({"type": "model_request", **asked, **one} for one in json.loads(row.request))
    elif kind == "tools":
        calls = json.loads(row.request)
        yield from ({"type": "tool_call", **asked, "tool": name, "arguments": given} for name, given in calls)
    if state == "failed":
        yield {"type": "failure", **came, "name": row.name, **_without_empty(result)}
    elif state != "ok":
        yield {"type": "unfinished", **asked, "name": row.name}
    elif kind in _MODEL:
        yield {"type": "model_answer", **came, **result["answer"]}
    elif kind == BATCH:
        yield from (_answer_of(one, came) for one in result)
    elif kind == "tools":
        yield from ({"type": "tool_result", **came, **one} for one in result["results"])
    elif kind in _TESTS:
        yield {"type": "tests", **came, "name": row.name, **result}
    else:
        shown = {"request": row.request} if row.request else {}
        yield {"type": "step", **came, "name": row.name, **shown, "result": result}


def _answer_of(tried: dict[str, Any], came: dict[str, Any]) -> dict[str, Any]:
    """Return what one of several calls came to."""
    if tried["answered"] is None:
        return {"type": "failure", **came, "name": BATCH, "message": tried["problem"]}
    return {"type": "model_answer", **came, **tried["answered"]["answer"]}


def _without_empty(failure: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in failure.items() if value not in (None, "")}


def hide(value: Any, key: str = "") -> Any:
    """Return plain JSON with what looks like a secret replaced, also where only its key says what it is."""
    if isinstance(value, str):
        return _hide_text(value, key)
    if isinstance(value, dict):
        return {redact(name): hide(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [hide(one, key) for one in value]
    return value


def _hide_text(text: str, key: str) -> str:
    hidden = redact(text)
    named = f'{key}="{hidden}"'
    return hidden if not key or redact(named) == named else REDACTED
