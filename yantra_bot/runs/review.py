"""The story of a review, top to bottom: read, fetch, have it looked at, let a model add to it, post, and say so.

A review belongs to one head. When the branch moves on while it goes on, nothing more is written for the old head: the
newer push's own review does that, or, where none begins by itself, this one begins again.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from yantra_bot.agent.loop import Conversation
from yantra_bot.domain.follow_up import OWN_BRANCHES
from yantra_bot.domain.repository import Permission, PullRequest, RepositoryFacts
from yantra_bot.domain.review import Review
from yantra_bot.domain.reviewed import Reviewed, ReviewWork
from yantra_bot.domain.run import Ending, Phase, Spent
from yantra_bot.errors import Permanent, Stopped, Transient, UserError, YantraError
from yantra_bot.ports import Forge, Remote, Reviewer
from yantra_bot.runs.asking import asking_all
from yantra_bot.runs.choosing import choose_model
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import GITHUB_TRIES, read_agents
from yantra_bot.runs.implement import INTERNAL
from yantra_bot.runs.posting import Moved, Poster
from yantra_bot.runs.posting_plan import carry_over
from yantra_bot.runs.remarks import add_remarks
from yantra_bot.runs.review_lessons import learn_from_review, recall_mistakes
from yantra_bot.runs.review_memory import recall_review
from yantra_bot.runs.review_orders import AGAIN
from yantra_bot.runs.rules import PATH, RepositoryRules, parse_rules
from yantra_bot.runs.scored import is_shown, judge_review
from yantra_bot.runs.workshop import Workshop

MAX_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reviewed in one round: a pull request with one head, and the rules of its base branch."""

    pull: PullRequest
    rules: RepositoryRules
    base: str
    """Where the head parted from its base branch; that branch's head where they have nothing in common."""
    has_merge_base: bool
    author_may_write: bool


@dataclass(slots=True)
class _Scene:
    """What the parts of one run share."""

    context: RunContext
    forge: Forge
    remote: Remote
    poster: Poster
    spent: Spent = field(default_factory=Spent)
    pull: PullRequest | None = None
    is_quiet: bool = False
    """Nothing is said of how it ended: nobody asked, and there was nothing to do."""


class ReviewPullRequest:
    """One run from an order to review, given by a person or by a push, to its ending."""

    def __init__(self, workshop: Workshop, reviewer: Reviewer) -> None:
        self._workshop = workshop
        self._reviewer = reviewer

    async def __call__(self, context: RunContext) -> Ending:
        """Run, and say how it ended."""
        order = context.order
        forge = self._workshop.forge(order.repository, order.installation_id)
        remote = self._workshop.remote(order.repository, order.installation_id)
        scene = _Scene(context, forge, remote, Poster(context, self._workshop, forge))
        try:
            ending = await self._end(scene)
        except Exception:  # a bug: people are told, and the engine keeps the evidence
            await scene.poster.close(Ending(Phase.FAILED, INTERNAL.format(run=order.run_id)))
            raise
        finally:
            await self._release(scene)
        ending = replace(ending, spent=scene.spent, pull_request=scene.pull)
        await context.phase(ending.phase)
        if not scene.is_quiet:
            await scene.poster.close(ending)
        return ending

    async def _end(self, scene: _Scene) -> Ending:
        try:
            return await self._work(scene)
        except Stopped as stop:
            return Ending(Phase.STOPPED, str(stop))
        except UserError as problem:
            return Ending(Phase.FAILED, str(problem))
        except (Transient, Permanent) as problem:
            return Ending(Phase.FAILED, f"{problem} `@{self._workshop.handle} review` starts it again.")

    async def _work(self, scene: _Scene) -> Ending:
        for _ in range(MAX_ROUNDS):
            await scene.context.phase(Phase.CONTEXT_ASSEMBLY)
            try:
                return await self._round(scene)
            except Moved:
                continue
        return Ending(Phase.STOPPED, "The branch was pushed to again and again. The next push or order reviews it.")

    async def _round(self, scene: _Scene) -> Ending:
        context, poster = scene.context, scene.poster
        pull = scene.pull = await self._read_pull(scene)
        rules = await self._read_rules(scene, pull)
        recalled = await recall_review(context, self._workshop.records)
        reason = self._reason_against(scene, pull, rules, recalled.head)
        if reason:
            scene.is_quiet = context.order.is_unasked
            return Ending(Phase.COMPLETE, f"Not reviewed: {reason}")
        poster.begin(pull, rules.review)
        await poster.show_progress()
        subject = await self._find_subject(scene, pull, rules)
        await context.phase(Phase.REVIEWING)
        reviewed = await self._review(scene, subject, since=recalled.head)
        review = carry_over(reviewed.review, recalled.review, reviewed.changed_since)
        review = await self._ask_model(scene, subject, review)
        review = await recall_mistakes(context, self._workshop, review, rules.memory)
        await context.phase(Phase.POSTING)
        told = await poster.post(review, previous=recalled.review, rules=reviewed.rules)
        await learn_from_review(
            context,
            self._workshop,
            poster.settled,
            recalled.review,
            rules.memory,
            author_may_write=subject.author_may_write,
        )
        return Ending(Phase.COMPLETE, told)

    async def _read_pull(self, scene: _Scene) -> PullRequest:
        number = scene.context.order.issue_number

        async def read() -> PullRequest:
            return await scene.forge.pull_request(number)

        return await scene.context.step("read pull request", read, PullRequest, stoppable=True, tries=GITHUB_TRIES)

    async def _read_rules(self, scene: _Scene, pull: PullRequest) -> RepositoryRules:
        """Read the rules of the base branch: the head's own are a stranger's word."""

        async def read() -> RepositoryRules:
            data = await scene.forge.read_file(PATH, branch=pull.base_branch)
            return parse_rules(data, test_seconds=self._workshop.limits.test_seconds)

        scene.poster.begin(pull)
        return await scene.context.step("read rules", read, RepositoryRules, stoppable=True, tries=GITHUB_TRIES)

    def _reason_against(self, scene: _Scene, pull: PullRequest, rules: RepositoryRules, known: str) -> str:
        """Return why there is nothing to review, empty where there is something."""
        wanted = rules.review
        if not pull.is_open:
            return "the pull request is closed."
        if not rules.enabled or not wanted.rules.enabled:
            return f"{PATH} of {pull.base_branch} switches it off."
        if not scene.context.order.is_unasked or scene.context.order.command.argument == AGAIN:
            return ""
        if pull.is_draft and not wanted.drafts:
            return "it is a draft."
        if pull.author is not None and pull.author.is_bot and not wanted.bots:
            return f"{PATH} of {pull.base_branch} wants no reviews of bots' pull requests."
        if pull.head_sha == known:
            return "this commit was reviewed already."
        return ""

    async def _find_subject(self, scene: _Scene, pull: PullRequest, rules: RepositoryRules) -> Subject:
        forge, context = scene.forge, scene.context

        async def read_facts() -> RepositoryFacts:
            return await forge.facts()

        async def read_base() -> str | None:
            return await forge.branch_head(pull.base_branch)

        async def find_merge_base() -> str | None:
            return await forge.merge_base(str(base), pull.head_sha)

        async def read_permission() -> Permission:
            author = pull.author
            if author is None or author.is_bot:
                return Permission.NONE
            return await forge.permission(author.login)

        facts = await context.step("read repository", read_facts, RepositoryFacts, stoppable=True, tries=GITHUB_TRIES)
        if facts.size_kb > self._workshop.limits.max_repository_kb:
            raise UserError(
                f"This repository has {facts.size_kb / 1024:,.0f} MB, and the limit is "
                f"{self._workshop.limits.max_repository_kb / 1024:,.0f} MB. The operator can raise "
                "YANTRA_MAX_REPOSITORY_MB."
            )
        base = await context.step("read base", read_base, str | None, stoppable=True, tries=GITHUB_TRIES)
        if base is None:
            raise UserError(f"The base branch {pull.base_branch} is gone. Point the pull request to another one.")
        parted = await context.step("merge base", find_merge_base, str | None, stoppable=True, tries=GITHUB_TRIES)
        permission = await context.step("read author", read_permission, Permission, stoppable=True, tries=GITHUB_TRIES)
        return Subject(pull, rules, parted or base, parted is not None, permission.may_write)

    async def _review(self, scene: _Scene, subject: Subject, *, since: str) -> Reviewed:
        """Fetch both versions and have a worker look at them."""
        order, pull = scene.context.order, subject.pull
        work = ReviewWork(
            base=subject.base,
            head=pull.head_sha,
            rules=subject.rules.review.rules,
            may_execute=_may_execute(pull),
            has_merge_base=subject.has_merge_base,
            since=since if since != pull.head_sha else "",
            briefs_model=self._asks_model(scene, subject),
        )

        async def fetch() -> None:
            await self._hold(scene, work)

        async def review() -> Reviewed:
            mirror = await self._hold(scene, work)

            def say_line(line: str) -> None:
                self._workshop.note(order.run_id, line)

            asked = replace(work, finds_similar=await is_shown(self._workshop, order.repository.id))
            reviewed = await self._reviewer(
                order.run_id, order.repository, mirror, asked, subject.rules.tests, say_line
            )
            judged = await judge_review(self._workshop, order, reviewed.review, is_own=_is_own(pull))
            return replace(reviewed, review=judged)

        await scene.context.step("fetch", fetch, type(None), stoppable=True, tries=3)
        return await scene.context.step("review", review, Reviewed, stoppable=True, tries=2)

    async def _hold(self, scene: _Scene, work: ReviewWork) -> Path:
        """Bring the commits; return the mirror. A head that was forced away may be gone: then it is not needed."""
        names = _names(scene.context.order.run_id)
        if work.since:
            with suppress(Permanent):
                await scene.remote.hold(work.since, names[2])
        await scene.remote.hold(work.base, names[1])
        return await scene.remote.hold(work.head, names[0])

    async def _release(self, scene: _Scene) -> None:
        for name in _names(scene.context.order.run_id):
            with suppress(YantraError):  # the next run's clean-up takes what could not be released now
                await scene.remote.release(name)

    def _asks_model(self, scene: _Scene, subject: Subject) -> bool:
        """Tell whether money may be spent: somebody who may write asked for it, or wrote the change."""
        has_model = bool(self._workshop.default_model) and self._workshop.limits.review_usd > 0
        is_wanted = has_model and subject.rules.review.rules.max_remarks > 0
        return is_wanted and (subject.author_may_write or not scene.context.order.is_unasked)

    async def _ask_model(self, scene: _Scene, subject: Subject, review: Review) -> Review:
        """Let a model add its remarks. Without one, or without anything to show it, the review stays as it is."""
        if not review.briefs:
            return review
        context, limits, options = scene.context, self._workshop.limits, scene.context.order.command.options
        talk = Conversation(await choose_model(context, self._workshop, None))
        talk.started_at = await context.now()
        agents = await read_agents(context, scene.forge, branch=subject.pull.base_branch)
        asked = (limits.review_usd, limits.budget.usd, options.budget_usd, subject.rules.budget_usd)
        budget = replace(limits.budget, usd=min(usd for usd in asked if usd is not None))
        try:
            return await add_remarks(
                review,
                talk,
                ask_all=asking_all(context, self._workshop, talk, shares=True),
                budget=budget,
                estimate=self._workshop.estimate,
                agents=agents or "",
            )
        finally:
            scene.spent = talk.spent


def _may_execute(pull: PullRequest) -> bool:
    """Tell whether code of the head may run in the sandbox: that of people who may push here, and the bot's own."""
    if pull.is_from_fork:
        return False
    is_bot = pull.author is not None and pull.author.is_bot
    return not is_bot or _is_own(pull)


def _is_own(pull: PullRequest) -> bool:
    return not pull.is_from_fork and pull.head_branch.startswith(OWN_BRANCHES)


def _names(run_id: str) -> tuple[str, str, str]:
    """Return under which names the mirror keeps the head, the base and the head of before for a run."""
    return run_id, f"{run_id}-base", f"{run_id}-since"
