"""The second look at a change that passed: claims looked up, points answered, objections sent back at most once a look.

It can make a ready pull request a draft and never the other way round. A correction that does not end well is taken
back: what is handed over was tested, and what was held against it is told with it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.agent.budget import Budget, BudgetSpent
from yantra_bot.agent.critique.claim_checks import check_claims, lookup_calls, read_lookups, unknown_things
from yantra_bot.agent.critique.claims import extract_claims
from yantra_bot.agent.critique.difference import Difference
from yantra_bot.agent.critique.evidence import Evidence
from yantra_bot.agent.critique.points import extract_points, judge_points
from yantra_bot.agent.critique.prompts import CRITIC, Looked, ask_for_critique, correction_message
from yantra_bot.agent.critique.reading import Critique, read_critique
from yantra_bot.agent.critique.thread import Statement, find_forbidden, statements_of
from yantra_bot.agent.critique.tools import CRITIQUE
from yantra_bot.agent.loop import Conversation, spend
from yantra_bot.agent.unfinished import Unfinished
from yantra_bot.domain.conversation import Message
from yantra_bot.domain.run import Phase
from yantra_bot.domain.scrutiny import Contradiction, FalseClaim, Scrutiny
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.asking import asking
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.codec import StepBug, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import Ground
from yantra_bot.runs.judged import Judged
from yantra_bot.runs.phases import Action, temper
from yantra_bot.runs.workshop import Workshop

CORRECTION_CALLS: Final = 12
"""Model calls that one correction may take; the run's own budget holds all the same."""
MAX_OUTPUT_TOKENS: Final = 6_000
_DELIVERED: Final = (Action.DELIVER, Action.DELIVER_DRAFT)
_PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)

Again = Callable[[Budget], Awaitable[Judged | None]]
"""Lets the model go on within a budget, and tests what comes of it; None where nothing can be tested."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look came to."""

    scrutiny: Scrutiny
    correction: Message | None = None


class Scrutineer:
    """Looks again at the change of one run. `talk` is the conversation that made it, whose cost a look adds to."""

    def __init__(
        self,
        context: RunContext,
        workshop: Workshop,
        bench: Bench,
        announcer: Announcer,
        budget: Budget,
        talk: Conversation,
    ) -> None:
        self._context, self._workshop, self._bench = context, workshop, bench
        self._announcer, self._budget, self._talk = announcer, budget, talk
        self._rounds = self._corrections = 0

    async def refine(self, judged: Judged, ground: Ground, again: Again) -> Judged:
        """Return the change as it is to be handed over, with all that was held against it."""
        while True:
            found = await self._look(judged, ground)
            if found.correction is None:
                return await self._conclude(judged, found.scrutiny)
            better, problem = await self._correct(found.correction, again)
            if better is None:
                return await self._conclude(judged, replace(found.scrutiny, problem=problem))
            judged = better

    async def _look(self, judged: Judged, ground: Ground) -> _Found:
        evidence, diff = await self._read_change(judged)
        said = self._read_thread(ground)
        points = extract_points(ground.reading.issue.body, self._context.order.command.argument)
        false_claims, claims = await self._check_claims(judged, evidence)
        critique, problem = None, ""
        if judged.decision.action in _DELIVERED and self._rounds < self._workshop.limits.critique_rounds:
            looked = Looked(
                said, points, judged.claim, diff, judged.report, judged.comparison, judged.facts, false_claims,
                more=ground.more,
            )  # fmt: skip
            critique, problem = await self._ask(looked, evidence.difference)
        own = {one.number: one.evidence for one in judged.claim.answers}
        states = judge_points(
            points, (own, critique.met if critique else {}), critique.unmet if critique else {}, evidence
        )
        scrutiny = Scrutiny(
            self._rounds,
            self._corrections,
            problem,
            critique.objections if critique else (),
            _merge(find_forbidden(said, evidence.difference), critique),
            states,
            false_claims,
            claims,
        )
        may_go_back = critique is not None and self._rounds < self._workshop.limits.critique_rounds
        if may_go_back and (scrutiny.serious or scrutiny.open_points):
            return _Found(scrutiny, correction_message(scrutiny.serious, scrutiny.open_points))
        return _Found(scrutiny)

    async def _read_change(self, judged: Judged) -> tuple[Evidence, str]:
        async def diff() -> str:
            return await (await self._bench.workspace()).diff()

        text = await self._context.step("diff", diff, str, tries=2)
        return Evidence(Difference(text), judged.report, judged.comparison), text

    def _read_thread(self, ground: Ground) -> tuple[Statement, ...]:
        order = self._context.order
        command = f"@{self._workshop.handle} {order.command.verb}"
        return statements_of(ground.reading.issue, order.command.argument, order.requested_by.login, command=command)

    async def _check_claims(self, judged: Judged, evidence: Evidence) -> tuple[tuple[FalseClaim, ...], int]:
        """Return the claims of the summary that do not hold, and how many were held against anything."""
        claims = extract_claims(f"{judged.claim.title}\n{judged.claim.summary}")
        asked = unknown_things(claims, evidence)
        in_tree = frozenset[str]()
        if asked:
            calls = lookup_calls(asked)

            async def look_up() -> ToolBatch:
                return await self._bench.call(calls)

            request = "\n".join(f"{call.name} {sorted((call.arguments or {}).items())}" for call in calls)
            try:
                batch = await self._context.step("look claims up", look_up, ToolBatch, request=request, tries=2)
                in_tree = read_lookups(asked, batch.results)
            except _PROBLEMS:
                in_tree = frozenset(one.subject for one in asked)
        return check_claims(claims, evidence, judged.facts, in_tree=in_tree), len(claims)

    async def _ask(self, looked: Looked, difference: Difference) -> tuple[Critique | None, str]:
        """Have a model look once; return what it says, or why it said nothing that can be read."""
        talk = self._talk
        own = Conversation(
            talk.model, CRITIC, (CRITIQUE.spec,), talk.started_at, [ask_for_critique(looked)], talk.spent
        )
        own.now = talk.now
        try:
            ask = asking(self._context, self._workshop, own)
            answer = await spend(
                own, ask=ask, budget=self._budget, estimate=self._workshop.estimate, most=MAX_OUTPUT_TOKENS
            )
            self._rounds += 1
            return read_critique(answer, difference=difference, said=looked.said, summary=looked.claim.summary), ""
        except UserError:
            return None, "Its answer had not the form that was asked for."
        except (BudgetSpent, Permanent, Transient) as problem:
            return None, f"There was none: {problem}"
        finally:
            talk.spent, talk.now = own.spent, own.now

    async def _correct(self, message: Message, again: Again) -> tuple[Judged | None, str]:
        """Let the model correct its change, once; return what may be handed over, or why the change is as it was."""
        kept = self._talk.changes
        self._corrections += 1
        self._talk.messages.append(message)
        await self._announcer.enter(Phase.FIXING_ISSUES)
        calls = min(self._budget.steps, self._talk.spent.model_calls + CORRECTION_CALLS)
        problem = "The correction ended without a change that could be judged"
        try:
            better = await again(replace(self._budget, steps=calls))
            if better is not None and better.decision.action in _DELIVERED:
                # Who answers an objection by words alone has corrected nothing.
                self._corrections -= self._talk.changes == kept
                return better, ""
            problem = problem if better is None else f"The correction was not good enough: {better.decision.reason}"
        except (Unfinished, Permanent, Transient) as limit:
            problem = f"The correction was not finished: {limit}"
        self._bench.changes = self._talk.changes = kept
        await self._announcer.enter(Phase.CONFIDENCE_SCORING)
        return None, f"{problem.rstrip('.')}. It was taken back."

    async def _conclude(self, judged: Judged, scrutiny: Scrutiny) -> Judged:
        """Keep what was found with the change; what stands against it makes a draft of it."""
        scrutiny = replace(scrutiny, rounds=self._rounds, corrections=self._corrections)

        async def keep() -> Scrutiny:
            return scrutiny

        kept = await self._context.step("second look", keep, Scrutiny, request=encode(scrutiny, Scrutiny))
        return replace(judged, scrutiny=kept, decision=temper(judged.decision, reasons_against(kept)))


def reasons_against(scrutiny: Scrutiny) -> list[str]:
    """Return why a change is only a draft, in sentences."""
    reasons = []
    if scrutiny.serious:
        reasons.append(f"The second look objects to it ({len(scrutiny.serious)} serious).")
    if scrutiny.open_points:
        total = len(scrutiny.points)
        open_ones = f"{len(scrutiny.open_points)} of {total} points" if total > 1 else "The one point"
        reasons.append(f"{open_ones} of the task {'is' if total == 1 else 'are'} open.")
    if scrutiny.contradictions:
        reasons.append("It contradicts what was said in the conversation, or people contradict each other.")
    return reasons


def _merge(forbidden: tuple[Contradiction, ...], critique: Critique | None) -> tuple[Contradiction, ...]:
    found = [*forbidden, *(critique.contradictions if critique else ())]
    return tuple({one.said: one for one in reversed(found)}.values())[::-1]
