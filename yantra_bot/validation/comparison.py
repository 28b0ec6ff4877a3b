"""Holds a change's tests against the base's. Pure.

A test that passed on the base has to pass now: one that fails, is skipped, or is not there any more counts as newly
failing, whatever the reason. A renamed test is a missing and a new one: nobody can tell it from a removed one. Only the
running numbers that pytest gives to cases of a parametrized test may shift, since a new case moves all that follow it;
and, in a test file that the change leaves alone, all numbers in the name of a case, which may be the time of day.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from yantra_bot.domain.proof import Comparison, TestReport, TestStatus, Verdict

MOST_BY_CHANCE = 10
"""More tests than this do not fail by chance."""
_RUNNING_NUMBER = re.compile(r"(?<=[\[-])([A-Za-z_]\w*?)\d+(?=[\]-])")
"""What pytest calls a case that has no name of its own: that of its argument, and a number."""


_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")


def compare(base: TestReport, new: TestReport, *, changed: Collection[str] | None = None) -> Comparison:
    """Return what changed between two runs of the whole suite, each list sorted by name.

    Newly passing are tests that pass now and did not on the base, those that are new included. `changed` are the paths
    of the change, where they are known.
    """
    passed, passes = base.names(TestStatus.PASSED), new.names(TestStatus.PASSED)
    there, were = ({outcome.name for outcome in report.outcomes} for report in (new, base))
    shifted = _find_shifted(passed - there, passes - were, changed)
    return Comparison(
        newly_failing=tuple(sorted(passed - passes - shifted.keys())),
        newly_passing=tuple(sorted(passes - passed - set(shifted.values()))),
        failing_before_and_after=tuple(sorted(failing(base) & failing(new))),
        missing=tuple(sorted(passed - there - shifted.keys())),
    )


def _find_shifted(gone: Iterable[str], added: Iterable[str], changed: Collection[str] | None) -> dict[str, str]:
    """Return which of the tests that are gone is which new one, where only numbers in its brackets are others."""
    pool: dict[str, list[str]] = {}
    for name in sorted(added):
        pool.setdefault(_without_numbers(name, changed), []).append(name)
    return {
        name: candidates.pop(0)
        for name in sorted(gone)
        if "[" in name and (candidates := pool.get(_without_numbers(name, changed)))
    }


def _without_numbers(name: str, changed: Collection[str] | None) -> str:
    function, bracket, case = name.partition("[")
    path = function.partition("::")[0]
    is_left_alone = changed is not None and not any(
        one == path or one.rpartition("/")[2] == "conftest.py" for one in changed
    )
    if is_left_alone:
        return function + _NUMBER.sub("#", bracket + case)
    return function + _RUNNING_NUMBER.sub(r"\1", bracket + case)


def may_be_chance(base: TestReport, new: TestReport, *, changed: Collection[str] | None = None) -> bool:
    """Say whether running the same tests once more can tell an unsteady test from a broken one."""
    comparison = compare(base, new, changed=changed)
    newly = comparison.newly_failing
    return new.verdict is Verdict.FAIL and 0 < len(newly) <= MOST_BY_CHANCE and not comparison.missing


def settle(first: TestReport, again: TestReport) -> TestReport:
    """Return what two runs of the whole suite on the same tree show together; `first` may be settled already.

    The second run counts, but a test that passed in one of the two counts as passed and is named as unsteady. The
    verdict stays what the second exit code says. A second run that broke off says nothing: the first one counts.
    """
    if again.verdict not in {Verdict.PASS, Verdict.FAIL}:
        return first
    passed, passes = first.names(TestStatus.PASSED), again.names(TestStatus.PASSED)
    unsteady = (failing(first) & passes) | (passed & failing(again)) | set(first.unsteady)
    outcomes = tuple(
        replace(outcome, status=TestStatus.PASSED, message="") if outcome.name in unsteady else outcome
        for outcome in again.outcomes
    )
    return replace(again, outcomes=outcomes, unsteady=tuple(sorted(unsteady)))


def settle_some(first: TestReport, again: TestReport) -> TestReport:
    """Return what a run shows when those that failed in it were run once more, alone: `again`.

    One that passes then counts as passed and is named as unsteady. The verdict is a pass only where none is left and
    the second exit code says so.
    """
    unsteady = failing(first) & again.names(TestStatus.PASSED)
    left = failing(first) - unsteady
    if (
        not unsteady
        or again.verdict not in {Verdict.PASS, Verdict.FAIL}
        or (not left and again.verdict is Verdict.FAIL)
    ):
        return first
    outcomes = tuple(
        replace(outcome, status=TestStatus.PASSED, message="") if outcome.name in unsteady else outcome
        for outcome in first.outcomes
    )
    told = replace(first, outcomes=outcomes, unsteady=tuple(sorted(unsteady)))
    if left:
        return replace(told, reason=f"{len(left)} of {len(outcomes)} tests did not pass.")
    return replace(told, verdict=Verdict.PASS, exit_code=again.exit_code, reason="")


def failing(report: TestReport) -> frozenset[str]:
    """Return the tests that ran and did not pass."""
    return report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR)


def only_old_failures(report: TestReport, comparison: Comparison) -> bool:
    """Say whether something fails, and all that does failed before the change too."""
    bad = failing(report)
    return bool(bad) and bad <= set(comparison.failing_before_and_after)
