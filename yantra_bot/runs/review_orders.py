"""What is done about pull requests: a review begins when one is opened or pushed to, or when somebody asks for it.

A newer order takes the place of a review that goes on: that one is stopped, and posts nothing more. Every effect can be
repeated, as those of `orders`.
"""

import re
from collections.abc import Callable
from typing import Final

from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.events import PullRequestChanged
from yantra_bot.domain.remarks import Remark
from yantra_bot.domain.run import Order
from yantra_bot.ports import Clock
from yantra_bot.replies import commands as say
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.place import Place
from yantra_bot.runs.pull_memory import Quiet
from yantra_bot.runs.records import Records

REVIEW_STORY: Final = "review"
ON_PULLS_ONLY: Final = frozenset({Verb.REVIEW, Verb.PAUSE, Verb.RESUME, Verb.IGNORE})
AGAIN: Final = "again"
"""What is asked where the check is to run again: a review, even of what was reviewed."""
MAX_WORDS: Final = 20
_RULE: Final = re.compile(r"[a-z0-9*?-]{1,40}(?:/[A-Za-z0-9_.*?-]{1,80})+")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")


class ReviewOrders:
    """Begins, replaces and holds back reviews."""

    def __init__(
        self, *, engine: Engine, records: Records, clock: Clock, new_run_id: Callable[[str], str], handle: str
    ) -> None:
        self._engine, self._records, self._clock = engine, records, clock
        self._new_run_id, self._handle = new_run_id, handle

    async def follow(self, event: PullRequestChanged, content_key: str) -> str:
        """Act on a pull request that was opened, pushed to, made ready or closed; return a few words for the record."""
        repository, number = event.origin.repository, event.number
        if event.is_over:
            if event.merge_commit:
                self._records.put_merge(repository.id, number, event.merge_commit)
            count = await self._stop_others(repository.id, number, by="Closing the pull request", is_over=True)
            return f"closed: {count} runs stopped"
        hush = self._records.hush_of_pull(repository.id, number)
        if hush is not None and not event.is_asked:
            await self._stop_others(repository.id, number, by="A newer push")
            return f"not reviewed: {hush.by} wants quiet there"
        if self._records.is_paused(repository.id):
            return "not reviewed: the operator paused the bot"
        order = Order(
            run_id=self._new_run_id(content_key),
            repository=repository,
            installation_id=event.origin.installation_id,
            issue_number=number,
            command=Command(Verb.REVIEW, AGAIN if event.is_asked else ""),
            requested_by=event.sender,
            comment_id=None,
            accepted_at=self._clock.now(),
        )
        return await self._begin(order, by="A newer push")

    async def review(self, command: Command, place: Place) -> str:
        """Begin a review that somebody asked for; the reaction says that it was heard."""
        await react(place, "eyes")
        order = Order(
            run_id=self._new_run_id(place.content_key),
            repository=place.origin.repository,
            installation_id=place.origin.installation_id,
            issue_number=place.issue_number,
            command=Command(Verb.REVIEW, command.argument, command.options),
            requested_by=place.sender,
            comment_id=place.comment_id,
            chat=place.ordered_in,
            accepted_at=self._clock.now(),
        )
        return await self._begin(order, by=f"A newer order of {place.sender.login}")

    async def hush(self, place: Place, quiet: Quiet) -> str:
        """Leave a pull request alone, and stop what goes on; return the words to answer with."""
        repository_id, number = place.origin.repository.id, place.issue_number
        self._records.hush_pull(repository_id, number, quiet, place.sender.login, at=self._clock.now())
        await self._stop_others(repository_id, number, by=place.sender.login)
        return say.paused(self._handle) if quiet is Quiet.PAUSED else say.left_alone(self._handle)

    async def resume(self, command: Command, place: Place) -> str | None:
        """Undo quiet and review, or raise the named rules again; return the words to answer with, if any."""
        repository_id, number = place.origin.repository.id, place.issue_number
        if words := command.argument.split()[:MAX_WORDS]:
            for word in words:
                self._records.heed_on_pull(repository_id, number, word)
            return say.heeding(words)
        self._records.unhush_pull(repository_id, number)
        await self.review(Command(Verb.REVIEW, "", Options()), place)
        return None

    async def ignore(self, command: Command, place: Place) -> str:
        """Ignore a remark, some rules or the whole pull request; return the words to answer with."""
        if place.thread_id:
            return await self._ignore_remark(place)
        words = command.argument.split()[:MAX_WORDS]
        if not words:
            return await self.hush(place, Quiet.IGNORED)
        odd = next((word for word in words if not _RULE.fullmatch(word) and not _FINGERPRINT.fullmatch(word)), None)
        if odd is not None:
            return say.no_rule(odd)
        for word in words:
            self._ignore(place, word)
        return say.ignoring(words, self._handle)

    async def _ignore_remark(self, place: Place) -> str:
        remark = await find_remark(place)
        if remark is None or place.forge.reviews is None:
            return say.no_remark()
        self._ignore(place, remark.fingerprint)
        await place.forge.reviews.resolve(place.issue_number, remark, reason=say.remark_ignored())
        return say.remark_ignored()

    def _ignore(self, place: Place, what: str) -> None:
        key = (place.origin.repository.id, place.issue_number)
        self._records.ignore_on_pull(*key, what, place.sender.login, at=self._clock.now())

    async def _begin(self, order: Order, *, by: str) -> str:
        known = self._records.run(order.run_id)
        if known is not None and known.ending is not None:
            return f"run {order.run_id} has ended already"
        self._records.start_run(order, order.accepted_at)
        await self._engine.enqueue(REVIEW_STORY, order, partition=f"{order.repository.id}/pull/{order.issue_number}")
        await self._stop_others(order.repository.id, order.issue_number, by=by, but=order.run_id)
        return f"review {order.run_id} is queued"

    async def _stop_others(
        self, repository_id: int, number: int, *, by: str, but: str = "", is_over: bool = False
    ) -> int:
        """Stop the reviews of a pull request that go on, all that were ordered before `but`; return how many.

        One that `is_over` has nothing followed up either.
        """
        stopped = 0
        for order in self._records.active(repository_id, number):
            if order.run_id == but:
                break
            if order.command.verb is Verb.REVIEW or (is_over and order.follows is not None):
                self._records.request_stop(order.run_id, by, at=self._clock.now())
                await self._engine.stop(order.run_id)
                stopped += 1
        return stopped


async def find_remark(place: Place) -> Remark | None:
    """Return the bot's own remark whose thread something was said in; None where it is another's, or no thread."""
    if place.forge.reviews is None or not place.thread_id:
        return None
    remarks = await place.forge.reviews.remarks(place.issue_number)
    return next((one for one in remarks if one.comment_id == place.thread_id), None)


async def react(place: Place, reaction: str) -> None:
    """Show at once that a command was seen. In a chat an answer at the door has said so."""
    if place.chat is not None:
        return
    if place.comment_id is None:
        await place.forge.react_to_issue(place.issue_number, reaction)
    elif place.thread_id and place.forge.reviews is not None:
        await place.forge.reviews.react(place.comment_id, reaction)
    else:
        await place.forge.react(place.comment_id, reaction)
