"""A story from its first start to its stored ending, whatever it raises.

Responsible for every way out of a story becoming one ending, stored before anybody hears of it. It must never know
which engine runs the story.
"""

from dataclasses import replace

import structlog

from yantra_bot.domain.run import Ending, Order, Phase, Spent
from yantra_bot.errors import Stopped, YantraError
from yantra_bot.ports import Clock
from yantra_bot.runs.codec import StepBug, describe_bug
from yantra_bot.runs.context import Interrupted, OnAbandoned, RunContext, Story
from yantra_bot.runs.records import Records
from yantra_bot.runs.schema import StorageUnavailable
from yantra_bot.runs.steps import StepRunner

EVIDENCE = "evidence"
"""The note under which a bug's traceback is kept; for the operator, never for a comment."""

TELL_TRIES = 8

_log = structlog.get_logger()


class Conductor:
    """Runs stories against the records."""

    def __init__(self, records: Records, clock: Clock, runner: StepRunner) -> None:
        self._records = records
        self._clock = clock
        self._runner = runner

    async def begin(self, order: Order) -> int:
        """Make sure the run is recorded; return how often it was started since it last finished a step."""
        await self._runner.persist(lambda: self._records.start_run(order, self._clock.now()))
        return await self._runner.persist(lambda: self._records.count_launch(order.run_id))

    async def conduct(self, story: Story, context: RunContext) -> Ending:
        """Return the run's ending: the stored one when it has ended before, else the one its story comes to."""
        run_id = context.order.run_id
        ending = await self._runner.persist(lambda: self._records.ending(run_id))
        return await self.end(run_id, ending if ending is not None else await self._tell(story, context))

    async def end(self, run_id: str, ending: Ending) -> Ending:
        """Store an ending, with what the run has spent unless the story says it; return it."""
        if ending.spent == Spent():
            ending = replace(ending, spent=await self._runner.persist(lambda: self._records.spent(run_id)))
        await self._runner.persist(lambda: self._records.end_run(run_id, ending, self._clock.now()))
        self._runner.forget(run_id)
        return ending

    async def _tell(self, story: Story, context: RunContext) -> Ending:
        run_id = context.order.run_id
        try:
            return await story(context)
        except Stopped as problem:
            return Ending(Phase.STOPPED, str(problem))
        except StorageUnavailable as problem:
            _log.error("a run is put aside", run_id=run_id, problem=str(problem))
            raise Interrupted from problem
        except YantraError as problem:
            return Ending(Phase.FAILED, str(problem))
        except Exception as problem:  # noqa: BLE001 (a bug: the run ends, its evidence is kept)
            return await self._keep_evidence(run_id, problem)

    async def _keep_evidence(self, run_id: str, problem: Exception) -> Ending:
        name, evidence = type(problem).__name__, describe_bug(problem)
        if isinstance(problem, StepBug):
            name, evidence = problem.name, f"{problem.evidence}\nraised again in the story:\n{evidence}"
        _log.error("a run ends by an unexpected error; its record has the evidence", run_id=run_id, error=name)
        await self._runner.persist(lambda: self._records.note(run_id, EVIDENCE, evidence))
        return Ending(Phase.FAILED, f"An unexpected error ({name}) ended it. The evidence is kept with run {run_id}.")

    async def tell_abandoned(self, listener: OnAbandoned | None, order: Order, reason: str) -> str:
        """Tell the person of a run that cannot go on, repeatedly while that may help; return how it went."""
        if listener is None:
            return "nobody listens"
        try:
            await self._runner.repeat(lambda: listener(order, reason), tries=TELL_TRIES, about=order.run_id)
        except Exception as problem:  # noqa: BLE001 (the run has ended; only the telling failed)
            _log.error("an abandoned run could not be told of", run_id=order.run_id, problem=describe_bug(problem))
            return type(problem).__name__
        return "told"
