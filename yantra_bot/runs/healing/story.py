"""The story of a healing action, top to bottom: judged, done, verified, kept or undone, and told.

Until the change nothing is touched, and all is judged by what is true then. From it on the run ends in one of these
ways: it helped, it was undone, it could not be undone, nobody can tell, or somebody else changed it.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from yantra_bot.domain.healing import Healing, HealingPlan
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Permanent, Stopped, Transient, UserError, YantraError
from yantra_bot.replies import healing as say
from yantra_bot.runs.codec import StepBug, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.lazy import LazyCluster
from yantra_bot.runs.healing.acting import Acted, Acting
from yantra_bot.runs.healing.judging import Judge, Judged
from yantra_bot.runs.healing.kit import HealingKit
from yantra_bot.runs.healing.orders import HEALING
from yantra_bot.runs.healing.sampling import Sampling
from yantra_bot.runs.healing.verifying import Verified, Verifying
from yantra_bot.runs.workshop import Workshop

MOST_JUDGED: Final = 3
_PROBLEMS: Final = (UserError, Permanent, Transient, StepBug)


class Heal:
    """One healing action, from its order to its end."""

    def __init__(self, workshop: Workshop, kit: HealingKit) -> None:
        self._workshop, self._kit = workshop, kit

    async def __call__(self, context: RunContext) -> Ending:
        """Do it, keep what came of it, and return how it ended."""
        action = _Action(context, self._workshop, self._kit)
        try:
            ending = await action.run()
        except Stopped as stop:
            ending = Ending(Phase.STOPPED, say.not_done(str(stop)))
        except _PROBLEMS as problem:
            said = say.not_done(str(problem)) if not action.is_changed else str(problem)
            ending = Ending(Phase.FAILED, said)
        ending = await self._heed_stop(context, ending)
        await context.phase(ending.phase)
        return ending

    async def _heed_stop(self, context: RunContext, ending: Ending) -> Ending:
        """Return that a person stopped it, where one did: whatever came of it, nothing is done in its place then."""
        if ending.phase in (Phase.COMPLETE, Phase.STOPPED):
            return ending

        async def look() -> str:
            return self._workshop.records.stop_requested(context.order.run_id) or ""

        with suppress(*_PROBLEMS):  # it is told as it ended, where that cannot be read
            if by := await context.step("heed stop", look, str, tries=3):
                said = ending.reason if say.ended_by(by) in ending.reason else f"{ending.reason} {say.ended_by(by)}"
                return Ending(Phase.STOPPED, said)
        return ending


class _Action:
    """One action, at work."""

    def __init__(self, context: RunContext, workshop: Workshop, kit: HealingKit) -> None:
        self._context, self._workshop, self._kit = context, workshop, kit
        order = context.order
        self._forge = workshop.forge(order.repository, order.installation_id)
        self._kept = Healing()
        self.is_changed = False

    async def run(self) -> Ending:
        await self._context.phase(Phase.PREFLIGHT)
        judge = Judge(self._context, self._workshop, self._kit, self._forge)
        for _ in range(MOST_JUDGED):
            judged = await judge.judge()
            if (ending := await self._refuse(judged)) is not None:
                return ending
            assert judged.plan is not None, "it was not refused"  # noqa: S101 (narrows a type)
            acting, verifying = self._parts(judged)
            acted = await self._act(judged, judged.plan, acting)
            if isinstance(acted, Ending):
                return acted
            if not acted.is_stale:
                return await self._follow(judged, judged.plan, acted, acting, verifying)
        return Ending(Phase.STOPPED, say.not_done("What was judged was too old to act on, again and again."))

    def _parts(self, judged: Judged) -> tuple[Acting, Verifying]:
        order, workshop = self._context.order, self._workshop
        cluster = LazyCluster(self._kit.clusters, order.repository, judged.environment)
        acting = Acting(self._context, workshop, cluster)
        sampling = Sampling(
            self._kit,
            workshop.records,
            workshop.clock,
            repository=order.repository,
            environment=judged.environment,
            target=judged.plan.target if judged.plan is not None else "",
        )
        return acting, Verifying(self._context, workshop, cluster, sampling, acting)

    async def _refuse(self, judged: Judged) -> Ending | None:
        """Return how it ends where nothing is to be done; a dry run tells what would be, and what speaks against it."""
        await self._keep(plan=judged.plan, refused=judged.refused, is_dry=judged.is_dry)
        if judged.refused:
            return Ending(Phase.STOPPED, say.refused(judged.refused))
        if judged.is_dry and judged.plan is not None:
            return Ending(Phase.COMPLETE, say.dry(judged.plan))
        return None

    async def _act(self, judged: Judged, plan: HealingPlan, acting: Acting) -> Acted | Ending:
        holder = await acting.claim(judged.environment)
        if holder != self._context.order.run_id:
            return Ending(Phase.STOPPED, say.busy(judged.environment.name, holder))
        await self._context.phase(Phase.HEALING)
        try:
            acted = await acting.do(judged, plan)
        except _PROBLEMS as problem:  # an answer may have been lost on its way
            return Ending(Phase.ESCALATED, say.unknown(plan, str(problem)))
        if acted.problem:
            return Ending(Phase.ESCALATED if acted.is_foreign else Phase.FAILED, say.not_done(acted.problem))
        return acted

    async def _follow(
        self, judged: Judged, plan: HealingPlan, acted: Acted, acting: Acting, verifying: Verifying
    ) -> Ending:
        """Verify what was done, and undo it where it did not help."""
        self.is_changed = True
        self._workshop.note(self._context.order.run_id, say.doing(plan))
        await self._keep(applied_at=acted.at)
        await self._context.phase(Phase.VERIFYING)
        try:
            found = await verifying.verify(judged, plan, since=acted.at)
        except _PROBLEMS as problem:
            found = Verified(Verdict.INCONCLUSIVE, str(problem))
        await self._keep(verdict=found.verdict, seen=found.seen)
        ending = await self._conclude(judged, plan, found, acting, verifying)
        await self._end(found.verdict)
        return ending

    async def _conclude(
        self, judged: Judged, plan: HealingPlan, found: Verified, acting: Acting, verifying: Verifying
    ) -> Ending:
        if found.is_foreign:
            return Ending(Phase.ESCALATED, say.left(plan))
        if found.verdict is Verdict.PASS:
            return Ending(Phase.COMPLETE, say.helped(plan, judged.watch.watch_minutes))
        if found.verdict is not Verdict.FAIL:
            return Ending(Phase.ESCALATED, say.unclear(plan, found.why))
        end = Phase.STOPPED if found.stopped_by else Phase.ESCALATED
        why = found.why if found.stopped_by else say.no_help(found.why)
        if not plan.can_be_undone:
            return Ending(end, say.cannot_be_undone(plan, why))
        await self._context.phase(Phase.UNDOING)
        problem = await self._undo(judged, plan, acting, verifying)
        await self._keep(is_undone=not problem, undo_problem=problem)
        if problem:
            return Ending(Phase.ESCALATED, say.stuck(plan, why, problem))
        return Ending(end, say.undone(plan, why))

    async def _undo(self, judged: Judged, plan: HealingPlan, acting: Acting, verifying: Verifying) -> str:
        """Return what kept it from being undone; empty: nothing did."""
        try:
            holder = await acting.claim(judged.environment)
            if holder != self._context.order.run_id:
                return f"Run {holder} is at work in {judged.environment.name}."
            return (await acting.undo(plan)).problem or await verifying.settle(judged, plan)
        except _PROBLEMS as problem:
            return str(problem)

    async def _keep(self, **changes: object) -> None:
        """Keep what is known, as a step."""
        self._kept = replace(self._kept, **changes)  # type: ignore[arg-type]  # (by the names of its fields)
        kept = encode(self._kept, Healing)

        async def keep() -> None:
            self._workshop.records.note(self._context.order.run_id, HEALING, kept)

        await self._context.step("keep healing", keep, type(None), request=kept, tries=3)

    async def _end(self, verdict: Verdict) -> None:
        is_undone = self._kept.is_undone

        async def end() -> None:
            self._workshop.records.end_healing(self._context.order.run_id, verdict, is_undone=is_undone)

        with suppress(YantraError, StepBug):  # what came of it stands in the run as well
            await self._context.step("end healing", end, type(None), tries=3)
