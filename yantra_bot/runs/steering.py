"""Comments on the issue while a run works there: kept for it, told to its model between two turns, and acknowledged.

Only what people with write access say reaches a model in the middle of its work; a bot's words and those of people who
may only read do not. Responsible for each being told once, whatever is killed in between.
"""

from typing import Final

from yantra_bot.agent.steering import steering_message
from yantra_bot.domain.conversation import Message
from yantra_bot.domain.repository import Issue
from yantra_bot.errors import YantraError
from yantra_bot.ports import Forge
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.place import Place
from yantra_bot.runs.records import Records
from yantra_bot.runs.waits import Steering
from yantra_bot.runs.workshop import Workshop
from yantra_bot.webhooks.plain_words import drop_comments

MOST_A_RUN: Final = 20
HEARD: Final = "eyes"


async def keep_for_run(records: Records, place: Place, text: str) -> str:
    """Keep a comment for the run that works on its issue, if its author may write; return words for the record."""
    holder = records.issue_holder(place.origin.repository.id, place.issue_number)
    if holder is None or place.is_pull_request or place.comment_id is None or place.sender.is_bot:
        return "no command"
    visible = drop_comments(text).strip()
    if not visible:
        return "no command"
    if not (await place.forge.permission(place.sender.login)).may_write:
        return "not told to the run: its author may not write here"
    said = Steering(place.comment_id, place.sender.login, visible)
    if not records.keep_steering(holder, said, most=MOST_A_RUN):
        return f"kept for run {holder} already, or it has heard {MOST_A_RUN}"
    return f"kept for run {holder}"


class Hearing:
    """What one run hears of what is said on its issue."""

    def __init__(self, context: RunContext, workshop: Workshop, forge: Forge) -> None:
        self._context, self._workshop, self._forge = context, workshop, forge
        self._told: set[int] = set()
        self._known: frozenset[int] = frozenset()

    def knows(self, issue: Issue) -> None:
        """Note what the first prompt shows: it is acknowledged, and not told again."""
        self._known = frozenset(comment.id for comment in issue.comments)

    async def hear(self) -> tuple[Message, ...]:
        """Return the turn that tells what was said since; none where nothing was."""
        order, records = self._context.order, self._workshop.records
        if not order.installation_id:  # nobody hears what is said to a run from a terminal
            return ()
        told = frozenset(self._told)

        async def read() -> tuple[Steering, ...]:
            return tuple(one for one in records.steering(order.run_id) if one.comment_id not in told)

        found = await self._context.step("hear", read, tuple[Steering, ...], tries=4)
        if not found:
            return ()
        self._told |= {one.comment_id for one in found}
        await self._acknowledge(found)
        fresh = [(one.by, one.body) for one in found if one.comment_id not in self._known]
        return (steering_message(fresh),) if fresh else ()

    async def _acknowledge(self, found: tuple[Steering, ...]) -> None:
        """Put a reaction on what was heard; what cannot be written ends no run."""

        async def react() -> str:
            try:
                for one in found:
                    await self._forge.react(one.comment_id, HEARD)
            except YantraError as problem:
                return str(problem)
            return ""

        await self._context.step("acknowledge", react, str, request=encode(found, tuple[Steering, ...]))
