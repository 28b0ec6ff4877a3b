"""What is said of an incident when something happens: one sentence each. Pure."""

import datetime as dt
from typing import Final

from yantra_bot.domain.deployments import Approval
from yantra_bot.domain.incidents import Do, Incident, IncidentState, Move
from yantra_bot.domain.log_redaction import redact_log
from yantra_bot.replies.incident.told import action_words
from yantra_bot.replies.text import one_line, plain

FIX_ORDER: Final = (
    "Production fails as this issue shows. Mend the cause in the code, with the smallest change that does it, and "
    "write a test that fails with this very failure without the change. Look at the suspects first; the newest "
    "change need not be the cause, and undoing it whole is no fix."
)
"""What a run that writes a hot-fix is told; nothing of an alert stands in it."""
_BEGUN: Final = {
    Do.ROLL_BACK: "I go back to what served before.",
    Do.UNDO: "I take the hot-fix back.",
    Do.FIX: "I write a hot-fix.",
    Do.STAGE: "The hot-fix goes through the environment before.",
    Do.SHIP: "The hot-fix is ready for {environment}: it waits for approval there.",
    Do.WATCH: "I watch the alert's own query now.",
    Do.MERGE: "It is well: the hot-fix is merged now.",
    Do.MARK: "",
    Do.RESOLVE: "It is over.",
    Do.ESCALATE: "A person is needed.",
}


def of(incident: Incident, state: IncidentState, move: Move) -> str:
    """Return the sentence for a move; empty where nothing is said of it."""
    if move.do is Do.PROPOSE:
        return _proposed(incident, state, move)
    if move.do is Do.HEAL and move.proposal is not None:
        lead = f"I {action_words(move.proposal, incident.environment)}."
    else:
        lead = _BEGUN.get(move.do, "").format(environment=incident.environment)
    return f"{lead} {move.why}".strip()


def _proposed(incident: Incident, state: IncidentState, move: Move) -> str:
    if state is not IncidentState.WAITING or move.proposal is None:
        return move.why
    what = action_words(move.proposal, incident.environment)
    return f"{'A dry run: I would' if move.proposal.is_dry else 'I propose to'} {what}. {move.why}"


def no_longer(incident: Incident) -> str:
    """Return what stands on a hot-fix's pull request once nothing fires any more."""
    at = incident.ended_at or incident.changed_at
    since = f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M} UTC"
    return (
        f"The alert that this was written for no longer fires, since {since}. I ship it nowhere by myself; whether it "
        "is still wanted is yours to judge."
    )


def merge_message(incident: Incident, approver: Approval) -> tuple[str, str]:
    """Return title and message of a hot-fix's merge, with whose word it is merged by."""
    at = f"{dt.datetime.fromtimestamp(approver.at, dt.UTC):%Y-%m-%d %H:%M} UTC"
    title = f"Merge hot-fix #{incident.pull_request}: {plain(one_line(redact_log(incident.title), 80))}"
    said = (
        f"It was deployed to {incident.environment}, and the alert's own query was watched there.\n\n"
        f"Approved-by: {approver.person.login} ({at}, commit {approver.pin.commit})\nIncident: {incident.id}\n"
    )
    return title, said


def merged(incident: Incident, commit: str, approver: Approval) -> str:
    """Return that a hot-fix was merged, and by whose approval."""
    return f"#{incident.pull_request} is merged as {commit[:12]}, by the approval of {approver.person.login}."


def lesson(incident: Incident, commit: str) -> str:
    """Return what is to be remembered of an incident that a hot-fix ended."""
    error = incident.diagnosis.error if incident.diagnosis is not None else ""
    what = one_line(redact_log(error or incident.title))
    return f"In {incident.environment} it failed with {what}; the hot-fix merged as {commit[:12]} ended it."
