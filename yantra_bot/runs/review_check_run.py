"""The check run of a review: shown while it goes on, ended with its annotations, never left open.

An App that may show no checks loses nothing else: what stands against the check is told, and said in the summary.
"""

from collections.abc import Awaitable
from typing import Final

from yantra_bot.domain.remarks import Annotation
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Permanent, YantraError
from yantra_bot.ports import CheckRun, Forge
from yantra_bot.replies.review.annotations import CheckReport
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import heed_stop
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.workshop import Workshop

CHECK_NAME: Final = "Yantra review"


class ReviewCheck:
    """The check of one run, at one head at a time."""

    def __init__(self, context: RunContext, workshop: Workshop, forge: Forge) -> None:
        self._context, self._workshop, self._forge = context, workshop, forge
        self._open_at = ""

    async def open(self, head: str) -> None:
        """Show that a head is being looked at; the check of another one is ended."""
        if self._open_at and self._open_at != head:
            await self.end(Ending(Phase.STOPPED, "The branch moved on."))
        self._open_at = head
        check = self._make(head, "Reviewing", "The change is being looked at.", None)

        async def put() -> str:
            heed_stop(self._context, self._workshop)
            return await unless_refused(self._forge.put_check(check))

        await self._context.step("show check", put, str, tries=GITHUB_TRIES)

    async def put(self, head: str, report: CheckReport) -> str:
        """Show the result. To be called within a step; returns what stood against it, empty where nothing did."""
        check = self._make(head, report.title, report.summary, report.conclusion.value, report.annotations)
        return await unless_refused(self._forge.put_check(check))

    def close(self) -> None:
        """Know that the check has its result."""
        self._open_at = ""

    async def end(self, ending: Ending) -> None:
        """End the check that is still open as one without a result, if there is one. Never fails."""
        head, self._open_at = self._open_at, ""
        if not head:
            return
        conclusion = "cancelled" if ending.phase is Phase.STOPPED else "neutral"
        check = self._make(head, "Not reviewed", ending.reason, conclusion)

        async def put() -> str:
            try:
                await self._forge.put_check(check)
            except YantraError as problem:
                return str(problem)
            return ""

        await self._context.step("close check", put, str)

    def _make(
        self, head: str, title: str, text: str, conclusion: str | None, annotations: tuple[Annotation, ...] = ()
    ) -> CheckRun:
        return CheckRun(
            external_id=f"{self._context.order.run_id}:{head[:12]}",
            head_sha=head,
            name=CHECK_NAME,
            title=title,
            summary=text,
            conclusion=conclusion,
            details_url=self._workshop.page_url(self._context.order.run_id) or None,
            annotations=annotations,
        )


async def unless_refused(writing: Awaitable[object]) -> str:
    """Write; return what the forge has against it, which is said and ends nothing."""
    try:
        await writing
    except Permanent as problem:
        return str(problem)
    return ""
