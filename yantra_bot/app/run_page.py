"""What control shows of runs on the metrics page beside their ends: what is at work, where time and tokens went.

It reads the records every few seconds; nothing here slows a run or can end one.
"""

import asyncio
from collections import Counter as Tally
from collections import deque
from itertools import pairwise
from typing import Final

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.domain.run import Outcome, Phase, RunEnded
from yantra_bot.errors import YantraError
from yantra_bot.ports import Clock, ToolBatch
from yantra_bot.runs.codec import decode_envelope
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.records import Records

LOOK_SECONDS: Final = 5.0
MOST_WAITING: Final = 1_000
_SECONDS: Final = (1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400)
_TESTS: Final = ("test#", "test base#", "prove on base#")

_log = structlog.get_logger()


class RunPage:
    """Numbers of runs, their phases, models and sandboxes."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def count(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(name, text, labels, registry=registry, multiprocess_mode="livemostrecent")

        self._at_work = gauge("yantra_runs_at_work", "Runs that have not ended, by the phase they are in.", "phase")
        self._queued = gauge("yantra_queue_depth", "Runs that wait for their turn.")
        self._phases = Histogram(
            "yantra_phase_seconds", "Time in each phase.", ["phase"], buckets=_SECONDS, registry=registry
        )
        self._tokens = count("yantra_run_tokens_total", "Tokens that ended runs have used.", "kind")
        self._calls = count("yantra_model_calls_total", "Calls of models of ended runs, by who answered.", "answer")
        self._sandbox = count(
            "yantra_sandbox_failures_total", "What could not be run, or was ended by a limit, in sandboxes.", "what"
        )
        self._steps = count("yantra_failed_steps_total", "Steps of ended runs that failed, by kind.", "kind")
        self._ended: deque[str] = deque(maxlen=MOST_WAITING)
        self._shown: set[Phase] = set()

    def hear(self, outcome: Outcome) -> None:
        """Count one outcome; what else its run did is read later."""
        if not isinstance(outcome, RunEnded):
            return
        spent = outcome.ending.spent
        self._tokens.labels("input").inc(spent.input_tokens)
        self._tokens.labels("output").inc(spent.output_tokens)
        self._calls.labels("model").inc(max(0, spent.model_calls - spent.kept_answers))
        self._calls.labels("cache").inc(spent.kept_answers)
        self._ended.append(outcome.order.run_id)

    async def watch(self, records: Records, clock: Clock) -> None:
        """Look until cancelled. Records that cannot be read now are read later."""
        while True:
            try:
                self.look(records)
                # A long run has much to read: nobody else waits for it.
                await asyncio.to_thread(self.count_ended, records)
            except YantraError as problem:
                _log.warning("runs cannot be counted now", problem=str(problem))
            await clock.sleep(LOOK_SECONDS)

    def look(self, records: Records) -> None:
        """Show what is at work now."""
        phases = Tally(records.phase_of(order.run_id) for order in records.active())
        for phase in self._shown | set(phases):
            self._at_work.labels(phase).set(phases[phase])
        self._shown |= set(phases)
        self._queued.set(phases[Phase.QUEUED])

    def count_ended(self, records: Records) -> None:
        """Count what the runs did that ended since. Raises YantraError where they cannot be read now."""
        while self._ended:
            run_id = self._ended.popleft()
            try:
                self._count_run(records, run_id)
            except YantraError:
                self._ended.appendleft(run_id)
                raise
            except Exception:  # noqa: BLE001 (a step that cannot be read is not counted, and ends no server)
                _log.exception("a run's steps cannot be counted", run_id=run_id)

    def _count_run(self, records: Records, run_id: str) -> None:
        phases, steps = records.timeline(run_id), records.steps(run_id)
        for (phase, began), (_, ended) in pairwise(phases):
            self._phases.labels(phase).observe(max(0.0, ended - began))
        for step in steps:
            if step.error is not None:
                self._steps.labels(step.error).inc()
            elif step.envelope:
                self._count_sandbox(step, step.envelope)

    def _count_sandbox(self, step: StepRow, envelope: str) -> None:
        if step.name.startswith("tools#"):
            batch: ToolBatch = decode_envelope(envelope, ToolBatch)
            limited = sum(1 for one in batch.executions if one.exit_code is None and not one.refusal)
            self._sandbox.labels("command").inc(limited)
        elif step.name.startswith(_TESTS):
            report: TestReport = decode_envelope(envelope, TestReport)
            self._sandbox.labels("tests").inc(report.verdict is Verdict.ERROR)
