"""The story of a deployment, top to bottom: read, judged, shown, agreed to, rolled out, watched, kept or undone.

Until the roll-out begins nothing is changed anywhere, and all is judged again right before it does. From then on it
ends in one of five ways: it serves, it was gone back from, it is held, it is left to others, or it is stuck.
"""

from yantra_bot.deploy.eligibility import Way
from yantra_bot.deploy.strategies import stages
from yantra_bot.deploy_ports import Cluster
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Stopped
from yantra_bot.replies.deploy import endings as say
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.agreeing import Agreeing
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.deploying.lazy import LazyCluster
from yantra_bot.runs.deploying.reading import Target
from yantra_bot.runs.deploying.returning import plan_return
from yantra_bot.runs.deploying.rollout import RolloutPlan
from yantra_bot.runs.deploying.scene import PROBLEMS, Scene
from yantra_bot.runs.deploying.shipping import look_before, ship
from yantra_bot.runs.workshop import Workshop


class Deploy:
    """One deployment, or one way back, from its order to its end."""

    def __init__(self, workshop: Workshop, kit: ShippingKit) -> None:
        self._workshop, self._kit = workshop, kit

    async def __call__(self, context: RunContext) -> Ending:
        """Deploy, tell how it ended, and return that."""
        scene = Scene(context, self._workshop, self._kit)
        try:
            ending = await self._deploy(scene)
        except Stopped as stop:
            ending = Ending(Phase.STOPPED, f"{stop} Nothing was changed.")
        except PROBLEMS as problem:
            ending = Ending(Phase.FAILED, f"{problem} Nothing was changed.")
        finally:
            await scene.leave()
        await scene.telling.end(ending)
        return ending

    async def _deploy(self, scene: Scene) -> Ending:
        await scene.telling.enter(Phase.PREFLIGHT, now="Reading what is to be deployed.")
        target = await scene.reading.target()
        cluster = LazyCluster(self._kit.clusters, scene.order.repository, target.environment)
        scene.telling.put(service=target.service)
        planned = await (
            self._plan_back(scene, target, cluster) if scene.is_rollback else self._plan(scene, target, cluster)
        )
        return planned if isinstance(planned, Ending) else await ship(scene, target, cluster, planned)

    async def _plan(self, scene: Scene, target: Target, cluster: Cluster) -> RolloutPlan | Ending:
        """Return what is rolled out, once it was judged and agreed to; the ending where it is not."""
        found = await scene.reading.candidate(target)
        scene.telling.put(release=found.release, title=found.facts.title)
        manifests = await scene.reading.manifests(target, found.release)
        differences = await scene.reading.differences(cluster, manifests)
        scene.telling.put(differences=differences)
        plan = RolloutPlan(target.environment, found.release, manifests, title=found.facts.title)
        before = await look_before(scene, target, cluster, manifests)
        stages(
            target.environment, manifests, before
        )  # a strategy that cannot be followed is refused before anybody agrees
        return await self._agree(scene, target, plan, Way.DEPLOY)

    async def _plan_back(self, scene: Scene, target: Target, cluster: Cluster) -> RolloutPlan | Ending:
        """Return the way back to what served before; the ending where there is none."""
        plan = await plan_return(scene, target, cluster)
        scene.telling.put(release=plan.release)
        return await self._agree(scene, target, plan, Way.ROLL_BACK)

    async def _agree(self, scene: Scene, target: Target, plan: RolloutPlan, way: Way) -> RolloutPlan | Ending:
        """Return the plan where it may be carried out; a dry run says what speaks against it, and changes nothing."""
        agreeing = Agreeing(scene, target, plan.release, plan.manifests, way)
        if scene.order.command.options.dry_run:
            return Ending(Phase.COMPLETE, say.dry_run(await agreeing.judge()))
        return await agreeing.agree() or plan
