"""Reads everything that an action is judged by, live, and plans it. Nothing is changed here."""

from dataclasses import dataclass

from yantra_bot.deploy.objects import deployments_of, name_of
from yantra_bot.deploy.strategies import names_beside
from yantra_bot.deploy_ports import Cluster
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.healing import HealingPlan
from yantra_bot.domain.incidents import HealingKind, Incident
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.rollout import Manifest
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.monitor.healing import plan_healing
from yantra_bot.monitor.healing_limits import HOUR, Standing, refusals
from yantra_bot.ports import Forge
from yantra_bot.runs.codec import decode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.rollout import RolloutPlan
from yantra_bot.runs.deploying.shipping import PLAN
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.healing.kit import HealingKit
from yantra_bot.runs.healing.orders import ordered
from yantra_bot.runs.records import Records
from yantra_bot.runs.rules import PATH, parse_rules
from yantra_bot.runs.workshop import Workshop

SCALER = "HorizontalPodAutoscaler"


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be done, or why nothing may."""

    environment: Environment
    watch: Watch
    incident: Incident
    plan: HealingPlan | None
    refused: tuple[str, ...]
    is_dry: bool
    at: float
    """When it was judged, in Unix time: what is older than a moment is judged again."""


class Judge:
    """Judges one order."""

    def __init__(self, context: RunContext, workshop: Workshop, kit: HealingKit, forge: Forge) -> None:
        self._context, self._workshop, self._kit, self._forge = context, workshop, kit, forge

    async def judge(self) -> Judged:
        """Return what may be done. Raises UserError where it cannot be told what is meant."""
        return await self._context.step("judge healing", self._judge, Judged, stoppable=True, tries=GITHUB_TRIES)

    async def _judge(self) -> Judged:
        order, now = self._context.order, self._workshop.clock.now()
        kind, target = ordered(order)
        incident = self._workshop.records.incident(order.incident)
        if incident is None or incident.repository_id != order.repository.id:
            raise UserError(f"There is no incident {order.incident!a} of {order.repository.full_name}.")
        rules = parse_rules(await self._forge.read_file(PATH))
        environment = rules.deploy.environments.get(incident.environment)
        if not rules.enabled or environment is None:
            raise UserError(f"{PATH} of the default branch switches me off, or knows no {incident.environment}.")
        watch = rules.monitor.of(environment.name)
        cluster = self._kit.clusters.open(order.repository, environment)
        deployment = await find_deployment(cluster, target, environment, self._workshop.records, order)
        # Who sets the number is asked only where it matters: not every account may list autoscalers.
        scalers = await cluster.select(SCALER, {}) if kind is HealingKind.SCALE_OUT else ()
        name = str(deployment["metadata"]["name"])
        refused = refusals(kind, name, await self._standing(watch, incident, now), now=now)
        plan = None
        try:
            plan = plan_healing(kind, deployment, scalers=scalers, watch=watch, run_id=order.run_id)
        except UserError as problem:
            refused = (*refused, str(problem))
        is_dry = order.command.options.dry_run or watch.is_dry
        return Judged(environment, watch, incident, plan, refused, is_dry, now)

    async def _standing(self, watch: Watch, incident: Incident, now: float) -> Standing:
        order, records = self._context.order, self._workshop.records
        by = incident.agreed_by if order.requested_by.is_bot else order.requested_by.login
        permission = await self._forge.permission(by) if by else None
        since = now - max(HOUR, watch.cooldown_minutes * 60)
        place = (order.repository.id, incident.service, incident.environment)
        return Standing(
            watch=watch,
            incident=incident,
            history=records.healings(*place, since=since, without=order.run_id),
            locks=records.environment_locks(order.repository.id, incident.environment),
            silences=records.silences(at=now),
            agreed_by=by,
            may_agree=permission is not None and permission.may_write,
            is_paused=records.is_paused(order.repository.id),
        )


async def find_deployment(
    cluster: Cluster, name: str, environment: Environment, records: Records, order: Order
) -> Manifest:
    """Return the Deployment that is meant: of the name, else the only one that our last roll-out left at work.

    Raises UserError where there is none, or several could be. Nothing is listed: not every account may.
    """
    found = await cluster.read("Deployment", name)
    if found is not None and _replicas(found):
        return found
    others = [await cluster.read("Deployment", one) for one in _names(environment, records, order)]
    at_work = [one for one in others if one is not None and _replicas(one)]
    if found is None and len(at_work) == 1:
        return at_work[0]
    if found is not None:
        return found
    names = ", ".join(str(one["metadata"]["name"]) for one in at_work) or "none"
    raise UserError(
        f"There is no Deployment {name[:80]} in {cluster.namespace}, and which other is meant cannot be told: there is "
        f"{names}. Cure: give the service the name of its Deployment (`service` below `deploy:`)."
    )


def _names(environment: Environment, records: Records, order: Order) -> tuple[str, ...]:
    """Return the names of the Deployments that our newest roll-out may have made."""
    for one in records.deployments(order.repository.id, environment.name, limit=20):
        note = records.notes(one.run_id).get(PLAN)
        if note is not None:
            plan: RolloutPlan = decode(note, RolloutPlan)
            names = [name_of(each) for each in deployments_of(plan.manifests)]
            return tuple(beside for name in names for beside in names_beside(environment, name))
    return ()


def _replicas(deployment: Manifest) -> int:
    found = (deployment.get("spec") or {}).get("replicas", 1)
    return found if isinstance(found, int) else 1
