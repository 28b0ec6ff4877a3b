"""A plan that is carried out: handed to the model, ticked as it tells, made anew from the step that failed.

The tools of a plan are answered here, on control's side, and never reach a worker. A tick is the model's word, taken
only where no call of the same turn failed; it proves nothing, and nothing is decided by it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.agent.arguments import check_arguments
from yantra_bot.agent.loop import Act
from yantra_bot.agent.planning.prompts import follow_message, list_steps, merged_message, rest_message
from yantra_bot.agent.planning.propose import NoPlan
from yantra_bot.agent.planning.reading import merge_rest, replace_rest
from yantra_bot.agent.planning.tools import FOLLOWING, STEP_DONE
from yantra_bot.domain.conversation import Message, ToolCall, ToolResult, ToolSpec
from yantra_bot.domain.plan import MOST_STEPS, Plan, PlanStep, StepState
from yantra_bot.errors import UserError
from yantra_bot.ports import ToolBatch
from yantra_bot.replies import plan as say
from yantra_bot.runs.planning import Planning
from yantra_bot.runs.steering import Hearing

MAX_REPLANS: Final = 2
FINISH: Final = "finish"
ENOUGH: Final = "it was planned anew twice already."
OVERTAKEN: Final = "a step had failed and the rest was planned anew before."
AS_IT_WAS: Final = "the second look left it as it was."


class Following:
    """What a run follows: nothing but its task, where it was ordered without a plan."""

    sections: tuple[str, ...] = ()
    """What the pull request says of it."""

    def __init__(self, hearing: Hearing | None = None) -> None:
        self._hearing = hearing

    async def hear(self) -> tuple[Message, ...]:
        """Return what was said on the issue since it was last asked, as turns."""
        return () if self._hearing is None else await self._hearing.hear()

    async def close(self) -> str:
        """End what goes on beside the run, so that all of its cost is known; return what is to be told of it."""
        return ""

    def tools(self) -> tuple[ToolSpec, ...]:
        """Return the tools by which the model tells how far it is."""
        return ()

    def opening(self) -> tuple[Message, ...]:
        """Return the turns that come after the task."""
        return ()

    def acting(self, act: Act) -> Act:
        """Return what runs a turn's calls."""
        return act


class FollowingPlan(Following):
    """A run that follows a plan."""

    def __init__(self, planning: Planning, hearing: Hearing | None = None) -> None:
        super().__init__(hearing)
        self._planning = planning
        self._replans = 0
        self._has_been_told = False

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        return self._planning.plan

    @property
    def sections(self) -> tuple[str, ...]:  # type: ignore[override]  # it is read only
        """What the pull request says of it."""
        return (say.plan_section(self.plan),) if self.plan.steps else ()

    async def hear(self) -> tuple[Message, ...]:
        """Return what was said, and once what a second look at the plan changed."""
        return (*await super().hear(), *await self._merge())

    async def _merge(self) -> tuple[Message, ...]:
        """Take better steps for what is not begun, as soon as they are there."""
        if not self._planning.is_being_refined:
            return ()
        found = await self._planning.refined()
        if found is None:
            return ()
        before = self.plan
        if found.rest is None:
            self._planning.history.append(say.unrefined_line(found.problem))
        elif self._replans:
            self._planning.history.append(say.unrefined_line(OVERTAKEN))
        else:
            self._planning.plan = merge_rest(before, found.rest)
            fresh = [step for step in self.plan.steps if step not in before.steps]
            self._planning.history.append(say.refined_line(fresh) if fresh else say.unrefined_line(AS_IT_WAS))
        await self._planning.post()
        return (merged_message(self.plan),) if self.plan.steps != before.steps else ()

    async def close(self) -> str:
        """Wait for a second look at the plan that comes too late; return what is to be told of it."""
        return await self._planning.end_refinement()

    def tools(self) -> tuple[ToolSpec, ...]:
        """Return the tools by which the model tells how far it is."""
        return tuple(tool.spec for tool in FOLLOWING.values())

    def opening(self) -> tuple[Message, ...]:
        """Return the turn that hands the plan over."""
        decision = self._planning.decision
        who = f"{decision.by} approved" if decision is not None else "was made for this task"
        notes = [decision.text] if decision is not None and decision.text.strip() else []
        return (follow_message(self.plan, who, notes=notes),)

    def acting(self, act: Act) -> Act:
        """Return what runs a turn's calls: those of the plan here, all others by `act`."""

        async def act_by_plan(calls: Sequence[ToolCall]) -> ToolBatch:
            own = [call for call in calls if call.name in FOLLOWING]
            others = [call for call in calls if call.name not in FOLLOWING]
            refused = self._refuse_finish(own, others)
            others = [call for call in others if not refused or call.name != FINISH]
            batch = await act(others)
            is_clean = not any(result.is_error for result in batch.results)
            told = [await self._take(call, is_clean=is_clean) for call in own]
            return replace(batch, results=(*batch.results, *told, *refused))

        return act_by_plan

    def _refuse_finish(self, own: Sequence[ToolCall], others: Sequence[ToolCall]) -> tuple[ToolResult, ...]:
        """Refuse once to finish while steps are open: they may have been forgotten."""
        ending = [call for call in others if call.name == FINISH]
        if not ending or self._has_been_told:
            return ()
        ticked = {(call.arguments or {}).get("step") for call in own if call.name == STEP_DONE.name}
        left = [str(step.number) for step in self.plan.open if step.number not in ticked]
        if not left:
            return ()
        self._has_been_told = True
        words = (
            f"Not finished: open in the plan are {', '.join(left)}. Do them, tick with `step_done` what is done, say "
            "`step_failed` of what cannot be. Calling `finish` again ends it as it is."
        )
        return tuple(ToolResult(call.id, words, True) for call in ending)

    async def _take(self, call: ToolCall, *, is_clean: bool) -> ToolResult:
        try:
            return ToolResult(call.id, await self._tell(call, is_clean=is_clean))
        except UserError as wrong:
            return ToolResult(call.id, str(wrong), True)

    async def _tell(self, call: ToolCall, *, is_clean: bool) -> str:
        given = check_arguments(FOLLOWING[call.name].fields, call.arguments or {})
        step = self._find(given["step"])
        if call.name != STEP_DONE.name:
            return await self._fail(step, given["reason"])
        if not is_clean:
            raise UserError("Not ticked: another call of this turn failed. Look at it first.")
        return await self._tick(step, given["achieved"])

    def _find(self, number: int) -> PlanStep:
        step = self.plan.find(number)
        if step is None:
            raise UserError(f"There is no step {number}. Open are: {_numbers(self.plan.open)}.")
        if step.state is not StepState.OPEN:
            raise UserError(f"Step {number} is {step.state} already. Open are: {_numbers(self.plan.open)}.")
        return step

    async def _tick(self, step: PlanStep, achieved: str) -> str:
        open_before = {one.number for one in self.plan.open}
        if missing := [str(one) for one in step.needs if one in open_before]:
            raise UserError(f"Not ticked: step {step.number} needs {', '.join(missing)} done before.")
        self._planning.plan = self.plan.put(step.number, StepState.DONE, achieved.strip())
        await self._planning.post()
        return f"Ticked. Open are: {_numbers(self.plan.open)}."

    async def _fail(self, step: PlanStep, reason: str) -> str:
        """Mark a step as failed and have the rest planned anew; where that cannot be, the rest stays."""
        self._planning.plan = self.plan.put(step.number, StepState.FAILED, reason.strip())
        failed = self.plan.find(step.number) or step
        if self._replans >= MAX_REPLANS:
            return await self._stay(failed, ENOUGH)
        self._replans += 1
        try:
            rest = await self._planning.ask(
                (rest_message(self.plan, failed, failed.outcome),), least=1, most=MOST_STEPS
            )
        except NoPlan as problem:
            return await self._stay(failed, str(problem))
        self._planning.plan = replace_rest(self.plan, rest)
        self._planning.history.append(say.step_failed_line(failed, self.plan.open))
        await self._planning.post()
        return f"Noted. The rest was planned anew, as data:\n{list_steps(self.plan.open)}"

    async def _stay(self, step: PlanStep, why: str) -> str:
        self._planning.history.append(say.not_replanned_line(step, why))
        await self._planning.post()
        return (
            "Noted, and the plan stays as it is: go on with what can be done, then `finish` and say what is not done."
        )


def _numbers(steps: Sequence[PlanStep]) -> str:
    return ", ".join(str(step.number) for step in steps) or "none"
