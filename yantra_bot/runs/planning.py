"""Planning: a model's plan on the issue, and the wait for a person who approves it, which holds no worker and no turn.

Every call, post and wait is a durable step. A plan that could not be posted ends the run, since nobody could approve
it; a later edit of its comment that fails is only noted.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.planning.prompts import PlanTask, change_message
from yantra_bot.agent.planning.propose import propose, weigh_plan
from yantra_bot.agent.planning.templates import choose_template, describe_template
from yantra_bot.domain.conversation import Message
from yantra_bot.domain.plan import LEAST_STEPS, MOST_STEPS, NO_PLAN, Decision, Forecast, Plan, Verdict
from yantra_bot.domain.race import Kind
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Permanent, Transient, YantraError
from yantra_bot.replies import plan as say
from yantra_bot.runs.briefing import assemble_context
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import Parked
from yantra_bot.runs.forecasting import foresee
from yantra_bot.runs.gather import GITHUB_TRIES, OUTLINE_PATHS, heed_empty, read_forge
from yantra_bot.runs.planned import Tools
from yantra_bot.runs.racing import Racing, arrange, choose_racers
from yantra_bot.runs.refining import (
    SHARE,
    Refined,
    Refinement,
    add_spent,
    choose_quick,
    read_refined,
    wait_for_refined,
)

PLAN_NOTE: Final = "plan"
"""The note under which a run's plan is kept as it stands."""


_FARED: Final = {Verdict.APPROVED: True, Verdict.CHANGED: False, Verdict.REJECTED: False}
"""Whether a plan turned out well, by what was decided about it."""


class Planning:
    """The plan of one run: made, posted, waited for, and kept as it goes on."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._ready: tuple[PlanTask, Budget] | None = None
        self._template = ""
        self._due: float | None = None
        self._racing: Racing | None = None
        self.plan = NO_PLAN
        self.forecast = Forecast(0)
        self.decision: Decision | None = None
        self.history: list[str] = []
        self.is_being_refined = False
        """Whether a second look at the plan is under way whose cost is not yet the run's."""

    async def settle(self) -> Ending | None:
        """Make a plan and have it approved; return the ending where it is not, None to go on."""
        tools, context, announcer = self._tools, self._tools.context, self._tools.announcer
        await announcer.store(Phase.CONTEXT_ASSEMBLY)
        await self._prepare()
        await announcer.enter(Phase.PLANNING)
        if context.order.command.options.head_start:
            await self._start_ahead()
            return None
        self.plan = await self.ask(races=True)
        self.forecast = await foresee(tools.context, tools.workshop, self.plan, model=tools.talk.model)
        at = await context.now()
        self._due = due = at + self._tools.workshop.limits.approval_seconds
        await self._post_first(at=at, due=due)
        await announcer.enter(Phase.AWAITING_APPROVAL)
        try:
            self.decision = await self._wait()
            if self._racing is not None:
                await self._racing.tell(_FARED.get(self.decision.verdict))
            return await self._obey(self.decision)
        except YantraError:  # stopped, or no plan with the changes: the comment must not wait for ever
            await self.post(stopped=True)
            raise

    async def _start_ahead(self) -> None:
        """Have a quick plan followed at once, and begin to have it refined."""
        tools, order = self._tools, self._tools.context.order
        assert self._ready is not None, "all was read before"  # noqa: S101 (narrows a type)
        task, budget = self._ready
        quick = await choose_quick(tools.context, tools.workshop, tools.talk.model)
        self.plan = await self.ask(model=quick)
        self.forecast = await foresee(tools.context, tools.workshop, self.plan, model=tools.talk.model)
        self.history.append(say.head_start_line(quick, tools.talk.model))
        await self.post()
        tools.talk.aside = SHARE * max(0.0, budget.usd - tools.talk.spent.usd)
        asked = encode(Refinement(task, self.plan, tools.talk.model, tools.talk.aside), Refinement)

        async def begin() -> None:
            if tools.begin is not None:
                await tools.begin(order, asked)

        await tools.context.step("begin refinement", begin, type(None), request=asked, tries=4)
        self.is_being_refined = True

    async def refined(self) -> Refined | None:
        """Return what the refinement came to, in a step; None while it is under way. What it cost is the run's."""
        tools = self._tools

        async def read() -> Refined | None:
            return read_refined(tools.workshop, tools.context.order.run_id)

        found = await tools.context.step("merge plan", read, Refined | None, tries=4)
        self._take(found)
        return found

    async def end_refinement(self) -> str:
        """Wait until a second look that comes too late has ended, since it costs; return what is to be told of it."""
        if not self.is_being_refined:
            return ""
        tools = self._tools

        async def wait() -> Refined | None:
            wanted = tools.begin is not None
            return await wait_for_refined(tools.workshop, tools.context.order.run_id) if wanted else None

        found = await tools.context.step("await refinement", wait, Refined | None, tries=4)
        self._take(found)
        return say.UNCOUNTED if found is None and tools.context.order.installation_id else ""

    def _take(self, found: Refined | None) -> None:
        """Let what a refinement has cost be the run's, and what was set aside for it too."""
        if found is not None:
            talk = self._tools.talk
            talk.spent, talk.aside, self.is_being_refined = add_spent(talk.spent, found.spent), 0.0, False

    async def _obey(self, decision: Decision) -> Ending | None:
        await self._forgive_the_wait()
        workshop = self._tools.workshop
        if decision.verdict is Verdict.CHANGED:
            await self._tools.announcer.enter(Phase.PLANNING)
            self.plan = await self.ask((change_message(self.plan, decision.text),))
            self.history.append(say.changed_line(decision))
        await self.post()
        await self._tools.bench.close()  # what follows starts from where the branch is now
        if decision.verdict is Verdict.REJECTED:
            return Ending(Phase.STOPPED, say.rejected(decision))
        if decision.verdict is Verdict.EXPIRED:
            return Ending(Phase.STOPPED, say.expired(workshop.limits.approval_seconds, workshop.handle))
        return None

    async def _prepare(self) -> None:
        """Read what a plan is made of: the issue, the rules, the files and the code that the task is about."""
        tools = self._tools
        context, workshop, bench, talk = tools.context, tools.workshop, tools.bench, tools.talk
        reading = await read_forge(context, workshop, tools.forge)
        heed_empty(context, workshop, reading)
        named = context.order.command.options.template
        template = choose_template(reading.issue, reading.rules.templates, named=named)
        self._template = "" if template is None else template.name

        async def fetch() -> str:
            return await bench.remote.fetch(reading.facts.default_branch)

        base = await context.step("fetch", fetch, str, stoppable=True, tries=3)
        bench.start_from(base, reading.rules.tests)

        async def outline() -> str:
            return await (await bench.workspace()).outline(OUTLINE_PATHS)

        shown = await context.step("outline", outline, str, stoppable=True, tries=2)
        chosen = await assemble_context(context, workshop, bench, reading.issue, model=talk.model)
        command = context.order.command
        task = PlanTask(
            reading.issue,
            command.argument,
            f"@{workshop.handle} {command.verb}",
            shown,
            context=chosen,
            agents=reading.agents,
            template="" if template is None else describe_template(template),
        )
        self._ready = (task, tools.budget(reading))

    async def ask(
        self,
        further: Sequence[Message] = (),
        *,
        model: str = "",
        least: int = LEAST_STEPS,
        most: int = MOST_STEPS,
        races: bool = False,
    ) -> Plan:
        """Return a plan from the model, within the run's budget. Raises NoPlan and BudgetSpent."""
        tools = self._tools
        assert self._ready is not None, "all was read before"  # noqa: S101 (narrows a type)
        task, budget = self._ready
        racers = await choose_racers(tools.context, tools.workshop, Kind.PLAN) if races else None
        model = racers.strong if racers is not None else model or tools.talk.model
        talk = Conversation(model, started_at=tools.talk.started_at, spent=tools.talk.spent)
        talk.now = await tools.context.now()
        ask, estimate, racing = arrange(tools.context, tools.workshop, talk, racers, Kind.PLAN, weigh_plan)
        self._racing = racing or self._racing
        try:
            plan = await propose(
                task,
                talk,
                ask=ask,
                budget=budget,
                estimate=estimate,
                further=further,
                least=least,
                most=most,
            )
            return replace(plan, template=self._template)
        finally:
            tools.talk.spent, tools.talk.now = talk.spent, talk.now

    async def _wait(self) -> Decision:
        """Return what was decided; the run is parked until something is."""
        run_id, records = self._tools.context.order.run_id, self._tools.workshop.records

        async def look() -> Decision:
            decision = records.decision(run_id)
            if decision is None:
                raise Parked
            records.decision_heard(run_id)
            return decision

        return await self._tools.context.step("approval", look, Decision, stoppable=True, tries=4)

    async def _forgive_the_wait(self) -> None:
        """Let the time that a person took not count against the run's own."""
        talk = self._tools.talk
        worked = max(0.0, talk.now - talk.started_at)
        talk.started_at = await self._tools.context.now() - worked

    def _body(self, *, stopped: bool = False) -> str:
        order, workshop = self._tools.context.order, self._tools.workshop
        return say.plan_comment(
            say.ShownPlan(
                order,
                self.plan,
                self.forecast,
                workshop.page_url(order.run_id),
                workshop.handle,
                due=self._due,
                decision=self.decision,
                history=tuple(self.history),
                stopped=stopped,
            )
        )

    async def _post_first(self, *, at: float, due: float) -> None:
        """Show the plan; from then on it can be decided about."""
        run_id, records = self._tools.context.order.run_id, self._tools.workshop.records
        body = self._body()

        async def put() -> int:
            comment_id = await self._put(body)
            records.await_decision(run_id, comment_id=comment_id, at=at, due=due)
            return comment_id

        await self._tools.context.step("post plan", put, int, request=body, stoppable=True, tries=GITHUB_TRIES)

    async def post(self, *, stopped: bool = False) -> None:
        """Bring the plan's comment up to date; that it could not be is noted, and the run goes on."""
        workshop, run_id = self._tools.workshop, self._tools.context.order.run_id
        body = self._body(stopped=stopped)

        async def put() -> str:
            try:
                await self._put(body)
            except (Permanent, Transient) as problem:
                workshop.note(run_id, f"The plan's comment could not be written: {problem}")
                return str(problem)
            return ""

        await self._tools.context.step("show plan", put, str, request=body)

    async def _put(self, body: str) -> int:
        order = self._tools.context.order
        self._tools.workshop.records.note(order.run_id, PLAN_NOTE, encode(self.plan, Plan))
        return await self._tools.forge.put_comment(order.issue_number, tag=say.plan_tag(order), body=body)
