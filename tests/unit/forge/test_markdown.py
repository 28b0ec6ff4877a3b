"""Text that fits into GitHub's fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.forge.markdown import CUT, MAX_BODY, fit_body, fit_title, open_fence

LINES = st.lists(st.sampled_from(["```", "~~~~", "````py", "text", "  ```", "> ```", "- ```js", "", "``` x `y`", "é𝄞"]))


def test_a_short_text_is_left_alone() -> None:
    """Nothing is changed that fits."""
    assert fit_body("```\ncode\n```") == "```\ncode\n```"


@given(LINES, st.integers(min_value=60, max_value=300))
def test_a_cut_text_fits_and_leaves_no_fence_open(lines: list[str], limit: int) -> None:
    """However long and nested, the result is within the limit and every fence in it is closed."""
    text = "\n".join(lines * 8)
    fitted = fit_body(text, limit)
    assert len(fitted) <= limit
    if fitted != text:
        assert fitted.endswith(CUT)
        assert open_fence(fitted) is None


def test_a_text_without_a_line_break_is_cut_in_the_middle() -> None:
    """One endless line is cut between two characters."""
    fitted = fit_body("𝄞" * 70_000)
    assert len(fitted) <= MAX_BODY
    assert fitted.removesuffix(CUT) == "𝄞" * (MAX_BODY - len(CUT))


def test_what_cannot_be_encoded_is_replaced() -> None:
    """A lone surrogate or a NUL never reaches GitHub."""
    assert fit_body("a\ud800b\x00c") == "a?b\N{REPLACEMENT CHARACTER}c"
    assert fit_title("a\ud800b\x00c") == "a?b c"


@pytest.mark.parametrize(
    ("text", "fence"),
    [("```py\nx", "```"), ("```\n~~~\n```", None), ("````\n```\n", "````"), ("~~~ a`b\nx", "~~~"), ("``` a`b", None)],
)
def test_open_fences_are_told_as_commonmark_does(text: str, fence: str | None) -> None:
    """A fence is closed by its own kind, at least as long, and by nothing else."""
    assert open_fence(text) == fence


def test_a_title_is_one_line() -> None:
    """Line breaks become spaces and the end is marked as cut."""
    assert fit_title("a\nb") == "a b"
    assert len(fit_title("x" * 300)) == 256
