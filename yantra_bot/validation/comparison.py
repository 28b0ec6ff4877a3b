"""Holds a change's tests against the base's. Pure.

A test that passed on the base has to pass now: one that fails, is skipped, or is not there any more counts as newly
failing, whatever the reason. A renamed test is a missing and a new one: nobody can tell it from a removed one.
"""

from yantra_bot.domain.proof import Comparison, TestReport, TestStatus


def compare(base: TestReport, new: TestReport) -> Comparison:
    """Return what changed between two runs of the whole suite, each list sorted by name.

    Newly passing are tests that pass now and did not on the base, those that are new included.
    """
    passed, passes = base.names(TestStatus.PASSED), new.names(TestStatus.PASSED)
    there = {outcome.name for outcome in new.outcomes}
    return Comparison(
        newly_failing=tuple(sorted(passed - passes)),
        newly_passing=tuple(sorted(passes - passed)),
        failing_before_and_after=tuple(sorted(_failing(base) & _failing(new))),
        missing=tuple(sorted(passed - there)),
    )


def _failing(report: TestReport) -> frozenset[str]:
    return report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR)
