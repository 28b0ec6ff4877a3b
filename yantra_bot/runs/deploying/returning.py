"""The way back that a person asks for: from the version that serves to one that was healthy before.

To the version right before, as its roll-out remembered it; to an older one by its image, where the cluster has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yantra_bot.deploy.eligibility import rollback_target, same_release, serving
from yantra_bot.deploy.objects import deployments_of, name_of
from yantra_bot.deploy.observing import observe
from yantra_bot.deploy.strategies import names_beside, stages, undo
from yantra_bot.deploy.undoing import versions_of
from yantra_bot.deploy_ports import Cluster
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.environment import Release
from yantra_bot.domain.rollout import Restore, Stage
from yantra_bot.errors import UserError
from yantra_bot.replies.deploy import endings as say
from yantra_bot.runs.codec import decode
from yantra_bot.runs.deploying.reading import CLUSTER_TRIES, Target
from yantra_bot.runs.deploying.rollout import RolloutPlan
from yantra_bot.runs.deploying.scene import Scene
from yantra_bot.runs.deploying.shipping import PLAN
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.standing import refuse_other


@dataclass(frozen=True, slots=True)
class _Way:
    """The roll-out to go back from, and what is gone back to."""

    plan: RolloutPlan
    to: Release


async def plan_return(scene: Scene, target: Target, cluster: Cluster) -> RolloutPlan:
    """Return the way back. Raises UserError where it may not be gone, or none is on record."""
    order, name = scene.order, target.environment.name

    async def find() -> _Way:
        records, repository_id = scene.workshop.records, order.repository.id
        history = records.deployments(repository_id, name, without=order.run_id)
        refuse_other(order, history)
        now = serving(history)
        to = rollback_target(records.good_releases(repository_id, name), history, ref=order.command.options.ref)
        if to is None or (now is not None and same_release(to.release, now.release)):
            raise UserError(say.nothing_to_go_back_to(name))
        plan = _find_plan(records, history, now)
        if plan is None:
            raise UserError(say.not_recorded(name))
        return _Way(plan, to.release)

    way = await scene.context.step("find way back", find, _Way, tries=GITHUB_TRIES)
    plan = way.plan
    if way.to.commit == plan.commit_before:
        reached = len(stages(plan.environment, plan.manifests, plan.before)) - 1
        back = undo(plan.environment, plan.manifests, plan.before, reached)
    else:
        back = await _find_images(scene, cluster, way)
    if not back:
        raise UserError(say.nothing_to_go_back_to(name))
    return RolloutPlan(
        plan.environment,
        way.to,
        plan.manifests,
        commit_before=plan.release.commit,
        back=back,
        left=plan.release,
        left_title=plan.title,
    )


async def _find_images(scene: Scene, cluster: Cluster, way: _Way) -> tuple[Stage, ...]:
    """Return the stage that restores the version with the release's image. Raises UserError where one is missing."""
    plan = way.plan
    named = [name_of(one) for one in deployments_of(plan.manifests)]
    names = [beside for name in named for beside in names_beside(plan.environment, name)]

    async def find() -> tuple[Restore, ...]:
        states = [await observe(cluster, name) for name in names]
        there = [one for one in states if one is not None]
        return versions_of(there, plan.environment, now=plan.release, to=way.to)

    found = await scene.context.step("find versions", find, tuple[Restore, ...], tries=CLUSTER_TRIES)
    watched = tuple(one.name for one in found)
    return (Stage(f"back to {way.to.commit[:12]}", found, watched, is_undo=True),) if found else ()


def _find_plan(records: Records, history: Sequence[Deployed], now: Deployed | None) -> RolloutPlan | None:
    """Return how the serving release was rolled out: by its newest roll-out that was no way back itself.

    Where nothing certain serves, since a roll-out or the way back from it failed, the newest roll-out counts.
    """
    for one in history:
        is_of_it = now is None or same_release(one.release, now.release)
        if is_of_it and not one.is_rollback and (note := records.notes(one.run_id).get(PLAN)) is not None:
            plan: RolloutPlan = decode(note, RolloutPlan)
            return plan
    return None
