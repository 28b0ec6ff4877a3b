"""Takes the closing of an incident's issue for a word: whoever may write, and closes it, wants the incident closed."""

from yantra_bot.domain.incidents import IncidentWord
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records


async def close_incident(records: Records, place: Place) -> str:
    """Keep the word for the incident whose issue was closed; return a few words for the record.

    The keeper acts on it. Raises Transient where the forge cannot tell who may write.
    """
    incident = records.incident_of_issue(place.origin.repository.id, place.issue_number)
    if incident is None or place.is_pull_request:
        return "not the issue of an incident"
    if incident.state.is_over:
        return "its incident is over already"
    if place.sender.is_bot or not (await place.forge.permission(place.sender.login)).may_write:
        return "refused: who closed the incident's issue may not write here"
    records.say_of_incident(incident.id, IncidentWord.CLOSE, by=place.sender, at=place.said_at)
    return "the incident is to be closed"
