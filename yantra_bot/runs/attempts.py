"""CodeGeneration to ConfidenceScoring, at most three times: the model edits, the tests judge, the story decides."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from yantra_bot.agent import loop
from yantra_bot.agent.budget import Budget
from yantra_bot.agent.confidence import score_confidence
from yantra_bot.agent.corrections import correction_message, describe_checks
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.prompts import cut, describe_failure, first_message, retry_message, system_text
from yantra_bot.agent.unfinished import PersonNeeded, Unfinished
from yantra_bot.domain.checks import CheckKind, CheckResult
from yantra_bot.domain.conversation import Text, ToolCall, ToolSpec
from yantra_bot.domain.faults import Fault
from yantra_bot.domain.lessons import Recalled
from yantra_bot.domain.proof import ChangeFacts, Claim, Comparison, TestReport, Verdict
from yantra_bot.domain.run import Phase, TestsFailed
from yantra_bot.domain.scores import JudgedScore
from yantra_bot.learning.slips import Slip, slips_of_checks
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.asking import asking
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.checking import LATE, Checking, has_news, settle_again, settle_early
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.fetching import Fetching
from yantra_bot.runs.following import Following
from yantra_bot.runs.gather import Ground
from yantra_bot.runs.going_first import Hands, go_first
from yantra_bot.runs.judged import GaveUp, Judged, is_proven, remaining_of, slips_of
from yantra_bot.runs.lessons import Lessons
from yantra_bot.runs.phases import (
    Action,
    Decision,
    ask_first,
    decide,
    hotfix_reasons,
    question_reasons,
    temper,
    weakening_reasons,
)
from yantra_bot.runs.recovery import Recoverer
from yantra_bot.runs.reproducing import Reproducer
from yantra_bot.runs.scanning import Scan
from yantra_bot.runs.scored import judge_run
from yantra_bot.runs.scrutiny import Scrutineer
from yantra_bot.runs.test_writing import Means, TestWriter
from yantra_bot.runs.testing import Tested, Testing
from yantra_bot.runs.workshop import Workshop
from yantra_bot.validation.brought import let_go
from yantra_bot.validation.changed_lines import read_executed
from yantra_bot.validation.comparison import compare

NOTHING_CHANGED = "The model finished without changing anything."
MAX_QUESTION = 1_000
MAX_EARLY_ROUNDS = 3
"""So often what the early checks found goes back to the model within one attempt."""


class Attempts:
    """The attempts of one run. `talk` holds the conversation, the change and the cost, whatever happens."""

    def __init__(
        self,
        context: RunContext,
        workshop: Workshop,
        bench: Bench,
        announcer: Announcer,
        budget: Budget,
        talk: Conversation,
        *,
        following: Following | None = None,
    ) -> None:
        self._context, self._workshop, self._bench = context, workshop, bench
        self._announcer, self._budget, self.talk = announcer, budget, talk
        self._checking = Checking(context, bench, announcer)
        self._testing = Testing(context, bench, long_seconds=workshop.limits.long_suite_seconds)
        self._scrutineer = Scrutineer(context, workshop, bench, announcer, budget, talk)
        self._writer = TestWriter(context, workshop, bench, announcer, budget, talk)
        self._reproducer = Reproducer(context, bench)
        self._recoverer = Recoverer(context, bench, talk, workshop.other_models)
        self.lessons = Lessons(context, workshop, bench, talk)
        self._checks: tuple[CheckResult, ...] = ()
        self._following = following or Following()
        self._fetching = Fetching(context, workshop.web)

    async def run(self, ground: Ground) -> Judged | GaveUp:
        """Attempt until a change can be delivered, or has to go to a person; then tell what was learnt."""
        try:
            found = await self._run(ground)
        except Unfinished:
            await self.lessons.close(None, None, frozenset())
            raise
        if isinstance(found, GaveUp):
            await self.lessons.close(None, None, frozenset())
        else:
            await self.lessons.close(found.claim if is_proven(found) else None, found.facts, remaining_of(found))
        return found

    async def _run(self, ground: Ground) -> Judged | GaveUp:
        self.talk.system = system_text(ground.reading.agents, ground.conventions)
        self.talk.tools = await self._context.step("list tools", self._list_tools, tuple[ToolSpec, ...], tries=2)
        command = self._context.order.command
        briefing = ground.briefing(command.argument, command=f"@{self._workshop.handle} {command.verb}")
        self.talk.tools += (*self._following.tools(), *self._fetching.tools())
        opening = first_message(briefing)
        shown = (*await self._reproducer.show(ground.reading.issue), *await self.lessons.before(ground))
        self.talk.messages += [replace(opening, blocks=(*opening.blocks, *shown)), *self._following.opening()]
        problems: list[str] = []
        lent = (self._context, self._workshop, self._bench, self.talk, self._checking, self._announcer)
        own, number = await go_first(Hands(*lent, self._act, self._prove), ground), 1
        self._checks = self._checks if own is not None else ()  # what was objected to is gone with the change
        while True:
            judged = own or await self._attempt(number, ground, problems)
            if isinstance(judged, GaveUp):
                return judged
            if judged.decision.action is not Action.RETRY:
                again = partial(self._correct, number, ground, problems)
                return await self._complete(await self._scrutineer.refine(judged, ground, again), ground)
            number += 1
            await self._announcer.enter(Phase.FIXING_ISSUES)
            advice = await self._recoverer.between(ground.base_tests, judged.report, judged.decision.reason)
            if self._recoverer.question:
                return replace(judged, decision=Decision(Action.ESCALATE, self._recoverer.question))
            reminders = await self.lessons.between(slips_of(judged))
            message = retry_message(number, problems)
            self.talk.messages.append(replace(message, blocks=(*message.blocks, *advice, *reminders)))

    async def _attempt(self, number: int, ground: Ground, problems: list[str]) -> Judged | GaveUp:
        written = await self._write()
        if isinstance(written, GaveUp):
            return written
        judged = await self._prove(number, ground, *written)
        if judged.report.verdict is not Verdict.PASS:
            failed = TestsFailed(self._context.order, number, judged.comparison.newly_failing)
            await self._context.publish(failed)
        shown = [describe_failure(judged.report, judged.comparison), *describe_checks(judged.checks)]
        problems.append("\n\n".join(shown))
        await self._note(slips_of(judged), judged.claim)
        return judged

    async def _note(self, slips: Sequence[Slip], claim: Claim) -> None:
        if slips:
            tried = f"{claim.title}. {claim.summary}"
            self.lessons.slipped(slips, tried=tried, patch=await self.lessons.patch())

    async def _prove(
        self,
        number: int,
        ground: Ground,
        claim: Claim,
        early: tuple[CheckResult, ...],
        late: tuple[CheckResult, ...] | None = None,
    ) -> Judged:
        """Test, scan and judge the change as it is. `late` is what the late checks came to, where none need be made."""
        await self._announcer.enter(Phase.UNIT_TESTING)
        is_vouched = not any(check.kind is CheckKind.PACKAGES and check.is_obstacle for check in early)
        scan = Scan(self._context, self._bench, self._workshop.reviewer, installs=is_vouched)
        try:
            chosen = [test for check in early for test in check.calls_for]
            tested = await self._testing.run(ground.base_tests, chosen, beside=scan.begin)
            await self._announcer.enter(Phase.SECURITY_SCANNING)
            scanned = await scan.take()
        finally:
            await scan.abandon()
        proven = compare(tested.base, tested.report, changed=self._bench.changed_paths)
        proven = let_go(proven, ground.difference)
        checks = settle_again(
            (
                *settle_early(early, tested.report),
                *scanned,
                *(await self._checking.late(tested.report, ground.reading.rules) if late is None else late),
                *await self._reproducer.prove(number, tested.report, ground.base_tests, proven),
            ),
            self._checks,
        )
        self._checks = checks
        judge = partial(judge_run, self._workshop, self._context.order, number, early, tested.report, proven)
        measure = partial(self._measure, tested.report, judge)
        facts = await self._context.step("measure", measure, ChangeFacts, stoppable=True, tries=2)
        nearest = await self.lessons.nearest(claim)
        await self._announcer.enter(Phase.CONFIDENCE_SCORING)
        return self._judge(number, claim, tested, facts, checks, proven, nearest)

    async def _complete(self, judged: Judged, ground: Ground) -> Judged:
        """Have missing tests written, but not for what follows up a pull request: people are at work on that."""
        if self._context.order.follows is not None:
            return judged

        async def prove(one: Judged) -> Judged:
            await self._announcer.enter(Phase.DEPENDENCY_VALIDATION)
            late = tuple(check for check in one.checks if check.kind in LATE)
            return await self._prove(one.number, ground, one.claim, await self._checking.early(), late)

        return await self._writer.complete(judged, ground, Means(self._write_tests, prove))

    async def _write_tests(self, budget: Budget) -> Claim | None:
        """Let the model go on; what people say meanwhile is not for this."""
        self.talk.now = await self._context.now()
        return await loop.work(
            self.talk,
            ask=asking(self._context, self._workshop, self.talk),
            act=self._following.acting(self._fetching.acting(self._act)),
            budget=budget,
            estimate=self._workshop.estimate,
        )

    async def _write(self) -> tuple[Claim, tuple[CheckResult, ...]] | GaveUp:
        """Let the model edit until it is done and the early checks find nothing, or have found something too often."""
        shown: list[tuple[CheckResult, ...]] = []
        while True:
            await self._announcer.enter(Phase.CODE_GENERATION)
            self.talk.now = await self._context.now()  # installing and testing took their time
            claim = await loop.work(
                self.talk,
                ask=asking(self._context, self._workshop, self.talk),
                act=self._following.acting(self._fetching.acting(self._act)),
                budget=self._budget,
                estimate=self._workshop.estimate,
                recover=self._recover,
                hear=self._following.hear,
            )
            if claim is None:
                stopped = "The model stopped working without saying that it is done."
                return GaveUp(self._recoverer.question or stopped, self._last_words())
            if not self.talk.changes.files:
                return GaveUp(ask_first(claim) or NOTHING_CHANGED, claim.summary)
            await self._announcer.enter(Phase.DEPENDENCY_VALIDATION)
            checks = await self._checking.early()
            if len(shown) == MAX_EARLY_ROUNDS or not has_news(checks, shown):
                return claim, checks
            shown.append(checks)
            await self._note(slips_of_checks(checks), claim)
            self.talk.messages.append(correction_message(checks))

    async def _correct(self, number: int, ground: Ground, problems: list[str], budget: Budget) -> Judged | None:
        """Let the model go on in the same attempt, within a smaller budget."""
        whole, self._budget = self._budget, budget
        try:
            found = await self._attempt(number, ground, problems)
        finally:
            self._budget = whole
        return found if isinstance(found, Judged) else None

    async def _recover(self, fault: Fault) -> tuple[Text, ...]:
        self.lessons.stuck(fault)
        return await self._recoverer.recover(fault)

    def _last_words(self) -> str:
        texts = [block.text for block in self.talk.messages[-1].blocks if isinstance(block, Text)]
        return "\n\n".join(texts)

    def _judge(
        self,
        number: int,
        claim: Claim,
        tested: Tested,
        facts: ChangeFacts,
        checks: tuple[CheckResult, ...],
        comparison: Comparison,
        nearest: Recalled,
    ) -> Judged:
        base, report, weight = tested.base, tested.report, self._workshop.limits.score_weight
        confidence = score_confidence(
            claimed=claim.confidence, report=report, comparison=comparison, facts=facts, past=nearest, weight=weight
        )
        decision = decide(
            attempt=number, base=base, report=report, comparison=comparison, confidence=confidence, checks=checks
        )
        against = [*weakening_reasons(facts), *question_reasons(claim)]
        decision = temper(decision, [*against, *hotfix_reasons(self._context.order, checks)])
        return Judged(number, claim, decision, report, comparison, confidence, facts, base, checks)

    async def _act(self, calls: Sequence[ToolCall]) -> ToolBatch:
        async def act() -> ToolBatch:
            batch = await self._bench.call(calls)
            self._workshop.records.tool_batch(self._context.order.run_id, number, len(calls))
            return batch

        number = self.talk.spent.model_calls
        self._bench.changes = self.talk.changes
        shown = json.dumps([[call.name, call.arguments] for call in calls], ensure_ascii=False)
        batch = await self._context.step("tools", act, ToolBatch, request=shown, stoppable=True, tries=2)
        self._bench.changes = batch.changes
        if batch.question:
            self.talk.changes = batch.changes
            raise PersonNeeded(cut(batch.question, MAX_QUESTION))
        return batch

    async def _list_tools(self) -> tuple[ToolSpec, ...]:
        return (await self._bench.workspace()).tools()

    async def _measure(self, report: TestReport, judge: Callable[[], Awaitable[JudgedScore | None]]) -> ChangeFacts:
        executed = read_executed(report, self._bench.changes.paths)
        return replace(await (await self._bench.workspace()).measure(executed), learned=await judge())
