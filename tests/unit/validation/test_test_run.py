"""Tests are run in a real sandbox, and what they showed is told without believing them."""

import pytest

from tests.fakes.proving_ground import ProvingGround
from yantra_bot.domain.proof import TestOutcome, TestStatus, Verdict
from yantra_bot.errors import UserError
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.contract import Finished
from yantra_bot.validation.runners.judging import judge, judge_command
from yantra_bot.validation.runners.python import CODES
from yantra_bot.validation.test_run import load_runner, run_tests

SUITE = """
import lib, pytest

class TestOne:
    def test_true(self):
        assert lib.sign(1) == 1

@pytest.mark.parametrize("value", [1, 2])
def test_each(value):
    assert value

def test_false():
    expected = 3
    assert lib.sign(0) == expected, "as wanted"

def test_left_out():
    pytest.skip("not today")
"""
LIB = "def sign(a):\n    if a:\n        return 1\n    return 2\n"
FILES = {"lib.py": LIB, "tests/test_it.py": SUITE}


def outcome(status: TestStatus) -> TestOutcome:
    return TestOutcome(status.value, status)


@pytest.mark.sandbox
def test_a_suite_is_told_test_by_test(ground: ProvingGround) -> None:
    """Names that pytest takes back, messages of what failed, executed lines, and nothing left in the tree."""
    bench = ground.make_bench(FILES)
    lines: list[str] = []
    report = run_tests(bench, on_line=lines.append)
    assert (report.verdict, report.exit_code) == (Verdict.FAIL, 1)
    assert report.reason == "1 of 5 tests did not pass."
    assert {outcome.name: outcome.status for outcome in report.outcomes} == {
        "tests/test_it.py::TestOne::test_true": TestStatus.PASSED,
        "tests/test_it.py::test_each[1]": TestStatus.PASSED,
        "tests/test_it.py::test_each[2]": TestStatus.PASSED,
        "tests/test_it.py::test_false": TestStatus.FAILED,
        "tests/test_it.py::test_left_out": TestStatus.SKIPPED,
    }
    messages = {outcome.name: outcome.message for outcome in report.outcomes if outcome.message}
    assert list(messages) == ["tests/test_it.py::test_false"]
    assert "AssertionError: as wanted" in messages["tests/test_it.py::test_false"]
    assert report.coverage is not None
    assert report.coverage["lib.py"] == (1, 2, 3, 4)
    assert "1 failed, 3 passed, 1 skipped" in report.output_tail
    assert any("1 failed" in line for line in lines)
    assert report.command == ("python", "-m", "pytest")
    assert sorted(str(path.relative_to(bench.workspace)) for path in bench.workspace.rglob("*")) == [
        "lib.py",
        "tests",
        "tests/test_it.py",
    ]
    assert list(bench.scratch.iterdir()) == []


@pytest.mark.sandbox
def test_a_name_from_a_report_selects_that_test(ground: ProvingGround) -> None:
    """What failed can be run again by its name, alone."""
    report = run_tests(ground.make_bench(FILES), ("tests/test_it.py::TestOne::test_true",))
    assert report.verdict is Verdict.PASS
    assert [outcome.name for outcome in report.outcomes] == ["tests/test_it.py::TestOne::test_true"]
    assert report.command == ("python", "-m", "pytest", "tests/test_it.py::TestOne::test_true")
    assert report.reason == ""


@pytest.mark.sandbox
def test_a_lenient_selection_leaves_out_what_pytest_does_not_know(ground: ProvingGround) -> None:
    """One wrong name does not end the run of the others; a name is never an option, and a file's other tests stay."""
    names = (
        *("tests/test_it.py::TestOne", "tests/test_it.py::test_each", "tests/test_it.py::test_gone", "gone.py::test_a"),
        *("--rootdir=/", "-p no:terminal", "tests/[x]/test_b.py::test_b", "../../etc/passwd"),
    )
    report = run_tests(ground.make_bench(FILES), names, is_lenient=True)
    assert (report.verdict, report.exit_code) == (Verdict.PASS, 0)
    assert [outcome.name for outcome in report.outcomes] == [
        "tests/test_it.py::TestOne::test_true",
        "tests/test_it.py::test_each[1]",
        "tests/test_it.py::test_each[2]",
    ]
    whole = run_tests(ground.make_bench(FILES), ("tests/test_it.py",), is_lenient=True)
    assert len(whole.outcomes) == 5
    for nothing in ("tests/test_it.py::test_gone", "gone.py"):
        none = run_tests(ground.make_bench(FILES), (nothing,), is_lenient=True)
        assert (none.verdict, none.exit_code, none.outcomes) == (Verdict.INCONCLUSIVE, 5, ())


@pytest.mark.sandbox
def test_a_file_whose_name_is_an_option_is_a_file(ground: ProvingGround) -> None:
    """Its tests run, and nothing else follows from how it is called."""
    odd = "-p no/test_odd.py"
    report = run_tests(ground.make_bench({odd: "def test_a(): pass\n"}), (f"{odd}::test_a",), is_lenient=True)
    assert [outcome.name for outcome in report.outcomes] == [f"{odd}::test_a"]


@pytest.mark.sandbox
def test_no_test_is_no_pass(ground: ProvingGround) -> None:
    """An empty suite, and one in which everything is skipped, say nothing."""
    assert run_tests(ground.make_bench({"lib.py": LIB})).verdict is Verdict.INCONCLUSIVE
    report = run_tests(ground.make_bench({"test_a.py": "import pytest\ndef test_a(): pytest.skip('x')\n"}))
    assert (report.verdict, report.reason) == (
        Verdict.INCONCLUSIVE,
        "No test passed: every one was skipped, or none ran.",
    )


@pytest.mark.sandbox
def test_a_file_that_cannot_be_imported_does_not_hide_the_others(ground: ProvingGround) -> None:
    """The rest of the suite runs, and the broken file is an error by its name."""
    report = run_tests(ground.make_bench({"test_a.py": "import nowhere\n", "test_b.py": "def test_b(): pass\n"}))
    assert report.verdict is Verdict.FAIL
    assert {(outcome.name, outcome.status) for outcome in report.outcomes} == {
        ("test_a.py", TestStatus.ERROR),
        ("test_b.py::test_b", TestStatus.PASSED),
    }


@pytest.mark.sandbox
def test_the_repository_s_own_options_count_and_do_not_stop_the_run(ground: ProvingGround) -> None:
    """Its configuration is read, but `-x` does not cut the list, and wrong options are an error with the reason."""
    tests = "def test_a(): assert 0\ndef test_b(): assert 0\n"
    report = run_tests(ground.make_bench({"pytest.ini": "[pytest]\naddopts = -x -p no:randomly\n", "test_a.py": tests}))
    assert len(report.outcomes) == 2
    report = run_tests(ground.make_bench({"pytest.ini": "[pytest]\naddopts = --nonsense\n", "test_a.py": tests}))
    assert report.verdict is Verdict.ERROR
    assert "--nonsense" in report.output_tail


@pytest.mark.sandbox
def test_without_pytest_the_reason_is_told(ground: ProvingGround) -> None:
    """An environment that lacks it is an error, not a failed test."""
    report = run_tests(ground.make_bench(FILES, has_pytest=False))
    assert report.verdict is Verdict.ERROR
    assert report.reason == "pytest cannot be imported in the repository's environment."


@pytest.mark.sandbox
def test_a_run_is_repeatable(ground: ProvingGround) -> None:
    """Hashes, time zone and byte code are the same every time."""
    check = (
        "import os, sys, time\n"
        "def test_it():\n"
        "    assert (os.environ['PYTHONHASHSEED'], time.tzname[0], sys.dont_write_bytecode) == ('0', 'UTC', True)\n"
    )
    assert run_tests(ground.make_bench({"test_it.py": check})).verdict is Verdict.PASS


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("argv", "verdict", "reason"),
    [
        (("true",), Verdict.PASS, ""),
        (("false",), Verdict.FAIL, "The configured test command ended with exit code 1."),
        (("no-such-program",), Verdict.ERROR, "The configured test command cannot be run (exit code 127)."),
    ],
)
def test_a_configured_command_is_judged_by_its_exit_code(
    ground: ProvingGround, argv: tuple[str, ...], verdict: Verdict, reason: str
) -> None:
    """Nothing that it prints counts."""
    report = run_tests(ground.make_bench({}, command=TestCommand(argv)))
    assert (report.verdict, report.reason, report.command) == (verdict, reason, argv)


@pytest.mark.sandbox
def test_a_configured_command_may_write_a_report(ground: ProvingGround) -> None:
    """Its tests are told by name then; a failed one and exit code 0 contradict each other."""
    code = (
        "import os; open(os.environ['YANTRA_JUNIT_XML'], 'w').write("
        '\'<testsuite><testcase classname="a" name="b"><failure/></testcase></testsuite>\')'
    )
    report = run_tests(ground.make_bench({}, command=TestCommand(("python3", "-c", code))))
    assert report.verdict is Verdict.INCONCLUSIVE
    assert [outcome.name for outcome in report.outcomes] == ["a::b"]


@pytest.mark.sandbox
def test_a_run_that_takes_too_long_is_ended(ground: ProvingGround) -> None:
    """The limit is named in the reason."""
    report = run_tests(ground.make_bench({}, command=TestCommand(("sleep", "60"), timeout_seconds=0.3)))
    assert (report.verdict, report.exit_code) == (Verdict.ERROR, None)
    assert "their limit of time" in report.reason


def test_a_configured_command_takes_no_selection(ground: ProvingGround) -> None:
    """The refusal says what to leave out."""
    with pytest.raises(UserError, match="Leave the selection out"):
        run_tests(ground.make_bench({}, command=TestCommand(("true",))), ("tests/test_a.py",))


PASSED, FAILED, SKIPPED = (outcome(status) for status in (TestStatus.PASSED, TestStatus.FAILED, TestStatus.SKIPPED))


@pytest.mark.parametrize(
    ("code", "outcomes", "verdict"),
    [
        (0, (PASSED,), Verdict.PASS),
        (0, (PASSED, FAILED), Verdict.INCONCLUSIVE),
        (0, (SKIPPED,), Verdict.INCONCLUSIVE),
        (0, (), Verdict.INCONCLUSIVE),
        (0, None, Verdict.INCONCLUSIVE),
        (1, (PASSED, FAILED), Verdict.FAIL),
        (1, (PASSED,), Verdict.FAIL),
        (1, None, Verdict.ERROR),
        (2, (PASSED,), Verdict.ERROR),
        (3, (PASSED,), Verdict.ERROR),
        (4, (PASSED,), Verdict.ERROR),
        (5, (PASSED,), Verdict.INCONCLUSIVE),
        (90, (PASSED,), Verdict.ERROR),
        (139, (PASSED,), Verdict.ERROR),
        (None, (PASSED,), Verdict.ERROR),
    ],
)
def test_only_exit_code_and_report_together_make_a_pass(
    code: int | None, outcomes: tuple[TestOutcome, ...] | None, verdict: Verdict
) -> None:
    """The whole table; what is not a pass has a reason that is a sentence."""
    judged, reason = judge(CODES, Finished(code, 1.0, "all passed", None if code else "time"), outcomes, "No report.")
    assert judged is verdict
    assert (reason == "") is (verdict is Verdict.PASS)
    assert reason == "" or reason.endswith(".")


def test_a_command_s_report_can_only_take_away() -> None:
    """It never makes a pass of a failure."""
    assert judge_command("It", Finished(1, 1.0, ""), (PASSED,))[0] is Verdict.FAIL
    assert judge_command("It", Finished(0, 1.0, ""), None)[0] is Verdict.PASS
    assert judge_command("It", Finished(None, 1.0, "", "memory"), (PASSED,))[0] is Verdict.ERROR


def test_the_runner_can_be_read_early() -> None:
    """Before rights are given up; again is no error."""
    load_runner()
    load_runner()
