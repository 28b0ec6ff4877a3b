"""What comes next in an incident, by where it stands and what is true now. Pure; asked again and again.

Nothing is remembered beside the incident itself, so that a restart, a storm and a word of a person meet the same
question: which one move is due? Who makes the move stores it, and asks again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from yantra_bot.deploy_ports import CommitStanding
from yantra_bot.domain.incidents import (
    Do,
    HealingKind,
    IncidentState,
    IncidentWord,
    Move,
    Policy,
    Proposal,
)
from yantra_bot.domain.proof import Verdict
from yantra_bot.monitor.look import FixFact, Look, RunFact
from yantra_bot.monitor.proposing import propose

GOOD_AT_END: Final = 3
"""Samples in a row that have to be good at the end of a watch."""
PATIENCE: Final = 2.0
"""So many times its length a watch may take until what cannot be measured is a person's to judge."""


def next_move(look: Look) -> Move:
    """Return what is due now."""
    if look.word is IncidentWord.CLOSE:
        return Move(Do.RESOLVE, f"{look.said_by} closed it.")
    if look.word is IncidentWord.PAGE and look.incident.state is not IncidentState.ESCALATED:
        return Move(Do.ESCALATE, f"{look.said_by} wants people to look.")
    if look.is_held and look.incident.state not in _LOOKING:
        return _WAIT
    return _MOVES[look.incident.state](look)


_LOOKING: Final = frozenset({IncidentState.OPEN})
"""States in which nothing is done but looking."""
_WAIT: Final = Move(Do.WAIT)


def _open(look: Look) -> Move:
    run = look.runs.get("diagnose")
    if run is None:
        return Move(Do.DIAGNOSE)
    if run.is_stopped:
        return Move(Do.ESCALATE, _stopped(run))
    return _WAIT if run.ending is None else Move(Do.PROPOSE)


def _diagnosed(look: Look) -> Move:
    if look.is_quiet:
        return Move(Do.RESOLVE, "It was over before anything was done.")
    assert look.incident.diagnosis is not None, "it is diagnosed"  # noqa: S101 (narrows a type)
    found = propose(look.incident, look.incident.diagnosis, look.chances)
    if found is None:
        return _WAIT
    if isinstance(found, str):
        return Move(Do.ESCALATE, found)
    if found.policy is Policy.AUTOMATIC and not found.is_dry:
        return act(found)
    return Move(Do.PROPOSE, found.why, found)


def act(proposal: Proposal) -> Move:
    """Return the move that carries a proposal out."""
    if proposal.is_hot_fix:
        return Move(Do.FIX, proposal.why, proposal)
    if proposal.action is HealingKind.ROLL_BACK:
        return Move(Do.ROLL_BACK, proposal.why, proposal)
    return Move(Do.HEAL, proposal.why, proposal)


def _waiting(look: Look) -> Move:
    proposal = look.incident.proposal
    if look.is_quiet:
        return Move(Do.RESOLVE, "Nothing fires any more; nothing was done by me.")
    if proposal is None:
        return Move(Do.PROPOSE)
    if why := _outdated(look, proposal):
        return Move(Do.PROPOSE, why)
    if look.word is None or proposal.is_dry:
        return _WAIT
    if look.word is IncidentWord.REJECT:
        return Move(Do.ESCALATE, f"{look.said_by} wants it otherwise.")
    return act(proposal)


def _outdated(look: Look, proposal: Proposal) -> str:
    """Return why a proposal is none any more; empty where it still is."""
    watch, diagnosis = look.chances.watch, look.incident.diagnosis
    if watch.is_dry != proposal.is_dry:
        return "The rules changed, so that I decide anew."
    going_back = proposal.action is HealingKind.ROLL_BACK
    if going_back and diagnosis is not None and look.chances.serves != diagnosis.deploy_commit:
        return "" if look.chances.is_moving else "Something else serves now, so that I decide anew."
    return ""


def _healing(look: Look) -> Move:
    run = look.runs.get("heal")
    if run is None or run.ending is None:
        return _WAIT
    if run.is_stopped:
        return Move(Do.ESCALATE, _stopped(run))
    if run.is_well:  # it looked itself for as long as a watch lasts
        return Move(Do.WATCH if look.incident.is_firing else Do.RESOLVE, run.ending.reason)
    return Move(Do.PROPOSE, run.ending.reason)


def _rolling_back(look: Look) -> Move:
    undo = look.runs.get("undo")
    run = undo or look.runs.get("roll back")
    if run is None or run.ending is None:
        return _WAIT
    if not run.is_well:
        return Move(Do.ESCALATE, f"Going back did not end well: {run.ending.reason}")
    if undo is not None:
        return Move(Do.ESCALATE, f"The hot-fix did not help and was taken back. {run.ending.reason}")
    return Move(Do.WATCH, run.ending.reason)


def _fixing(look: Look) -> Move:
    run = look.runs.get("fix")
    if run is None or run.ending is None:
        return _WAIT
    if run.ending.pull_request is None or not run.is_well:
        return Move(Do.ESCALATE, f"No hot-fix could be made: {run.ending.reason}")
    number = run.ending.pull_request.number
    if look.is_quiet:
        return Move(Do.MARK, f"Nothing fires any more, so that I ship nothing: #{number} is yours to judge.")
    if look.fix is None:
        return _WAIT
    if not look.fix.is_open:
        return Move(Do.ESCALATE, f"#{number} was closed or merged, so that I ship nothing.")
    if look.fix.is_draft:
        return Move(Do.ESCALATE, f"The hot-fix #{number} is a draft: {run.ending.reason}")
    return _stage_or_ship(look, look.fix, number)


def _stage_or_ship(look: Look, fix: FixFact, number: int) -> Move:
    """Ship what is green. Checks begin some time after a push, and what fails may be followed up."""
    has_patience = look.now - look.ships_since < 60.0 * look.chances.watch.watch_minutes
    if fix.standing is CommitStanding.RUNNING or (fix.standing is not CommitStanding.GREEN and has_patience):
        return _WAIT
    if fix.standing is not CommitStanding.GREEN:
        said = "fail" if fix.standing is CommitStanding.RED else "are none, so that nothing else proves it"
        return Move(Do.ESCALATE, f"The checks of #{number} {said}; I ship nothing.")
    return Move(Do.STAGE if look.stages_first else Do.SHIP)


def _staging(look: Look) -> Move:
    run = look.runs.get("stage")
    if run is None or run.ending is None:
        return _WAIT
    if not run.is_well:
        return Move(Do.ESCALATE, f"The hot-fix did not pass the environment before: {run.ending.reason}")
    if look.is_quiet:
        number = look.incident.pull_request
        return Move(Do.MARK, f"Nothing fires any more, so that I ship nothing: #{number} is yours to judge.")
    return Move(Do.SHIP)


def _shipping(look: Look) -> Move:
    run = look.runs.get("ship")
    if look.ship_waits and look.is_quiet:
        number = look.incident.pull_request
        return Move(Do.MARK, f"Nothing fires any more, so that I ship nothing: #{number} is yours to judge.")
    if run is None or run.ending is None:
        return _WAIT
    if run.is_well:
        return Move(Do.WATCH, run.ending.reason)
    return Move(Do.ESCALATE, f"The hot-fix is not in {look.incident.environment}: {run.ending.reason}")


def _watching(look: Look) -> Move:
    incident = look.incident
    fixed = incident.fixed_commit if incident.run_of("ship") else ""
    if fixed and look.chances.serves != fixed:
        return _taken_over(look)
    length = 60.0 * look.chances.watch.watch_minutes
    last = tuple(look.samples[-GOOD_AT_END:])
    if look.now - incident.watched_since < length or not look.samples:
        return _WAIT
    minutes = f"{look.chances.watch.watch_minutes:g} minutes"
    if len(last) == GOOD_AT_END and set(last) == {Verdict.PASS} and not incident.is_firing:
        well = f"What it fired by was asked again for {minutes}, and is well."
        return Move(Do.MERGE if fixed else Do.RESOLVE, well)
    if len(last) == GOOD_AT_END and set(last) == {Verdict.FAIL}:
        still = f"What it fired by still says that it is bad after {minutes}."
        return Move(Do.UNDO, still) if fixed else Move(Do.PROPOSE, still)
    # A server that was down has to look for as long as any other.
    if look.now - max(incident.watched_since, look.sampled_since) >= PATIENCE * length:
        return Move(Do.ESCALATE, _unclear(look, last))
    return _WAIT


def _taken_over(look: Look) -> Move:
    """What is watched serves no more, or somebody is at work there: then nothing is known of it."""
    if look.chances.is_moving:
        return _WAIT
    return Move(Do.ESCALATE, "Something else serves than the hot-fix that I watched; it is not merged by me.")


def _unclear(look: Look, last: Sequence[Verdict]) -> str:
    if look.incident.is_firing and set(last) == {Verdict.PASS}:
        return "The query is well, and the alert still fires: a person has to look."
    return "Whether it helped cannot be told: nothing answers for long enough. A person has to judge."


def _stopped(run: RunFact) -> str:
    return f"I do nothing more by myself. {run.ending.reason}" if run.ending is not None else ""


def _merging(look: Look) -> Move:
    if look.chances.serves != look.incident.fixed_commit:
        return _taken_over(look)
    return Move(Do.MERGE)


def _escalated(look: Look) -> Move:
    return Move(Do.RESOLVE, "Nothing fires any more.") if look.is_quiet else _WAIT


def _resolved(_look: Look) -> Move:
    return _WAIT


_MOVES: Final[Mapping[IncidentState, Callable[[Look], Move]]] = {
    IncidentState.OPEN: _open,
    IncidentState.DIAGNOSED: _diagnosed,
    IncidentState.WAITING: _waiting,
    IncidentState.HEALING: _healing,
    IncidentState.ROLLING_BACK: _rolling_back,
    IncidentState.FIXING: _fixing,
    IncidentState.STAGING: _staging,
    IncidentState.SHIPPING: _shipping,
    IncidentState.WATCHING: _watching,
    IncidentState.MERGING: _merging,
    IncidentState.ESCALATED: _escalated,
    IncidentState.RESOLVED: _resolved,
}
