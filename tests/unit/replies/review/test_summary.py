"""The summary says the verdict first, states what it rests on and what it leaves out, and fits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.fakes.reviews import BASE, HEAD, SECRET, a_hostile_review, a_review
from yantra_bot.domain.findings import Severity
from yantra_bot.domain.review import Review, ReviewRules
from yantra_bot.replies.review.markdown import Links
from yantra_bot.replies.review.summary import LIMIT, summary
from yantra_bot.replies.text import COMMENT_LIMIT


def rendered(text: str) -> str:
    return MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(text)


def test_the_verdict_comes_first() -> None:
    """A busy person reads two lines."""
    first, _, second = summary(a_review()).splitlines()[:3]
    assert first == "## 2 problems block this change"
    assert second.startswith("`shop/store.py:22`: The query is put together from `name`")
    assert second.endswith("(1 more below)")


def test_the_sections_stand_in_their_order() -> None:
    """Findings, tests, impact, symbols, risk, and what was not looked at."""
    lines = summary(a_review()).splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "## 2 problems block this change",
        "### Findings: 1 critical problem, 1 error, 1 warning",
        "### Tests",
        "### What it reaches",
        "### Not looked at",
    ]


def test_a_finding_is_told_with_its_evidence_and_how_much_was_left_out() -> None:
    """Each caller has its place and how sure it is."""
    lines = summary(a_review()).splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("- **error**"))
    assert lines[at : at + 4] == [
        (
            "- **error** `shop/price.py:10` "
            "`price(item, currency)` now requires `currency`, and 2 callers do not give it. "
            "(graph/breaks-callers, almost certain)"
        ),
        "  - `shop/cart.py:31` `total` calls `price(item)` (99 %)",
        "  - `shop/pages/preview.py:7` `preview` calls `price(item)` (95 %)",
        "  - and 3 more",
    ]


def test_a_finding_with_a_comment_of_its_own_is_one_line() -> None:
    """Its evidence stands at its line."""
    review = a_review()
    text = summary(review, inline=[finding.fingerprint for finding in review.findings])
    assert "- **error**" in text
    assert "shop/pages/preview.py" not in text.split("### Tests")[0]


def test_symbols_are_told_as_moved_or_reformatted() -> None:
    """What did not really change is recognised and said so in a few words."""
    text = summary(a_review())
    assert "  - `Money.__init__` moved from `shop/money.py`, otherwise unchanged" in text
    assert "  - only comments or formatting: `discount`" in text
    assert "  - **breaking** `price`: signature changed, body too (+6 −4)" in text
    assert "renamed from `shop/formatting.py`, unchanged" in text


def test_the_impact_is_a_lower_bound_where_references_could_not_be_resolved() -> None:
    """Unknown is said, not guessed."""
    text = summary(a_review())
    assert "At least 31 symbols in 9 files depend on what changed, over at most 3 steps." in text
    assert "5 references of these names could not be resolved and may be more: `price` 4×, `convert` 1×." in text


def test_places_are_links_where_the_repository_has_an_address() -> None:
    """Of the head, and of the base for what is gone; spaces and brackets in a path cannot end the link."""
    links = Links("https://forge.example/o/r", BASE, HEAD)
    text = summary(a_review(), links=links)
    assert f"[`shop/store.py:22`](https://forge.example/o/r/blob/{HEAD}/shop/store.py#L22)" in text
    assert f"[`shop/price.py:40`](https://forge.example/o/r/blob/{BASE}/shop/price.py#L40)" in text
    assert links.show("a b/(c).py").endswith("/a%20b/%28c%29.py)")


def test_a_clean_review_is_short() -> None:
    """Nothing found is said in two lines, with what it covers."""
    clean = replace(a_review(), findings=(), test_report=None, gaps=(), risk=None, impact=None, tests=None)
    assert summary(clean).splitlines()[:3] == [
        "## Clean",
        "",
        "Looked at 5 files and 7 changed symbols, found nothing.",
    ]


def test_gaps_keep_a_review_from_being_called_clean() -> None:
    """No data is not a pass."""
    review = replace(a_review(), findings=(), test_report=None)
    assert summary(review).startswith(
        "## Nothing found\n\nLooked at 5 files and 7 changed symbols; 2 gaps named below."
    )
    assert summary(Review(BASE, HEAD)).startswith("## Nothing was reviewed\n\nNothing differs.")
    binary = replace(a_review(), findings=(), test_report=None, files=a_review().files[4:5], symbols=())
    assert summary(binary).startswith("## Nothing was reviewed\n\nNo file of the change could be looked into.")


def test_a_failing_test_stands_in_the_headline() -> None:
    """Also where nothing else was found."""
    assert summary(replace(a_review(), findings=())).startswith("## 1 test failed\n")


def test_the_gate_is_the_repository_s() -> None:
    """With another bar the same findings do not block."""
    review = replace(a_review(), rules=ReviewRules(fail_on=None), test_report=None)
    assert summary(review).startswith("## Nothing blocks, 1 critical problem, 1 error, 1 warning to look at")
    review = replace(review, rules=ReviewRules(fail_on=Severity.CRITICAL))
    assert summary(review).startswith("## 1 problem blocks this change")


@pytest.mark.case("B20")
@pytest.mark.case("C12")
def test_nothing_that_a_stranger_named_does_anything() -> None:
    """No mention, reference, link, image, HTML, entity, heading or mark comes out of any name."""
    html = rendered(summary(a_hostile_review()))
    prose = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(summary(a_hostile_review()))
    shown = [child for token in prose for child in token.children or ()]
    said = "".join(child.content for child in shown if child.type == "text")
    assert "<img" not in html
    assert "<a " not in html
    assert "<!--" not in html
    assert "@e" not in said
    assert "@o" not in said
    assert "#1" not in said
    assert "GH-3" not in said
    assert "://" not in said
    assert "www.e" not in said
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert html.count("<details>") == html.count("</details>")
    assert [line for line in summary(a_hostile_review()).splitlines() if line.startswith(("# ", "##[", "::"))] == []


@pytest.mark.case("E01")
def test_what_looks_like_a_secret_is_not_shown() -> None:
    """Wherever it stands."""
    assert SECRET not in summary(a_hostile_review(f"see {SECRET} here"))
    assert "[redacted]" in summary(a_hostile_review(f"see `{SECRET}` here"))


@pytest.mark.case("B19")
@pytest.mark.parametrize("many", [1, 3, 40, 400])
def test_it_fits_with_whole_blocks(many: int) -> None:
    """However much there is, what is folded away is closed and the lists say what was left out."""
    text = summary(a_hostile_review("x" * 3_000 + "@a", many=many))
    assert len(text) <= LIMIT < COMMENT_LIMIT
    assert text.count("<details>") == text.count("</details>")
    assert text.count("```") % 2 == 0
    if many > 60:
        assert "more findings" in text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.integers(600, 5_000))
def test_any_limit_is_kept(text: str, limit: int) -> None:
    """Whatever the names, and however little room there is."""
    assert len(summary(a_hostile_review(text or "x", many=3), limit=limit)) <= limit
