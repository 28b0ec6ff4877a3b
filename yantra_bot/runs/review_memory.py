"""What a review remembers of the ones before it, read as a durable step: a replay has to see what was seen then."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from yantra_bot.domain.review import Review
from yantra_bot.errors import Permanent
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.pull_memory import LastReview
from yantra_bot.runs.records import Records

RESULT_STEP: Final = "result"
"""Name of the step whose result is the review as it was posted."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """The head that was reviewed last, empty where none was, and its review, None where it cannot be read any more."""

    head: str = ""
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What people want left alone on a pull request, and which remarks were ever posted there."""

    ignored: tuple[str, ...]
    posted: tuple[str, ...]


async def recall_review(context: RunContext, records: Records) -> Recalled:
    """Return what the last review of this pull request was."""
    key = (context.order.repository.id, context.order.issue_number)

    async def recall() -> Recalled:
        last = records.last_review(*key)
        if last is None:
            return Recalled()
        # One that another version wrote, or whose blob was lost, is as good as none.
        with suppress(KeyError, Permanent, ValidationError):
            return Recalled(last.head, decode(records.blobs.get(last.blob).decode(), Review))
        return Recalled(last.head)

    return await context.step("recall review", recall, Recalled)


async def recall_wishes(context: RunContext, records: Records) -> Wishes:
    """Return what was said and posted on this pull request so far."""
    key = (context.order.repository.id, context.order.issue_number)

    async def recall() -> Wishes:
        return Wishes(records.ignored_on_pull(*key), tuple(sorted(records.remembered_remarks(*key))))

    return await context.step("recall wishes", recall, Wishes)


async def remember(context: RunContext, records: Records, review: Review, *, shown: Review, at: float) -> None:
    """Store a review that was posted; the step's own result is what was shown of it, for pages."""
    order = context.order

    async def store() -> Review:
        blob = records.blobs.put(encode(review, Review).encode())
        last = LastReview(order.run_id, review.head, blob)
        records.remember_review(order.repository.id, order.issue_number, last, at=at)
        return shown

    await context.step(RESULT_STEP, store, Review)
