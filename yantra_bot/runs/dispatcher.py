"""From the inbox to a run: each stored delivery is parsed again, authorised live, carried out and marked.

Deliveries of one thread are handled in their order, those of different threads side by side. What fails for a passing
reason stays in the inbox and is tried again; nothing else in it waits for that.
"""

import asyncio
import functools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace

import structlog

from yantra_bot.domain.commands import Command, CommandProblem, NoCommand, Verb
from yantra_bot.domain.events import (
    CheckFinished,
    CommentPosted,
    Delivery,
    Event,
    Ignored,
    InstallationChange,
    InstallationChanged,
    IssueLabelled,
    PullRequestChanged,
    Pushed,
)
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.errors import Permanent, Transient, UserError, YantraError
from yantra_bot.ports import Clock, ForgeFactory, Inbox
from yantra_bot.replies import commands as say
from yantra_bot.runs.orders import STARTERS, Orders
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.tally import DAY, MINUTE, Tally
from yantra_bot.webhooks import github_events
from yantra_bot.webhooks.commands import is_built, parse
from yantra_bot.webhooks.policy import Counts, Refused, Request, Rules, decide, screen

BATCH = 200
SIDE_BY_SIDE = 8
MAX_FAILURES = 8
"""Tries after which a delivery that meets a bug is given up; what fails for a passing reason is kept for a day."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 300.0

_log = structlog.get_logger()


class Dispatcher:
    """Empties the inbox for as long as control runs."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        orders: Orders,
        records: Records,
        forge: ForgeFactory,
        me: Callable[[Repository, int], Awaitable[Actor]],
        rules: Rules,
        models: tuple[str, ...],
        clock: Clock,
        polling_seconds: float,
        refresh: Callable[[Repository, int], None] = lambda *_: None,
        heed_check: Callable[[CheckFinished], str] = lambda _: "nothing to do for it",
    ) -> None:
        """`me` tells who the bot is, through a repository and its installation: asked only where bots may speak.

        `refresh` stores that the graph of a repository's default branch is to be made fresh, `heed_check` that failing
        checks are to be followed up; neither waits for anything.
        """
        self._inbox, self._orders, self._records, self._forge, self._me = inbox, orders, records, forge, me
        self._rules, self._models, self._clock, self._polling = rules, models, clock, polling_seconds
        self._refresh, self._heed_check = refresh, heed_check
        self._tally = Tally()
        self._failures: dict[int, tuple[int, float]] = {}
        self._parsed: dict[int, Event] = {}
        self._busy: dict[Hashable, asyncio.Task[None]] = {}
        self._gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def run(self) -> None:
        """Work until cancelled. A delivery that is being handled when that happens is handled again later."""
        try:
            while True:
                try:
                    await self.begin()
                except YantraError as problem:
                    _log.warning("the inbox cannot be read now", problem=str(problem))
                await asyncio.sleep(self._polling)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def drain(self) -> None:
        """Handle what is pending now and due."""
        await self.begin()
        await asyncio.gather(*self._busy.values())

    async def begin(self) -> None:
        """Begin with each thread that has something due and is not being handled; a slow one holds up no other."""
        now = self._clock.now()
        busy = frozenset(self._busy)
        # What waits to be tried again must not fill the whole batch, or nothing behind it would be seen.
        pending = await self._inbox.pending(BATCH + len(self._failures))
        self._parsed = {item.sequence: self._parsed.get(item.sequence) or _parse(item) for item in pending}
        threads: dict[Hashable, list[tuple[Delivery, Event]]] = defaultdict(list)
        for item in pending:
            event = self._parsed[item.sequence]
            threads[_thread(event, item)].append((item, event))
        for key, thread in threads.items():
            # What was read while a thread was being handled may be handled by now: it is read again.
            if key not in busy and self._failures.get(thread[0][0].sequence, (0, 0.0))[1] <= now:
                self._busy[key] = task = asyncio.create_task(self._follow(thread))
                task.add_done_callback(functools.partial(self._leave, key))

    def _leave(self, key: Hashable, _: asyncio.Task[None]) -> None:
        del self._busy[key]

    async def _follow(self, thread: Sequence[tuple[Delivery, Event]]) -> None:
        async with self._gate:
            for delivery, event in thread:
                try:
                    if not await self._handle(delivery, event):
                        return
                except YantraError as problem:
                    self._wait(delivery, problem)  # the inbox cannot be written now
                    return

    async def _handle(self, delivery: Delivery, event: Event) -> bool:
        """Act on one delivery; return False when its thread has to wait for it."""
        try:
            outcome = await self._act(delivery, event)
        except Transient as problem:
            return await self._postpone(delivery, problem)
        except (UserError, Permanent) as problem:
            outcome = f"refused: {problem}"
        except Exception as problem:  # noqa: BLE001 (one delivery's bug must not stop the others)
            _log.exception("a delivery could not be handled", delivery=delivery.delivery_id)
            return await self._postpone(delivery, Transient(type(problem).__name__), is_bug=True)
        self._failures.pop(delivery.sequence, None)
        await self._inbox.handled(delivery.sequence, outcome[:200])
        _log.info("delivery handled", delivery=delivery.delivery_id, event_name=delivery.event, outcome=outcome[:200])
        return True

    async def _postpone(self, delivery: Delivery, problem: Transient, *, is_bug: bool = False) -> bool:
        count = self._failures.get(delivery.sequence, (0, 0.0))[0] + 1
        if count > MAX_FAILURES and (is_bug or self._clock.now() > delivery.received_at + DAY):
            self._failures.pop(delivery.sequence, None)
            await self._inbox.handled(delivery.sequence, f"given up after {count} tries: {problem}"[:200])
            return True
        self._wait(delivery, problem)
        return False

    def _wait(self, delivery: Delivery, problem: YantraError) -> None:
        count = self._failures.get(delivery.sequence, (0, 0.0))[0] + 1
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(count - 1, 20), LONGEST_WAIT_SECONDS)
        asked = (problem.retry_after or 0.0) if isinstance(problem, Transient) else 0.0
        self._failures[delivery.sequence] = (count, self._clock.now() + max(wait, asked))
        _log.warning("delivery postponed", delivery=delivery.delivery_id, tries=count, problem=str(problem))

    async def _act(self, delivery: Delivery, event: Event) -> str:
        ignored = screen(event, self._rules, self._orders.is_worked_on)
        if ignored is not None:
            return f"ignored: {ignored.reason}"
        match event:
            case CommentPosted():
                return await self._hear(delivery, event)
            case IssueLabelled():
                place = self._place(delivery, event, comment_id=None)
                return await self._obey(Command(Verb.IMPLEMENT), place)
            case InstallationChanged():
                return await self._follow_installation(event)
            case PullRequestChanged():
                return await self._follow_pull(delivery, event)
            case Pushed():
                self._refresh(event.origin.repository, event.origin.installation_id)
                return "the graph of the default branch is to be made fresh"
            case CheckFinished():
                return self._heed_check(event)
        return "nothing to do for it yet"

    async def _hear(self, delivery: Delivery, event: CommentPosted) -> str:
        place = self._place(delivery, event, comment_id=event.comment_id)
        match parse(event.body, handle=self._rules.handle, models=self._models):
            case NoCommand():
                return await self._hear_reply(event, place)
            case Command() as command:
                return await self._obey(command, place)
            case CommandProblem() as problem:
                refusal = await self._judge(Verb.HELP, place)
                if refusal is not None:
                    return await self._refuse(refusal, place)
                return await self._answer(place, say.problem(problem, self._rules.handle))

    async def _hear_reply(self, event: CommentPosted, place: Place) -> str:
        """Answer a question in the thread of one of the bot's own remarks; else tell the run that works there."""
        if not await self._orders.owns_thread(place):
            return await self._orders.tell_run(place, event.body)
        return await self._obey(Command(Verb.EXPLAIN, event.body.strip()), place)

    async def _obey(self, command: Command, place: Place) -> str:
        refusal = await self._judge(command.verb, place)
        if refusal is not None:
            return await self._refuse(refusal, place)
        if (words := self._orders.misplaced(command.verb, place)) is not None:
            return await self._answer(place, words)
        if command.verb in STARTERS and self._records.is_paused(place.origin.repository.id):
            return await self._answer(place, say.refused("the operator paused the bot here."))
        self._note(place)
        return await self._orders.carry_out(command, place)

    async def _judge(self, verb: Verb, place: Place) -> Refused | None:
        """Decide with what the forge says now."""
        if not is_built(verb):
            verb = Verb.HELP
        rules = self._rules
        if place.sender.is_bot and rules.allowed_bots:
            rules = replace(rules, bot_id=(await self._me(place.origin.repository, place.origin.installation_id)).id)
        permission = await place.forge.permission(place.sender.login)
        issue = await place.forge.issue(place.issue_number) if permission.may_write else None
        request = Request(
            verb=verb,
            repository=place.origin.repository,
            sender=place.sender,
            permission=permission,
            is_open=issue is None or issue.is_open,
            is_locked=issue is not None and issue.is_locked,
        )
        decision = decide(request, rules, self._counts(place))
        self._tally.add(("person", place.sender.id), self._clock.now())
        return decision if isinstance(decision, Refused) else None

    def _counts(self, place: Place) -> Counts:
        now, repository, person = self._clock.now(), place.origin.repository.id, place.sender.id
        return Counts(
            person_this_minute=self._tally.count(("person", person), since=now - MINUTE),
            person_today=self._records.runs_of_person(person, since=now - DAY),
            repository_today=self._tally.count(("repository", repository), since=now - DAY),
            replies_in_thread_today=self._tally.count(("thread", repository, place.issue_number), since=now - DAY),
        )

    def _note(self, place: Place) -> None:
        self._tally.add(("repository", place.origin.repository.id), self._clock.now())

    async def _follow_pull(self, delivery: Delivery, event: PullRequestChanged) -> str:
        """Have it reviewed, within the limits for what nobody asked for: those of a person and of a repository."""
        now, key = self._clock.now(), ("reviews", event.origin.repository.id)
        if not event.is_over:
            if self._tally.count(key, since=now - DAY) >= self._rules.reviews_per_repository_a_day:
                return "not reviewed: the limit of reviews a day for this repository is reached"
            self._tally.add(key, now)
        return await self._orders.follow(event, delivery.content_key)

    async def _refuse(self, refusal: Refused, place: Place) -> str:
        if refusal.say:
            await self._answer(place, say.refused(refusal.reason))
        return f"refused: {refusal.reason}"

    async def _answer(self, place: Place, text: str) -> str:
        self._tally.add(("thread", place.origin.repository.id, place.issue_number), self._clock.now())
        return await self._orders.reply(place, text)

    async def _follow_installation(self, event: InstallationChanged) -> str:
        if event.change not in (InstallationChange.REMOVED, InstallationChange.SUSPENDED):
            return f"installation {event.change}"
        ids = frozenset(repository.id for repository in event.repositories)
        count = await self._orders.stop_all(
            ids, installation_id=event.installation_id, by=f"The {event.change} installation"
        )
        return f"installation {event.change}: {count} runs stopped"

    def _place(self, delivery: Delivery, event: CommentPosted | IssueLabelled, *, comment_id: int | None) -> Place:
        return Place(
            origin=event.origin,
            issue_number=event.issue_number,
            comment_id=comment_id,
            sender=event.sender,
            content_key=delivery.content_key,
            forge=self._forge(event.origin.repository, event.origin.installation_id),
            is_pull_request=event.is_pull_request,
            thread_id=event.thread_id if isinstance(event, CommentPosted) else 0,
        )


def _parse(delivery: Delivery) -> Event:
    try:
        return github_events.parse(delivery.event, delivery.body)
    except UserError as problem:  # another version of the door has let it in
        return Ignored(str(problem))


def _thread(event: Event, delivery: Delivery) -> Hashable:
    """Return what has to be handled in order: an issue's events among each other, everything else by itself."""
    if isinstance(event, CommentPosted | IssueLabelled):
        return event.origin.repository.id, event.issue_number
    if isinstance(event, PullRequestChanged):
        return event.origin.repository.id, event.number
    return delivery.sequence
