"""Does what was planned, and undoes it: in steps that can be done again after a kill, never over others' changes."""

from contextlib import suppress
from dataclasses import dataclass

from yantra_bot.deploy_ports import ChangedByOthers, Cluster
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.healing import Healed, HealingPlan
from yantra_bot.domain.rollout import Adjustment
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.monitor.healing import is_as_before, is_done
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.healing.judging import Judged
from yantra_bot.runs.workshop import Workshop

FRESH_SECONDS = 60.0
"""What lies between a judgement and the change, where nothing died in between: else it is judged again."""
CLUSTER_TRIES = 4


@dataclass(frozen=True, slots=True)
class Acted:
    """What became of a change."""

    at: float = 0.0
    """When it was made; 0: it was not."""
    problem: str = ""
    is_stale: bool = False
    """Whether the judgement was too old to act on, or the operator paused the bot since."""
    is_foreign: bool = False
    """Whether somebody else changed it."""


class Acting:
    """Changes one Deployment."""

    def __init__(self, context: RunContext, workshop: Workshop, cluster: Cluster) -> None:
        self._context, self._workshop, self._cluster = context, workshop, cluster
        self._run_id = context.order.run_id

    async def claim(self, environment: Environment) -> str:
        """Return the run that may change the namespace: this one, where no other is at work."""

        async def claim() -> str:
            at = self._workshop.clock.now()
            return self._workshop.records.claim_target(environment.cluster, environment.namespace, self._run_id, at=at)

        return await self._context.step("claim target", claim, str, tries=CLUSTER_TRIES)

    def free(self, environment: Environment) -> None:
        """Let others change the namespace again: what is only watched needs no claim, and a roll-back must not wait."""
        with suppress(Transient):  # it is let go of at the next look, or at the end of the run
            self._workshop.records.free_target(environment.cluster, environment.namespace, self._run_id)

    async def do(self, judged: Judged, plan: HealingPlan) -> Acted:
        """Make the change once. It counts as done from before it is made: a kill in between counts as well."""
        order, records, clock = self._context.order, self._workshop.records, self._workshop.clock
        incident = judged.incident

        async def work() -> Acted:
            now = clock.now()
            live = await self._cluster.read("Deployment", plan.target)
            # As the plan wants it, and not begun by this run: that is somebody else's, and not ours to undo.
            if records.is_healing_begun(self._run_id) and live is not None and is_done(plan, live):
                return Acted(now)
            if now > judged.at + FRESH_SECONDS or records.is_paused(order.repository.id):
                return Acted(is_stale=True)
            if live is None or not is_as_before(plan, live):
                return Acted(problem=f"{plan.target} was changed since it was looked at.", is_foreign=True)
            healed = Healed(self._run_id, incident.service, incident.environment, plan.kind, plan.target, now)
            records.begin_healing(order.repository.id, healed)
            try:
                await self._change(plan)
            except (UserError, Permanent) as problem:
                return Acted(problem=str(problem), is_foreign=isinstance(problem, ChangedByOthers))
            self._workshop.audit(order, f"{plan.kind} {plan.target} in {incident.environment}", "")
            return Acted(now)

        return await self._context.step("apply healing", work, Acted, request=str(judged.at), tries=CLUSTER_TRIES)

    async def undo(self, plan: HealingPlan) -> Acted:
        """Have it as it was, unless somebody else changed it meanwhile."""

        async def work() -> Acted:
            live = await self._cluster.read("Deployment", plan.target)
            now = self._workshop.clock.now()
            if live is not None and is_as_before(plan, live):
                return Acted(now)
            if live is None or not is_done(plan, live):
                return Acted(problem=f"{plan.target} was changed by somebody else meanwhile.", is_foreign=True)
            try:
                await self._change_back(plan)
            except (UserError, Permanent) as problem:
                return Acted(problem=str(problem), is_foreign=isinstance(problem, ChangedByOthers))
            self._workshop.audit(self._context.order, f"undo: {plan.kind} {plan.target}", "")
            return Acted(now)

        return await self._context.step("undo healing", work, Acted, tries=CLUSTER_TRIES)

    async def _change(self, plan: HealingPlan) -> None:
        if plan.replicas is not None:
            await self._cluster.scale(plan.target, plan.replicas[1])
        else:
            adjustment = Adjustment(plan.annotations, plan.resources)
            await self._cluster.adjust(plan.target, adjustment, mark=self._run_id)

    async def _change_back(self, plan: HealingPlan) -> None:
        if plan.replicas is not None:
            await self._cluster.scale(plan.target, plan.replicas[0])
        else:
            adjustment = Adjustment(resources=plan.resources_before)
            await self._cluster.adjust(plan.target, adjustment, mark=self._run_id)
