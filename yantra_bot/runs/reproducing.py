"""Reproduce first: shows the code that an issue's traceback names, and measures that a test fails without the fix.

Nothing here believes the model: the change's tests are run on the base commit, laid out without the rest of the change.
"""

import json
from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.conversation import Text, ToolCall
from yantra_bot.domain.faults import Fault, Frame
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import Comparison, TestReport, Verdict
from yantra_bot.domain.repository import Issue
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.phases import MAX_ATTEMPTS
from yantra_bot.validation.comparison import only_old_failures
from yantra_bot.validation.faults import find_fault
from yantra_bot.validation.reproduction import judge_proofs, no_tests

MAX_FRAMES: Final = 4
MAX_PARTS: Final = 3
"""A path of somebody else's machine is looked for by so many of its last parts."""
AROUND: Final = 6
FIRST: Final = (
    "The issue shows an error. Reproduce it before you mend it: write a test that fails with this very error on the "
    "code as it is, and see it fail. Your tests will be run on the base commit without the rest of your change; the "
    "pull request says which of them fail there. The error, as data:"
)


class Reproducer:
    """What one run knows of the error that its issue shows."""

    def __init__(self, context: RunContext, bench: Bench) -> None:
        self._context, self._bench = context, bench
        self._fault: Fault | None = None

    async def show(self, issue: Issue) -> tuple[Text, ...]:
        """Return what the model is shown of the issue's error; nothing where it shows none."""
        texts = (issue.body, *(one.body for one in issue.comments if not one.author.is_bot))
        faults = [fault for text in texts if (fault := find_fault(text)) is not None and fault.frames]
        if not faults:
            return ()
        self._fault = faults[0]
        calls = [call for frame in reversed(self._fault.frames[-MAX_FRAMES:]) for call in _read(frame)]
        shown = await self._read(calls)
        code = [Text("The code at its places, innermost first:"), *map(Text, shown)] if shown else []
        return (Text(FIRST), Text(self._fault.headline), *code)

    async def prove(
        self, number: int, report: TestReport, base: TestReport, comparison: Comparison
    ) -> tuple[CheckResult, ...]:
        """Return whether the change's tests fail without it; nothing where there is nothing to prove."""
        is_done = report.verdict is Verdict.PASS or (
            report.verdict is Verdict.FAIL and only_old_failures(report, comparison) and not comparison.newly_failing
        )
        if not is_done:
            return ()
        # Where nothing could be tested before, no test can be asked for.
        is_wanted = self._fault is not None and base.verdict in {Verdict.PASS, Verdict.FAIL}
        tests = [change.path for change in self._bench.changes.files if is_test(change.path) and change.blob]
        if not tests:
            return (no_tests(may_retry=number < MAX_ATTEMPTS),) if is_wanted else ()

        async def run() -> TestReport:
            return await self._bench.test_without_change(tests)

        request = json.dumps(tests)
        before = await self._context.step("prove on base", run, TestReport, request=request, stoppable=True, tries=2)
        return (judge_proofs(before, comparison, is_wanted=is_wanted, may_retry=number < MAX_ATTEMPTS),)

    async def _read(self, calls: Sequence[ToolCall]) -> list[str]:
        async def read() -> ToolBatch:
            return await self._bench.call(calls)

        shown = json.dumps([[call.name, call.arguments] for call in calls], ensure_ascii=False)
        batch = await self._context.step("tools", read, ToolBatch, request=shown, stoppable=True, tries=2)
        return list(dict.fromkeys(result.content for result in batch.results if not result.is_error))


def _read(frame: Frame) -> list[ToolCall]:
    """Return calls that read a frame's lines, at each place in the tree where its file may lie."""
    parts = frame.path.strip("/").split("/")
    lines = {"start_line": max(1, frame.line - AROUND), "end_line": frame.line + AROUND}
    ends = ["/".join(parts[-count:]) for count in range(min(MAX_PARTS, len(parts)), 0, -1)]
    # What is installed as package/module.py lies below src in many trees.
    paths = [frame.path] if frame.is_ours else [path for end in ends for path in (end, f"src/{end}")]
    return [ToolCall(f"frame-{path}", "read_file", {"path": path, **lines}) for path in paths if frame.line]
