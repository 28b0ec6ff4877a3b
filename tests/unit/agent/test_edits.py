"""Search and replace: exactly once, to the byte, and helpful when it does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.agent.edits import Edit, apply_edit, apply_edits
from yantra_bot.errors import UserError

SOURCE = b"import os\n\n\ndef one(a, b):\n    if a:\n        return b\n    return None\n\n\ndef two(a):\n\treturn a\n"


def edit(data: bytes, search: str, replace: str, *, everywhere: bool = False) -> bytes:
    return apply_edit(data, Edit(search, replace, everywhere)).data


def refuse(data: bytes, search: str, replace: str = "x") -> str:
    with pytest.raises(UserError) as caught:
        apply_edit(data, Edit(search, replace))
    return str(caught.value)


def test_one_match_is_replaced_and_its_line_told() -> None:
    """The line is counted from 1, in the new text."""
    edited = apply_edit(SOURCE, Edit("        return b\n", "        return a + b\n"))
    assert edited.data == SOURCE.replace(b"return b", b"return a + b")
    assert edited.lines == (6,)


def test_all_matches_are_replaced_when_asked() -> None:
    """Lines are those of the text after the edit, each earlier place shifting the later ones."""
    edited = apply_edit(b"x\nx\nx", Edit("x", "y\n", True))
    assert edited.data == b"y\n\ny\n\ny\n"
    assert edited.lines == (1, 3, 5)


@pytest.mark.parametrize(
    ("data", "search", "replace", "expected"),
    [
        (b"a\r\nb\r\nc", "a\nb", "a\nx\nb", b"a\r\nx\r\nb\r\nc"),
        (b"a\r\nb\r\n", "a\r\nb", "a\r\nc", b"a\r\nc\r\n"),
        (b"a\nb\r\nc\nd\r\n", "b\nc", "b\nnew\nc", b"a\nb\r\nnew\r\nc\nd\r\n"),
        (b"a\nb\r\nc\nd\r\n", "c\nd", "c\nd!", b"a\nb\r\nc\nd!\r\n"),
        (b"a\rb\rc", "b", "x\ny", b"a\rx\ny\rc"),
        (b"no end", "end", "end\nmore", b"no end\nmore"),
        (b"\xef\xbb\xbfa\r\n", "a", "b", b"\xef\xbb\xbfb\r\n"),
        ("caf\u00e9 x\n".encode("latin-1"), "x", "\u00e9", "caf\u00e9 \u00e9\n".encode("latin-1")),
        (
            "# coding: cp1251\n\u0436 x\n".encode("cp1251"),
            "x",
            "\u0437",
            "# coding: cp1251\n\u0436 \u0437\n".encode("cp1251"),
        ),
        ("\u0436\n".encode("cp1251"), "\u00e6", "\u00e5", b"\xe5\n"),
        (b"# coding: nonsense-9\n\xe9 x", "x", "y", b"# coding: nonsense-9\n\xe9 y"),
        (b"# coding: utf-7\n\xe9 x", "x", "y", b"# coding: utf-7\n\xe9 y"),
        ("\ufeffa\r\nb".encode("utf-16-le"), "b", "c\nd", "\ufeffa\r\nc\r\nd".encode("utf-16-le")),
        ("\ufeffa\nb".encode("utf-16-be"), "b", "c", "\ufeffa\nc".encode("utf-16-be")),
        ("\ufeffa\nb".encode("utf-32-le"), "b", "c", "\ufeffa\nc".encode("utf-32-le")),
        (b"\xed\xa0\x80 x", "x", "y", b"\xed\xa0\x80 y"),
    ],
)
def test_encoding_and_line_endings_stay(data: bytes, search: str, replace: str, expected: bytes) -> None:
    """A model writes LF and Unicode; the file keeps its mark, its encoding, its endings and its missing last one."""
    assert edit(data, search, replace) == expected


texts = st.text(alphabet=st.sampled_from("ab \n\r\u00e9\u4e2d\t"), max_size=40)


@given(
    before=texts, after=texts, mark=st.sampled_from(["", "\ufeff"]), encoding=st.sampled_from(["utf-8", "utf-16-le"])
)
def test_bytes_outside_the_edit_stay(before: str, after: str, mark: str, encoding: str) -> None:
    """Whatever surrounds the place, it is the same to the byte."""
    mark = "\ufeff" if encoding == "utf-16-le" else mark
    head, tail = (mark + before).encode(encoding), after.encode(encoding)
    edited = edit(head + "SEARCH".encode(encoding) + tail, "SEARCH", "REPLACED")
    assert edited == head + "REPLACED".encode(encoding) + tail


@given(before=texts, after=texts, replaced=texts)
def test_the_inverse_edit_gives_the_file_back(before: str, after: str, replaced: str) -> None:
    """An edit and its inverse are nothing, line endings included, where the file has one kind of them."""
    before, after, replaced = (text.replace("\r", "") for text in (before, after, replaced))
    data = f"{before}<<S>>{after}".replace("\n", "\r\n").encode()
    there = edit(data, "<<S>>", f"<<{replaced}R>>")
    assert edit(there, f"<<{replaced}R>>", "<<S>>") == data


@given(st.binary(max_size=200))
def test_any_bytes_are_edited_or_refused(data: bytes) -> None:
    """No file content makes anything but an edit or a reason."""
    try:
        edited = apply_edit(b"SEARCH " + data, Edit("SEARCH", "FOUND"))
    except UserError:
        return
    assert edited.data == b"FOUND " + data


def test_a_binary_file_is_refused() -> None:
    """Zero bytes, and marks that lie, make no text."""
    assert "binary" in refuse(b"a\0b", "a")
    assert "binary" in refuse(b"\xff\xfea", "a")


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    """Nothing is written in another encoding than the file's."""
    assert "latin-1" in refuse(b"caf\xe9\n", "caf\u00e9", "\u20ac")
    assert "utf-8" in refuse(b"a", "a", "\ud800")


def test_several_matches_tell_their_lines() -> None:
    """Overlapping ones count, and a long list is cut."""
    assert "3 times, at lines 1, 2, 3." in refuse(b"x\nx\nx", "x", "y")
    assert "2 times" in refuse(b"aaa", "aa", "b")
    assert "more than 20 times" in refuse(b"x\n" * 500, "x", "y")


def test_empty_and_equal_texts_are_refused() -> None:
    """There has to be something to find and something to change."""
    assert "empty" in refuse(SOURCE, "")
    assert "nothing would change" in refuse(SOURCE, "a\r\n", "a\n")


def test_several_edits_build_on_each_other() -> None:
    """Each sees what the one before left; a refusal names its edit."""
    edited = apply_edits(b"a b", [Edit("a", "c"), Edit("c b", "d")])
    assert edited.data == b"d"
    with pytest.raises(UserError, match="Edit 2 of 2: The search"):
        apply_edits(b"a b", [Edit("a", "c"), Edit("a", "d")])
    with pytest.raises(UserError, match=r"^The search"):
        apply_edits(b"a b", [Edit("z", "c")])


def test_a_miss_by_white_space_shows_the_lines() -> None:
    """The usual mistake is the indentation: the right lines come back with their numbers."""
    message = refuse(SOURCE, "def two(a):\n    return a")
    assert "only white space or indentation differs from lines 10-11" in message
    assert "    10\tdef two(a):\n    11\t\treturn a" in message


def test_a_near_miss_shows_the_nearest_lines_and_the_difference() -> None:
    """What comes closest, how close, and the first line that differs."""
    message = refuse(SOURCE, "def one(a, c):\n    if a:\n        return c\n")
    assert "Nearest are lines 4-6" in message
    assert "     4\tdef one(a, b):" in message
    assert "file:   'def one(a, b):'\n  search: 'def one(a, c):'" in message


def test_a_search_beyond_the_end_says_so() -> None:
    """Lines that the file does not have are told as its end."""
    assert "(the file ends here)" in refuse(b"alpha beta\ngamma delta", "alpha beta\ngamma delta\nepsilon zeta")


def test_a_far_miss_says_that_nothing_is_near() -> None:
    """No misleading neighbour is shown."""
    assert "nothing like it" in refuse(SOURCE, "class Something: ...")
    assert "nothing like it" in refuse(b"", "class Something: ...")
    assert "nothing like it" in refuse(SOURCE, "!!!")


def test_line_breaks_too_many_are_pointed_out() -> None:
    """The last line of a file may have none."""
    assert "Leave those out" in refuse(b"one\ntwo", "two\n")
    assert "Leave those out" in refuse(b"one\ntwo", "\none")


def test_copied_escapes_are_pointed_out() -> None:
    """What read_file shows as an escape is one character in the file."""
    assert "the characters themselves" in refuse(b"a = '\x1b[31m'\n", "a = '\\x1b[31m'")
    assert "the characters themselves" in refuse("a = '\u202e'\n".encode(), "a = '\\u202e'")


def test_copied_line_numbers_are_pointed_out() -> None:
    """What read_file shows in front of a line is not in the file."""
    assert "line numbers" in refuse(SOURCE, "     4\tdef one(a, b):\n     5\t    if a:")


def test_an_edit_that_was_made_before_is_pointed_out() -> None:
    """A repeated edit is told from a wrong one."""
    assert "the edit may be done" in refuse(SOURCE, "return q\n", "        return b\n    return None")


def test_a_miss_in_a_huge_file_is_answered_in_bounded_work() -> None:
    """Only the first part of a very long file is looked at for neighbours."""
    data = b"".join(b"value_%d = compute(%d)\n" % (number, number) for number in range(60_000))
    assert "Nearest are lines 41-41" in refuse(data, "value_40 = compute(4)")
    assert refuse(data, "\n".join(f"q{number}" for number in range(300)))
