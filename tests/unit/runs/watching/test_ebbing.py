"""What nobody tells the end of ends by itself, and how long its like opens it again outlives a restart."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.watching import WatchWorld
from tests.unit.monitor.alerts import OTHER_TRACE, TRACE, make_alert
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.runs.incidents import MOST_WITH_TEXT
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.ebbing import LEAST_SECONDS, SOURCES, Ebbing
from yantra_bot.runs.watching.hearing import COOLDOWN_SECONDS
from yantra_bot.runs.watching.rounds import still_firing


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    found = Records.open(tmp_path / "records.sqlite")
    yield found
    found.close()


@pytest.fixture
def world(records: Records) -> WatchWorld:
    return WatchWorld(records)


def event(world: WatchWorld, source: AlertSource = AlertSource.SENTRY, number: int = 1, **changed: object) -> Alert:
    values = {"source": source, "text": TRACE, "name": "KeyError", "started_at": world.clock.time} | changed
    return make_alert(number, **values)


async def look(world: WatchWorld, *, after: float) -> list[Incident]:
    """Look, as a server does that has just begun."""
    world.clock.time += after
    await Ebbing(world.look_again(), world.records, world.clock).look_at(
        (await world.watched.all())[world.services.all[0]]
    )  # type: ignore[arg-type]  # the rules can be read
    return world.incidents()


def end(world: WatchWorld, incident: Incident) -> None:
    over = replace(incident, state=IncidentState.RESOLVED, is_told=True, changed_at=world.clock.time)
    assert world.records.put_incident(over) is not None


@pytest.mark.case("I07")
@pytest.mark.parametrize("source", sorted(SOURCES))
async def test_an_event_without_an_end_ends_when_nothing_is_heard(world: WatchWorld, source: AlertSource) -> None:
    """It is said once why; each time that it is heard the time begins anew."""
    await world.hear([event(world, source)])
    (incident,) = await look(world, after=LEAST_SECONDS - 60)
    assert incident.is_firing
    await world.hear([event(world, source)])
    (incident,) = await look(world, after=LEAST_SECONDS - 1)
    assert incident.is_firing
    assert [one.is_firing for one in still_firing(world.records)] == [True]
    (incident,) = await look(world, after=1)
    assert (incident.is_firing, incident.ended_at) == (False, world.clock.time)
    assert still_firing(world.records) == ()
    assert [text for _, text in incident.news if "Nothing was heard of it for 30 minutes" in text] != []
    assert await look(world, after=60) == [incident]


async def test_the_same_error_much_later_is_a_new_incident(world: WatchWorld) -> None:
    """Within the cooldown it opens the old one again."""
    await world.hear([event(world)])
    (incident,) = await look(world, after=LEAST_SECONDS)
    end(world, incident)
    await world.hear([event(world)])
    (again,) = world.incidents()
    assert (again.is_firing, again.opened_again) == (True, 1)
    (over,) = await look(world, after=LEAST_SECONDS)
    end(world, over)
    world.clock.time += COOLDOWN_SECONDS + 1
    await world.hear([event(world)])
    assert [one.is_firing for one in world.incidents()] == [True, False]


async def test_who_tells_ends_is_believed(world: WatchWorld) -> None:
    """An alert of Alertmanager's fires until it says otherwise, beside an event that has ebbed away."""
    await world.hear([event(world), event(world, AlertSource.ALERTMANAGER, 2)])
    (incident,) = await look(world, after=10 * LEAST_SECONDS)
    assert incident.is_firing
    assert [one.source for one in still_firing(world.records)] == [AlertSource.ALERTMANAGER]
    assert not incident.news


async def test_alerts_that_are_not_kept_whole_end_too(world: WatchWorld) -> None:
    await world.hear([event(world, number=number) for number in range(MOST_WITH_TEXT + 5)])
    (incident,) = await look(world, after=LEAST_SECONDS)
    assert (incident.is_firing, incident.alerts) == (False, MOST_WITH_TEXT + 5)


@pytest.mark.parametrize(("minutes", "reopens"), [(5, False), (300, True)])
async def test_the_cooldown_of_the_rules_outlives_a_restart(world: WatchWorld, *, minutes: int, reopens: bool) -> None:
    """It is kept with the incident: who hears after a restart has read no rules yet."""
    world.monitor = f"    cooldown_minutes: {minutes}"
    world.watched = world.look_again()
    await world.hear([event(world, AlertSource.PROBE)])
    (incident,) = await look(world, after=15)
    assert incident.cooldown_seconds == 60 * minutes
    end(world, incident)
    world.clock.time += 600 if not reopens else COOLDOWN_SECONDS + 600
    await world.hear([event(world, AlertSource.PROBE)])
    assert len(world.incidents()) == (1 if reopens else 2)


async def test_a_long_cooldown_is_waited_for(world: WatchWorld) -> None:
    """Nothing is over before its like would be news; another service's incidents are left alone."""
    world.monitor = "    cooldown_minutes: 60"
    world.watched = world.look_again()
    await world.hear([event(world)])
    other = replace(world.incidents()[0], id="f" * 24, service="api", version=0)
    stored = world.records.keep_heard(other, [event(world, number=3, text=OTHER_TRACE)], at=world.clock.time)
    assert (await look(world, after=3_599))[-1].is_firing
    found = await look(world, after=1)
    assert not found[-1].is_firing
    assert found[0] == stored
