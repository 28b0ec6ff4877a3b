"""The engine's queue: declared before the launch; runs are taken out of it while they wait, and put back in.

Part of the one door to the durable engine (DBOS), beside `engine.py`. It must never know what a run is about.
"""

import asyncio
import contextvars
from collections.abc import Sequence
from typing import Any, Final

QUEUE: Final = "runs"
APPLICATION: Final = "yantra"
PARKED: Final = "CANCELLED"
"""What the library calls a run that is in no queue and can be resumed."""


def declare_queue(url: str, *, concurrency: int, per_repository: int, polling_seconds: float) -> None:
    """Store the queue before the launch: a queue that appears later is noticed only after a second."""
    from dbos import DBOS, DBOSClient

    DBOS.migrate(url)
    client = DBOSClient(system_database_url=url, application_name=APPLICATION)
    try:
        client.register_queue(
            QUEUE,
            global_concurrency=concurrency,
            partition_concurrency=per_repository,
            polling_interval_sec=polling_seconds,
            on_conflict="always_update",
        )
    finally:
        client.destroy()


async def park(run_id: str) -> None:
    """Take a run that waits out of its queue, so that it holds no turn. Killed before this, it parks once more."""
    from dbos import DBOS

    # In a context of its own: within the run's, the engine would record this as a step of the run.
    own = contextvars.Context()
    await asyncio.get_running_loop().create_task(DBOS.cancel_workflow_async(run_id), context=own)


async def take_out_of_turn(run_id: str) -> None:
    """Start a run that is queued or parked, in a queue without limits; nothing for one that is at work or ended."""
    from dbos import DBOS

    if await DBOS.list_workflows_async(workflow_ids=[run_id], status=["ENQUEUED", PARKED]):
        await DBOS.resume_workflow_async(run_id)


async def put_back(run_id: str) -> None:
    """Let a run that was parked take its turn again; nothing for one that is at work, queued or ended."""
    from dbos import DBOS

    if await DBOS.list_workflows_async(workflow_ids=[run_id], status=PARKED):
        await DBOS.resume_workflow_async(run_id, queue_name=QUEUE)


async def forget(run_id: str) -> None:
    """Let the library forget a run that has ended, so that it can be queued again; what it did is in our own record."""
    from dbos import DBOS

    await DBOS.delete_workflow_async(run_id)


async def list_unfinished(parked: Sequence[str]) -> list[Any]:
    """Return the library's word on everything that is at work or queued, and on those of `parked` that are parked."""
    from dbos import DBOS

    found = await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"])
    aside = await DBOS.list_workflows_async(workflow_ids=list(parked), status=PARKED) if parked else []
    return [*found, *aside]
