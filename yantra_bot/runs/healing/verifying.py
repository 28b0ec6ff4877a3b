"""Watches a Deployment after an action, and after its undoing: whether it is whole, and whether it helped.

A kill has it watched anew, with its time anew: it may have been down for long. A Deployment that somebody else changes
meanwhile is left to them, and tells nothing of the action any more.
"""

import contextlib
from dataclasses import dataclass
from typing import Final

from yantra_bot.deploy.observing import observe
from yantra_bot.deploy_ports import Cluster
from yantra_bot.domain.healing import HealingPlan
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.errors import Transient, YantraError
from yantra_bot.monitor.healing import is_done
from yantra_bot.monitor.verifying import conclude, ruin_of
from yantra_bot.replies import healing as say
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.healing.acting import Acting
from yantra_bot.runs.healing.judging import Judged
from yantra_bot.runs.healing.sampling import Sampling
from yantra_bot.runs.workshop import Workshop

MOST_SEEN: Final = 12
LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether it helped, why, and what was seen, the last first."""

    verdict: Verdict
    why: str
    seen: tuple[str, ...] = ()
    is_foreign: bool = False
    stopped_by: str = ""
    """Who ended it before that could be told; empty: nobody."""


class Verifying:
    """Watches for one action."""

    def __init__(
        self, context: RunContext, workshop: Workshop, cluster: Cluster, sampling: Sampling, acting: Acting
    ) -> None:
        self._context, self._workshop, self._cluster = context, workshop, cluster
        self._sampling, self._acting = sampling, acting

    async def verify(self, judged: Judged, plan: HealingPlan, *, since: float) -> Verified:
        """Return whether it helped."""

        async def work() -> Verified:
            watch = _Watch(judged, plan, since=since, began=self._workshop.clock.now())
            while (found := await self._look(watch)) is None:
                await self._workshop.clock.sleep(watch.interval if watch.is_whole else LOOK_SECONDS)
            return found

        return await self._context.step("verify healing", work, Verified, request=str(since))

    async def _look(self, watch: "_Watch") -> Verified | None:
        clock, judged, plan = self._workshop.clock, watch.judged, watch.plan
        if (by := self._stopped_by()) is not None:
            return Verified(Verdict.FAIL, say.ended_by(by), tuple(watch.seen), stopped_by=by)
        state = await self._state(watch)
        if watch.is_foreign:
            return Verified(Verdict.INCONCLUSIVE, "", tuple(watch.seen), is_foreign=True)
        if state is not None:
            watch.is_whole = state.is_whole
            if ruin := ruin_of(state):
                return Verified(Verdict.FAIL, ruin, tuple(watch.seen))
        if watch.is_whole:
            watch.whole_at = watch.whole_at or clock.now()
            self._acting.free(judged.environment)
            sample = await self._sampling.sample(judged.incident, judged.watch, since=watch.since)
            watch.take(sample.verdict, f"{sample.check}: {sample.detail}")
        verdict = self._conclude(watch)
        if verdict is None:
            return None
        why = watch.seen[0] if watch.is_whole and watch.seen else f"{plan.target} is not whole."
        return Verified(verdict, why if why.endswith(".") else f"{why}.", tuple(watch.seen))

    def _conclude(self, watch: "_Watch") -> Verdict | None:
        """Return whether it helped, None while that is open. The watch counts from when it was whole."""
        now = self._workshop.clock.now()
        if not watch.whole_at:
            return Verdict.FAIL if now >= watch.began + watch.judged.environment.health.deadline_seconds else None
        lasted = now - watch.whole_at
        return conclude(watch.samples, is_whole=watch.is_whole, lasted=lasted, length=watch.length)

    async def _state(self, watch: "_Watch") -> WorkloadState | None:
        """Return the Deployment as it is; None where it cannot be read now, which is no news of it."""
        try:
            live = await self._cluster.read("Deployment", watch.plan.target)
            watch.is_foreign = live is None or not is_done(watch.plan, live)
            return await observe(self._cluster, watch.plan.target, at=self._workshop.clock.now())
        except YantraError as problem:
            watch.is_whole = False
            watch.tell(f"kubernetes: {problem}")
            return None

    async def settle(self, judged: Judged, plan: HealingPlan) -> str:
        """Wait until a Deployment whose action was undone is whole; return what keeps it from it, empty: nothing."""

        async def work() -> str:
            clock, began, problem = self._workshop.clock, self._workshop.clock.now(), ""
            while clock.now() < began + judged.environment.health.deadline_seconds:
                try:
                    state = await observe(self._cluster, plan.target, at=clock.now())
                    if state is not None and state.is_whole:
                        return ""
                    problem = f"{plan.target} is not whole again."
                except YantraError as trouble:
                    problem = str(trouble)
                await clock.sleep(LOOK_SECONDS)
            return problem

        return await self._context.step("settle healing", work, str)

    def _stopped_by(self) -> str | None:
        with contextlib.suppress(Transient):  # what was said is there at the next look
            return self._workshop.records.stop_requested(self._context.order.run_id)
        return None


class _Watch:
    """What one watch has seen."""

    def __init__(self, judged: Judged, plan: HealingPlan, *, since: float, began: float) -> None:
        self.judged, self.plan, self.since, self.began = judged, plan, since, began
        self.length = judged.watch.watch_minutes * 60
        self.interval = max(0.5, min(15.0, self.length / 10))
        self.samples: list[Verdict] = []
        self.seen: list[str] = []
        self.is_whole = False
        self.whole_at = 0.0
        self.is_foreign = False

    def take(self, verdict: Verdict, line: str) -> None:
        self.samples.append(verdict)
        self.tell(line)

    def tell(self, line: str) -> None:
        """Keep one line, unless it is the last again."""
        if self.seen[:1] != [line]:
            self.seen = [line[:300], *self.seen][:MOST_SEEN]
