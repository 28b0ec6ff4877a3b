"""A stored incident is changed without losing what another wrote, and never by what was true before."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.monitor.incidents import INCIDENT
from yantra_bot.domain.incidents import Incident, IncidentState
from yantra_bot.errors import Transient
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.changing import change, is_stale


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    opened.put_incident(INCIDENT)
    yield opened
    opened.close()


def test_what_another_wrote_in_between_stays(records: Records) -> None:
    """The change is made again on what is stored then."""
    others: list[int] = []

    def apply(stored: Incident) -> Incident:
        if not others:
            others.append(1)
            records.put_incident(replace(stored, heard=stored.heard + 1))
        return replace(stored, note="mine")

    changed = change(records, INCIDENT.id, apply)
    assert (changed.note, changed.heard) == ("mine", INCIDENT.heard + 1)
    assert records.incident(INCIDENT.id) == changed


def test_nobody_waits_for_ever(records: Records) -> None:
    """Where others write all the time it is tried again later, as where there is none."""

    def apply(stored: Incident) -> Incident:
        records.put_incident(replace(stored, heard=stored.heard + 1))
        return replace(stored, note="mine")

    with pytest.raises(Transient, match="changed by others"):
        change(records, INCIDENT.id, apply)
    with pytest.raises(Transient, match="no incident"):
        change(records, "b" * 24, apply)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"note": "said", "heard": 9, "changed_at": 1.0}, False),
        ({"state": IncidentState.RESOLVED}, True),
        ({"is_firing": False}, True),
        ({"last_fired_at": 5.0}, True),
        ({"opened_again": 1}, True),
        ({"runs": (("fix", "1" * 24),)}, True),
    ],
)
def test_only_what_a_move_depends_on_makes_a_look_old(changes: dict[str, object], expected: bool) -> None:
    """A firing that came meanwhile is not closed over; another wording is nothing."""
    assert is_stale(replace(INCIDENT, **changes), INCIDENT) is expected  # type: ignore[arg-type]  # by name
