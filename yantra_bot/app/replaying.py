"""Builds what a stored run is told again with: the present stories and the settings, and no way out.

It opens no worker, no forge and no vendor, and writes nothing into the state folder.
"""

import tempfile
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from yantra_bot import artefacts
from yantra_bot.agent.loop import Estimate
from yantra_bot.app.workshop import access_of, limits_of, page_base
from yantra_bot.clock import SystemClock
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Order
from yantra_bot.domain.tiers import ScoreRouting
from yantra_bot.errors import UserError
from yantra_bot.models.absent import NoModels
from yantra_bot.models.vendors import Vendors
from yantra_bot.ports import Reviewer
from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.runs.choosing import CHOICE
from yantra_bot.runs.closed import closed_diagnosis_kit, closed_healing_kit, closed_kit, closed_workshop
from yantra_bot.runs.context import Story
from yantra_bot.runs.deploying.orders import DEPLOYS
from yantra_bot.runs.deploying.story import Deploy
from yantra_bot.runs.diagnosing.reading import RECALL as RECALL_IN_DIAGNOSIS
from yantra_bot.runs.diagnosing.story import Diagnose
from yantra_bot.runs.explain import Explain
from yantra_bot.runs.follow_up import FollowUp
from yantra_bot.runs.going_first import OFFER
from yantra_bot.runs.healing.story import Heal
from yantra_bot.runs.implement import Implement
from yantra_bot.runs.lessons import LEARN
from yantra_bot.runs.outlining import OUTLINE
from yantra_bot.runs.racing import CHOICE as RACERS
from yantra_bot.runs.recalling import RECALL
from yantra_bot.runs.records import Records
from yantra_bot.runs.remembering import FIND, KEEP
from yantra_bot.runs.replaying import Replayed, empty_records, recorded_model, replay
from yantra_bot.runs.review import ReviewPullRequest
from yantra_bot.runs.review_lessons import RECALL as RECALL_IN_REVIEW
from yantra_bot.runs.score_routing import ROUTE
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings

MEMORY_STEPS = frozenset({RECALL, LEARN, RECALL_IN_REVIEW, RECALL_IN_DIAGNOSIS})


async def replay_run(settings: Settings, records: Records, run_id: str) -> Replayed:
    """Tell a stored run again, offline. Raises UserError for one that is not there or cannot be replayed."""
    record = records.run(run_id)
    if record is None:
        raise UserError(f"There is no run {run_id}. `yantra runs list` names them.")
    try:
        rows = records.steps(run_id)
    except KeyError as missing:
        raise UserError(f"The record of run {run_id} is damaged: the blob {missing} is gone.") from missing
    estimate = _open_estimate(settings)
    names = {row.name.split("#")[0] for row in rows}
    with tempfile.TemporaryDirectory(prefix="yantra-replay-") as scratch:
        own = empty_records(Path(scratch))
        try:
            workshop = closed_workshop(
                records=own,
                clock=SystemClock(),
                estimate=estimate,
                model=recorded_model(rows, getattr(estimate, "default", "")),
                limits=replace(limits_of(settings), score_routing=_routing_of(names)),
                pages=page_base(settings) if record.order.installation_id else "",
                handle=settings.handle,
                has_choice=CHOICE in names,
                has_kept=bool(names & {FIND, KEEP}),
                has_race=RACERS in names,
                has_memory=bool(names & MEMORY_STEPS),
                has_outline=OUTLINE in names,
                has_own_code=OFFER in names,
            )
            return await replay(choose_story(workshop, record.order), record, rows, own=own, clock=workshop.clock)
        finally:
            own.close()


def _routing_of(names: AbstractSet[str]) -> ScoreRouting:
    """Return whether a recorded run asked a learned score for its model; what was answered stands in its step."""
    return ScoreRouting.STRONGER if ROUTE in names else ScoreRouting.OFF


def choose_story(workshop: Workshop, order: Order) -> Story:
    """Return the story that an order starts."""
    if order.command.verb in DEPLOYS:
        return Deploy(workshop, closed_kit())
    if order.command.verb is Verb.HEAL:
        return Heal(workshop, closed_healing_kit())
    if order.command.verb is Verb.DIAGNOSE:
        return Diagnose(workshop, closed_diagnosis_kit())
    if order.command.verb is Verb.EXPLAIN:
        return Explain(workshop)
    if order.command.verb is Verb.REVIEW:
        reviewer: Reviewer | None = workshop.reviewer
        assert reviewer is not None, "a closed workshop has a stand-in"  # noqa: S101 (narrows a type)
        return ReviewPullRequest(workshop, reviewer)
    return FollowUp(workshop) if order.follows is not None else Implement(workshop)


def _open_estimate(settings: Settings) -> Estimate:
    tokenizers = Tokenizers(artefacts.path("token-ranks"))
    tokenizers.load()
    access = access_of(settings)
    return Vendors(access, tokenizers=tokenizers, clock=SystemClock()) if access.is_set else NoModels()
