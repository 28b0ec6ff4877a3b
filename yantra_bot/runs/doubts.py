"""A lesson that may not hold any more: somebody who may write is asked, once, where the run was ordered.

The answer is a proposal like any other: a thumb or a `yes` confirms the lesson, and without one it is left aside.
"""

from typing import Final

from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import Origin
from yantra_bot.domain.lessons import Reminder
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import Forge
from yantra_bot.replies.lessons import ask_whether_it_holds
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.proposals import Offer
from yantra_bot.runs.workshop import Workshop

STORE_TRIES: Final = 3


async def ask_about(context: RunContext, workshop: Workshop, forge: Forge, doubt: Reminder | None) -> None:
    """Ask in a comment of its own; nobody is asked in a terminal. A comment that cannot be written is no failure."""
    order = context.order
    if doubt is None or not order.installation_id:
        return
    lesson = doubt.lesson
    body = ask_whether_it_holds(lesson, workshop.handle)
    asked = Command(Verb.REMEMBER, lesson.id)
    where, at = (order.repository.id, order.issue_number), await context.now()

    async def ask() -> int:
        if workshop.records.was_proposed(*where, asked):
            return 0  # nobody is asked about a lesson twice
        try:
            comment = await forge.put_comment(order.issue_number, tag=f"lesson:{lesson.id}", body=body)
        except (UserError, Permanent) as problem:
            workshop.note(order.run_id, f"Nobody could be asked about lesson {lesson.id}: {problem}")
            return 0
        workshop.records.propose(*where, asked, at=at)
        origin = Origin(order.installation_id, order.repository)
        workshop.records.show_proposal(Offer(origin, order.issue_number, order.follows is not None, comment, at))
        return comment

    try:
        await context.step("ask about lesson", ask, int, tries=STORE_TRIES)
    except (Transient, Permanent) as problem:
        workshop.note(order.run_id, f"Nobody could be asked about lesson {lesson.id}: {problem}")
