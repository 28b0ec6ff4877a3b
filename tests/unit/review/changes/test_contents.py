"""Changed files by the contents of both versions."""

from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.review import FileKind, FileStatus, Hunk
from yantra_bot.review.changes.contents import describe_change
from yantra_bot.review.changes.kinds import Attributes

NONE = Attributes()
LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b""]), max_size=12)


def test_a_changed_line_is_one_hunk_without_context() -> None:
    """Lines count from 1, and what is equal around them is in no hunk."""
    file = describe_change("a.py", b"x = 1\ny = 2\nz = 3\n", b"x = 1\ny = 4\nz = 3\n", NONE)
    assert file.hunks == (Hunk(2, 1, 2, 1),)
    assert (file.status, file.kind, file.added, file.removed) == (FileStatus.MODIFIED, FileKind.SOURCE, 1, 1)


def test_lines_that_are_added_stand_behind_the_line_before_them() -> None:
    """The side that has no line names the one before."""
    assert describe_change("a.py", b"x\nz\n", b"x\ny\nz\n", NONE).hunks == (Hunk(1, 0, 2, 1),)
    assert describe_change("a.py", b"x\ny\nz\n", b"x\nz\n", NONE).hunks == (Hunk(2, 1, 1, 0),)


def test_a_new_and_a_removed_file_are_told() -> None:
    """All lines of the one are added, of the other removed."""
    new = describe_change("tests/test_a.py", None, b"x\n", NONE)
    assert (new.status, new.kind, new.added) == (FileStatus.ADDED, FileKind.TEST, 1)
    gone = describe_change("a.py", b"x\n", None, NONE)
    assert (gone.status, gone.removed) == (FileStatus.REMOVED, 1)


def test_a_binary_file_is_not_compared() -> None:
    """It says why it was skipped."""
    file = describe_change("a.png", b"\0a", b"\0b", NONE)
    assert (file.kind, file.hunks, file.skipped) == (FileKind.BINARY, (), "binary")


@given(LINES, LINES)
def test_the_hunks_lead_from_one_version_to_the_other(before: list[bytes], after: list[bytes]) -> None:
    """Replacing each stretch of the old lines by its new ones gives the new version."""
    file = describe_change("a.py", b"\n".join(before), b"\n".join(after), NONE)
    old, new = b"\n".join(before).splitlines(), b"\n".join(after).splitlines()
    made, position = [], 0
    for hunk in file.hunks:
        start = hunk.old_start - (hunk.old_lines > 0)
        made += old[position:start]
        begin = hunk.new_start - (hunk.new_lines > 0)
        made += new[begin : begin + hunk.new_lines]
        position = start + hunk.old_lines
    assert made + old[position:] == new
