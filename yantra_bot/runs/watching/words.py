"""What people say to an incident: yes or no to what it proposes, on its issue or by its message's buttons.

Who may say it was looked at before, live. It is kept; the keeper acts on it.
"""

from typing import Final

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.incidents import Incident, IncidentState, IncidentWord
from yantra_bot.ports import Clock
from yantra_bot.replies.incident import answers as say
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records

_WORDS: Final = {Verb.APPROVE: IncidentWord.APPROVE, Verb.REJECT: IncidentWord.REJECT}


class IncidentWords:
    """Takes words for incidents."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock

    def obey(self, command: Command, place: Place) -> str | None:
        """Keep a word for the incident that it is for; return what to answer, None where it is for none."""
        word = _WORDS.get(command.verb)
        incident = self._find(place) if word is not None else None
        if word is None or incident is None:
            return None
        if incident.state is not IncidentState.WAITING or incident.proposal is None:
            return say.nothing_waits(incident)
        now = self._clock.now()
        if any(one.service == incident.service for one in self._records.silences(at=now)):
            return say.silenced(incident)
        if incident.proposal.is_dry:
            return say.dry(incident)
        said_at = place.said_at or now
        if said_at < incident.proposed_at:
            return say.too_early(incident)
        self._records.say_of_incident(incident.id, word, by=place.sender, at=said_at)
        return say.heard(incident, word)

    def _find(self, place: Place) -> Incident | None:
        """Return the incident of a pressed button, or of the issue, where that is not over."""
        if place.run_id:
            return self._records.incident(place.run_id)
        if place.is_pull_request:
            return None
        found = self._records.incident_of_issue(place.origin.repository.id, place.issue_number)
        return None if found is None or found.state is not IncidentState.WAITING else found
