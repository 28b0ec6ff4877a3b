"""The story of a follow-up, top to bottom: read what fails, mend it on the pull request's branch, prove, push, tell.

A run belongs to one head. Only a commit on top of that very head is ever pushed; where somebody else moved the branch,
theirs stands and the run ends. What could not be proven goes to a branch beside it, for a person.
"""

from dataclasses import dataclass, replace

from yantra_bot.agent.budget import Budget, BudgetSpent
from yantra_bot.agent.follow_up import DIFFERENCE, FAILING, ORIGIN, show_checks, show_origin
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.prompts import describe_failure
from yantra_bot.domain.follow_up import Evidence, Follows
from yantra_bot.domain.repository import Issue, PullRequest, RepositoryFacts
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Permanent, Stopped, Transient, UserError
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.replies import follow_up as say
from yantra_bot.replies.run import Proof
from yantra_bot.replies.scrutiny import drop_false, honest_title
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.attempts import Attempts, GaveUp, Judged
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import Door, Pushed, authorise, push, subject, unfinished_message
from yantra_bot.runs.follow_up_reading import read_evidence, read_pull
from yantra_bot.runs.follow_up_writing import Told, push_on_top, tell
from yantra_bot.runs.gather import GITHUB_TRIES, Ground, Reading, lay_ground, read_agents
from yantra_bot.runs.implement import INTERNAL
from yantra_bot.runs.phases import Action
from yantra_bot.runs.rules import PATH, RepositoryRules, parse_rules
from yantra_bot.runs.workshop import Workshop


@dataclass(slots=True)
class _Scene:
    """What the parts of one run share."""

    context: RunContext
    door: Door
    bench: Bench
    announcer: Announcer
    talk: Conversation
    follows: Follows
    forge: FollowUpForge
    what: str = "this"
    """What is followed up, in a few words for people."""
    pull: PullRequest | None = None
    ground: Ground | None = None
    evidence: str = ""
    patch: str = ""


class FollowUp:
    """One run from an order to follow up to its ending."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def __call__(self, context: RunContext) -> Ending:
        """Run, and tell on the pull request how it ended."""
        scene = self._open(context)
        try:
            ending = await self._end(scene)
        except Exception:  # a bug: the person is told, and the engine keeps the evidence
            failed = Ending(Phase.FAILED, INTERNAL.format(run=context.order.run_id), spent=scene.talk.spent)
            await scene.announcer.show(failed)
            raise
        finally:
            await scene.bench.leave()
        ending = replace(ending, spent=scene.talk.spent, pull_request=ending.pull_request or scene.pull)
        await scene.announcer.store(ending.phase)
        await scene.announcer.show(ending, ended_at=await context.now(), patch=scene.patch, evidence=scene.evidence)
        return ending

    def _open(self, context: RunContext) -> _Scene:
        order, workshop = context.order, self._workshop
        forge = workshop.forge(order.repository, order.installation_id)
        remote = workshop.remote(order.repository, order.installation_id)
        if order.follows is None or forge.follow_ups is None:
            raise Permanent("This order follows nothing up. Order it anew.")
        return _Scene(
            context,
            Door(forge, remote),
            Bench(order.run_id, workshop, remote),
            Announcer(context, workshop, forge),
            Conversation(workshop.default_model),
            order.follows,
            forge.follow_ups,
        )

    async def _end(self, scene: _Scene) -> Ending:
        """Return the ending that the work comes to, expected failures included."""
        try:
            return await self._work(scene)
        except Stopped as stop:
            return Ending(Phase.STOPPED, str(stop))
        except BudgetSpent as limit:
            return await self._end_early(scene, str(limit))
        except (UserError, Transient, Permanent) as problem:
            return Ending(Phase.FAILED, str(problem))

    async def _work(self, scene: _Scene) -> Ending:
        await scene.announcer.store(Phase.CONTEXT_ASSEMBLY)
        pull = await read_pull(scene.context, scene.door.forge)
        if not pull.is_open:
            return Ending(Phase.STOPPED, "The pull request was closed, so nothing was done.")
        if pull.head_sha != scene.follows.head:
            return Ending(Phase.STOPPED, say.moved())
        scene.pull = pull
        evidence = await read_evidence(scene.context, scene.door.forge, scene.forge, pull)
        scene.what = f"failing {say.name_checks([one.name for one in evidence.failed])} on `{pull.head_sha[:12]}`"
        if reason := _reason_against(evidence, pull):
            return Ending(Phase.COMPLETE, reason)
        await scene.announcer.show()
        scene.talk.started_at = await scene.context.now()
        ground = scene.ground = await self._lay_ground(scene, pull, evidence)
        if ground.base != pull.head_sha:
            return Ending(Phase.STOPPED, say.moved())
        attempts = Attempts(
            scene.context, self._workshop, scene.bench, scene.announcer, self._budget(ground), scene.talk
        )
        judged = await attempts.run(ground)
        if isinstance(judged, GaveUp):
            scene.evidence = judged.words
            return Ending(Phase.ESCALATED, judged.reason)
        if judged.decision.action is Action.ESCALATE:
            return await self._hand_over(scene, pull, judged)
        return await self._deliver(scene, pull, ground, judged)

    async def _lay_ground(self, scene: _Scene, pull: PullRequest, evidence: Evidence) -> Ground:
        """Read rules, the conversation and what the model is to mend; lay out the head and run its tests."""
        context, forge = scene.context, scene.door.forge
        facts = await context.step("read repository", forge.facts, RepositoryFacts, stoppable=True, tries=GITHUB_TRIES)

        async def read_rules() -> RepositoryRules:
            return parse_rules(await forge.read_file(PATH), test_seconds=self._workshop.limits.test_seconds)

        async def read_talk() -> Issue:
            return await forge.issue(pull.number)

        async def read_origin() -> Issue | None:
            return await forge.issue(scene.follows.issue_number) if scene.follows.issue_number else None

        async def read_difference() -> str:
            return await scene.forge.difference(pull.number)

        rules = await context.step("read rules", read_rules, RepositoryRules, stoppable=True, tries=GITHUB_TRIES)
        talk = await context.step("read issue", read_talk, Issue, stoppable=True, tries=GITHUB_TRIES)
        origin = await context.step("read origin", read_origin, Issue | None, stoppable=True, tries=GITHUB_TRIES)
        difference = await context.step("read difference", read_difference, str, stoppable=True, tries=GITHUB_TRIES)
        failing = show_checks(evidence.failed)
        more: tuple[tuple[str, str], ...] = ((ORIGIN, show_origin(origin)),) if origin is not None else ()
        more += ((DIFFERENCE, difference), (FAILING, failing))
        # What fails leads to the code that is concerned: it is searched for with the talk.
        sought = replace(talk, body=f"{talk.body}\n\n{failing}")
        reading = Reading(facts, sought, rules, await read_agents(context, forge))
        ground = await lay_ground(
            context, self._workshop, forge, reading, scene.bench, model=scene.talk.model, branch=pull.head_branch
        )
        # The pull request's own text repeats the difference, and nothing in it is a point of this task.
        task = replace(talk, title=f"{talk.title}: {scene.what}", body="")
        return replace(ground, reading=replace(reading, issue=task), more=more)

    def _budget(self, ground: Ground) -> Budget:
        budget, own = self._workshop.limits.budget, ground.reading.rules.budget_usd
        return budget if own is None else replace(budget, usd=min(own, budget.usd))

    async def _deliver(self, scene: _Scene, pull: PullRequest, ground: Ground, judged: Judged) -> Ending:
        context, forge = scene.context, scene.door.forge
        await authorise(context, self._workshop, forge)
        await scene.announcer.enter(Phase.GIT_COMMIT)
        title = subject(honest_title(judged.claim.title, judged.scrutiny), pull.title)
        pushed = await push_on_top(
            context,
            self._workshop,
            scene.door,
            pull=pull,
            changes=scene.talk.changes,
            title=title,
            summary=drop_false(judged.claim.summary, judged.scrutiny),
        )
        if pushed is None:
            await self._keep(scene, pull, say.moved())
            return Ending(Phase.STOPPED, f"{say.moved()} What was changed is shown below.")
        await scene.announcer.enter(Phase.PULL_REQUEST)
        proof = self._prove(scene, ground, judged)
        told = Told(scene.what, title, judged.decision.reason)
        opened = await tell(
            context, self._workshop, forge, scene.forge, pull=pull, pushed=pushed, proof=proof, told=told
        )
        reason = f"Followed up {scene.what}. {judged.decision.reason}"
        return Ending(Phase.COMPLETE, reason, pull_request=opened, branch=pushed.branch, confidence=judged.confidence)

    def _prove(self, scene: _Scene, ground: Ground, judged: Judged) -> Proof:
        return Proof(
            order=scene.context.order,
            claim=judged.claim,
            model=scene.talk.model,
            paths=scene.talk.changes.paths,
            base=judged.base,
            report=judged.report,
            comparison=judged.comparison,
            confidence=judged.confidence,
            facts=judged.facts,
            checks=judged.checks,
            scrutiny=judged.scrutiny,
            environment=ground.environment,
            spent=scene.talk.spent,
            page_url=self._workshop.page_url(scene.context.order.run_id),
            attempts=judged.number,
            draft_reason=judged.decision.reason if judged.decision.action is Action.DELIVER_DRAFT else "",
        )

    async def _hand_over(self, scene: _Scene, pull: PullRequest, judged: Judged) -> Ending:
        """Keep what was tried on a branch of its own; the pull request stays as it was."""
        scene.evidence = describe_failure(judged.report, judged.comparison)
        pushed = await self._keep(scene, pull, judged.decision.reason)
        reason = f"{judged.decision.reason} Nothing was pushed to the pull request; what was tried is on a branch."
        return Ending(Phase.ESCALATED, reason, branch=pushed.branch, confidence=judged.confidence)

    async def _end_early(self, scene: _Scene, reason: str) -> Ending:
        told = f"The run ended early: {reason}."
        if scene.ground is None or scene.pull is None or not scene.talk.changes.files:
            return Ending(Phase.ESCALATED, f"{told} Nothing was changed.")
        try:
            pushed = await self._keep(scene, scene.pull, reason)
        except (UserError, Permanent, Transient) as problem:
            return Ending(
                Phase.ESCALATED, f"{told} What was changed is shown, untested; it could not be kept: {problem}"
            )
        return Ending(Phase.ESCALATED, f"{told} What was changed is kept on a branch, untested.", branch=pushed.branch)

    async def _keep(self, scene: _Scene, pull: PullRequest, reason: str) -> Pushed:
        """Push what was changed to a branch beside the pull request's."""
        context = scene.context

        async def diff() -> str:
            return await (await scene.bench.workspace()).diff()

        scene.patch = await context.step("diff", diff, str, tries=2)
        await authorise(context, self._workshop, scene.door.forge)
        await scene.announcer.enter(Phase.GIT_COMMIT)
        return await push(
            context,
            self._workshop,
            scene.door,
            base=pull.head_sha,
            changes=scene.talk.changes,
            message=unfinished_message(context.order, pull.title, reason),
            branch=f"{pull.head_branch}-follow-up",
        )


def _reason_against(evidence: Evidence, pull: PullRequest) -> str:
    """Return why there is nothing to mend; empty where there is something."""
    if evidence.failed:
        return ""
    if evidence.on_base:
        return say.only_on_base_too(evidence.on_base, pull.base_branch)
    return "No check fails any more, so nothing was done."
