"""A comment stands only where the forge shows a line, and a suggestion only where applying it is the fix."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.fakes.reviews import SECRET, a_hostile_review, a_review, breaks_callers, removed_helper
from yantra_bot.domain.findings import Finding, Fix, Replacement, Severity, Side
from yantra_bot.domain.remarks import NewRemark
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk, Review, ReviewRules
from yantra_bot.replies.review.inline import (
    DECLINE,
    MAX_COMMENTS,
    comment_body,
    inline_comments,
    suggestion,
)
from yantra_bot.replies.review.lines import Stretch, shown_stretches
from yantra_bot.replies.text import COMMENT_LIMIT


def file_with(*hunks: Hunk) -> ChangedFile:
    return ChangedFile("a.py", FileStatus.MODIFIED, FileKind.SOURCE, hunks=hunks)


def only_comment(finding: Finding, *hunks: Hunk) -> NewRemark | None:
    review = Review("a", "b", files=(file_with(*hunks),), findings=(finding,))
    return next(iter(inline_comments(review).comments), None)


def finding(line: int, *, end_line: int = 0, fix: Fix | None = None, side: Side = Side.HEAD) -> Finding:
    return Finding("names/x", Severity.ERROR, 0.9, "It is wrong.", "a.py", line, end_line, side, fix=fix)


@pytest.mark.parametrize(
    ("hunks", "head", "base"),
    [
        ((Hunk(10, 2, 10, 3),), [Stretch(7, 15)], [Stretch(10, 11)]),
        ((Hunk(1, 0, 2, 1),), [Stretch(1, 5)], []),
        ((Hunk(5, 2, 4, 0),), [Stretch(2, 7)], [Stretch(5, 6)]),
        ((Hunk(10, 1, 10, 1), Hunk(17, 1, 17, 1)), [Stretch(7, 20)], [Stretch(10, 10), Stretch(17, 17)]),
        (
            (Hunk(10, 1, 10, 1), Hunk(18, 1, 18, 1)),
            [Stretch(7, 13), Stretch(15, 21)],
            [Stretch(10, 10), Stretch(18, 18)],
        ),
        ((), [], []),
    ],
)
def test_the_lines_are_those_that_the_forge_shows(
    hunks: tuple[Hunk, ...], head: list[Stretch], base: list[Stretch]
) -> None:
    """Changed lines with three around them, joined where they touch; of the base the removed ones."""
    assert list(shown_stretches(file_with(*hunks), Side.HEAD)) == head
    assert list(shown_stretches(file_with(*hunks), Side.BASE)) == base


def test_a_finding_outside_of_the_difference_is_left_to_the_summary() -> None:
    """No comment is posted that the forge would refuse."""
    assert only_comment(finding(30), Hunk(10, 1, 10, 1)) is None
    assert only_comment(finding(0), Hunk(10, 1, 10, 1)) is None
    review = Review("a", "b", files=(file_with(Hunk(10, 1, 10, 1)),), findings=(finding(30), finding(10)))
    assert [one.line for one in inline_comments(review).left_out] == [30]


def test_a_finding_of_several_lines_is_a_comment_of_several_lines() -> None:
    """Where not all of them are shown, it stands at the first."""
    whole = only_comment(finding(10, end_line=12), Hunk(10, 1, 10, 3))
    assert whole is not None
    assert (whole.start_line, whole.line) == (10, 12)
    part = only_comment(finding(10, end_line=40), Hunk(10, 1, 10, 3))
    assert part is not None
    assert (part.start_line, part.line) == (0, 10)


def test_a_removed_place_is_commented_on_the_left() -> None:
    """In the file as it is called now."""
    renamed = replace(file_with(Hunk(5, 2, 4, 0)), path="b.py", old_path="a.py", status=FileStatus.RENAMED)
    review = Review("a", "b", files=(renamed,), findings=(finding(5, side=Side.BASE),))
    [comment] = inline_comments(review).comments
    assert (comment.path, comment.line, comment.side) == ("b.py", 5, Side.BASE)
    assert comment_body(removed_helper()).startswith("**warning** · `graph/removed` · likely (70 %)")


def test_the_body_says_what_is_wrong_what_shows_it_and_how_to_decline() -> None:
    """In words first, with the number beside it."""
    assert comment_body(breaks_callers()).splitlines() == [
        "**error** · `graph/breaks-callers` · almost certain (98 %)",
        "",
        "`price(item, currency)` now requires `currency`, and 2 callers do not give it.",
        "",
        "- `shop/cart.py:31` `total` calls `price(item)` (99 %)",
        "- `shop/pages/preview.py:7` `preview` calls `price(item)` (95 %)",
        "- and 3 more",
        "",
        f"<sub>{DECLINE}</sub>",
    ]


def test_a_fix_of_the_commented_lines_is_a_suggestion() -> None:
    """Applying it puts exactly the fix in their place."""
    comments = inline_comments(a_review()).comments
    assert [one.path for one in comments] == ["shop/store.py", "shop/price.py", "shop/price.py"]
    assert (
        "This would pass the value as a parameter:\n\n```suggestion\n"
        '    cursor.execute("SELECT * FROM items WHERE name = ?", (name,))\n```\n'
    ) in comments[0].body


@pytest.mark.parametrize(
    "made",
    [
        (Replacement("a.py", 10, 9, "import x"),),
        (Replacement("b.py", 10, 10, "x"),),
        (Replacement("a.py", 10, 10, "x"), Replacement("a.py", 1, 1, "y")),
        (Replacement("a.py", 10, 30, "x"),),
        (Replacement("a.py", 11, 11, "x"),),
        (Replacement("a.py", 10, 10, "a\u202eb"),),
        (Replacement("a.py", 10, 10, f"x = '{SECRET}'"),),
        (Replacement("a.py", 10, 10, "x\n" * 100),),
    ],
)
def test_any_other_fix_is_shown_and_not_suggested(made: tuple[Replacement, ...]) -> None:
    """Insertions, other lines, several places, unseen signs, secrets, and what is too long."""
    comment = only_comment(finding(10, fix=Fix("do it", made)), Hunk(10, 1, 10, 3))
    assert comment is not None
    assert "suggestion" not in comment.body
    assert "A fix would do it:" in comment.body
    assert SECRET not in comment.body


def test_a_suggestion_covers_the_lines_that_it_replaces() -> None:
    """The comment grows to them; an empty one deletes them."""
    comment = only_comment(finding(11, fix=Fix("drop them", (Replacement("a.py", 10, 12, ""),))), Hunk(10, 1, 10, 3))
    assert comment is not None
    assert (comment.start_line, comment.line) == (10, 12)
    assert "\n```suggestion\n```\n" in comment.body


@pytest.mark.case("B19")
@settings(deadline=None)
@given(st.text(alphabet="`~ab\n", max_size=60))
def test_a_suggestion_cannot_be_ended_from_inside(text: str) -> None:
    """Its fence is longer than any run of backticks in it."""
    first, *_, last = suggestion(text).split("\n")
    assert first == f"{last}suggestion"
    assert not any(len(run) >= len(last) for run in re.findall("`{3,}", text))


def test_only_so_many_and_only_those_that_the_rules_want() -> None:
    """The gravest are kept; what has a comment or was declined gets no other; small ones are counted elsewhere."""
    many = tuple(replace(finding(10), symbol=str(number)) for number in range(MAX_COMMENTS + 5))
    review = Review("a", "b", files=(file_with(Hunk(10, 1, 10, 1)),), findings=many)
    found = inline_comments(review)
    assert (len(found.comments), len(found.left_out)) == (MAX_COMMENTS, 5)
    assert len(inline_comments(review, known=[one.fingerprint for one in many]).comments) == 0
    quiet = replace(review, rules=ReviewRules(severity=Severity.CRITICAL))
    assert inline_comments(quiet).comments == ()


@pytest.mark.case("B20")
def test_a_hostile_finding_does_nothing_in_a_comment() -> None:
    """It mentions nobody, loads nothing, and has its size."""
    [comment] = inline_comments(a_hostile_review()).comments
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(comment.body)
    said = "".join(child.content for token in tokens for child in token.children or () if child.type == "text")
    assert "@e" not in said
    assert "#1" not in said
    assert "://" not in said
    assert not any(token.type in ("html_block", "heading_open") for token in tokens)
    assert len(comment_body(a_hostile_review("x" * 9_000).findings[0])) < COMMENT_LIMIT
