"""Pieces of files are shown as they are, or say in which way they are not."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot import artefacts
from yantra_bot.retrieval.context.long_code import divide
from yantra_bot.retrieval.context.source import Piece, Sources, Wanted, cut_piece
from yantra_bot.retrieval.tokens import Tokenizer

Cut = Callable[..., Piece | None]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(artefacts.path("token-ranks"))


@pytest.fixture
def cut(tokenizer: Tokenizer) -> Cut:
    def cut(
        data: bytes, first: int, last: int, *, path: str = "a.py", limit: int = 1_000, task: str = ""
    ) -> Piece | None:
        sources = Sources({path: data}.get)
        return cut_piece(sources, tokenizer, Wanted(path, "f", first, last, task), limit)

    return cut


def test_a_piece_is_the_files_own_lines(cut: Cut) -> None:
    """What fits is there as it stands, under its place; CRLF is read as LF, and a mark at the beginning is none."""
    assert cut(b"\xef\xbb\xbfa\r\nb\r\nc", 1, 2) == Piece("a.py, lines 1-2: f\na\nb", 1, 2, is_exact=True)
    assert cut(b"a\nb\nc", 3, 9) == Piece("a.py, line 3: f\nc", 3, 3, is_exact=True)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (4, 5), (2, 1)])
def test_lines_that_are_not_there(cut: Cut, first: int, last: int) -> None:
    """A file without such lines gives nothing."""
    assert cut(b"a\nb\nc", first, last) is None


@pytest.mark.parametrize("data", [b"a\0b", b"a\n" * 600_000])
def test_what_is_no_text_or_too_large_gives_nothing(cut: Cut, data: bytes) -> None:
    """Binary files and those of megabytes are not shown."""
    assert cut(data, 1, 1) is None


def test_a_file_that_is_gone_gives_nothing(tokenizer: Tokenizer) -> None:
    """A file may vanish between the search and the reading."""
    assert cut_piece(Sources(lambda _: None), tokenizer, Wanted("a.py", "f", 1, 2), 100) is None


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        ("a = '\u202e'".encode(), "a.py", "invisible characters are shown as escapes"),
        ("a = 'é'".encode("latin-1"), "a.py", "not all of it is UTF-8"),
        (b"a: 1", ".github/workflows/ci.yml", "not for a change: it decides what runs"),
    ],
)
def test_what_is_not_exact_says_so(cut: Cut, data: bytes, path: str, said: str) -> None:
    """An edit of such a text could not match, or is not allowed."""
    piece = cut(data, 1, 1, path=path)
    assert piece is not None
    assert not piece.is_exact
    assert said in piece.text.partition("\n")[0]
    assert "\u202e" not in piece.text


LONG = "def f():\n" + "".join(f"    if a_{n}:\n        b_{n}()\n" for n in range(2_500))


def test_a_function_of_5000_lines_is_cut_at_statements(cut: Cut, tokenizer: Tokenizer) -> None:
    """Its beginning and what speaks of the task are there whole; it says what is left out."""
    piece = cut(LONG.encode(), 1, 5_001, limit=300, task="b_1234 is wrong")
    assert piece is not None
    assert piece.is_exact
    assert tokenizer.count(piece.text) <= 300
    heading, head, *rows = piece.text.split("\n")
    assert heading == "a.py, parts of lines 1-5001: f"
    assert head == "def f():"
    assert "    if a_1234:\n        b_1234()" in piece.text
    marks = [row for row in rows if row.startswith("[…")]
    assert marks[-1].endswith("-5001 left out: read them in the file …]")
    code = [row for row in rows if not row.startswith("[…")]
    assert all(row.startswith("    if") == (place % 2 == 0) for place, row in enumerate(code))
    assert piece.rest == 5_001 - 1 - len(code)


def test_a_line_that_is_too_long_gives_nothing(cut: Cut) -> None:
    """A statement is never shown in part."""
    assert cut(b"x = [" + b"1, " * 5_000 + b"]", 1, 1, limit=200) is None


def test_documents_are_cut_at_lines(cut: Cut) -> None:
    """Where there is no syntax, lines are whole."""
    piece = cut(b"# Title\n" + b"some words of a line\n" * 400, 1, 400, path="a.md", limit=200)
    assert piece is not None
    assert "some words of a line\n[… lines" in piece.text


@settings(max_examples=50, deadline=None)
@given(
    text=st.lists(st.sampled_from(["def f():", "    x = 1", "    if x:", "        y()", "", "'''", "é", "class C:"])),
    first=st.integers(1, 5),
    more=st.integers(0, 30),
    limit=st.integers(0, 80),
)
def test_no_piece_is_longer_than_its_limit(
    tokenizer: Tokenizer, text: list[str], first: int, more: int, limit: int
) -> None:
    """Whatever the file is: the limit holds, and each line shown is one of the file, in its order."""
    sources = Sources({"a.py": "\n".join(text).encode()}.get)
    piece = cut_piece(sources, tokenizer, Wanted("a.py", "f", first, first + more), limit)
    if piece is not None:
        assert tokenizer.count(piece.text) <= limit
        own = iter("\n".join(text).split("\n"))
        shown = [line for line in piece.text.split("\n")[1:] if not line.startswith("[…")]
        assert all(line in own for line in shown)


def test_ranges_cover_all_lines() -> None:
    """Divided code has no hole and no overlap."""
    path = Path("a.py")
    sources = Sources({str(path): LONG.encode()}.get)
    ranges = divide(sources.root(str(path)), 1, 5_001)
    assert (ranges[0][0], ranges[-1][1]) == (1, 5_001)
    assert all(one[1] + 1 == other[0] for one, other in pairwise(ranges))
