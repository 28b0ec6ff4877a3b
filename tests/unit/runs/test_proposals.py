"""A proposal is taken once, by the yes that it waited for, within its time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.runs.records import Records

FIX, PLAN = Command(Verb.FIX, "mend it"), Command(Verb.PLAN)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


def test_a_yes_takes_it_once_however_often_it_is_handled(records: Records) -> None:
    """After a kill the same yes takes the same again; another one finds nothing, and so does another issue's."""
    records.propose(1, 7, FIX, at=100.0)
    assert records.take_proposal(1, 8, by="a", since=0.0) is None
    assert records.take_proposal(1, 7, by="a", since=0.0) == FIX
    records.propose(1, 7, FIX, at=100.0)  # the comment is handled again as well
    assert records.take_proposal(1, 7, by="a", since=0.0) == FIX
    assert records.take_proposal(1, 7, by="b", since=0.0) is None
    assert not records.forget_proposal(1, 7, since=0.0)


def test_it_lasts_for_a_while_and_a_newer_one_takes_its_place(records: Records) -> None:
    """An old one is as good as none."""
    records.propose(1, 7, FIX, at=100.0)
    assert records.take_proposal(1, 7, by="a", since=101.0) is None
    assert not records.forget_proposal(1, 7, since=101.0)
    records.propose(1, 7, PLAN, at=200.0)
    assert records.take_proposal(1, 7, by="a", since=101.0) == PLAN
    records.propose(1, 7, FIX, at=300.0)
    assert records.forget_proposal(1, 7, since=101.0)
    assert records.take_proposal(1, 7, by="b", since=101.0) is None


def test_what_was_proposed_on_another_issue_is_known(records: Records) -> None:
    """In the same repository, as long as nothing else was proposed there."""
    records.propose(1, 7, FIX, at=100.0)
    assert records.was_proposed(1, 8, FIX)
    assert not records.was_proposed(1, 7, FIX)
    assert not records.was_proposed(2, 8, FIX)
    assert not records.was_proposed(1, 8, PLAN)
    records.take_proposal(1, 7, by="a", since=0.0)
    assert not records.was_proposed(1, 8, FIX)  # it is answered, and may be asked again
