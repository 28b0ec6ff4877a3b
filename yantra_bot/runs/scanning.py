"""SecurityScanning: what a run's own change introduces, looked at by a review's worker while the tests run.

The change becomes a commit of the mirror that nobody pushes. The scan is begun beside a step of the run and taken as a
step of its own, so that a resumed run has it made again or finds it in the record.
"""

import asyncio
from contextlib import suppress
from typing import Final

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.review import ReviewRules
from yantra_bot.domain.reviewed import Reviewed, ReviewWork
from yantra_bot.errors import YantraError
from yantra_bot.ports import Reviewer
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.scan_results import judge_scan

PARTS: Final = ("tools", "secrets", "dependencies", "security")
SECRETS: Final = ("secrets",)
NOT_PUSHED: Final = "Nothing was pushed: what is in git once stays there."
MESSAGE: Final = "chore: hold a change to be scanned\n"


class Scan:
    """The scan of one attempt's change."""

    def __init__(
        self,
        context: RunContext,
        bench: Bench,
        reviewer: Reviewer | None,
        *,
        installs: bool = True,
        parts: tuple[str, ...] = PARTS,
    ) -> None:
        """`installs`: whether what the change declares may be installed for the repository's own tools.

        `parts` are those of a review that look at the change.
        """
        self._context, self._bench, self._reviewer = context, bench, reviewer
        self._installs, self._parts = installs, parts
        self._going: asyncio.Task[Reviewed] | None = None

    def begin(self) -> None:
        """Start to scan the change of now, unless that is going on."""
        if self._reviewer is not None and self._going is None:
            self._going = asyncio.create_task(self._scan(self._reviewer))

    async def take(self) -> tuple[CheckResult, ...]:
        """Return what the scan came to: security, and the repository's own tools. A step of the run."""
        return await self._context.step("scan", self._wait, tuple[CheckResult, ...], stoppable=True, tries=2)

    async def abandon(self) -> None:
        """Let go of a scan that nobody will take."""
        going, self._going = self._going, None
        if going is not None:
            going.cancel()
            with suppress(asyncio.CancelledError, YantraError):
                await going

    async def _wait(self) -> tuple[CheckResult, ...]:
        if self._reviewer is None:
            return (CheckResult(CheckKind.SECURITY, CheckState.SKIPPED, "Nothing here scans changes."),)
        self.begin()
        assert self._going is not None, "it was begun"  # noqa: S101 (narrows a type)
        try:
            reviewed = await self._going
        except YantraError as problem:
            return (CheckResult(CheckKind.SECURITY, CheckState.ERROR, f"The change could not be scanned: {problem}"),)
        finally:
            await self.abandon()
        return judge_scan(reviewed)

    async def _scan(self, reviewer: Reviewer) -> Reviewed:
        bench, order = self._bench, self._context.order
        remote, held = bench.remote, f"{order.run_id}-scan"
        head = await remote.commit(bench.base, bench.changes, message=MESSAGE, at=order.accepted_at)
        mirror = await remote.hold(head, held)
        try:
            rules = ReviewRules(runs_tests=False, runs_tools=self._installs)
            work = ReviewWork(bench.base, head, rules, may_execute=True, parts=self._parts)
            return await reviewer(order.run_id, order.repository, mirror, work, bench.tests, bench.say)
        finally:
            await remote.release(held)
