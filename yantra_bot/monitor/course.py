"""What comes next in an incident, by where it stands and what is true now. Pure; asked again and again.

Nothing is remembered beside the incident itself, so that a restart, a storm and a word of a person meet the same
question: which one move is due? Who makes the move stores it, and asks again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.deploy_ports import CommitStanding
from yantra_bot.domain.alerts import AlertSource
from yantra_bot.domain.incidents import (
    Do,
    HealingKind,
    Incident,
    IncidentState,
    IncidentWord,
    Move,
    Policy,
    Proposal,
    SaidOfIncident,
)
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.monitor.proposing import Chances, propose

MOST_QUIET: Final = 60.0
"""How long nothing may fire until an incident is over, at most, in seconds."""
GOOD_AT_END: Final = 3
"""Samples in a row that have to be good at the end of a watch."""
PATIENCE: Final = 2.0
"""So many times its length a watch may take until what cannot be measured is a person's to judge."""


@dataclass(frozen=True, slots=True)
class FixFact:
    """The pull request of a hot-fix, as the forge tells it now."""

    head: str
    is_draft: bool
    is_open: bool
    standing: CommitStanding


@dataclass(frozen=True, slots=True)
class RunFact:
    """What became of a run that was begun for it. `ending` is None while it works."""

    run_id: str
    ending: Ending | None = None

    @property
    def is_well(self) -> bool:
        return self.ending is not None and self.ending.phase is Phase.COMPLETE


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that decides about the next move."""

    incident: Incident
    now: float
    chances: Chances
    runs: Mapping[str, RunFact] = field(default_factory=dict)
    """The newest run of each name that was begun."""
    is_silenced: bool = False
    said: SaidOfIncident | None = None
    """What a person said last, since something was proposed or ended; None: nothing."""
    fix: "FixFact | None" = None
    """The hot-fix's pull request as it is now; None: not read."""
    stages_first: bool = False
    """Whether another environment comes before."""
    serves: str = ""
    """The commit that serves by our records; empty: unknown."""
    samples: Sequence[Verdict] = ()
    """Of the watch, oldest first."""

    @property
    def word(self) -> IncidentWord | None:
        return None if self.said is None else self.said.word

    @property
    def said_by(self) -> str:
        return "" if self.said is None else self.said.by.login

    @property
    def fires(self) -> bool:
        """Whether it fires now; who never says that something is over fires while something was heard of late."""
        incident = self.incident
        if incident.source in (AlertSource.SENTRY, AlertSource.GENERIC) and incident.watched_since:
            return incident.is_firing and incident.last_fired_at > incident.watched_since
        return incident.is_firing

    @property
    def quiet_for(self) -> float:
        """How long nothing has fired, in seconds; 0 while something does."""
        incident = self.incident
        return 0.0 if incident.is_firing or incident.ended_at is None else max(0.0, self.now - incident.ended_at)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has fired for long enough to be over."""
        return self.quiet_for >= min(MOST_QUIET, 30.0 * self.chances.watch.watch_minutes)


def next_move(look: Look) -> Move:
    """Return what is due now."""
    if look.word is IncidentWord.CLOSE:
        return Move(Do.RESOLVE, f"{look.said_by} closed it.")
    if look.word is IncidentWord.PAGE and look.incident.state is not IncidentState.ESCALATED:
        return Move(Do.ESCALATE, f"{look.said_by} wants people to look.")
    return _MOVES[look.incident.state](look)


_WAIT: Final = Move(Do.WAIT)


def _open(look: Look) -> Move:
    run = look.runs.get("diagnose")
    begun = sum(1 for name, _ in look.incident.runs if name == "diagnose")
    if run is None or begun <= look.incident.opened_again:  # what is behind it this time may be something else
        return Move(Do.DIAGNOSE)
    return _WAIT if run.ending is None else Move(Do.PROPOSE)


def _diagnosed(look: Look) -> Move:
    if look.is_quiet:
        return Move(Do.RESOLVE, "It was over before anything was done.")
    if look.is_silenced:
        return _WAIT
    assert look.incident.diagnosis is not None, "it is diagnosed"  # noqa: S101 (narrows a type)
    found = propose(look.incident, look.incident.diagnosis, look.chances)
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
    if proposal is None or look.word is None or proposal.is_dry or look.is_silenced:
        return _WAIT
    if look.word is IncidentWord.REJECT:
        return Move(Do.ESCALATE, f"{look.said_by} wants it otherwise.")
    return act(proposal)


def _healing(look: Look) -> Move:
    run = look.runs.get("heal")
    if run is None or run.ending is None:
        return _WAIT
    if run.is_well:
        return Move(Do.WATCH, run.ending.reason)
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
    if fix.standing is CommitStanding.RUNNING:
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
    if run is None or run.ending is None:
        return _WAIT
    if run.is_well:
        return Move(Do.WATCH, run.ending.reason)
    return Move(Do.ESCALATE, f"The hot-fix is not in {look.incident.environment}: {run.ending.reason}")


def _watching(look: Look) -> Move:
    incident = look.incident
    fixed = incident.fixed_commit if incident.run_of("ship") else ""
    if fixed and look.serves and look.serves != fixed:
        return Move(Do.ESCALATE, "Something else was deployed while I watched the hot-fix; it is not merged by me.")
    length = 60.0 * look.chances.watch.watch_minutes
    lasted = look.now - incident.watched_since
    if lasted < length:
        return _WAIT
    last = tuple(look.samples[-GOOD_AT_END:])
    minutes = f"{look.chances.watch.watch_minutes:g} minutes"
    if len(last) == GOOD_AT_END and set(last) == {Verdict.PASS} and not look.fires:
        if fixed:
            return Move(Do.MERGE, f"The alert's own query was watched for {minutes}, and is well.")
        return Move(Do.RESOLVE, f"The alert's own query was watched for {minutes}, and is well.")
    if last and set(last) == {Verdict.FAIL}:
        still = f"The alert's own query still says that it is bad after {minutes}."
        return Move(Do.UNDO, still) if fixed else Move(Do.PROPOSE, still)
    if lasted >= PATIENCE * length:
        return Move(Do.ESCALATE, _unclear(look, last))
    return _WAIT


def _unclear(look: Look, last: Sequence[Verdict]) -> str:
    if look.fires and set(last) == {Verdict.PASS}:
        return "The query is well, and the alert still fires: a person has to look."
    return "Whether it helped cannot be told: the alert's query gives no answer that lasts. A person has to judge."


def _merging(_look: Look) -> Move:
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
