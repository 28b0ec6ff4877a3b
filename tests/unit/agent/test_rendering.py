"""What a model is shown: nothing invisible, nothing endless, nothing hidden."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.agent.rendering import (
    MAX_FAILURES,
    clean_output,
    cut_line,
    cut_middle,
    escape,
    number_lines,
    show_report,
    show_visible,
)
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict


def test_controls_and_invisible_characters_are_written_out() -> None:
    """Tabs, line feeds and joiners stay; the rest of what cannot be seen is shown as an escape."""
    assert escape("a\tb\nc") == "a\tb\nc"
    assert escape("a\x00\x1b[31m\r\u202e\u200b\ufeff\ud800\U000e0041") == (
        r"a\x00\x1b[31m\r\u202e\u200b\ufeff\ud800\U000e0041"
    )
    assert escape("\u0915\u094d\u200d\u0937 caf\u00e9") == "\u0915\u094d\u200d\u0937 caf\u00e9"
    assert escape("</tool_result>") == "</tool_result>"


@given(st.text())
def test_what_is_escaped_can_be_sent_and_seen(text: str) -> None:
    """It is UTF-8, has no control but tab and line feed, and escaping it again changes nothing."""
    shown = escape(text)
    shown.encode()
    assert not {c for c in shown if unicodedata.category(c) == "Cc"} - {"\t", "\n"}
    assert escape(shown) == shown


def test_terminal_codes_are_dropped_from_output() -> None:
    """Colours, titles and cursor moves say nothing to a model."""
    assert clean_output("\x1b[1;31mred\x1b[0m\r\nx\x1b]0;title\x07y\x1b(") == "red\nxy\\x1b("


def test_long_text_is_cut_in_the_middle_and_says_so() -> None:
    """The beginning and the end stay whole lines, and what is missing is counted."""
    text = "\n".join(f"line {number}" for number in range(1000))
    shown = cut_middle(text, 200)
    assert shown.startswith("line 0\nline 1\n")
    assert shown.endswith("line 999")
    assert "lines, 8," in shown
    assert len(shown) < 300
    assert cut_middle("short", 10) == "short"
    assert "90 characters left out" in cut_middle("x" * 100, 10)


def test_long_lines_are_cut_and_numbered() -> None:
    """Each line has its number, a tab, and at most so many characters."""
    assert cut_line("x" * 10, 4) == "xxxx[… 6 characters left out]"
    assert number_lines(["a", "b\x07"], 9) == "     9\ta\n    10\tb\\x07"


def make_report(
    verdict: Verdict, *outcomes: TestOutcome, code: int | None = 1, tail: str = "", why: str = ""
) -> TestReport:
    return TestReport(verdict, ("pytest",), code, 1.25, outcomes, tail, None, why)


def test_a_pass_is_one_line() -> None:
    """Nothing but the counts is worth reading."""
    report = make_report(Verdict.PASS, TestOutcome("a", TestStatus.PASSED), code=0, tail="noise")
    assert show_report(report) == "PASS: 1 passed in 1.2 s (exit code 0)."


def test_failures_come_with_their_messages_and_without_the_tail() -> None:
    """The end of the output would only say it again."""
    report = make_report(
        Verdict.FAIL, TestOutcome("t::a", TestStatus.FAILED, 0, "E assert\x1b[0m 1"), tail="noise", why="1 of 1 failed."
    )
    assert show_report(report) == "FAIL: 1 failed in 1.2 s (exit code 1).\n\n1 of 1 failed.\n\nFAILED t::a\nE assert 1"


def test_many_failures_are_named_without_text() -> None:
    """The first ones explain, the others are counted and named."""
    outcomes = [TestOutcome(f"t{number}", TestStatus.ERROR, 0, "why") for number in range(MAX_FAILURES + 2)]
    shown = show_report(make_report(Verdict.FAIL, *outcomes))
    assert shown.count("why") == MAX_FAILURES
    assert "2 more did not pass:\n- t15\n- t16" in shown


def test_an_error_shows_the_end_of_the_output() -> None:
    """Where no test explains it, the output has to."""
    report = make_report(Verdict.ERROR, code=None, tail="Traceback\x1b[0m", why="The time was over.")
    assert show_report(report) == (
        "ERROR: no test in 1.2 s (did not end).\n\nThe time was over.\n\nThe end of the output:\nTraceback"
    )


def test_what_failed_before_is_one_line() -> None:
    """The reason is kept, the traceback is not repeated at every run; a new failure is shown whole."""
    outcomes = [
        TestOutcome("t::old", TestStatus.ERROR, message="frame\nframe\nE   ValueError: gone"),
        TestOutcome("t::new", TestStatus.FAILED, message="frame\nE   assert 1"),
    ]
    report = TestReport(Verdict.FAIL, ("pytest",), 1, 1.0, tuple(outcomes), "tail", reason="2 of 2.")
    assert show_report(report, failed_before=frozenset({"t::old"})).split("\n\n")[2:] == [
        "FAILED t::new\nframe\nE   assert 1",
        "Failed before any change too:\n- t::old: ValueError: gone",
    ]
    many = TestReport(
        Verdict.FAIL, (), 1, 1.0, tuple(TestOutcome(f"t{n}", TestStatus.FAILED) for n in range(25)), "tail"
    )
    shown = show_report(many, failed_before=many.names(TestStatus.FAILED))
    assert shown.endswith("- t19: no message\n- and 5 more")


@pytest.mark.case("C02")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a<!-- hidden -->b", "ab"),
        ("a<!-- never closed", "a"),
        ("`<!-- code -->` b", "`<!-- code -->` b"),
        ("```\n<!-- code -->\n```\n<!-- gone -->c", "```\n<!-- code -->\n```\nc"),
        ("~~~\n<!-- unclosed fence", "~~~\n<!-- unclosed fence"),
        ("zero\u200bwidth\U000e0070", "zero\\u200bwidth\\U000e0070"),
    ],
)
def test_markdown_is_shown_as_a_person_sees_it(text: str, shown: str) -> None:
    """No comments but in code, and nothing invisible."""
    assert show_visible(text) == shown
