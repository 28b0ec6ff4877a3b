"""The words that an incident's issue and its message in a chat share. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.alerts import Severity
from yantra_bot.domain.incidents import HealingKind, Incident, IncidentState, Policy, Proposal

SIGNS: Final = {Severity.INFO: "ℹ", Severity.WARNING: "⚠", Severity.ERROR: "✖", Severity.CRITICAL: "‼"}
_STATES: Final = {
    IncidentState.OPEN: "looking for the cause",
    IncidentState.DIAGNOSED: "deciding what to do",
    IncidentState.WAITING: "waiting for a person",
    IncidentState.HEALING: "healing",
    IncidentState.ROLLING_BACK: "going back",
    IncidentState.FIXING: "writing a hot-fix",
    IncidentState.STAGING: "trying the hot-fix in the environment before",
    IncidentState.SHIPPING: "shipping the hot-fix",
    IncidentState.WATCHING: "watching whether it helped",
    IncidentState.MERGING: "merging the hot-fix",
    IncidentState.ESCALATED: "a person is needed",
    IncidentState.RESOLVED: "resolved",
}
_ACTIONS: Final = {
    HealingKind.SCALE_UP: "give each pod of {target} more memory",
    HealingKind.SCALE_OUT: "run more pods of {target}",
    HealingKind.RESTART: "restart the pods of {target}",
    HealingKind.ROLL_BACK: "go back to what served in {environment} before",
    HealingKind.PAGE: "call people",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident with what is needed to show it."""

    incident: Incident
    handle: str
    pages: Mapping[str, str] = field(default_factory=dict)
    """Address of the page of each run, by the run's id."""
    owners: Sequence[str] = ()
    """Whom to call: logins or org/team, of our rules."""
    issue_url: str = ""
    is_silenced: bool = False


def headline(incident: Incident) -> str:
    """Return `✖ shop in production: HighErrorRate`, the title as it was sent."""
    return f"{SIGNS[incident.severity]} {incident.service} in {incident.environment}: {incident.title}"


def state_words(incident: Incident) -> str:
    """Return where it stands, in a few words."""
    fires = "fires" if incident.is_firing else "fires no more"
    return _STATES[incident.state] if incident.state.is_over else f"{_STATES[incident.state]} ({fires})"


def count_words(incident: Incident) -> str:
    """Return how many alerts it stands for."""
    alerts = f"{incident.alerts} alert{'s' if incident.alerts > 1 else ''}"
    again = f", came again {incident.flaps} times" if incident.flaps else ""
    return f"{alerts}, heard {incident.heard} times{again}" if incident.heard > 1 else f"{alerts}{again}"


def action_words(proposal: Proposal, environment: str) -> str:
    """Return what would be done, as it follows `to`."""
    if proposal.action is None:
        return "write a hot-fix, with a test that fails without it"
    return _ACTIONS[proposal.action].format(target=proposal.target or "the service", environment=environment)


def proposal_words(shown: Shown, how: str) -> str:
    """Return what is proposed, and `how` it is agreed to; empty where nothing waits."""
    incident, proposal = shown.incident, shown.incident.proposal
    if proposal is None or incident.state is not IncidentState.WAITING:
        return ""
    what = action_words(proposal, incident.environment)
    if proposal.is_dry:
        return f"A dry run: I would {what}. {proposal.why}"
    verb = "I ask to" if proposal.policy is Policy.APPROVE else "I suggest to"
    return f"{verb} {what}. {proposal.why} {how}"


def time_words(at: float) -> str:
    """Return a time as people read it."""
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
