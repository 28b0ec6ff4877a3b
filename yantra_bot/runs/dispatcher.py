"""From the inbox to a run: each stored delivery is parsed again, authorised live, carried out and marked.

Deliveries of one thread are handled in their order, those of different threads side by side. What fails for a passing
reason stays in the inbox and is tried again; nothing else in it waits for that.
"""

import asyncio
import functools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence

import structlog

from yantra_bot.domain.alert_events import AlertsHeard
from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.chat_events import ChatHeard
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import (
    CheckFinished,
    CommentPosted,
    Delivery,
    Event,
    Ignored,
    InstallationChange,
    InstallationChanged,
    IssueClosed,
    IssueLabelled,
    PullRequestChanged,
    Pushed,
    ReviewSubmitted,
)
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.errors import Permanent, Transient, UserError, YantraError
from yantra_bot.ports import Clock, ForgeFactory, Inbox
from yantra_bot.runs.listening import Listener
from yantra_bot.runs.orders import Orders
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.tally import DAY, Tally
from yantra_bot.webhooks import alert_events, github_events, slack_events
from yantra_bot.webhooks.policy import Rules, screen
from yantra_bot.webhooks.slack_intake import SOURCE

BATCH = 200
SIDE_BY_SIDE = 8
MAX_FAILURES = 8
"""Tries after which a delivery that meets a bug is given up; what fails for a passing reason is kept for a day."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 300.0

Heard = Event | ChatHeard | AlertsHeard
HearChat = Callable[[Delivery, ChatHeard], Awaitable[str]]
HearAlerts = Callable[[Sequence[Alert]], Awaitable[str]]
_log = structlog.get_logger()


async def _hear_no_chat(_delivery: Delivery, _event: ChatHeard) -> str:
    return "nothing to do: no chat is set up"


async def _hear_no_alerts(_alerts: Sequence[Alert]) -> str:
    return "nothing to do: no service is watched"


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
        heed_review: Callable[[Place], str] = lambda _: "nothing to do for it",
    ) -> None:
        """`me` tells who the bot is, through a repository and its installation: asked only where bots may speak.

        `refresh` stores that the graph of a repository's default branch is to be made fresh, `heed_check` that failing
        checks are to be followed up, `heed_review` what people ask for in a review; none waits for anything.
        """
        self._inbox, self._orders, self._rules, self._records = inbox, orders, rules, records
        self._clock, self._polling = clock, polling_seconds
        self._listener = Listener(
            orders=orders,
            records=records,
            forge=forge,
            me=me,
            rules=rules,
            models=models,
            clock=clock,
            heed_review=heed_review,
        )
        self.heed_thumb, self.obey = self._listener.heed_thumb, self._listener.obey
        self.hear_chat: HearChat = _hear_no_chat
        self.hear_alerts: HearAlerts = _hear_no_alerts
        self._refresh, self._heed_check = refresh, heed_check
        self._tally = Tally()
        self._failures: dict[int, tuple[int, float]] = {}
        self._parsed: dict[int, Heard] = {}
        self._busy: dict[Hashable, asyncio.Task[None]] = {}
        # Slack gives a window three seconds: it does not wait behind what GitHub is slow to answer, nor the reverse.
        self._gates = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(SIDE_BY_SIDE))

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
        threads: dict[Hashable, list[tuple[Delivery, Heard]]] = defaultdict(list)
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

    async def _follow(self, thread: Sequence[tuple[Delivery, Heard]]) -> None:
        async with self._gates[thread[0][0].source]:
            for delivery, event in thread:
                try:
                    if not await self._handle(delivery, event):
                        return
                except YantraError as problem:
                    self._wait(delivery, problem)  # the inbox cannot be written now
                    return

    async def _handle(self, delivery: Delivery, event: Heard) -> bool:
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

    async def _act(self, delivery: Delivery, event: Heard) -> str:
        if isinstance(event, ChatHeard | AlertsHeard):
            return await self._hear_others(delivery, event)
        ignored = screen(event, self._rules, self._orders.is_worked_on, self._orders.has_worked_on)
        if ignored is not None:
            return f"ignored: {ignored.reason}"
        match event:
            case CommentPosted():
                return await self._listener.hear(delivery, event)
            case ReviewSubmitted():
                return await self._listener.hear_review(delivery, event)
            case IssueLabelled() | IssueClosed():
                return await self._hear_issue(delivery, event)
            case InstallationChanged():
                return await self._follow_installation(event)
            case PullRequestChanged():
                return await self._follow_pull(delivery, event)
            case Pushed():
                self._records.note_reverts(event.origin.repository.id, event.reverts, head=event.after)
                self._refresh(event.origin.repository, event.origin.installation_id)
                return "the graph of the default branch is to be made fresh"
            case CheckFinished():
                return self._heed_check(event)
        return "nothing to do for it yet"

    async def _hear_issue(self, delivery: Delivery, event: IssueLabelled | IssueClosed) -> str:
        """Act on what was done to an issue, without a word."""
        if isinstance(event, IssueClosed):
            return await self._listener.hear_closed(delivery, event)
        return await self._listener.obey(
            Command(Verb.IMPLEMENT), self._listener.place(delivery, event, comment_id=None)
        )

    async def _hear_others(self, delivery: Delivery, event: ChatHeard | AlertsHeard) -> str:
        """Act on what did not come from the forge."""
        if isinstance(event, AlertsHeard):
            return await self.hear_alerts(event.alerts)
        return await self.hear_chat(delivery, event)

    async def _follow_pull(self, delivery: Delivery, event: PullRequestChanged) -> str:
        """Have it reviewed, within the limits for what nobody asked for: those of a person and of a repository."""
        now, key = self._clock.now(), ("reviews", event.origin.repository.id)
        if not event.is_over:
            if self._tally.count(key, since=now - DAY) >= self._rules.reviews_per_repository_a_day:
                return "not reviewed: the limit of reviews a day for this repository is reached"
            self._tally.add(key, now)
        return await self._orders.follow(event, delivery.content_key)

    async def _follow_installation(self, event: InstallationChanged) -> str:
        if event.change not in (InstallationChange.REMOVED, InstallationChange.SUSPENDED):
            return f"installation {event.change}"
        ids = frozenset(repository.id for repository in event.repositories)
        count = await self._orders.stop_all(
            ids, installation_id=event.installation_id, by=f"The {event.change} installation"
        )
        return f"installation {event.change}: {count} runs stopped"


def _parse(delivery: Delivery) -> Heard:
    try:
        if delivery.source == SOURCE:
            return slack_events.parse(delivery.event, delivery.body)
        if delivery.source == alert_events.SOURCE:
            return alert_events.parse(delivery.event, delivery.body)
        return github_events.parse(delivery.event, delivery.body)
    except UserError as problem:  # another version of the door has let it in
        return Ignored(str(problem))


def _thread(event: Heard, delivery: Delivery) -> Hashable:
    """Return what has to be handled in order: what concerns one issue, one person in a chat, one group of alerts."""
    if isinstance(event, AlertsHeard):
        return delivery.source, event.alerts[0].group or event.alerts[0].fingerprint
    if isinstance(event, ChatHeard):
        return event.place.team, event.place.user
    if isinstance(event, CommentPosted | IssueLabelled | IssueClosed):
        return event.origin.repository.id, event.issue_number
    if isinstance(event, PullRequestChanged | ReviewSubmitted):
        return event.origin.repository.id, event.number
    return delivery.sequence
