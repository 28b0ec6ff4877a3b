"""What is heard late is for what stood there when it was written: a missed `approve` agrees to nothing of today."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.monitor.alerts import NOW, make_alert
from tests.unit.runs.watching.street import SHOP, Clock
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import CommentPosted, Delivery, Origin
from yantra_bot.domain.incidents import HealingKind, IncidentState, Policy, Proposal
from yantra_bot.domain.repository import Actor
from yantra_bot.monitor.grouping import open_incident
from yantra_bot.runs.listening import Listener
from yantra_bot.runs.place import WRITTEN_WITHIN, Place, time_said
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.words import IncidentWords
from yantra_bot.webhooks.policy import Rules

HOUR: Final = 3_600.0
NOBODY: Final[Any] = None
"""What is not asked for anything here."""
ANN: Final = Actor(5, "ann", is_bot=False)


def written(at: float) -> str:
    """Return a time as the forge writes it."""
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1970-01-01T00:01:40Z", 100.0 + WRITTEN_WITHIN),
        ("1970-01-01T01:01:40+01:00", 100.0 + WRITTEN_WITHIN),
        ("1970-01-01T02:46:39Z", 10_000.0),
        ("2099-01-01T00:00:00Z", 10_000.0),
        ("1970-01-01T00:01:40", 10_000.0),
        ("yesterday", 10_000.0),
        ("", 10_000.0),
    ],
)
def test_the_time_of_writing_counts(written: str, said: float) -> None:
    """Never later than the door heard of it; what is no time is none."""
    assert time_said(written, 10_000.0) == said


@pytest.mark.case("I09")
@pytest.mark.parametrize(("hours_ago", "counts"), [(20.0, False), (0.0, True)])
def test_a_missed_yes_is_for_no_later_proposal(tmp_path: Path, *, hours_ago: float, counts: bool) -> None:
    records, clock = Records.open(tmp_path / "records.sqlite"), Clock()
    asked = replace(
        open_incident(make_alert(), Service("shop", SHOP.full_name, "production"), SHOP.id, now=NOW),
        state=IncidentState.WAITING,
        issue=7,
        proposal=Proposal(HealingKind.RESTART, Policy.APPROVE, "it leaks", "shop"),
        proposed_at=NOW,
    )
    stored = records.put_incident(asked)
    assert stored is not None
    said_at = time_said(written(NOW + 1 - hours_ago * HOUR), NOW + 2)
    place = Place(Origin(1, SHOP), 7, 5, ANN, "key", NOBODY, said_at=said_at)
    answer = IncidentWords(records, clock).obey(Command(Verb.APPROVE), place)
    assert answer is not None
    assert ("before I proposed" in answer) is not counts
    assert len(records.words_of_incident(asked.id)) == int(counts)
    records.close()


@pytest.mark.case("I09")
def test_a_comment_that_is_heard_late_was_said_when_it_was_written() -> None:
    """Swept up or delivered again, it bears its own time."""
    listener = Listener(
        orders=NOBODY,
        records=NOBODY,
        forge=lambda *_: NOBODY,
        me=NOBODY,
        rules=Rules(bot_id=0),
        models=(),
        clock=Clock(),
        heed_review=NOBODY,
    )
    event = CommentPosted(Origin(1, SHOP), 7, False, 5, "@yantra approve", ANN, ANN, written(NOW - 20 * HOUR))
    delivery = Delivery(0, "sweep-5", "k", "github", "issue_comment", b"", NOW)
    assert listener.place(delivery, event, comment_id=5).said_at == NOW - 20 * HOUR + WRITTEN_WITHIN
