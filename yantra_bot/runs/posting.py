"""Posts a review: remarks, threads, code scanning, check, summary, each a step that finds what it wrote before.

Nothing is written for a head that is not the pull request's any more, for a closed pull request, or after a stop: that
is looked at right before each write. It never approves and never merges.
"""

from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version
from typing import Any, TypeVar

from yantra_bot.domain.findings import RuleInfo
from yantra_bot.domain.remarks import Posted, Remark
from yantra_bot.domain.repository import PullRequest
from yantra_bot.domain.review import Review
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Stopped, UserError, YantraError
from yantra_bot.ports import Forge
from yantra_bot.replies.review import posted as say
from yantra_bot.replies.review.annotations import check_report
from yantra_bot.replies.review.inline import Inline, inline_comments
from yantra_bot.replies.review.markdown import Links
from yantra_bot.replies.review.sarif import sarif_text
from yantra_bot.replies.review.summary import LIMIT, summary
from yantra_bot.replies.review.wording import judge
from yantra_bot.review_ports import Reviews
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import heed_stop
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.posting_plan import Plan, lost_sight, make_plan, who_declined
from yantra_bot.runs.review_check_run import CHECK_NAME, ReviewCheck, unless_refused
from yantra_bot.runs.review_lessons import Settled
from yantra_bot.runs.review_memory import recall_wishes, remember
from yantra_bot.runs.review_rules import ReviewSettings
from yantra_bot.runs.workshop import Workshop

T = TypeVar("T")


class Moved(Exception):
    """The pull request has another head than the one that was reviewed."""


class Poster:
    """Writes of one run. `begin` says for which head, before anything else."""

    def __init__(self, context: RunContext, workshop: Workshop, forge: Forge) -> None:
        self._context, self._workshop, self._forge = context, workshop, forge
        self._pull: PullRequest | None = None
        self._settings = ReviewSettings()
        self._check = ReviewCheck(context, workshop, forge)
        self._is_done = False
        self.settled = Settled()
        """What became of remarks, once the review is posted."""

    def begin(self, pull: PullRequest, settings: ReviewSettings | None = None) -> None:
        """Work for a pull request as it is now."""
        self._pull, self._settings = pull, settings or ReviewSettings()

    async def show_progress(self) -> None:
        """Show that the head is being looked at."""
        await self._check.open(self._head)

    async def post(self, review: Review, *, previous: Review | None, rules: Sequence[RuleInfo] = ()) -> str:
        """Post a review; return how it ended, in one line. Raises Moved, Stopped, and what the forge refuses.

        `previous` is the one before, `rules` what is told of the findings' rules.
        """
        reviews = self._reviews
        wishes = await recall_wishes(self._context, self._workshop.records)
        remarks = await self._step("read remarks", lambda: reviews.remarks(self._number), tuple[Remark, ...])
        deciders = await self._who_may_decide(remarks)
        plan = make_plan(review, remarks, deciders=deciders, ignored=wishes.ignored, posted_before=wishes.posted)
        shown = inline_comments(plan.review, links=self._links(review), known=plan.known)
        posted = await self._post_remarks(shown)
        is_blind = lost_sight(review, previous)
        fixed = () if is_blind else plan.fixed
        await self._settle(fixed, plan.back)
        self.settled = Settled(fixed, plan.declined)
        problems = [
            await self._hand_to_scanning(plan.review, rules),
            await self._show_check(plan.review),
            say.blind(self._head) if is_blind and plan.fixed else "",
        ]
        await self._sum_up(plan, shown, posted, [one for one in problems if one])
        self._is_done = True
        at = await self._context.now()
        await remember(self._context, self._workshop.records, review, shown=plan.review, at=at)
        return say.result(judge(plan.review).headline, posted.count, len(fixed))

    async def close(self, ending: Ending) -> None:
        """Leave no check open, and say why there is no result, where that is worth a word. Never fails."""
        if self._is_done or self._pull is None:
            return
        await self._check.end(ending)
        if ending.phase is Phase.STOPPED or self._context.order.installation_id == 0:
            return
        body = say.ended(ending.reason, self._head, self._page_url)

        async def put() -> str:
            try:
                await self._forge.put_comment(self._number, tag=say.TAG, body=body)
            except YantraError as problem:
                return str(problem)
            return ""

        await self._context.step("say why", put, str)

    async def _who_may_decide(self, remarks: tuple[Remark, ...]) -> tuple[str, ...]:
        """Return those of the people who declined something who may write here: nobody else's no counts."""
        logins = tuple(dict.fromkeys(login for remark in remarks for login in who_declined(remark)))
        if not logins:
            return ()

        async def ask() -> tuple[str, ...]:
            return tuple([login for login in logins if (await self._forge.permission(login)).may_write])

        who: tuple[str, ...] = await self._step("who may decline", ask, tuple[str, ...])
        return who

    async def _post_remarks(self, shown: Inline) -> Posted:
        new = shown.comments
        if not new:
            return Posted()

        async def write() -> Posted:
            body = say.remarks_body(len(new))
            found = await self._reviews.post(self._number, commit=self._head, body=body, remarks=new)
            there = tuple(one.fingerprint for one in new if one.fingerprint not in found.refused)
            order = self._context.order
            self._workshop.records.remember_remarks(order.repository.id, order.issue_number, there)
            self._audit(f"post {found.count} remarks on #{self._number}")
            return found

        return await self._write("post remarks", write, Posted)

    async def _settle(self, fixed: tuple[Remark, ...], back: tuple[Remark, ...]) -> None:
        """Resolve the threads of what is fixed, and open those of what came back."""
        if not fixed and not back:
            return

        async def write() -> int:
            done = [await self._reviews.resolve(self._number, one, reason=say.fixed(self._head)) for one in fixed]
            done += [await self._reviews.reopen(one) for one in back]
            self._audit(f"settle {len(done)} threads on #{self._number}")
            return sum(done)

        await self._write("settle threads", write, int)

    async def _hand_to_scanning(self, review: Review, rules: Sequence[RuleInfo]) -> str:
        """Hand the findings to code scanning where the repository wants that; return what stood against it."""
        if not self._settings.code_scanning:
            return ""
        sarif = sarif_text(review, rules, version=version("yantra-bot")).encode()

        async def write() -> str:
            ref = f"refs/pull/{self._number}/head"
            problem = await unless_refused(self._reviews.upload_sarif(sarif, commit=self._head, ref=ref))
            self._audit(f"upload findings of #{self._number}")
            return problem

        problem = await self._write("code scanning", write, str)
        return say.no_scanning(problem) if problem else ""

    async def _show_check(self, review: Review) -> str:
        """Show the finished check; return what stood against it."""
        report = check_report(review, links=self._links(review))

        async def write() -> str:
            problem = await self._check.put(self._head, report)
            self._audit(f"check {CHECK_NAME} of #{self._number}")
            return problem

        problem = await self._write("check", write, str)
        self._check.close()
        return say.no_check(problem) if problem else ""

    async def _sum_up(self, plan: Plan, shown: Inline, posted: Posted, problems: list[str]) -> None:
        """Write the one comment, or edit it in place."""
        notes = [
            say.declined(len(plan.declined)) if plan.declined else "",
            say.ignored(len(plan.ignored)) if plan.ignored else "",
            say.unplaced(len(posted.refused)) if posted.refused else "",
            *problems,
        ]
        footer = say.footer(
            head=plan.review.head,
            base=plan.review.base,
            page_url=self._page_url,
            handle=self._workshop.handle,
            notes=[note for note in notes if note],
        )
        at_lines = {one.fingerprint for one in shown.comments} - set(posted.refused) | plan.known
        links = self._links(plan.review)
        body = summary(plan.review, links=links, inline=at_lines, limit=LIMIT - len(footer)) + footer

        async def write() -> int:
            comment = await self._forge.put_comment(self._number, tag=say.TAG, body=body)
            self._audit(f"summary of #{self._number}")
            return comment

        await self._write("summary", write, int)

    async def _write(self, name: str, work: Callable[[], Awaitable[T]], result: Any) -> T:
        """Write if the pull request still is what was reviewed; raise Moved when it has another head."""

        async def write() -> T | None:
            return await work() if await self._is_current() else None

        done: T | None = await self._context.step(name, write, result | None, tries=GITHUB_TRIES)
        if done is None:
            raise Moved
        return done

    async def _is_current(self) -> bool:
        heed_stop(self._context, self._workshop)
        if self._workshop.records.is_paused(self._context.order.repository.id):
            raise UserError("The operator paused the bot, so nothing more was written.")
        now = await self._forge.pull_request(self._number)
        if not now.is_open:
            raise Stopped("The pull request was closed meanwhile, so nothing more was written.")
        return now.head_sha == self._head

    async def _step(self, name: str, work: Callable[[], Awaitable[Any]], result: Any) -> Any:
        return await self._context.step(name, work, result, stoppable=True, tries=GITHUB_TRIES)

    def _links(self, review: Review) -> Links:
        address = self._pull.url.rpartition("/pull/")[0] if self._pull is not None else ""
        return Links(address, review.base, review.head)

    def _audit(self, what: str) -> None:
        self._workshop.audit(self._context.order, what, self._head)

    @property
    def _reviews(self) -> Reviews:
        if self._forge.reviews is None:
            raise UserError("There are no pull requests here to review.")
        return self._forge.reviews

    @property
    def _page_url(self) -> str:
        return self._workshop.page_url(self._context.order.run_id)

    @property
    def _number(self) -> int:
        return self._context.order.issue_number

    @property
    def _head(self) -> str:
        return "" if self._pull is None else self._pull.head_sha
