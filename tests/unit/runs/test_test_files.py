"""What a round that writes tests may leave behind."""

from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.coverage import ChangedLines, Gap
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.runs.test_files import choose_example, files_with_tests, merge_tests, put_paths_back

BEFORE = Changeset((FileChange("calc.py", "a"), FileChange("tests/test_calc.py", "b")))


def test_everything_but_tests_is_put_back() -> None:
    """Code, what decides how tests run, and files that were removed are as they were; new tests stay."""
    after = Changeset(
        (
            FileChange("calc.py", "other"),
            FileChange("conftest.py", "hooks"),
            FileChange("setup.cfg", "x"),
            FileChange("tests/conftest.py", "hooks"),
            FileChange("tests/data.json", "d"),
            FileChange("tests/test_calc.py", None),
            FileChange("tests/test_new.py", "n"),
        )
    )
    merged, put_back = merge_tests(BEFORE, after)
    assert merged == Changeset(
        (*BEFORE.files[:1], FileChange("tests/data.json", "d"), *BEFORE.files[1:], FileChange("tests/test_new.py", "n"))
    )
    assert put_back == ("calc.py", "conftest.py", "setup.cfg", "tests/conftest.py", "tests/test_calc.py")
    assert files_with_tests(BEFORE, merged) == ("tests/test_new.py",)


def test_a_change_that_was_undone_is_there_again() -> None:
    """The model may go back behind where the round began; the change stays what was tested."""
    merged, put_back = merge_tests(BEFORE, Changeset())
    assert merged == BEFORE
    assert put_back == ("calc.py", "tests/test_calc.py")
    assert put_paths_back(BEFORE, BEFORE, ()) == BEFORE


def test_the_nearest_test_file_is_the_example() -> None:
    """The one named after the changed file, then any; none where the change has written one itself."""
    names = ("tests/test_app.py::a", "tests/test_calc.py::b", "src/x.py::c")
    outcomes = tuple(TestOutcome(name, TestStatus.PASSED) for name in names)
    report = TestReport(Verdict.PASS, (), 0, 0.1, outcomes)
    lines = ChangedLines(1, 0, (Gap("src/calc.py", "f", ((1, 1),)),))
    assert choose_example(report, lines, ["src/calc.py"]) == "tests/test_calc.py"
    assert choose_example(report, ChangedLines(1, 0, (Gap("other.py", "", ()),)), []) == "tests/test_app.py"
    assert choose_example(report, lines, ["src/calc.py", "tests/test_calc.py"]) == ""
