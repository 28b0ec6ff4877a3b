"""What people say to a roll-out counts once, for the stage that it was said of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.runs.test_replaying import ORDER
from yantra_bot.runs.deploying.words import Said, Word
from yantra_bot.runs.records import Records

RUN = ORDER.run_id


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    opened.start_run(ORDER, 1.0)
    yield opened
    opened.close()


def test_a_promotion_counts_for_the_stage_that_holds_still(records: Records) -> None:
    """One before there is anything to promote is none, and the first of two counts."""
    assert not records.promote(RUN, by="ann", at=1.0)
    assert records.hold_still(RUN, 1, due=90.0) == 90.0
    assert records.said_of(RUN, 1) is None
    assert records.promote(RUN, by="ann", at=2.0)
    assert not records.promote(RUN, by="bob", at=3.0)
    assert records.said_of(RUN, 1) == Said(Word.PROMOTE, "ann")
    assert records.said_of(RUN, 2) is None


def test_holding_still_again_keeps_the_first_time(records: Records) -> None:
    """A kill between the question and its answer gives nobody more time."""
    records.hold_still(RUN, 1, due=90.0)
    assert records.hold_still(RUN, 1, due=500.0) == 90.0


def test_an_abort_counts_for_every_stage(records: Records) -> None:
    """It wins over a promotion of the same stage."""
    records.hold_still(RUN, 1, due=90.0)
    assert records.promote(RUN, by="ann", at=2.0)
    assert records.abort(RUN, by="bob", at=3.0)
    assert not records.abort(RUN, by="cleo", at=4.0)
    assert records.said_of(RUN, 0) == Said(Word.ABORT, "bob")
    assert records.said_of(RUN, 1) == Said(Word.ABORT, "bob")
