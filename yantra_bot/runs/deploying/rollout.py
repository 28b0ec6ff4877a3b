"""The roll-out itself: stage after stage is applied and watched; what is bad is gone back from, watched as well.

Every change and every watch is a step that can be done again after a kill. From the first change on no failure of ours
ends a deployment half-way: it goes on, goes back, or says that a person has to look.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from yantra_bot.deploy.strategies import stages, undo
from yantra_bot.deploy_ports import ChangedByOthers, Cluster
from yantra_bot.domain.deploying import ShownStage, StageState
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.domain.rollout import (
    Act,
    Action,
    Apply,
    Before,
    Change,
    Manifest,
    Remove,
    Restore,
    Route,
    Scale,
    Stage,
    Watched,
)
from yantra_bot.domain.run import Phase
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.runs.codec import StepBug, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.telling import Telling
from yantra_bot.runs.deploying.watching import BACK, StageWatch, WatchedStage

TRIES: Final = 5
"""Of one change, where the cluster cannot be reached for a moment."""
PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)


NOTHING_BEFORE: Final = Before()


class Outcome(StrEnum):
    """How a roll-out ended."""

    WELL = "well"
    WENT_BACK = "went back"
    HELD = "held"
    """It is bad, there is nothing to go back to, and the rules say to leave it."""
    LEFT = "left"
    """Somebody else changed it."""
    STUCK = "stuck"
    """Going back failed."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a roll-out ended, and why."""

    outcome: Outcome
    reason: str
    evidence: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    is_judged: bool = True
    """Whether the version was found bad, or well: what a person ends or promotes says nothing of it."""
    back_problem: str = ""
    """Why going back failed."""


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """What is rolled out where."""

    environment: Environment
    release: Release
    manifests: tuple[Manifest, ...]
    before: Before = NOTHING_BEFORE
    commit_before: str = ""
    """The commit that served before, where that is known: its pods are asked by it when it is gone back to."""
    back: tuple[Stage, ...] | None = None
    """The stages, where it is a way back by hand; None: those of the strategy."""
    left: Release | None = None
    """What is gone back from by hand."""
    title: str = ""
    """Subject of the commit."""
    left_title: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the changes of a stage."""

    problem: str = ""
    is_foreign: bool = False
    at: float = 0.0


async def carry_out(cluster: Cluster, change: Change, *, mark: str) -> None:
    """Make one change."""
    match change:
        case Apply():
            await cluster.apply(change.manifest, mark=mark)
        case Scale():
            await cluster.scale(change.name, change.replicas)
        case Route():
            await cluster.route(change.service, change.selector)
        case Restore():
            await cluster.restore(change.name, change.replica_set, mark=mark)
        case Remove():
            await cluster.remove(change.kind, change.name)


class RollOut:
    """One roll-out, from its first change to its end."""

    def __init__(
        self, context: RunContext, cluster: Cluster, telling: Telling, watch: StageWatch, now: Callable[[], float]
    ) -> None:
        self._context, self._cluster, self._telling, self._watch, self._now = context, cluster, telling, watch, now
        self._mark = context.order.run_id

    async def run(self, plan: RolloutPlan) -> Result:
        """Roll out, or go back; return how it ended. What is asked of people is asked in here."""
        forward = plan.back if plan.back is not None else stages(plan.environment, plan.manifests, plan.before)
        self._telling.put(stages=tuple(ShownStage(stage.name) for stage in forward))
        promoted: list[str] = []
        for number, stage in enumerate(forward):
            ended = await self._take(number, number, stage, commit=plan.release.commit)
            action = ended.watched.action
            if action.act is Act.LEAVE:
                return Result(Outcome.LEFT, action.reason, action.evidence)
            if action.act is not Act.GO_ON:
                return await self._go_back(plan, number, ended)
            promoted += [] if ended.is_judged else [action.reason]
        return Result(Outcome.WELL, " ".join(promoted), is_judged=not promoted)

    async def _go_back(self, plan: RolloutPlan, reached: int, ended: WatchedStage) -> Result:
        """Undo what was done; return what came of it."""
        action = ended.watched.action
        result = Result(Outcome.WENT_BACK, action.reason, action.evidence, ended.watched.log, is_judged=ended.is_judged)
        if plan.back is not None:  # a way back by hand undoes all that its strategy had done
            reached = len(stages(plan.environment, plan.manifests, plan.before)) - 1
        backward = undo(plan.environment, plan.manifests, plan.before, reached)
        if not backward:
            return replace(result, outcome=Outcome.HELD)
        await self._telling.enter(
            Phase.ROLLING_BACK,
            now=f"{action.reason} Going back.",
            evidence=action.evidence,
            log=ended.watched.log,
            stages=(*self._telling.shown.stages, *(ShownStage(stage.name) for stage in backward)),
        )
        first = len(self._telling.shown.stages) - len(backward)
        for number, stage in enumerate(backward):
            back = await self._take(BACK + number, first + number, stage, commit=plan.commit_before)
            action = back.watched.action
            if action.act is not Act.GO_ON:  # what cannot be looked at, or is not well, does not serve as was checked
                return replace(result, outcome=Outcome.STUCK, back_problem=action.reason)
        return result

    async def _take(self, number: int, shown: int, stage: Stage, *, commit: str) -> WatchedStage:
        """Apply a stage, then watch it."""
        self._mark_stage(shown, StageState.RUNS)
        await self._telling.show(now=f"{stage.name}: the changes are made.", details=())
        applied = await self._apply(number, stage)
        if applied.problem:
            act = Act.LEAVE if applied.is_foreign else Act.ROLL_BACK
            ended = WatchedStage(Watched(Action(act, applied.problem), ()), is_judged=False)
        else:
            ended = await self._try_to_watch(number, stage, began_at=applied.at, commit=commit)
        action = ended.watched.action
        is_well = action.act is Act.GO_ON
        self._mark_stage(shown, StageState.WELL if is_well else StageState.BAD, action.reason)
        await self._telling.show(now=f"{stage.name}: {action.reason}", asking=None, details=())
        return ended

    async def _try_to_watch(self, number: int, stage: Stage, *, began_at: float, commit: str) -> WatchedStage:
        try:
            return await self._watch(number, stage, began_at=began_at, commit=commit)
        except PROBLEMS as problem:  # what cannot be watched is not known to be well
            action = Action(Act.ROLL_BACK, f"It could not be watched: {problem}")
            return WatchedStage(Watched(action, ()), is_judged=False)

    async def _apply(self, number: int, stage: Stage) -> Applied:
        """Make a stage's changes, in a step that can be done again; its time counts from the last one."""

        async def work() -> Applied:
            try:
                for change in stage.changes:
                    await carry_out(self._cluster, change, mark=self._mark)
            except ChangedByOthers as problem:
                return Applied(str(problem), is_foreign=True)
            except (UserError, Permanent) as problem:
                return Applied(str(problem))
            return Applied(at=self._now())

        try:
            asked = encode((number, stage), tuple[int, Stage])
            return await self._context.step("apply stage", work, Applied, request=asked, tries=TRIES)
        except PROBLEMS as problem:
            return Applied(f"The cluster could not be changed: {problem}")

    def _mark_stage(self, number: int, state: StageState, note: str = "") -> None:
        shown = list(self._telling.shown.stages)
        shown[number] = replace(shown[number], state=state, note=note)
        self._telling.put(stages=tuple(shown))
