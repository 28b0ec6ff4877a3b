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
from yantra_bot.runs.deploying.words import Word
from yantra_bot.runs.workshop import Workshop

BACK: Final = 1_000
"""Number of the first stage that goes back. People are not heard then: there is nothing to be decided."""
FRESH_SECONDS: Final = 5.0
"""What lies between a change and the beginning of its watch, where nothing died in between."""
LISTEN_SECONDS: Final = 0.3
"""Between two looks at what people said."""
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
            watch(stage, self._watching(began=began_at, commit=commit), lambda *news: live.offer(self._show(*news)))
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

    def _watching(self, *, began: float, commit: str) -> Watching:
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
        )

    async def _hold(self, number: int, stage: Stage, asked: WatchedStage, live: Live, *, commit: str) -> WatchedStage:
        """Hold still until a person says what to do, or it becomes clear by itself."""
        clock, action = self._workshop.clock, asked.watched.action
        due = await self._ask_people(number)
        self._telling.put(asking=Asking(Asked.GO_ON, action.reason, due))
        live.offer(self._telling.shown)
        meanwhile = replace(stage, asks=False, hold_seconds=0.0)
        while clock.now() < due:
            ended = await self._listen(
                number, meanwhile, live, began_at=clock.now(), commit=commit, until=min(due, clock.now() + 60.0)
            )
            act = ended.watched.action.act
            if act in (Act.ROLL_BACK, Act.LEAVE) or (not ended.is_judged and act is Act.GO_ON):
                return ended
            if act is Act.GO_ON and not stage.asks:
                return ended
            await clock.sleep(LISTEN_SECONDS)
        reason = f"{action.reason} Nobody said whether it goes on within {self._kit.hold_seconds / 60:.0f} minutes."
        return WatchedStage(replace(asked.watched, action=Action(Act.ROLL_BACK, reason)), is_judged=False)

    async def _ask_people(self, number: int) -> float:
        """Store that a stage holds still, waiting for as long as the records are unavailable; return until when."""
        clock, records, run_id = self._workshop.clock, self._workshop.records, self._context.order.run_id
        while True:
            try:
                return records.hold_still(run_id, number, due=clock.now() + self._kit.hold_seconds)
            except Transient:
                await clock.sleep(LISTEN_SECONDS)

    def _said(self, number: int) -> Action | None:
        """Return what people want done; a stop is an abort: nothing is left half-way."""
        try:
            return self._read_words(number) if number < BACK else None
        except Transient:  # the records cannot be read for a moment: what was said is there at the next look
            return None

    def _read_words(self, number: int) -> Action | None:
        run_id, records = self._context.order.run_id, self._workshop.records
        by = records.stop_requested(run_id)
        said = records.said_of(run_id, number)
        if by is not None or (said is not None and said.word is Word.ABORT):
            return Action(Act.ROLL_BACK, f"{by or (said.by if said else '')} ended it.")
        if said is not None:
            return Action(Act.GO_ON, f"{said.by} promoted it.")
        return None

    def _show(self, workloads: Sequence[WorkloadState], samples: Sequence[Sample], now: str) -> Deployment:
        lines = [f"{one.name}: {_replicas(one)}" for one in workloads]
        lines += [f"{_SIGNS[one.verdict]} {one.check}: {one.detail}" for one in samples]
        return replace(self._telling.shown, now=now, details=tuple(lines))


def _replicas(one: WorkloadState) -> str:
    ready = one.new.ready if one.new is not None else 0
    return f"{ready} of {one.wanted} new pods ready, {max(0, one.existing - one.updated)} old ones left"
