"""What a run's tests and checks object to becomes a lesson, with what repaired it."""

import pytest

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.lessons import Category, CodeNode, Scope, Severity
from yantra_bot.domain.proof import Comparison, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.learning.patches import MOST_LINES, added_lines, show_repair
from yantra_bot.learning.slips import (
    NOT_REPAIRED,
    Circumstances,
    Repair,
    languages_of,
    learn,
    put_tried,
    slips_of_checks,
    slips_of_tests,
)

TRACE = """Traceback (most recent call last):
  File "calc.py", line 2, in subtract
    return first - str(second)
TypeError: unsupported operand type(s) for -: 'int' and 'str'"""
ABOUT = Circumstances("run-1", Scope(7, "python", "claude"), "https://h/o/r/issues/1", 100.0, people=("mallory",))
WRONG = """diff --git a/calc.py b/calc.py
--- a/calc.py
+++ b/calc.py
@@ -1,2 +1,2 @@
 def subtract(first, second):
-    return None
+    return first - str(second)
"""
RIGHT = WRONG.replace("str(second)", "second")
NOTHING = Comparison((), (), ())


def report(*outcomes: TestOutcome) -> TestReport:
    verdict = Verdict.FAIL if outcomes else Verdict.PASS
    return TestReport(verdict, ("pytest",), 1, 0.1, outcomes)


def failed(name: str, message: str = TRACE) -> TestOutcome:
    return TestOutcome(name, TestStatus.FAILED, message=message)


def test_a_failing_test_teaches_its_error_and_its_repair() -> None:
    """Error, place, what was tried, what worked, and both versions of the lines."""
    slips = put_tried(slips_of_tests(report(failed("t::a"), failed("t::b")), NOTHING), tried="Convert it.", patch=WRONG)
    (one,) = learn(
        slips, Repair(RIGHT, "Subtract numbers; ask @mallory.", nodes=(CodeNode("calc.py::subtract", "d"),)), ABOUT
    )
    lesson = one.lesson
    assert lesson.category is Category.TYPE
    assert "TypeError" in lesson.failed
    assert (lesson.tried, one.is_fixed, one.file) == ("Convert it.", True, "calc.py")
    assert "mallory" not in lesson.worked
    assert (lesson.wrong, lesson.right) == ("    return first - str(second)", "    return first - second")
    assert lesson.nodes == (CodeNode("calc.py::subtract", "d"),)


def test_the_same_mistake_in_another_run_is_the_same_lesson_and_another_occurrence() -> None:
    """Lines and values differ; the error does not."""
    first = learn(slips_of_tests(report(failed("t::a")), NOTHING), None, ABOUT)
    other = learn(slips_of_tests(report(failed("t::z", TRACE.replace("line 2", "line 41"))), NOTHING), None,
                  Circumstances("run-2", ABOUT.scope, "", 200.0))  # fmt: skip
    assert first[0].lesson.id == other[0].lesson.id
    assert first[0].id != other[0].id
    assert learn(slips_of_tests(report(failed("t::a")), NOTHING), None, ABOUT) == first


def test_what_failed_before_is_nobodys_mistake() -> None:
    """Old failures teach nothing."""
    old = Comparison((), (), ("t::a",))
    assert slips_of_tests(report(failed("t::a")), old) == ()


def test_what_nothing_repaired_says_so_and_shows_no_right_way() -> None:
    """A lesson never claims that what is still wrong works."""
    slips = put_tried(slips_of_tests(report(failed("t::a")), NOTHING), tried="x", patch=WRONG)
    (without,) = learn(slips, None, ABOUT)
    (still,) = learn(slips, Repair(RIGHT, "Done!", remaining=frozenset({slips[0].signature})), ABOUT)
    for one in (without, still):
        assert not one.is_fixed
        assert (one.lesson.worked, one.lesson.right) == (NOT_REPAIRED, "")


@pytest.mark.parametrize(
    ("kind", "evidence", "category", "severity"),
    [
        (CheckKind.DEPENDENCIES, "a.py:3: Does not parse [names/parse-error]", Category.SYNTAX, Severity.MAJOR),
        (CheckKind.DEPENDENCIES, "a.py:3: No module x [names/missing-module]", Category.IMPORT, Severity.MAJOR),
        (CheckKind.SECURITY, "a.py:3: shell=True [python/command]", Category.SECURITY, Severity.CRITICAL),
        (CheckKind.OWN_TOOLS, "a.py:3: int is no str [types/arg-type]", Category.TYPE, Severity.MINOR),
        (CheckKind.OWN_TOOLS, "a.py:3: too long [lint/E501]", Category.STYLE, Severity.MINOR),
        (CheckKind.SMOKE, "it does not start", Category.TEST, Severity.MAJOR),
    ],
)
def test_what_a_check_objects_to(kind: CheckKind, evidence: str, category: Category, severity: Severity) -> None:
    """By its rule where it names one."""
    (slip,) = slips_of_checks([CheckResult(kind, CheckState.FAILED, "a reason", evidence)])
    assert (slip.category, slip.severity) == (category, severity)
    assert slip.file == ("a.py" if evidence.startswith("a.py") else "")


def test_a_check_that_asks_for_nothing_teaches_nothing() -> None:
    """What passed, was skipped, or is only told."""
    told = CheckResult(CheckKind.SECURITY, CheckState.FAILED, "told", blocks=False)
    assert slips_of_checks([told, CheckResult(CheckKind.SMOKE, CheckState.PASSED)]) == ()


def test_lines_of_a_patch_are_told_from_its_headings() -> None:
    """A line that looks like a heading is a line where the hunk says so."""
    first = "--- a/x\n+++ b/x\n@@ -0,0 +1,3 @@\n+++ b/y\n+\n+two\n\\ No newline at end of file\n"
    patch = first + "--- a/z\n+++ b/z\n@@ -1 +1 @@\n-a\n+b\n"
    assert added_lines(patch) == {"x": ["++ b/y", "two"], "z": ["b"]}


def test_a_repair_shows_a_few_lines_of_the_file_that_was_wrong() -> None:
    """A large one is cut, and says so."""
    many = "--- a/x\n+++ b/x\n@@ -0,0 +1,40 @@\n" + "".join(f"+line {number}\n" for number in range(40))
    wrong, right = show_repair(many, "")
    assert wrong.count("\n") == MOST_LINES
    assert wrong.endswith("28 more lines")
    assert right == ""
    assert show_repair(WRONG + many, RIGHT, file="calc.py")[1] == "    return first - second"


def test_languages_by_how_many_files_they_have() -> None:
    """What is no code has none."""
    assert languages_of(["a.py", "b.ts", "c.py", "README.md", "x"]) == ("python", "typescript")


SECRET = "tr0ub4dor&Zebra-91xQ"
LEAKY = f'''--- a/db.py
+++ b/db.py
@@ -0,0 +1,2 @@
+db_password = "{SECRET}"
+connect(db_password)
'''
READS = LEAKY.replace(f'"{SECRET}"', 'os.environ["DB_PASSWORD"]')


def test_of_a_secret_that_was_found_nothing_is_kept() -> None:
    """Neither its line, nor what is said of it, nor in what else the run teaches of the same change."""
    check = CheckResult(CheckKind.SECURITY, CheckState.FAILED, "a", "db.py:1: Value in the file [secrets/hard-coded]")
    slips = put_tried(
        [*slips_of_checks([check]), *slips_of_tests(report(failed("t::a", f"E  Refused: {SECRET}")), NOTHING)],
        tried=f"Connect with {SECRET}.",
        patch=LEAKY,
    )
    found = learn(slips, Repair(READS, f"Read it; {SECRET} is gone."), ABOUT)
    assert len(found) == 2
    assert SECRET not in repr(found)
    assert [(one.lesson.wrong, one.lesson.right) for one in found] == [("", "")] * 2


def test_a_secret_that_nobody_objected_to_is_masked_in_the_example() -> None:
    """The line is kept: it may be what was wrong."""
    slips = put_tried(slips_of_tests(report(failed("t::a")), NOTHING), tried="", patch=LEAKY)
    (one,) = learn(slips, Repair(READS, "Read it."), ABOUT)
    assert one.lesson.wrong == 'db_password = "[redacted]"'
    assert one.lesson.right == 'db_password = os.environ["DB_PASSWORD"]'


@pytest.mark.parametrize("count", [3, 40])
def test_a_key_in_what_a_test_prints_is_hidden_before_it_is_cut(count: int) -> None:
    """Its last lines alone do not look like a key."""
    body = [f"{number:02d}" + "aB3+" * 15 for number in range(count)]
    key = "\n".join(["-----BEGIN PRIVATE KEY-----", *body, "-----END PRIVATE KEY-----"])
    message = TRACE.replace("return first - str(second)", key).replace("unsupported", "wrong key:")
    printed = TestReport(Verdict.FAIL, ("pytest",), 1, 0.1, (), output_tail=message, reason="it failed")
    slips = (*slips_of_tests(report(failed("t::a", message)), NOTHING), *slips_of_tests(printed, NOTHING))
    assert len(slips) == 2
    for one in learn(slips, None, ABOUT):
        assert "aB3+" not in repr(one)
        assert "wrong key" in one.lesson.failed
