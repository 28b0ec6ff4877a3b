"""Incidents as they are stored: what fires, what people said of it, what is silenced.

Responsible for an incident and its alerts being written in one piece, for nobody overwriting what another wrote, and
for a storm taking a bounded room. It decides nothing and never waits.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from sqlite3 import Connection
from typing import Any, Final

from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.incidents import Incident, IncidentWord, KeptAlert, SaidOfIncident, Silence
from yantra_bot.domain.repository import Actor
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

MOST_WITH_TEXT: Final = 50
"""Alerts of one incident that are kept whole; of the others it is known that they are there, and whether they fire."""
MOST_ALERTS: Final = 5_000
"""Alerts of one incident that are told apart; what comes beyond is heard, and not kept."""
KEEP_ENDS_SECONDS: Final = 7 * 86_400.0
"""How long it is known that an alert was resolved, so that its firing, when it comes late, opens nothing."""

MOST_COOLDOWN_SECONDS: Final = 86_400.0
NOT_HEARD: Final = "Nothing was heard of it for {minutes:g} minutes, and its sender tells of no end: it counts as over."


class Incidents:
    """Part of `records.Records`. Times are Unix time in seconds."""

    _database: Database

    def incidents_open(self) -> tuple[Incident, ...]:
        """Return the incidents that are not over, or whose end was not told everywhere, oldest first."""
        return tuple(map(_incident, self._database.rows("open incidents")))

    def incident(self, incident_id: str) -> Incident | None:
        """Return an incident, None where there is none of this id."""
        row = self._database.row("incident", (incident_id,))
        return None if row is None else _incident(row)

    def incidents(self, repository_id: int | None = None, limit: int = 50) -> tuple[Incident, ...]:
        """Return the newest incidents, newest first."""
        return tuple(map(_incident, self._database.rows("list incidents", (limit, repository_id))))

    def incidents_of_service(
        self, service: str, environment: str, *, now: float, cooldown: float
    ) -> tuple[Incident, ...]:
        """Return a service's incidents that are not over, or within their cooldown, oldest first.

        `cooldown` is, in seconds, that of incidents with which none is kept.
        """
        values = (service, environment, now, cooldown, MOST_COOLDOWN_SECONDS)
        return tuple(map(_incident, self._database.rows("incidents of service", values)))

    def incident_of_issue(self, repository_id: int, number: int) -> Incident | None:
        """Return the incident that an issue was opened for, None where there is none."""
        row = self._database.row("incident of issue", (repository_id, number)) if number else None
        return None if row is None else _incident(row)

    def put_incident(self, incident: Incident) -> Incident | None:
        """Store an incident as it was read and changed; return it as stored, with its next version.

        None where somebody else stored it since it was read: nothing is written then, and it has to be read again.
        """
        with self._database.write() as connection:
            return self._put(connection, incident)

    def keep_heard(self, incident: Incident, alerts: Sequence[Alert], *, at: float) -> Incident | None:
        """Store what was heard of an incident together with it; return it as stored, as `put_incident` does.

        How many alerts it has, whether one fires and since when none does follow from all that are stored.
        """
        with self._database.write() as connection:
            return self._put(connection, self._keep_alerts(connection, incident, alerts, at))

    def end_unheard(
        self, incident_id: str, sources: Collection[AlertSource], *, for_seconds: float, at: float
    ) -> Incident | None:
        """End an incident's alerts of these sources of which nothing was heard for so long.

        Return the incident as stored, None where nothing changed.
        """
        with self._database.write() as connection:
            row = connection.execute(self._database.statement("incident"), (incident_id,)).fetchone()
            values = (incident_id, json.dumps(list(sources)), at - for_seconds, at)
            if row is None or not connection.execute(self._database.statement("end unheard"), values).rowcount:
                return None
            changed = replace(self._keep_alerts(connection, _incident(row), (), at), changed_at=at)
            if not changed.is_firing:
                said = NOT_HEARD.format(minutes=for_seconds / 60)
                changed = replace(changed, news=(*changed.news, (at, said)))
            return self._put(connection, changed)

    def _put(self, connection: Connection, incident: Incident) -> Incident | None:
        stored = replace(incident, version=incident.version + 1)
        values = (
            *(incident.id, incident.version, incident.repository_id, incident.service, incident.environment),
            *(
                incident.issue,
                int(incident.state.is_over and incident.is_told),
                incident.changed_at,
                encode(stored, Incident),
            ),
        )
        name = "change incident" if incident.version else "insert incident"
        is_written = connection.execute(self._database.statement(name), values).rowcount > 0
        return stored if is_written else None

    def _keep_alerts(self, connection: Connection, incident: Incident, alerts: Sequence[Alert], at: float) -> Incident:
        count = connection.execute(self._database.statement("count incident alerts"), (incident.id,)).fetchone()
        kept = int(count["kept"])
        for alert in alerts:
            kept += self._keep_alert(connection, incident.id, alert, kept, at)
        count = connection.execute(self._database.statement("count incident alerts"), (incident.id,)).fetchone()
        is_firing = count["firing"] > 0
        ended_at = None if is_firing else incident.ended_at or at
        return replace(incident, alerts=count["kept"] + count["others"], is_firing=is_firing, ended_at=ended_at)

    def _keep_alert(self, connection: Connection, incident_id: str, alert: Alert, kept: int, at: float) -> bool:
        """Store one alert where `kept` are stored already; return whether it is a new one."""
        # Lines of a log and events are many of one alert; what Alertmanager cuts off are other alerts.
        others = alert.count - 1 if alert.source is AlertSource.ALERTMANAGER else 0
        text = encode(alert, Alert)
        changed = (incident_id, alert.fingerprint, text, others, int(alert.is_firing), at)
        if connection.execute(self._database.statement("change incident alert"), changed).rowcount > 0:
            return False
        if kept >= MOST_ALERTS:
            return False
        whole = text if kept < MOST_WITH_TEXT else None
        new = (incident_id, alert.fingerprint, kept, whole, others, int(alert.is_firing), at)
        return connection.execute(self._database.statement("insert incident alert"), new).rowcount > 0

    def incident_alerts(self, incident_id: str, limit: int = MOST_WITH_TEXT) -> tuple[KeptAlert, ...]:
        """Return the alerts of an incident that are kept whole, in the order in which they were first heard."""
        rows = self._database.rows("incident alerts", (incident_id, limit))
        return tuple(
            KeptAlert(decode(row["alert"], Alert), row["first_at"], row["last_at"], row["heard"]) for row in rows
        )

    def alerts_known(
        self, incident_ids: Collection[str], fingerprints: Collection[str]
    ) -> Mapping[tuple[str, str], bool]:
        """Return which of these alerts are known to which of these incidents, by both, and whether each fires."""
        wanted = (json.dumps(list(fingerprints)), json.dumps(list(incident_ids)))
        rows = self._database.rows("incidents with alerts", wanted)
        return {(row["incident_id"], row["fingerprint"]): bool(row["is_firing"]) for row in rows}

    def fires_for(self, fingerprint: str) -> tuple[tuple[str, str], ...]:
        """Return the services, with their environments, for which an alert fires as far as is known."""
        rows = self._database.rows("incidents that fire by", (fingerprint,))
        return tuple((row["service"], row["environment"]) for row in rows)

    def end_alerts(self, alerts: Sequence[Alert], *, at: float) -> None:
        """Keep that alerts were resolved: a firing that began no later is past, whenever it is heard."""
        with self._database.write() as connection:
            connection.execute(self._database.statement("forget alert ends"), (at - KEEP_ENDS_SECONDS,))
            for alert in alerts:
                values = (alert.fingerprint, alert.started_at, at)
                connection.execute(self._database.statement("end alert"), values)

    def alert_ends(self, fingerprints: Collection[str], *, since: float = 0.0) -> Mapping[str, float]:
        """Return of which of these alerts an end was heard since a time, and when each had begun by its sender's clock.

        The time is our own clock's.
        """
        rows = self._database.rows("ended alerts", (json.dumps(list(fingerprints)), since))
        return {row["fingerprint"]: float(row["started_at"]) for row in rows}

    def silence(self, silence: Silence) -> None:
        """Silence a service until a time; again replaces it, and a time that is past ends it."""
        self._database.run("silence", (silence.service, silence.until, silence.by, silence.reason))

    def silences(self, *, at: float = 0.0) -> tuple[Silence, ...]:
        """Return the silences that last beyond a time, by service."""
        rows = self._database.rows("silences", (at,))
        return tuple(Silence(row["service"], row["until"], row["by"], row["reason"]) for row in rows)

    def say_of_incident(self, incident_id: str, word: IncidentWord, *, by: Actor, at: float) -> bool:
        """Keep what somebody said; return False where the same was kept before (a delivery that is handled again)."""
        values = (incident_id, word, by.id, encode(by, Actor), at)
        return self._database.run("say of incident", values) > 0

    def words_of_incident(self, incident_id: str) -> tuple[SaidOfIncident, ...]:
        """Return what people said of an incident, oldest first."""
        rows = self._database.rows("words of incident", (incident_id,))
        return tuple(
            SaidOfIncident(row["number"], IncidentWord(row["word"]), decode(row["by"], Actor), row["at"])
            for row in rows
        )


def _incident(row: Any) -> Incident:
    incident: Incident = decode(row["incident"], Incident)
    return incident
