"""Hostile output becomes bounded, harmless lines."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.sandbox.output import FLOOD, LINE_BYTES, SHOWN_LINES, Output, escape


@settings(deadline=None)
@given(st.text(st.characters()))
def test_no_control_character_is_left(text: str) -> None:
    """Whatever the text, only tab and newline are left of the control, format-override and surrogate characters."""
    left = {char for char in escape(text) if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")}
    assert left <= {"\t", "\n"}
    assert not set(escape(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")


@settings(deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=20), st.integers(1, 7))
def test_lines_do_not_depend_on_how_the_bytes_arrive(pieces: list[bytes], size: int) -> None:
    """The same bytes give the same lines, in whatever pieces they come."""
    whole = b"".join(pieces)
    results = []
    for chunks in (pieces, [whole], [whole[at : at + size] for at in range(0, len(whole), size)]):
        lines: list[str] = []
        output = Output(1 << 20, lines.append)
        for chunk in chunks:
            output.feed(chunk)
        results.append((output.finish(), lines))
    assert results[0] == results[1] == results[2]


def test_lines_are_decoded_and_ended() -> None:
    """Broken UTF-8 is shown as escapes, a carriage return at the end of a line goes, the last line needs no end."""
    lines: list[str] = []
    output = Output(1000, lines.append)
    output.feed("grün\r\n".encode() + b"\xff\xfe\n50%\r60%\nend")
    assert output.finish() == "grün\n\\xff\\xfe\n50%\\x0d60%\nend"
    assert lines == ["grün", "\\xff\\xfe", "50%\\x0d60%", "end"]


def test_a_long_line_is_cut_and_says_so() -> None:
    """A line longer than the bound is cut; its rest is counted."""
    output = Output(1 << 20)
    for _ in range(3):
        output.feed(b"x" * LINE_BYTES)
    assert output.finish() == "x" * LINE_BYTES + f"… [{2 * LINE_BYTES} bytes of this line cut]"


def test_after_the_limit_nothing_is_passed_on_but_the_tail_is_kept() -> None:
    """Beyond the limit one line says so, and the end of the output is still there at the end."""
    lines: list[str] = []
    output = Output(100, lines.append)
    for number in range(50):
        output.feed(f"line {number:02}\n".encode())
    assert len(lines) == 13
    assert "output limit of 100 bytes" in lines[-1]
    assert output.finish().splitlines()[-1] == "line 49"
    assert len(output.finish()) <= 100


def test_a_flood_is_noticed() -> None:
    """Ten times the limit is a flood."""
    output = Output(100)
    output.feed(b"x" * FLOOD * 100)
    assert not output.is_flooding
    output.feed(b"x")
    assert output.is_flooding


@pytest.mark.case("L11")
def test_a_flood_of_short_lines_is_not_passed_on() -> None:
    """So many lines are shown, then a word that there are more; the tail is kept all the same."""
    lines: list[str] = []
    output = Output(1 << 20, lines.append)
    output.feed(b"\n" * (2 * SHOWN_LINES) + b"the end\n")
    assert len(lines) == SHOWN_LINES + 1
    assert "what follows is not" in lines[-1]
    assert output.finish().endswith("the end")
