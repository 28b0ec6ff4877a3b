"""Hears of runs that are to go on after a failure: `yantra runs resume` can only write the wish down.

The run goes on under its own name: its record answers each step that was done, so that no model call is paid for twice
and nothing is posted twice. It must never end by what a database answers: the next look may succeed.
"""

from typing import Final

import structlog

from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Order
from yantra_bot.ports import Clock
from yantra_bot.runs import queueing
from yantra_bot.runs.deploying.orders import DEPLOY_STORY, DEPLOYS, environment_of
from yantra_bot.runs.diagnosing.orders import DIAGNOSE_STORY
from yantra_bot.runs.engine import Engine
from yantra_bot.runs.follow_ups import FOLLOW_UP_STORY
from yantra_bot.runs.healing.orders import HEAL_STORY
from yantra_bot.runs.orders import EXPLAIN_STORY, STORY
from yantra_bot.runs.records import Records
from yantra_bot.runs.review_orders import REVIEW_STORY

SECONDS: Final = 1.0

_log = structlog.get_logger()


async def heed_resumes(records: Records, engine: Engine, clock: Clock) -> None:
    """Let each run that is to go on do so, until cancelled."""
    while True:
        try:
            for run_id in records.resumes_asked():
                await resume(records, engine, run_id, at=clock.now())
        except Exception as problem:  # noqa: BLE001 (it has to outlive whatever the databases answer)
            _log.warning("runs that are to go on could not be looked after; it is tried again", problem=str(problem))
        await clock.sleep(SECONDS)


async def resume(records: Records, engine: Engine, run_id: str, *, at: float) -> None:
    """Open a run again and queue it. Killed in between, the next look goes on: the wish is forgotten last."""
    record = records.run(run_id)
    if record is not None and _has_place(records, record.order, at=at):
        kind, partition = place_of(record.order)
        if record.ending is not None:
            await queueing.forget(run_id)
            records.reopen_run(run_id)
        await engine.enqueue(kind, record.order, partition=partition)
        _log.info("a run goes on", run_id=run_id)
    records.forget_resume(run_id)


def place_of(order: Order) -> tuple[str, str]:
    """Return the kind of an order's story, and with what it takes turns; empty: with its repository's."""
    repository = order.repository.id
    if order.command.verb in DEPLOYS:
        return DEPLOY_STORY, f"{repository}/deploy/{environment_of(order)}"
    if order.command.verb is Verb.HEAL:
        return HEAL_STORY, f"{repository}/heal"
    if order.command.verb is Verb.DIAGNOSE:
        return DIAGNOSE_STORY, f"{repository}/diagnoses"
    if order.command.verb is Verb.EXPLAIN:
        return EXPLAIN_STORY, f"{repository}/questions"
    if order.command.verb is Verb.REVIEW:
        return REVIEW_STORY, f"{repository}/pull/{order.issue_number}"
    return (STORY if order.follows is None else FOLLOW_UP_STORY), ""


def _has_place(records: Records, order: Order, *, at: float) -> bool:
    """Take the issue for a run that works on it; False where another run does."""
    if place_of(order)[0] not in (STORY, FOLLOW_UP_STORY):
        return True
    holder = records.lock_issue(order.repository.id, order.issue_number, order.run_id, at=at)
    if holder != order.run_id:
        _log.warning("a run cannot go on: another one works there", run_id=order.run_id, holder=holder)
    return holder == order.run_id
