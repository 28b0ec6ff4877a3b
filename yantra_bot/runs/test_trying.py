"""Runs the tests that were written for uncovered lines, each by itself, as durable steps; says which of them stand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.coverage import ChangedLines, Executed, JudgedTest
from yantra_bot.domain.proof import ChangeFacts, TestReport
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.validation.generated_tests import (
    add_executed,
    find_new,
    is_kept,
    judge_alone,
    judge_on_base,
    judge_outcomes,
    passes_alone,
    path_of,
    runs_others,
)

NOT_ALONE: Final = "it does not pass when it is run alone"
NOT_BY_ITSELF: Final = "it cannot be run without others, so that it is not known what it runs"


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying came to."""

    kept: tuple[JudgedTest, ...]
    dropped: tuple[JudgedTest, ...]
    lines: ChangedLines
    """What is run with the tests that stand."""
    messages: dict[str, str] = field(default_factory=dict)
    """What those that fail say."""
    problem: str = ""
    """Why nothing of it could be run."""


class Trying:
    """Tries the new tests of one run."""

    def __init__(self, context: RunContext, bench: Bench) -> None:
        self._context, self._bench = context, bench

    async def judge(self, before: TestReport, executed: Executed, lines: ChangedLines, touched: Sequence[str]) -> Tried:
        """Run what is new in the files `touched`, and each new test by itself.

        `before` is what the suite showed without them, `executed` and `lines` what it ran of the change.
        """
        report = await self.run("try new tests", touched)
        found = {name: cases for name, cases in find_new(before, report).items() if path_of(name) in touched}
        good, dropped, messages = judge_outcomes(found, frozenset((await self._measure(None)).idle_tests))
        alone = {name: await self.run("try one test", (name,)) for name in good}
        kept: list[JudgedTest] = []
        unproven: list[str] = []
        for name, one in alone.items():
            if not passes_alone(name, one):
                dropped += (JudgedTest(name, NOT_ALONE),)
            elif runs_others(name, one):
                dropped += (JudgedTest(name, NOT_BY_ITSELF),)
            elif (judged := judge_alone(name, one, lines.gaps)) is not None:
                kept.append(judged)
            else:
                unproven.append(name)
        for judged in await self._try_on_base(unproven, touched):
            if is_kept(judged):
                kept.append(judged)
            else:
                dropped += (judged,)
        together = add_executed(executed, [alone[one.name] for one in kept])
        facts = await self._measure(together)
        problem = "" if found or report.outcomes else f"The new tests could not be run: {report.reason}"
        return Tried(tuple(kept), dropped, facts.lines or lines, messages, problem)

    async def remaining(self, before: TestReport, paths: Sequence[str]) -> frozenset[str]:
        """Return the tests of these files that the suite did not have."""
        return frozenset(find_new(before, await self.run("try new tests", paths)))

    async def run(self, name: str, selection: Sequence[str]) -> TestReport:
        """Run tests, by their names or files, as a step of this name."""

        async def run() -> TestReport:
            return await self._bench.test(tuple(selection))

        request = json.dumps(list(selection))
        return await self._context.step(name, run, TestReport, request=request, stoppable=True, tries=2)

    async def _try_on_base(self, names: Sequence[str], touched: Sequence[str]) -> list[JudgedTest]:
        if not names:
            return []

        async def run() -> TestReport:
            return await self._bench.test_without_change(touched)

        request = json.dumps(list(touched))
        base = await self._context.step("prove on base", run, TestReport, request=request, stoppable=True, tries=2)
        return [judge_on_base(name, base) for name in names]

    async def _measure(self, executed: Executed | None) -> ChangeFacts:
        async def measure() -> ChangeFacts:
            return await (await self._bench.workspace()).measure(executed)

        return await self._context.step("measure", measure, ChangeFacts, stoppable=True, tries=2)
