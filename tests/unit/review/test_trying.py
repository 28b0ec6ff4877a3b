"""The part of a review that has tests run: what is handed to whom, what becomes a finding, what a gap."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from yantra_bot.domain.findings import Severity, Side
from yantra_bot.domain.proof import Failures, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.review import (
    Review,
    ReviewRules,
    SelectedTest,
    TestSelection,
)
from yantra_bot.review.engine import Draft, Part, review
from yantra_bot.review.means import Means
from yantra_bot.review.trying import MAX_FINDINGS, MAX_TESTS, NEWLY, run_tests
from yantra_bot.validation.trial import Trial

P, F = TestStatus.PASSED, TestStatus.FAILED
BEFORE = {
    "lib.py": "def one():\n    return 1\n",
    "tests/test_lib.py": "import lib\n\n\ndef test_one():\n    assert lib.one() == 1\n",
}
AFTER = {**BEFORE, "lib.py": "def one():\n    return 2\n"}
ONE = "tests/test_lib.py::test_one"


class World:
    """Runs that fail on the head as they are told to, and what was asked of them."""

    def __init__(self, folder: Path, head: dict[str, TestStatus], base: dict[str, TestStatus] | None = None) -> None:
        self.folder, self.outcomes = folder, {Side.HEAD: head, Side.BASE: base or {}}
        self.asked: list[tuple[Side, tuple[str, ...]]] = []

    def run(self, side: Side, selection: tuple[str, ...]) -> TestReport:
        self.asked.append((side, selection))
        tests = tuple(
            TestOutcome(name, status, message="x.py:1: in f\nE   assert 2 == 1\nE    + more" if status is F else "")
            for name, status in self.outcomes[side].items()
        )
        bad = any(one.status is F for one in tests)
        return TestReport(Verdict.FAIL if bad else Verdict.PASS, ("pytest",), int(bad), 1.0, tests)

    def review(
        self,
        selection: TestSelection | None,
        *,
        is_whole: bool = False,
        may: bool = True,
        rules: ReviewRules | None = None,
    ) -> Review:
        def choose(draft: Draft) -> None:
            draft.tests = selection

        means = Means(may_execute=may, trial=Trial(self.run, is_whole))
        parts = (Part("tests", choose), Part("run", run_tests))
        subject = subject_of(self.folder, BEFORE, AFTER)
        return review(subject, parts, base="b", head="h", means=means, rules=rules)


def chosen(*names: str, is_all: bool = False) -> TestSelection:
    return TestSelection(is_all, tuple(SelectedTest(name, "reaches it") for name in names), known=9)


def test_what_newly_fails_is_a_finding_at_the_test(tmp_path: Path) -> None:
    """It closes the gate by its severity, and shows what the test said."""
    made = World(tmp_path, {ONE: F}, {ONE: P}).review(chosen(ONE))
    (finding,) = made.findings
    assert (finding.rule, finding.path, finding.line, finding.severity) == (
        NEWLY,
        "tests/test_lib.py",
        4,
        Severity.ERROR,
    )
    assert finding.symbol == ONE
    assert [one.text for one in finding.evidence] == ["assert 2 == 1"]
    assert made.blocking == (finding,)
    assert made.failures == Failures(new=(ONE,))


def test_what_failed_before_is_told_and_closes_nothing(tmp_path: Path) -> None:
    """The change is not to blame."""
    made = World(tmp_path, {ONE: F}, {ONE: F}).review(chosen(ONE))
    assert (made.findings, made.blocking, made.failures) == ((), (), Failures(before=(ONE,)))


@pytest.mark.parametrize(
    ("may", "rules", "selection"),
    [
        (False, ReviewRules(), chosen(ONE)),
        (True, ReviewRules(runs_tests=False), chosen(ONE)),
        (True, ReviewRules(), chosen()),
        (True, ReviewRules(), None),
    ],
)
def test_nothing_runs_where_nothing_may_or_needs_to(
    tmp_path: Path, may: bool, rules: ReviewRules, selection: TestSelection | None
) -> None:
    """Not for a fork, not against the rules, not where no test is called for."""
    world = World(tmp_path, {ONE: F})
    assert world.review(selection, may=may, rules=rules).test_report is None
    assert world.asked == []


@pytest.mark.parametrize(
    ("selection", "is_whole", "asked"),
    [
        (chosen(ONE), False, (ONE,)),
        (chosen(ONE, is_all=True), False, ()),
        (chosen(ONE), True, ()),
        (chosen(*(f"test_{n}.py::test" for n in range(MAX_TESTS + 1))), False, ()),
        (chosen(ONE, "web/a.test.ts", "./pkg::TestX"), False, (ONE,)),
    ],
)
def test_what_is_handed_to_the_runner(
    tmp_path: Path, selection: TestSelection, is_whole: bool, asked: tuple[str, ...]
) -> None:
    """pytest's own ids, or nothing for the whole suite."""
    world = World(tmp_path, {ONE: P})
    world.review(selection, is_whole=is_whole)
    assert world.asked == [(Side.HEAD, asked)]


def test_tests_of_other_runners_are_a_gap(tmp_path: Path) -> None:
    """Alone they are not run at all: pytest would say that it knows none."""
    world = World(tmp_path, {ONE: P})
    made = world.review(chosen(ONE, "web/a.test.ts"))
    assert [(gap.what, gap.paths) for gap in made.gaps] == [("test run", ("web/a.test.ts",))]
    alone = World(tmp_path / "b", {})
    assert "Only pytest's tests" in alone.review(chosen("web/a.test.ts")).gaps[0].why
    assert alone.asked == []


def test_chosen_tests_that_did_not_run_are_a_gap(tmp_path: Path) -> None:
    """pytest did not know one; what belongs to a file that could not be loaded did run, to an error."""
    made = World(tmp_path, {ONE: P, "tests/test_b.py": P}).review(
        chosen(ONE, "tests/test_lib.py::test_two", "tests/test_b.py::t")
    )
    assert [gap.paths for gap in made.gaps] == [("tests/test_lib.py::test_two",)]


def test_a_run_that_proved_nothing_is_a_gap(tmp_path: Path) -> None:
    """No review is called clean over it."""
    world = World(tmp_path, {})
    broken = TestReport(Verdict.ERROR, ("pytest",), None, 1.0, reason="It took too long.")
    world.run = lambda side, selection: broken  # type: ignore[method-assign]  # what a limit does
    made = world.review(chosen(ONE))
    assert [gap.why for gap in made.gaps] == ["It proved nothing. It took too long."]


def test_many_and_strange_names_are_bounded_and_stay_inside(tmp_path: Path) -> None:
    """A report may name anything: what is no file of the head stands at the first changed one."""
    many = {f"tests/test_lib.py::test_{n:03}": F for n in range(MAX_FINDINGS + 5)}
    made = World(tmp_path, {**many, "../../etc/passwd::x": F, "/abs.py::y": F, "::z": F}, {"other": P}).review(
        chosen(ONE)
    )
    assert len(made.findings) == MAX_FINDINGS + 1
    assert {one.path for one in made.findings} == {"tests/test_lib.py", "lib.py"}
    assert sum("The same is true of 5 more." in one.message for one in made.findings) == 1


def test_a_renamed_test_file_is_looked_up_where_it_was(tmp_path: Path) -> None:
    """The base has the test under its old path."""
    world = World(tmp_path, {"tests/test_new.py::test_one": F}, {ONE: F})
    subject = subject_of(tmp_path, BEFORE, {**AFTER, "tests/test_new.py": BEFORE["tests/test_lib.py"]})
    files = tuple(
        replace(file, old_path="tests/test_lib.py") if file.path == "tests/test_new.py" else file
        for file in subject.files
    )
    draft = Draft(replace(subject, files=files), ReviewRules(), Means(may_execute=True, trial=Trial(world.run)))
    draft.tests = chosen("tests/test_new.py::test_one")
    run_tests(draft)
    assert draft.failures == Failures(before=("tests/test_new.py::test_one",))
