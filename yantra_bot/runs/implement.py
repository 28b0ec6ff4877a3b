"""The story of `@yantra implement`, top to bottom: read, edit, prove, push, open, read back.

Expected failures become endings with a sentence for the person; anything else is a bug, kept with its evidence.
"""

from dataclasses import dataclass, field, replace
from functools import partial

from yantra_bot.agent.corrections import describe_checks
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.prompts import describe_failure
from yantra_bot.agent.unfinished import Unfinished
from yantra_bot.domain.repository import RepositoryFacts
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Permanent, Stopped, Transient, UserError
from yantra_bot.ports import Forge
from yantra_bot.replies.run import Proof
from yantra_bot.replies.scrutiny import drop_false, honest_title
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.attempts import Attempts
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.choosing import choose_model, read_task
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import (
    Door,
    Pushed,
    authorise,
    branch_name,
    commit_message,
    open_pull_request,
    push,
    subject,
    unfinished_message,
)
from yantra_bot.runs.distilling import keep_pair
from yantra_bot.runs.doubts import ask_about
from yantra_bot.runs.finishing import add_reason, finish
from yantra_bot.runs.following import Following, FollowingPlan
from yantra_bot.runs.gather import GITHUB_TRIES, Ground, NoTask, gather
from yantra_bot.runs.going_first import NUMBER as GENERATOR
from yantra_bot.runs.judged import GaveUp, Judged
from yantra_bot.runs.keeping import Keeper
from yantra_bot.runs.money import choose_budget, refuse_unpriced
from yantra_bot.runs.outlining import add_outline
from yantra_bot.runs.phases import Action, question_reasons
from yantra_bot.runs.planned import Tools, wants_plan
from yantra_bot.runs.planning import Planning
from yantra_bot.runs.proving import prove
from yantra_bot.runs.readback import read_back_delivery
from yantra_bot.runs.refining import Begin
from yantra_bot.runs.scanning import NOT_PUSHED
from yantra_bot.runs.score_routing import route_by_score
from yantra_bot.runs.showing import show_pictures
from yantra_bot.runs.steering import Hearing
from yantra_bot.runs.workshop import Workshop

INTERNAL = "An unexpected error ended it; the evidence is kept under run {run} for the operator."


@dataclass(slots=True)
class _Scene:
    """What the parts of one run share."""

    context: RunContext
    door: Door
    bench: Bench
    announcer: Announcer
    talk: Conversation
    patch: str = ""
    evidence: str = ""
    pushed: Pushed | None = None
    ground: Ground | None = None
    following: Following = field(default_factory=Following)
    routed: str = ""
    """Why the run has another model than the usual one."""

    @property
    def forge(self) -> Forge:
        return self.door.forge


class Implement:
    """One run from an accepted order to its ending."""

    def __init__(self, workshop: Workshop, *, begin: Begin | None = None) -> None:
        self._workshop, self._begin = workshop, begin

    async def __call__(self, context: RunContext) -> Ending:
        """Run, and tell the person how it ended."""
        order = context.order
        forge = self._workshop.forge(order.repository, order.installation_id)
        remote = self._workshop.remote(order.repository, order.installation_id)
        bench = Bench(order, self._workshop, remote)
        scene = _Scene(context, Door(forge, remote), bench, Announcer(context, self._workshop, forge), Conversation(""))
        try:
            ending = await self._end(scene)
        except Exception:  # a bug: the person is told, and the engine keeps the evidence
            await scene.announcer.show(Ending(Phase.FAILED, INTERNAL.format(run=order.run_id), spent=scene.talk.spent))
            raise
        finally:
            await bench.leave()
        ending = add_reason(add_reason(ending, await scene.following.close()), scene.routed)
        ending = replace(ending, spent=scene.talk.spent)
        shown = {"patch": scene.patch, "evidence": scene.evidence}
        return await finish(context, scene.announcer, forge, ending, pushed=scene.pushed, **shown)

    async def _end(self, scene: _Scene) -> Ending:
        """Return the ending that the work comes to, expected failures included."""
        try:
            try:
                return await self._work(scene)
            except Unfinished as limit:
                return await self._keep(scene, limit.told)
        except Stopped as stop:
            return Ending(Phase.STOPPED, str(stop))
        except NoTask as question:
            return Ending(Phase.ESCALATED, str(question))
        except UserError as problem:
            return Ending(Phase.FAILED, str(problem))
        except (Transient, Permanent) as problem:
            # from a terminal nobody would hear the command
            retry = f" `@{self._workshop.handle} retry` starts it again." if scene.context.order.installation_id else ""
            return Ending(Phase.FAILED, f"{problem}{retry}")

    async def _work(self, scene: _Scene) -> Ending:
        await scene.announcer.show()
        read = partial(read_task, scene.context, scene.forge)
        scene.talk.model = await choose_model(scene.context, self._workshop, read)
        refuse_unpriced(self._workshop, scene.context.order, scene.talk.model)
        scene.talk.started_at = await scene.context.now()
        hearing = Hearing(scene.context, self._workshop, scene.forge)
        scene.following = Following(hearing)
        if wants_plan(scene.context.order):
            ending = await self._plan(scene, hearing)
            if ending is not None:
                return ending
        ground = await gather(
            scene.context, self._workshop, scene.forge, scene.bench, scene.announcer, model=scene.talk.model
        )
        ground = await add_outline(scene.context, self._workshop.sketching, ground, handle=self._workshop.handle)
        scene.ground = ground
        scene.routed = await route_by_score(scene.context, self._workshop, ground.context.score, scene.talk)
        hearing.knows(ground.reading.issue)
        attempts = Attempts(
            scene.context,
            self._workshop,
            scene.bench,
            scene.announcer,
            choose_budget(self._workshop, scene.context.order, ground.reading.rules),
            scene.talk,
            following=scene.following,
        )
        judged = await attempts.run(ground)
        await ask_about(scene.context, self._workshop, scene.forge, attempts.lessons.doubt)
        if isinstance(judged, GaveUp):
            scene.evidence = judged.words
            has_changes = bool(scene.talk.changes.files)
            return await self._keep(scene, judged.reason) if has_changes else Ending(Phase.ESCALATED, judged.reason)
        diff = await self._keeper(scene).diff()
        if scene.context.order.command.options.dry_run:
            scene.patch = diff
        if judged.decision.action is Action.ESCALATE:
            return await self._escalate(scene, ground, judged)
        if scene.patch:
            return Ending(Phase.COMPLETE, "A dry run: nothing was pushed.", confidence=judged.confidence)
        rules = ground.reading.rules.memory
        if judged.number != GENERATOR and rules.enabled and rules.generator:  # it is not to learn from itself
            learn = (self._workshop.sketching, ground.reading.issue, diff, judged.report)
            await keep_pair(scene.context, *learn, handle=self._workshop.handle)
        return await self._deliver(scene, ground, judged)

    async def _plan(self, scene: _Scene, hearing: Hearing) -> Ending | None:
        """Have a plan made and approved; return the ending where it is not."""
        planning = Planning(
            Tools(
                scene.context,
                self._workshop,
                scene.forge,
                scene.bench,
                scene.announcer,
                scene.talk,
                lambda reading: choose_budget(self._workshop, scene.context.order, reading.rules),
                self._begin,
            )
        )
        scene.following = FollowingPlan(planning, hearing)
        return await planning.settle()

    async def _deliver(self, scene: _Scene, ground: Ground, judged: Judged) -> Ending:
        proof = await self._prove(scene, ground, judged)
        pushed, title = await self._push(scene, ground, judged)
        if ground.reading.rules.browser.pictures:
            shown = await show_pictures(scene.context, self._workshop, scene.door.remote, judged.checks)
            proof = replace(proof, pictures=shown)
        await scene.announcer.enter(Phase.PULL_REQUEST)
        await authorise(scene.context, self._workshop, scene.forge)
        opened = await open_pull_request(
            scene.context,
            self._workshop,
            scene.forge,
            pushed=pushed,
            base_branch=ground.reading.facts.default_branch,
            title=title,
            proof=proof,
        )
        otherwise = await read_back_delivery(
            scene.context,
            scene.forge,
            opened=opened,
            base_branch=ground.reading.facts.default_branch,
            pushed=pushed,
            proof=proof,
        )
        ending = Ending(Phase.COMPLETE, judged.decision.reason, pull_request=opened, confidence=judged.confidence)
        return add_reason(ending, otherwise)

    async def _escalate(self, scene: _Scene, ground: Ground, judged: Judged) -> Ending:
        """Hand branch, evidence and question to a person; no pull request."""
        scene.evidence = "\n\n".join(
            [describe_failure(judged.report, judged.comparison), *describe_checks(judged.checks)]
        )
        if scene.patch:
            return Ending(Phase.ESCALATED, judged.decision.reason, confidence=judged.confidence)
        if any(check.must_stay for check in judged.checks):
            reason = f"{judged.decision.reason} {NOT_PUSHED}"
            return Ending(Phase.ESCALATED, reason, confidence=judged.confidence)
        await self._push(scene, ground, judged)
        reason = f"{judged.decision.reason} The change is on a branch; please look at it and decide."
        ending = Ending(Phase.ESCALATED, reason, confidence=judged.confidence)
        return add_reason(ending, " ".join(question_reasons(judged.claim)))

    async def _push(self, scene: _Scene, ground: Ground, judged: Judged) -> tuple[Pushed, str]:
        """Push the change after the last look at who may; return what was pushed and the commit's subject."""
        context, issue = scene.context, ground.reading.issue
        await authorise(context, self._workshop, scene.forge)
        await scene.announcer.enter(Phase.GIT_COMMIT)
        title = subject(honest_title(judged.claim.title, judged.scrutiny), issue.title)
        summary = drop_false(judged.claim.summary, judged.scrutiny)
        scene.pushed = await push(
            context,
            self._workshop,
            scene.door,
            base=ground.base,
            changes=scene.talk.changes,
            message=commit_message(context.order, title, summary),
            branch=branch_name(context.order, issue.title),
        )
        return scene.pushed, title

    async def _prove(self, scene: _Scene, ground: Ground, judged: Judged) -> Proof:
        """Collect what the pull request states, with one more look at where the base branch is."""
        facts = await scene.context.step("read base", scene.forge.facts, RepositoryFacts, tries=GITHUB_TRIES)
        return replace(
            prove(scene.context, self._workshop, scene.talk, ground, judged),
            base_moved_to=facts.head if facts.head != ground.base else None,
            sections=scene.following.sections,
        )

    async def _keep(self, scene: _Scene, told: str) -> Ending:
        """End with what there is, which nobody judged: it is shown, and kept on a branch where it may be."""
        if scene.ground is None or not scene.talk.changes.files:
            return Ending(Phase.ESCALATED, f"{told} Nothing was changed.")
        scene.bench.changes = scene.talk.changes
        if scene.context.order.command.options.dry_run:
            scene.patch = await self._keeper(scene).diff()
            return Ending(Phase.ESCALATED, f"{told} What was changed so far is shown, untested.")
        issue = scene.ground.reading.issue
        kept = await self._keeper(scene).keep_unjudged(
            message=unfinished_message(scene.context.order, issue.title, f"{told} Nothing of this was tested."),
            branch=branch_name(scene.context.order, issue.title),
        )
        scene.pushed, scene.patch = kept.pushed, kept.patch
        scene.evidence = "\n\n".join(filter(None, (scene.evidence, kept.evidence)))
        return Ending(Phase.ESCALATED, f"{told} {kept.told}")

    def _keeper(self, scene: _Scene) -> Keeper:
        return Keeper(scene.context, self._workshop, scene.door, scene.bench, scene.announcer)
