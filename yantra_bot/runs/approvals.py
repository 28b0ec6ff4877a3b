"""Approvals: what people decide about plans, by a comment or by a reaction, and runs that go on with it.

A sweep looks at the thumbs on plans that wait, and on proposals, a few a time. Responsible for a run that something was
decided about going on, whatever fell in between: it is woken until it has heard, and a proposal is looked at until its
thumb was acted on. It must never end by what is answered to it.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.plan import Decision, Means, Verdict
from yantra_bot.domain.repository import Actor
from yantra_bot.errors import Transient, YantraError
from yantra_bot.ports import Clock, ForgeFactory
from yantra_bot.runs.proposals import Offer
from yantra_bot.runs.records import Records
from yantra_bot.runs.tally import DAY
from yantra_bot.runs.thumbs import FOR, Thumbs, pause_of
from yantra_bot.runs.waits import Wait

LOOKS_A_SWEEP: Final = 20
"""At plans, and as many at proposals."""
_CHANGES: Final = re.compile(r"with\s+changes?\b[\s:,.\-–—]*", re.IGNORECASE)

_log = structlog.get_logger()


def read_decision(command: Command, *, by: str, means: Means = Means.COMMENT) -> Decision | None:
    """Return what `approve` or `reject` says; None where changes are announced and none are named."""
    text = command.argument.strip()
    if command.verb is Verb.REJECT:
        return Decision(Verdict.REJECTED, by, text.lstrip(":,-–— "), means)
    found = _CHANGES.match(text)
    if found is None:
        return Decision(Verdict.APPROVED, by, text.lstrip(":,-–— "), means)
    changes = text[found.end() :].strip()
    return Decision(Verdict.CHANGED, by, changes, means) if changes else None


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is looked, in seconds: `sweep` at what is due, `often` at the reactions of a young plan."""

    sweep: float = 1.0
    often: float = 20.0


class HeedThumb(Protocol):
    """Acts on a thumb of a person on a proposal; returns a few words for the record."""

    def __call__(self, offer: Offer, by: Actor, *, is_up: bool) -> Awaitable[str]: ...


class Approvals:
    """Looks after the plans and the proposals that wait."""

    def __init__(
        self,
        *,
        records: Records,
        forge: ForgeFactory,
        wake: Callable[[str], Awaitable[None]],
        heed_thumb: HeedThumb,
        clock: Clock,
        pace: Pace,
    ) -> None:
        """`wake` lets a parked run go on, and does nothing for one that is at work."""
        self._records, self._forge, self._wake, self._clock, self._pace = records, forge, wake, clock, pace
        self._heed_thumb = heed_thumb
        self._thumbs = Thumbs(clock)

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the databases answer)
                _log.warning("what waits for people could not be looked at; it is tried again", problem=str(problem))
            await self._clock.sleep(self._pace.sweep)

    async def sweep(self) -> None:
        """Look at what is due, then wake every run that something was decided about."""
        now = self._clock.now()
        for wait in self._records.waits_to_look_at(now=now, limit=LOOKS_A_SWEEP):
            if wait.due <= now:
                self._records.decide(wait.run_id, Decision(Verdict.EXPIRED), at=now)
                continue
            pause = await self._try_to_look(self._look_at_plan(wait), since=wait.asked_at, about=wait.run_id)
            if pause is not None:
                self._records.look_again(wait.run_id, at=now + pause)
        for run_id in self._records.decided_runs():
            await self._wake(run_id)
        for offer in self._records.offers_to_look_at(now=now, since=now - DAY, limit=LOOKS_A_SWEEP):
            pause = await self._try_to_look(self._look_at_offer(offer), since=offer.at, about=offer.thumb_key)
            self._records.look_at_offer(offer, at=None if pause is None else now + pause)

    async def _try_to_look(self, look: Awaitable[bool], *, since: float, about: str) -> float | None:
        """Look; return after how many seconds to look again, None where nothing is left to be seen."""
        pause = pause_of(self._clock.now() - since, often=self._pace.often)
        try:
            return None if await look else pause
        except YantraError as problem:
            asked = problem.retry_after if isinstance(problem, Transient) else None
            _log.warning("thumbs could not be looked at", about=about, problem=str(problem))
            return max(pause, asked or 0.0)

    async def _look_at_plan(self, wait: Wait) -> bool:
        """Decide by the first thumb that counts; return whether there was one."""
        order = self._records.order(wait.run_id)
        # From a terminal the person there is asked; what is deployed is agreed to in words: a thumb names no pin.
        if order is None or order.installation_id == 0 or wait.comment_id == 0:
            return False
        forge = self._forge(order.repository, order.installation_id)
        thumb = await self._thumbs.first(forge, wait.comment_id, about=wait.run_id)
        if thumb is None:
            return False
        verdict = Verdict.APPROVED if thumb.content == FOR else Verdict.REJECTED
        decision = Decision(verdict, thumb.by.login, means=Means.REACTION)
        self._records.decide(wait.run_id, decision, at=self._clock.now())
        return True

    async def _look_at_offer(self, offer: Offer) -> bool:
        """Act on the first thumb that counts, once, whatever comes of it; return whether there was one."""
        forge = self._forge(offer.origin.repository, offer.origin.installation_id)
        thumb = await self._thumbs.first(forge, offer.comment_id, about=offer.thumb_key)
        if thumb is None:
            return False
        outcome = await self._heed_thumb(offer, thumb.by, is_up=thumb.content == FOR)
        _log.info("a thumb was heeded", about=offer.thumb_key, by=thumb.by.login, outcome=outcome[:200])
        return True
