"""The story of a follow-up, top to bottom: read what fails, mend it on the pull request's branch, prove, push, tell.

A run belongs to one head. Only a commit on top of that very head is ever pushed; where somebody else moved the branch,
theirs stands and the run ends. What could not be proven goes to a branch beside it, for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.corrections import describe_checks
from yantra_bot.agent.follow_up import APPLIED
from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.prompts import describe_failure
from yantra_bot.agent.suggestions import APPLY
from yantra_bot.agent.unfinished import Unfinished
from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.follow_up import Follows, Suggestion
from yantra_bot.domain.repository import PullRequest
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Permanent, Stopped, Transient, UserError
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.ports import ToolBatch
from yantra_bot.replies import follow_up as say
from yantra_bot.replies.scrutiny import drop_false, honest_title
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.attempts import NOTHING_CHANGED, Attempts
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import Door, Pushed, authorise, subject, unfinished_message
from yantra_bot.runs.finishing import add_reason, finish
from yantra_bot.runs.follow_up_answers import Outcome, find_words, post_answers
from yantra_bot.runs.follow_up_reading import NO_TASK, Task, read_around, read_pull, read_task, with_task
from yantra_bot.runs.follow_up_review import find_suggestions
from yantra_bot.runs.follow_up_writing import Told, push_on_top, tell
from yantra_bot.runs.gather import Ground, lay_ground
from yantra_bot.runs.implement import INTERNAL
from yantra_bot.runs.judged import GaveUp, Judged
from yantra_bot.runs.keeping import Keeper, Kept
from yantra_bot.runs.phases import Action
from yantra_bot.runs.proving import prove
from yantra_bot.runs.score_routing import route_by_score
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
    task: Task = NO_TASK
    applied: tuple[Suggestion, ...] = ()
    """What people suggested, and is in the tree as they wrote it."""
    is_stopped: bool = False
    pull: PullRequest | None = None
    ground: Ground | None = None
    pushed: Pushed | None = None
    """What went to the pull request's own branch."""
    kept: Pushed | None = None
    """What went to a branch beside it."""
    evidence: str = ""
    patch: str = ""
    routed: str = ""
    """Why the run has another model than the usual one."""


class FollowUp:
    """One run from an order to follow up to its ending."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def __call__(self, context: RunContext) -> Ending:
        """Run, and tell on the pull request how it ended."""
        scene = self._open(context)
        try:
            ending = await self._end(scene)
            await self._answer(scene, ending)
        except Exception:  # a bug: the person is told, and the engine keeps the evidence
            failed = Ending(Phase.FAILED, INTERNAL.format(run=context.order.run_id), spent=scene.talk.spent)
            await scene.announcer.show(failed)
            raise
        finally:
            await scene.bench.leave()
        ending = add_reason(ending, scene.routed)
        ending = replace(ending, spent=scene.talk.spent, pull_request=ending.pull_request or scene.pull)
        shown = {"patch": scene.patch, "evidence": scene.evidence}
        return await finish(
            context, scene.announcer, scene.door.forge, ending, pushed=scene.pushed or scene.kept, **shown
        )

    def _open(self, context: RunContext) -> _Scene:
        order, workshop = context.order, self._workshop
        forge = workshop.forge(order.repository, order.installation_id)
        remote = workshop.remote(order.repository, order.installation_id)
        if order.follows is None or forge.follow_ups is None:
            raise Permanent("This order follows nothing up. Order it anew.")
        return _Scene(
            context,
            Door(forge, remote),
            Bench(order, workshop, remote),
            Announcer(context, workshop, forge),
            Conversation(workshop.default_model),
            order.follows,
            forge.follow_ups,
        )

    async def _end(self, scene: _Scene) -> Ending:
        """Return the ending that the work comes to, expected failures included."""
        try:
            try:
                return await self._work(scene)
            except Unfinished as limit:
                return await self._end_early(scene, limit.told)
        except Stopped as stop:
            scene.is_stopped = True
            return Ending(Phase.STOPPED, str(stop))
        except (UserError, Transient, Permanent) as problem:
            return Ending(Phase.FAILED, str(problem))

    async def _answer(self, scene: _Scene, ending: Ending) -> None:
        """Answer what people said in a review, unless somebody stopped the run."""
        asked, commit = scene.task.asked, scene.pushed.commit if scene.pushed is not None else ""
        if asked.is_empty or scene.is_stopped:
            return
        outcome = Outcome(commit, scene.talk.changes.paths, ending.reason, scene.applied)
        answers = {}
        if ending.phase is Phase.COMPLETE and scene.ground is not None:
            budget = self._budget(scene.ground)
            answers = await find_words(scene.context, self._workshop, scene.talk, asked, outcome, budget)
        await post_answers(scene.context, self._workshop, scene.door.forge, asked, answers=answers, outcome=outcome)

    async def _work(self, scene: _Scene) -> Ending:
        context, forge = scene.context, scene.door.forge
        await scene.announcer.store(Phase.CONTEXT_ASSEMBLY)
        pull = await read_pull(context, forge)
        if not pull.is_open:
            return Ending(Phase.STOPPED, "The pull request was closed, so nothing was done.")
        if pull.head_sha != scene.follows.head:
            return Ending(Phase.STOPPED, say.moved())
        scene.pull = pull
        task = scene.task = await read_task(context, self._workshop, forge, scene.forge, pull, scene.follows)
        if task.against:
            return Ending(Phase.COMPLETE, task.against)
        await scene.announcer.show()
        scene.talk.started_at = await context.now()
        ground = scene.ground = await self._lay_ground(scene, pull, task)
        if ground.base != pull.head_sha:
            return Ending(Phase.STOPPED, say.moved())
        scene.routed = await route_by_score(context, self._workshop, ground.context.score, scene.talk)
        attempts = Attempts(context, self._workshop, scene.bench, scene.announcer, self._budget(ground), scene.talk)
        judged = await attempts.run(ground)
        if isinstance(judged, GaveUp):
            return await self._give_up(scene, judged)
        if judged.decision.action is Action.ESCALATE:
            return await self._hand_over(scene, pull, judged)
        return await self._deliver(scene, pull, ground, judged)

    async def _give_up(self, scene: _Scene, found: GaveUp) -> Ending:
        """End without a change: of a review that may be right, and each comment is told why."""
        scene.evidence = found.words
        if scene.talk.changes.files:
            return await self._end_early(scene, found.reason)
        if found.reason == NOTHING_CHANGED and not scene.task.asked.is_empty:
            return Ending(Phase.COMPLETE, "Nothing was changed; each comment is answered where it stands.")
        return Ending(Phase.ESCALATED, found.reason)

    async def _lay_ground(self, scene: _Scene, pull: PullRequest, task: Task) -> Ground:
        """Lay out the head, run its tests, put in what is suggested exactly, and say what the model is shown."""
        context, forge = scene.context, scene.door.forge
        reading, more = await read_around(context, self._workshop, forge, scene.forge, pull=pull, follows=scene.follows)
        # What fails, or is said, leads to the code that is concerned: it is searched for with it.
        sought = with_task(reading, task, body=f"{reading.issue.body}\n\n{task.data}")
        ground = await lay_ground(
            context, self._workshop, forge, sought, scene.bench, model=scene.talk.model, branch=pull.head_branch
        )
        difference = "" if task.asked.is_empty else more[-1][1]
        more = (*more, (task.heading, task.data))
        if shown := await self._apply(scene, task):
            more = (*more, (APPLIED, "\n\n".join(shown)))
        return replace(ground, reading=with_task(reading, task, body=""), more=more, difference=difference)

    async def _apply(self, scene: _Scene, task: Task) -> list[str]:
        """Put the suggestions into the tree; say of each that was taken what stands there now.

        What was not is the model's to do.
        """
        wanted = find_suggestions(task.asked)
        if not wanted:
            return []
        calls = [_as_call(one) for one in wanted]

        async def apply() -> ToolBatch:
            return await scene.bench.call(calls)

        asked = encode(wanted, tuple[Suggestion, ...])
        batch = await scene.context.step("suggestions", apply, ToolBatch, request=asked, stoppable=True, tries=2)
        scene.talk.changes = scene.bench.changes = batch.changes
        taken = {result.call_id: result.content for result in batch.results if not result.is_error}
        scene.applied = tuple(one for one in wanted if str(one.thread) in taken)
        return [f"id {one.thread}: {taken[str(one.thread)]}" for one in scene.applied]

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
            kept = await self._keep(scene, pull, judged.checks, f"{say.moved()} {judged.decision.reason}")
            return Ending(Phase.STOPPED, f"{say.moved()} {kept.told}")
        scene.pushed = pushed
        await scene.announcer.enter(Phase.PULL_REQUEST)
        proof = prove(context, self._workshop, scene.talk, ground, judged)
        told = Told(scene.task.what, title, judged.decision.reason)
        opened = await tell(
            context, self._workshop, forge, scene.forge, pull=pull, pushed=pushed, proof=proof, told=told
        )
        reason = f"Followed up {scene.task.what}. {judged.decision.reason}"
        return Ending(Phase.COMPLETE, reason, pull_request=opened, branch=pushed.branch, confidence=judged.confidence)

    async def _hand_over(self, scene: _Scene, pull: PullRequest, judged: Judged) -> Ending:
        """Keep what was tried on a branch of its own; the pull request stays as it was."""
        scene.evidence = "\n\n".join(
            [describe_failure(judged.report, judged.comparison), *describe_checks(judged.checks)]
        )
        kept = await self._keep(scene, pull, judged.checks, judged.decision.reason)
        reason = f"{judged.decision.reason} Nothing was pushed to the pull request. {kept.told}"
        return Ending(Phase.ESCALATED, reason, confidence=judged.confidence)

    async def _end_early(self, scene: _Scene, told: str) -> Ending:
        if scene.ground is None or scene.pull is None or not scene.talk.changes.files:
            return Ending(Phase.ESCALATED, f"{told} Nothing was changed.")
        scene.bench.changes = scene.talk.changes
        message = unfinished_message(scene.context.order, scene.pull.title, f"{told} Nothing of this was tested.")
        kept = await self._keeper(scene).keep_unjudged(message=message, branch=_branch_beside(scene.pull))
        self._note(scene, kept)
        return Ending(Phase.ESCALATED, f"{told} {kept.told}")

    async def _keep(self, scene: _Scene, pull: PullRequest, checks: Sequence[CheckResult], told: str) -> Kept:
        """Push what was judged to a branch beside the pull request's, unless it holds a secret."""
        message = unfinished_message(scene.context.order, pull.title, told)
        kept = await self._keeper(scene).keep(
            checks, message=message, branch=_branch_beside(pull), about="for a person"
        )
        self._note(scene, kept)
        return kept

    def _keeper(self, scene: _Scene) -> Keeper:
        return Keeper(scene.context, self._workshop, scene.door, scene.bench, scene.announcer)

    @staticmethod
    def _note(scene: _Scene, kept: Kept) -> None:
        scene.kept, scene.patch = kept.pushed, kept.patch
        scene.evidence = "\n\n".join(filter(None, (scene.evidence, kept.evidence)))


def _branch_beside(pull: PullRequest) -> str:
    return f"{pull.head_branch}-follow-up"


def _as_call(one: Suggestion) -> ToolCall:
    return ToolCall(
        str(one.thread), APPLY.name, {"path": one.path, "start": one.start, "end": one.end, "text": one.text}
    )
