"""What an incident teaches the memory of mistakes: what failed in production, and which change mended it."""

from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.lessons import Category
from yantra_bot.learning.taught import Occasion, Taught, teach
from yantra_bot.replies.incident.news import lesson
from yantra_bot.runs.workshop import Workshop


def keep_lesson(workshop: Workshop, incident: Incident, merged: str) -> None:
    """Have it remembered, as data; without a memory nothing is."""
    if workshop.memory is None:
        return
    taught = Taught(lesson(incident, merged), category=Category.API, about=incident.title)
    occasion = Occasion(
        key=f"{incident.id} incident",
        repository=incident.repository_id,
        source=workshop.page_url(incident.run_of("fix")),
        at=workshop.clock.now(),
        people=(),
        run=incident.run_of("fix"),
    )
    workshop.records.tell_memory(teach(taught, occasion))
