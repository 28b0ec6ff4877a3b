"""Takes the way out that was chosen for an error, between attempts and within one. Each is a durable step.

What is chosen follows from the errors alone; what was tried is never tried twice on the same error.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.recovery.advice import advise, ask_person, own_calls
from yantra_bot.agent.recovery.ladder import Climb, Rung, choose_rung
from yantra_bot.domain.conversation import Text, ToolCall, ToolResult
from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.validation.comparison import failing
from yantra_bot.validation.faults import find_faults

STEP: Final = "recover"
UNNAMED: Final = "unknown"
"""What an attempt's problem is called that is no error of a program, such as a check that failed."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was chosen, for which error."""

    rung: Rung
    fault: Fault


class Recoverer:
    """The ways out of one run. `talk` is the conversation that is in trouble; `others` name further models."""

    def __init__(self, context: RunContext, bench: Bench, talk: Conversation, others: Sequence[str] = ()) -> None:
        self._context, self._bench, self._talk = context, bench, talk
        self._others = list(others)
        self._climbed: list[Climb] = []
        self.question = ""
        """What a person is to be asked; empty while there is another way."""

    async def between(self, base: TestReport, report: TestReport, reason: str) -> tuple[Text, ...]:
        """Return what the next attempt is told; with `question` set, nothing is left to try.

        Where no test says anything new, a check has said what is wrong and where: there is no error to get out of.
        """
        found = find_faults(report, known=failing(base))
        is_old = bool(failing(report)) and failing(report) <= failing(base)
        if not found and (report.verdict is Verdict.PASS or is_old):
            return ()
        return await self.recover(found[0] if found else Fault(FaultKind.RUN_TIME, UNNAMED, reason[:300]))

    async def recover(self, fault: Fault) -> tuple[Text, ...]:
        """Choose a way out, go it, and return what the model is told; with `question` set, nothing is left."""
        chosen = await self._choose(fault)
        self._climbed.append(Climb(fault.fingerprint, chosen.rung))
        if chosen.rung is Rung.ASK:
            self.question = ask_person(fault)
            return ()
        if chosen.rung is Rung.OTHER_MODEL:
            self._talk.model = self._next_models()[0]
        return advise(chosen.rung, fault, await self._carry_out(chosen))

    async def _choose(self, fault: Fault) -> Recovery:
        async def choose() -> Recovery:
            return Recovery(choose_rung(fault, self._climbed, without=self._impossible(fault)), fault)

        request = json.dumps({"error": fault.headline, "fingerprint": fault.fingerprint})
        return await self._context.step(STEP, choose, Recovery, request=request)

    def _impossible(self, fault: Fault) -> tuple[Rung, ...]:
        without: tuple[Rung, ...] = () if self._next_models() else (Rung.OTHER_MODEL,)
        if fault.error == UNNAMED:
            without = (*without, Rung.DOCS)  # there is no name to look up
        return without if self._talk.changes.files else (*without, Rung.CHECKPOINT)

    def _next_models(self) -> list[str]:
        """Return the models that come after the one that is asked now, in their order."""
        now = self._talk.model
        return self._others[self._others.index(now) + 1 :] if now in self._others else self._others

    async def _carry_out(self, chosen: Recovery) -> tuple[ToolResult, ...]:
        """Make the run's own calls of a rung; one that cannot be made is no reason to end."""
        calls = own_calls(chosen.rung, chosen.fault)
        if not calls:
            return ()
        shown = json.dumps([[call.name, call.arguments] for call in calls], ensure_ascii=False)
        self._bench.changes = self._talk.changes
        try:
            batch = await self._context.step(
                "tools", self._calling(calls), ToolBatch, request=shown, stoppable=True, tries=2
            )
        except (UserError, Permanent, Transient) as problem:
            return (ToolResult(calls[0].id, str(problem), True),)
        self._bench.changes = self._talk.changes = batch.changes
        return batch.results

    def _calling(self, calls: tuple[ToolCall, ...]) -> Callable[[], Awaitable[ToolBatch]]:
        async def call() -> ToolBatch:
            return await self._bench.call(calls)

        return call
