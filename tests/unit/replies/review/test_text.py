"""A review in a terminal: compact, whole sentences at 80 columns, and nothing that acts on the terminal."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.reviews import SECRET, a_hostile_review, a_review
from yantra_bot.domain.observations import Reading
from yantra_bot.domain.review import Review
from yantra_bot.domain.run import Spent
from yantra_bot.replies.review.as_json import SCHEMA_VERSION, review_json
from yantra_bot.replies.review.text import review_lines


def lines_of(review: Review, *, width: int | None = None, whole: bool = False) -> list[str]:
    return [line.plain for line in review_lines(review, width=width, whole=whole)]


def test_the_verdict_and_the_findings_come_first() -> None:
    """With the line of code, and what it is about underlined."""
    lines = lines_of(a_review())
    assert lines[:3] == ["2 problems block this change", "6 files (+105 −31), 7 symbols", ""]
    at = lines.index("error  shop/price.py:10  graph/breaks-callers, almost certain")
    assert lines[at + 1 : at + 7] == [
        "  price(item, currency) now requires currency, and 2 callers do not give it.",
        "  │ def price(item, currency):",
        "  │     ^^^^^",
        "    shop/cart.py:31 total calls price(item)  99 %",
        "    shop/pages/preview.py:7 preview calls price(item)  95 %",
        "    and 3 more",
    ]


def test_the_rest_is_told_in_few_lines() -> None:
    """What changed by symbol, the impact with its path, the risk with its parts, the gaps, the time."""
    text = "\n".join(lines_of(a_review()))
    for line in (
        "  ! price: signature changed, body too (+6 −4)",
        "      was def price(item)",
        "  → Money.__init__ moved from shop/money.py, otherwise unchanged",
        "  · only comments or formatting: discount",
        "   94 %  show shop/pages/cart.py:9, an entry point",
        "Risk medium (0.46 of 1, 1 part unknown and left out)",
        "     ? × 0.15  churn     no history to read",
        "  dependencies: no database of advisories is configured",
        "2 problems block this change  3.53 s (security 3.20 s, names 0.31 s, impact 0.02 s)",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Broken between words, what follows indented."""
    assert max(map(len, lines_of(a_review(), width=width))) <= width


def test_in_a_pipe_no_line_is_broken() -> None:
    """So that other programs can search it."""
    assert any(len(line) > 140 for line in lines_of(a_review()))


def test_lists_are_cut_and_say_so_unless_all_is_asked_for() -> None:
    """A long list does not bury the rest."""
    many = a_hostile_review("x", many=60)
    assert "  and 50 more" in lines_of(many)
    assert "  and 50 more" not in lines_of(many, whole=True)


@pytest.mark.case("D21")
@pytest.mark.case("E01")
@settings(deadline=None)
@given(st.text(max_size=60))
def test_nothing_acts_on_the_terminal(text: str) -> None:
    """Escapes, returns and directions are written out, and what looks like a secret is not shown."""
    lines = lines_of(a_hostile_review(f"{text}\x1b]0;x\x07\r\u202e {SECRET} "), width=80)
    assert not any(sign in line for line in lines for sign in "\x1b\x07\r\n\u202e\x00")
    assert not any(SECRET in line for line in lines)


def test_the_json_has_its_version_its_verdict_and_every_fingerprint() -> None:
    """For programs: the gate needs no second look."""
    record = json.loads(review_json(a_review()))
    assert record["schema_version"] == SCHEMA_VERSION
    assert record["verdict"]["outcome"] == "blocked"
    blocking = {one["fingerprint"] for one in record["findings"] if one["severity"] in ("error", "critical")}
    assert set(record["verdict"]["blocking"]) == blocking
    assert record["files"][0]["hunks"][0]["new_start"] == 10


def test_the_json_is_ascii() -> None:
    """It can be printed anywhere."""
    assert review_json(replace(a_review(), base="\u202eä")).isascii()


def test_what_a_model_s_part_came_to_is_told_with_its_cost() -> None:
    """What held, what did not, and why it ended early."""
    reading = Reading(
        "a-model", 5, 7, 2, more_dropped=3, spent=Spent(model_calls=4, usd=0.02), problem="the budget is spent."
    )
    said = [line for line in lines_of(replace(a_review(), reading=reading)) if line.startswith("The model's part")]
    assert said == [
        (
            "The model's part a-model read 5 of 7 stretches of the change: 2 remarks held, "
            "3 did not and were left out. It ended early: the budget is spent. "
            "4 model calls, 0 tool calls, 0 tokens in, 0 out, 0.0200 USD."
        )
    ]


@pytest.mark.parametrize(
    ("symbol", "code", "mark"),
    [
        ("npm:@shop/cart", '"@shop/cart": "1"', "   ^^^^^^^^^^"),
        ("a.b.f", "x = f(y)", "      ^"),
        ("a.b.ff", "x = ff(ff)", ""),
        ("a.b.call", "recall(1)", ""),
        ("", "x", ""),
    ],
)
def test_what_a_finding_is_about_is_underlined_where_it_stands_once(symbol: str, code: str, mark: str) -> None:
    """As a whole word, by as much of its name as the line has."""
    finding = replace(a_review().findings[1], symbol=symbol, anchor=code, evidence=(), more_evidence=0)
    lines = lines_of(replace(a_review(), findings=(finding,)))
    at = lines.index(f"  │ {code}")
    is_marked = lines[at + 1].startswith("  │ ")
    assert is_marked == ("^" in mark and len(symbol.rpartition(".")[2]) > 1)
    if is_marked:
        assert lines[at + 1].strip("│ ") == mark.strip()
