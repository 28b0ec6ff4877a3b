"""Changes a stored incident: read, changed, written, and again where somebody else wrote in between."""

from collections.abc import Callable
from typing import Any, Final

from yantra_bot.domain.incidents import Incident
from yantra_bot.errors import Transient
from yantra_bot.runs.records import Records

TRIES: Final = 5


class Outrun(Exception):
    """Something happened since an incident was looked at. Cure: look again."""


def change(records: Records, incident_id: str, apply: Callable[[Incident], Incident]) -> Incident:
    """Return the incident as it is stored now. Raises Transient where others write it all the time, or it is gone."""
    for _ in range(TRIES):
        stored = records.incident(incident_id)
        if stored is None:
            raise Transient(f"There is no incident {incident_id}.")
        changed = apply(stored)
        if changed == stored:
            return stored
        if (written := records.put_incident(changed)) is not None:
            return written
    raise Transient(f"The incident {incident_id} is being changed by others.")


def is_stale(stored: Incident, seen: Incident) -> bool:
    """Tell whether something happened since an incident was looked at that its next move depends on."""

    def about(one: Incident) -> tuple[Any, ...]:
        return one.state, one.is_firing, one.last_fired_at, one.opened_again, one.runs

    return about(stored) != about(seen)
