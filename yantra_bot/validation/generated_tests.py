"""Which tests that were written for uncovered lines are worth keeping: judged one by one, by what was seen. Pure.

A test stays when it passes, alone too, and either runs a changed line that no test ran before or fails on the base
commit by itself. That its whole file cannot be loaded there says nothing of it.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from yantra_bot.domain.coverage import Executed, Gap, JudgedTest
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus
from yantra_bot.validation.comparison import failing

MAX_TRIED: Final = 15
"""Each of them is run on its own."""
MAX_MESSAGE: Final = 1_500
_MAX_NAMED: Final = 5
TOO_MANY: Final = f"more than {MAX_TRIED} tests were written at once"
IDLE: Final = "it asserts nothing"
USELESS: Final = "it passes without the change too, and runs no changed line that was not run before"
_FRAME: Final = re.compile(r"\s+at \S")
"""A line of a stack in JavaScript: what failed stands above it."""
_BAD: Final = frozenset({TestStatus.FAILED, TestStatus.ERROR})


def find_new(before: TestReport, after: TestReport) -> dict[str, tuple[TestOutcome, ...]]:
    """Return what is new in a report by test function; a file that cannot be loaded stands by its path."""
    known = {function_of(one.name) for one in before.outcomes}
    every = known | {function_of(one.name) for one in after.outcomes}
    found: dict[str, tuple[TestOutcome, ...]] = {}
    for one in after.outcomes:
        name = function_of(one.name)
        if name not in known and not _is_part(name, every):
            found[name] = (*found.get(name, ()), one)
    return found


def _is_part(name: str, every: AbstractSet[str]) -> bool:
    """Tell whether a test is a step of another one, which it stands and falls with."""
    parts = name.split(" > ")
    return any(" > ".join(parts[:end]) in every for end in range(1, len(parts)))


def function_of(name: str) -> str:
    """Return a test's name without its case: pytest's way to write it."""
    return name.partition("[")[0] if path_of(name).endswith(".py") else name


def path_of(name: str) -> str:
    """Return the file of a test."""
    return name.partition("::")[0]


def judge_outcomes(
    found: Mapping[str, Sequence[TestOutcome]], idle: AbstractSet[str]
) -> tuple[tuple[str, ...], tuple[JudgedTest, ...], dict[str, str]]:
    """Return which of the new tests may be tried alone, which are dropped already, and what those that fail say."""
    good: list[str] = []
    dropped: list[JudgedTest] = []
    messages: dict[str, str] = {}
    for name, outcomes in found.items():
        bad = [one for one in outcomes if one.status in _BAD]
        if bad:
            what = "it fails" if "::" in name else "its file cannot be loaded"
            dropped.append(JudgedTest(name, f"{what}: {_last_line(bad[0].message)}"))
            messages[name] = bad[0].message[-MAX_MESSAGE:]
        elif not any(one.status is TestStatus.PASSED for one in outcomes):
            dropped.append(JudgedTest(name, "it is skipped"))
        elif name in idle:
            dropped.append(JudgedTest(name, IDLE))
        else:
            good.append(name)
    dropped += [JudgedTest(name, TOO_MANY) for name in good[MAX_TRIED:]]
    return tuple(good[:MAX_TRIED]), tuple(dropped), messages


def judge_alone(name: str, report: TestReport, gaps: Sequence[Gap]) -> JudgedTest | None:
    """Return why a test that was run alone is kept; None where it runs nothing new."""
    lines = [line for gap in gaps for line in _covered(gap, report)]
    if not lines:
        return None
    more = f" and {len(lines) - _MAX_NAMED} more" if len(lines) > _MAX_NAMED else ""
    return JudgedTest(name, f"runs {', '.join(lines[:_MAX_NAMED])}{more}")


def passes_alone(name: str, report: TestReport) -> bool:
    """Tell whether a run of one test showed that it passes."""
    own = [one for one in report.outcomes if function_of(one.name) == name]
    return not failing(report) and any(one.status is TestStatus.PASSED for one in own)


def runs_others(name: str, report: TestReport) -> bool:
    """Tell whether a run of one test ran others too, so that it does not show what that one does."""
    ran = {function_of(one.name) for one in report.outcomes if one.status is not TestStatus.SKIPPED}
    return any(one != name and not one.startswith(f"{name} > ") for one in ran)


def judge_on_base(name: str, base: TestReport) -> JudgedTest:
    """Return whether a test is kept for failing on the base commit, which has the change's tests alone."""
    outcomes = [one for one in base.outcomes if function_of(one.name) == name and one.status in _BAD]
    if not outcomes:
        return JudgedTest(name, USELESS)
    return JudgedTest(name, f"fails before the change ({_last_line(outcomes[0].message)})")


def is_kept(judged: JudgedTest) -> bool:
    """Tell whether `judge_on_base` kept a test."""
    return judged.why != USELESS


def add_executed(executed: Executed, reports: Sequence[TestReport]) -> Executed:
    """Return what was executed, with what further tests ran of the same files."""
    lines = {path: set(found) for path, found in executed.lines.items()}
    for report in reports:
        for path, found in (report.coverage or {}).items():
            lines.setdefault(path, set()).update(found)
    return replace(executed, lines={path: tuple(sorted(found)) for path, found in sorted(lines.items())})


def _covered(gap: Gap, report: TestReport) -> list[str]:
    ran = frozenset((report.coverage or {}).get(gap.path, ()))
    return [f"{gap.path}:{first}" for first, last in gap.spans if not ran.isdisjoint(range(first, last + 1))]


def _last_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip() and not _FRAME.match(line)]
    telling = [line.removeprefix("E ").strip() for line in lines if line.startswith("E ")]
    return ([*telling[:1], *lines[-1:]] or ["it says no more"])[0][:200]
