"""What each command does once it may: start a run, stop one, repeat one, answer a question.

Every effect can be repeated: a delivery that is handled twice after a kill starts one run and posts one answer.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.run import Order
from yantra_bot.ports import Clock, Forge
from yantra_bot.replies import commands as say
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.records import Records
from yantra_bot.webhooks.commands import help_text

STORY = "implement"
STARTERS = frozenset({Verb.IMPLEMENT, Verb.FIX, Verb.RETRY})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command was given and how it can be answered. `comment_id` is None for a label."""

    origin: Origin
    issue_number: int
    comment_id: int | None
    sender: Actor
    content_key: str
    forge: Forge

    @property
    def reply_tag(self) -> str:
        return say.tag(self.comment_id) if self.comment_id is not None else f"reply:{self.content_key[:16]}"


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
    ) -> None:
        self._engine, self._records, self._clock = engine, records, clock
        self._run_key, self._handle, self._models, self._page_url = run_key, handle, models, page_url

    async def carry_out(self, command: Command, place: Place) -> str:
        """Do what the command says; return a few words for the record."""
        match command.verb:
            case Verb.IMPLEMENT | Verb.FIX:
                return await self._start(command, place)
            case Verb.RETRY:
                return await self._retry(command, place)
            case Verb.STOP:
                return await self._stop(place)
            case Verb.STATUS:
                return await self._status(place)
            case Verb.HELP:
                return await self.reply(place, help_text(handle=self._handle, models=self._models))
            case _:
                return await self.reply(place, say.not_built(command.verb, self._handle))

    async def reply(self, place: Place, text: str) -> str:
        """Answer in the thread, once for each command."""
        await place.forge.put_comment(place.issue_number, tag=place.reply_tag, body=text)
        return text.splitlines()[0][:120]

    async def _start(self, command: Command, place: Place) -> str:
        run_id = new_run_id(self._run_key, place.content_key)
        known = self._records.run(run_id)
        if known is not None and known.ending is not None:
            return f"run {run_id} has ended already"
        await self._acknowledge(place)
        now = self._clock.now()
        holder = self._records.lock_issue(place.origin.repository.id, place.issue_number, run_id, at=now)
        if holder != run_id:
            return await self.reply(place, say.already_running(self._page_url(holder), self._handle))
        order = Order(
            run_id=run_id,
            repository=place.origin.repository,
            installation_id=place.origin.installation_id,
            issue_number=place.issue_number,
            command=command,
            requested_by=place.sender,
            comment_id=place.comment_id,
            accepted_at=now,
        )
        self._records.start_run(order, now)
        await self._engine.enqueue(STORY, order)
        return f"run {run_id} is queued"

    async def _acknowledge(self, place: Place) -> None:
        """Show at once that the order was seen."""
        if place.comment_id is not None:
            await place.forge.react(place.comment_id, "eyes")
        else:
            await place.forge.react_to_issue(place.issue_number, "eyes")

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
        return await self._start(again, place)

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
        if last is None:
            return await self.reply(place, say.status(None, None, ""))
        reason = last.ending.reason if last.ending else ""
        return await self.reply(place, say.status(self._page_url(last.order.run_id), last.phase, reason))
