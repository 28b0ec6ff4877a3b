"""Tells people where a run stands: one comment, edited in place. It never ends a run that it cannot announce."""

from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import YantraError
from yantra_bot.ports import Forge
from yantra_bot.replies.run import Progress, progress, progress_tag
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.phases import may_follow
from yantra_bot.runs.workshop import Workshop


class Announcer:
    """Writes the progress comment of one run. Every edit is a step, so a resumed run posts no second comment."""

    def __init__(self, context: RunContext, workshop: Workshop, forge: Forge) -> None:
        self._context, self._workshop, self._forge = context, workshop, forge
        self._current = Phase.QUEUED

    async def enter(self, phase: Phase) -> None:
        """Store the phase, then show it. A phase that may not follow is a bug of the story."""
        await self.store(phase)
        await self.show()

    async def store(self, phase: Phase) -> None:
        """Store the phase alone."""
        if not may_follow(self._current, phase):
            raise ValueError(f"{phase} does not follow {self._current}")
        self._current = phase
        await self._context.phase(phase)

    async def show(
        self, ending: Ending | None = None, *, ended_at: float | None = None, patch: str = "", evidence: str = ""
    ) -> None:
        """Post or edit the comment; a failure is logged and the run goes on."""
        order, workshop = self._context.order, self._workshop

        async def put() -> str:
            reminding = workshop.records.reminded(order.run_id)
            shown = Progress(
                order,
                workshop.records.timeline(order.run_id),
                workshop.page_url(order.run_id),
                ending,
                ended_at,
                patch,
                evidence,
                reminding.of,
                reminding.problem,
            )
            try:
                await self._forge.put_comment(order.issue_number, tag=progress_tag(order), body=progress(shown))
            except YantraError as error:
                workshop.note(order.run_id, f"The progress comment could not be written: {error}")
                return str(error)
            return ""

        await self._context.step("progress", put, str)
