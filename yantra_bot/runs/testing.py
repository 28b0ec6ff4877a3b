"""UnitTesting: has the change's tests run, as durable steps, and again where chance may have had a hand in it.

Where the whole suite takes long, the tests that the change calls for run before it: what they find goes back at once.
Nothing is ever delivered on their word alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from yantra_bot.domain.proof import TestReport, TestStatus, Verdict
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.validation.comparison import compare, may_be_chance, settle

MAX_REPEATS: Final = 3
MAX_SHARE: Final = 0.5
"""Where a change calls for more of the suite than this, the suite is run at once."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What the tests showed, and what the same tests showed before the change."""

    report: TestReport
    base: TestReport


class Testing:
    """The tests of one run's changes."""

    __test__ = False

    def __init__(self, context: RunContext, bench: Bench, *, long_seconds: float) -> None:
        """A suite that takes `long_seconds` on the base is worth a first look at some of it."""
        self._context, self._bench, self._long = context, bench, long_seconds

    async def run(self, base: TestReport, chosen: Sequence[str], *, beside: Callable[[], None]) -> Tested:
        """Run the tests of `chosen` where that is worth while, and all tests where those show nothing.

        `beside` is called whenever tests begin to run, for what can be done at the same time.
        """
        narrowed = narrow(base, chosen)
        is_short = is_worth_a_look(base, narrowed, len(chosen), long_seconds=self._long)
        if is_short and not self._bench.tests.argv:
            report = (await self._run(narrowed, tuple(chosen), beside)).report
            if has_broken(narrowed, report) and report.projects == base.projects:
                told = f"{report.reason} Only the tests that the change calls for were run ({len(chosen)})."
                return Tested(replace(report, reason=told.strip()), narrowed)
        return await self._run(base, (), beside)

    async def _run(self, base: TestReport, selection: tuple[str, ...], beside: Callable[[], None]) -> Tested:
        """Run tests; again when what broke may be broken by chance, so that no attempt is spent on it.

        What fails twice is broken, and once more is run only while a further run has shown a test to be unsteady. A
        change may call for the tests of other projects than were run before it: those are run on the base, too.
        """
        report = await self._run_once(selection, beside)
        if report.projects and report.projects != base.projects and not selection:
            base = await self._run_base(report.projects)
        changed = self._bench.changed_paths
        for _ in range(MAX_REPEATS):
            failing = compare(base, report, changed=changed).newly_failing
            if not may_be_chance(base, report, changed=changed):
                break
            report = settle(report, await self._run_once(selection, beside))
            if compare(base, report, changed=changed).newly_failing == failing:
                break
        return Tested(report, base)

    async def _run_base(self, projects: tuple[str, ...]) -> TestReport:
        test, shown = partial(self._bench.test_projects_of_base, projects), ", ".join(projects)
        return await self._context.step("test base", test, TestReport, request=shown, stoppable=True, tries=2)

    async def _run_once(self, selection: tuple[str, ...], beside: Callable[[], None]) -> TestReport:
        async def test() -> TestReport:
            beside()
            return await self._bench.test(selection)

        request = "\n".join(selection)
        return await self._context.step("test", test, TestReport, request=request, stoppable=True, tries=2)


def is_worth_a_look(base: TestReport, narrowed: TestReport, chosen: int, *, long_seconds: float) -> bool:
    """Say whether to run some of a suite first: it takes long, and they are not most of it.

    `chosen` names chose them. The tests that these stand for are counted too: one file's name may be most of a suite.
    """
    is_long = base.seconds >= long_seconds and base.verdict in (Verdict.PASS, Verdict.FAIL)
    return is_long and chosen > 0 and max(chosen, len(narrowed.outcomes)) <= MAX_SHARE * len(base.outcomes)


def narrow(base: TestReport, chosen: Sequence[str]) -> TestReport:
    """Return the base's report as if only the chosen tests had run; a file or a class stands for all in it."""
    names = set(chosen)
    kept = tuple(one for one in base.outcomes if any(part in names for part in _and_above(one.name)))
    return replace(base, outcomes=kept)


def _and_above(name: str) -> list[str]:
    """Return a test's name, the one without its parameters, its class and its file."""
    plain = name.partition("[")[0]
    parts = plain.split("::")
    return [name, *("::".join(parts[:end]) for end in range(len(parts), 0, -1))]


def has_broken(base: TestReport, report: TestReport) -> bool:
    """Tell whether something fails that passed before, or that was not there before."""
    failing = report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR)
    known = base.names(TestStatus.FAILED) | base.names(TestStatus.ERROR)
    return report.verdict is Verdict.FAIL and bool(failing - known)
