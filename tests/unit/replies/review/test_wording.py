"""What a review says, sentence by sentence: numbers agree with their nouns, nothing unseen is claimed."""

from dataclasses import replace

import pytest

from tests.fakes.reviews import a_review
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.proof import Failures, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.review import (
    ChangedFile,
    FileKind,
    FileStatus,
    ImpactReport,
    Review,
    SelectedTest,
    TestSelection,
)
from yantra_bot.replies.review.quoting import count, inside, listed, percent, place, quote, sureness
from yantra_bot.replies.review.wording import (
    Outcome,
    judge,
    state_impact,
    state_run,
    state_selection,
    state_times,
)


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        (TestSelection(is_all=True), "The change calls for the whole suite."),
        (
            TestSelection(is_all=True, why=("`conftest.py` changed.", "It is dynamic.", "More.")),
            "The change calls for the whole suite: `conftest.py` changed. It is dynamic.",
        ),
        (TestSelection(is_all=False), "No test is known."),
        (TestSelection(is_all=False, known=9), "No known test reaches the change (9 known)."),
        (
            TestSelection(is_all=False, tests=(SelectedTest("a", "b"),), known=1200),
            "The change calls for 1 of 1,200 known tests.",
        ),
    ],
)
def test_what_the_change_calls_for(tests: TestSelection, said: str) -> None:
    """All, some, or none, and what decided it."""
    assert state_selection(tests) == said


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.ERROR, "They were not proven: no environment."),
        (Verdict.INCONCLUSIVE, "They were not proven: no environment."),
        (Verdict.PASS, "Run: 0 passed in 1.0 s, exit code 0."),
        (Verdict.FAIL, "Run: 0 passed, 0 failed in 1.0 s, exit code 0."),
    ],
)
def test_what_running_them_showed(verdict: Verdict, said: str) -> None:
    """What could not run is no pass."""
    reason = "no environment." if verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE) else ""
    assert state_run(Review("a", "b", test_report=TestReport(verdict, ("pytest",), 0, 1.0, reason=reason))) == said


FAILED = TestReport(
    Verdict.FAIL, ("pytest",), 1, 1.0, (TestOutcome("t.py::a", TestStatus.FAILED),), unsteady=("t.py::u",)
)


@pytest.mark.parametrize(
    ("failures", "said", "headline"),
    [
        (Failures(new=("t.py::a",)), "Newly failing: `t.py::a`.", "1 test newly fails"),
        (Failures(new=("a", "b")), "Newly failing: `a`, `b`.", "2 tests newly fail"),
        (Failures(before=("t.py::a",)), "Failed before this change as well: `t.py::a`.", "Nothing found"),
        (
            Failures(unknown=("t.py::a",), reason="No base."),
            "Failed, and it is not known whether they did before: `t.py::a`. No base.",
            "1 test failed",
        ),
        (
            None,
            "Failed, and it is not known whether they did before: `t.py::a`. They were not run on the base.",
            "1 test failed",
        ),
    ],
)
def test_what_failed_is_told_by_what_the_base_did(failures: Failures | None, said: str, headline: str) -> None:
    """Only what is new speaks against the change; what nobody knows is no clean review."""
    file = ChangedFile("a.py", FileStatus.MODIFIED, FileKind.SOURCE)
    review = Review("a", "b", files=(file,), test_report=FAILED, failures=failures)
    run = "Run: 0 passed, 1 failed in 1.0 s, exit code 1."
    assert state_run(review) == f"{run} {said} Failed once, and passed when run again: `t.py::u`."
    assert judge(review).headline == headline
    assert said in judge(review).reason
    told = Failures() if failures is None else failures
    assert judge(review).outcome is (Outcome.CLEAN if told.before else Outcome.REMARKS)


def test_a_failure_of_before_does_not_hide_a_new_one() -> None:
    """The verdict names what the change is to blame for."""
    review = Review("a", "b", test_report=FAILED, failures=Failures(new=("x",), before=("y",)))
    assert judge(review).reason == "Newly failing: `x`."


def test_an_impact_that_is_complete_says_no_at_least() -> None:
    """And one of nothing says so."""
    assert state_impact(ImpactReport(symbols=1, files=1)) == (
        "1 symbol in 1 file depends on what changed, over at most 3 steps."
    )
    assert state_impact(ImpactReport()) == "No other symbol is known to depend on what changed, over 3 steps."
    assert state_impact(ImpactReport(unresolved=(("f", 1),))).endswith(
        "1 reference of these names could not be resolved and may be more: `f` 1×."
    )


def test_the_reason_is_one_sentence() -> None:
    """Of the first finding; its advice stands with the finding."""
    finding = Finding("a/b", Severity.ERROR, 1.0, "It calls `f(x)`. Give `y` as well.", "a.py", 3)
    assert judge(Review("a", "b", findings=(finding,))).reason == "`a.py:3`: It calls `f(x)`."
    two = Review("a", "b", findings=(finding, replace(finding, line=4)))
    assert judge(two).reason == "`a.py:3`: It calls `f(x)`. (1 more below)"


def test_only_skipped_files_are_not_reviewed() -> None:
    """Not clean: nobody looked."""
    file = ChangedFile("a", FileStatus.ADDED, FileKind.BINARY, skipped="binary")
    assert judge(Review("a", "b", files=(file,))).headline == "Nothing was reviewed"


def test_the_times_name_the_longest_parts() -> None:
    """What took no time is not worth a word."""
    assert state_times(a_review()) == "3.53 s (security 3.20 s, names 0.31 s, impact 0.02 s)"
    assert state_times(Review("a", "b")) == "0.00 s"


@pytest.mark.parametrize(
    ("value", "shown", "word"),
    [
        (1.0, "100 %", "certain"),
        (0.9999, "99 %", "almost certain"),
        (0.7, "70 %", "likely"),
        (0.5, "50 %", "possible"),
        (0.1, "10 %", "a guess"),
    ],
)
def test_only_certainty_is_called_so(value: float, shown: str, word: str) -> None:
    """A confidence is a number and a word."""
    assert (percent(value), sureness(value)) == (shown, word)


@pytest.mark.parametrize(
    ("name", "path", "shown"),
    [
        ("shop.cart.Cart.total", "shop/cart.py", "Cart.total"),
        ("shop.Cart", "shop/__init__.py", "Cart"),
        ("src.cart.total", "src/cart/index.ts", "total"),
        ("shop.cart", "shop/cart.py", "<module>"),
        ("other.f", "shop/cart.py", "other.f"),
        ("f", "", "f"),
    ],
)
def test_a_name_beside_its_path_is_short(name: str, path: str, shown: str) -> None:
    """Where the path says the module, the name does not."""
    assert inside(name, path) == shown


def test_names_are_quoted_on_one_line_and_cut() -> None:
    """The end of a long path tells it apart."""
    assert quote("a`b\nc") == "`a'b c`"
    assert quote("") == "`?`"
    assert quote("x" * 500).endswith("…`")
    assert place("d/" * 300 + "name.py", 7).endswith("d/name.py:7`")
    assert listed(["a", "b"], 1) == "a and 1 more"
    assert [count(number, noun) for number, noun in ((1, "entry"), (2, "entry"), (2, "class"), (1200, "file"))] == [
        "1 entry",
        "2 entries",
        "2 classes",
        "1,200 files",
    ]
