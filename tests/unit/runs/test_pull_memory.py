"""What is remembered of pull requests between their reviews."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yantra_bot.runs.pull_memory import Hush, LastReview, Quiet
from yantra_bot.runs.records import Records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


def test_quiet_is_wanted_until_it_is_not(records: Records) -> None:
    """The last word counts, on that pull request alone."""
    records.hush_pull(1, 7, Quiet.PAUSED, "ann", at=1.0)
    records.hush_pull(1, 7, Quiet.IGNORED, "bob", at=2.0)
    assert records.hush_of_pull(1, 7) == Hush(Quiet.IGNORED, "bob")
    assert records.hush_of_pull(1, 8) is None
    assert records.hush_of_pull(2, 7) is None
    assert records.unhush_pull(1, 7)
    assert not records.unhush_pull(1, 7)


def test_what_is_ignored_is_named_in_order_and_once(records: Records) -> None:
    """And can be heeded again."""
    for what in ("names/*", "graph/a", "names/*"):
        records.ignore_on_pull(1, 7, what, "ann", at=1.0)
    assert records.ignored_on_pull(1, 7) == ("graph/a", "names/*")
    assert records.heed_on_pull(1, 7, "graph/a")
    assert not records.heed_on_pull(1, 7, "graph/a")
    assert records.ignored_on_pull(1, 7) == ("names/*",)


def test_remarks_and_the_last_review_are_remembered(records: Records) -> None:
    """A later review takes the place of an earlier one; remarks only grow."""
    records.remember_remarks(1, 7, ("a", "b"))
    records.remember_remarks(1, 7, ("b", "c"))
    assert records.remembered_remarks(1, 7) == {"a", "b", "c"}
    assert records.last_review(1, 7) is None
    for number in range(2):
        records.remember_review(1, 7, LastReview(f"run{number}", f"head{number}", "blob"), at=1.0)
    assert records.last_review(1, 7) == LastReview("run1", "head1", "blob")
