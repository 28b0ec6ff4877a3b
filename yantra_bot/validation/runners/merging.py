"""Makes one report of several projects' runs. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.validation.runners.packages import join

_WORST: Final = (Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)


def move(report: TestReport, folder: str) -> TestReport:
    """Return a project's report with its names and paths relative to the root."""
    if not folder:
        return report
    outcomes = tuple(replace(one, name=join(folder, one.name)) for one in report.outcomes)
    coverage = report.coverage and {join(folder, path): lines for path, lines in report.coverage.items()}
    return replace(report, outcomes=outcomes, coverage=coverage)


def merge(reports: Sequence[TestReport]) -> TestReport:
    """Return the reports, at least one, as one: the worst verdict counts, and its exit code."""
    if len(reports) == 1:
        return reports[0]
    worst = min(reports, key=lambda one: _WORST.index(one.verdict))
    told = [f"{', '.join(one.projects)}: {one.reason}" for one in reports if one.reason]
    command = list(reports[0].command)
    for one in reports[1:]:
        command += ["&&", *one.command]
    measured = [one.coverage for one in reports if one.coverage is not None]
    return TestReport(
        verdict=worst.verdict,
        command=tuple(command),
        exit_code=worst.exit_code,
        seconds=sum(one.seconds for one in reports),
        outcomes=tuple(outcome for one in reports for outcome in one.outcomes),
        output_tail="\n".join(one.output_tail for one in reports),
        coverage={path: lines for one in measured for path, lines in one.items()} if measured else None,
        reason=" ".join(told),
        projects=tuple(label for one in reports for label in one.projects),
        remark=" ".join(dict.fromkeys(one.remark for one in reports if one.remark)),
    )
