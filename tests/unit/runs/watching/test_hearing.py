"""Alerts are heard once, joined to one incident a cause, and stored, whoever sent them and however often."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.monitor.alerts import NOW, OTHER_TRACE, TRACE, make_alert
from tests.unit.runs.watching.street import API, Street
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.events import Origin
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.errors import Transient
from yantra_bot.monitor.grouping import MOST_OPEN, cause_of
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.hearing import COOLDOWN_SECONDS, LATE_SECONDS


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    records = Records.open(tmp_path / "records.sqlite")
    yield Street(records)
    records.close()


def resolved(alert: Alert, **changed: Any) -> Alert:
    return replace(alert, is_firing=False, **changed)


async def test_an_alert_opens_one_incident(street: Street) -> None:
    """Its repository and environment are the operator's, and its number the forge's."""
    assert await street.hear(make_alert()) == "1 firing"
    incident = street.only
    assert (incident.repository_id, incident.service, incident.environment) == (7, "shop", "production")
    assert (incident.state, incident.is_firing, incident.alerts, incident.heard) == (IncidentState.OPEN, True, 1, 1)
    assert incident.opened_at == incident.last_fired_at == NOW
    (kept,) = street.records.incident_alerts(incident.id)
    assert (kept.alert.service, kept.alert.started_at) == ("shop", NOW - 60)
    assert street.woken == 1


@pytest.mark.case("I03")
async def test_an_alert_cannot_choose_a_repository(street: Street) -> None:
    """What names no service of the operator's is nobody's, whatever else it says."""
    labels = (("repo", "acme/api"), ("repository", "victim/other"), ("service", "acme/api/live"))
    assert await street.hear(make_alert(labels=labels)) == "1 of no service that is watched"
    assert street.records.incidents() == ()
    assert street.woken == 0
    await street.hear(make_alert(labels=(*labels[:2], ("service", "shop"))))
    assert street.only.repository_id == 7


@pytest.mark.case("I04")
async def test_a_storm_is_one_incident(street: Street) -> None:
    """Five hundred alerts of a group, each sent again every minute, with more of them cut off."""
    storm = [
        make_alert(
            number, name=f"Alert{number % 7}", summary=f"pod {number}", group="g", count=41 if number == 0 else 1
        )
        for number in range(500)
    ]
    for _ in range(5):
        await street.hear(*storm, after=60)
    incident = street.only
    assert (incident.alerts, incident.heard, incident.flaps) == (540, 2_500, 0)
    await street.hear(*map(resolved, storm), after=60)
    assert (street.only.is_firing, street.only.ended_at) == (False, street.clock.at)


@pytest.mark.case("I05")
async def test_an_end_before_its_beginning_opens_nothing(street: Street) -> None:
    """What was over before it was heard needs nobody; what fires after that does."""
    alert = make_alert(started_at=NOW - 100)
    assert await street.hear(resolved(alert, ended_at=NOW - 50)) == "1 resolved"
    assert await street.hear(alert) == "1 over before they were heard"
    assert street.records.incidents() == ()
    await street.hear(replace(alert, started_at=NOW - 20))
    assert street.only.is_firing


@pytest.mark.case("I05")
async def test_an_end_is_known_while_something_is_done(street: Street) -> None:
    """The incident says at once that nothing fires; a late copy of the firing changes nothing."""
    await street.hear(make_alert())
    street.records.put_incident(replace(street.only, state=IncidentState.FIXING))
    await street.hear(resolved(make_alert()), after=30)
    assert (street.only.state, street.only.is_firing, street.only.ended_at) == (IncidentState.FIXING, False, NOW + 30)
    await street.hear(make_alert(), after=5)
    assert not street.only.is_firing


@pytest.mark.case("I07")
@pytest.mark.parametrize("is_over", [True, False])
async def test_what_fires_again_from_the_same_beginning_is_news(street: Street, *, is_over: bool) -> None:
    """Prometheus was cut off, so Alertmanager took it for resolved: it fires on, its beginning stays what it was."""
    await street.hear(make_alert())
    await street.hear(resolved(make_alert()), after=60)
    if is_over:
        street.end(street.only)
    assert await street.hear(make_alert(), after=LATE_SECONDS - 1) == "1 over before they were heard"
    assert not street.only.is_firing
    assert await street.hear(make_alert(), after=1) == "1 firing"
    assert (street.only.is_firing, street.only.state) == (True, IncidentState.OPEN)
    assert (street.only.flaps, street.only.opened_again) == (1, int(is_over))


@pytest.mark.case("I07")
async def test_what_flaps_is_one_incident(street: Street) -> None:
    """Each new firing is counted, whether the incident was still open or just over."""
    for times in range(4):
        alert = make_alert(started_at=NOW + 100 * times)
        await street.hear(alert, after=100)
        await street.hear(resolved(alert), after=10)
        if times == 2:
            street.end(street.only)
    assert (street.only.flaps, street.only.opened_again, street.only.state) == (3, 1, IncidentState.OPEN)


@pytest.mark.case("I07")
async def test_after_the_cooldown_the_same_is_a_new_incident(street: Street) -> None:
    await street.hear(make_alert())
    await street.hear(resolved(make_alert()), after=10)
    street.end(street.only)
    again = make_alert(started_at=NOW + COOLDOWN_SECONDS)
    await street.hear(again, after=COOLDOWN_SECONDS + 1)
    newest, oldest = street.records.incidents()
    assert (newest.is_firing, newest.opened_again, oldest.state) == (True, 0, IncidentState.RESOLVED)


@pytest.mark.case("I08")
async def test_a_clock_that_is_ahead_is_not_believed(street: Street) -> None:
    """A beginning in the future is now; its end is known by the sender's own clock."""
    ahead = make_alert(started_at=NOW + 3_600)
    await street.hear(ahead)
    assert street.only.first is not None
    assert street.only.first.started_at == NOW
    await street.hear(resolved(ahead, ended_at=NOW + 3_660), after=60)
    assert street.only.ended_at == NOW + 60
    await street.hear(ahead, after=1)
    assert not street.only.is_firing


@pytest.mark.case("I09")
async def test_what_is_heard_again_after_a_kill_changes_nothing(street: Street) -> None:
    """A delivery that was acted on, and not marked so, is acted on again: by a listener that remembers nothing."""
    alerts = [make_alert(number) for number in range(3)]
    await street.hear(*alerts)
    first = street.only
    street.listener = street.make()
    await street.hear(*alerts)
    again = street.only
    assert (again.id, again.alerts, again.flaps, again.heard) == (first.id, first.alerts, 0, 6)


async def test_two_errors_at_once_are_two_incidents(street: Street) -> None:
    """And each further one of them joins its own."""
    one = make_alert(1, source=AlertSource.SENTRY, name="KeyError", text=TRACE)
    other = make_alert(2, source=AlertSource.SENTRY, name="ValueError", text=OTHER_TRACE)
    await street.hear(one, other)
    assert len(street.records.incidents()) == 2
    await street.hear(replace(one, fingerprint="3" * 16), replace(other, fingerprint="4" * 16), after=5_000)
    assert [one.alerts for one in street.records.incidents()] == [2, 2]


async def test_services_have_incidents_of_their_own(street: Street) -> None:
    """One delivery may tell of several."""
    api = make_alert(2, labels=(("app", "api"),))
    assert await street.hear(make_alert(), api) == "2 firing"
    assert {one.service: one.repository_id for one in street.records.incidents()} == {"shop": 7, "api": 8}


async def test_an_end_that_names_no_service_finds_what_it_ends(street: Street) -> None:
    """Sentry tells the end of an issue without the tags that its event had."""
    await street.hear(make_alert(source=AlertSource.SENTRY))
    assert await street.hear(make_alert(source=AlertSource.SENTRY, is_firing=False, labels=())) == "1 resolved"
    assert not street.only.is_firing


async def test_while_the_forge_is_down_alerts_are_stored(street: Street) -> None:
    """Where the repository is known already; else they are heard again later."""
    street.forge.is_down = True
    with pytest.raises(Transient):
        await street.hear(make_alert())
    street.forge.is_down = False
    await street.hear(make_alert())
    street.forge.is_down = True
    await street.hear(make_alert(2))
    assert street.only.alerts == 2
    street.forge.is_down, street.forge.hangs = False, True
    await street.hear(make_alert(3))
    assert street.only.alerts == 3


async def test_a_repository_that_is_not_reached_holds_up_no_other(street: Street) -> None:
    """Nor does one that the operator does not let the bot work in."""
    street.forge.known = [Origin(1, API)]
    said = await street.hear(make_alert(), make_alert(2, labels=(("app", "api"),)))
    assert said == "1 of a repository that the App is not installed in, 1 firing"
    assert street.only.service == "api"
    street.listener = street.make(repositories=("other/*",))
    assert await street.hear(make_alert(3, labels=(("app", "api"),))) == (
        "1 of a repository that the App is not installed in"
    )


async def test_alerts_that_come_at_once_open_one_incident(street: Street) -> None:
    """From several doors and loops side by side."""
    await asyncio.gather(*(street.hear(make_alert(number)) for number in range(20)))
    assert street.only.alerts == 20


class Meddled(Records):
    """Records that another process writes to, once, right before something heard is stored."""

    is_due = False

    def keep_heard(self, incident: Incident, alerts: Sequence[Alert], *, at: float) -> Incident | None:
        if self.is_due:
            self.is_due = False
            (there,) = self.incidents()
            self.put_incident(replace(there, title="changed by another"))
        return super().keep_heard(incident, alerts, at=at)


async def test_a_change_by_somebody_else_is_read_again(tmp_path: Path) -> None:
    """Between the look and the store; then it is looked again, and neither is lost."""
    records = Meddled.open(tmp_path / "records.sqlite")
    assert isinstance(records, Meddled)
    street = Street(records)
    await street.hear(make_alert())
    records.is_due = True
    await street.hear(make_alert(2))
    assert (street.only.title, street.only.alerts) == ("changed by another", 2)
    records.close()


async def test_errors_without_end_open_so_many_incidents_and_no_more(street: Street) -> None:
    """Four hundred errors that have nothing in common: the newest of twenty takes the rest, and says so once."""
    letters = [f"{chr(97 + number // 20)}{chr(97 + number % 20)}" for number in range(400)]
    traces = [TRACE.replace("KeyError", f"{one.title()}Error").replace("cart", one) for one in letters]
    assert len({cause_of(make_alert(text=trace)) for trace in traces}) == 400
    alerts = [
        make_alert(number, name=one, text=trace)
        for number, (one, trace) in enumerate(zip(letters, traces, strict=True))
    ]
    await street.hear(*alerts[:30])
    await street.hear(*alerts[30:], after=3600)
    found = street.records.incidents(limit=500)
    assert len(found) == MOST_OPEN
    assert found[0].alerts == 400 - MOST_OPEN + 1
    assert [text for _, text in found[0].news if "Many different errors" in text] == [found[0].news[-1][1]]
    assert not any(one.news for one in found[1:])
    street.end(found[5])
    await street.hear(
        make_alert(999, name="zz", text=TRACE.replace("KeyError", "ZzError").replace("cart", "zz")), after=3600
    )
    assert len(street.records.incidents(limit=500)) == MOST_OPEN + 1
