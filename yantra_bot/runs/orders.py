"""What each command does once it may: start a run, stop one, repeat one, answer a question.

Every effect can be repeated: a delivery that is handled twice after a kill starts one run and posts one answer.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import PullRequestChanged
from yantra_bot.domain.plan import Decision, Means
from yantra_bot.domain.run import Order
from yantra_bot.ports import Clock
from yantra_bot.replies import commands as say
from yantra_bot.replies.slack import MOST_RUNS, no_runs
from yantra_bot.replies.slack import runs as list_runs
from yantra_bot.runs.approvals import read_decision
from yantra_bot.runs.deploying.orders import VERBS as DEPLOYING
from yantra_bot.runs.deploying.orders import DeployOrders
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.place import Place
from yantra_bot.runs.pull_memory import Quiet
from yantra_bot.runs.records import Records
from yantra_bot.runs.review_orders import ON_PULLS_ONLY, ReviewOrders, find_remark, react
from yantra_bot.runs.slack_linking import Linking
from yantra_bot.runs.steering import keep_for_run
from yantra_bot.runs.teaching import Teaching
from yantra_bot.runs.watching.words import IncidentWords
from yantra_bot.webhooks.verbs import help_text

STORY = "implement"
EXPLAIN_STORY = "explain"
WORKERS = frozenset({Verb.IMPLEMENT, Verb.FIX, Verb.PLAN})
ON_ISSUES_ONLY = frozenset({*WORKERS, Verb.APPROVE, Verb.REJECT})
STARTERS = frozenset({*WORKERS, Verb.APPROVE, Verb.RETRY, Verb.REVIEW, Verb.RESUME, Verb.EXPLAIN, Verb.DEPLOY})


def new_run_id(key: bytes, content_key: str) -> str:
    """Return the id of the run that a delivery starts: the same for the same content, and not to be guessed."""
    return hmac.new(key, content_key.encode(), hashlib.sha256).hexdigest()[:24]


class Orders:
    """Carries commands out."""

    def __init__(
        self,
        *,
        engine: Engine,
        records: Records,
        clock: Clock,
        run_key: bytes,
        handle: str,
        models: tuple[str, ...],
        page_url: Callable[[str], str],
        teaching: Teaching,
        has_clusters: bool = False,
    ) -> None:
        """`has_clusters` tells whether the operator named any, so that something can be deployed."""
        self.teaching = teaching
        self.linking = Linking(records, clock, handle=handle)
        self._engine, self._records, self._clock = engine, records, clock
        self._run_key, self._handle, self._models, self._page_url = run_key, handle, models, page_url
        new_id = partial(new_run_id, run_key)
        self._reviews = ReviewOrders(engine=engine, records=records, clock=clock, new_run_id=new_id, handle=handle)
        self._incidents = IncidentWords(records, clock)
        self._deploys = DeployOrders(
            engine=engine,
            records=records,
            clock=clock,
            new_run_id=new_id,
            handle=handle,
            page_url=page_url,
            is_connected=has_clusters,
        )

    def misplaced(self, command: Command, place: Place) -> str | None:
        """Return what to answer to a command that is given where it does nothing; None where it does."""
        verb = command.verb
        if self._is_for_deployment(command, place):
            return None
        if place.is_pull_request and verb in ON_ISSUES_ONLY:
            return say.not_on_pull_requests(verb, self._handle)
        if not place.is_pull_request and verb in ON_PULLS_ONLY:
            return say.only_on_pull_requests(verb, self._handle)
        return None

    def _is_for_deployment(self, command: Command, place: Place) -> bool:
        """Tell whether a yes or a no is meant for a deployment, and for no plan."""
        return command.verb in (Verb.APPROVE, Verb.REJECT) and self._deploys.waits_for(command, place)

    async def follow(self, event: PullRequestChanged, content_key: str) -> str:
        """Act on what happened to a pull request; return a few words for the record."""
        return await self._reviews.follow(event, content_key)

    async def carry_out(self, command: Command, place: Place) -> str:
        """Do what the command says; return a few words for the record."""
        is_for_deployment = bool(command.argument) and self._is_for_deployment(command, place)
        if not is_for_deployment and (words := self._incidents.obey(command, place)) is not None:
            return await self.reply(place, words)
        if command.verb in DEPLOYING or self._is_for_deployment(command, place):
            words = await self._deploys.obey(command, place)
            return await self.reply(place, words) if words else "a deployment is queued"
        return await self._obey(command, place)

    async def _obey(self, command: Command, place: Place) -> str:
        match command.verb:
            case Verb.IMPLEMENT | Verb.FIX | Verb.PLAN:
                return await self._start(command, place)
            case Verb.RETRY if not place.is_pull_request:
                return await self._retry(command, place)
            case Verb.REVIEW | Verb.RETRY:
                return await self._reviews.review(command, place)
            case Verb.PAUSE | Verb.RESUME | Verb.IGNORE:
                return await self._hold_back(command, place)
            case Verb.EXPLAIN:
                return await self._explain(command, place)
            case Verb.APPROVE | Verb.REJECT:
                return await self._decide(command, place)
            case Verb.STOP:
                return await self._stop(place)
            case Verb.STATUS:
                return await self._status(place)
            case Verb.REMEMBER | Verb.FORGET:
                return await self.reply(place, await self.teaching.obey(command, place))
            case _:
                return await self.reply(place, await self._tell(command, place))

    async def _tell(self, command: Command, place: Place) -> str:
        """Return what is answered to commands that start nothing, and that one of them does nothing yet."""
        match command.verb:
            case Verb.HELP:
                return help_text(handle=self._handle, models=self._models)
            case Verb.LINK | Verb.UNLINK:
                return await self.linking.obey(command, place)
            case Verb.RUNS:
                return self._runs(place)
        return say.not_built(command.verb, self._handle)

    def _runs(self, place: Place) -> str:
        """Return a list of what is at work in a repository."""
        orders = [one for one in self._records.active() if one.repository.id == place.origin.repository.id]
        shown = [(one, self._records.phase_of(one.run_id), self._page_url(one.run_id)) for one in orders[:MOST_RUNS]]
        return list_runs(shown, len(orders) - len(shown)) if shown else no_runs()

    async def reply(self, place: Place, text: str) -> str:
        """Answer in the thread, once for each command."""
        await place.reply(text)
        return text.splitlines()[0][:120]

    async def _start(self, command: Command, place: Place) -> str:
        run_id = new_run_id(self._run_key, place.content_key)
        known = self._records.run(run_id)
        if known is not None and known.ending is not None:
            return f"run {run_id} has ended already"
        await react(place, "eyes")
        now = self._clock.now()
        holder = self._records.lock_issue(place.origin.repository.id, place.issue_number, run_id, at=now)
        if holder != run_id:
            words = say.waiting if self._is_waiting(place) else say.already_running
            return await self.reply(place, words(self._page_url(holder), self._handle))
        order = Order(
            run_id=run_id,
            repository=place.origin.repository,
            installation_id=place.origin.installation_id,
            issue_number=place.issue_number,
            command=command,
            requested_by=place.sender,
            comment_id=place.comment_id,
            chat=place.ordered_in,
            accepted_at=now,
        )
        self._records.start_run(order, now)
        await self._engine.enqueue(STORY, order)
        return f"run {run_id} is queued"

    def _is_waiting(self, place: Place) -> bool:
        return self._records.wait_of_issue(place.origin.repository.id, place.issue_number) is not None

    async def _decide(self, command: Command, place: Place) -> str:
        """Store what a person decides about the plan that waits here, and let its run go on. The first one counts."""
        means = place.means if place.means is Means.BUTTON else Means.COMMENT
        decision = read_decision(command, by=place.sender.login, means=means)
        if decision is None:
            return await self.reply(place, say.which_changes(self._handle))
        wait = self._records.wait_of_issue(place.origin.repository.id, place.issue_number)
        if wait is None or place.run_id not in ("", wait.run_id):
            if self._has_decided(place, decision):
                return "decided already"
            return await self.reply(place, say.nothing_waits(self._handle))
        await react(place, "eyes")
        if not self._records.decide(wait.run_id, decision, at=self._clock.now()):
            return await self.reply(place, say.nothing_waits(self._handle))
        await self._engine.wake(wait.run_id)
        return f"run {wait.run_id}: {decision.verdict}"

    def _has_decided(self, place: Place, decision: Decision) -> bool:
        """Tell whether this very decision is the one of the issue's last run: a delivery that is handled twice."""
        last = self._records.last_run_of_issue(place.origin.repository.id, place.issue_number)
        return last is not None and self._records.decision(last.order.run_id) == decision

    async def _hold_back(self, command: Command, place: Place) -> str:
        """Leave a pull request alone, or no more, or a part of what is raised there."""
        if command.verb is Verb.PAUSE:
            return await self.reply(place, await self._reviews.hush(place, Quiet.PAUSED))
        if command.verb is Verb.IGNORE:
            return await self.reply(place, await self._reviews.ignore(command, place))
        words = await self._reviews.resume(command, place)
        return await self.reply(place, words) if words else "resumed; a review is queued"

    async def owns_thread(self, place: Place) -> bool:
        """Tell whether something was said in the thread of one of the bot's own remarks."""
        return await find_remark(place) is not None

    def is_worked_on(self, repository_id: int, issue_number: int) -> bool:
        """Tell whether a run works on an issue, or waits there for a person."""
        return self._records.issue_holder(repository_id, issue_number) is not None

    def has_worked_on(self, repository_id: int, number: int) -> bool:
        """Tell whether a run works or has worked on an issue, or has opened the pull request of this number."""
        return self._records.worker_of_thread(repository_id, number) is not None

    async def tell_run(self, place: Place, text: str) -> str:
        """Keep what was said to nobody for the run that works there; return a few words for the record."""
        return await keep_for_run(self._records, place, text)

    async def _explain(self, command: Command, place: Place) -> str:
        """Have a question answered. It changes nothing, so that it waits for no other run of the issue."""
        run_id = new_run_id(self._run_key, place.content_key)
        known = self._records.run(run_id)
        if known is not None and known.ending is not None:
            return f"run {run_id} has ended already"
        await react(place, "eyes")
        order = Order(
            run_id=run_id,
            repository=place.origin.repository,
            installation_id=place.origin.installation_id,
            issue_number=place.issue_number,
            command=command,
            requested_by=place.sender,
            comment_id=place.comment_id,
            chat=place.ordered_in,
            accepted_at=self._clock.now(),
            thread_id=place.thread_id,
        )
        self._records.start_run(order, order.accepted_at)
        await self._engine.enqueue(EXPLAIN_STORY, order, partition=f"{order.repository.id}/questions")
        return f"question {run_id} is queued"

    async def _retry(self, command: Command, place: Place) -> str:
        last = self._records.last_run_of_issue(place.origin.repository.id, place.issue_number)
        if last is None:
            return await self.reply(place, say.nothing_to_retry())
        options = last.order.command.options
        if command.options.budget_usd is not None:
            options = replace(options, budget_usd=command.options.budget_usd)
        if command.options.model is not None:
            options = replace(options, model=command.options.model)
        argument = "\n\n".join(text for text in (last.order.command.argument, command.argument) if text)
        again = Command(last.order.command.verb, argument, replace(options, dry_run=command.options.dry_run))
        return await self.carry_out(again, place)

    async def _stop(self, place: Place) -> str:
        active = self._records.active(place.origin.repository.id, place.issue_number)
        if not active:
            return await self.reply(place, say.nothing_to_stop())
        for order in active:
            await self.stop(order.run_id, by=place.sender.login)
        return await self.reply(place, say.stopping(self._page_url(active[0].run_id)))

    async def stop(self, run_id: str, *, by: str) -> None:
        """Ask a run to stop, durably, then wake it."""
        self._records.request_stop(run_id, by, at=self._clock.now())
        await self._engine.stop(run_id)

    async def stop_all(self, repository_ids: frozenset[int], *, installation_id: int, by: str) -> int:
        """Stop every run of an installation, or of some of its repositories; return how many."""
        concerned = [
            order
            for order in self._records.active()
            if order.installation_id == installation_id
            and (not repository_ids or order.repository.id in repository_ids)
        ]
        for order in concerned:
            await self.stop(order.run_id, by=by)
        return len(concerned)

    async def _status(self, place: Place) -> str:
        last = self._records.last_run_of_issue(place.origin.repository.id, place.issue_number)
        told = say.status(None, None, "")
        if last is not None:
            reason = last.ending.reason if last.ending else ""
            told = say.status(self._page_url(last.order.run_id), last.phase, reason)
        deployed = await self._deploys.tell(place)
        return await self.reply(place, f"{told}\n\n{deployed}" if deployed else told)
