"""UnitTesting: has the change's tests run, as durable steps, and again where chance may have had a hand in it."""

from collections.abc import Callable
from typing import Final

from yantra_bot.domain.proof import TestReport
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.validation.comparison import compare, may_be_chance, settle

MAX_REPEATS: Final = 3


class Testing:
    """The tests of one run's changes."""

    __test__ = False

    def __init__(self, context: RunContext, bench: Bench) -> None:
        self._context, self._bench = context, bench

    async def run(self, base: TestReport, *, beside: Callable[[], None]) -> TestReport:
        """Run all tests; again when what broke may be broken by chance, so that no attempt is spent on it.

        What fails twice is broken, and once more is run only while a further run has shown a test to be unsteady.
        `beside` is called whenever tests begin to run, for what can be done at the same time.
        """
        report = await self._run(beside)
        for _ in range(MAX_REPEATS):
            failing = compare(base, report).newly_failing
            if not may_be_chance(base, report):
                break
            report = settle(report, await self._run(beside))
            if compare(base, report).newly_failing == failing:
                break
        return report

    async def _run(self, beside: Callable[[], None]) -> TestReport:
        async def test() -> TestReport:
            beside()
            return await self._bench.test()

        return await self._context.step("test", test, TestReport, stoppable=True, tries=2)
