"""Several projects' runs become one report, in which the worst counts."""

from dataclasses import replace

from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.validation.runners.merging import merge, move

GOOD = TestReport(
    Verdict.PASS,
    ("npm", "test"),
    0,
    1.0,
    (TestOutcome("a.js::x", TestStatus.PASSED),),
    "fine",
    {"a.js": (1,)},
    projects=("node in web",),
)
BAD = TestReport(Verdict.FAIL, ("cargo", "test"), 101, 2.0, output_tail="bad", reason="It failed.", projects=("cargo",))


def test_one_report_stays_as_it_is() -> None:
    """Nothing is added."""
    assert merge([GOOD]) is GOOD


def test_the_worst_verdict_counts_and_nothing_is_lost() -> None:
    """Its exit code with it; reasons name their project."""
    both = merge([GOOD, BAD])
    assert (both.verdict, both.exit_code, both.seconds) == (Verdict.FAIL, 101, 3.0)
    assert both.command == ("npm", "test", "&&", "cargo", "test")
    assert both.projects == ("node in web", "cargo")
    assert both.reason == "cargo: It failed."
    assert both.outcomes == GOOD.outcomes
    assert both.coverage == {"a.js": (1,)}
    worse = replace(BAD, verdict=Verdict.INCONCLUSIVE)
    assert merge([GOOD, worse]).verdict is Verdict.INCONCLUSIVE


def test_names_and_paths_of_a_folder_are_told_from_the_root() -> None:
    """So that they can be given back."""
    moved = move(GOOD, "web")
    assert [outcome.name for outcome in moved.outcomes] == ["web/a.js::x"]
    assert moved.coverage == {"web/a.js": (1,)}
    assert move(GOOD, "") is GOOD
