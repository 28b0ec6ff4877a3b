"""Incidents as they are stored: whole, never overwritten, and within bounds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.incidents import Incident, IncidentState, IncidentWord, Silence
from yantra_bot.domain.repository import Actor
from yantra_bot.runs.incidents import KEEP_ENDS_SECONDS, MOST_ALERTS, MOST_WITH_TEXT
from yantra_bot.runs.records import Records

ANN = Actor(7, "ann", is_bot=False)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "records.sqlite")
    yield records
    records.close()


def alert(number: int = 1, **changed: object) -> Alert:
    values = {"source": AlertSource.ALERTMANAGER, "fingerprint": f"{number:016x}", "service": "shop"}
    return Alert(**{**values, "name": "HighErrorRate", "is_firing": True, "started_at": 50.0, **changed})  # type: ignore[arg-type]


def incident(number: int = 1, **changed: object) -> Incident:
    one = Incident(
        id=f"{number:024x}",
        repository_id=1,
        service="shop",
        environment="production",
        title="Errors",
        severity=Severity.ERROR,
        state=IncidentState.OPEN,
        opened_at=100.0,
        changed_at=100.0,
        first=alert(),
    )
    return replace(one, **changed)  # type: ignore[arg-type]


def test_an_incident_comes_back_as_it_was_stored(records: Records) -> None:
    """It is found by its id, its issue, its repository and its service; when it is over it is open no more."""
    stored = records.put_incident(incident(issue=12))
    assert stored == incident(issue=12, version=1)
    assert records.incident(incident().id) == stored
    assert records.incident_of_issue(1, 12) == stored
    assert records.incident_of_issue(1, 0) is None
    assert records.incident_of_issue(2, 12) is None
    assert records.incidents() == records.incidents(1) == records.incidents_open() == (stored,)
    assert records.incidents(2) == ()
    over = records.put_incident(replace(stored, state=IncidentState.RESOLVED, changed_at=200.0, is_told=True))
    assert over is not None
    assert records.incidents_open() == ()
    assert records.incidents_of_service("shop", "production", now=300.0, cooldown=100.0) == (over,)
    assert records.incidents_of_service("shop", "production", now=301.0, cooldown=100.0) == ()
    assert records.incidents_of_service("shop", "staging", now=200.0, cooldown=100.0) == ()
    kept = records.put_incident(replace(over, cooldown_seconds=50.0))
    assert records.incidents_of_service("shop", "production", now=250.0, cooldown=100.0) == (kept,)
    assert records.incidents_of_service("shop", "production", now=251.0, cooldown=100.0) == ()


def test_nobody_overwrites_what_another_stored(records: Records) -> None:
    """Who read it before a change is told so, and nothing is written."""
    first = records.put_incident(incident())
    assert first is not None
    assert records.put_incident(incident()) is None
    changed = records.put_incident(replace(first, title="changed"))
    assert changed is not None
    assert records.put_incident(replace(first, title="late")) is None
    assert records.keep_heard(replace(first, title="late"), [alert(9)], at=1.0) is None
    kept = records.incident(first.id)
    assert kept is not None
    assert (kept.title, kept.version) == ("changed", 2)


def test_alerts_are_counted_by_what_they_are(records: Records) -> None:
    """The same one again is heard again; what Alertmanager cut off counts as others, lines of a log do not."""
    logs = alert(3, source=AlertSource.LOGS, count=40)
    stored = records.keep_heard(incident(), [alert(1), alert(2, count=6), logs], at=100.0)
    assert stored is not None
    assert (stored.alerts, stored.is_firing, stored.ended_at) == (8, True, None)
    again = records.keep_heard(stored, [alert(1), replace(alert(2), is_firing=False)], at=160.0)
    assert again is not None
    assert (again.alerts, again.is_firing) == (8, True)
    kept = records.incident_alerts(stored.id, 10)
    assert [(one.alert.fingerprint[-1], one.first_at, one.last_at, one.heard) for one in kept] == [
        ("1", 100.0, 160.0, 2),
        ("2", 100.0, 160.0, 2),
        ("3", 100.0, 100.0, 1),
    ]
    over = records.keep_heard(again, [replace(one.alert, is_firing=False) for one in kept], at=200.0)
    assert over is not None
    assert (over.is_firing, over.ended_at) == (False, 200.0)
    later = records.keep_heard(over, [replace(alert(1), is_firing=False)], at=300.0)
    assert later is not None
    assert later.ended_at == 200.0
    known = records.alerts_known([stored.id], [alert(1).fingerprint, alert(7).fingerprint])
    assert known == {(stored.id, alert(1).fingerprint): False}


@pytest.mark.case("I04")
def test_a_storm_takes_a_bounded_room(records: Records) -> None:
    """Of very many alerts the first are kept whole, more by name; those beyond are not, and it still ends."""
    storm = [alert(number, text="x" * 200) for number in range(MOST_ALERTS + 20)]
    stored = records.keep_heard(incident(), storm, at=100.0)
    assert stored is not None
    assert stored.alerts == MOST_ALERTS
    assert len(records.incident_alerts(stored.id, 10_000)) == MOST_WITH_TEXT
    ended = records.keep_heard(stored, [replace(one, is_firing=False) for one in storm], at=200.0)
    assert ended is not None
    assert not ended.is_firing


def test_what_was_resolved_is_known_for_a_while(records: Records) -> None:
    """The latest beginning counts; after a week it is forgotten."""
    records.end_alerts([alert(1, started_at=50.0), alert(2, started_at=60.0)], at=100.0)
    records.end_alerts([alert(1, started_at=40.0)], at=110.0)
    both = [alert(1).fingerprint, alert(2).fingerprint]
    assert records.alert_ends(both) == {both[0]: 50.0, both[1]: 60.0}
    assert records.alert_ends(both, since=105.0) == {both[0]: 50.0}
    records.end_alerts([], at=105.0 + KEEP_ENDS_SECONDS)
    assert records.alert_ends(both) == {both[0]: 50.0}


def test_it_is_known_for_which_service_an_alert_fires(records: Records) -> None:
    """So that its end finds it, where that says less than its beginning did."""
    stored = records.keep_heard(incident(), [alert(1)], at=100.0)
    assert stored is not None
    assert records.fires_for(alert(1).fingerprint) == (("shop", "production"),)
    records.keep_heard(stored, [replace(alert(1), is_firing=False)], at=101.0)
    assert records.fires_for(alert(1).fingerprint) == ()


def test_a_silence_ends_by_itself_or_early(records: Records) -> None:
    """There is one a service, the last that was said."""
    records.silence(Silence("shop", 100.0, "ann", "we move"))
    records.silence(Silence("api", 300.0, "ann"))
    records.silence(Silence("shop", 200.0, "ben", "still"))
    assert [one.service for one in records.silences(at=150.0)] == ["api", "shop"]
    assert records.silences(at=250.0) == (Silence("api", 300.0, "ann"),)
    records.silence(Silence("api", 0.0, "ann"))
    assert records.silences(at=250.0) == ()


def test_what_is_said_of_an_incident_is_kept_once(records: Records) -> None:
    """A delivery that is handled again says nothing new; the same person may say it again later."""
    assert records.say_of_incident("i1", IncidentWord.APPROVE, by=ANN, at=10.0)
    assert not records.say_of_incident("i1", IncidentWord.APPROVE, by=ANN, at=10.0)
    assert records.say_of_incident("i1", IncidentWord.CLOSE, by=ANN, at=11.0)
    assert records.say_of_incident("i1", IncidentWord.APPROVE, by=ANN, at=12.0)
    said = records.words_of_incident("i1")
    assert [(one.word, one.by, one.at) for one in said] == [
        (IncidentWord.APPROVE, ANN, 10.0),
        (IncidentWord.CLOSE, ANN, 11.0),
        (IncidentWord.APPROVE, ANN, 12.0),
    ]
    assert records.words_of_incident("i2") == ()
