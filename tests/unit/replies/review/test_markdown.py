"""A sentence is one line of Markdown that does nothing, whatever it quotes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from yantra_bot.replies.review.markdown import cell, code_span, paragraph, say

_READER = MarkdownIt("gfm-like", {"linkify": False, "html": True})


@pytest.mark.parametrize(
    "text", ["# x", "> x", "- x", "+ x", "1. x", "2) x", "=== x", "* x", "``` x", "~~~ x", "| x |"]
)
def test_a_paragraph_begins_no_block(text: str) -> None:
    """Neither heading, list, quote, fence nor table; it reads as it was written."""
    tokens = _READER.parse(paragraph(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(child.content for child in tokens[1].children or []) == text


@pytest.mark.case("B20")
@settings(deadline=None)
@given(st.text(alphabet="`*_[]()!<>|\\&#@a1:/.~ \n", max_size=40))
def test_a_sentence_has_nothing_but_text_and_code(text: str) -> None:
    """No link, image, emphasis or HTML comes out of it."""
    tokens = _READER.parse(f"x {say(text)}")
    kinds = {child.type for token in tokens for child in token.children or []}
    assert kinds <= {"text", "code_inline", "softbreak", "text_special"}
    assert not any(token.type in ("html_block", "table_open", "heading_open") for token in tokens)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_code_is_one_span(text: str) -> None:
    """Whatever is in it."""
    [_, inline, _] = _READER.parse(f"x {code_span(text)}")
    assert [child.type for child in inline.children or []] == ["text", "code_inline"]


def test_a_bar_begins_no_cell() -> None:
    """In code neither."""
    table = f"| a | b |\n|---|---|\n| {cell(say('x `a|b` | y'))} | z |"
    assert _READER.render(table).count("<td") == 2
    assert "a|b" in _READER.render(table)
