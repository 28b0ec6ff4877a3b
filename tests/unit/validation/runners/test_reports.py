"""What each runner leaves is read as data: the recordings here were printed and written by the real programs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from yantra_bot.domain.proof import TestOutcome, TestStatus, Verdict
from yantra_bot.domain.runners import Project, RunnerName
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import Finished
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.runners import golang, jest, node, rust
from yantra_bot.validation.runners.contract import Files, Order, Runner
from yantra_bot.validation.runners.outcomes import MAX_TESTS, collect, make_outcome

RECORDED = Path(__file__).parent / "recorded"
PASSED, FAILED, ERROR, SKIPPED = TestStatus.PASSED, TestStatus.FAILED, TestStatus.ERROR, TestStatus.SKIPPED


def names(outcomes: tuple[TestOutcome, ...] | None) -> dict[str, TestStatus]:
    return {outcome.name: outcome.status for outcome in outcomes or ()}


def message_of(outcomes: tuple[TestOutcome, ...] | None, name: str) -> str:
    return next(outcome.message for outcome in outcomes or () if outcome.name == name)


def test_node_s_tests_are_named_by_file_and_groups() -> None:
    """A file that does not load is an error by its name; what is to be done later counts as skipped."""
    found = node.parse_report((RECORDED / "node.jsonl").read_bytes())
    assert names(found) == {
        "test/broken.test.js": ERROR,
        "test/calc.test.js::adds": FAILED,
        "test/calc.test.js::group > zero": PASSED,
        "test/calc.test.js::group > skipped": SKIPPED,
        "test/calc.test.js::group > later": SKIPPED,
        "test/calc.test.js::group > inner > deep": PASSED,
        "test/calc.test.js::parent > sub": PASSED,
        "test/calc.test.js::parent": PASSED,
    }
    assert "-1 !== 5" in message_of(found, "test/calc.test.js::adds")


def test_jest_s_tests_are_named_by_file_and_groups() -> None:
    """A file that does not load is an error by its name."""
    found = jest.parse_report((RECORDED / "jest.json").read_bytes())
    assert names(found) == {
        "src/broken.test.js": ERROR,
        "src/calc.test.js::adds": FAILED,
        "src/calc.test.js::group > zero": PASSED,
        "src/calc.test.js::group > skipped": SKIPPED,
        "src/calc.test.js::group > later": SKIPPED,
        "src/calc.test.js::group > inner > deep": PASSED,
        "src/calc.test.js::each 1": PASSED,
        "src/calc.test.js::each 2": PASSED,
    }
    assert "Cannot find module './nowhere'" in message_of(found, "src/broken.test.js")
    assert "\x1b" not in message_of(found, "src/calc.test.js::adds")


def test_vitest_writes_what_jest_writes() -> None:
    """One reader serves both."""
    found = jest.parse_report((RECORDED / "vitest.json").read_bytes())
    assert names(found) == {
        "src/broken.test.ts": ERROR,
        "src/calc.test.ts::adds": FAILED,
        "src/calc.test.ts::group > zero": PASSED,
        "src/calc.test.ts::group > skipped": SKIPPED,
        "src/calc.test.ts::group > later": SKIPPED,
        "src/calc.test.ts::group > inner > deep": PASSED,
    }
    assert "expected -1 to be 5" in message_of(found, "src/calc.test.ts::adds")


def test_what_cargo_prints_is_read_list_by_list() -> None:
    """Unit, integration and documentation tests; a line that a test prints itself is none of them."""
    found = rust.parse_output((RECORDED / "cargo.txt").read_text())
    assert names(found) == {
        "calc::tests::later": SKIPPED,
        "calc::tests::panics": PASSED,
        "calc::tests::adds": FAILED,
        "calc::tests::zero": PASSED,
        "outside::from_outside": PASSED,
        "calc::src/lib.rs - add": PASSED,
    }
    assert "left: -1" in message_of(found, "calc::tests::adds")


def test_what_go_prints_is_read_event_by_event() -> None:
    """A test that never began is none, and a package that does not build is an error by its name."""
    found = golang.parse_events((RECORDED / "go.txt").read_text())
    assert names(found) == {
        "example.com/calc::TestZero": PASSED,
        "example.com/calc::TestAdd": FAILED,
        "example.com/calc::TestTable": PASSED,
        "example.com/calc::TestTable/one": PASSED,
        "example.com/calc::TestTable/two_words": PASSED,
        "example.com/calc::TestLater": SKIPPED,
        "example.com/calc/broken": ERROR,
    }
    assert "FAIL: TestAdd" in message_of(found, "example.com/calc::TestAdd")


@pytest.mark.parametrize("parse", [node.parse_report, jest.parse_report])
@pytest.mark.parametrize(
    "data",
    [b"\xff", b"[]", b"{}", b"null", b'{"testResults": 3}', b'{"testResults": [{}]}', b"[" * 100_000, b'{"names": 1}'],
)
def test_a_report_of_another_shape_is_refused(parse: Callable[[bytes], object], data: bytes) -> None:
    """Nothing is guessed."""
    with pytest.raises(UserError, match="test report"):
        parse(data)


@pytest.mark.parametrize("output", ["", "error: could not compile", '{"Action": 3}', "{" * 10_000, "[1]"])
def test_output_without_a_test_is_no_report(output: str) -> None:
    """It is not an empty list: nobody knows what there was."""
    assert rust.parse_output(output) is None
    assert golang.parse_events(output) is None


def test_names_are_unique_and_texts_are_cut() -> None:
    """A report of any size becomes one that can be handed on."""
    twice = collect([make_outcome("a", PASSED), make_outcome("a", FAILED, float("inf"), "x" * 9_000)])
    assert [(one.name, one.seconds, len(one.message)) for one in twice] == [("a", 0.0, 0), ("a #2", 0.0, 4_000)]
    many = collect(make_outcome(str(number), FAILED, message="why") for number in range(300))
    assert sum(bool(one.message) for one in many) == 200
    with pytest.raises(UserError, match="more than"):
        collect(make_outcome(str(number), PASSED) for number in range(MAX_TESTS + 1))


NOTHING = Files((), lambda _: None)


@pytest.mark.parametrize(
    ("runner", "code", "verdict"),
    [
        (jest.JEST, 0, Verdict.INCONCLUSIVE),
        (jest.VITEST, 1, Verdict.ERROR),
        (node.NodeTest(), 9, Verdict.ERROR),
        (node.NpmScript(), 0, Verdict.PASS),
        (node.NpmScript(), 1, Verdict.FAIL),
        (rust.Cargo(), 101, Verdict.ERROR),
        (rust.Cargo(), 127, Verdict.ERROR),
        (golang.Go(), 0, Verdict.INCONCLUSIVE),
    ],
)
def test_without_a_report_only_a_plain_script_can_pass(
    runner: Runner, code: int, verdict: Verdict, tmp_path: Path
) -> None:
    """No data is not a pass, and the reason is a sentence."""
    order = Order(Project(runner.name))
    shown = runner.report(order, Finished(code, 1.0, "nothing"), Tree(tmp_path), NOTHING)
    assert shown.verdict is verdict
    assert shown.reason.endswith(".") or verdict is Verdict.PASS


def test_go_s_coverage_is_told_by_path(tmp_path: Path) -> None:
    """The profile names files by their module."""
    (tmp_path / "cover.out").write_bytes((RECORDED / "cover.out").read_bytes())
    files = Files(("go.mod",), lambda path: b"module example.com/calc\n" if path == "go.mod" else None)
    output = (RECORDED / "go.txt").read_text()
    shown = golang.Go().report(Order(Project(RunnerName.GO)), Finished(1, 1.0, output), Tree(tmp_path), files)
    assert shown.verdict is Verdict.FAIL
    assert shown.coverage == {"calc.go": (3, 4, 7)}
