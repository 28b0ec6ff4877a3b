"""The story of a diagnosis: read what is known of a failure, rank the changes that may have brought it, keep that.

Nothing is changed anywhere, and no model is needed: one that is there only puts into words what was found.
"""

import re
from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.diagnosing import Gathered, PodTrouble, Question
from yantra_bot.domain.incidents import Diagnosis
from yantra_bot.domain.log_redaction import redact_log
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Stopped
from yantra_bot.monitor.findings import diagnose, name_error
from yantra_bot.monitor.shown_trace import show_trace
from yantra_bot.monitor.traces import find_traces
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.diagnosing.kit import DiagnosisKit
from yantra_bot.runs.diagnosing.orders import DIAGNOSIS
from yantra_bot.runs.diagnosing.reading import PROBLEMS, Reading, Told, say_words
from yantra_bot.runs.diagnosing.wording import word
from yantra_bot.runs.workshop import Workshop

_SPEAKS_OF_ERRORS: Final = re.compile(
    r"error|exception|panic|fatal|traceback|warn|fail|refused|timed? ?out|killed| 5\d\d\b", re.IGNORECASE
)


class Diagnose:
    """One diagnosis, from its order to its note."""

    def __init__(self, workshop: Workshop, kit: DiagnosisKit) -> None:
        self._workshop, self._kit = workshop, kit

    async def __call__(self, context: RunContext) -> Ending:
        """Find out what is behind the order's incident, keep it, and return how that went."""
        try:
            await context.phase(Phase.DIAGNOSING)
            ending = await self._diagnose(context)
        except Stopped as stop:
            ending = Ending(Phase.STOPPED, str(stop))
        except PROBLEMS as problem:
            ending = Ending(Phase.FAILED, str(problem))
        await context.phase(ending.phase)
        return ending

    async def _diagnose(self, context: RunContext) -> Ending:
        reading = Reading(context, self._workshop, self._kit)
        told = await reading.told()
        gathered = await self._gather(reading, told)
        found = diagnose(told.incident, told.alerts, gathered)
        found, spent = await word(context, self._workshop, found)
        note = encode(found, Diagnosis)

        async def keep() -> None:
            self._workshop.records.note(context.order.run_id, DIAGNOSIS, note)

        await context.step("keep diagnosis", keep, type(None), request=note)
        return Ending(Phase.COMPLETE, found.cause, spent=spent)

    async def _gather(self, reading: Reading, told: Told) -> Gathered:
        """Return all that can be read."""
        ground = await reading.ground(told.incident)
        shipped = await reading.shipped(told)
        pods = await reading.pods(ground)
        lines = await reading.lines(told, ground)
        text = _find_trace(told, pods, lines)
        faults = find_traces(text)
        told_of = [line for line in lines if _SPEAKS_OF_ERRORS.search(line)]
        question = Question(
            shipped.commit if shipped.is_cause else shipped.serves,
            shipped.good,
            faults,
            say_words(told.alerts, told_of, has_trace=bool(faults)),
        )
        inspection = await reading.inspect(question, ground)
        error = name_error(faults, inspection.frames)
        said = f"{faults[0].error}: {faults[0].message}" if faults else ""
        numbers = await reading.numbers(shipped, ground)
        alike = await reading.alike(told.incident, error)
        lessons = await reading.lessons(redact_log(said), ground)
        return Gathered(
            shipped=shipped,
            faults=faults,
            trace=show_trace(text) if faults else "",
            pods=pods,
            lines=tuple(told_of[-40:]),
            numbers=numbers,
            inspection=inspection,
            alike=alike,
            lessons=lessons,
            owners=ground.watch.owners,
            gaps=tuple(reading.gaps),
        )


def _find_trace(told: Told, pods: Sequence[PodTrouble], lines: Sequence[str]) -> str:
    """Return the first text that has a trace: what alerts say, what failing pods wrote, what the logs say."""
    texts = [*(alert.text for alert in told.alerts), *(pod.log for pod in pods), "\n".join(lines)]
    return redact_log(next((text for text in texts if find_traces(text)), ""))
