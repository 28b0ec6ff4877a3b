"""A stored run told again from its record by the present code, and where the two differ.

Each step is answered by what the record holds under its name; the forge, git, models and workers are never reached, and
what the story writes down on its way goes into records of its own. It must never do a step's work: what the record does
not answer ends the replay.
"""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from yantra_bot.domain.conversation import ModelRequest
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import UserError, YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.branches import FIRST_STEP
from yantra_bot.runs.codec import StepBug, decode, decode_envelope, encode
from yantra_bot.runs.conduct import Conductor
from yantra_bot.runs.context import Interrupted, RunContext, Story
from yantra_bot.runs.ledger import StepRow, hash_request
from yantra_bot.runs.records import Records, RunRecord
from yantra_bot.runs.score_routing import ROUTE
from yantra_bot.runs.steps import StepCall, StepRunner

MODEL_STEP: Final = "model#1"
ROUTE_STEP: Final = f"{ROUTE}#1"
CONTEXT_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the present code does not do what the record says. `diff` has no line end at its lines' ends."""

    step: int
    """Number of the step in the record, or of the one that the present code would take; 0: of the run as a whole."""
    what: str
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to. `steps` counts those that the record answered."""

    steps: int
    differences: tuple[Difference, ...]
    lacks: str = ""
    """What the record has no answer to, where it ends before the run did; empty for a whole one."""


class _Tape:
    """The recorded answers, handed out by the names of the steps; keeps where the asking differs from the record."""

    def __init__(self, rows: Sequence[StepRow]) -> None:
        self.served = 0
        self.lacks = ""
        self.differences: list[Difference] = []
        self._waiting = {row.name: row for row in rows}
        self._passed: dict[str, StepRow] = {}
        """What the present code went past, and may still ask for."""

    async def take(self, call: StepCall) -> str:
        """Return the recorded envelope of a step; raise Interrupted where there is none that can be used."""
        row = self._find(call)
        if row.request_hash != hash_request(call.request):
            diff = tuple(compare_requests(row.request, call.request))
            self._note(row.number, f"{row.name} is asked for with another request", diff)
        if row.envelope is None:
            self.lacks = f"the record has no result of {row.name}: the run was ended from outside before it"
            raise Interrupted
        try:
            decode_envelope(row.envelope, call.result)
        except ValidationError:
            raise self._end(row.number, f"the present code cannot read the recorded result of {row.name}") from None
        except (YantraError, StepBug):  # a recorded failure, which the story is about to be told
            pass
        self.served += 1
        return row.envelope

    def finish(self) -> None:
        """Keep what the record has and nobody asked for."""
        for row in (*self._passed.values(), *self._waiting.values()):
            self._note(row.number, f"the present code leaves out {row.name}")

    def _find(self, call: StepCall) -> StepRow:
        late = self._passed.pop(call.name, None)
        if late is not None:
            return late
        if call.name not in self._waiting:
            raise self._end(call.number, f"the present code takes the step {call.name}, which the record does not have")
        first = next(iter(self._waiting.values()))
        if first.name != call.name:
            self._note(first.number, f"the present code takes {call.name} where the record has {first.name}")
        while (name := next(iter(self._waiting))) != call.name:
            self._passed[name] = self._waiting.pop(name)
        return self._waiting.pop(call.name)

    def _note(self, step: int, what: str, diff: tuple[str, ...] = ()) -> None:
        self.differences.append(Difference(step, what, diff))

    def _end(self, step: int, why: str) -> Interrupted:
        self._note(step, f"{why}; the replay ends here")
        return Interrupted()


def compare_requests(recorded: str, present: str) -> list[str]:
    """Return a unified diff of two requests; JSON is laid out first, its texts line by line."""
    lines = difflib.unified_diff(
        lay_out(recorded), lay_out(present), "recorded", "present", lineterm="", n=CONTEXT_LINES
    )
    return list(lines)


def lay_out(request: str) -> list[str]:
    """Return the lines of a request for people: one for each value of its JSON, more for a text of several lines."""
    try:
        value = json.loads(request)
    except ValueError:
        return request.splitlines()
    return [line for text in _lines_of(value, "") for line in text.splitlines() or [""]]


def _lines_of(value: Any, path: str) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key, one in value.items() for line in _lines_of(one, f"{path}.{key}" if path else str(key))]
    if isinstance(value, list) and value:
        return [line for number, one in enumerate(value) for line in _lines_of(one, f"{path}[{number}]")]
    if isinstance(value, str) and "\n" in value:
        return [f"{path}:", *(f"  {line}" for line in value.splitlines())]
    return [f"{path}: {json.dumps(value, ensure_ascii=False)}"]


class ReplayContext(RunContext):
    """A run's durable side that only remembers: its steps come from a tape."""

    def __init__(self, order: Order, runner: StepRunner, tape: _Tape) -> None:
        super().__init__(order, runner, tape.take)
        self.reached: list[Phase] = [Phase.QUEUED]

    async def phase(self, phase: Phase) -> None:
        """Keep what the run enters, and that it does."""
        await super().phase(phase)
        self.reached.append(phase)


def recorded_model(rows: Sequence[StepRow], default: str) -> str:
    """Return the model that a run had first, for the choice of a model is the operator's and no part of the code.

    That is the one it asked first, or the one that a learned score was asked about before: it may have put another in
    its place.
    """
    for row in rows:
        if row.name == ROUTE_STEP:
            return row.request
        if row.name == MODEL_STEP:
            model: str = decode(row.request, ModelRequest).model
            return model
    return default


async def replay(story: Story, record: RunRecord, rows: Sequence[StepRow], *, own: Records, clock: Clock) -> Replayed:
    """Tell a run that has ended again and hold it against its record. `own` are empty records to write into.

    Raises UserError for a run that cannot be replayed.
    """
    ending, order = record.ending, record.order
    if ending is None:
        raise UserError(f"Run {order.run_id} has not ended. Replay it when it has.")
    if not rows:
        raise UserError(f"Run {order.run_id} has no recorded steps: it ended before its first one.")
    own.start_run(order, order.accepted_at)
    tape, runner = _Tape([row for row in rows if row.number < FIRST_STEP]), StepRunner(own, clock)
    context = ReplayContext(order, runner, tape)
    try:
        told = await Conductor(own, clock, runner).conduct(story, context)
    except Interrupted:
        return Replayed(tape.served, tuple(tape.differences), tape.lacks)
    tape.finish()
    _compare_endings(tape, record, ending, told)
    _compare_phases(tape, record, context.reached, told)
    return Replayed(tape.served, tuple(tape.differences))


def _compare_endings(tape: _Tape, record: RunRecord, recorded: Ending, told: Ending) -> None:
    if told.spent != recorded.spent and not told.spent.model_calls:
        told = replace(told, spent=record.spent)  # where a story does not say it, the ledger does
    texts = encode(recorded, Ending), encode(told, Ending)
    if texts[0] != texts[1]:
        tape.differences.append(Difference(0, "the run ends otherwise", tuple(compare_requests(*texts))))


def _compare_phases(tape: _Tape, record: RunRecord, reached: Sequence[Phase], told: Ending) -> None:
    recorded = [str(one.phase) for one in record.phases]
    present = [str(one) for one in reached]
    if present[-1] != told.phase:
        present.append(str(told.phase))
    if recorded != present:
        diff = tuple(difflib.unified_diff(recorded, present, "recorded", "present", lineterm=""))
        tape.differences.append(Difference(0, "the run goes through other phases", diff))


def empty_records(folder: Path) -> Records:
    """Return new records in a folder that is thrown away afterwards."""
    return Records.open(folder / "replay.sqlite")
