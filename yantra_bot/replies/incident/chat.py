"""An incident as one message in a chat, edited in place, with what can be pressed. Pure."""

from typing import Final

from yantra_bot.domain.chat import Button, ButtonStyle, ChatMessage
from yantra_bot.domain.incidents import IncidentState, Policy
from yantra_bot.domain.log_redaction import redact_log
from yantra_bot.replies.incident.told import Shown, count_words, headline, proposal_words, state_words
from yantra_bot.replies.slack_text import escape, link, one_line

APPROVE: Final = "incident-approve"
REJECT: Final = "incident-reject"
"""Actions of buttons; their value is the incident's id."""
MOST_QUOTED: Final = 1_500
MOST_LINE: Final = 400
SHOWN_SUSPECTS: Final = 3


def incident_mark(incident_id: str) -> str:
    """Return the mark of an incident's one message; its thread hangs on it."""
    return f"incident:{incident_id}"


def incident_message(shown: Shown) -> ChatMessage:
    """Return the message."""
    incident = shown.incident
    return ChatMessage(
        title=redact_log(one_line(headline(incident), 140)),
        lines=tuple(redact_log(line) for line in _lines(shown) if line),
        fields=tuple((name, redact_log(value)) for name, value in _fields(shown)),
        quoted=redact_log(_quoted(shown)),
        buttons=_buttons(shown),
        footer=f"incident {incident.id}",
    )


def _lines(shown: Shown) -> list[str]:
    incident, diagnosis = shown.incident, shown.incident.diagnosis
    lines = [escape(f"{state_words(incident).capitalize()}. {incident.note}".strip())]
    if diagnosis is not None:
        lines.append(one_line(diagnosis.cause, MOST_LINE))
        suspects = [
            f"{place}. `{one.commit[:12]}` {one_line(one.title, 80)}, by {one_line(one.author, 40)}"
            + (f": `{one_line(one.functions[0], 80)}`" if one.functions else "")
            for place, one in enumerate(diagnosis.suspects[:SHOWN_SUSPECTS], 1)
        ]
        lines.append("\n".join(suspects))
    return [*lines, escape(proposal_words(shown, "Press Approve to have it done, Reject to leave it."))]


def _fields(shown: Shown) -> tuple[tuple[str, str], ...]:
    incident = shown.incident
    fields = [("Alerts", count_words(incident)), ("Severity", str(incident.severity))]
    if shown.owners:
        fields.append(("Owners", one_line(", ".join(shown.owners), MOST_LINE)))
    if incident.issue and shown.issue_url:
        fields.append(("Issue", link(f"#{incident.issue}", shown.issue_url)))
    if incident.pull_request:
        fields.append(("Hot-fix", f"#{incident.pull_request}"))
    run = incident.runs[-1] if incident.runs else None
    if run is not None and shown.pages.get(run[1]):
        fields.append(("Run", link(run[0], shown.pages[run[1]])))
    return tuple(fields)


def _quoted(shown: Shown) -> str:
    first, diagnosis = shown.incident.first, shown.incident.diagnosis
    if shown.incident.state.is_over:
        return ""
    if diagnosis is not None and diagnosis.trace:
        return diagnosis.trace[-MOST_QUOTED:]
    return first.summary or first.text[:MOST_QUOTED] if first is not None else ""


def _buttons(shown: Shown) -> tuple[Button, ...]:
    incident, proposal = shown.incident, shown.incident.proposal
    if proposal is None or proposal.is_dry or incident.state is not IncidentState.WAITING:
        return ()
    style = ButtonStyle.PRIMARY if proposal.policy is Policy.APPROVE else ButtonStyle.PLAIN
    return (Button("Approve", APPROVE, incident.id, style), Button("Reject", REJECT, incident.id, ButtonStyle.DANGER))
