"""Whether it may be deployed: judged by rules, agreed to by people, and judged again right before anything changes.

What people agree to is pinned: the commit, the image's digest and the manifests. Who waits for them holds no worker.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.deploy.approving import approvals_needed, counting
from yantra_bot.deploy.eligibility import Case, PullFacts, Way, judge
from yantra_bot.deploy_ports import CommitFacts, CommitStanding
from yantra_bot.domain.deploying import Asked, Asking
from yantra_bot.domain.deployments import Approval, Pin
from yantra_bot.domain.environment import Release
from yantra_bot.domain.plan import Decision, Verdict
from yantra_bot.domain.rollout import Manifest
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import UserError
from yantra_bot.replies.deploy import endings as say
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import Parked
from yantra_bot.runs.deploying.pins import PIN, pin_of
from yantra_bot.runs.deploying.reading import Target
from yantra_bot.runs.deploying.scene import Scene
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.watching.standing import permission_of

MOST_HISTORY: Final = 50


class Agreeing:
    """Judges one deployment, and asks people."""

    def __init__(
        self, scene: Scene, target: Target, release: Release, manifests: Sequence[Manifest], way: Way = Way.DEPLOY
    ) -> None:
        self._scene, self._target, self._release, self._way = scene, target, release, way
        self._pin = pin_of(release, manifests)

    async def judge(self) -> tuple[str, ...]:
        """Return every reason against it, as things stand now."""
        case = await self._read_case()
        return tuple(refusal.text for refusal in judge(case))

    async def agree(self) -> Ending | None:
        """Have people agree where the rules ask for it, then judge again; return the ending where it may not go on."""
        if refusals := await self.judge():
            return Ending(Phase.STOPPED, say.refused(refusals))
        case = await self._read_case()
        needed = approvals_needed(case)
        if needed:
            ending = await self._ask(needed, case)
            if ending is not None:
                return ending
            if (await self._scene.reading.target()).environment != self._target.environment:
                return Ending(Phase.STOPPED, say.rules_changed(self._target.environment.name))
        if refusals := await self.judge():
            return Ending(Phase.STOPPED, say.refused(refusals))
        if needed and len(await self._counting()) < needed:
            return Ending(Phase.STOPPED, say.refused(("An approval does not count any more: ask anew.",)))
        return None

    async def _ask(self, needed: int, case: Case) -> Ending | None:
        scene = self._scene
        order, records, rule = scene.order, scene.workshop.records, self._target.environment.approval
        at = await scene.context.now()
        due = at + scene.kit.approval_seconds

        async def ask() -> None:
            records.note(order.run_id, PIN, encode(self._pin, Pin))
            records.await_decision(order.run_id, comment_id=0, at=at, due=due)

        await scene.context.step("ask for approval", ask, type(None))
        why = "A hot-fix passes by the protected branch." if case.is_hotfix_outside else "Its rules ask for it."
        asking = Asking(Asked.APPROVAL, why, due, needed=needed, people=rule.people)
        await scene.telling.enter(Phase.AWAITING_APPROVAL, asking=asking)
        decision = await self._wait()
        given = tuple(one.person.login for one in await self._counting())
        scene.telling.put(asking=None, approved_by=given)
        if decision.verdict is Verdict.REJECTED:
            return Ending(Phase.STOPPED, say.rejected(decision.by, decision.text))
        if decision.verdict is Verdict.EXPIRED:
            return Ending(Phase.STOPPED, say.expired(scene.kit.approval_seconds / 3600))
        return None

    async def _wait(self) -> Decision:
        """Return what was decided; the run is parked until something is."""
        run_id, records = self._scene.order.run_id, self._scene.workshop.records

        async def look() -> Decision:
            decision = records.decision(run_id)
            if decision is None:
                raise Parked
            records.decision_heard(run_id)
            return decision

        return await self._scene.context.step("await approval", look, Decision, stoppable=True, tries=4)

    async def _counting(self) -> tuple[Approval, ...]:
        """Return the approvals that count now: people may have lost their rights since."""
        scene, rule = self._scene, self._target.environment.approval
        order = scene.order

        async def count() -> tuple[Approval, ...]:
            approvals = scene.workshop.records.deployment_approvals(order.run_id)
            permissions = {one.person.id: await scene.forge.permission(one.person.login) for one in approvals}
            return counting(approvals, self._pin, rule, requester=order.requested_by, permissions=permissions)

        return await scene.context.step("count approvals", count, tuple[Approval, ...], tries=GITHUB_TRIES)

    async def _read_case(self) -> Case:
        """Return everything that decides about it, as it is now."""
        scene, release, environment = self._scene, self._release, self._target.environment
        order, records, forge = scene.order, scene.workshop.records, scene.forge
        repository_id = order.repository.id

        async def read() -> Case:
            if records.is_paused(repository_id):
                raise UserError("The operator paused the bot here.")
            return Case(
                way=self._way,
                release=release,
                facts=await self._read_facts(),
                environment=environment,
                permission=await permission_of(order, records, forge),
                locks=records.environment_locks(repository_id, environment.name),
                blocked=records.blocked_commits(repository_id, environment.name),
                now=scene.workshop.clock.now(),
                pull=await self._read_pull(),
                before=records.deployments(repository_id, environment.after, limit=MOST_HISTORY),
                good=records.good_releases(repository_id, environment.name),
                history=records.deployments(repository_id, environment.name, limit=MOST_HISTORY),
                busy=self._other(records.target_holder(environment.cluster, environment.namespace)),
            )

        return await scene.context.step("judge", read, Case, stoppable=True, tries=GITHUB_TRIES)

    async def _read_facts(self) -> CommitFacts:
        """Return what the forge says of the commit; of one that is gone back to nothing of it is asked."""
        commit = self._release.commit
        if self._way is Way.ROLL_BACK:
            return CommitFacts(commit, CommitStanding.NONE, (), False, "", "", "")
        return await self._scene.reading.shipping.commit_facts(commit)

    async def _read_pull(self) -> PullFacts | None:
        number = self._release.pull_request
        if not number or self._way is Way.ROLL_BACK:
            return None
        forge = self._scene.forge
        return PullFacts.of(await forge.pull_request(number), (await forge.issue(number)).labels)

    def _other(self, holder: str | None) -> str:
        return holder if holder is not None and holder != self._scene.order.run_id else ""
