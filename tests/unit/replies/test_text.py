"""Foreign text in our own comments does nothing but be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.replies.text import COMMENT_LIMIT, code, fit, inline, one_line, plain


@pytest.mark.case("B20")
@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("hello @everyone", "@e"),
        ("cc @org/team", "@o"),
        ("Fixes #12", "#1"),
        ("see owner/name#3", "#3"),
        ("GH-7", "GH-7"),
        ("![x](http://evil.test/?d=1)", "![x]"),
        ("http://evil.test", "://"),
        ("<img src=x>", "<img"),
        ("<!-- yantra:run:1 -->hi", "<!--"),
        ("a\u202eb\u200bc", "\u202e"),
        ("x\x1b[31m", "\x1b"),
    ],
)
def test_foreign_prose_notifies_closes_and_loads_nothing(text: str, pattern: str) -> None:
    """Mentions, references, images, links, HTML and invisible signs lose their meaning."""
    assert pattern not in plain(text)


@given(st.text(max_size=300))
def test_plain_text_has_no_mention_left(text: str) -> None:
    """Whatever is written."""
    shown = plain(text)
    assert not any(
        shown[at] == "@" and shown[at + 1 : at + 2].isascii() and shown[at + 1 : at + 2].isalnum()
        for at in range(len(shown))
    )


@given(st.text(max_size=300))
def test_a_fence_cannot_be_closed_from_inside(text: str) -> None:
    """The fence is longer than any run of backticks in it."""
    shown = code(text)
    fence = shown[: len(shown) - len(shown.lstrip("`"))]
    assert shown.count(fence) == 2


def test_inline_code_keeps_to_one_line() -> None:
    """A backtick or a line end cannot break out."""
    assert inline("a`b\nc") == "`a'b c`"


def test_one_line_is_cut_with_a_mark() -> None:
    """A title stays a title."""
    assert one_line("word " * 100, 20) == "word word word word…"


@pytest.mark.case("B19")
def test_a_long_body_is_cut_at_a_line_with_its_fence_closed() -> None:
    """GitHub's limit is kept and the markdown stays whole."""
    body = "<details><summary>x</summary>\n\n```diff\n" + "+ line é\n" * 20_000 + "```\n</details>"
    shown = fit(body)
    assert len(shown) <= COMMENT_LIMIT
    assert shown.count("```") % 2 == 0
    assert shown.count("<details>") == shown.count("</details>")
    assert "left out" in shown


def test_a_short_body_is_left_alone() -> None:
    """Nothing is changed without need."""
    assert fit("short") == "short"
