"""Begins the runs that follow something up: failing checks, or a review, of the bot's own open pull request.

What was heard waits as a stored wish until nothing more was said for a while, so that many checks of one head are one
run. Then the forge is asked what is true now. It begins at most so many runs for a head and for a pull request, and
where it begins none because of that, it says so once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import CheckFinished
from yantra_bot.domain.follow_up import Cause, CheckState, Follows
from yantra_bot.domain.repository import Actor, PullRequest
from yantra_bot.domain.run import Order
from yantra_bot.errors import Permanent, Transient, UserError, YantraError
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.ports import Clock, Forge, ForgeFactory
from yantra_bot.replies import follow_up as say
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.follow_memory import FollowUpWish
from yantra_bot.runs.follow_up_review import find_asked
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.rules import PATH, parse_rules

FOLLOW_UP_STORY: Final = "follow-up"
LOOK_SECONDS: Final = 1.0
BATCH: Final = 20
MAX_TRIES: Final = 60
"""How often a wish is put off; with the waits between that is half an hour at least."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FollowUpLimits:
    """How long is waited, in seconds, and how many runs may begin by themselves."""

    quiet: float = 30.0
    """Without another failing check, until a head is followed up."""
    longest: float = 600.0
    """From the first failing check on, whatever still runs or fails."""
    per_head: int = 3
    """For one commit and one cause."""
    checks_per_pull: int = 6
    """Over all heads: a check that fails by chance must not go round for ever."""
    reviews_per_pull: int = 20
    """The same for reviews: each needs a person, but people can be many."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be followed up, in a few words, and in whose name."""

    what: str
    by: Actor


class _Later(Exception):
    """Not now: the wish is kept. Never seen outside."""


class FollowUps:
    """Keeps wishes, and grants those that are due, for as long as control runs."""

    def __init__(
        self,
        *,
        engine: Engine,
        records: Records,
        forge: ForgeFactory,
        clock: Clock,
        new_run_id: Callable[[str], str],
        handle: str,
        limits: FollowUpLimits,
    ) -> None:
        self._engine, self._records, self._forge, self._clock = engine, records, forge, clock
        self._new_run_id, self._name, self._limits = new_run_id, handle, limits

    def heed_check(self, event: CheckFinished) -> str:
        """Store that a head's checks failed; return a few words for the record. Raises StorageUnavailable."""
        limits = self._limits
        self._records.wish_follow_up(
            event.origin.repository,
            event.origin.installation_id,
            Cause.CHECKS,
            event.head_sha,
            at=self._clock.now(),
            quiet=limits.quiet,
            longest=limits.longest,
        )
        return f"the failing checks of {event.head_sha[:12]} are looked at in {limits.quiet:.0f} s"

    def heed_review(self, place: Place) -> str:
        """Store that a review asks for something; return a few words for the record. Raises StorageUnavailable."""
        limits, origin = self._limits, place.origin
        self._records.wish_follow_up(
            origin.repository,
            origin.installation_id,
            Cause.REVIEW,
            str(place.issue_number),
            at=self._clock.now(),
            quiet=limits.quiet,
            longest=limits.longest,
        )
        return f"the review is looked at in {limits.quiet:.0f} s"

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self.drain()
            except YantraError as problem:
                _log.warning("what is to be followed up cannot be read now", problem=str(problem))
            await asyncio.sleep(min(LOOK_SECONDS, max(self._limits.quiet, 0.01)))

    async def drain(self) -> None:
        """Grant what is due now."""
        for wish in self._records.follow_up_wishes(now=self._clock.now(), limit=BATCH):
            await self._handle(wish)

    async def _handle(self, wish: FollowUpWish) -> None:
        try:
            outcome = await self._grant(wish)
        except (_Later, Transient) as problem:
            if wish.tries < MAX_TRIES:
                wait = (problem.retry_after or 0.0) if isinstance(problem, Transient) else 0.0
                self._records.put_off_follow_up(wish, due=self._clock.now() + max(self._limits.quiet, wait))
                return
            outcome = f"given up: {problem}"
        except (UserError, Permanent) as problem:
            outcome = f"nothing is done: {problem}"
        except Exception as problem:  # noqa: BLE001 (one wish's bug must not stop the others)
            _log.exception("a follow-up could not begin", repository=wish.repository.full_name)
            outcome = f"a bug: {type(problem).__name__}"
        self._records.end_follow_up_wish(wish, at=self._clock.now())
        _log.info("follow-up", repository=wish.repository.full_name, subject=wish.subject, outcome=outcome)

    async def _grant(self, wish: FollowUpWish) -> str:
        if self._records.is_paused(wish.repository.id):
            return "the operator paused the bot"
        forge = self._forge(wish.repository, wish.installation_id)
        if (pulls := forge.follow_ups) is None:
            return "this forge has no checks"
        is_check = wish.cause is Cause.CHECKS
        pull = await (pulls.own_pull_at(wish.subject) if is_check else pulls.own_pull(int(wish.subject)))
        if pull is None or not pull.is_open:
            return "no open pull request of the bot's has this head"
        opener = self._opener(wish, pull)
        rules = parse_rules(await forge.read_file(PATH))
        if not (rules.enabled and (rules.follow_up.ci if is_check else rules.follow_up.reviews)):
            return f"{PATH} switches it off"
        if (hush := self._records.hush_of_pull(wish.repository.id, pull.number)) is not None:
            return f"{hush.by} wants quiet there"
        found = await (self._find_failing(wish, pulls, opener) if is_check else self._find_asked(forge, pulls, pull))
        if found is None:
            return "nothing of it is left to be done"
        order = self._order(wish, pull, opener, found)
        if (limit := self._limit_against(order)) is not None:
            body = say.enough(found.what, limit)
            await forge.put_comment(pull.number, tag=f"limit:{wish.cause}:{pull.head_sha[:16]}", body=body)
            return f"the limit is reached: {limit}"
        return await self._begin(order)

    def _opener(self, wish: FollowUpWish, pull: PullRequest) -> Order:
        """Return the order that the pull request came of: in its name, and by its person's right, work goes on."""
        opener = self._records.opener_of_pull(wish.repository.id, pull.number)
        if opener is not None:
            return opener
        if any(order.repository.id == wish.repository.id for order in self._records.active()):
            raise _Later("the run that opened it may not have ended")
        raise Permanent(f"nobody here knows who ordered #{pull.number}")

    async def _find_failing(self, wish: FollowUpWish, pulls: FollowUpForge, opener: Order) -> _Found | None:
        """Return which checks fail; wait for others that still run, but not for ever."""
        checks = [one for one in await pulls.checks(wish.subject) if not one.is_own]
        failing = sorted({one.name for one in checks if one.is_failing})
        if failing and _still_run(checks) and self._clock.now() < wish.since + self._limits.longest:
            raise _Later("other checks still run")
        return _Found(f"failing {say.name_checks(failing)}", opener.requested_by) if failing else None

    async def _find_asked(self, forge: Forge, pulls: FollowUpForge, pull: PullRequest) -> _Found | None:
        """Return what people ask for in reviews; the order is of who spoke last."""
        asked = await find_asked(forge, pulls, pull.number, handle=self._name)
        if asked.is_empty:
            return None
        return _Found(say.name_review(len(asked.threads), len(asked.summaries)), asked.by)

    def _order(self, wish: FollowUpWish, pull: PullRequest, opener: Order, found: _Found) -> Order:
        key = f"follow-up:{wish.repository.id}:{wish.cause}:{wish.subject}:{wish.since!r}"
        return Order(
            run_id=self._new_run_id(key),
            repository=wish.repository,
            installation_id=wish.installation_id,
            issue_number=pull.number,
            command=Command(Verb.FIX),
            requested_by=found.by,
            comment_id=None,
            accepted_at=self._clock.now(),
            follows=Follows(wish.cause, pull.head_sha, opener.issue_number),
            incident=opener.incident,
        )

    def _limit_against(self, order: Order) -> str | None:
        """Return the limit that stands against one more run, in words; None where none does."""
        if order.follows is None or self._records.run(order.run_id) is not None:
            return None
        limits, follows = self._limits, order.follows
        heads = self._records.followed_heads(order.repository.id, order.issue_number, follows.cause)
        if heads.count(follows.head) >= limits.per_head:
            return f"{limits.per_head} follow-ups for one commit"
        most = limits.checks_per_pull if follows.cause is Cause.CHECKS else limits.reviews_per_pull
        if len(heads) >= most:
            return f"{most} follow-ups for the {follows.cause.plural} of one pull request"
        return None

    async def _begin(self, order: Order) -> str:
        known = self._records.run(order.run_id)
        if known is not None and known.ending is not None:
            return f"run {order.run_id} has ended already"
        repository, number = order.repository.id, order.issue_number
        holder = self._records.lock_issue(repository, number, order.run_id, at=order.accepted_at)
        if holder != order.run_id:
            raise _Later(f"run {holder} works on it")
        self._records.start_run(order, order.accepted_at)
        self._records.remember_follow_up(order, at=order.accepted_at)
        stored = self._records.order(order.run_id) or order
        await self._engine.enqueue(FOLLOW_UP_STORY, stored)
        return f"run {order.run_id} is queued"


def _still_run(checks: list[CheckState]) -> bool:
    return any(not one.is_done for one in checks)
