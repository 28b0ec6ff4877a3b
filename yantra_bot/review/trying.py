"""The part of a review that has the tests run that the change calls for, in the sandbox, and tells what newly fails.

Nothing runs where code of the change may not, or where nobody gave a place to run it. What fails on the base as well
is told, and is no finding.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from yantra_bot.domain.findings import Evidence, Finding, RuleInfo, Severity
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.domain.review import Gap, TestSelection
from yantra_bot.review.engine import Draft
from yantra_bot.review.subject import Subject
from yantra_bot.validation.trial import NO_TESTS, try_tests

NAME: Final = "test run"
NEWLY: Final = "tests/newly-failing"
MAX_TESTS: Final = 1_000
"""Tests that are named one by one; where more are called for, all are run."""
MAX_FINDINGS: Final = 20
MAX_NAMED: Final = 20
CONFIDENCE: Final = 0.95
"""It failed twice here and not on the base, where they are few; a test may still be unsteady."""
RULES: Final = (
    RuleInfo(
        NEWLY,
        "Test that fails with the change and not without it",
        Severity.ERROR,
        "It was run in the sandbox on the head, where it fails, and on the base, where it passes or is not there.",
        ("tests",),
    ),
)


def run_tests(draft: Draft) -> None:
    """Run what the change calls for; leave the report, and add a finding for each test that newly fails."""
    trial, chosen = draft.means.trial, draft.tests
    may_run = trial is not None and draft.means.may_execute and draft.rules.runs_tests
    if trial is None or not may_run or chosen is None or not (chosen.is_all or chosen.tests):
        return
    selection = _select(chosen)
    if selection is None and not trial.is_whole:
        draft.gaps.append(Gap(NAME, "Only pytest's tests can be run here, and the change calls for others alone."))
        return
    report, failures = try_tests(trial, selection or (), old=lambda name: _old_name(draft.subject, name))
    draft.test_report, draft.failures = report, failures
    if report.verdict not in {Verdict.PASS, Verdict.FAIL}:
        draft.gaps.append(Gap(NAME, f"It proved nothing. {report.reason}"))
    if not trial.is_whole and not chosen.is_all:
        draft.gaps += _find_left_out(chosen, selection or (), report)
    if failures is not None:
        draft.add(_tell(draft.subject, failures.new, report))


def _select(chosen: TestSelection) -> tuple[str, ...] | None:
    """Return what is handed to pytest, nothing for the whole suite; None where there is nothing to hand."""
    own = tuple(one.id for one in chosen.tests if _is_pytest(one.id))
    if chosen.is_all or len(own) > MAX_TESTS:
        return ()
    return own or None


def _is_pytest(name: str) -> bool:
    return name.partition("::")[0].endswith(".py")


def _find_left_out(chosen: TestSelection, selection: Sequence[str], report: TestReport) -> Iterator[Gap]:
    """Yield a gap for tests that were chosen and did not run."""
    others = [one.id for one in chosen.tests if not _is_pytest(one.id)]
    if others:
        yield Gap(NAME, f"{len(others)} tests of other runners than pytest were not run.", tuple(others[:MAX_NAMED]))
    if report.verdict not in {Verdict.PASS, Verdict.FAIL} and report.exit_code != NO_TESTS:
        return
    ran = {name for one in report.outcomes for name in (one.name.partition("[")[0], one.name)}
    lost = [name for name in selection if name not in ran and name.partition("::")[0] not in ran]
    if lost:
        why = "pytest does not know them, or the repository's configuration leaves them out."
        yield Gap(NAME, f"{len(lost)} chosen tests were not run: {why}", tuple(lost[:MAX_NAMED]))


def _old_name(subject: Subject, name: str) -> str:
    """Return what a test is called in the base: its file may have been renamed."""
    path, separator, inside = name.partition("::")
    file = subject.by_path.get(path)
    return f"{file.base_path if file is not None else path}{separator}{inside}"


def _tell(subject: Subject, names: Sequence[str], report: TestReport) -> Iterator[Finding]:
    """Yield a finding for each test function; one for all that stand in no known file, at the first changed one."""
    messages = {one.name: one.message for one in report.outcomes}
    functions: dict[str, str] = {}
    for name in names:
        functions.setdefault(name.partition("[")[0], messages.get(name, ""))
    known = [name for name in functions if name.partition("::")[0] in subject.head.paths]
    for number, name in enumerate(known[:MAX_FINDINGS], start=1):
        is_cut = number == MAX_FINDINGS < len(known)
        rest = f" The same is true of {len(known) - MAX_FINDINGS} more." if is_cut else ""
        yield _find(subject, name, functions[name], rest)
    others = [name for name in functions if name not in known]
    if others and subject.files:
        shown = ", ".join(others[:MAX_NAMED])
        message = f"These fail with the change, and did not fail without it: {shown}."
        path = subject.files[0].path
        yield Finding(NEWLY, Severity.ERROR, CONFIDENCE, message, path, 1, symbol=others[0])


def _find(subject: Subject, name: str, failure: str, more: str) -> Finding:
    path, _, inside = name.partition("::")
    row = subject.head.view.index_of(f"{path}::{inside.replace('::', '.')}")
    line = 1 if row is None else subject.head.view.symbol(row).span.line
    said = [line.strip() for line in failure.splitlines() if line.strip()]
    # Of pytest's lines the first with an E is the error, of other text the last one.
    error = next((line.removeprefix("E").strip() for line in said if line.startswith("E ")), said[-1] if said else "")
    return Finding(
        NEWLY,
        Severity.ERROR,
        CONFIDENCE,
        f"{name} fails with this change, and does not fail without it.{more}",
        path,
        line,
        anchor=subject.anchor(path, line),
        symbol=name,
        evidence=(Evidence(error[:300], path, line),) if error else (),
    )
