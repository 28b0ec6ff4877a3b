"""One stage watched in a step: what is seen is shown as it is seen, and what people say meanwhile counts at once.

Where a roll-out holds still, it is watched on: what breaks while a person thinks is gone back from without them.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.deploy.watching import Watching, watch
from yantra_bot.deploy_ports import Cluster
from yantra_bot.domain.deploying import Asked, Asking, Deployment
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Act, Action, Before, Sample, Stage, Watched
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.errors import Transient
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deploying.kit import ShippingKit
from yantra_bot.runs.deploying.telling import Live, Telling
from yantra_bot.runs.deploying.words import Said, Word
from yantra_bot.runs.workshop import Workshop

BACK: Final = 1_000
"""Number of the first stage that goes back. People are not heard then: there is nothing to be decided."""
FRESH_SECONDS: Final = 5.0
"""What lies between a change and the beginning of its watch, where nothing died in between."""
LISTEN_SECONDS: Final = 0.3
"""Between two looks at what people said."""
ROUND_SECONDS: Final = 60.0
"""For how long what holds still is watched before its deadline counts anew."""
_SIGNS: Final = {Verdict.PASS: "✔", Verdict.FAIL: "✖", Verdict.INCONCLUSIVE: "?", Verdict.ERROR: "?"}


@dataclass(frozen=True, slots=True)
class WatchedStage:
    """How a stage ended, and whether that is a judgement of the version: what a person says is none."""

    watched: Watched
    is_judged: bool = True


class StageWatch:
    """Watches the stages of one roll-out."""

    def __init__(
        self,
        context: RunContext,
        workshop: Workshop,
        kit: ShippingKit,
        cluster: Cluster,
        telling: Telling,
        *,
        environment: Environment,
        before: Before,
    ) -> None:
        self._context, self._workshop, self._kit = context, workshop, kit
        self._cluster, self._telling = cluster, telling
        self._environment, self._before = environment, before
        self._known: Sequence[WorkloadState] = ()

    async def __call__(self, number: int, stage: Stage, *, began_at: float, commit: str) -> WatchedStage:
        """Return how it ended. A kill has it watched anew, with its time anew: it may have been down for long."""

        async def work() -> WatchedStage:
            began = max(began_at, self._workshop.clock.now() - FRESH_SECONDS)
            async with self._telling.live(self._workshop.clock) as live:
                ended = await self._listen(number, stage, live, began_at=began, commit=commit)
                if ended.watched.action.act is not Act.ASK or number >= BACK:
                    return ended
                return await self._hold(number, stage, ended, live, commit=commit)

        asked = encode((number, stage.name, began_at, commit), tuple[int, str, float, str])
        ended = await self._context.step("watch stage", work, WatchedStage, request=asked)
        self._known = ended.watched.workloads or self._known
        return ended

    async def _listen(
        self, number: int, stage: Stage, live: Live, *, began_at: float, commit: str, until: float | None = None
    ) -> WatchedStage:
        """Watch until something is decided by what is seen or by a person; `until` ends it with a question."""
        clock = self._workshop.clock
        watching = asyncio.ensure_future(
            watch(
                stage,
                self._watching(number, began=began_at, commit=commit),
                lambda *news: live.offer(self._show(*news)),
            )
        )
        try:
            while not watching.done():
                if (said := self._said(number)) is not None:
                    return WatchedStage(Watched(said, ()), is_judged=False)
                if until is not None and clock.now() >= until:
                    return WatchedStage(Watched(Action(Act.ASK, ""), ()), is_judged=False)
                await asyncio.wait({watching}, timeout=LISTEN_SECONDS)
            return WatchedStage(watching.result())
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await watching

    def _watching(self, number: int, *, began: float, commit: str) -> Watching:
        return Watching(
            environment=self._environment,
            cluster=self._cluster,
            checks=self._kit.checks,
            clock=self._workshop.clock,
            mark=self._context.order.run_id,
            commit=commit,
            before=self._before,
            began=began,
            known=self._known,
            is_promoted=lambda: bool(self._promoted_by(number)),
        )

    async def _hold(self, number: int, stage: Stage, asked: WatchedStage, live: Live, *, commit: str) -> WatchedStage:
        """Hold still until a person says what to do, or it becomes clear by itself."""
        clock, action = self._workshop.clock, asked.watched.action
        due = await self._ask_people(number)
        meanwhile = replace(stage, asks=False, hold_seconds=0.0)
        ended = asked
        while True:
            if ended.watched.action.is_promotable and (by := self._promoted_by(number)):
                return _promoted(ended, action, by=by)
            if clock.now() >= due:
                late = Action(Act.ROLL_BACK, self._too_late(number, action))
                return WatchedStage(replace(asked.watched, action=late), is_judged=False)
            self._telling.put(asking=Asking(Asked.GO_ON, _why(action), due))
            live.offer(self._telling.shown)
            now = clock.now()
            until = min(due, now + ROUND_SECONDS)
            ended = await self._listen(number, meanwhile, live, began_at=now, commit=commit, until=until)
            found = ended.watched.action
            if found.act in (Act.ROLL_BACK, Act.LEAVE) or (found.act is Act.GO_ON and not stage.asks):
                return ended
            if found.act is Act.GO_ON:  # well, and a person is to agree
                found = replace(found, is_promotable=True)
                ended = replace(ended, watched=replace(ended.watched, action=found))
            # The question that a promotion cut short is the one before, unless that has passed: it was no longer so.
            if ended.is_judged and not (action.is_promotable and self._promoted_by(number)):
                action = found
            await clock.sleep(LISTEN_SECONDS)

    async def _ask_people(self, number: int) -> float:
        """Store that a stage holds still, waiting for as long as the records are unavailable; return until when."""
        clock, records, run_id = self._workshop.clock, self._workshop.records, self._context.order.run_id
        while True:
            try:
                return records.hold_still(run_id, number, due=clock.now() + self._kit.hold_seconds)
            except Transient:
                await clock.sleep(LISTEN_SECONDS)

    def _said(self, number: int) -> Action | None:
        """Return what people want done at once; a stop is an abort: nothing is left half-way."""
        stopped, said = self._words(number)
        if stopped is not None or (said is not None and said.word is Word.ABORT):
            return Action(Act.ROLL_BACK, f"{stopped or (said.by if said else '')} ended it.")
        return None

    def _promoted_by(self, number: int) -> str:
        """Return who wants the stage to go on; empty: nobody. That counts once there is nothing against it."""
        _, said = self._words(number)
        return said.by if said is not None and said.word is Word.PROMOTE else ""

    def _words(self, number: int) -> tuple[str | None, Said | None]:
        """Return who stopped the run, and what was said of a stage."""
        run_id, records = self._context.order.run_id, self._workshop.records
        if number >= BACK:
            return None, None
        try:
            return records.stop_requested(run_id), records.said_of(run_id, number)
        except Transient:  # the records cannot be read for a moment: what was said is there at the next look
            return None, None

    def _too_late(self, number: int, action: Action) -> str:
        minutes = f"within {self._kit.hold_seconds / 60:.0f} minutes."
        if by := self._promoted_by(number):
            return f"{action.reason} {by} promoted it, but it was not whole and readable {minutes}"
        return f"{action.reason} Nobody said whether it goes on {minutes}"

    def _show(self, workloads: Sequence[WorkloadState], samples: Sequence[Sample], now: str) -> Deployment:
        lines = [f"{one.name}: {_replicas(one)}" for one in workloads]
        lines += [f"{_SIGNS[one.verdict]} {one.check}: {one.detail}" for one in samples]
        return replace(self._telling.shown, now=now, details=tuple(lines))


def _promoted(ended: WatchedStage, question: Action, *, by: str) -> WatchedStage:
    """Return that a stage goes on by a person's word: with what was asked, since nothing else was found."""
    action = Action(Act.GO_ON, f"{by} promoted it. {question.reason}", question.evidence)
    return WatchedStage(replace(ended.watched, action=action), is_judged=False)


def _why(question: Action) -> str:
    """Return a question; where nobody's word is enough, with what has to be first."""
    more = "" if question.is_promotable else " Promoting it counts once it is whole and can be read."
    return f"{question.reason}{more}"


def _replicas(one: WorkloadState) -> str:
    ready = one.new.ready if one.new is not None else 0
    return f"{ready} of {one.wanted} new pods ready, {max(0, one.existing - one.updated)} old ones left"
