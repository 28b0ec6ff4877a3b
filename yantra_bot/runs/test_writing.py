"""TestGeneration: has tests written for changed lines that none runs, and keeps those alone that prove something.

Control decides, by what was run: see `validation.generated_tests`. All else of such a round is taken out again,
whatever the model says of it; where the tests that stand do not fit into the whole, the change is handed over as it was
tested before. It never makes a good change a bad one.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.agent.budget import Budget, BudgetSpent
from yantra_bot.agent.dropping import DROP
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.test_writing import ask_again, ask_for_tests
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import Message, ToolCall
from yantra_bot.domain.coverage import ChangedLines, Generated, JudgedTest
from yantra_bot.domain.proof import Claim, Verdict
from yantra_bot.domain.run import Phase
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.codec import StepBug, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import Ground
from yantra_bot.runs.judged import Judged
from yantra_bot.runs.phases import Action, question_reasons, temper
from yantra_bot.runs.scrutiny import reasons_against
from yantra_bot.runs.test_files import choose_example, files_with_tests, merge_tests, put_paths_back
from yantra_bot.runs.test_trying import Trying
from yantra_bot.runs.workshop import Workshop
from yantra_bot.validation.changed_lines import read_executed
from yantra_bot.validation.generated_tests import path_of

ROUND_CALLS: Final = 8
"""Model calls that one round may take; the run's own budget holds all the same."""
EXAMPLE_LINES: Final = 80
NOT_KNOWN: Final = "What runs the tests does not tell which lines they ran, so no test was asked for."
NO_TESTS: Final = "The model wrote no test."
WITH_OTHERS: Final = "it was taken back with the others"
NOT_TAKEN_OUT: Final = "another test could not be taken out of its file"
_DELIVERED: Final = (Action.DELIVER, Action.DELIVER_DRAFT)
_PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)


@dataclass(frozen=True, slots=True)
class Means:
    """What a change's attempts lend."""

    write: Callable[[Budget], Awaitable[Claim | None]]
    """Lets the model work until it finishes; None where it stopped without."""
    prove: Callable[[Judged], Awaitable[Judged]]
    """Judges the tree as it is now, as an attempt with the same claim."""


@dataclass(slots=True)
class _Work:
    """One change's tests while they are written."""

    judged: Judged
    before: ChangedLines
    start: Changeset
    """The change as it was tested."""
    percent: int
    now: ChangedLines
    """What is run with the tests that stand."""
    rounds: int = 0
    kept: tuple[JudgedTest, ...] = ()
    dropped: tuple[JudgedTest, ...] = ()
    messages: dict[str, str] = field(default_factory=dict)
    put_back: tuple[str, ...] = ()
    problem: str = ""
    question: str = ""

    @property
    def is_done(self) -> bool:
        return bool(self.problem) or (self.now.share * 100 >= self.percent and not self.dropped)

    @property
    def question_reasons(self) -> list[str]:
        return question_reasons(replace(self.judged.claim, question=self.question))


class TestWriter:
    """Has the tests of one run's change written. `talk` is the conversation that made it, which goes on."""

    __test__ = False

    def __init__(
        self,
        context: RunContext,
        workshop: Workshop,
        bench: Bench,
        announcer: Announcer,
        budget: Budget,
        talk: Conversation,
    ) -> None:
        self._context, self._bench, self._announcer = context, bench, announcer
        self._rounds, self._budget, self._talk = workshop.limits.test_rounds, budget, talk
        self._trying = Trying(context, bench)

    async def complete(self, judged: Judged, ground: Ground, means: Means) -> Judged:
        """Return the change as it is to be handed over, with the tests that stand and what came of the others."""
        percent, lines = ground.reading.rules.cover_percent, judged.facts.lines
        if judged.decision.action not in _DELIVERED or not percent or not self._rounds:
            return judged
        if lines is None:
            told = NOT_KNOWN if judged.report.verdict is Verdict.PASS else ""
            return replace(judged, generated=Generated(problem=told))
        if lines.share * 100 >= percent or judged.claim.question:
            return replace(judged, generated=Generated(before=lines))
        work, better = _Work(judged, lines, self._talk.changes, percent, lines), None
        await self._announcer.enter(Phase.TEST_GENERATION)
        try:
            await self._write(work, means)
            better = await self._settle(work, means)
        except (BudgetSpent, *_PROBLEMS) as problem:
            work.problem = f"It was not done to its end: {problem}"
        return await self._conclude(work, better)

    async def _write(self, work: _Work, means: Means) -> None:
        """Have tests written, once or again, and judge each."""
        judged = work.judged
        executed = read_executed(judged.report, work.start.paths)
        message = ask_for_tests(work.before, percent=work.percent, example=await self._find_example(work))
        while executed is not None:
            await self._ask(work, message, means)
            touched = files_with_tests(work.start, self._talk.changes)
            if not touched:
                work.problem = work.problem or NO_TESTS
                return
            tried = await self._trying.judge(judged.report, executed, work.before, touched)
            work.kept, work.dropped, work.now, work.messages = tried.kept, tried.dropped, tried.lines, tried.messages
            work.problem = work.problem or tried.problem
            if work.is_done or work.rounds >= self._rounds:
                return
            message = ask_again(work.now, dropped=work.dropped, messages=work.messages, put_back=work.put_back)

    async def _ask(self, work: _Work, message: Message, means: Means) -> None:
        """Let the model write until it finishes; what it did besides tests is put back."""
        calls = self._talk.spent.model_calls
        self._talk.messages.append(message)
        try:
            claim = await means.write(replace(self._budget, steps=min(self._budget.steps, calls + ROUND_CALLS)))
            work.question = claim.question if claim is not None else work.question
        except (BudgetSpent, Permanent, Transient) as limit:
            what = "The round broke off" if self._talk.spent.model_calls > calls else "No test was asked for"
            work.problem = f"{what}: {str(limit).rstrip('.')}."
        work.rounds += self._talk.spent.model_calls > calls
        merged, put_back = merge_tests(work.start, self._talk.changes)
        self._lay(merged)
        work.put_back = tuple(sorted({*work.put_back, *put_back}))

    async def _settle(self, work: _Work, means: Means) -> Judged | None:
        """Take out what does not stand, and prove the whole anew; None where nothing is left or that fails."""
        if work.kept:
            await self._drop(work)
        if not work.kept:
            return None
        better = await means.prove(work.judged)
        worse = find_worse(work.judged, better)
        if worse:
            work.problem = f"The change does not stand with them: {worse}"
            return None
        decision = temper(better.decision, [*reasons_against(work.judged.scrutiny), *work.question_reasons])
        return replace(better, decision=decision, scrutiny=work.judged.scrutiny)

    async def _drop(self, work: _Work) -> None:
        """Take out the tests that do not stand; a file of which nothing stands is as it was before."""
        good = {path_of(one.name) for one in work.kept}
        files = files_with_tests(work.start, self._talk.changes)
        self._lay(put_paths_back(work.start, self._talk.changes, [path for path in files if path not in good]))
        by_path: dict[str, list[str]] = {}
        for one in work.dropped:
            if path_of(one.name) in good:
                by_path.setdefault(path_of(one.name), []).append(one.name.partition("::")[2])
        if not by_path:
            return
        await self._call([ToolCall(path, DROP.name, {"path": path, "tests": by_path[path]}) for path in by_path])
        left = await self._trying.remaining(work.judged.report, sorted(by_path))
        wrong = {path_of(one.name) for one in work.dropped if one.name in left}
        self._lay(put_paths_back(work.start, self._talk.changes, wrong))
        gone = [one.name for one in work.kept if path_of(one.name) in wrong]
        work.kept = tuple(one for one in work.kept if one.name not in gone)
        work.dropped += tuple(JudgedTest(name, NOT_TAKEN_OUT) for name in gone)

    async def _conclude(self, work: _Work, better: Judged | None) -> Judged:
        """Keep what came of it; where nothing stands, the change is handed over as it was tested before."""
        kept, dropped = work.kept, work.dropped
        if better is None:
            self._lay(work.start)
            await self._announcer.enter(Phase.CONFIDENCE_SCORING)
            better = replace(work.judged, decision=temper(work.judged.decision, work.question_reasons))
            dropped += tuple(JudgedTest(one.name, WITH_OTHERS) for one in kept)
            kept = ()
        after = better.facts.lines if kept else None
        shown = (work.rounds, work.before, after, kept, dropped, work.put_back, work.problem, work.question)
        told = Generated(*shown)

        async def keep() -> Generated:
            return told

        stored = await self._context.step("generated tests", keep, Generated, request=encode(told, Generated))
        return replace(better, generated=stored)

    async def _find_example(self, work: _Work) -> tuple[str, str] | None:
        """Return a neighbouring test file that the model has not written itself, and its beginning."""
        path = choose_example(work.judged.report, work.before, self._talk.changes.paths)
        if not path:
            return None
        arguments = {"path": path, "start_line": 1, "end_line": EXAMPLE_LINES}
        batch = await self._call([ToolCall("example", "read_file", arguments)])
        (result,) = batch.results
        return None if result.is_error else (path, result.content)

    async def _call(self, calls: Sequence[ToolCall]) -> ToolBatch:
        """Make calls of our own."""

        async def act() -> ToolBatch:
            return await self._bench.call(calls)

        shown = json.dumps([[call.name, call.arguments] for call in calls], ensure_ascii=False)
        batch = await self._context.step("tools", act, ToolBatch, request=shown, stoppable=True, tries=2)
        self._lay(batch.changes)
        return batch

    def _lay(self, changes: Changeset) -> None:
        """Have the tree be so from now on."""
        self._bench.changes = self._talk.changes = changes


def find_worse(before: Judged, after: Judged) -> str:
    """Return why a change with more tests may not be handed over instead of the one before; empty where it may."""
    if after.decision.action not in _DELIVERED:
        return after.decision.reason
    weak = [one for one in after.facts.weakened_tests if one not in before.facts.weakened_tests]
    if weak:
        return f"{weak[0]}."
    is_worse = before.decision.action is Action.DELIVER and after.decision.action is not Action.DELIVER
    return after.decision.reason if is_worse else ""
