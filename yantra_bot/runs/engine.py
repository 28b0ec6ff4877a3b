"""The one door to the durable engine (DBOS): orders in, endings out, whatever happens to the process in between.

Responsible for a run being queued once, resumed where it was, and ended once: by its story, or, where the story cannot
go on (another version's run, a run that crashes the process each time), by being abandoned with the reason told.
It must never let a vendor's exception or pickle through, and never record a result for work that was interrupted.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import structlog

from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.ports import Clock
from yantra_bot.runs import queueing
from yantra_bot.runs.branches import BRANCH, Branches
from yantra_bot.runs.claim import Claim, claim_database
from yantra_bot.runs.codec import JsonSerializer, ReplayedError, StepBug, decode, describe_bug, encode
from yantra_bot.runs.conduct import Conductor
from yantra_bot.runs.context import Interrupted, OnAbandoned, Parked, RunContext, Story
from yantra_bot.runs.presence import Presence
from yantra_bot.runs.records import Records
from yantra_bot.runs.steps import Probe, StepCall, StepRunner

ABANDON = "yantra-abandon"
"""Kind of the small run that ends another run which cannot go on."""
MAX_LAUNCHES = 5
"""How often a run may be started without finishing one more step, before it is taken for what kills the process."""

_log = structlog.get_logger()


class Engine:
    """All durable runs of one process. One engine at a time; a closed one is not launched again."""

    _launched: ClassVar["Engine | None"] = None

    def __init__(
        self,
        *,
        database_url: str,
        records: Records,
        clock: Clock,
        version: str,
        concurrency: int = 4,
        per_repository: int = 1,
        polling_seconds: float = 0.05,
        executor_id: str = "control",
        sweep_seconds: float = 10.0,
        on_abandoned: OnAbandoned | None = None,
        probe: Probe | None = None,
    ) -> None:
        """Prepare; nothing is opened before `launch`.

        `database_url` is `sqlite:////absolute/path` or `postgresql://…`; `version` names the stories: runs of another
        version are abandoned. `on_abandoned` tells the person, repeatedly if need be; `probe` watches every step.
        """
        self._url = database_url
        self._records = records
        self._clock = clock
        self._version = version
        self._concurrency = concurrency
        self._per_repository = min(per_repository, concurrency)
        self._polling = polling_seconds
        self._executor_id = executor_id
        self._sweep_seconds = sweep_seconds
        self._on_abandoned = on_abandoned
        self._runner = StepRunner(records, clock, probe=probe)
        self._stories: dict[str, Story] = {}
        self._presence = Presence(records)
        self._conductor = Conductor(records, clock, self._runner)
        self.branches = Branches(self._runner, self._presence, self._take)
        self._abandonment = self._make_abandonment()
        self._claim: Claim | None = None
        self._sweeper: asyncio.Task[None] | None = None

    def register(self, kind: str, story: Story) -> None:
        """Name a story. All kinds have to be known before `launch`."""
        self._stories[kind] = story

    async def launch(self) -> None:
        """Start within the running loop and resume what was running. Raises SettingsError for an unusable database."""
        from dbos import DBOS
        from sqlalchemy.exc import SQLAlchemyError

        if Engine._launched is not None:
            raise RuntimeError("an engine is launched already in this process: close it first")
        self._claim = claim_database(self._url)
        Engine._launched = self
        try:
            DBOS(config=self._config())
            for kind in self._stories:
                DBOS.workflow(name=kind, max_recovery_attempts=None)(self._workflow(kind))
            DBOS.workflow(name=ABANDON, max_recovery_attempts=MAX_LAUNCHES)(self._abandonment)
            self.branches.register()
            await asyncio.to_thread(
                queueing.declare_queue,
                self._url,
                concurrency=self._concurrency,
                per_repository=self._per_repository,
                polling_seconds=self._polling,
            )
            DBOS.launch()
            await DBOS.set_latest_application_version_async(self._version)
            await self._abandon_strangers()
        except BaseException as problem:
            await self._destroy()
            if isinstance(problem, SQLAlchemyError):
                reason = getattr(problem, "orig", None) or problem
                raise SettingsError(f"The engine's database cannot be opened: {reason}. Correct its URL.") from problem
            raise
        self._sweeper = asyncio.create_task(self._sweep_forever(), name="engine-sweeper")

    def _config(self) -> Any:
        return {
            "name": queueing.APPLICATION,
            "system_database_url": self._url,
            "application_version": self._version,
            "executor_id": self._executor_id,
            "serializer": JsonSerializer(),
            "log_level": "ERROR",
            "notification_listener_polling_interval_sec": self._polling,
        }

    async def close(self, grace_seconds: float = 10) -> None:
        """Put every run aside without a result, so that it resumes at the next launch, and stop. Safe to call twice."""
        if Engine._launched is not self:
            return
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self._presence.leave(grace_seconds)
        await self._destroy()

    async def _destroy(self) -> None:
        from dbos import DBOS

        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="engine-close") as pool:
            await loop.run_in_executor(pool, lambda: DBOS.destroy(destroy_registry=True))
        # DBOS makes its own executor the loop's, and has just shut it down.
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))
        Engine._launched = None
        if self._claim is not None:
            self._claim.close()

    async def enqueue(self, kind: str, order: Order, *, partition: str = "") -> bool:
        """Store an order durably; return False when this run is known already.

        `partition` names what takes its turns one after the other; empty: the repository.
        Raises Transient when it cannot be stored now: keep it and try again.
        """
        from dbos import DBOS, error
        from sqlalchemy.exc import DBAPIError

        if kind not in self._stories:
            raise Permanent(f"There is no story of the kind {kind!r}: register it before the launch.")
        if Engine._launched is not self or self._presence.is_leaving:
            raise Transient("The engine is not running. The order is taken when the process is started again.")
        self._records.start_run(order, self._clock.now())
        options: Any = {
            "workflow_name": kind,
            "queue_name": queueing.QUEUE,
            "workflow_id": order.run_id,
            "workflow_id_reuse_policy": "reject",
            "queue_partition_key": partition or str(order.repository.id),
        }
        try:
            await DBOS.enqueue_workflow_with_options_async(options, encode(order, Order))
        except error.DBOSWorkflowIDInUseError:
            return False
        except DBAPIError as problem:
            raise Transient(f"The queue cannot be written now ({problem.orig}). Free space on its disk.") from problem
        return True

    async def stop(self, run_id: str) -> None:
        """Wake the run's stoppable step, or start a queued run out of turn; `records.request_stop` comes before."""
        self._runner.stop(run_id)
        if run_id not in self._presence:
            await queueing.take_out_of_turn(run_id)  # it ends at its first stoppable step

    async def wake(self, run_id: str) -> None:
        """Let a run that was parked take its turn again; nothing for one that is at work, queued or ended."""
        if run_id not in self._presence:
            await queueing.put_back(run_id)

    async def wait(self, run_id: str) -> Ending:
        """Return how a run ended, once it has. Raises Permanent when there is no such run."""
        persist = self._runner.persist
        # It may end in another process, so there is no event to wait for.
        while (ending := await persist(lambda: self._records.ending(run_id))) is None:  # noqa: ASYNC110 (see above)
            await asyncio.sleep(self._polling)
        await self._presence.gone(run_id)
        return ending

    def _workflow(self, kind: str) -> Callable[[str], Coroutine[Any, Any, str]]:
        async def workflow(payload: str) -> str:
            context = RunContext(decode(payload, Order), self._runner, self._take)
            await self._presence.left(context.order.run_id)  # its turn came while it was started out of turn
            try:
                with self._presence.run(context):
                    try:
                        return encode(await self._live(self._stories[kind], context), Ending)
                    except Parked:
                        await queueing.park(context.order.run_id)
                        raise
            except Exception as problem:
                # An exception would end the run for the engine alone: put aside, it is resumed by the sweep.
                _log.error("a run could not be ended", run_id=context.order.run_id, evidence=describe_bug(problem))
                raise Interrupted from problem

        return workflow

    async def _live(self, story: Story, context: RunContext) -> Ending:
        if await self._conductor.begin(context.order) > MAX_LAUNCHES:
            await self._abandon(context.order, f"It was started {MAX_LAUNCHES} times, and the process died each time.")
        return await self._conductor.conduct(story, context)

    async def _take(self, call: StepCall) -> str:
        """Do a step inside the durable engine, whose record comes after ours."""
        from dbos import DBOS
        from sqlalchemy.exc import SQLAlchemyError

        async def perform() -> str:
            return await self._runner.perform(call)

        try:
            return await DBOS.run_step_async({"name": call.name}, perform)
        except (SQLAlchemyError, ReplayedError) as problem:
            # The engine could not keep its record. Ours is complete, and is found again when the run is replayed.
            envelope = await self._runner.finished(call)
            if envelope is None:
                raise Interrupted from problem
            return envelope
        except Exception as problem:
            if self._presence.is_leaving:
                raise Interrupted from problem
            raise StepBug(type(problem).__name__, describe_bug(problem)) from problem

    async def _abandon(self, order: Order, reason: str) -> None:
        """End a run as Failed; the person is told by a durable run of its own."""
        from dbos import DBOS, SetWorkflowID

        if self._on_abandoned is not None:
            with SetWorkflowID(f"{order.run_id}-abandoned"):
                await DBOS.start_workflow_async(self._abandonment, encode((order, reason), tuple[Order, str]))
        await self._conductor.end(order.run_id, Ending(Phase.FAILED, reason))

    def _make_abandonment(self) -> Callable[[str], Coroutine[Any, Any, str]]:
        async def tell(payload: str) -> str:
            order, reason = decode(payload, tuple[Order, str])
            return await self._conductor.tell_abandoned(self._on_abandoned, order, reason)

        async def abandonment(payload: str) -> str:
            from dbos import DBOS

            order, _ = decode(payload, tuple[Order, str])
            with self._presence.work(f"{order.run_id} abandoned"):
                return await DBOS.run_step_async({"name": "tell"}, tell, payload)

        return abandonment

    async def _abandon_strangers(self) -> None:
        """End the runs that another version began, or whose kind is gone: their records mean nothing to our stories."""
        from dbos import DBOS

        parked = (*self._records.waiting_runs(), *self._records.decided_runs())
        for status in await queueing.list_unfinished(parked):
            is_ours = status.app_version in (None, self._version) and status.name in self._stories
            if is_ours or status.name == ABANDON or (status.name == BRANCH and status.app_version == self._version):
                continue
            order = self._records.order(status.workflow_id)
            if order is not None:
                await self._abandon(order, f"Version {status.app_version} began it, and {self._version} cannot go on.")
            await DBOS.cancel_workflow_async(status.workflow_id)

    async def _sweep_forever(self) -> None:
        """Resume runs that are marked as running and are not: they were put aside when the disk was full, say."""
        orphans: set[str] = set()
        while True:
            await asyncio.sleep(self._sweep_seconds)
            try:
                orphans = await self._sweep(orphans)
            except Exception as problem:  # noqa: BLE001 (the sweep has to outlive whatever the database answers)
                _log.warning("the sweep failed and is repeated", problem=str(problem))

    async def _sweep(self, before: set[str]) -> set[str]:
        """Resume what was an orphan in the last sweep too: one sweep may fall between a dequeue and its task."""
        from dbos import DBOS

        kinds = list(self._stories)
        pending = await DBOS.list_workflows_async(status="PENDING", name=kinds, executor_id=self._executor_id)
        orphans = {status.workflow_id for status in pending if status.workflow_id not in self._presence}
        for run_id in orphans & before:
            _log.warning("a run that was put aside is resumed", run_id=run_id)
            await DBOS.resume_workflow_async(run_id, queue_name=queueing.QUEUE)
        return orphans - before
