"""What was agreed to is rolled out: the target claimed, what serves remembered, and how it ended kept and told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.deploy.strategies import dead_ends, remember, stages
from yantra_bot.deploy.undoing import commit_of
from yantra_bot.deploy_ports import Cluster, DeploymentState
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Before, Manifest
from yantra_bot.domain.run import DeploymentEnded, Ending, Phase
from yantra_bot.replies.deploy import endings as say
from yantra_bot.runs.codec import encode
from yantra_bot.runs.deploying.aftermath import RECORD_TRIES, Aftermath, Failure
from yantra_bot.runs.deploying.orders import reason_of
from yantra_bot.runs.deploying.reading import CLUSTER_TRIES, Target
from yantra_bot.runs.deploying.rollout import Outcome, Result, RollOut, RolloutPlan
from yantra_bot.runs.deploying.scene import PROBLEMS, Scene
from yantra_bot.runs.deploying.watching import StageWatch
from yantra_bot.runs.deploying.words import ANY_STAGE

PLAN: Final = "rollout plan"
"""The note under which a roll-out is kept, for who wants to go back from it."""
_VERDICTS: Final = {
    Outcome.WELL: Verdict.PASS,
    Outcome.WENT_BACK: Verdict.FAIL,
    Outcome.HELD: Verdict.FAIL,
    Outcome.LEFT: Verdict.INCONCLUSIVE,
    Outcome.STUCK: Verdict.ERROR,
}
_STATES: Final = {
    Outcome.WELL: DeploymentState.SUCCESS,
    Outcome.WENT_BACK: DeploymentState.FAILURE,
    Outcome.HELD: DeploymentState.FAILURE,
    Outcome.LEFT: DeploymentState.ERROR,
    Outcome.STUCK: DeploymentState.ERROR,
}


async def ship(scene: Scene, target: Target, cluster: Cluster, plan: RolloutPlan) -> Ending:
    """Roll out, draw the conclusions, and return how it ended."""
    holder = await _claim(scene, target)
    if holder != scene.order.run_id:
        return Ending(Phase.STOPPED, say.busy(target.environment.name, holder))
    plan = await _remember(scene, target, cluster, plan)
    if by := await _heed_words(scene):
        return Ending(Phase.STOPPED, say.ended_before(by))
    await _begin(scene, target, plan)
    watch = StageWatch(
        scene.context,
        scene.workshop,
        scene.kit,
        cluster,
        scene.telling,
        environment=target.environment,
        before=plan.before,
    )
    roll_out = RollOut(scene.context, cluster, scene.telling, watch, scene.workshop.clock.now)
    result = await _roll_out(roll_out, plan)
    ending = _ending(scene, target, plan, result)
    scene.telling.put(evidence=result.evidence, log=result.log, now=ending.reason)
    await _keep(scene, target, plan, result, ending)
    await scene.tell_forge(_STATES[result.outcome])
    await _conclude(scene, target, plan, result)
    return ending


async def _roll_out(roll_out: RollOut, plan: RolloutPlan) -> Result:
    """Roll out. It answers for its own failures; what still comes out of it leaves a roll-out that nobody knows of."""
    try:
        return await roll_out.run(plan)
    except PROBLEMS as problem:
        return Result(Outcome.STUCK, "The roll-out could not go on.", back_problem=str(problem), is_judged=False)


async def _heed_words(scene: Scene) -> str:
    """Return who ended it before anything was changed; empty: nobody did."""
    records, run_id = scene.workshop.records, scene.order.run_id

    async def look() -> str:
        said = records.said_of(run_id, ANY_STAGE)
        return records.stop_requested(run_id) or (said.by if said is not None else "")

    return await scene.context.step("heed words", look, str, tries=CLUSTER_TRIES)


async def _claim(scene: Scene, target: Target) -> str:
    environment, records = target.environment, scene.workshop.records

    async def claim() -> str:
        at = scene.workshop.clock.now()
        return records.claim_target(environment.cluster, environment.namespace, scene.order.run_id, at=at)

    return await scene.context.step("claim target", claim, str)


async def look_before(scene: Scene, target: Target, cluster: Cluster, manifests: Sequence[Manifest]) -> Before:
    """Return what the namespace holds now of what the manifests name."""

    async def look() -> Before:
        return await remember(cluster, target.environment, manifests, at=scene.workshop.clock.now())

    return await scene.context.step("look before", look, Before, stoppable=True, tries=CLUSTER_TRIES)


async def _remember(scene: Scene, target: Target, cluster: Cluster, plan: RolloutPlan) -> RolloutPlan:
    """Return the plan with what serves now. Raises UserError where its strategy cannot be followed from there."""
    before = await look_before(scene, target, cluster, plan.manifests)
    if plan.back is None:
        stages(target.environment, plan.manifests, before)
    commit = commit_of(before, plan.manifests) or (plan.commit_before if plan.back is not None else "")
    images = sorted({image for one in before.workloads if one.new is not None for image in one.new.images})
    scene.telling.put(before=commit[:12] or ", ".join(images))
    return replace(plan, before=before, commit_before=commit)


async def _begin(scene: Scene, target: Target, plan: RolloutPlan) -> None:
    environment, order, records = target.environment, scene.order, scene.workshop.records
    at = await scene.context.now()
    begun = Deployed(
        order.run_id,
        environment.name,
        environment.cluster,
        environment.namespace,
        plan.release,
        order.requested_by.login,
        at,
        is_rollback=scene.is_rollback,
    )

    async def keep() -> None:
        records.begin_deployment(order.repository.id, begun)
        records.note(order.run_id, PLAN, encode(plan, RolloutPlan))

    await scene.context.step("begin record", keep, type(None))
    await scene.begin_on_forge(plan.release, environment)
    await scene.telling.enter(Phase.ROLLING_OUT, asking=None, now="The roll-out begins.")
    await scene.tell_forge(DeploymentState.IN_PROGRESS)


def _ending(scene: Scene, target: Target, plan: RolloutPlan, result: Result) -> Ending:
    """Return how a run ends by how its roll-out ended."""
    name = target.environment.name
    match result.outcome:
        case Outcome.WELL if scene.is_rollback:
            return Ending(Phase.COMPLETE, say.went_back_by_hand(plan.release.commit, name))
        case Outcome.WELL:
            if not result.is_judged:
                return Ending(Phase.COMPLETE, say.promoted(plan.release.commit, name, result.reason))
            return Ending(Phase.COMPLETE, say.serves(plan.release.commit, name))
        case Outcome.WENT_BACK if scene.is_rollback:
            return Ending(Phase.ROLLBACK_FAILED, say.could_not_go_back(result.reason))
        case Outcome.WENT_BACK:
            return Ending(Phase.ROLLED_BACK, say.went_back(result.reason, plan.commit_before))
        case Outcome.HELD:
            ends = dead_ends(target.environment, plan.manifests, plan.before)
            return Ending(Phase.ESCALATED, say.held(result.reason, ends))
        case Outcome.LEFT:
            return Ending(Phase.ESCALATED, say.left(result.reason))
        case Outcome.STUCK:
            return Ending(Phase.ROLLBACK_FAILED, say.stuck(result.reason, result.back_problem))


async def _keep(scene: Scene, target: Target, plan: RolloutPlan, result: Result, ending: Ending) -> None:
    """Keep how it ended, tell the subscribers, and let go of the target."""
    environment, order, records = target.environment, scene.order, scene.workshop.records

    async def keep() -> None:
        at, verdict = scene.workshop.clock.now(), _VERDICTS[result.outcome]
        records.end_deployment(order.run_id, environment.name, verdict, reason=ending.reason, at=at)

    try:
        await scene.context.step("end record", keep, type(None), tries=RECORD_TRIES)
    except PROBLEMS as problem:
        scene.note(f"How it ended could not be kept: {problem}")
    ended = DeploymentEnded(order, environment.name, plan.release.commit, str(result.outcome), ending.reason)
    await scene.context.publish(ended)


async def _conclude(scene: Scene, target: Target, plan: RolloutPlan, result: Result) -> None:
    """Draw the conclusions of what was found bad, by a judgement or by a person; each is told as it is done."""
    failure = await _failure(scene, target, plan, result)
    if failure is None:
        return
    await scene.telling.enter(Phase.AFTERMATH)
    told = await Aftermath(scene.context, scene.workshop, scene.forge, scene.remote).draw(failure)
    scene.telling.put(aftermath=told)


async def _failure(scene: Scene, target: Target, plan: RolloutPlan, result: Result) -> Failure | None:
    """Return what conclusions are to be drawn from; None where nobody found the version bad."""
    if scene.is_rollback:
        if result.outcome is not Outcome.WELL or plan.left is None:
            return None
        by = scene.order.requested_by.login
        reason = say.by_hand(by, reason_of(scene.order))
        return Failure(target, plan.left, plan.left_title, plan.release.commit, reason, (), by=by)
    is_bad = result.is_judged and result.outcome in (Outcome.WENT_BACK, Outcome.HELD, Outcome.STUCK)
    if not (is_bad or result.outcome is Outcome.STUCK):
        return None
    return Failure(
        target, plan.release, plan.title, plan.commit_before, result.reason, result.evidence, is_judged=is_bad
    )
