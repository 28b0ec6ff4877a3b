"""Who closes an incident's issue says that the incident is to be closed, where they may write."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.unit.monitor.alerts import NOW, make_alert
from tests.unit.runs.watching.street import SHOP
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.events import Origin
from yantra_bot.domain.incidents import Incident, IncidentState, IncidentWord
from yantra_bot.domain.repository import Actor, Permission
from yantra_bot.monitor.grouping import open_incident
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.closing import close_incident

ANN = Actor(5, "ann", is_bot=False)


@dataclass
class Forge:
    """Tells what somebody may, and nothing else."""

    allows: Permission = Permission.WRITE

    async def permission(self, login: str) -> Permission:
        return self.allows


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    found = Records.open(tmp_path / "records.sqlite")
    yield found
    found.close()


@pytest.fixture
def incident(records: Records) -> Incident:
    begun = open_incident(make_alert(), Service("shop", SHOP.full_name, "production"), SHOP.id, now=NOW)
    stored = records.put_incident(replace(begun, issue=7))
    assert stored is not None
    return stored


def place(allows: Permission = Permission.WRITE, *, issue: int = 7, by: Actor = ANN) -> Place:
    return Place(Origin(1, SHOP), issue, None, by, "key", Forge(allows), said_at=NOW + 5)  # type: ignore[arg-type]  # as much as is used


async def test_closing_the_issue_is_a_word(records: Records, incident: Incident) -> None:
    """A delivery that is handled again says it once."""
    for _ in range(2):
        assert await close_incident(records, place()) == "the incident is to be closed"
    (said,) = records.words_of_incident(incident.id)
    assert (said.word, said.by, said.at) == (IncidentWord.CLOSE, ANN, NOW + 5)


@pytest.mark.parametrize("allows", [one for one in Permission if not one.may_write])
async def test_who_may_not_write_closes_nothing(records: Records, incident: Incident, allows: Permission) -> None:
    assert "may not write" in await close_incident(records, place(allows))
    assert records.words_of_incident(incident.id) == ()


async def test_other_issues_bots_and_what_is_over_are_left_alone(records: Records, incident: Incident) -> None:
    assert await close_incident(records, place(issue=8)) == "not the issue of an incident"
    assert await close_incident(records, replace(place(), is_pull_request=True)) == "not the issue of an incident"
    assert "may not write" in await close_incident(records, place(by=Actor(9, "yantra[bot]", is_bot=True)))
    assert records.put_incident(replace(incident, state=IncidentState.RESOLVED)) is not None
    assert await close_incident(records, place()) == "its incident is over already"
    assert records.words_of_incident(incident.id) == ()
