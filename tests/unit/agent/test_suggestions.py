"""A reviewer's suggestion is put in to the letter: git's lines, the file's own line endings, nothing else touched."""

import pytest

from yantra_bot.agent.edits import splice_lines
from yantra_bot.errors import UserError


@pytest.mark.parametrize(
    ("before", "lines", "text", "after"),
    [
        (b"a\nb\nc\n", (2, 2), "B\n", b"a\nB\nc\n"),
        (b"a\nb\nc\n", (1, 2), "x\ny\nz\n", b"x\ny\nz\nc\n"),
        (b"a\nb\nc\n", (2, 3), "", b"a\n"),
        (b"a\nb\nc\n", (2, 2), "\n", b"a\n\nc\n"),
        (b"a\nb", (2, 2), "B\n", b"a\nB"),
        (b"a\r\nb\r\nc\r\n", (2, 2), "x\ny\n", b"a\r\nx\r\ny\r\nc\r\n"),
        (b"a\r\nb\nc\n", (2, 2), "x\r\ny\r\n", b"a\r\nx\ny\nc\n"),
        (b"a\x0cb\nc\n", (2, 2), "C\n", b"a\x0cb\nC\n"),
        (b"\xef\xbb\xbfa\nb\n", (1, 1), "A\n", b"\xef\xbb\xbfA\nb\n"),
        ("# coding: latin-1\né\n".encode("latin-1"), (2, 2), "è\n", "# coding: latin-1\nè\n".encode("latin-1")),
    ],
)
def test_lines_are_replaced(before: bytes, lines: tuple[int, int], text: str, after: bytes) -> None:
    """Empty text removes them; a blank line is a blank line."""
    assert splice_lines(before, *lines, text) == after


@pytest.mark.parametrize("lines", [(0, 1), (3, 3), (2, 1), (1, 9)])
def test_lines_that_are_not_there_are_refused(lines: tuple[int, int]) -> None:
    """The file is another one than the reviewer saw."""
    with pytest.raises(UserError, match="There are no lines"):
        splice_lines(b"a\nb\n", *lines, "x\n")
    with pytest.raises(UserError, match="binary"):
        splice_lines(b"\0\n", 1, 1, "x\n")
