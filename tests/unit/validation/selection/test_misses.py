"""What selections missed is kept and told."""

from pathlib import Path

from yantra_bot.domain.review import SelectedTest, TestSelection
from yantra_bot.validation.selection import misses

SELECTION = TestSelection(is_all=False, tests=(SelectedTest("t.py::a", "calls it"),), known=4)


def test_a_failing_test_that_was_not_selected_is_a_miss() -> None:
    """Cases of one function are one; a file that could not be collected is met by any of its tests."""
    held = misses.hold(SELECTION, ["t.py::a[1]", "t.py::a[2]", "t.py::b", "t.py", "u.py"], base="1", head="2")
    assert (held.failed, held.missed_count, held.missed) == (4, 2, ("t.py::b", "u.py"))
    whole = misses.hold(TestSelection(is_all=True), ["t.py::b"], base="1", head="2")
    assert whole.missed_count == 0


def test_they_are_kept_once_a_change_and_told_as_a_rate(tmp_path: Path) -> None:
    """A line that cannot be read is left out; without failures nothing is claimed."""
    assert "no miss rate is known" in misses.describe(misses.load(tmp_path))
    for failed in (["t.py::b"], ["t.py::a", "t.py::b"]):
        misses.keep(tmp_path, misses.hold(SELECTION, failed, base="1", head="2"))
    misses.keep(tmp_path, misses.hold(SELECTION, [], base="2", head="3"))
    with (tmp_path / misses.FILE).open("a") as file:
        file.write("broken\n{}\n")
    kept = misses.load(tmp_path)
    assert [one.failed for one in kept] == [2, 0]
    assert misses.describe(kept).startswith("1 of 2 failing tests were not selected (50.0%), over 1 changes")
