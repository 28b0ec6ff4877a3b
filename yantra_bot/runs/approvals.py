"""Approvals: what people decide about plans, by a comment or by a reaction, and runs that go on with it.

Reactions send no webhook, so that they are looked at: often while a plan is young, seldom later, a few plans a time;
and a person's permission is asked for once in a while only. Responsible for a run that something was decided about
going on, whatever fell in between: the sweep wakes it until it has heard. It must never end by what is answered to it.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.plan import Decision, Means, Verdict
from yantra_bot.domain.repository import Reaction
from yantra_bot.errors import Transient, YantraError
from yantra_bot.ports import Clock, Forge, ForgeFactory
from yantra_bot.runs.records import Records
from yantra_bot.runs.waits import Wait

PLANS_A_SWEEP: Final = 20
PERMISSIONS_A_LOOK: Final = 5
ASK_AGAIN_SECONDS: Final = 600.0
"""A stranger who has no say is asked about again only after this."""
SELDOM_SECONDS: Final = 600.0
YOUTH: Final = 0.05
"""A plan is looked at again after this share of its age."""
FOR: Final = "+1"
AGAINST: Final = "-1"
_CHANGES: Final = re.compile(r"with\s+changes?\b[\s:,.\-–—]*", re.IGNORECASE)

_log = structlog.get_logger()


def read_decision(command: Command, *, by: str) -> Decision | None:
    """Return what `approve` or `reject` says; None where changes are announced and none are named."""
    text = command.argument.strip()
    if command.verb is Verb.REJECT:
        return Decision(Verdict.REJECTED, by, text.lstrip(":,-–— "), Means.COMMENT)
    found = _CHANGES.match(text)
    if found is None:
        return Decision(Verdict.APPROVED, by, text.lstrip(":,-–— "), Means.COMMENT)
    changes = text[found.end() :].strip()
    return Decision(Verdict.CHANGED, by, changes, Means.COMMENT) if changes else None


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is looked, in seconds: `sweep` at what is due, `often` at the reactions of a young plan."""

    sweep: float = 1.0
    often: float = 20.0


class Approvals:
    """Looks after the plans that wait."""

    def __init__(
        self,
        *,
        records: Records,
        forge: ForgeFactory,
        wake: Callable[[str], Awaitable[None]],
        clock: Clock,
        pace: Pace,
    ) -> None:
        """`wake` lets a parked run go on, and does nothing for one that is at work."""
        self._records, self._forge, self._wake, self._clock, self._pace = records, forge, wake, clock, pace
        self._asked: dict[tuple[str, int], float] = {}

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the databases answer)
                _log.warning("plans that wait could not be looked at; it is tried again", problem=str(problem))
            await self._clock.sleep(self._pace.sweep)

    async def sweep(self) -> None:
        """Look at what is due, then wake every run that something was decided about."""
        now = self._clock.now()
        for wait in self._records.waits_to_look_at(now=now, limit=PLANS_A_SWEEP):
            if wait.due <= now:
                self._records.decide(wait.run_id, Decision(Verdict.EXPIRED), at=now)
                continue
            pause = min(SELDOM_SECONDS, max(self._pace.often, (now - wait.asked_at) * YOUTH))
            try:
                await self._look(wait)
            except YantraError as problem:
                asked = problem.retry_after if isinstance(problem, Transient) else None
                pause = max(pause, asked or 0.0)
                _log.warning("a plan's reactions could not be read", run_id=wait.run_id, problem=str(problem))
            self._records.look_again(wait.run_id, at=now + pause)
        for run_id in self._records.decided_runs():
            await self._wake(run_id)

    async def _look(self, wait: Wait) -> None:
        """Decide by the first reaction, up or down, of a person who may write now."""
        order = self._records.order(wait.run_id)
        if order is None or order.installation_id == 0:  # from a terminal: the person there is asked
            return
        forge = self._forge(order.repository, order.installation_id)
        now = self._clock.now()
        for reaction in self._candidates(wait, await forge.reactions(wait.comment_id))[:PERMISSIONS_A_LOOK]:
            if await self._may_decide(forge, reaction):
                verdict = Verdict.APPROVED if reaction.content == FOR else Verdict.REJECTED
                decision = Decision(verdict, reaction.by.login, means=Means.REACTION)
                self._records.decide(wait.run_id, decision, at=now)
                return
            self._asked[wait.run_id, reaction.by.id] = now + ASK_AGAIN_SECONDS

    def _candidates(self, wait: Wait, reactions: Sequence[Reaction]) -> list[Reaction]:
        """Return the reactions that may count, in their order; of who said both, none does."""
        now = self._clock.now()
        self._asked = {key: until for key, until in self._asked.items() if until > now}
        told: dict[int, set[str]] = {}
        for one in reactions:
            told.setdefault(one.by.id, set()).add(one.content)
        return [
            one
            for one in reactions
            if one.content in (FOR, AGAINST)
            and not one.by.is_bot
            and not told[one.by.id] >= {FOR, AGAINST}
            and (wait.run_id, one.by.id) not in self._asked
        ]

    @staticmethod
    async def _may_decide(forge: Forge, reaction: Reaction) -> bool:
        return (await forge.permission(reaction.by.login)).may_write
